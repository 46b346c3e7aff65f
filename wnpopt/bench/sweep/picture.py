"""The lines of a sweep: values, and what is proved of them, against the first field that varies."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from wnpopt.bench.sweep.axes import Axis
from wnpopt.bench.sweep.outcome import SweepRun, SweepRuns
from wnpopt.bench.sweep.points import shown
from wnpopt.plotting.lines import LineChart, PlotLine


def sweep_chart(name: str, axes: Sequence[Axis], runs: SweepRuns, unit: str) -> LineChart:
    """A line a method and combination of the further axes' values: a colour a method, a mark a combination.

    Of one method alone, a colour a combination. Points without an answer are left out of a line.
    """
    first = max(range(len(axes)), key=lambda place: (len(axes[place].values) > 1, -place))
    axis = axes[first]
    places = {repr(value): float(place) for place, value in enumerate(axis.values)}
    if axis.numeric:
        places = {repr(value): float(value) for value in axis.values}  # type: ignore[arg-type]
    groups: dict[tuple[str, str], list[tuple[float, SweepRun]]] = {}
    for run in runs.runs:
        others = [f"{a.field}={shown(v)}" for i, (a, v) in enumerate(zip(axes, run.values, strict=True)) if i != first]
        groups.setdefault((run.method, ", ".join(others)), []).append((places[repr(run.values[first])], run))
    methods = list(dict.fromkeys(method for method, _ in groups))
    further = list(dict.fromkeys(other for _, other in groups))
    lines = tuple(
        PlotLine(
            " ".join(filter(None, [method, other])),
            _by_place(own, lambda run: run.objective),
            _by_place(own, lambda run: run.bound),
            methods.index(method) if len(methods) > 1 else further.index(other),
            further.index(other),
        )
        for (method, other), own in groups.items()
    )
    ticks = None if axis.numeric else {places[repr(value)]: shown(value) for value in axis.values}
    return LineChart(name, axis.field, f"value [{unit}]" if unit else "value", lines, ticks)


def _by_place(
    own: Sequence[tuple[float, SweepRun]], value: Callable[[SweepRun], float | None]
) -> dict[float, list[float]]:
    found: dict[float, list[float]] = {}
    for place, run in own:
        if (known := value(run)) is not None:
            found.setdefault(place, []).append(known)
    return found
