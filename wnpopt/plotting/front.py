"""The picture of a front of latency and energy: its points, which are proved, and what is known of the others."""

from __future__ import annotations

import math
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any

from wnpopt.core.errors import InputError
from wnpopt.core.extras import need
from wnpopt.core.front import FrontPoint, LatencyEnergyFront
from wnpopt.core.jsonio import write_atomic
from wnpopt.core.text import in_image, in_page, number, short
from wnpopt.plotting.gantt import time_unit
from wnpopt.plotting.gantt_image import WIDTH
from wnpopt.plotting.page import page_html
from wnpopt.plotting.palette import COLOURS, LINK
from wnpopt.plotting.save import drawing, save_image

if TYPE_CHECKING:
    from matplotlib.figure import Figure

ENDINGS = (".html", ".png", ".svg", ".pdf")
PROVED, OPEN = COLOURS[0], COLOURS[5]
NAMES = {True: "proved", False: "not proved, with the bound on its energy"}


def check_front_picture(path: Path) -> None:
    """Refuse what cannot be drawn before the work and not after it.

    Raises :class:`InputError` for an unknown ending, and :class:`wnpopt.core.errors.MissingDependencyError` where the
    library is not there.
    """
    if path.suffix.lower() not in ENDINGS:
        told = f"found {path.name or path}; a file name with one of the endings {', '.join(ENDINGS)} is needed"
        raise InputError(told, where="--plot")
    need("plotly.graph_objects" if path.suffix.lower() == ".html" else "matplotlib.figure", "plot")


def draw_front(front: LatencyEnergyFront, path: Path) -> None:
    """Write a page (.html) or an image (.png, .svg, .pdf); the same front gives the same bytes."""
    check_front_picture(path)
    if path.suffix.lower() == ".html":
        data: dict[str, object] = {"charts": {}, "figures": {"front": _interactive(front).to_plotly_json()}}
        script = files("wnpopt.plotting").joinpath("assets", "simulation.js")
        write_atomic(path, page_html(front.instance, "<main></main>\n", data, [script]))
    else:
        save_image(front_figure(front), path)


def front_figure(front: LatencyEnergyFront) -> Figure:
    """The figure, to save or to change.

    The line is the least energy that is known within each latency. A point that is not proved has a line down to the
    bound on the energy of every plan that is as quick.
    """
    need("matplotlib.figure", "plot")
    from matplotlib.figure import Figure

    scale, unit = _latency_scale(front)
    with drawing():
        figure = Figure(figsize=(WIDTH, 5.0), layout="constrained")
        axes = figure.subplots()
        latency = [point.latency / scale for point in front.points]
        energy = [point.energy_j for point in front.points]
        axes.step(latency, energy, where="post", color=LINK, linewidth=1, zorder=1)
        for proved, marker, paint in ((True, "o", PROVED), (False, "D", OPEN)):
            own = [point for point in front.points if point.proved is proved]
            if not own:
                continue
            x = [point.latency / scale for point in own]
            axes.plot(
                x, [point.energy_j for point in own], marker, color=paint, markersize=6,
                markerfacecolor=paint if proved else "white", label=NAMES[proved], zorder=3,
            )  # fmt: skip
            bounds = [_bound(point) for point in own]
            if not proved:
                axes.vlines(x, bounds, [point.energy_j for point in own], color=paint, linewidth=1, zorder=2)
                axes.plot(x, bounds, "_", color=paint, markersize=8, zorder=2)
        axes.set_xlabel(f"latency [{unit}]")
        axes.set_ylabel("energy [J]")
        axes.margins(0.04)
        axes.spines[["top", "right"]].set_visible(False)
        axes.legend(frameon=False, loc="lower left", bbox_to_anchor=(0, 1), ncols=2, fontsize=8)
        figure.suptitle(in_image(_title(front), 200), fontsize=11, x=0.01, ha="left", wrap=True)
    return figure


def _interactive(front: LatencyEnergyFront) -> Any:
    """The same as a figure of plotly: whoever points at a point is told of it."""
    from plotly.graph_objects import Figure, Scatter

    scale, unit = _latency_scale(front)
    figure = Figure()
    x, y = [point.latency / scale for point in front.points], [point.energy_j for point in front.points]
    line = {"color": LINK, "shape": "hv", "width": 1}
    figure.add_trace(Scatter(x=x, y=y, mode="lines", line=line, hoverinfo="skip", showlegend=False))
    for proved, paint, symbol in ((True, PROVED, "circle"), (False, OPEN, "diamond-open")):
        own = [point for point in front.points if point.proved is proved]
        if not own:
            continue
        below = [point.energy_j - _bound(point) for point in own]
        figure.add_trace(
            Scatter(
                x=[point.latency / scale for point in own],
                y=[point.energy_j for point in own],
                mode="markers",
                name=NAMES[proved],
                marker={"color": paint, "size": 9, "symbol": symbol},
                error_y=None if proved else {"array": [0.0] * len(own), "arrayminus": below, "symmetric": False},
                text=[_told(point, scale, unit) for point in own],
                hovertemplate="%{text}<extra></extra>",
            )
        )
    figure.update_layout(
        title={"text": in_page(_title(front), 200), "x": 0.01, "font": {"size": 15}},
        xaxis_title=f"latency [{unit}]",
        yaxis_title="energy [J]",
        legend={"orientation": "h", "y": -0.2},
        template="plotly_white",
        height=520,
    )
    return figure


def _title(front: LatencyEnergyFront) -> str:
    count, proved = len(front.points), sum(point.proved for point in front.points)
    whole = "complete" if front.complete else "not complete"
    points = "1 point" if count == 1 else f"{count} points"
    return f"{short(front.instance, 80)}: {points}, {proved} proved; the front is {whole}"


def _told(point: FrontPoint, scale: float, unit: str) -> str:
    bound = "optimal" if point.proved else f"bound {'-' if _unknown(point) else number(_bound(point)) + ' J'}"
    return f"{number(point.latency / scale)} {unit}<br>{number(point.energy_j)} J, {bound}"


def _unknown(point: FrontPoint) -> bool:
    return point.energy_bound_j is None or not math.isfinite(point.energy_bound_j)


def _bound(point: FrontPoint) -> float:
    """The bound on its energy, 0 where none is known: no energy is less."""
    return 0.0 if point.energy_bound_j is None or _unknown(point) else point.energy_bound_j


def _latency_scale(front: LatencyEnergyFront) -> tuple[float, str]:
    """What latencies are divided by, and the unit that they have then."""
    return time_unit(front.points[-1].latency) if front.latency_unit == "s" else (1.0, front.latency_unit)
