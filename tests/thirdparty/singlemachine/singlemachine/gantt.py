"""The Gantt chart of a schedule."""

from __future__ import annotations

from singlemachine.documents import SingleMachineInstance, SingleMachineSolution
from wnpopt.plotting.gantt import Bar, Gantt, Group, Lane

MACHINE, WAITING = Group("on the machine", "#0072b2"), Group("waiting", "#c8c8c8")


def gantt(instance: SingleMachineInstance, solution: SingleMachineSolution) -> Gantt:
    """A lane a job: grey from its release to its start, then blue."""
    bars, end = [], 0
    for lane, job in enumerate(instance.jobs):
        start = solution.start[job.name]
        if start > job.release:
            bars.append(Bar(lane, job.release, start, f"{job.name} waits", 1))
        bars.append(Bar(lane, start, start + job.processing, job.name, 0, f"{job.processing} ticks"))
        end = max(end, start + job.processing)
    lanes = tuple(Lane(job.name) for job in instance.jobs)
    return Gantt(f"{len(lanes)} jobs", "ticks", end, "job", lanes, (MACHINE, WAITING), tuple(bars))
