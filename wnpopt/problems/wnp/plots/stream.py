"""Pictures of streams: a timeline of radio, cores and requests; of several loads, how latency and misses grow."""

from __future__ import annotations

from html import escape
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from wnpopt.core.extras import need
from wnpopt.core.jsonio import write_atomic
from wnpopt.core.text import in_image, in_page, one_line
from wnpopt.plotting.gantt import time_unit
from wnpopt.plotting.palette import COLOURS, colour
from wnpopt.plotting.save import drawing, save_image
from wnpopt.problems.wnp.plots.simulation import check_library
from wnpopt.problems.wnp.runtime.stream.results import StreamOutcome, StreamSimulation

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_SHOWN = 12
"""Requests of a timeline."""
_MISSED = "#D55E00"


def draw(simulation: StreamSimulation, path: Path) -> None:
    """Write a page (.html) or an image (.png, .svg); the same simulation gives the same bytes."""
    check_library(path)
    if path.suffix.lower() == ".html":
        write_atomic(path, _page(simulation))
    else:
        save_image(image(simulation), path)


def image(simulation: StreamSimulation) -> Figure:
    """Of several loads the curves over load; of one, latencies over time and a timeline of the first requests."""
    need("matplotlib.figure", "plot")
    with drawing():
        made = _over_load(simulation) if len(simulation.loads) > 1 else _timeline(simulation)
        for axes in made.axes:
            axes.spines[["top", "right"]].set_visible(False)
    return made


def _over_load(simulation: StreamSimulation) -> Figure:
    from matplotlib.figure import Figure

    figure = Figure(figsize=(11.0, 4.6), layout="constrained")
    left, right = figure.subplots(1, 2)
    late = any(outcome.measures.missed_share is not None for outcome in simulation.outcomes)
    limits = simulation.stream.limits
    for index, policy in enumerate(simulation.policies):
        rows = sorted((o for o in simulation.outcomes if o.policy == policy), key=lambda o: o.load)
        loads = [o.load for o in rows]
        style = {"color": colour(index), "marker": "o", "markersize": 4}
        left.plot(loads, [o.measures.p95 for o in rows], label=policy, **style)
        limited = [o.measures.missed_share if late else o.measures.slowdown_p95 for o in rows]
        right.plot(loads, limited, label=policy, **style)
    right.axhline(
        limits.missed_share if late else limits.slowdown_p95, color="#000000", linestyle="dashed", linewidth=1
    )
    left.set_yscale("log")
    left.set_ylabel("95th percentile of latency [ticks]")
    left.set_title(in_image(simulation.stream.name, 60))
    right.set_ylabel("share of missed deadlines" if late else "95th percentile of slowdown")
    right.set_title("dashed: beyond it a policy is broken")
    if not late:
        right.set_yscale("log")
    for axes in (left, right):
        axes.set_xlabel("load (1: as the stream has it)")
    left.legend()
    return figure


def _timeline(simulation: StreamSimulation) -> Figure:
    from matplotlib.figure import Figure

    outcomes = simulation.outcomes
    figure = Figure(figsize=(12.0, 2.8 + 3.1 * len(outcomes)), layout="constrained")
    grid = figure.add_gridspec(1 + len(outcomes), 1, height_ratios=[2.0, *(2.6 for _ in outcomes)])
    base = simulation.templates[0].instance
    every = figure.add_subplot(grid[0])
    last = max(int(outcome.end.max()) for outcome in outcomes)
    whole, unit = time_unit(last * base.tick_s)
    scale = base.tick_s / whole
    for index, outcome in enumerate(outcomes):
        arrival = outcome.requests.arrival
        every.plot(
            arrival * scale,
            (outcome.end - arrival) * scale,
            ".",
            markersize=3,
            color=colour(index),
            label=outcome.policy,
        )
    every.set_ylabel(f"latency [{unit}]")
    every.set_xlabel(f"arrival [{unit}]")
    every.set_title(in_image(f"{simulation.stream.name}: every request", 80))
    every.legend(loc="upper left", ncols=4)
    shown = min(_SHOWN, outcomes[0].requests.count)
    until = max(int(outcome.end[:shown].max()) for outcome in outcomes)
    small, unit = time_unit(until * base.tick_s)
    for row, outcome in enumerate(outcomes):
        axes = figure.add_subplot(grid[row + 1])
        _lanes(axes, outcome, shown, base.tick_s / small)
        axes.set_xlim(int(outcome.requests.arrival[0]) * base.tick_s / small * 0.98, until * base.tick_s / small)
        axes.set_xlabel(f"time [{unit}]")
        axes.set_title(f"{outcome.policy}: the first {shown} requests, a colour each (triangle: arrival, bar: end)")
    return figure


