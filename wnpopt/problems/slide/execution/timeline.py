"""What the recursion says beside what was measured, as a Gantt chart."""

from __future__ import annotations

from collections.abc import Sequence

from wnpopt.plotting.gantt import Bar, Gantt, Group, Lane, Mark
from wnpopt.plotting.palette import COLOURS
from wnpopt.problems.slide.execution.report import StreamReport


def timeline(report: StreamReport) -> Gantt:
    """The last run of every client, in ms: two lanes a client, download above, layers below."""
    bars: list[Bar] = []
    lanes: list[Lane] = []
    marks: list[Mark] = []
    for number, plan in enumerate(report.plans):
        run = report.runs["stream"][-1][number]
        there, seconds = report.arrivals(number), report.layer_seconds(number)
        start, end, done = [], [], 0.0
        for arrival, time in zip(there, seconds, strict=True):
            start.append(max(arrival, done))
            done = start[-1] + time
            end.append(done)
        for what, group in (("recursion", (there, start, end)), ("measured", (run.arrived, run.start, run.end))):
            lanes.append(Lane(f"{plan.user}, {what}", 2))
            bars += _bars(len(lanes) - 1, plan.model, *group)
        marks.append(Mark(1e3 * plan.deadline_s, f"deadline of {plan.user}", 2, len(lanes) - 1, "deadline"))
    groups = (Group("download", COLOURS[4]), Group("compute", COLOURS[1]), Group("deadline", COLOURS[5]))
    return Gantt(
        title=f"{len(report.plans)} clients, layers loaded as {report.loading}",
        unit="ms",
        end=max(bar.end for bar in bars),
        lane_title="",
        lanes=tuple(lanes),
        groups=groups,
        bars=tuple(bars),
        marks=tuple(marks),
    )


def _bars(lane: int, model: str, there: Sequence[float], start: Sequence[float], end: Sequence[float]) -> list[Bar]:
    bars, before = [], 0.0
    for number, arrival in enumerate(there):
        if arrival > before:
            bars.append(Bar(lane, 1e3 * before, 1e3 * arrival, f"layer {number + 1}", 0, f"download of {model}", 0))
            before = arrival
    for number, (begin, stop) in enumerate(zip(start, end, strict=True)):
        if stop > begin:
            bars.append(Bar(lane, 1e3 * begin, 1e3 * stop, f"layer {number + 1}", 1, model, 1))
    return bars
