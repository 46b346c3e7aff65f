"""The one drawing of series against axes as an image (matplotlib)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from wnpopt.core.extras import need
from wnpopt.core.text import in_image
from wnpopt.plotting.chart import Chart, Panel, Series
from wnpopt.plotting.gantt_image import WIDTH
from wnpopt.plotting.save import drawing

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_NAMED = 48
"""So many places of x have their names written; of more every second, third, ... one."""


def chart_figure(*charts: Chart) -> Figure:
    """The figure, to save or to change; several charts stand above each other, under the title of the first."""
    need("matplotlib.figure", "plot")
    from matplotlib.figure import Figure

    with drawing():
        # One column of axes: figures within a figure would be laid out a rounding error differently each time, which
        # the names of clip paths in an SVG are made of.
        shares = [chart.height * panel.share / _whole(chart) for chart in charts for panel in chart.panels]
        figure = Figure(figsize=(WIDTH, sum(chart.height for chart in charts)), layout="constrained")
        ratios = shares if len(charts) > 1 else [panel.share for panel in charts[0].panels]
        column = iter(
            figure.subplots(len(shares), 1, sharex=len(charts) == 1, height_ratios=ratios, squeeze=False)[:, 0]
        )
        for chart in charts:
            panels = [next(column) for _ in chart.panels]
            for axes in panels[1:] if len(charts) > 1 else ():
                axes.sharex(panels[0])
            draw_chart(panels, chart)
        title(figure, charts[0])
    return figure


def title(figure: Figure, chart: Chart) -> None:
    """Write the chart's title above all."""
    figure.suptitle(in_image(chart.title, 250), fontsize=11, x=0.01, ha="left", wrap=True)


def _whole(chart: Chart) -> float:
    return sum(panel.share for panel in chart.panels)


def draw_chart(panels: Sequence[Axes], chart: Chart) -> None:
    """Draw the panels of a chart, all but its title, into axes that share their x."""
    from matplotlib.ticker import NullFormatter

    for axes, panel in zip(panels, chart.panels, strict=True):
        _draw_panel(axes, panel)
    last = panels[-1]
    if chart.log_x:
        last.set_xscale("log")
        last.xaxis.set_major_formatter("{x:g}")
        low, high = last.get_xlim()
        last.xaxis.set_minor_formatter("{x:g}" if low > 0 and high / low < 20 and not chart.ticks else NullFormatter())
    if chart.ticks:
        every = -(-len(chart.ticks) // _NAMED)
        places = chart.ticks[::every]
        long = max(len(name) for _, name in places) > 4 or len(places) > 24
        last.set_xticks(
            [x for x, _ in places], [in_image(name, 18) for _, name in places],
            rotation=60 if long else 0, ha="right" if long else "center", rotation_mode="anchor", fontsize=7,
        )  # fmt: skip
    last.set_xlabel(in_image(chart.x_label, 100))


def _draw_panel(axes: Axes, panel: Panel) -> None:
    for series in panel.series:
        _SHAPES[series.shape](axes, series, in_image(series.name, 60) if series.name else None)
    axes.spines[["top", "right"]].set_visible(False)
    if panel.log:
        axes.set_yscale("log")
    if panel.y_label:
        axes.set_ylabel(in_image(panel.y_label, 60))
    else:
        axes.set_yticks([])
        axes.spines["left"].set_visible(False)
        axes.margins(0.03, 0.12)
    if all(series.shape == "bars" for series in panel.series):
        axes.margins(x=0.01)
    low, high = axes.get_ylim()
    if panel.bottom is not None:
        low = min(panel.bottom, low) if panel.bottom < 0 else panel.bottom
    if panel.top is not None:
        high = max(panel.top, high)
    axes.set_ylim(low, high if high > low else low + 1)
    names = list(dict.fromkeys(series.name for series in panel.series if series.name))
    if names:
        # Above the panel, where it covers nothing.
        axes.legend(
            loc="lower left", bbox_to_anchor=(0, 1), ncols=max(1, min(len(names), 120 // (max(map(len, names)) + 6))),
            fontsize=8, frameon=False, handlelength=1.3, columnspacing=1.2, borderaxespad=0.2,
        )  # fmt: skip


def _values(series: Series) -> Any:
    return np.array([np.nan if y is None else y for y in series.y], dtype=float)


def _line(axes: Axes, series: Series, name: str | None) -> None:
    how: dict[str, Any] = {"drawstyle": "steps-post"} if series.shape == "step" else {"marker": "o", "markersize": 3}
    thin = min(1.2, series.weight) if series.dash != "solid" else series.weight
    axes.plot(series.x, _values(series), color=series.colour, linestyle=series.dash, linewidth=thin, label=name, **how)


def _points(axes: Axes, series: Series, name: str | None) -> None:
    size = 60 if len(series.x) <= 60 else 24 if len(series.x) <= 1000 else 6
    paint: dict[str, Any] = {"facecolors": "white", "edgecolors": series.colour, "linewidths": 1.2}
    if not series.hollow:
        paint = {"color": series.colour, "edgecolors": "white", "linewidths": 0.5}
    axes.scatter(series.x, _values(series), s=size, label=name, zorder=3, clip_on=False, **paint)
    for x, y, label in zip(series.x, series.y, series.labels, strict=False):
        if y is not None and label:
            axes.annotate(
                in_image(label, 16), (x, y), xytext=(0, 6), textcoords="offset points", ha="center", fontsize=6.5
            )


def _bars(axes: Axes, series: Series, name: str | None) -> None:
    base = series.base or (0.0,) * len(series.x)
    paint: dict[str, Any] = {"color": series.colour}
    if series.hollow:
        paint = {"color": "white", "edgecolor": series.colour, "linewidth": 1.0}
    axes.bar(series.x, _values(series), series.width, bottom=base, label=name, **paint)


def _segments(axes: Axes, series: Series, name: str | None) -> None:
    from matplotlib.collections import LineCollection

    points = np.column_stack([np.array(series.x, dtype=float), _values(series)]).reshape(-1, 2, 2)
    faint = 0.75 if len(points) <= 150 else 0.45
    lines = LineCollection(
        list(points), colors=series.colour, linewidths=0.8, linestyles=series.dash, alpha=faint, zorder=1, label=name
    )
    axes.add_collection(lines)
    axes.autoscale_view()


_SHAPES = {"line": _line, "step": _line, "points": _points, "bars": _bars, "segments": _segments}
