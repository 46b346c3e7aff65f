"""What a sweep changes: a field of the instance, and the values that it takes."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass

from wnpopt.core.errors import InputError

MOST_POINTS = 100_000
_GRID = "values as in 1e6,2e6,5e6, or START:STOP:COUNT (evenly, both included; START:STOP:COUNT:log by factors)"


@dataclass(frozen=True, slots=True)
class Axis:
    """A ``field``, by its path (``users[3].deadline_s``, ``users[*].deadline_s``), and its ``values`` as in JSON."""

    field: str
    values: tuple[object, ...]

    @property
    def numeric(self) -> bool:
        """True if all values are numbers."""
        return all(isinstance(value, int | float) and not isinstance(value, bool) for value in self.values)

    @classmethod
    def parse(cls, text: str) -> Axis:
        """``FIELD=GRID``: a list ``a,b,c`` of JSON values (a word is a text), or ``start:stop:count``.

        With ``:log`` after the count neighbours differ by a factor. Numbers without a fraction are integers where start
        and stop are. Raises :class:`InputError` at ``text``.
        """
        field, equals, grid = text.partition("=")
        field, grid = field.strip(), grid.strip()
        if not equals or not field or not grid:
            raise InputError(f"found {text!r}; FIELD=GRID is needed, with {_GRID}", where="--set")
        parts = grid.split(":")
        values = _evenly(field, grid, parts) if len(parts) > 1 and '"' not in grid else _listed(grid)
        return cls(field, tuple({json.dumps(value): value for value in values}.values()))


def _listed(grid: str) -> list[object]:
    try:
        whole = json.loads(f"[{grid}]")
    except (ValueError, RecursionError):  # the latter: brackets without end
        return [_value(part.strip()) for part in grid.split(",") if part.strip()]
    assert isinstance(whole, list)
    return whole


def _value(text: str) -> object:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return text


def _evenly(field: str, grid: str, parts: Sequence[str]) -> list[object]:
    scale = parts[3] if len(parts) == 4 else "linear"
    try:
        if len(parts) not in (3, 4) or scale not in ("linear", "log"):
            raise ValueError
        start, stop, count = float(parts[0]), float(parts[1]), int(parts[2])
        if not (abs(start) < float("inf") and abs(stop) < float("inf") and 1 <= count <= MOST_POINTS):
            raise ValueError
        if scale == "log" and (start <= 0 or stop <= 0):
            raise ValueError
    except ValueError:
        raise InputError(f"found {grid!r}; {_GRID} are needed", where=f"--set {field}") from None
    whole = all(_is_integer(part) for part in parts[:2])
    values: list[object] = []
    for i in range(count):
        share = i / (count - 1) if count > 1 else 0.0
        value = start * (stop / start) ** share if scale == "log" else start + (stop - start) * share
        value = stop if count > 1 and i == count - 1 else value
        value = float(f"{value:.12g}")
        values.append(int(value) if whole and value.is_integer() else value)
    return values


def _is_integer(text: str) -> bool:
    try:
        int(text)
    except ValueError:
        return False
    return True
