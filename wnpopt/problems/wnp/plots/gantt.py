"""The Gantt chart of a wnp solution: resource blocks by modality, cores, transfers, arrivals, the makespan."""

from __future__ import annotations

from wnpopt.plotting.gantt import Bar, Dependency, Gantt, Grid, Group, Lane, Mark, run_lengths, time_unit
from wnpopt.plotting.palette import LINK
from wnpopt.problems.wnp.instance import WnpInstance
from wnpopt.problems.wnp.plots.groups import subgraph_groups
from wnpopt.problems.wnp.solution import WnpSolution
from wnpopt.problems.wnp.verify import arrivals, transfer_ticks


def gantt(instance: WnpInstance, solution: WnpSolution) -> Gantt:
    """The chart of a solution that the verifier accepts; times in the unit that suits the makespan.

    Subgraphs are coloured as :func:`subgraph_groups` says. An exclusive
    bus has a lane of its own with the transfers.
    """
    row = {core.name: m for m, core in enumerate(instance.chip.cores)}
    end = {s.name: solution.start[s.name] + (s.ticks[row[solution.core[s.name]]] or 0) for s in instance.subgraphs}
    makespan = max(end.values())
    scale, unit = time_unit(max(makespan, 1) * instance.tick_s)
    factor = instance.tick_s / scale
    coloured = subgraph_groups(instance)
    groups = list(coloured.groups)
    arrived = dict(zip((m.name for m in instance.modalities), arrivals(instance, solution), strict=True))
    bars = []
    for s, group in zip(instance.subgraphs, coloured.of, strict=True):
        begin, finish = solution.start[s.name], end[s.name]
        detail = f"({begin} to {finish}, {finish - begin} ticks)"
        if s.modality is not None:
            detail += f"\nreads {s.modality}, there at {(arrived[s.modality] or 0) * factor:.4g} {unit}"
        bars.append(Bar(row[solution.core[s.name]], begin * factor, finish * factor, s.name, group, detail))
    lanes = [Lane(core.name) for core in instance.chip.cores]
    links = _transfers(instance, solution, end, factor)
    if solution.transfer_start is not None:
        groups.append(Group("bus", LINK))
        lanes.append(Lane("bus"))
        for link in links:
            source, target = bars[link.source], bars[link.target]
            if source.lane != target.lane:
                label = f"{source.label} to {target.label}"
                detail = f"{lanes[source.lane].name} to {lanes[target.lane].name}\n{link.detail}"
                bars.append(Bar(len(lanes) - 1, link.start, link.end, label, len(groups) - 1, detail))
    marks = [
        Mark(at * factor, f"{name} has arrived", k, kind="arrival", style="dashed")
        for k, (name, at) in enumerate(arrived.items())
        if at
    ]
    marks.append(Mark(makespan * factor, "makespan"))
    return Gantt(
        title=f"makespan {makespan * factor:.4g} {unit} ({makespan} ticks)",
        unit=unit,
        end=makespan * factor,
        lane_title="core",
        lanes=tuple(lanes),
        groups=tuple(groups),
        bars=tuple(bars),
        marks=tuple(marks),
        grid=_radio(instance, solution, factor),
        links=tuple(links),
        objective_scale=factor if instance.objective == "makespan" else None,
    )


def _transfers(instance: WnpInstance, solution: WnpSolution, end: dict[str, int], factor: float) -> list[Dependency]:
    """A link an edge; between subgraphs of one core it takes no time."""
    place = {s.name: index for index, s in enumerate(instance.subgraphs)}
    links = []
    for index, edge in enumerate(instance.edges):
        source, target = solution.core[edge.source], solution.core[edge.target]
        begin, ticks = end[edge.source], transfer_ticks(instance, index, source, target)
        if source != target and solution.transfer_start is not None:
            begin = solution.transfer_start.get(f"{edge.source}->{edge.target}", begin)
        detail = "" if source == target else f"{edge.bytes} B in {ticks} ticks"
        ends = place[edge.source], place[edge.target]
        links.append(Dependency(*ends, begin * factor, (begin + ticks) * factor, detail))
    return links


def _radio(instance: WnpInstance, solution: WnpSolution, factor: float) -> Grid | None:
    if not instance.modalities or not solution.rb:
        return None
    runs, bits = [], []
    for n, owners in enumerate(zip(*solution.rb, strict=True)):
        runs.append(run_lengths(owners))
        rates = [plane[n] for plane in instance.radio.bits_per_slot]
        sent = (None if k is None else rates[k][t // instance.radio.block_slots] for t, k in enumerate(owners))
        bits.append(run_lengths(sent))
    return Grid(
        title="resource block",
        rows=instance.resource_blocks,
        columns=len(solution.rb),
        step=instance.radio.slot_ticks * factor,
        runs=tuple(runs),
        column_title="slot",
        values=tuple(bits),
        value_unit="bit",
    )
