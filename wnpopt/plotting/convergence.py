"""How a solve converged: incumbent, bound and gap against time, of a result or of what ``solve --json`` wrote."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from wnpopt.core import registry
from wnpopt.core.document import Instance
from wnpopt.core.errors import InputError
from wnpopt.core.result import Result, relative_gap
from wnpopt.core.text import number, percent, short
from wnpopt.core.trace import TracePoint
from wnpopt.plotting.chart import Chart, Panel, Series
from wnpopt.plotting.palette import COLOURS, LINK

_FACTOR = 300.0
"""Times that span more than this are drawn by factors: what happens at once and what takes long are both seen."""
_SOONEST_S = 1e-3


def is_result(data: object) -> bool:
    """True for the JSON of a result."""
    return isinstance(data, Mapping) and "kind" not in data and {"trace", "instance_hash", "method"} <= data.keys()


def result_convergence(instance: Instance, result: Result[Any] | Mapping[str, Any]) -> Chart:
    """The chart of a result; :class:`InputError` where it is of another instance, or its trace cannot be read."""
    data = result.to_data() if isinstance(result, Result) else result
    if data["instance_hash"] != instance.instance_hash:
        raise InputError(f"found a result of {short(str(data.get('instance')), 80)}; one of this instance is needed")
    points = [_point(entry, place) for place, entry in enumerate(_list(data["trace"]))]
    runtime, value, bound = (_real(data.get(name), name) for name in ("runtime_s", "objective", "bound"))
    if runtime is not None and (value, bound) != (None, None):
        # A trace holds what the method said; the end is what the verifier saw.
        points = [point for point in points if point.time_s <= runtime]
        points.append(TracePoint(runtime, value, bound))
    family = registry.family(instance.kind)
    return convergence(
        points, f"{short(instance.name, 80)}: {short(str(data['method']), 40)}", family.unit_of(instance)
    )


def convergence(points: Sequence[TracePoint], title: str, unit: str = "") -> Chart:
    """The chart of a trace; seconds are told in ms."""
    if not points:
        raise InputError("found an empty trace; a run that got as far as an objective or a bound is needed")
    scale, unit = (1e3, "ms") if unit == "s" else (1e3, "mJ") if unit == "J" else (1.0, unit)
    last = points[-1]
    by_factors = last.time_s > _FACTOR * max(points[0].time_s, _SOONEST_S)
    x = tuple(max(point.time_s, _SOONEST_S) if by_factors else point.time_s for point in points)
    gaps = [relative_gap(point.objective, point.bound) for point in points]
    told = tuple(_told(point, gap, scale, unit) for point, gap in zip(points, gaps, strict=True))

    def scaled(values: Sequence[float | None]) -> tuple[float | None, ...]:
        return tuple(None if value is None else scale * value for value in values)

    lines = [
        Series("incumbent", COLOURS[0], "step", x, scaled([point.objective for point in points]), told=told),
        Series("bound", COLOURS[5], "step", x, scaled([point.bound for point in points]), told=told, dash="dashed"),
    ]
    lines = [line for line in lines if any(value is not None for value in line.y)]
    objective = f"objective [{unit}]" if unit else "objective"
    panels = [Panel(objective, tuple(lines), share=2.0)]
    if any(gap is not None for gap in gaps):
        percents = tuple(None if gap is None else 100 * gap for gap in gaps)
        panels.append(Panel("gap [%]", (Series("", LINK, "step", x, percents, told=told),), bottom=0.0))
    end = f"{number(last.time_s, 3)} s: {_value(last.objective, scale, unit)}, bound {_value(last.bound, scale, unit)}"
    if gaps[-1] is not None:
        end += f", gap {percent(gaps[-1])}"
    return Chart(f"{title}, {end}", "time [s]", tuple(panels), log_x=by_factors)


def _told(point: TracePoint, gap: float | None, scale: float, unit: str) -> str:
    lines = [f"{number(point.time_s, 4)} s"]
    lines.append(f"incumbent {_value(point.objective, scale, unit)}, bound {_value(point.bound, scale, unit)}")
    if gap is not None:
        lines.append(f"gap {percent(gap)}")
    return "\n".join(lines)


def _value(value: float | None, scale: float, unit: str) -> str:
    return "-" if value is None else f"{number(scale * value)} {unit}".rstrip()


def _list(trace: object) -> Sequence[Any]:
    if not isinstance(trace, list | tuple):
        raise InputError(f"found a {type(trace).__name__}; a list of points is needed", where="trace")
    return trace


def _point(entry: Any, place: int) -> TracePoint:
    where = f"trace[{place}]"
    if not isinstance(entry, Mapping):
        raise InputError(f"found a {type(entry).__name__}; time_s, objective and bound are needed", where=where)
    time, value, bound = (_real(entry.get(name), f"{where}.{name}") for name in ("time_s", "objective", "bound"))
    if time is None or time < 0:
        raise InputError("is missing or negative; seconds are needed", where=f"{where}.time_s")
    return TracePoint(time, value, bound)


def _real(value: Any, where: str) -> float | None:
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise InputError(f"found {short(repr(value), 40)}; a finite number or null is needed", where=where)
    return value
