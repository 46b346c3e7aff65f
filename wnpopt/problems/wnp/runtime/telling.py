"""What the commands of simulation tell, whether worlds or streams are simulated."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from wnpopt.core.command import Terminal
from wnpopt.core.errors import InputError
from wnpopt.core.jsonio import write_json
from wnpopt.core.text import one_line

if TYPE_CHECKING:
    from wnpopt.problems.wnp.runtime.request import SimulateRequest

_ENDINGS = (".html", ".png", ".svg")


def check_plot(path: Path) -> None:
    """Raise :class:`InputError` where ``path`` is no picture, MissingDependencyError where nothing can draw it."""
    if path.suffix.lower() not in _ENDINGS:
        wrong = f"found {one_line(path.name)}; a file name with one of the endings {', '.join(_ENDINGS)} is needed"
        raise InputError(wrong, where="--plot")
    from wnpopt.problems.wnp.plots.simulation import check_library

    check_library(path)


def names_of(given: tuple[str, ...]) -> list[str] | None:
    """The policies' names, None where none is given."""
    return [name for several in given for name in several.split(",")] or None


def once(terminal: Terminal) -> Callable[[str], None]:
    """Says once that compiling takes a moment."""
    said: list[str] = []

    def tell(text: str) -> None:
        if not said:
            terminal.progress(f"wnpopt: {text} (kept on disk)", last=True)
        said.append(text)

    return tell


def progress(terminal: Terminal, unit: str = "worlds") -> Callable[[str, int, int], None]:
    """Says four times how far a policy is."""
    step = 0

    def tell(policy: str, done: int, count: int) -> None:
        nonlocal step
        due = done == count or done * 4 // count > step
        step = 0 if done == count else done * 4 // count
        if due:
            terminal.progress(f"{policy}: {done} of {count} {unit}", last=done == count)

    return tell


def aligned(table: list[list[str]]) -> list[str]:
    """The rows of ``table`` as lines: the first column to the left, the others to the right."""
    widths = [max(len(line[column]) for line in table) for column in range(len(table[0]))]
    lines = []
    for line in table:
        cells = [
            text.ljust(width) if c == 0 else text.rjust(width)
            for c, (text, width) in enumerate(zip(line, widths, strict=True))
        ]
        lines.append("  ".join(cells).rstrip())
    return lines


def hand_over(
    data: Callable[[], object],
    request: SimulateRequest,
    terminal: Terminal,
    draw: Callable[[Path], None],
    told: Callable[[], list[str]],
) -> None:
    """Write the file of the runs and the picture that are asked for, and say the JSON or the summary."""
    if request.out is not None:
        write_json(request.out, data())
    if request.plot is not None:
        draw(request.plot)
    if request.json:
        terminal.say(json.dumps(data(), allow_nan=False))
        return
    for line in told():
        terminal.say(line)
