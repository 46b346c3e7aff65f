"""The Gantt chart of a slide solution: each served user's download and inference, and the deadline."""

from __future__ import annotations

from collections.abc import Iterator

from wnpopt.core.facts import counted
from wnpopt.core.text import number
from wnpopt.plotting.gantt import Bar, Gantt, Group, Lane, Mark
from wnpopt.plotting.palette import COLOURS
from wnpopt.problems.slide.instance import SlideInstance
from wnpopt.problems.slide.plots.timeline import Timeline, timelines
from wnpopt.problems.slide.solution import SlideSolution

MOST_USERS = 40
"""Users drawn at most: those with the largest bandwidth, in the solution's order; the title says so."""
_SECONDS_FROM = 2.0


def gantt(instance: SlideInstance, solution: SlideSolution) -> Gantt:
    """The chart of a solution that the verifier accepts, in ms or s: a lane a user, download above, compute below.

    Layers that are computed without a pause are one bar, which says how many they are. Marks in a lane are the user's
    deadline, and when the user would be done if computing began after the download.
    """
    chosen = _chosen(solution)
    lines = timelines(instance, solution, frozenset(chosen))
    last = max((max(line.deadline_s, line.end[-1]) for line in lines), default=0.0)
    factor, unit = (1.0, "s") if last >= _SECONDS_FROM else (1e3, "ms")
    groups = ("download", COLOURS[4]), ("compute", COLOURS[1]), ("deadline", COLOURS[5]), ("download first", COLOURS[6])
    width = {solution.served[index].user: solution.served[index].bandwidth_hz for index in chosen}
    bars, marks = [], []
    for lane, line in enumerate(lines):
        count = "1 layer" if len(line.arrival) == 1 else f"{len(line.arrival)} layers"
        band = f"{width[line.user] / 1e6:.4g} MHz"
        detail = f"{line.model}, {count}, {band}"
        bars.append(Bar(lane, 0.0, line.arrival[-1] * factor, f"{band}, {line.model}", 0, detail, 0))
        bars += [Bar(lane, begin * factor, end * factor, label, 1, detail, 1) for begin, end, label in _computing(line)]
        marks.append(Mark(line.deadline_s * factor, f"deadline of {line.user}", 2, lane, "deadline"))
        late = line.late_end[-1] * factor
        marks.append(Mark(late, f"{line.user}, if it downloaded first (ρ = {line.rho:.2f})", 3, lane, "download first"))
    title = f"{len(solution.served)} of {counted(len(instance.users), 'user')} served"
    if instance.objective == "weighted":
        weight = {user.name: user.weight for user in instance.users}
        title += f", weight {number(sum(weight[entry.user] for entry in solution.served))}"
    if len(lines) < len(solution.served):
        title += f"; drawn: the {len(lines)} with the largest bandwidth"
    return Gantt(
        title=title,
        unit=unit,
        end=last * factor,
        lane_title="user",
        lanes=tuple(Lane(line.user, 2) for line in lines),
        groups=tuple(Group(name, paint) for name, paint in groups),
        bars=tuple(bars),
        marks=tuple(marks),
    )


def _chosen(solution: SlideSolution) -> list[int]:
    """Places in ``served`` of the users with the largest bandwidth, in order; of equal ones the first."""
    served = solution.served
    if len(served) <= MOST_USERS:
        return list(range(len(served)))
    widest = sorted(range(len(served)), key=lambda index: (-served[index].bandwidth_hz, index))
    return sorted(widest[:MOST_USERS])


def _computing(line: Timeline) -> Iterator[tuple[float, float, str]]:
    """(start, end, label) of each stretch in which the processor does not wait."""
    first = 0
    for layer in range(1, len(line.start) + 1):
        if layer < len(line.start) and line.start[layer] <= line.end[layer - 1]:
            continue
        begin, end = line.start[first], line.end[layer - 1]
        if end > begin:
            yield begin, end, f"layer {layer}" if layer == first + 1 else f"layers {first + 1} to {layer}"
        first = layer
