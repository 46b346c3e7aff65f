"""What the README says is true: its example prints what it shows, its links lead somewhere, commands are known."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from wnpopt.core import registry

ROOT = Path(__file__).resolve().parents[2]
README = (ROOT / "README.md").read_text()


def test_the_example_prints_what_is_shown(tmp_path: Path) -> None:
    pytest.importorskip("plotly", reason="the extra plot is not installed")
    blocks = re.findall(r"```(\w*)\n(.*?)```", README, re.DOTALL)
    position = next(i for i, (language, _) in enumerate(blocks) if language == "python")
    done = subprocess.run(
        [sys.executable, "-c", blocks[position][1]], cwd=tmp_path, env=os.environ | {"PYTHONPATH": str(ROOT)},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert done.stdout == blocks[position + 1][1]
    assert {path.name for path in tmp_path.iterdir()} == {"plan.json", "plan.html"}


def test_the_first_commands_set_everything_up() -> None:
    (block, *_) = re.findall(r"```\n(.*?)```", README, re.DOTALL)
    assert [line.split("#")[0].strip() for line in block.splitlines()] == ["make demo", "make test"]
    assert len(README.splitlines()) < 150


def test_the_table_lists_families_and_methods() -> None:
    rows = [
        f"| `{name}` | `{method.name}` | {method.summary} | {method.proof_told} |"
        for name in ["wnp", *(n for n in registry.family_names() if n != "wnp")]
        for method in registry.methods(name).values()
    ]
    page = (ROOT / "docs/methods.md").read_text(encoding="utf-8")
    table = page.split("<!-- table: families -->")[1].split("<!-- end -->")[0].strip().splitlines()
    assert table[2:] == rows


def test_links_are_whole_and_lead_somewhere() -> None:
    """PyPI shows the README elsewhere: a link to a file is one to the repository, and there is such a file."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    place = re.compile(re.escape(project["urls"]["Repository"]) + r"/(blob|tree|raw)/main/(.+)")
    links = re.findall(r"\]\(([^)]+)\)", README)
    assert len(links) > 10
    for link in links:
        target = place.fullmatch(link)
        assert target is not None, link
        path = ROOT / target[2]
        assert path.is_dir() if target[1] == "tree" else path.is_file(), link


def test_the_instance_of_the_wnp_page_is_valid() -> None:
    import json

    import wnpopt
    from wnpopt.core.jsonio import parse_json
    from wnpopt.problems.wnp.instance import WnpInstance

    page = (ROOT / "docs" / "wnp.md").read_text()
    text = page.split("```json\n")[1].split("```")[0]
    instance = WnpInstance.from_data(parse_json(text.encode()))
    assert json.loads(text)["name"] == instance.name
    results = [wnpopt.solve(instance, method) for method in ("milp", "cpsat", "lbbd")]
    assert {(r.status, r.objective) for r in results} == {("optimal", results[0].objective)}
