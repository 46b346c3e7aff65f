"""A page followed word by word: its files written, its programs and commands run, in order, in one folder."""

from __future__ import annotations

import re
import runpy
import shlex
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from wnpopt.cli.main import main

ROOT = Path(__file__).resolve().parents[2]
BLOCK = re.compile(r"^(?:`(?P<file>[\w./-]+)`:\n\n)?```(?P<kind>\w+)\n(?P<text>.*?)^```", re.DOTALL | re.MULTILINE)


@dataclass(frozen=True)
class Step:
    """One block of a page: what it says, and what it printed (nothing for a file)."""

    kind: str
    text: str
    printed: str


def command(line: str) -> None:
    """Run one line of a shell block in this process, which costs a tenth of one of its own."""
    name, *arguments = shlex.split(line, comments=True)
    if name == "wnpopt":
        assert main(arguments) == 0, line
    else:
        assert name == "python", line
        (script,) = arguments
        runpy.run_path(script, run_name="__main__")


def follow(page: Path, folder: Path, capsys: pytest.CaptureFixture[str]) -> Iterator[Step]:
    """The steps of ``page``, each done in the working directory ``folder`` before it is told.

    A block under a line that is a file's name is that file; ``python`` and ``sh`` are run; other kinds are shown only.
    """
    text = page.read_text(encoding="utf-8")
    blocks = list(BLOCK.finditer(text))
    assert len(blocks) == text.count("\n```") // 2, "every fenced block is seen"
    assert Path.cwd() == folder
    for number, block in enumerate(blocks):
        capsys.readouterr()
        if block["file"] is not None:
            (folder / block["file"]).write_text(block["text"], encoding="utf-8")
        elif block["kind"] == "python":
            exec(compile(block["text"], f"{page.name}, block {number}", "exec", dont_inherit=True), {})
        elif block["kind"] == "sh":
            for line in block["text"].splitlines():
                command(line)
        yield Step(block["kind"], block["text"], capsys.readouterr().out)
