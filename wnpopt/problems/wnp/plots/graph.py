"""The graph of a wnp plan: subgraphs by depth, coloured by the core that computes them."""

from __future__ import annotations

from itertools import pairwise

from wnpopt.core.facts import counted
from wnpopt.core.text import number, short
from wnpopt.plotting.chart import Chart, Panel, Series
from wnpopt.plotting.gantt import time_unit
from wnpopt.plotting.palette import COLOURS, LINK, NEUTRAL, colour
from wnpopt.problems.wnp.instance import WnpInstance
from wnpopt.problems.wnp.plots.picture import edge_paths, layout
from wnpopt.problems.wnp.solution import WnpSolution

_NAMED = 40
"""So many subgraphs have their names in the picture; of more, those who point at them are told."""

_DEPTHS = 20
"""Up to this depth each has its number along the axis."""


def graph(instance: WnpInstance, solution: WnpSolution) -> Chart:
    """Edges between cores are dark: they take time on the chip. More cores than colours: the others are rings."""
    depth, height = layout(instance)
    cores = {core.name: m for m, core in enumerate(instance.chip.cores)}
    end = [solution.start[s.name] + (s.ticks[cores[solution.core[s.name]]] or 0) for s in instance.subgraphs]
    makespan = max(end)
    scale, unit = time_unit(max(makespan, 1) * instance.tick_s)
    factor = instance.tick_s / scale
    between = [solution.core[edge.source] != solution.core[edge.target] for edge in instance.edges]
    paths = edge_paths(instance, depth, height)
    series = []
    for name, paint, dark in (("on one core", NEUTRAL, False), ("between cores", LINK, True)):
        pairs = [
            point
            for path, is_dark in zip(paths, between, strict=True)
            if is_dark is dark
            for pair in pairwise(path.tolist())
            for point in pair
        ]
        if pairs:
            x, y = zip(*pairs, strict=True)
            series.append(Series(name, paint, "segments", x, y))
    few = len(instance.subgraphs) <= _NAMED
    for core, m in cores.items():
        own = [i for i, s in enumerate(instance.subgraphs) if solution.core[s.name] == core]
        if not own:
            continue
        parts = [instance.subgraphs[i] for i in own]
        told = tuple(
            f"{part.name} on {core}\n"
            f"{number(solution.start[part.name] * factor, 5)} to {number(end[i] * factor, 5)} {unit}"
            for i, part in zip(own, parts, strict=True)
        )
        x, y = tuple(float(depth[i]) for i in own), tuple(float(height[i]) for i in own)
        names = tuple(part.name for part in parts) if few else ()
        series.append(
            Series(f"{core}: {len(own)}", colour(m), "points", x, y, told=told, labels=names, hollow=m >= len(COLOURS))
        )
    used = len(set(solution.core.values()))
    title = (
        f"{short(instance.name, 80)}: {counted(len(instance.subgraphs), 'subgraph')} "
        f"on {used} of {counted(len(cores), 'core')}, "
        f"{sum(between)} of {counted(len(instance.edges), 'edge')} between cores, "
        f"makespan {number(makespan * factor, 4)} {unit}"
    )
    tall = min(12.0, max(2.4, 1.6 + 0.22 * (float(height.max()) - float(height.min()) + 1)))
    # Room above for arcs, below for the lowest circles.
    panel = Panel("", tuple(series), bottom=float(height.min()) - 0.7, top=float(height.max()) + 1.2)
    deepest = int(depth.max())
    ticks = tuple((float(level), str(level)) for level in range(deepest + 1)) if deepest <= _DEPTHS else ()
    return Chart(title, "depth (subgraphs before it on the longest path)", (panel,), ticks, height=tall)
