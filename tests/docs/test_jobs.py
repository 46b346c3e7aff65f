"""Typical jobs, each by the commands of its page: comparing, drawing, sweeping, fronts, why nobody is served, stops."""

from __future__ import annotations

import re
import shlex
import shutil
from glob import glob
from pathlib import Path

import pytest

from wnpopt.cli.main import main

ROOT = Path(__file__).resolve().parents[2]
MADE = {
    "plot": [
        "plan.html", "both.svg", "instance.html", "graph.svg", "convergence.html", "users.html", "rows.svg",
        "table.svg",
    ],
    "sweep": ["rates/sweep.csv", "rates/sweep.svg", "rates/sweep.pdf", "bands/sweep.svg"],
    "explain": [],
    "stop": [],
    "bench": ["results/runs", "tables/gaps-quality.csv", "tables/gaps-quality.tex"],
    "intradp": ["front.json", "front.png"],
    "wnp": ["jobs", "energy", "front.json", "front.png"],
}  # fmt: skip
"""The pages, and the files that their commands make."""

pytestmark = [pytest.mark.slow, pytest.mark.filterwarnings("ignore")]


@pytest.mark.parametrize("page", sorted(MADE))
def test_the_commands_of_the_page(
    page: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    if page == "bench":  # it writes into the index beside the instances
        shutil.copytree(ROOT / "instances" / "wnp" / "tiny", tmp_path / "instances" / "wnp" / "tiny")
    else:
        (tmp_path / "instances").symlink_to(ROOT / "instances")
    monkeypatch.chdir(tmp_path)
    text = (ROOT / f"docs/{page}.md").read_text(encoding="utf-8")
    lines = [line for block in re.findall(r"```sh\n(.*?)```", text, re.DOTALL) for line in block.splitlines() if line]
    assert lines
    for line in lines:
        words = shlex.split(line, comments=True)
        target = None
        if ">" in words:
            words, target = words[: words.index(">")], words[-1]
        assert words[0] == "wnpopt"
        words = [name for word in words for name in ((sorted(glob(word)) or [word]) if "*" in word else [word])]
        capsys.readouterr()
        assert main(words[1:]) == 0, line
        if target is not None:
            Path(target).write_text(capsys.readouterr().out, encoding="utf-8")
    for name in MADE[page]:
        assert (tmp_path / name).stat().st_size > 0, name
