"""Pictures of a simulation: distributions, utilisation over time, and a world's execution against the plan."""

from __future__ import annotations

from dataclasses import replace
from html import escape
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from wnpopt.core.extras import need
from wnpopt.core.jsonio import write_atomic
from wnpopt.core.text import in_image, in_page, one_line, short
from wnpopt.plotting.gantt import Gantt, time_unit
from wnpopt.plotting.palette import colour
from wnpopt.plotting.save import drawing, save_image
from wnpopt.problems.wnp.instance import objective_unit
from wnpopt.problems.wnp.plots.gantt import gantt
from wnpopt.problems.wnp.runtime.simulation import PolicyRuns, Simulation
from wnpopt.problems.wnp.runtime.timeline import UtilisationTimeline, timeline
from wnpopt.problems.wnp.runtime.worlds import Worlds

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure


def check_library(path: Path) -> None:
    """Raise :class:`wnpopt.core.errors.MissingDependencyError` where what draws such a file is not installed."""
    need("plotly.graph_objects" if path.suffix.lower() == ".html" else "matplotlib.figure", "plot")


def draw(simulation: Simulation, path: Path) -> None:
    """Write a page (.html) or an image (.png, .svg); the same simulation gives the same bytes."""
    check_library(path)
    if path.suffix.lower() == ".html":
        write_atomic(path, _page(simulation))
    else:
        save_image(image(simulation), path)


def image(simulation: Simulation) -> Figure:
    """Distributions of the objective beside the utilisation of cores, resource blocks and mesh over time."""
    need("matplotlib.figure", "plot")
    from matplotlib.figure import Figure

    scale, unit = _axis(simulation)
    with drawing():
        figure = Figure(figsize=(11.0, 7.0), layout="constrained")
        grid = figure.add_gridspec(3, 2, width_ratios=[1.1, 1.0])
        curves = figure.add_subplot(grid[:, 0])
        for index, entry in enumerate(simulation.policies):
            values, shares = steps(simulation, entry)
            curves.step(values, shares, where="post", color=colour(index), label=in_image(entry.name, 40))
        curves.set_xlabel(f"{simulation.instance.objective.replace('_', ' ')} [{objective_unit(simulation.instance)}]")
        curves.set_ylabel("share of the worlds")
        curves.set_ylim(0, 1.02)
        curves.set_title(in_image(f"{simulation.instance.name}, scenario {simulation.scenario.name}", 80))
        curves.legend(loc="lower right")
        last: Axes | None = None
        for row, (name, title) in enumerate(_SHOWN):
            last = figure.add_subplot(grid[row, 1], sharex=last)
            for index, entry in enumerate(simulation.policies):
                line = _timeline(simulation, entry)
                last.step(line.edges[:-1] * scale, getattr(line, name), where="post", color=colour(index))
            last.set_ylabel(title)
            last.set_ylim(bottom=0)
        assert last is not None
        last.set_xlabel(f"time [{unit}]")
        for axes in figure.axes:
            axes.spines[["top", "right"]].set_visible(False)
    return figure


_SHOWN = (("cores", "share of cores"), ("blocks", "share of RBs"), ("transfers", "transfers under way"))


def steps(simulation: Simulation, entry: PolicyRuns) -> tuple[Any, Any]:
    """The empirical distribution function: values in order and the share of worlds that is not beyond each."""
    values = np.sort(entry.measured.objective(simulation.setting))
    values = values[~np.isnan(values)]
    return values, np.arange(1, values.size + 1) / simulation.runs


def _axis(simulation: Simulation) -> tuple[float, str]:
    instance = simulation.instance
    scale, unit = time_unit(_last(simulation) * instance.tick_s)
    return instance.tick_s / scale, unit


def _last(simulation: Simulation) -> float:
    return float(max(1, *(int(done.end.max()) for entry in simulation.policies for done in entry.examples)))


