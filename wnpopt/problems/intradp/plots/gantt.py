"""The Gantt chart of an intradp plan: device, uplink, server and downlink."""

from __future__ import annotations

from wnpopt.core.text import number
from wnpopt.plotting.gantt import Bar, Gantt, Group, Lane, Mark
from wnpopt.plotting.palette import COLOURS
from wnpopt.problems.intradp.instance import IntradpInstance
from wnpopt.problems.intradp.solution import IntradpSolution
from wnpopt.problems.intradp.verify import Execution, Message, replay

LANES = ("device", "uplink", "server", "downlink")
SEGMENTS = "cut at a message"
"""What the legend calls the seconds of ``segment_s``."""


def gantt(instance: IntradpInstance, solution: IntradpSolution) -> Gantt:
    """The chart of a plan that the verifier accepts, in ms: what each side computes, what each direction sends."""
    replayed = replay(instance, solution)
    bars = []
    for lane, name in enumerate(LANES):
        for entry in getattr(replayed, name):
            if entry.end_s > entry.start_s:
                label, told = instance.operators[entry.operator].name, _told(instance, lane, entry)
                bars.append(Bar(lane, 1e3 * entry.start_s, 1e3 * entry.end_s, label, lane, told))
    for lane, segments in ((0, replayed.device_segments), (2, replayed.server_segments)):
        for cut in segments:
            name = instance.operators[cut.operator].name
            joined = "1 message" if cut.messages == 1 else f"{cut.messages} messages"
            told = f"joins {joined} before {name}" if cut.joins else f"cuts off a message of {name}"
            bars.append(Bar(lane, 1e3 * cut.start_s, 1e3 * cut.end_s, "", len(LANES), told))
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
        groups=(
            *(Group(name, paint) for name, paint in zip(LANES, COLOURS, strict=False)),
            Group(SEGMENTS, COLOURS[5]),
        ),
        bars=tuple(bars),
        marks=tuple(marks),
        objective_scale=1e3 if instance.objective == "latency" else None,
    )


def _told(instance: IntradpInstance, lane: int, entry: Execution | Message) -> str:
    """The rows, and what the optional fields change of their time and power."""
    operator, (first, after) = instance.operators[entry.operator], entry.rows
    whole = entry.rows == (0, operator.units)
    told = ["all rows" if whole else f"rows {first} to {after - 1}"]
    if isinstance(entry, Message):
        seconds = entry.end_s - entry.start_s
        told.append(f"{number(entry.bytes / 1e6)} MB at {number(entry.bytes / seconds / 1e6)} MB/s")
        return "\n".join(told)
    cost = operator.server if LANES[lane] == "server" else operator.device
    if cost.partial_s and not whole:
        told.append(f"{number(1e3 * cost.partial_s)} ms of it as not all rows are computed")
    if LANES[lane] == "device" and operator.device.compute_w is not None:
        told.append(f"{number(operator.device.compute_w)} W")
    return "\n".join(told)
