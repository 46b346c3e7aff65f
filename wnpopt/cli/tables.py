"""Tables in a terminal of any width: where the columns do not fit, each row is a block of ``heading: value`` lines."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, TypeAlias

from wnpopt.cli.terminal import styled
from wnpopt.core.text import one_line

if TYPE_CHECKING:
    from rich.console import Console
    from rich.text import Text

    Cell: TypeAlias = str | Text

Kind = Literal["number", "name", "prose"]
_LEAST: dict[Kind, int] = {"name": 12, "prose": 20}
"""Columns that a text keeps when it is folded; numbers are never."""
_BETWEEN = 2


@dataclass(frozen=True, slots=True)
class Heading:
    """A column: numbers stand to the right and whole, prose is folded before names are."""

    title: str
    kind: Kind = "name"


def draw(
    console: Console, headings: Sequence[Heading], rows: Sequence[Sequence[Cell]], groups: Sequence[str] = ()
) -> None:
    """Print a table; ``groups`` names the group of each row, told where it changes. No cell is cut."""
    texts = [[_text(cell) for cell in row] for row in rows]
    cells = [[text.plain for text in row] for row in texts]
    widths = fitted(headings, cells, console.width, groups)
    if widths is None:
        _stack(console, headings, texts, groups)
        return
    from rich import box
    from rich.table import Table

    table = Table(box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False, padding=(0, 1, 0, 0))
    for heading, width in zip(headings, widths, strict=True):
        table.add_column(
            styled(heading.title), justify="right" if heading.kind == "number" else "left", width=width, overflow="fold"
        )
    last = None
    for place, row in enumerate(texts):
        if groups and groups[place] != last:
            last = groups[place]
            table.add_row(styled(last, "cyan"))
        table.add_row(*row)
    with console.capture() as drawn:
        console.print(table)
    # Without the blanks that fill up the last column: into a pipe it may be as wide as a message.
    console.file.write("\n".join(line.rstrip() for line in drawn.get().split("\n")) + "\n")


def fitted(
    headings: Sequence[Heading], rows: Sequence[Sequence[str]], room: int, groups: Sequence[str] = ()
) -> list[int] | None:
    """The widths of columns that fit into ``room``; None if that would break a number.

    Prose gives way first, then the headings of numbers, which are folded between words, then names.
    """
    from rich.cells import cell_len

    widths, least = [], []
    for place, heading in enumerate(headings):
        lines = [line for row in rows for line in row[place].split("\n")]
        content = max(map(cell_len, lines), default=0)
        if place == 0:
            content = max([content, *(cell_len(one_line(group)) for group in set(groups))])
        title = one_line(heading.title)
        word = max(map(cell_len, title.split()), default=0)
        widths.append(max(content, cell_len(title), 1))
        least.append(max(content if heading.kind == "number" else min(content, _LEAST[heading.kind]), word, 1))
    excess = sum(widths) + _BETWEEN * (len(headings) - 1) - room
    for kind in ("prose", "number", "name"):
        places = [place for place, heading in enumerate(headings) if heading.kind == kind]
        while excess > 0:
            wide = [place for place in places if widths[place] > least[place]]
            if not wide:
                break
            place = max(wide, key=lambda p: widths[p])
            # Down to the next widest at once: a message may have thousands of characters.
            others = [widths[p] for p in places if widths[p] < widths[place]]
            step = min(excess, widths[place] - max([least[place], *others]))
            widths[place] -= step
            excess -= step
    return widths if excess <= 0 else None


def _stack(
    console: Console, headings: Sequence[Heading], rows: Sequence[Sequence[Text]], groups: Sequence[str]
) -> None:
    from rich.text import Text

    last = None
    for place, row in enumerate(rows):
        if groups and groups[place] != last:
            last = groups[place]
            console.print(styled(last, "cyan"), soft_wrap=True)
        for heading, cell in zip(headings, row, strict=True):
            line = Text.assemble(styled(f"{heading.title}: ", "dim"), Text(", ").join(cell.split("\n")))
            console.print(line, soft_wrap=heading.kind != "prose")
        console.print()


def _text(cell: Cell) -> Text:
    return styled(cell) if isinstance(cell, str) else cell
