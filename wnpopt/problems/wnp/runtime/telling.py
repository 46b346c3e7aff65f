"""What a simulation says on the terminal: how far it is, and tables."""

from __future__ import annotations

from collections.abc import Callable

from wnpopt.core.command import Terminal


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
