"""The judge of schedules: recomputes everything, and shares no code with what makes them."""

from __future__ import annotations

from singlemachine.documents import SingleMachineInstance, SingleMachineSolution
from wnpopt.core.certificate import Certificate, Violation

RULES = {
    "instance-name": "the solution names this instance",
    "missing": "every job has a start",
    "unknown": "only jobs of the instance have a start",
    "release": "a job starts no earlier than its release",
    "overlap": "the machine does one job at a time",
}
"""Every rule that a solution can break, and what it asks for."""


def verify(instance: SingleMachineInstance, solution: SingleMachineSolution) -> Certificate:
    """The makespan or the sum of completion times, in ticks, and every rule that the solution breaks."""
    broken = []
    if solution.instance != instance.name:
        broken.append(Violation("instance-name", f"instance {solution.instance}", 1))
    jobs = {job.name: job for job in instance.jobs}
    broken += [Violation("unknown", f"start[{name}]", 1) for name in solution.start if name not in jobs]
    missing = [Violation("missing", f"start[{name}]", 1) for name in jobs if name not in solution.start]
    for name, job in jobs.items():
        early = job.release - solution.start.get(name, job.release)
        if early > 0:
            broken.append(Violation("release", f"start[{name}]", early))
    there = sorted((solution.start[name], job.processing, name) for name, job in jobs.items() if name in solution.start)
    busy_until = 0
    for start, processing, name in there:
        if start < busy_until:
            broken.append(Violation("overlap", f"start[{name}]", busy_until - start))
        busy_until = max(busy_until, start + processing)
    if missing:
        return Certificate(None, (*broken, *missing))
    ends = [start + processing for start, processing, _ in there]
    return Certificate(max(ends) if instance.objective == "makespan" else sum(ends), tuple(broken))
