"""A suite's index of best known values: a list of rows in ``index.json`` beside the instances."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path

import msgspec

from wnpopt.core.errors import InputError
from wnpopt.core.jsonio import write_json

INDEX = "index.json"


class IndexRow(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What is known of the instance in ``file``: best value, best bound, whether they meet, and who found them how."""

    file: str
    best: int | float | None
    bound: int | float | None
    proved: bool
    how: str


def read_index(path: Path) -> tuple[IndexRow, ...]:
    """The rows of an index; raises :class:`InputError` if the file has another form."""
    try:
        rows = _DECODER.decode(path.read_bytes())
    except OSError as error:
        raise InputError(f"cannot be read: {error.strerror}", file=os.fspath(path)) from None
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        what = f"is no list of rows with file, best, bound, proved and how ({error})"
        raise InputError(what, file=os.fspath(path)) from None
    names = [row.file for row in rows]
    repeated = next((name for name in names if names.count(name) > 1), None)
    if repeated is not None:
        raise InputError(f"{repeated} stands in it twice", file=os.fspath(path))
    return tuple(rows)


def write_index(path: Path, rows: Iterable[IndexRow]) -> None:
    """Write the rows, atomically, as the project's other indices are written."""
    write_json(path, [msgspec.structs.asdict(row) for row in rows])


_DECODER = msgspec.json.Decoder(list[IndexRow])