def _lanes(axes: Axes, outcome: StreamOutcome, shown: int, scale: float) -> None:
    """From top to bottom: arrivals and ends, the share of the resource blocks by request, a lane a core."""
    schedule = outcome.schedule
    assert schedule is not None, "it is kept where there is one load"
    base = schedule.templates[0].instance
    cores, slot, width = len(base.chip.cores), base.radio.slot_ticks, max(1, schedule.carried.shape[1])
    holder = np.where(schedule.carried >= 0, schedule.carried // schedule.kinds, -1)
    for r in range(shown):
        paint = COLOURS[r % len(COLOURS)]
        arrival, end = int(outcome.requests.arrival[r]), int(outcome.end[r])
        due = schedule.template(r).deadline_ticks
        late = due is not None and end - arrival > due
        axes.plot([arrival * scale], [cores + 1.35], marker="v", color=paint, markersize=7, clip_on=False)
        axes.plot(
            [end * scale], [cores + 1.35], marker="|", color=_MISSED if late else paint, markersize=12, clip_on=False
        )
        for i in range(schedule.core[r].size):
            begin, finish = int(schedule.start[r][i]), int(schedule.ends(r)[i])
            if finish > begin:
                lane = cores - 1 - int(schedule.core[r][i])
                axes.barh(lane, (finish - begin) * scale, left=begin * scale, height=0.8, color=paint, linewidth=0)
    below = np.zeros(holder.shape[0])
    edges = np.arange(holder.shape[0] + 1) * slot * scale
    for r in range(shown):
        share = 0.8 * (holder == r).sum(axis=1) / width
        if share.any():
            axes.stairs(
                cores - 0.4 + below + share,
                edges,
                baseline=cores - 0.4 + below,
                fill=True,
                color=COLOURS[r % len(COLOURS)],
            )
        below += share
    axes.set_yticks([*range(cores), cores, cores + 1.35])
    names = [in_image(core.name, 16) for core in reversed(base.chip.cores)]
    axes.set_yticklabels([*names, "RBs", "requests"])
    axes.set_ylim(-0.6, cores + 1.7)


def _figures(simulation: StreamSimulation) -> dict[str, Any]:
    """The same as figures of plotly: curves over load, or every request's latency and how they are spread."""
    need("plotly.graph_objects", "plot")
    from plotly.graph_objects import Figure, Scatter

    made: dict[str, Any] = {}
    if len(simulation.loads) > 1:
        late = any(outcome.measures.missed_share is not None for outcome in simulation.outcomes)
        limited = "missed_share" if late else "slowdown_p95"
        for name, title in (("p95", "95th percentile of latency [ticks]"), (limited, limited.replace("_", " "))):
            figure = Figure()
            for index, policy in enumerate(simulation.policies):
                rows = sorted((o for o in simulation.outcomes if o.policy == policy), key=lambda o: o.load)
                values = [getattr(o.measures, name) for o in rows]
                style = {"color": colour(index)}
                figure.add_trace(
                    Scatter(x=[o.load for o in rows], y=values, name=policy, mode="lines+markers", line=style)
                )
            figure.update_layout(title=title, xaxis_title="load", height=420, template="plotly_white")
            made[name.replace("_", "-")] = figure
        figure.add_hline(y=getattr(simulation.stream.limits, limited), line_dash="dash")
        return made
    latencies, spread = Figure(), Figure()
    for index, outcome in enumerate(simulation.outcomes):
        arrival, latency = outcome.requests.arrival, outcome.end - outcome.requests.arrival
        style = {"color": colour(index)}
        text = [in_page(simulation.templates[j].name, 40) for j in outcome.requests.template.tolist()]
        latencies.add_trace(
            Scatter(
                x=arrival.tolist(), y=latency.tolist(), name=outcome.policy, mode="markers", marker=style, text=text
            )
        )
        shares = (np.arange(1, latency.size + 1) / latency.size).tolist()
        spread.add_trace(
            Scatter(x=np.sort(latency).tolist(), y=shares, name=outcome.policy, line={**style, "shape": "hv"})
        )
    latencies.update_layout(
        title="latency of every request", xaxis_title="arrival [ticks]", yaxis_title="latency [ticks]", height=420,
        template="plotly_white",
    )  # fmt: skip
    spread.update_layout(
        title="share of the requests that is not beyond a latency", xaxis_title="latency [ticks]", height=420,
        template="plotly_white",
    )  # fmt: skip
    return {"latencies": latencies, "spread": spread}


def _page(simulation: StreamSimulation) -> bytes:
    from wnpopt.plotting.page import page_html

    told = f"{simulation.outcomes[0].requests.count} requests, seed {simulation.seed}"
    figures = {name: figure.to_plotly_json() for name, figure in _figures(simulation).items()}
    data: dict[str, object] = {"charts": {}, "figures": figures}
    script = files("wnpopt.plotting").joinpath("assets", "simulation.js")
    body = f'<main></main>\n<p class="note">{escape(one_line(told))}</p>\n'
    return page_html(simulation.stream.name, body, data, [script])
