"""Lower bounds on the makespan, each valid by itself and computed in exact integers where it counts.

Sources: ``path`` (critical path with core-aware heads and tails from alone arrivals), ``load`` (fractional unrelated
machines with heads and tails), ``radio`` (least C for which the radio's linear relaxation can serve the tails),
``radio-load`` (the same with tails that count the load of the sub-DAG that waits for the modality).
Optional fields: :mod:`~wnpopt.problems.wnp.field_bounds`.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from wnpopt.core.bound import Bound
from wnpopt.core.budget import Budget
from wnpopt.problems.wnp.instance import IntArray, WnpInstance

if TYPE_CHECKING:
    from wnpopt.backends.stopping import Flag
    from wnpopt.problems.wnp.kernels.problem import Problem

NONE_OF_ALL = "all plans were tried, and none keeps every limit"
"""The proof by exhaustion."""

_SMALL = 2_000  # subgraphs times cores: the least load of so many takes a millisecond


def bounds(instance: WnpInstance, budget: Budget) -> Sequence[Bound]:
    """All bounds of ``instance``, weakest first; stops early when the budget is exhausted."""
    from wnpopt.problems.wnp.field_bounds import bus_bound, energy_bound, latency_bound
    from wnpopt.problems.wnp.kernels.problem import Problem

    problem = Problem.of(instance)
    if problem.uplink.alone() is None:
        return []
    if instance.objective == "weighted_latency":
        return [latency_bound(problem)]
    found = problem_bounds(problem, budget)
    if instance.chip.exclusive_bus and not budget.exhausted():
        found.append(bus_bound(problem))
    if instance.objective == "energy":
        return [energy_bound(problem, max((int(bound.value) for bound in found), default=0))]
    return found


def problem_bounds(problem: Problem, budget: Budget) -> list[Bound]:
    """:func:`bounds` of a compiled problem."""
    plan = problem.plan
    if problem.uplink.alone() is None:
        return []
    path = plan.least(problem.head + plan.ticks + problem.tail)
    found = [Bound(int(path.max()), "path")]
    if budget.exhausted():
        return found
    first, last = plan.least(problem.head), plan.least(problem.tail)
    found.append(Bound(load_bound(plan.ticks, first, last, budget), "load"))
    if problem.uplink.count == 0 or budget.exhausted():
        return found
    shortest = problem.modality_tails(problem.shortest_tails())
    found.append(Bound(radio_bound(problem, shortest, budget), "radio"))
    if budget.exhausted():
        return found
    crowded = np.maximum(shortest, branch_tails(problem, budget))
    if (crowded > shortest).any() and not budget.exhausted():
        found.append(Bound(radio_bound(problem, crowded, budget), "radio-load"))
    return found


def radio_bound(problem: Problem, tail: IntArray, budget: Budget) -> int:
    """Least C that the radio's relaxation allows when ``tail`` (K',) ticks follow each arrival.

    Proved in exact arithmetic; lower where ``budget`` is exhausted before.
    """
    from wnpopt.problems.wnp.kernels.cuts import cut_bound
    from wnpopt.problems.wnp.kernels.radio import least_makespan

    alone = problem.uplink.alone()
    assert alone is not None, "an undeliverable payload has no bound"
    simple = int((tail + alone * problem.uplink.slot_ticks).max())
    _, cut = least_makespan(problem.uplink, tail, budget, give_up=0)
    if cut is None:
        return simple
    # The search runs in floating point; what is claimed is what its weights prove in integers.
    last = int((tail + problem.uplink.slots * problem.uplink.slot_ticks).max())
    return max(simple, cut_bound(problem.uplink, tail, cut.weight, min(cut.value, last)) or 0)


def branch_tails(problem: Problem, budget: Budget) -> IntArray:
    """Ticks that must follow each modality's arrival, by the load of all that waits for it, shape (K',).

    Less, down to 0, where ``budget`` is exhausted before.
    """
    plan = problem.plan
    last = plan.least(problem.tail)
    result = np.zeros(problem.uplink.count, dtype=np.int64)
    for k, members in enumerate(problem.readers):
        if budget.exhausted():
            break
        waiting = np.zeros(plan.order.size, dtype=np.bool_)
        waiting[members] = True
        for i in plan.order:
            if waiting[i]:
                waiting[plan.target[plan.outof[plan.outof_at[i] : plan.outof_at[i + 1]]]] = True
        # Heads within the branch alone: time 0 is the arrival; what comes from elsewhere is left out, which keeps the
        # bound valid.
        first = plan.least(_heads_within(problem, waiting))
        chosen = np.flatnonzero(waiting)
        result[k] = load_bound(plan.ticks[chosen], first[chosen], last[chosen], budget)
    return result


def _heads_within(problem: Problem, waiting: np.ndarray[tuple[int, ...], np.dtype[np.bool_]]) -> IntArray:
    from wnpopt.problems.wnp.kernels.plan import FAR, heads

    plan = problem.plan
    # A predecessor outside the branch is made to cost nothing and to have ended long before.
    release = np.where(waiting, 0, -FAR // 4)
    ticks = np.where(waiting[:, None], plan.ticks, 0)
    return np.asarray(heads(ticks, *plan.forward[1:], plan.order, release))


def load_bound(ticks: IntArray, first: IntArray, last: IntArray, budget: Budget) -> int:
    """Bound of unrelated machines: the best head + least fractional load + tail of the subgraphs beyond both.

    ``ticks`` is (I, M), ``first`` (I,) the least start, ``last`` (I,) the least that follows. For core weights w >= 0
    with sum 1 the greatest load is at least sum_i min_m w_m * ticks[i, m]: any weights prove a bound, so they may be
    found inexactly; they are rounded to integers and the sum is exact. Thresholds are tried while ``budget`` lasts.
    """
    from wnpopt.backends.stopping import never, run_stoppable

    work = partial(_load_bound, ticks, first, last, budget)
    return work(never()) if ticks.size <= _SMALL else run_stoppable(work, budget)


def _load_bound(ticks: IntArray, first: IntArray, last: IntArray, budget: Budget, stop: Flag) -> int:
    from wnpopt.problems.wnp.kernels.load import least_load

    best = 0
    heads = np.unique(first)
    tails = np.unique(last)
    # All pairs for small instances; of many thresholds the extremes and an even sample of the rest.
    for h in _sample(heads):
        for t in _sample(tails):
            if budget.exhausted():
                return best
            chosen = np.flatnonzero((first >= h) & (last >= t))
            if chosen.size:
                load = least_load(np.ascontiguousarray(ticks[chosen]), stop)
                best = max(best, int(h) + int(t) + load)
    return best


def _sample(values: IntArray, at_most: int = 12) -> IntArray:
    if values.size <= at_most:
        return values
    return values[np.unique(np.linspace(0, values.size - 1, at_most).astype(np.int64))]


def prove_infeasible(instance: WnpInstance, budget: Budget) -> str | None:
    """Why no allocation can deliver all payloads; None where that is not proved.

    By weights checked in exact arithmetic, or, when only whole slots are the obstacle, by all plans of a tiny instance,
    else by two solvers that agree. The compute side is always feasible: every subgraph has a core, and there is no end
    of time.
    """
    from wnpopt.problems.wnp.kernels.cuts import cannot_deliver
    from wnpopt.problems.wnp.kernels.uplink import Uplink

    uplink = Uplink.of(instance)
    proof = None if budget.interrupted else cannot_deliver(uplink, budget)
    if proof is not None or uplink.count == 0 or budget.exhausted():
        return proof
    from wnpopt.problems.wnp.exhaustion import exhaust
    from wnpopt.problems.wnp.formulations.uplink import undeliverable

    tried = exhaust(instance)
    if tried.complete:
        return None if tried.solution is not None else NONE_OF_ALL
    return undeliverable(uplink, budget)
