"""The Gantt chart of an intradp plan: device, uplink, server and downlink."""

from __future__ import annotations

from wnpopt.plotting.gantt import Bar, Gantt, Group, Lane, Mark
from wnpopt.plotting.palette import COLOURS
from wnpopt.problems.intradp.instance import IntradpInstance
from wnpopt.problems.intradp.solution import IntradpSolution
from wnpopt.problems.intradp.verify import replay

LANES = ("device", "uplink", "server", "downlink")


def gantt(instance: IntradpInstance, solution: IntradpSolution) -> Gantt:
    """The chart of a plan that the verifier accepts, in ms: what each side computes, what each direction sends."""
    replayed = replay(instance, solution)
    bars = []
    for lane, name in enumerate(LANES):
        for entry in getattr(replayed, name):
            operator = instance.operators[entry.operator]
            first, after = entry.rows
            rows = "all rows" if entry.rows == (0, operator.units) else f"rows {first} to {after - 1}"
            if entry.end_s > entry.start_s:
                bars.append(Bar(lane, 1e3 * entry.start_s, 1e3 * entry.end_s, operator.name, lane, rows))
    latency = 1e3 * replayed.latency_s
    marks = [Mark(latency, "latency")]
    if instance.deadline_s is not None:
        marks.append(Mark(1e3 * instance.deadline_s, "deadline", style="dotted"))
    return Gantt(
        title=f"latency {latency:.4g} ms, energy {1e3 * replayed.energy_j:.4g} mJ",
        unit="ms",
        end=max([latency, *(bar.end for bar in bars)]),
        lane_title="",
        lanes=tuple(Lane(name) for name in LANES),
        groups=tuple(Group(name, paint) for name, paint in zip(LANES, COLOURS, strict=False)),
        bars=tuple(bars),
        marks=tuple(marks),
        objective_scale=1e3 if instance.objective == "latency" else None,
    )
