"""The two schedulers of O-WiN on the compiled problem: radio and schedule jointly.

Paper: Xu, Du, Shin, Wong, "Orchestrating Multimodal DNN Workloads in Wireless Neural Processing", arXiv 2603.02109.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from wnpopt.core.budget import Budget
from wnpopt.problems.wnp.instance import IntArray
from wnpopt.problems.wnp.kernels.problem import Problem
from wnpopt.problems.wnp.kernels.radio import Columns, Cut, least_makespan
from wnpopt.problems.wnp.kernels.schedule import Schedule
from wnpopt.problems.wnp.kernels.uplink import Arrivals

_ROUNDS, _FEW_ROUNDS = 12, 3


@dataclass(frozen=True)
class Joint:
    """A radio allocation and a schedule that respects its arrivals."""

    arrivals: Arrivals
    schedule: Schedule


def least_makespan_or_exact(
    problem: Problem, tail: IntArray, budget: Budget, *, columns: Columns | None = None
) -> tuple[Arrivals | None, Cut | None]:
    """:func:`least_makespan`.

    Where rounding fails at the edge of what the radio can deliver, a small integer programme decides.
    """
    arrivals, cut = least_makespan(problem.uplink, tail, budget, columns=columns)
    uplink = problem.uplink
    if arrivals is not None or uplink.count == 0 or uplink.alone() is None or budget.exhausted():
        return arrivals, cut
    from wnpopt.problems.wnp.formulations.uplink import allocate

    deadline = np.full(uplink.count, uplink.slots, dtype=np.int64)
    count, _ = allocate(uplink, deadline, budget)
    if count is None:
        return None, cut
    value = int((tail + uplink.slots * uplink.slot_ticks).max())
    return Arrivals(value, deadline, count), cut


def transmit_first(problem: Problem, budget: Budget) -> Joint | None:
    """RTFS: the least time by which all modalities have arrived, then the best list schedule; nothing overlaps.

    None if the radio delivers nothing in time, or ``budget`` is exhausted before it does.
    """
    nothing = np.zeros(problem.uplink.count, dtype=np.int64)
    arrivals, _ = least_makespan_or_exact(problem, nothing, budget)
    if arrivals is None:
        return None
    return Joint(arrivals, problem.scheduler.schedule(sequential_release(problem, problem.arrival(arrivals))))


def sequential_release(problem: Problem, arrival: IntArray) -> IntArray:
    """Releases (I,) under which nothing overlaps, for arrivals (K') in slots.

    No subgraph starts before ALL modalities that some subgraph names have arrived; one of a job waits for those that
    its job names, and no others.
    """
    instance = problem.instance
    own = problem.release(arrival)
    waits = np.zeros(own.size, dtype=np.int64)
    for k, members in enumerate(problem.readers):
        at = int(arrival[k]) * problem.uplink.slot_ticks
        concerned = (instance.job_index < 0) | np.isin(instance.job_index, instance.job_index[members])
        waits[concerned] = np.maximum(waits[concerned], at)
    return np.asarray(np.maximum(own, waits))


def pipeline_aware(problem: Problem, first: Joint, budget: Budget, *, brief: bool = False) -> Joint:
    """PACS: radio and schedule improve each other through the tails until nothing gets better.

    Never worse than ``first``. A ``brief`` one, for searches that go on from it, has one estimate and few rounds.

    A tail says how much must follow a modality's arrival. Tails -> least-makespan radio -> list schedule with the
    arrivals as releases -> tails read from the schedule's slack, and again. Started from three estimates of the
    tails.
    """
    best = _respond(problem, first.arrivals, first)
    seen: set[tuple[int, ...]] = set()
    columns = Columns(problem.uplink)
    for tail in [problem.modality_tails(problem.shortest_tails())] if brief else _first_tails(problem, first):
        current = tail
        reached: int | None = None
        for _ in range(_FEW_ROUNDS if brief else _ROUNDS):
            if budget.exhausted():
                return best
            if tuple(current) in seen:
                break
            seen.add(tuple(current))
            arrivals, _ = least_makespan(problem.uplink, current, budget, columns=columns)
            if arrivals is None:
                break
            joint = _respond(problem, arrivals, best)
            if joint.schedule.makespan < best.schedule.makespan:
                best = joint
            following = problem.slack_tails(joint.schedule)
            if reached is not None and joint.schedule.makespan >= reached:
                break
            reached, current = joint.schedule.makespan, following
    return best


def _respond(problem: Problem, arrivals: Arrivals, known: Joint) -> Joint:
    """The best of a new list schedule, one on a core as far as can be, and the known one started anew."""
    release = problem.release(problem.arrival(arrivals))
    fresh = problem.scheduler.schedule(release)
    kept = problem.scheduler.retimed(known.schedule, release)
    gathered = problem.scheduler.gathered(release)
    return Joint(arrivals, min((fresh, kept, gathered), key=lambda schedule: schedule.makespan))


def _first_tails(problem: Problem, first: Joint) -> list[IntArray]:
    shortest = problem.modality_tails(problem.shortest_tails())
    alone = problem.scheduler.schedule(np.array(problem.instance.release))
    return [shortest, problem.slack_tails(alone), problem.slack_tails(first.schedule)]
