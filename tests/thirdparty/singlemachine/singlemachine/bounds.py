"""Bounds: what the machine would need if it could interrupt its jobs."""

from __future__ import annotations

from collections.abc import Iterable
from heapq import heappop, heappush

from singlemachine.documents import Job, SingleMachineInstance
from wnpopt.core.bound import Bound
from wnpopt.core.budget import Budget


def preemptive(jobs: Iterable[Job], now: int = 0) -> list[int]:
    """The ends of ``jobs``, from ``now`` on, if the one with the shortest rest always goes first.

    With interruptions this is optimal for the sum of completion times [Schrage 1968] and for the makespan.
    """
    coming = sorted(jobs, key=lambda job: job.release, reverse=True)
    rests: list[int] = []
    ends = []
    while coming or rests:
        if not rests:
            now = max(now, coming[-1].release)
        while coming and coming[-1].release <= now:
            heappush(rests, coming.pop().processing)
        rest = heappop(rests)
        if coming and coming[-1].release < now + rest:
            heappush(rests, now + rest - coming[-1].release)
            now = coming[-1].release
        else:
            now += rest
            ends.append(now)
    return ends


def bounds(instance: SingleMachineInstance, _budget: Budget) -> tuple[Bound, ...]:
    """The bound of the preemptive schedule; exact for the makespan."""
    return (Bound(instance.objective_of(preemptive(instance.jobs)), "preemption"),)
