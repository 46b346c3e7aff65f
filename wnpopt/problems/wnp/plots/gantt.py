"""The Gantt chart of a wnp solution: resource blocks by modality, cores, arrivals, the makespan."""

from __future__ import annotations

from wnpopt.plotting.gantt import Bar, Gantt, Grid, Group, Lane, Mark, run_lengths
from wnpopt.problems.wnp.instance import WnpInstance
from wnpopt.problems.wnp.plots.image import FUSED, colour, origin, time_unit
from wnpopt.problems.wnp.solution import WnpSolution
from wnpopt.problems.wnp.verify import arrivals, transfer_ticks

_BUS = "#444444"


def gantt(instance: WnpInstance, solution: WnpSolution) -> Gantt:
    """The chart of a solution that the verifier accepts; times in the unit that suits the makespan.

    A subgraph has the colour of the one modality that it depends on, grey if there are several or none. An exclusive
    bus has a lane of its own with the transfers.
    """
    row = {core.name: m for m, core in enumerate(instance.chip.cores)}
    end = {s.name: solution.start[s.name] + (s.ticks[row[solution.core[s.name]]] or 0) for s in instance.subgraphs}
    makespan = max(end.values())
    scale, unit = time_unit(max(makespan, 1) * instance.tick_s)
    factor = instance.tick_s / scale
    several = len(instance.modalities)
    groups = [Group(m.name, colour(k)) for k, m in enumerate(instance.modalities)]
    families = origin(instance)
    if None in families:
        groups.append(Group("several modalities" if several else "subgraph", FUSED))
    bars = [
        Bar(
            row[solution.core[s.name]],
            solution.start[s.name] * factor,
            end[s.name] * factor,
            s.name,
            several if family is None else family,
            f"{solution.core[s.name]}, ticks {solution.start[s.name]} to {end[s.name]}",
        )
        for s, family in zip(instance.subgraphs, families, strict=True)
    ]
    lanes = [Lane(core.name) for core in instance.chip.cores]
    if solution.transfer_start is not None:
        groups.append(Group("transfer", _BUS))
        lanes.append(Lane("bus"))
        bars += _transfers(instance, solution, solution.transfer_start, factor, len(lanes) - 1, len(groups) - 1)
    marks = [
        Mark(at * factor, f"{modality.name} has arrived", k)
        for k, (modality, at) in enumerate(zip(instance.modalities, arrivals(instance, solution), strict=True))
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
    )


def _transfers(
    instance: WnpInstance, solution: WnpSolution, begins: dict[str, int], factor: float, lane: int, group: int
) -> list[Bar]:
    found = []
    for index, edge in enumerate(instance.edges):
        source, target = solution.core[edge.source], solution.core[edge.target]
        begin = begins.get(f"{edge.source}->{edge.target}")
        if source == target or begin is None:
            continue
        finish = begin + transfer_ticks(instance, index, source, target)
        label = f"{edge.source} to {edge.target}"
        detail = f"{source} to {target}, {edge.bytes} B, ticks {begin} to {finish}"
        found.append(Bar(lane, begin * factor, finish * factor, label, group, detail))
    return found


def _radio(instance: WnpInstance, solution: WnpSolution, factor: float) -> Grid | None:
    if not instance.modalities or not solution.rb:
        return None
    return Grid(
        title="resource block",
        rows=instance.resource_blocks,
        columns=len(solution.rb),
        step=instance.radio.slot_ticks * factor,
        runs=tuple(run_lengths(list(column)) for column in zip(*solution.rb, strict=True)),
    )
