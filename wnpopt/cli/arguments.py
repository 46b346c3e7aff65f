"""Numbers on the command line, with the message that the rest of the program gives."""

from __future__ import annotations

import typer


def integer(text: str) -> int:
    """A whole number."""
    try:
        return int(text)
    except ValueError:
        raise typer.BadParameter(f"found {text!r}; an integer is needed") from None


def real(text: str) -> float:
    """A number."""
    try:
        return float(text)
    except ValueError:
        raise typer.BadParameter(f"found {text!r}; a number is needed") from None
