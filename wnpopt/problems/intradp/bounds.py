"""Lower bounds on the objective, each valid by itself.

Sources: ``heads`` (one clock at a time, sets of tensors through one queue, from the input to the output), ``labels``
(label-setting with a narrow beam: exact tails, heads in front; proves most chains), ``directions`` (on networks with
skips: cutoffs under which directions of clocks leave no plan, up to the best of the simplest plans).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from wnpopt.core.bound import Bound
from wnpopt.core.budget import Budget
from wnpopt.problems.intradp.instance import IntradpInstance
from wnpopt.problems.intradp.methods.refusals import refuse_size
from wnpopt.problems.intradp.search.shares import HEADS_SHARE, later

if TYPE_CHECKING:
    from wnpopt.backends.stopping import Flag
    from wnpopt.problems.intradp.kernels.problem import Problem

NARROW = 100
"""Beam of the bound that is computed beside methods that prove nothing themselves."""

EFFORT, BRIEF = 100_000_000, 10_000_000
"""Steps of that bound on chains, and on other networks: some ten seconds' work at most, and one."""

WIDTHS = (10, 1000, 20_000)
"""Beams of label-setting that is to show that no plan keeps the deadline."""

SMALL = 200_000
"""Plans that are all tried for a proof: half a second's work."""

OPTIONS = 500_000
"""Options that directions may try: one or two seconds' work."""

TRIED = 2_000_000
"""Options that a search over all plans of a small network may look at for a proof: a few seconds' work."""


def bounds(instance: IntradpInstance, budget: Budget) -> Sequence[Bound]:
    """All bounds of ``instance``, weakest first.

    Under a time limit the heads alone: what is left of the time is the method's. Without one the work is bounded by
    counts, so that equal instances get equal bounds.
    """
    from wnpopt.backends.stopping import run_stoppable

    if refuse_size(instance) is not None:
        return [Bound(0.0, "trivial")]
    return run_stoppable(lambda flag: _bounds(instance, budget, flag), budget)


def _bounds(instance: IntradpInstance, budget: Budget, flag: Flag) -> list[Bound]:
    from wnpopt.problems.intradp.kernels.heads import Front
    from wnpopt.problems.intradp.kernels.problem import Problem, is_chain
    from wnpopt.problems.intradp.search.beam import SAFETY, run_labels, weights
    from wnpopt.problems.intradp.search.plans import honest
    from wnpopt.problems.intradp.search.refuting import refuted

    problem = Problem.of(instance)
    hurry = later(budget, HEADS_SHARE)
    least = 0.0
    if budget.time_limit is not None:
        # Quick heads first: if the time ends on the way to the better ones, there is something.
        least = float(Front(problem.arrays, *weights(problem), flag=flag, hurry=lambda: True).heads.device[-1])
    front = Front(problem.arrays, *weights(problem), flag=flag, hurry=hurry)
    found = [Bound(max(least, float(front.heads.device[-1])) * (1 - SAFETY), "heads")]
    if budget.time_limit is None and not flag[0]:
        cutoff, chain = honest(problem, flag).value, is_chain(problem)
        effort = EFFORT if chain else BRIEF
        result = run_labels(problem, NARROW, cutoff, budget, effort=effort, flag=flag, front=front)
        # Infinite: no plan meets the deadline; that is for prove_infeasible to say.
        if result.bound < float("inf"):
            found.append(Bound(result.bound, "labels"))
        least = max(bound.value for bound in found)
        if not chain and least < cutoff < float("inf") and not flag[0]:
            refuted_below = refuted(problem, least, cutoff, OPTIONS, flag)
            if refuted_below > least * (1 + SAFETY):
                found.append(Bound(refuted_below, "directions"))
    return found


def prove_infeasible(instance: IntradpInstance, budget: Budget) -> str | None:
    """Why no plan meets the deadline, by heads, labels or all plans of a small network; None if that is not clear."""
    from wnpopt.backends.stopping import run_stoppable

    if instance.deadline_s is None or refuse_size(instance) is not None:
        return None
    return run_stoppable(lambda flag: _prove_infeasible(instance, budget, flag), budget)


def _prove_infeasible(instance: IntradpInstance, budget: Budget, flag: Flag) -> str | None:
    from wnpopt.problems.intradp.kernels.heads import Front
    from wnpopt.problems.intradp.kernels.problem import Problem, is_chain
    from wnpopt.problems.intradp.search.beam import SAFETY, run_labels
    from wnpopt.problems.intradp.search.descending import is_small, keeps_deadline

    deadline = instance.deadline_s
    assert deadline is not None
    problem = Problem.of(instance.changed(objective="latency", deadline_s=None))
    accepted = deadline * (1 + 1e-9)
    # Quick heads first: if the time ends on the way to more, they may be enough.
    for front in (Front(problem.arrays, flag=flag, hurry=lambda: True), Front(problem.arrays, flag=flag)):
        earliest = float(front.heads.device[-1]) * (1 - SAFETY)
        if earliest > accepted:
            return f"no plan ends within {deadline:g} s: none ends before {earliest:g} s (heads)"
    for width in WIDTHS:
        cutoff = deadline * (1 + 1e-6) + 1e-15
        found = run_labels(problem, width, cutoff, budget, effort=EFFORT, flag=flag, front=front)
        if found.bound > accepted:
            return f"no plan ends within {deadline:g} s (label-setting with a beam of {width})"
        if found.objective <= accepted or flag[0] or budget.exhausted():
            return None
        if width == WIDTHS[0] and not is_chain(problem) and is_small(instance):
            # Label-setting is exact on chains alone.
            kept = keeps_deadline(Problem.of(instance.changed(objective="latency")), TRIED, flag)
            if kept is False:
                return f"no plan ends within {deadline:g} s (all were tried but those that bounds refute)"
            if kept:
                return None
    return _by_all_plans(problem, accepted)


def _by_all_plans(problem: Problem, accepted: float) -> str | None:
    """Where labels end too near to the deadline: none of all plans ends by ``accepted``."""
    import numpy as np

    from wnpopt.problems.intradp.kernels.evaluate import scratch
    from wnpopt.problems.intradp.kernels.exhaust import exhaust
    from wnpopt.problems.intradp.methods.enumerate import count
    from wnpopt.problems.intradp.search.beam import SAFETY

    plans = count(problem.instance)
    if plans > SMALL:
        return None
    p, n = problem.arrays, problem.count
    a, b = np.zeros(n, np.int32), np.zeros(n, np.int32)
    a[[0, n - 1]] = b[[0, n - 1]] = p.units[[0, n - 1]]
    least, _, _ = exhaust(p, a, b, a.copy(), b.copy(), np.inf, np.inf, plans, scratch(n), False, np.inf, 0.0)
    return "none of all plans keeps the deadline" if least * (1 - SAFETY) > accepted else None
