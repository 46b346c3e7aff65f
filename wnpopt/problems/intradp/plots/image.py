"""Figures: a plan's timeline, and latency against bandwidth. PNG and SVG by matplotlib, HTML by plotly."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from wnpopt.core.errors import InputError
from wnpopt.core.extras import need
from wnpopt.core.jsonio import write_atomic
from wnpopt.core.text import in_image, in_page, numbers, short
from wnpopt.plotting.save import drawing, save_image
from wnpopt.problems.intradp.instance import IntradpInstance
from wnpopt.problems.intradp.solution import IntradpSolution
from wnpopt.problems.intradp.verify import replay

if TYPE_CHECKING:
    from plotly.graph_objects import Figure

LANES = ("device", "uplink", "server", "downlink")
COLOURS = {"device": "#1f77b4", "uplink": "#2ca02c", "server": "#d62728", "downlink": "#ff7f0e"}


@dataclass(frozen=True, slots=True)
class Bar:
    """Something that lasts, in a lane, in milliseconds."""

    lane: str
    start_ms: float
    end_ms: float
    label: str


def bars(instance: IntradpInstance, solution: IntradpSolution) -> list[Bar]:
    """What happens in each lane, in order; labels name the operator or tensor and its rows."""
    replayed = replay(instance, solution)
    found = []
    for lane in LANES:
        for entry in getattr(replayed, lane):
            operator = instance.operators[entry.operator]
            rows = "all rows" if entry.rows == (0, operator.units) else f"rows {entry.rows[0]} to {entry.rows[1] - 1}"
            found.append(Bar(lane, 1e3 * entry.start_s, 1e3 * entry.end_s, f"{operator.name}: {rows}"))
    return found


def draw(
    instance: IntradpInstance, solution: IntradpSolution, bound: float | None, path: str | os.PathLike[str]
) -> None:
    """The timeline of a plan, into a .png, .svg, .pdf or .html file; needs the extra ``plot``.

    The title has the ``bound`` on the objective, if there is one.
    """
    replayed = replay(instance, solution)
    latency, energy = 1e3 * replayed.latency_s, 1e3 * replayed.energy_j
    texts = [f"{latency:.3f} ms", f"{energy:.1f} mJ"]
    if bound is not None:
        place, unit, value = (0, "ms", latency) if instance.objective == "latency" else (1, "mJ", energy)
        reached, proven = numbers(value, 1e3 * bound)
        texts[place] = f"{reached} {unit}"
        texts[1] += f" (proven: at least {proven} {unit})"
    title = f"{short(instance.name, 80)}: {', '.join(texts)}"
    found = bars(instance, solution)
    end = latency
    if Path(path).suffix.lower() == ".html":
        _timeline_html(found, end, title, path)
    else:
        need("matplotlib.figure", "plot")
        with drawing():
            _timeline_image(found, end, title, path)


def draw_sweep(
    curves: Mapping[str, Sequence[tuple[float, float]]],
    path: str | os.PathLike[str],
    *,
    title: str = "",
    unit: str = "ms",
) -> None:
    """Curves of (MB/s, value in ``unit``) by name into a file; the curve "bound" is dotted."""
    if not curves:
        raise InputError("there is no curve to draw", where="curves")
    label = f"{'latency' if unit == 'ms' else 'energy'} ({unit})"
    if Path(path).suffix.lower() == ".html":
        graph_objects = need("plotly.graph_objects", "plot")
        figure = graph_objects.Figure()
        for name, points in curves.items():
            x, y = zip(*points, strict=True)
            line = {"dash": "dot", "color": "black"} if name == "bound" else {}
            figure.add_scatter(x=x, y=y, name=in_page(name, 40), mode="lines", line=line)
        figure.update_layout(
            title=in_page(title), xaxis_title="bandwidth (MB/s)", yaxis_title=label, yaxis_rangemode="tozero"
        )
        _write_html(figure, "sweep", path)
        return
    pyplot_figure = need("matplotlib.figure", "plot")
    figure = pyplot_figure.Figure(figsize=(7, 4.2), layout="constrained")
    axes = figure.subplots()
    for name, points in curves.items():
        x, y = zip(*points, strict=True)
        if name == "bound":
            axes.plot(x, y, ":", color="black", label="proven bound", linewidth=1.2)
        else:
            axes.plot(x, y, label=in_image(name, 40), linewidth=1.6)
    axes.set(xlabel="bandwidth (MB/s)", ylabel=label, title=in_image(title))
    axes.set_ylim(bottom=0)
    axes.grid(alpha=0.3)
    axes.legend()
    save_image(figure, path)


def _timeline_image(found: Sequence[Bar], end: float, title: str, path: str | os.PathLike[str]) -> None:
    module = need("matplotlib.figure", "plot")
    figure = module.Figure(figsize=(11, 4), layout="constrained")
    axes = figure.subplots()
    last = max([end, *(bar.end_ms for bar in found)])
    shade = dict.fromkeys(LANES, 0)
    for bar in found:
        height = LANES.index(bar.lane)
        shade[bar.lane] += 1
        axes.barh(
            height,
            bar.end_ms - bar.start_ms,
            left=bar.start_ms,
            height=0.7,
            color=COLOURS[bar.lane],
            alpha=0.9 if shade[bar.lane] % 2 else 0.6,
            edgecolor="white",
            linewidth=0.3,
        )
        # Two lines of small type, where the bar has room for them: about 90 characters fit the whole width.
        name, rows = bar.label.rsplit(": ", 1)
        room = int(150 * (bar.end_ms - bar.start_ms) / max(last, 1e-12))
        if room >= max(6, len(rows)):
            text = f"{in_image(name, room)}\n{rows}"
            axes.text((bar.start_ms + bar.end_ms) / 2, height, text, ha="center", va="center", fontsize=6, clip_on=True)
    axes.axvline(end, color="black", linewidth=1)
    axes.set_yticks(range(len(LANES)), LANES)
    axes.set_ylim(len(LANES) - 0.5, -0.5)
    axes.set_xlim(0, last * 1.01 or 1.0)
    axes.set(xlabel="time (ms)", title=in_image(title, 250))
    save_image(figure, path)


def _timeline_html(found: Sequence[Bar], end: float, title: str, path: str | os.PathLike[str]) -> None:
    graph_objects = need("plotly.graph_objects", "plot")
    figure = graph_objects.Figure()
    for lane in LANES:
        here = [bar for bar in found if bar.lane == lane]
        figure.add_bar(
            y=[lane] * len(here),
            x=[bar.end_ms - bar.start_ms for bar in here],
            base=[bar.start_ms for bar in here],
            orientation="h",
            name=lane,
            marker_color=COLOURS[lane],
            marker_line={"color": "white", "width": 0.5},
            hovertext=[f"{in_page(bar.label, 230)}<br>{bar.start_ms:.3f} to {bar.end_ms:.3f} ms" for bar in here],
            hoverinfo="text",
        )
    figure.add_vline(x=end)
    # Lanes without a bar are there, too.
    lanes = {"type": "category", "categoryarray": LANES, "range": [len(LANES) - 0.5, -0.5]}
    figure.update_layout(title=in_page(title, 250), xaxis_title="time (ms)", barmode="overlay", yaxis=lanes)
    _write_html(figure, "timeline", path)


def _write_html(figure: Figure, name: str, path: str | os.PathLike[str]) -> None:
    """One page with plotly.js in it; the same figure gives the same bytes."""
    write_atomic(path, figure.to_html(include_plotlyjs=True, div_id=name).encode())
