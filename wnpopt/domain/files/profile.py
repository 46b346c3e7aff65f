"""Tables of measured times, CSV or JSON.

CSV has a header with the columns ``operator``, ``core`` and one of ``time_s``, ``time_ms``, ``time_us``, in any order
(others are an error); an empty time says that the core cannot run the operator. JSON (kind ``profile``)::

    {"kind": "profile", "schema_version": 1, "name": "bench",
     "rows": [{"operator": "conv1", "core": "gpu", "time_s": 1.2e-4},
              {"operator": "lrn", "core": "npu", "time_s": null}]}
"""

from __future__ import annotations

import csv
import io
import math
import os
import re
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field

from wnpopt.core.document import Document, Name, Real, SchemaVersion
from wnpopt.core.errors import InputError, reason
from wnpopt.core.jsonio import read_json
from wnpopt.core.separated import require_commas
from wnpopt.core.text import short
from wnpopt.domain.chip.measured import MeasuredTimes
from wnpopt.domain.files.reading import in_file, opening

_Label = Annotated[str, Field(strict=True, min_length=1, max_length=400)]
_NUMBER = re.compile(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?")
_UNITS = {"time_s": 1.0, "time_ms": 1e-3, "time_us": 1e-6}


class RowEntry(Document):
    """A row of a profile file."""

    operator: _Label
    core: Name
    time_s: Real | None


class ProfileEntry(Document):
    """A whole profile file."""

    kind: Literal["profile"]
    schema_version: SchemaVersion
    name: Name
    source: Annotated[str, Field(strict=True)] | None = None
    rows: tuple[RowEntry, ...]


def read_profile(path: str | os.PathLike[str]) -> MeasuredTimes:
    """The times in a ``.csv`` or ``.json`` file; raises :class:`InputError` naming file and row."""
    with in_file(path):
        if Path(path).suffix.lower() == ".csv":
            return _from_csv(Path(path))
        entry = ProfileEntry.from_data(read_json(path))
        return MeasuredTimes.of(entry.name, [(row.operator, row.core, row.time_s) for row in entry.rows])


def _from_csv(path: Path) -> MeasuredTimes:
    with opening("a .csv"):
        raw = path.read_bytes()
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InputError(f"is not UTF-8: byte 0x{raw[error.start]:02x} at offset {error.start}") from None
    if "\0" in text:
        raise InputError(f"is not CSV: character {text.index(chr(0))} is NUL")
    try:
        table = list(csv.reader(io.StringIO(text, newline=""), strict=True))
    except csv.Error as error:
        raise InputError(f"is not CSV: {reason(error)}") from None
    table = [row for row in table if row]
    if not table:
        raise InputError("is empty; a header and rows are needed")
    require_commas(table[0])
    header = [column.strip() for column in table[0]]
    unit = [column for column in header if column in _UNITS]
    if sorted(header) != sorted(["operator", "core", *unit[:1]]) or len(unit) != 1:
        told = short(", ".join(header), 200)
        raise InputError(
            f"found the columns {told}; operator, core and one of {', '.join(_UNITS)} are needed",
            where="line 1",
        )
    rows: list[tuple[str, str, float | None]] = []
    for i, cells in enumerate(table[1:]):
        where = f"rows[{i}]"
        if len(cells) != len(header):
            raise InputError(f"found {len(cells)} cells; {len(header)} are needed", where=where)
        entry = dict(zip(header, (cell.strip() for cell in cells), strict=True))
        for column in ("operator", "core"):
            if not entry[column] or not entry[column].isprintable():
                raise InputError("a printable name is needed", where=f"{where}.{column}")
        rows.append((entry["operator"], entry["core"], _seconds(entry[unit[0]], unit[0], where)))
    return MeasuredTimes.of(path.stem, rows)


def _seconds(cell: str, unit: str, where: str) -> float | None:
    if not cell:
        return None
    # float() takes more than a number in CSV: 1_000, digits of other scripts.
    time = float(cell) * _UNITS[unit] if _NUMBER.fullmatch(cell) else math.nan
    if not (math.isfinite(time) and time >= 0):
        told = f"found {short(repr(cell), 80)}; a finite number of at least 0 is needed"
        raise InputError(told, where=f"{where}.{unit}")
    return time
