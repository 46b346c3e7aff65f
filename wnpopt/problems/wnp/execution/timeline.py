"""What was planned beside what was measured, as a Gantt chart."""

from __future__ import annotations

from wnpopt.plotting.gantt import Bar, Gantt, Group, Lane, Mark
from wnpopt.plotting.palette import COLOURS
from wnpopt.problems.wnp.execution.report import ChipReport


def timeline(report: ChipReport) -> Gantt:
    """The last run, in ms: two lanes a core, and one for the inputs that arrive."""
    program, run, tick = report.program, report.runs[-1], 1e3 * report.tick_s
    lanes, bars = [], []
    for name in run.arrived:
        for what, at in (("planned", program.arrivals[name] * tick), ("measured", 1e3 * run.arrived[name])):
            lanes.append(Lane(f"{name}, {what}"))
            if at > 0:
                bars.append(Bar(len(lanes) - 1, 0.0, at, f"input {name}", 0, what))
    for core, tasks in program.cores.items():
        lanes.append(Lane(f"{core}, planned"))
        lanes.append(Lane(f"{core}, measured"))
        for task in tasks:
            start, end = task.start * tick, (task.start + task.ticks) * tick
            if end > start:
                bars.append(Bar(len(lanes) - 2, start, end, task.name, 1, "planned"))
            one = run.subgraphs[task.name]
            bars.append(Bar(len(lanes) - 1, 1e3 * one.start, 1e3 * one.end, task.name, 1, "measured"))
    planned, measured = 1e3 * report.planned_s, 1e3 * run.makespan_s
    return Gantt(
        title=f"planned {planned:.4g} ms, measured {measured:.4g} ms",
        unit="ms",
        end=max([planned, measured, *(bar.end for bar in bars)]),
        lane_title="",
        lanes=tuple(lanes),
        groups=(Group("input", COLOURS[4]), Group("subgraph", COLOURS[1])),
        bars=tuple(bars),
        marks=(Mark(planned, "planned"), Mark(measured, "measured", style="dotted")),
    )
