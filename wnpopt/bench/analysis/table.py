"""A table, and its forms: CSV for programs, LaTeX (booktabs) for papers."""

from __future__ import annotations

import csv
import io
import os
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal, TypeAlias

from wnpopt.core.errors import InputError
from wnpopt.core.jsonio import write_atomic
from wnpopt.core.text import in_csv, in_latex, in_markdown, number, numbers, one_line, percent, seconds

if TYPE_CHECKING:
    from pandas import DataFrame

Cell: TypeAlias = "str | float | int | None"
Kind = Literal["text", "count", "number", "percent", "seconds", "ratio"]

FORMATS = {"csv": ".csv", "latex": ".tex"}
"""The forms in which tables are written, with the endings of their files."""


@dataclass(frozen=True, slots=True)
class Column:
    """``key`` names the column in files, ``title`` in print; ``kind`` says how its numbers are written.

    A percentage is kept as a share (0.05 is shown as 5.00 %). ``help`` explains the column in a sentence.
    """

    key: str
    title: str
    kind: Kind = "text"
    help: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of cells; None is not known and shown as a dash. ``name`` becomes the name of its files."""

    name: str
    title: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]
    note: str = ""

    def place(self, key: str) -> int:
        """The place of the column ``key``."""
        return next(place for place, column in enumerate(self.columns) if column.key == key)

    def select(self, keys: Iterable[str], name: str, title: str) -> Table:
        """The columns ``keys`` of the table, under another name and title."""
        places = [self.place(key) for key in keys]
        columns = tuple(self.columns[place] for place in places)
        return Table(name, title, columns, tuple(tuple(row[place] for place in places) for row in self.rows), self.note)

    def records(self) -> list[dict[str, Cell]]:
        """Each row as a dictionary by the columns' keys."""
        keys = [column.key for column in self.columns]
        return [dict(zip(keys, row, strict=True)) for row in self.rows]

    def frame(self) -> DataFrame:
        """The table as a data frame: texts as objects, counts as ``Int64``, all other numbers as ``float64``."""
        import pandas as pd

        data = {
            place: pd.Series([row[place] for row in self.rows], dtype=_TYPES.get(column.kind, "float64"))
            for place, column in enumerate(self.columns)
        }
        frame = pd.DataFrame(data)
        frame.columns = pd.Index([column.key for column in self.columns])
        return frame


_TYPES = {"text": "object", "count": "Int64"}


def shown(cell: Cell, kind: Kind) -> str:
    """A cell as people read it, in one line."""
    if cell is None:
        return "-"
    if isinstance(cell, str):
        return one_line(cell)
    match kind:
        case "percent":
            return percent(cell)
        case "seconds":
            return seconds(cell)
        case "count":
            return f"{cell:.0f}"
        case "ratio":
            return f"{cell:.3f}"
        case _:
            return number(cell)


def written(table: Table) -> list[list[str]]:
    """The cells of each row as people read them; numbers of a row that differ look different."""
    places = [place for place, column in enumerate(table.columns) if column.kind == "number"]
    rows = []
    for row in table.rows:
        texts = [shown(cell, column.kind) for cell, column in zip(row, table.columns, strict=True)]
        known = [(place, cell) for place in places if isinstance(cell := row[place], float | int)]
        for (place, _), text in zip(known, numbers(*(cell for _, cell in known)), strict=True):
            texts[place] = text
        rows.append(texts)
    return rows


def to_csv(table: Table) -> str:
    """The table with its keys as the first line, numbers in full, nothing where nothing is known.

    A text that a spreadsheet would take for a formula has an apostrophe before it.
    """
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow([column.key for column in table.columns])
    writer.writerows([[_field(cell) for cell in row] for row in table.rows])
    return stream.getvalue()


def _field(cell: Cell) -> str | float | int:
    if cell is None:
        return ""
    return in_csv(cell) if isinstance(cell, str) else cell


def to_markdown(table: Table) -> str:
    """The table as GitHub's Markdown has it, under its title."""
    lines = [f"**{in_markdown(table.title)}**", ""]
    lines.append(f"| {' | '.join(in_markdown(column.title) for column in table.columns)} |")
    lines.append(f"| {' | '.join('---' if column.kind == 'text' else '---:' for column in table.columns)} |")
    lines += [f"| {' | '.join(map(in_markdown, row))} |" for row in written(table)]
    return "\n".join([*lines, ""])


def to_latex(table: Table) -> str:
    """The table for ``\\input``; needs the package booktabs."""
    spec = "".join("l" if column.kind == "text" else "r" for column in table.columns)
    lines = [f"% {one_line(table.title)}", rf"\begin{{tabular}}{{{spec}}}", r"\toprule"]
    lines.append(" & ".join(in_latex(column.title) for column in table.columns) + r" \\")
    lines.append(r"\midrule")
    lines += [" & ".join(map(in_latex, row)) + r" \\" for row in written(table)]
    return "\n".join([*lines, r"\bottomrule", r"\end{tabular}", ""])


def make_folder(folder: str | os.PathLike[str]) -> Path:
    """The folder for tables, made if it is not there; raises :class:`InputError` where it cannot be."""
    target = Path(folder)
    try:
        target.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise InputError(f"cannot be made: {error.strerror}", file=os.fspath(folder)) from None
    return target


def write_tables(
    tables: Iterable[Table], folder: str | os.PathLike[str], formats: Sequence[str] = tuple(FORMATS)
) -> list[Path]:
    """Write each table into ``folder`` (made if it is not there) in each of ``formats``; returns the files.

    Tables of steps have thousands of rows: they are for plots, and not written as LaTeX. Raises :class:`InputError`
    where something cannot be written.
    """
    target = make_folder(folder)
    files: list[Path] = []
    for table in tables:
        for form in formats:
            if form == "latex" and table.name.endswith("-steps"):
                continue
            # Parts of a name come from records and from suite.json: none of them is a folder.
            path = target / (re.sub(r"[^\w.=+-]", "_", table.name) + FORMATS[form])
            write_atomic(path, (to_csv(table) if form == "csv" else to_latex(table)).encode())
            files.append(path)
    return files
