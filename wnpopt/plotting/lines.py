"""Lines over a quantity: values with marks and their range, and what is proved of them, dotted."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from wnpopt.core.extras import need
from wnpopt.core.text import in_image
from wnpopt.plotting.palette import LINK, colour
from wnpopt.plotting.save import drawing

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_MARKS = "osv^DPX*"


@dataclass(frozen=True, slots=True)
class PlotLine:
    """``values`` and ``bounds`` by x: several of one x are drawn by their mean and, of values, their range.

    ``paint`` and ``mark`` are the numbers of a colour and of a mark.
    """

    label: str
    values: Mapping[float, Sequence[float]]
    bounds: Mapping[float, Sequence[float]]
    paint: int
    mark: int


@dataclass(frozen=True, slots=True)
class LineChart:
    """Lines against one quantity; ``ticks`` name the x that are no numbers."""

    title: str
    x_label: str
    y_label: str
    lines: tuple[PlotLine, ...]
    ticks: Mapping[float, str] | None = None


def line_figure(chart: LineChart) -> Figure:
    """The figure. Values by factors make the axis of x logarithmic."""
    need("matplotlib.figure", "plot")
    from matplotlib.figure import Figure

    with drawing():
        figure = Figure(figsize=(8, 5), layout="constrained")
        axes = figure.subplots()
        for line in chart.lines:
            _draw(axes, line)
        if chart.ticks is not None:
            axes.set_xticks(list(chart.ticks), [in_image(text, 24) for text in chart.ticks.values()])
        elif _by_factors({x for line in chart.lines for x in (*line.values, *line.bounds)}):
            axes.set_xscale("log")
        axes.set(xlabel=in_image(chart.x_label, 60), ylabel=in_image(chart.y_label, 60))
        axes.spines[["top", "right"]].set_visible(False)
        if any(line.bounds for line in chart.lines):
            axes.plot([], [], ":", color=LINK, label="bound")
        axes.legend(frameon=False, fontsize="small")
        figure.suptitle(in_image(chart.title, 100))
    return figure


def _draw(axes: Axes, line: PlotLine) -> None:
    paint = colour(line.paint)
    x = sorted(line.values)
    middle = [_mean(line.values[place]) for place in x]
    mark = _MARKS[line.mark % len(_MARKS)]
    axes.plot(x, middle, "-", marker=mark, markersize=4, color=paint, label=in_image(line.label, 60))
    low, high = [min(line.values[place]) for place in x], [max(line.values[place]) for place in x]
    if low != high:
        axes.fill_between(x, low, high, color=paint, alpha=0.2, linewidth=0)
    proved = sorted(line.bounds)
    axes.plot(proved, [_mean(line.bounds[place]) for place in proved], ":", color=paint, linewidth=1)


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values)


def _by_factors(values: set[float]) -> bool:
    """True if neighbours are nearer to a constant factor than to a constant step."""
    ordered = sorted(values)
    if len(ordered) < 3 or ordered[0] <= 0:
        return False
    steps = [b - a for a, b in itertools.pairwise(ordered)]
    factors = [b / a for a, b in itertools.pairwise(ordered)]
    return max(factors) < 1.2 * min(factors) and max(steps) > 2 * min(steps)
