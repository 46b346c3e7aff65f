"""Series against axes as data, of no family: :mod:`chart_image` and :mod:`chart_page` draw every one of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Shape = Literal["line", "step", "points", "bars", "segments"]


@dataclass(frozen=True, slots=True)
class Series:
    """What is drawn in one colour (``#rrggbb``): a name for the legend (none without it), and y over x.

    Of a "line" or a "step" (a value holds until the next) a y of None is a break; "segments" are pairs of points, each
    pair a line of its own; "bars" stand on ``base``, on 0 without it, ``width`` wide; lines
    are ``weight`` points thick. ``told`` says more of each point,
    in lines, for those who point at it; ``labels`` are written beside points.
    """

    name: str
    colour: str
    shape: Shape
    x: tuple[float, ...]
    y: tuple[float | None, ...]
    base: tuple[float, ...] = ()
    told: tuple[str, ...] = ()
    labels: tuple[str, ...] = ()
    dash: Literal["solid", "dotted", "dashed"] = "solid"
    width: float = 0.8
    weight: float = 1.6
    hollow: bool = False


@dataclass(frozen=True, slots=True)
class Panel:
    """One of the axes that stand above each other; ``share`` is its part of the height.

    Without ``y_label`` the axis has no numbers. ``bottom`` and ``top`` are where it begins and ends at least; ``log``
    goes by factors.
    """

    y_label: str
    series: tuple[Series, ...]
    share: float = 1.0
    bottom: float | None = None
    top: float | None = None
    log: bool = False


@dataclass(frozen=True, slots=True)
class Chart:
    """Panels against one x; ``ticks`` name places of x that are no numbers."""

    title: str
    x_label: str
    panels: tuple[Panel, ...]
    ticks: tuple[tuple[float, str], ...] = ()
    log_x: bool = False
    height: float = 5.0
    """Inches of an image that is 11 wide."""
