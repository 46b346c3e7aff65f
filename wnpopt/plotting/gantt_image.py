"""The one drawing of a Gantt chart as an image (matplotlib)."""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING, Any

import numpy as np

from wnpopt.core.extras import need
from wnpopt.core.text import in_image, short
from wnpopt.plotting.gantt import Bar, Gantt, Grid, dash_turns, lane_turns
from wnpopt.plotting.palette import IDLE, LINK, ink
from wnpopt.plotting.save import drawing

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

WIDTH = 11.0
"""Inches."""
_DASHES = 24
"""Dashes and gaps of a line from top to bottom of a panel."""
_BLACK = "#000000"
_LINES: dict[str, Any] = {"solid": "solid", "dashed": (0, (4, 2)), "dotted": "dotted"}


def gantt_figure(chart: Gantt) -> Figure:
    """The figure, to save or to change: the grid, where there is one, above the lanes, against one time axis."""
    need("matplotlib.figure", "plot")
    from matplotlib.figure import Figure

    grid = chart.grid
    lower_height = max(1.2, _lane_height(chart) * len(chart.lanes) + 0.5)
    upper_height = 0.0 if grid is None else min(3.6, max(1.4, 0.14 * grid.rows))
    entries = _legend(chart)
    # All in a line where they fit, else as many as the longest name has room for.
    lengths = [7 + _width(label) for _, label in entries]
    columns = len(entries) if sum(lengths) <= 150 else max(1, 150 // max(lengths))
    legend_height = 0.22 * -(-len(entries) // max(columns, 1))
    with drawing():
        figure = Figure(figsize=(WIDTH, 1.0 + lower_height + upper_height + legend_height), layout="constrained")
        if grid is None:
            lower = upper = figure.subplots()
        else:
            upper, lower = figure.subplots(2, 1, sharex=True, height_ratios=[upper_height, lower_height])
            _draw_grid(upper, chart, grid)
        _draw_bars(lower, chart)
        _draw_links(lower, chart)
        _draw_marks(figure.axes, lower, chart)
        lower.set_yticks(range(len(chart.lanes)), [in_image(lane.name, 22) for lane in chart.lanes])
        lower.set_ylim(max(len(chart.lanes), 1) - 0.5, -0.5)
        lower.set_ylabel(in_image(chart.lane_title, 40))
        lower.set_xlabel(f"time [{in_image(chart.unit, 20)}]")
        lower.set_xlim(0, chart.last * 1.01)
        for axes in figure.axes:
            axes.spines[["top", "right"]].set_visible(False)
        if entries:
            upper.legend(
                handles=[handle for handle, _ in entries],
                labels=[label for _, label in entries],
                loc="lower left",
                bbox_to_anchor=(0, 1.0),
                ncols=max(columns, 1),
                fontsize=8,
                frameon=False,
                handlelength=1.3,
                columnspacing=1.2,
            )
        figure.suptitle(in_image(chart.title, 250), fontsize=11, x=0.01, ha="left", wrap=True)
    return figure


def label_for(bar: Bar, room: int) -> str:
    """What fits into ``room`` characters of a bar: the label, what comes after its last dot, its beginning, nothing.

    Where only a number comes after the dot, the beginning of what is before it stands with it: the number says little.
    """
    for text in (bar.label, _tail(bar.label, room)):
        if text and _width(text) <= room:
            return text
    text = short(bar.label, max(room, 1))
    return text if room >= 6 and _width(text) <= room else ""


def _tail(label: str, room: int) -> str:
    head, dot, tail = label.rpartition(".")
    if not (dot and tail.isdigit() and tail.isascii()):
        return tail
    left = room - len(tail) - 1
    return f"{head.rpartition('.')[2][:left]}.{tail}" if left > 0 else ""


def _width(text: str) -> int:
    """Characters, those of Chinese, Japanese and Korean counted twice."""
    return sum(2 if unicodedata.east_asian_width(sign) in "WF" else 1 for sign in text)


def _lane_height(chart: Gantt) -> float:
    """Inches."""
    if any(lane.tracks > 1 for lane in chart.lanes):
        return 0.3
    return 0.42 if len(chart.lanes) <= 16 else 0.28


def _colour(chart: Gantt, group: int | None) -> str:
    return _BLACK if group is None else chart.groups[group].colour


def _draw_grid(axes: Axes, chart: Gantt, grid: Grid) -> None:
    from matplotlib.colors import ListedColormap

    cells = np.zeros((grid.rows, grid.columns), dtype=np.int64)
    for row, runs in enumerate(grid.runs):
        owners = [0 if group is None else group + 1 for length, group in runs for _ in range(length)]
        cells[row, : len(owners)] = owners
    axes.imshow(
        cells,
        cmap=ListedColormap([IDLE, *(group.colour for group in chart.groups)]),
        vmin=0,
        vmax=len(chart.groups),
        extent=(0, grid.columns * grid.step, grid.rows - 0.5, -0.5),
        aspect="auto",
        interpolation="nearest",
    )
    axes.set_ylabel(in_image(grid.title, 40))
    axes.set_yticks(range(0, grid.rows, -(-grid.rows // 6)))
    axes.set_ylim(grid.rows - 0.5, -0.5)


def _draw_bars(axes: Axes, chart: Gantt) -> None:
    from matplotlib.collections import PolyCollection

    tracks = [chart.lanes[bar.lane].tracks for bar in chart.bars]
    middle = [bar.lane - 0.4 + 0.8 * (bar.track + 0.5) / count for bar, count in zip(chart.bars, tracks, strict=True)]
    fill = [_colour(chart, bar.group) for bar in chart.bars]
    share = [(bar.end - bar.start) / chart.last for bar in chart.bars]
    corners = []
    for bar, count, height in zip(chart.bars, tracks, middle, strict=True):
        top, bottom = height - 0.37 / count, height + 0.37 / count
        corners.append([(bar.start, top), (bar.end, top), (bar.end, bottom), (bar.start, bottom)])
    bars = PolyCollection(
        corners,
        facecolors=fill,
        # A white edge sets neighbours apart, and would cover a bar that is no wider than it.
        edgecolors=["white" if part > 0.003 else paint for part, paint in zip(share, fill, strict=True)],
        linewidths=0.7 if len(chart.bars) <= 60 else 0.3,
        gid="bars",
    )
    axes.add_collection(bars)
    for bar, count, height, part, paint in zip(chart.bars, tracks, middle, share, fill, strict=True):
        if label := label_for(bar, int(part / 0.0068) - 1):
            where = (bar.start + bar.end) / 2, height
            size = 7.5 if count == 1 else 6
            axes.text(*where, in_image(label), ha="center", va="center", fontsize=size, color=ink(paint), clip_on=True)


def _draw_links(axes: Axes, chart: Gantt) -> None:
    """Lines from the edge of one bar's lane to the facing edge of the other's, so that they cross no label of these."""
    from matplotlib.collections import LineCollection

    segments = []
    for link in chart.links:
        source, target = chart.bars[link.source].lane, chart.bars[link.target].lane
        if source != target:
            down = 0.37 if target > source else -0.37
            segments.append(((link.start, source + down), (link.end, target - down)))
    if not segments:
        return
    faint = 0.75 if len(segments) <= 100 else 0.4
    axes.add_collection(LineCollection(segments, colors=LINK, linewidths=0.7, alpha=faint, zorder=2.5))
    for marker, falling in (("v", True), ("^", False)):
        tips = [end for start, end in segments if (end[1] > start[1]) is falling]
        axes.plot([x for x, _ in tips], [y for _, y in tips], marker, color=LINK, markersize=3, alpha=0.8)


def _draw_marks(panels: list[Axes], lanes: Axes, chart: Gantt) -> None:
    dashed = [mark for mark in chart.marks if mark.lane is None and mark.style == "dashed"]
    for mark, (turn, turns) in zip(dashed, dash_turns(dashed, chart.last), strict=True):
        pieces = range(turn, _DASHES, turns)
        for axes in panels:
            # White beneath, or the line is lost among cells of its own colour.
            for paint, width in (("white", 4.0), (_colour(chart, mark.group), 2.0)):
                axes.vlines(
                    [mark.at] * len(pieces),
                    [piece / _DASHES for piece in pieces],
                    [(piece + 1) / _DASHES for piece in pieces],
                    colors=paint,
                    linewidth=width,
                    transform=axes.get_xaxis_transform(),
                    # Beneath the bars, whose labels it would cross; above the cells.
                    zorder=0.5 if axes is lanes else 3,
                )
    turns_of = lane_turns(chart.marks, chart.last)
    for mark, (turn, turns) in zip(chart.marks, turns_of, strict=True):
        line: dict[str, Any] = {"color": _colour(chart, mark.group), "linestyle": _LINES[mark.style]}
        if mark.lane is not None:
            top = mark.lane - 0.45 + 0.9 * turn / turns
            lanes.vlines(mark.at, top, top + 0.9 / turns, linewidth=2.5, zorder=3, **line)
        elif mark.style != "dashed":
            for axes in panels:
                axes.axvline(
                    mark.at, linewidth=1.3, zorder=0.5 if mark.style == "dotted" and axes is lanes else 3, **line
                )


def _legend(chart: Gantt) -> list[tuple[Any, str]]:
    """Handles and names: the groups of bars and cells, the kinds of lines, the links."""
    from matplotlib.lines import Line2D
    from matplotlib.patches import Patch

    filled = {bar.group for bar in chart.bars}
    if chart.grid is not None:
        filled |= {group for runs in chart.grid.runs for _, group in runs if group is not None}
    entries: list[tuple[Any, str]] = [
        (Patch(color=group.colour), in_image(group.name, 24))
        for index, group in enumerate(chart.groups)
        if index in filled
    ]
    lines: dict[str, Any] = {}
    for mark in chart.marks:
        paint = LINK if mark.kind and mark.lane is None else _colour(chart, mark.group)
        line = Line2D([], [], color=paint, linestyle=_LINES[mark.style], linewidth=1.6)
        lines.setdefault(in_image(mark.kind or mark.label, 24), line)
    if any(chart.bars[link.source].lane != chart.bars[link.target].lane for link in chart.links):
        lines[in_image(chart.link_title, 24)] = Line2D([], [], color=LINK, linewidth=0.8, marker=">", markersize=3)
    return [*entries, *((line, label) for label, line in lines.items())]
