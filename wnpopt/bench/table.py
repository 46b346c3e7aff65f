"""A table, and its forms: CSV for programs, LaTeX (booktabs) for papers."""

from __future__ import annotations

import csv
import io
import os
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, TypeAlias

from wnpopt.core.errors import InputError, one_line
from wnpopt.core.jsonio import write_atomic

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


def shown(cell: Cell, kind: Kind) -> str:
    """A cell as people read it."""
    if cell is None:
        return "-"
    if isinstance(cell, str):
        return cell
    match kind:
        case "percent":
            # A gap of 0 to anything is relative to 1e-12: many digits that say nothing.
            return f"{100 * cell:.2f} %" if abs(cell) < 1e3 else f"{100 * cell:.1e} %"
        case "seconds":
            return f"{1000 * cell:.3g} ms" if cell < 0.9995 else f"{cell:.3g} s"
        case "count":
            return f"{cell:.0f}"
        case "ratio":
            return f"{cell:.3f}"
        case _:
            return f"{cell:.0f}" if float(cell).is_integer() and abs(cell) < 1e15 else f"{cell:.6g}"


def to_csv(table: Table) -> str:
    """The table with its keys as the first line, numbers in full, nothing where nothing is known."""
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow([column.key for column in table.columns])
    writer.writerows([["" if cell is None else cell for cell in row] for row in table.rows])
    return stream.getvalue()


_ESCAPES = str.maketrans(
    {
        "\\": r"\textbackslash{}", "&": r"\&", "%": r"\%", "$": r"\$", "#": r"\#", "_": r"\_", "{": r"\{", "}": r"\}",
        "~": r"\textasciitilde{}", "^": r"\textasciicircum{}", "<": r"\textless{}", ">": r"\textgreater{}",
        "≤": r"$\leq$",
        "[": "{[}", "*": "{*}",  # after the end of a row these two would be its options
    }
)  # fmt: skip


def to_latex(table: Table) -> str:
    """The table for ``\\input``; needs the package booktabs."""
    spec = "".join("l" if column.kind == "text" else "r" for column in table.columns)
    lines = [f"% {one_line(table.title)}", rf"\begin{{tabular}}{{{spec}}}", r"\toprule"]
    lines.append(" & ".join(_escaped(column.title) for column in table.columns) + r" \\")
    lines.append(r"\midrule")
    for row in table.rows:
        cells = (_escaped(shown(cell, column.kind)) for cell, column in zip(row, table.columns, strict=True))
        lines.append(" & ".join(cells) + r" \\")
    return "\n".join([*lines, r"\bottomrule", r"\end{tabular}", ""])


def write_tables(
    tables: Iterable[Table], folder: str | os.PathLike[str], formats: Sequence[str] = tuple(FORMATS)
) -> list[Path]:
    """Write each table into ``folder`` (made if it is not there) in each of ``formats``; returns the files.

    Tables of steps have thousands of rows: they are for plots, and not written as LaTeX. Raises :class:`InputError`
    where something cannot be written.
    """
    target = Path(folder)
    try:
        target.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise InputError(f"cannot be made: {error.strerror}", file=os.fspath(folder)) from None
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


def _escaped(text: str) -> str:
    return one_line(text).translate(_ESCAPES)
