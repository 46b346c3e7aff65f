"""A Gantt chart as data, of no family: :mod:`gantt_image` and :mod:`gantt_page` draw every one of them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Literal, TypeVar

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Group:
    """What bars, marks and cells have in common: a name for the legend and a colour (``#rrggbb``)."""

    name: str
    colour: str


@dataclass(frozen=True, slots=True)
class Lane:
    """A row of the chart, cut into ``tracks`` thinner rows from top to bottom; bars of one track do not overlap."""

    name: str
    tracks: int = 1


@dataclass(frozen=True, slots=True)
class Bar:
    """Something that lasts from ``start`` to ``end`` in ``lane`` (an index), coloured as ``group`` (an index).

    ``detail`` says more than the ``label``, in lines, for those who point at the bar.
    """

    lane: int
    start: float
    end: float
    label: str
    group: int
    detail: str = ""
    track: int = 0


@dataclass(frozen=True, slots=True)
class Dependency:
    """What leads from the bar ``source`` to the bar ``target`` (indices), from ``start`` to ``end``.

    It is a line where the bars are in different lanes; who points at the target is told of all links to it.
    """

    source: int
    target: int
    start: float
    end: float
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Mark:
    """A vertical line at a time: through the whole chart, or through one ``lane``; ``group`` None is black.

    ``kind`` is what the legend calls all lines of this kind; without it each has its label there.
    """

    at: float
    label: str
    group: int | None = None
    lane: int | None = None
    kind: str = ""
    style: Literal["solid", "dashed", "dotted"] = "solid"


@dataclass(frozen=True, slots=True)
class Grid:
    """Cells of equal width above the lanes, where a bar a cell would be too large: ``rows`` by ``columns``.

    A cell lasts ``step`` from ``column * step`` on and belongs to a group or is empty. ``runs`` has a line a row:
    (length, group or None) again and again from the left; what is missing at the end is empty. ``values`` has, in the
    same form, what each cell holds, in ``value_unit``.
    """

    title: str
    rows: int
    columns: int
    step: float
    runs: tuple[tuple[tuple[int, int | None], ...], ...]
    column_title: str = "column"
    values: tuple[tuple[tuple[int, int | None], ...], ...] = ()
    value_unit: str = ""


@dataclass(frozen=True, slots=True)
class Gantt:
    """A chart: lanes from top to bottom against one time axis from 0 to ``end``, all times in ``unit``.

    ``objective_scale`` turns an objective into a time of the axis; None where it is no time. ``link_title`` is what the
    legend calls links.
    """

    title: str
    unit: str
    end: float
    lane_title: str
    lanes: tuple[Lane, ...]
    groups: tuple[Group, ...]
    bars: tuple[Bar, ...]
    marks: tuple[Mark, ...] = ()
    grid: Grid | None = None
    links: tuple[Dependency, ...] = ()
    link_title: str = "transfer"
    objective_scale: float | None = None

    @property
    def last(self) -> float:
        """Where the time axis ends: no bar and no mark is later."""
        return max(self.end, *(mark.at for mark in self.marks), 0.0) or 1.0


def run_lengths(cells: Iterable[T | None]) -> tuple[tuple[int, T | None], ...]:
    """(length, value) of each run of equal cells; without the empty ones at the end."""
    runs = [(len(list(same)), value) for value, same in groupby(cells)]
    if runs and runs[-1][1] is None:
        runs.pop()
    return tuple(runs)


def dash_turns(marks: Sequence[Mark], last: float) -> list[tuple[int, int]]:
    """For each mark (turn, turns): of the dashes of a line, every ``turns``-th from ``turn`` on is its own.

    So marks that are so near to each other that one line would hide the other are all seen; one alone has every other.
    """
    near: list[list[int]] = []
    for index in sorted(range(len(marks)), key=lambda index: marks[index].at):
        if near and marks[index].at - marks[near[-1][0]].at <= 0.003 * last:
            near[-1].append(index)
        else:
            near.append([index])
    turns = {index: (turn, max(2, len(group))) for group in near for turn, index in enumerate(group)}
    return [turns[index] for index in range(len(marks))]


def lane_turns(marks: Sequence[Mark], last: float) -> list[tuple[int, int]]:
    """For each mark (turn, turns): the height of its lane, if it has one, cut into ``turns``, and its own part of that.

    So marks of one lane that are so near to each other that one would hide the other are all seen.
    """
    turns = [(0, 1)] * len(marks)
    lanes: dict[int, list[int]] = {}
    for index, mark in enumerate(marks):
        if mark.lane is not None:
            lanes.setdefault(mark.lane, []).append(index)
    for own in lanes.values():
        for index, (turn, count) in zip(own, dash_turns([marks[i] for i in own], last), strict=True):
            near = sum(abs(marks[other].at - marks[index].at) <= 0.003 * last for other in own) > 1
            turns[index] = (turn, count) if near else (0, 1)
    return turns


def time_unit(horizon_s: float) -> tuple[float, str]:
    """Seconds in the unit that suits a horizon, and its name."""
    for scale, unit in ((1.0, "s"), (1e-3, "ms"), (1e-6, "µs")):
        if horizon_s >= 2 * scale:
            return scale, unit
    return 1e-9, "ns"
