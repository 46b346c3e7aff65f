"""The Gantt chart of an intradp plan: device, uplink, server and downlink."""

from __future__ import annotations

from wnpopt.plotting.gantt import Bar, Gantt, Group, Lane, Mark
from wnpopt.problems.intradp.instance import IntradpInstance
from wnpopt.problems.intradp.plots.image import COLOURS, LANES, bars
from wnpopt.problems.intradp.solution import IntradpSolution
from wnpopt.problems.intradp.verify import replay


def gantt(instance: IntradpInstance, solution: IntradpSolution) -> Gantt:
    """The chart of a plan that the verifier accepts, in ms: what each side computes, what each direction sends."""
    replayed = replay(instance, solution)
    found = []
    for bar in bars(instance, solution):
        if bar.end_ms > bar.start_ms:
            name, _, rows = bar.label.rpartition(": ")
            lane = LANES.index(bar.lane)
            found.append(Bar(lane, bar.start_ms, bar.end_ms, name, lane, rows))
    latency = 1e3 * replayed.latency_s
    marks = [Mark(latency, "latency")]
    if instance.deadline_s is not None:
        marks.append(Mark(1e3 * instance.deadline_s, "deadline"))
    return Gantt(
        title=f"latency {latency:.4g} ms, energy {1e3 * replayed.energy_j:.4g} mJ",
        unit="ms",
        end=max([latency, *(bar.end for bar in found)]),
        lane_title="",
        lanes=tuple(Lane(name) for name in LANES),
        groups=tuple(Group(name, COLOURS[name]) for name in LANES),
        bars=tuple(found),
        marks=tuple(marks),
    )
