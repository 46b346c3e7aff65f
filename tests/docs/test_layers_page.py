"""Every command and the program of docs/layers.md work as they stand there."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest

from wnpopt.cli.main import main

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.slow
def test_the_page_works(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    pytest.importorskip("plotly", reason="the extra plot is not installed")
    monkeypatch.chdir(tmp_path)
    (tmp_path / "instances").symlink_to(ROOT / "instances")
    page = (ROOT / "docs/layers.md").read_text(encoding="utf-8")
    commands = [
        line for block in re.findall(r"```sh\n(.*?)```", page, re.DOTALL) for line in block.splitlines() if line
    ]
    assert len(commands) == 8
    for line in commands:
        name, *arguments = shlex.split(line)
        assert name == "wnpopt"
        assert main(arguments) == 0, (line, capsys.readouterr().err)
    (code,) = re.findall(r"```python\n(.*?)```", page, re.DOTALL)
    capsys.readouterr()
    exec(compile(code, "docs/layers.md", "exec", dont_inherit=True), {})
    assert len(capsys.readouterr().out.splitlines()) == 4
