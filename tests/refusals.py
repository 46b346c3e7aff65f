"""What a command says that refuses its input."""

from __future__ import annotations

import pytest

from wnpopt.cli.main import main


def refused(capsys: pytest.CaptureFixture[str], *arguments: object) -> str:
    """The one line on stderr of a command that ends with 2 and has nothing on stdout."""
    capsys.readouterr()
    code = main([str(part) for part in arguments])
    told = capsys.readouterr()
    assert (code, told.out, told.err.count("\n")) == (2, "", 1), told
    return told.err.removesuffix("\n")


def refused_with(capsys: pytest.CaptureFixture[str], arguments: list[str], words: list[str]) -> None:
    """The line has all ``words``."""
    told = refused(capsys, *arguments)
    for word in words:
        assert word in told, told
