"""Documents as data frames, a frame for each list of entries, and a plan's schedule as one."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel

from wnpopt.core import registry
from wnpopt.core.attempt import certify
from wnpopt.core.document import Instance, Solution
from wnpopt.core.errors import InputError
from wnpopt.plotting.draw import schedule

if TYPE_CHECKING:
    from pandas import DataFrame

_MS = {"s": 1e3, "ms": 1.0, "µs": 1e-3, "ns": 1e-6}


def frames(document: BaseModel) -> dict[str, DataFrame]:
    """A frame for each list of entries, by the path of its field (``users``, ``chip.cores``), a row an entry.

    A column is a field, under its name in JSON; fields of a part of an entry have its name before theirs
    (``link.spectral_efficiency``), lists within an entry stay tuples. Values by name (``core`` and ``start`` of a wnp
    solution) are columns of one frame, ``entries``, with a row a name; lists of numbers of one length (an intradp
    solution's) are, too, with a row a place.
    """
    from pandas import DataFrame

    made: dict[str, DataFrame] = {}
    by_name: dict[str, Any] = {}
    by_place: dict[str, Any] = {}
    for path, value in _fields(document, ""):
        if isinstance(value, dict) and value and not isinstance(next(iter(value.values())), BaseModel | dict):
            by_name[path] = value
        elif isinstance(value, tuple) and value and isinstance(value[0], BaseModel):
            made[path] = DataFrame([dict(_fields(entry, "")) for entry in value])
        elif isinstance(value, tuple) and value and isinstance(value[0], int | float):
            by_place[path] = value
    for columns in (by_name, by_place):
        first = next(iter(columns.values()), None)
        if first is not None:
            alike = {path: value for path, value in columns.items() if _places(value) == _places(first)}
            made["entries"] = DataFrame(alike)
    return made


def _places(value: Any) -> Any:
    return value.keys() if isinstance(value, dict) else len(value)


def _fields(document: BaseModel, prefix: str) -> Iterator[tuple[str, Any]]:
    for name, field in type(document).model_fields.items():
        path, value = f"{prefix}{field.alias or name}", getattr(document, name)
        if isinstance(value, BaseModel):
            yield from _fields(value, f"{path}.")
        else:
            yield path, value


def schedule_frame(instance: Instance, solution: Solution) -> DataFrame:
    """A row a bar of the plan's chart, by start: lane, what, group, start and end in ms, and the bar's details.

    Raises :class:`InputError` for a solution that the verifier does not accept.
    """
    from pandas import DataFrame

    if not certify(registry.family(instance.kind), instance, solution).accepted:
        raise InputError("the solution is not accepted", where="solution")
    chart = schedule(instance, solution)
    scale = _MS.get(chart.unit, 1.0)
    rows = [
        (chart.lanes[bar.lane].name, bar.label, chart.groups[bar.group].name, bar.start * scale, bar.end * scale,
         bar.detail.replace("\n", "; "))
        for bar in sorted(chart.bars, key=lambda bar: (bar.start, bar.lane))
    ]  # fmt: skip
    columns = [chart.lane_title or "lane", "what", "group", "start_ms", "end_ms", "detail"]
    return DataFrame(rows, columns=columns)
