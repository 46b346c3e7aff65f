"""A Gantt chart as data: small, of no family, to be drawn by whoever likes (the HTML report draws it with plotly)."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby


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

    ``detail`` says more than the ``label``, for those who point at the bar.
    """

    lane: int
    start: float
    end: float
    label: str
    group: int
    detail: str = ""
    track: int = 0


@dataclass(frozen=True, slots=True)
class Mark:
    """A vertical line at a time: through the whole chart, or through one ``lane``; ``group`` None is black."""

    at: float
    label: str
    group: int | None = None
    lane: int | None = None


@dataclass(frozen=True, slots=True)
class Grid:
    """Cells of equal width above the lanes, where a bar a cell would be too large: ``rows`` by ``columns``.

    A cell lasts ``step`` from ``column * step`` on and belongs to a group or is empty. ``runs`` has a line a row:
    (length, group or None) again and again from the left; what is missing at the end is empty.
    """

    title: str
    rows: int
    columns: int
    step: float
    runs: tuple[tuple[tuple[int, int | None], ...], ...]


@dataclass(frozen=True, slots=True)
class Gantt:
    """A chart: lanes from top to bottom against one time axis from 0 to ``end``, all times in ``unit``."""

    title: str
    unit: str
    end: float
    lane_title: str
    lanes: tuple[Lane, ...]
    groups: tuple[Group, ...]
    bars: tuple[Bar, ...]
    marks: tuple[Mark, ...] = ()
    grid: Grid | None = None


def run_lengths(cells: list[int | None]) -> tuple[tuple[int, int | None], ...]:
    """(length, value) of each run of equal cells; without the empty ones at the end."""
    found = [(len(list(same)), value) for value, same in groupby(cells)]
    if found and found[-1][1] is None:
        found.pop()
    return tuple(found)
