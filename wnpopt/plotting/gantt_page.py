"""The one drawing of a Gantt chart on a page: its data here, the drawing in ``assets/gantt.js`` (plotly).

It is the browser that draws, not Python: so the chart follows the width and the colour scheme of who reads, and a
report holds hundreds of charts in some kilobytes each.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from html import escape
from importlib.resources import files
from typing import Any

from wnpopt.core.text import one_line
from wnpopt.plotting.gantt import Gantt, Mark, dash_turns, lane_turns
from wnpopt.plotting.page import page_html
from wnpopt.plotting.palette import ink

_DIGITS = 6
"""Decimals of the chart's length to which times in a chart are kept: finer than any screen."""


@dataclass(frozen=True, slots=True)
class PageChart:
    """A :class:`Gantt` as ``gantt.js`` reads it, each text once in ``texts``; labels are places there, and details
    the places of their lines.

    A group is (name, colour, ink), a bar (lane, track, group, start, end, label, detail), a link (source, target,
    start, end, detail), a mark (time, group or None, lane or None, label, kind, style, turn, turns). A line of
    ``cells`` is (length, group or -1) again and again, flat; of ``values`` (length, value or None).
    """

    title: str
    unit: str
    end: float
    lane_title: str
    lanes: tuple[tuple[str, int], ...]
    groups: tuple[tuple[str, str, str], ...]
    texts: tuple[str, ...]
    bars: tuple[tuple[int, int, int, float, float, int, tuple[int, ...]], ...]
    links: tuple[tuple[int, int, float, float, tuple[int, ...]], ...]
    link_title: str
    marks: tuple[tuple[float, int | None, int | None, int, int, str, int, int], ...]
    grid_title: str
    column_title: str
    value_unit: str
    columns: int
    step: float
    cells: tuple[tuple[int, ...], ...]
    values: tuple[tuple[int | None, ...], ...]


def schedule_page(chart: Gantt, name: str, source: str | None, beside: Mapping[str, Any]) -> bytes:
    """The page of a schedule and, beneath it, of the figures of plotly ``beside`` it, each in an element of its name.

    ``name`` and ``source`` are those of the instance.
    """
    told = f'<p class="note">{escape(one_line(source))}</p>\n' if source else ""
    data: dict[str, object] = {"chart": page_chart(chart)}
    data["figures"] = {key: figure.to_plotly_json() for key, figure in beside.items()}
    script = files("wnpopt.plotting").joinpath("assets", "schedule.js")
    return page_html(name, f"<main></main>\n{told}", data, [script])


def page_chart(gantt: Gantt) -> PageChart:
    """The chart with its times rounded to a millionth of its length and each text once."""
    texts: dict[str, int] = {}
    scale = 10.0**-_DIGITS * gantt.last

    def place(text: str) -> int:
        return texts.setdefault(text, len(texts))

    def lines(text: str) -> tuple[int, ...]:
        return tuple(place(line) for line in text.splitlines())

    def when(time: float) -> float:
        return float(f"{round(time / scale) * scale:.7g}")

    def drawn(mark: Mark, turn: int, turns: int) -> tuple[float, int | None, int | None, int, int, str, int, int]:
        return when(mark.at), mark.group, mark.lane, place(mark.label), place(mark.kind), mark.style, turn, turns

    dashed = [mark for mark in gantt.marks if mark.lane is None and mark.style == "dashed"]
    others = [mark for mark in gantt.marks if mark.lane is not None or mark.style != "dashed"]
    turns = [*dash_turns(dashed, gantt.last), *lane_turns(others, gantt.last)]
    grid = gantt.grid
    return PageChart(
        title=gantt.title,
        unit=gantt.unit,
        end=gantt.last,
        lane_title=gantt.lane_title,
        lanes=tuple((lane.name, lane.tracks) for lane in gantt.lanes),
        groups=tuple((group.name, group.colour, ink(group.colour)) for group in gantt.groups),
        bars=tuple(
            (b.lane, b.track, b.group, when(b.start), when(b.end), place(b.label), lines(b.detail)) for b in gantt.bars
        ),
        links=tuple((k.source, k.target, when(k.start), when(k.end), lines(k.detail)) for k in gantt.links),
        link_title=gantt.link_title,
        marks=tuple(drawn(mark, *turn) for mark, turn in zip([*dashed, *others], turns, strict=True)),
        texts=tuple(texts),
        grid_title="" if grid is None else grid.title,
        column_title="" if grid is None else grid.column_title,
        value_unit="" if grid is None else grid.value_unit,
        columns=0 if grid is None else grid.columns,
        step=0.0 if grid is None else grid.step,
        cells=() if grid is None else _flat(grid.runs, -1),
        values=() if grid is None else _flat(grid.values, None),
    )


def _flat(runs: tuple[tuple[tuple[int, int | None], ...], ...], empty: int | None) -> tuple[tuple[Any, ...], ...]:
    return tuple(tuple(x for n, value in row for x in (n, empty if value is None else value)) for row in runs)
