"""A suite's index of best known values: a list of rows in ``index.json`` beside the instances."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path

import msgspec

from wnpopt.bench.batch.sources import content_of
from wnpopt.core.errors import InputError
from wnpopt.core.jsonio import parse_json, write_json

INDEX = "index.json"


class IndexRow(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What is known of the instance in ``file``: best value, best bound, whether they meet, and who found them how."""

    file: str
    best: int | float | None
    bound: int | float | None
    proved: bool
    how: str


def read_rows(path: Path) -> list[object]:
    """The rows of an index, whatever they hold; raises :class:`InputError` naming the file."""
    try:
        # An index is a list; the strict reader wants an object.
        rows = parse_json(b'{"rows":' + content_of(os.fspath(path)) + b"}")["rows"]
    except OSError as error:
        raise InputError(f"cannot be read: {error.strerror}", file=os.fspath(path)) from None
    except InputError as error:
        raise _other_form(path, error.what) from None
    if not isinstance(rows, list):
        raise _other_form(path, f"found {type(rows).__name__}")
    return rows


def read_index(path: Path) -> tuple[IndexRow, ...]:
    """The rows of an index; raises :class:`InputError` if the file has another form."""
    try:
        rows = msgspec.convert(read_rows(path), tuple[IndexRow, ...])
    except msgspec.ValidationError as error:
        raise _other_form(path, str(error)) from None
    names = [row.file for row in rows]
    repeated = next((name for name in names if names.count(name) > 1), None)
    if repeated is not None:
        raise InputError(f"{repeated} stands in it twice", file=os.fspath(path))
    return rows


def write_index(path: Path, rows: Iterable[IndexRow]) -> None:
    """Write the rows, atomically, as the project's other indices are written."""
    write_json(path, [msgspec.structs.asdict(row) for row in rows])


def _other_form(path: Path, told: str) -> InputError:
    return InputError(f"is no list of rows with file, best, bound, proved and how ({told})", file=os.fspath(path))
