"""The how-to page is true: its files, programs and commands work, in order, as they stand there."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

import wnpopt

ROOT = Path(__file__).resolve().parents[2]
BLOCK = re.compile(r"^(?:`(?P<file>[\w./-]+)`:\n\n)?```(?P<kind>\w+)\n(?P<text>.*?)^```", re.DOTALL | re.MULTILINE)


def run(*command: str, cwd: Path) -> str:
    environment = os.environ | {"PYTHONPATH": str(ROOT), "PYTHON": sys.executable}
    done = subprocess.run(command, cwd=cwd, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.slow
@pytest.mark.skipif(os.name != "posix", reason="the commands are for a POSIX shell")
def test_every_command_of_the_page_works(tmp_path: Path) -> None:
    pytest.importorskip("onnx", reason="the extra onnx is not installed")
    pytest.importorskip("plotly", reason="the extra plot is not installed")
    page = (ROOT / "docs/bring-your-own.md").read_text(encoding="utf-8")
    (tmp_path / "instances").symlink_to(ROOT / "instances")
    blocks = list(BLOCK.finditer(page))
    assert len(blocks) == page.count("\n```") // 2, "every fenced block is found"
    ran = []
    for block in blocks:
        if block["file"] is not None:
            (tmp_path / block["file"]).write_text(block["text"], encoding="utf-8")
        elif block["kind"] == "python":
            run(sys.executable, "-W", "error", "-c", block["text"], cwd=tmp_path)
        else:
            assert block["kind"] == "sh", block["text"]
            script = 'set -eu\nwnpopt() { "$PYTHON" -m wnpopt "$@"; }\n' + block["text"]
            ran += re.findall(r"^wnpopt (\w+ ?\w*)", block["text"], re.MULTILINE)
            out = run("sh", "-c", script, cwd=tmp_path)
            if "wnpopt verify" in block["text"]:
                assert "accepted" in out
    assert {"import onnx", "import stg", "import profile", "generate wnp"} <= set(ran)
    drawn = wnpopt.load(tmp_path / "patrol-7.json")
    own = wnpopt.load(tmp_path / "patrol-own.json")
    assert [s.ticks for s in drawn.subgraphs] == [s.ticks for s in own.subgraphs]
    assert not (drawn.rates == own.rates).all()
    assert (tmp_path / "plan.html").stat().st_size > 10**6
