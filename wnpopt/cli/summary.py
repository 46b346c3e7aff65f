"""What a command does, in a sentence or two."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any


def summary_of(command: Callable[..., Any] | None) -> str:
    """The first paragraph of a command's docstring, as one line."""
    paragraph = (inspect.getdoc(command) or "").partition("\n\n")[0]
    return " ".join(paragraph.split())
