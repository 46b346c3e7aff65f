"""Several plans of one instance in one chart: each with its own lanes, all against the same time axis."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from wnpopt.core.errors import InputError
from wnpopt.plotting.gantt import Bar, Dependency, Gantt, Group, Lane, Mark


def beside(title: str, plans: Sequence[tuple[str, Gantt]]) -> Gantt:
    """The charts one below the other; a lane has its plan's name before its own.

    Lines through a whole chart become lines through its own lanes, cells above the lanes are left out. Raises
    :class:`InputError` for charts in different units.
    """
    first = plans[0][1]
    groups: dict[Group, int] = {}
    lanes: list[Lane] = []
    bars: list[Bar] = []
    marks: list[Mark] = []
    links: list[Dependency] = []
    for name, chart in plans:
        if chart.unit != first.unit:
            raise InputError(f"found times in {chart.unit} beside {first.unit}; plans of one scale are needed")
        place = [groups.setdefault(group, len(groups)) for group in chart.groups]
        lane, bar = len(lanes), len(bars)
        lanes += [replace(own, name=f"{name}: {own.name}") for own in chart.lanes]
        bars += [replace(own, lane=own.lane + lane, group=place[own.group]) for own in chart.bars]
        links += [replace(own, source=own.source + bar, target=own.target + bar) for own in chart.links]
        for mark in chart.marks:
            group = None if mark.group is None else place[mark.group]
            through = range(len(chart.lanes)) if mark.lane is None else (mark.lane,)
            marks += [_within(mark, group, own + lane) for own in through]
    return Gantt(
        title=title, unit=first.unit, end=max(chart.last for _, chart in plans), lane_title=first.lane_title,
        lanes=tuple(lanes), groups=tuple(groups), bars=tuple(bars), marks=tuple(marks), links=tuple(links),
        link_title=first.link_title,
    )  # fmt: skip


def _within(mark: Mark, group: int | None, lane: int) -> Mark:
    return replace(mark, group=group, lane=lane, kind=mark.kind or mark.label)
