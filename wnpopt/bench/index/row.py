"""A suite's index of best known values: a list of rows in ``index.json`` beside the instances."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path

import msgspec

from wnpopt.bench.batch.sources import content_of
from wnpopt.bench.store.record import Reference
from wnpopt.core.errors import InputError
from wnpopt.core.jsonio import parse_json, write_json
from wnpopt.core.text import short
from wnpopt.core.unique import repeated

INDEX = "index.json"


class IndexRow(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """What is known of the instance in ``file``: best value, best bound, whether they meet, and who found them how.

    Of the stored solution that has the best value: the ``method`` it is of, the ``version`` of wnpopt that accepted it,
    and the ``date`` (YYYY-MM-DD) on which it did. All of it is of the instance with ``instance_hash``: a file that was
    changed since is another one. Rows without it (indices of 0.3) are of whatever the file holds.
    """

    file: str
    best: int | float | None
    bound: int | float | None
    proved: bool
    how: str
    method: str | None = None
    version: str | None = None
    date: str | None = None
    instance_hash: str | None = None

    def is_of(self, instance_hash: str) -> bool:
        """Whether the row is of the instance with this hash."""
        return self.instance_hash in (None, instance_hash)


def read_index(path: Path) -> tuple[IndexRow, ...]:
    """The rows of an index; raises :class:`InputError` if the file has another form."""
    try:
        rows = msgspec.convert(_rows(path), tuple[IndexRow, ...])
    except msgspec.ValidationError as error:
        raise _other_form(path, str(error)) from None
    twice = repeated(row.file for row in rows)
    if twice is not None:
        raise InputError(f"{short(rows[twice[0]].file, 200)} stands in it twice", file=os.fspath(path))
    return rows


def write_index(path: Path, rows: Iterable[IndexRow]) -> None:
    """Write the rows, atomically, as the project's other indices are written."""
    write_json(path, [msgspec.to_builtins(row) for row in rows])


class References:
    """The best values and bounds of indices, each read once; what is no index, or no row of one, knows nothing."""

    def __init__(self) -> None:
        self._folders: dict[Path, dict[str, tuple[object, Reference]]] = {}

    def of(self, file: str, instance_hash: str) -> Reference | None:
        """What the index beside ``file`` knows of the instance in it, which has this hash."""
        path = Path(file)
        if path.parent not in self._folders:
            self._folders[path.parent] = _references(path.parent / INDEX)
        whose, reference = self._folders[path.parent].get(path.name, (None, None))
        return reference if whose in (None, instance_hash) else None


def _rows(path: Path) -> list[object]:
    """The rows of an index, whatever they hold; raises :class:`InputError` naming the file."""
    try:
        # An index is a list; the strict reader wants an object.
        data = parse_json(b'{"rows":' + content_of(os.fspath(path)) + b"}")
    except OSError as error:
        raise InputError(f"cannot be read: {error.strerror}", file=os.fspath(path)) from None
    except InputError as error:
        raise _other_form(path, error.what) from None
    rows = data["rows"]
    if len(data) > 1 or not isinstance(rows, list):
        raise _other_form(path, "no list")
    return rows


def _references(index: Path) -> dict[str, tuple[object, Reference]]:
    """By file: the hash of the instance that the row is of (None: it does not say), and what it knows."""
    try:
        rows = _rows(index)
    except InputError:
        return {}
    references: dict[str, tuple[object, Reference]] = {}
    for row in rows:
        if not isinstance(row, dict) or not isinstance(row.get("file"), str):
            continue
        reference = Reference(_number(row.get("best")), _number(row.get("bound")))
        if reference.best is not None or reference.bound is not None:
            references[row["file"]] = row.get("instance_hash"), reference
    return references


def _number(value: object) -> float | None:
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None


def _other_form(path: Path, told: str) -> InputError:
    told = short(told, 300)
    return InputError(f"is no list of rows with file, best, bound, proved and how ({told})", file=os.fspath(path))
