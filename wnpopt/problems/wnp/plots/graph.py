"""The graph of a wnp instance, subgraphs by depth: coloured by branch, and of a plan by the core that computes them."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np

from wnpopt.core.facts import counted
from wnpopt.core.text import number, short
from wnpopt.plotting.chart import Chart, Panel, Series
from wnpopt.plotting.gantt import time_unit
from wnpopt.plotting.palette import COLOURS, LINK, NEUTRAL, colour
from wnpopt.problems.wnp.instance import Subgraph, WnpInstance
from wnpopt.problems.wnp.plots.groups import branches, depths, subgraph_groups
from wnpopt.problems.wnp.solution import WnpSolution

FloatVector = np.ndarray[tuple[int], np.dtype[np.float64]]

_NAMED = 40
"""So many subgraphs have their names in the picture; of more, those who point at them are told."""
_DEEP = 11
"""Beyond this depth the last part of each name, the bar's label in a plan, has to do."""
_DEPTHS = 21
"""So many depths have their numbers along the axis, at most."""


class _Drawing:
    """Where the subgraphs of an instance are."""

    def __init__(self, instance: WnpInstance) -> None:
        self._instance = instance
        self._depth, self._height = layout(instance)
        self._paths = edge_paths(instance, self._depth, self._height)

    def edges(self, name: str, paint: str, which: Sequence[bool]) -> list[Series]:
        """The edges that are chosen in one colour; nothing where there are none."""
        pairs = [
            point
            for path, chosen in zip(self._paths, which, strict=True)
            if chosen
            for pair in pairwise(path.tolist())
            for point in pair
        ]
        if not pairs:
            return []
        x, y = zip(*pairs, strict=True)
        return [Series(name, paint, "segments", x, y)]

    def subgraphs(self, name: str, paint: str, own: Sequence[int], told: Sequence[str], hollow: bool = False) -> Series:
        """Some subgraphs in one colour."""
        x, y = tuple(float(self._depth[i]) for i in own), tuple(float(self._height[i]) for i in own)
        names: tuple[str, ...] = ()
        if len(self._instance.subgraphs) <= _NAMED:
            names = tuple(self._instance.subgraphs[i].name for i in own)
            if self._depth.max() > _DEEP:
                names = tuple(text.rsplit(".", 1)[-1] for text in names)
        return Series(name, paint, "points", x, y, told=tuple(told), labels=names, hollow=hollow)

    def chart(self, title: str, series: Sequence[Series]) -> Chart:
        low, high = float(self._height.min()), float(self._height.max())
        # Room above for arcs, below for the lowest circles.
        panel = Panel("", tuple(series), bottom=low - 0.7, top=high + 1.2)
        deepest = int(self._depth.max())
        ticks = tuple((float(level), str(level)) for level in range(0, deepest + 1, deepest // _DEPTHS + 1))
        tall = min(12.0, max(2.4, 1.6 + 0.22 * (high - low + 1)))
        return Chart(title, "depth (subgraphs before it on the longest path)", (panel,), ticks, height=tall)


def charts(instance: WnpInstance) -> dict[str, Chart]:
    """What a page shows of an instance beside its channel: the graph, a colour a branch."""
    drawing = _Drawing(instance)
    coloured = subgraph_groups(instance)
    series = drawing.edges("", LINK, [True] * len(instance.edges))
    for k, group in enumerate(coloured.groups):
        own = [i for i, of in enumerate(coloured.of) if of == k]
        if own:
            told = [_work(instance, instance.subgraphs[i]) for i in own]
            series.append(drawing.subgraphs(f"{group.name}: {len(own)}", group.colour, own, told))
    counts = f"{counted(len(instance.subgraphs), 'subgraph')}, {counted(len(instance.edges), 'edge')}"
    title = f"{short(instance.name, 80)}: {counts}, {counted(len(instance.chip.cores), 'core')}"
    return {"graph": drawing.chart(title, series)}


def _work(instance: WnpInstance, subgraph: Subgraph) -> str:
    """The name of a subgraph, what it reads, and how long it takes."""
    ticks = [ticks for ticks in subgraph.ticks if ticks is not None]
    told = subgraph.name if subgraph.modality is None else f"{subgraph.name}, reads {subgraph.modality}"
    if not ticks:
        return told
    scale, unit = time_unit(max(*ticks, 1) * instance.tick_s)
    least, most = (number(value * instance.tick_s / scale, 4) for value in (min(ticks), max(ticks)))
    span = least if least == most else f"{least} to {most}"
    return f"{told}\n{span} {unit} on {counted(len(ticks), 'core')}"


def graph(instance: WnpInstance, solution: WnpSolution) -> Chart:
    """Edges between cores are dark: they take time on the chip. More cores than colours: the others are rings."""
    drawing = _Drawing(instance)
    cores = {core.name: m for m, core in enumerate(instance.chip.cores)}
    end = [solution.start[s.name] + (s.ticks[cores[solution.core[s.name]]] or 0) for s in instance.subgraphs]
    makespan = max(end)
    scale, unit = time_unit(max(makespan, 1) * instance.tick_s)
    factor = instance.tick_s / scale
    between = [solution.core[edge.source] != solution.core[edge.target] for edge in instance.edges]
    series = drawing.edges("on one core", NEUTRAL, [not dark for dark in between])
    series += drawing.edges("between cores", LINK, between)
    for core, m in cores.items():
        own = [i for i, s in enumerate(instance.subgraphs) if solution.core[s.name] == core]
        if not own:
            continue
        told = [
            f"{instance.subgraphs[i].name} on {core}\n"
            f"{number(solution.start[instance.subgraphs[i].name] * factor, 5)} to {number(end[i] * factor, 5)} {unit}"
            for i in own
        ]
        series.append(drawing.subgraphs(f"{core}: {len(own)}", colour(m), own, told, hollow=m >= len(COLOURS)))
    used = len(set(solution.core.values()))
    title = (
        f"{short(instance.name, 80)}: {counted(len(instance.subgraphs), 'subgraph')} "
        f"on {used} of {counted(len(cores), 'core')}, "
        f"{sum(between)} of {counted(len(instance.edges), 'edge')} between cores, "
        f"makespan {number(makespan * factor, 4)} {unit}"
    )
    return drawing.chart(title, series)


def layout(instance: WnpInstance) -> tuple[FloatVector, FloatVector]:
    """Depth and height of each subgraph: a band a branch, from the top; those of a depth are spread within it."""
    height = np.zeros(len(instance.subgraphs))
    depth = depths(instance).astype(float)
    branch = branches(instance)
    top = 0.0
    for band in [*range(len(instance.modalities)), -1]:
        widest = 0
        for level in np.unique(depth[branch == band]):
            members = np.flatnonzero((branch == band) & (depth == level))
            height[members] = top - np.arange(members.size)
            widest = max(widest, members.size)
        top -= widest
    return depth, height


def edge_paths(
    instance: WnpInstance, depth: FloatVector, height: FloatVector
) -> list[np.ndarray[tuple[int, int], np.dtype[np.float64]]]:
    """The points (n, 2) of each edge's line: straight, but an arc where it would hide behind what stands between."""
    paths = []
    for source, target in instance.edge_index.tolist():
        ends = np.array([[depth[source], height[source]], [depth[target], height[target]]])
        span = ends[1, 0] - ends[0, 0]
        if span > 1 and ends[0, 1] == ends[1, 1]:
            part = np.linspace(0.0, 1.0, 9)[:, None]
            ends = ends[0] + part * (ends[1] - ends[0])
            ends[:, 1] += min(0.9, 0.25 + 0.05 * span) * np.sin(np.pi * part[:, 0])
        paths.append(ends)
    return paths
