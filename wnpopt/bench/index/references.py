"""What the ``index.json`` beside an instance knows of it, for the records of its runs."""

from __future__ import annotations

from pathlib import Path

from wnpopt.bench.index.row import INDEX, read_rows
from wnpopt.bench.store.record import Reference
from wnpopt.core.errors import InputError


class References:
    """The best values and bounds of indices, each read once; what is no index, or no row of one, knows nothing."""

    def __init__(self) -> None:
        self._folders: dict[Path, dict[str, Reference]] = {}

    def of(self, file: str) -> Reference | None:
        """What the index beside ``file`` knows of it."""
        path = Path(file)
        if path.parent not in self._folders:
            self._folders[path.parent] = _read(path.parent / INDEX)
        return self._folders[path.parent].get(path.name)


def _read(index: Path) -> dict[str, Reference]:
    try:
        rows = read_rows(index)
    except InputError:
        return {}
    references: dict[str, Reference] = {}
    for row in rows:
        if not isinstance(row, dict) or not isinstance(row.get("file"), str):
            continue
        reference = Reference(_number(row.get("best")), _number(row.get("bound")))
        if reference.best is not None or reference.bound is not None:
            references[row["file"]] = reference
    return references


def _number(value: object) -> float | None:
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None