def _timeline(simulation: Simulation, entry: PolicyRuns) -> UtilisationTimeline:
    return timeline(simulation.setting, entry.examples, _last(simulation))


def charts(simulation: Simulation) -> dict[str, Gantt]:
    """The plan, and its execution in world 0 by each policy under which it ended."""
    instance = simulation.instance
    planned = gantt(instance, simulation.plan)
    made = {"planned": replace(planned, title=f"{short(instance.name, 60)}, as planned: {planned.title}")}
    world = Worlds(simulation.setting, simulation.scenario, simulation.seed).world(0).instance(simulation.setting)
    for index, entry in enumerate(simulation.policies):
        if entry.examples and entry.examples[0].finished:
            chart = gantt(world, entry.examples[0].solution(simulation.setting))
            made[f"world-{index}"] = replace(chart, title=f"{short(entry.name, 40)} in world 0: {chart.title}")
    end = max(chart.end for chart in made.values() if chart.unit == planned.unit)
    return {name: replace(chart, end=end) if chart.unit == planned.unit else chart for name, chart in made.items()}


def figures(simulation: Simulation) -> dict[str, Any]:
    """The distributions and the utilisation over time, as figures of plotly."""
    need("plotly.graph_objects", "plot")
    from plotly.graph_objects import Figure, Scatter
    from plotly.subplots import make_subplots

    scale, unit = _axis(simulation)
    curves = Figure()
    over_time = make_subplots(rows=3, cols=1, shared_xaxes=True, vertical_spacing=0.06)
    for index, entry in enumerate(simulation.policies):
        style = {"color": colour(index), "shape": "hv"}
        values, shares = steps(simulation, entry)
        name = in_page(entry.name, 40)
        curves.add_trace(Scatter(x=values.tolist(), y=shares.tolist(), name=name, mode="lines", line=style))
        line = _timeline(simulation, entry)
        for row, (key, _) in enumerate(_SHOWN):
            shown = Scatter(
                x=(line.edges[:-1] * scale).tolist(),
                y=getattr(line, key).tolist(),
                name=name,
                mode="lines",
                line=style,
                showlegend=row == 0,
            )
            over_time.add_trace(shown, row=row + 1, col=1)
    objective = simulation.instance.objective.replace("_", " ")
    curves.update_layout(
        title={"text": f"<b>{objective}</b>: share of the worlds that is not beyond it", "x": 0.01},
        xaxis_title=f"{objective} [{objective_unit(simulation.instance)}]",
        yaxis={"range": [0, 1.02]},
        height=420,
        margin={"b": 80},
        template="plotly_white",
    )
    for row, (_, title) in enumerate(_SHOWN):
        over_time.update_yaxes(title_text=title, rangemode="tozero", row=row + 1, col=1)
    over_time.update_xaxes(title_text=f"time [{unit}]", row=3, col=1)
    count = max(len(entry.examples) for entry in simulation.policies)
    over_time.update_layout(
        title={"text": f"<b>utilisation</b> over time, mean of {count} worlds", "x": 0.01},
        height=640,
        margin={"b": 80},
        template="plotly_white",
    )
    return {"distribution": curves, "utilisation": over_time}


def _page(simulation: Simulation) -> bytes:
    from wnpopt.plotting.gantt_page import page_chart
    from wnpopt.plotting.page import page_html

    told = f"{simulation.runs} worlds of scenario {simulation.scenario.name}, seed {simulation.seed}"
    data: dict[str, object] = {"charts": {name: page_chart(chart) for name, chart in charts(simulation).items()}}
    data["figures"] = {name: figure.to_plotly_json() for name, figure in figures(simulation).items()}
    script = files("wnpopt.plotting").joinpath("assets", "simulation.js")
    name = escape(short(simulation.instance.name, 80))
    body = f'<h1>{name}</h1>\n<p class="note">{escape(one_line(told))}</p>\n<main></main>\n'
    return page_html(simulation.instance.name, body, data, [script])
