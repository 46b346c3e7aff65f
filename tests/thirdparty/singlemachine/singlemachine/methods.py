"""A dispatching rule, and an exact search that starts from its schedule."""

from __future__ import annotations

from dataclasses import replace

from singlemachine.bounds import preemptive
from singlemachine.documents import Job, SingleMachineInstance, SingleMachineSolution
from wnpopt.core.bound import Bound
from wnpopt.core.method import Context, Method, Outcome
from wnpopt.core.proof import Proof
from wnpopt.core.result import Termination, WarmStart

Order = tuple[Job, ...]
Answer = Outcome[SingleMachineSolution]


def schedule(instance: SingleMachineInstance, order: Order) -> SingleMachineSolution:
    """The jobs in ``order``, each as early as it can."""
    now, start = 0, {}
    for job in order:
        start[job.name] = max(now, job.release)
        now = start[job.name] + job.processing
    return SingleMachineSolution(instance=instance.name, start=start)


def dispatch(instance: SingleMachineInstance, _context: Context[SingleMachineSolution]) -> Answer:
    """Whenever the machine is free, the shortest job that is there; ties by place in the instance."""
    waiting, order, now = list(instance.jobs), [], 0
    while waiting:
        now = max(now, min(job.release for job in waiting))
        chosen = min((job for job in waiting if job.release <= now), key=lambda job: job.processing)
        waiting.remove(chosen)
        order.append(chosen)
        now += chosen.processing
    return Outcome(schedule(instance, tuple(order)), Termination.HEURISTIC)


def search(instance: SingleMachineInstance, context: Context[SingleMachineSolution]) -> Answer:
    """Depth first over the orders of the jobs, the preemptive bound below every node."""
    start = context.start
    best, least = (None, None) if start is None else (start.solution, start.objective)
    warm = WarmStart.NONE if start is None else WarmStart.ACCEPTED
    nodes: list[tuple[Order, Order, tuple[int, ...]]] = [((), instance.jobs, ())]
    while nodes:
        if context.budget.exhausted():
            return Outcome(best, context.budget.why_over(), warm_start=warm)
        order, rest, ends = nodes.pop()
        now = ends[-1] if ends else 0
        if least is not None and instance.objective_of([*ends, *preemptive(rest, now)]) >= least:
            continue
        if not rest:
            best, least = schedule(instance, order), instance.objective_of(list(ends))
            context.trace.incumbent(least, best)
            continue
        # A job that cannot start before another one could end is not the next.
        soonest = min(max(now, job.release) + job.processing for job in rest)
        ready = [job for job in rest if job.release < soonest]
        for job in sorted(ready, key=lambda job: (max(now, job.release), job.processing), reverse=True):
            left = tuple(other for other in rest if other is not job)
            nodes.append(((*order, job), left, (*ends, max(now, job.release) + job.processing)))
    assert least is not None, "without a limit some order is reached"
    return Outcome(best, Termination.PROVED, (Bound(least, "branch-and-bound"),), warm)


DISPATCH = Method(
    family="singlemachine",
    name="dispatch",
    summary="the shortest job that is there, whenever the machine is free",
    proves=Proof.NOTHING,
    run=dispatch,
)

BRANCH_AND_BOUND = Method(
    family="singlemachine",
    name="branch-and-bound",
    summary="all orders, depth first, below the preemptive bound",
    proves=Proof.OPTIMALITY,
    run=search,
    timed=True,
    warm_startable=True,
)

AUTO = replace(BRANCH_AND_BOUND, name="auto", summary="branch-and-bound from the schedule of dispatch")
