"""The graph of a wnp plan: subgraphs by depth, coloured by the core that computes them."""

from __future__ import annotations

from wnpopt.core.text import number, short
from wnpopt.plotting.chart import Chart, Panel, Series
from wnpopt.plotting.gantt import time_unit
from wnpopt.plotting.palette import COLOURS, LINK, NEUTRAL, colour
from wnpopt.problems.wnp.instance import WnpInstance
from wnpopt.problems.wnp.plots.picture import layout
from wnpopt.problems.wnp.solution import WnpSolution

_NAMED = 40
"""So many subgraphs have their names in the picture; of more, those who point at them are told."""


def graph(instance: WnpInstance, solution: WnpSolution) -> Chart:
    """Edges between cores are dark: they take time on the chip. More cores than colours: the others are rings."""
    depth, height = layout(instance)
    cores = {core.name: m for m, core in enumerate(instance.chip.cores)}
    place = {s.name: i for i, s in enumerate(instance.subgraphs)}
    end = [solution.start[s.name] + (s.ticks[cores[solution.core[s.name]]] or 0) for s in instance.subgraphs]
    makespan = max(end)
    scale, unit = time_unit(max(makespan, 1) * instance.tick_s)
    factor = instance.tick_s / scale
    lines: dict[bool, list[int]] = {False: [], True: []}
    for edge in instance.edges:
        lines[solution.core[edge.source] != solution.core[edge.target]] += [place[edge.source], place[edge.target]]
    series = [
        Series(name, paint, "segments", tuple(float(depth[i]) for i in ends), tuple(float(height[i]) for i in ends))
        for name, paint, ends in (
            ("on one core", NEUTRAL, lines[False]),
            ("between cores", LINK, lines[True]),
        )
        if ends
    ]
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
    moved = len(lines[True]) // 2
    title = (
        f"{short(instance.name, 80)}: {len(place)} subgraphs on {len(set(solution.core.values()))} of {len(cores)} "
        f"cores, {moved} of {len(instance.edges)} edges between cores, makespan {number(makespan * factor, 4)} {unit}"
    )
    tall = min(12.0, max(3.0, 1.6 + 0.22 * (float(height.max()) - float(height.min()) + 1)))
    panel = Panel("", tuple(series))
    return Chart(title, "depth (subgraphs before it on the longest path)", (panel,), height=tall)
