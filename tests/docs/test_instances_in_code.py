"""The page on instances in a program: its programs run, and say what it says."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs/instances-in-code.md").read_text(encoding="utf-8")
PROGRAMS = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)


@pytest.mark.parametrize("program", PROGRAMS, ids=range(len(PROGRAMS)))
def test_every_program_runs(program: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    exec(compile(program, "instances-in-code.md", "exec", dont_inherit=True), {})


def test_the_message_is_the_one_on_the_page(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(ROOT)
    (program,) = (program for program in PROGRAMS if "print(error)" in program)
    exec(compile(program, "instances-in-code.md", "exec", dont_inherit=True), {})
    (told,) = re.findall(r"The message is `(.*?), \.\.\.; (.*?)`", PAGE)
    assert capsys.readouterr().out.startswith(told[0])
    exec(compile(program, "instances-in-code.md", "exec", dont_inherit=True), {})
    assert capsys.readouterr().out.endswith(f"{told[1]}\n")


def test_every_constructor_is_on_the_page() -> None:
    import wnpopt

    for family in ("wnp", "slide", "intradp"):
        for name in getattr(wnpopt, family).__all__:
            assert f"{family}.{name}" in PAGE, f"{family}.{name}"
