"""A table, and its forms: CSV for programs, LaTeX (booktabs) for papers."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from typing import Literal, TypeAlias

Cell: TypeAlias = "str | float | int | None"
Kind = Literal["text", "count", "number", "percent", "seconds", "ratio"]


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
    }
)  # fmt: skip


def to_latex(table: Table) -> str:
    """The table for ``\\input``; needs the package booktabs."""
    spec = "".join("l" if column.kind == "text" else "r" for column in table.columns)
    lines = [f"% {table.title}".replace("\n", " "), rf"\begin{{tabular}}{{{spec}}}", r"\toprule"]
    lines.append(" & ".join(column.title.translate(_ESCAPES) for column in table.columns) + r" \\")
    lines.append(r"\midrule")
    for row in table.rows:
        cells = (shown(cell, column.kind).translate(_ESCAPES) for cell, column in zip(row, table.columns, strict=True))
        lines.append(" & ".join(cells) + r" \\")
    return "\n".join([*lines, r"\bottomrule", r"\end{tabular}", ""])
