"""The instances of a sweep, as files in its store."""

from __future__ import annotations

import itertools
import json
import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from wnpopt.bench.store.manifest import write_if_other
from wnpopt.bench.sweep.axes import MOST_POINTS, Axis
from wnpopt.core.document import Instance
from wnpopt.core.errors import InputError
from wnpopt.core.jsonio import format_json
from wnpopt.core.text import number, short

FOLDER = "sweep"


@dataclass(frozen=True, slots=True)
class SweepPoint:
    """A place of a sweep: the ``values`` of its axes, in their order, and the instance that has them."""

    values: tuple[object, ...]
    instance: Instance


def points(instance: Instance, axes: Sequence[Axis]) -> tuple[SweepPoint, ...]:
    """Every combination of the axes' values, the last axis fastest; the names of the instances tell the values.

    Raises :class:`InputError` for a field that the instance has not (with the name that may be meant), a value that it
    cannot take, a field that is given twice, and too many points.
    """
    fields = [axis.field for axis in axes]
    for place, field in enumerate(fields):
        if field in fields[:place]:
            raise InputError("is given twice; one grid is needed", where=f"--set {field}")
    count = math.prod(len(axis.values) for axis in axes)
    if count > MOST_POINTS:
        raise InputError(f"found {count} points; at most {MOST_POINTS} are possible", where="--set")
    made = []
    for values in itertools.product(*(axis.values for axis in axes)):
        told = ", ".join(f"{field}={shown(value)}" for field, value in zip(fields, values, strict=True))
        try:
            changed = instance.replace(dict(zip(fields, values, strict=True)))
        except InputError as error:
            raise InputError(f"{error.what} (at {told})", where=f"--set {error.where}") from None
        source = f"{instance.source or instance.name}; sweep: {told}"
        made.append(SweepPoint(values, changed.model_copy(update={"name": _name(instance, told), "source": source})))
    return tuple(made)


def _name(instance: Instance, told: str) -> str:
    return short(f"{instance.name} {told}", 200)


def shown(value: object) -> str:
    """A value of an axis as people read it."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        return number(value)
    return value if isinstance(value, str) else json.dumps(value)


def write_points(made: Sequence[SweepPoint], out: Path) -> tuple[Path, ...]:
    """Write each instance into ``out``/sweep under its hash, so that a wider grid adds to what is there."""
    files = []
    for point in made:
        path = out / FOLDER / f"{point.instance.instance_hash[:16]}.json"
        write_if_other(path, (format_json(point.instance.to_data()) + "\n").encode())
        files.append(path)
    return tuple(files)
