"""Lower bounds on the objective, each valid by itself.

Sources: ``heads`` (one clock at a time, sets of tensors through one queue, from the input to the output), ``labels``
(label-setting with a narrow beam: exact tails, heads in front; proves most chains).
"""

from __future__ import annotations

from collections.abc import Sequence

from wnpopt.core.bound import Bound
from wnpopt.core.budget import Budget
from wnpopt.problems.intradp.instance import IntradpInstance
from wnpopt.problems.intradp.limits import refuse_size

NARROW = 100
"""Beam of the bound that is computed beside methods that prove nothing themselves."""


def bounds(instance: IntradpInstance, budget: Budget) -> Sequence[Bound]:
    """All bounds of ``instance``, weakest first.

    Under a time limit the heads alone: what is left of the time is the method's.
    """
    from wnpopt.problems.intradp.beam import SAFETY, run_labels, weights
    from wnpopt.problems.intradp.kernels.heads import Front
    from wnpopt.problems.intradp.kernels.problem import Problem
    from wnpopt.problems.intradp.plans import honest

    if refuse_size(instance) is not None:
        return [Bound(0.0, "trivial")]
    problem = Problem.of(instance)
    front = Front(problem.arrays, *weights(problem))
    found = [Bound(float(front.heads.device[-1]) * (1 - SAFETY), "heads")]
    if budget.time_limit is None and not budget.interrupted:
        result = run_labels(problem, NARROW, honest(problem).value, budget)
        # Infinite: no plan meets the deadline; that is for prove_infeasible to say.
        if result is not None and result.bound < float("inf"):
            found.append(Bound(result.bound, "labels"))
    return found


def prove_infeasible(instance: IntradpInstance, budget: Budget) -> str | None:
    """Why no plan meets the deadline, proved by label-setting; None if that is not so or not clear."""
    from wnpopt.problems.intradp.beam import run_labels
    from wnpopt.problems.intradp.kernels.problem import Problem

    deadline = instance.deadline_s
    if deadline is None or refuse_size(instance) is not None:
        return None
    least = instance.changed(objective="latency", deadline_s=None)
    problem = Problem.of(least)
    accepted = deadline * (1 + 1e-9)
    for width in (10, 1000, 20_000):
        found = run_labels(problem, width, deadline * (1 + 1e-6) + 1e-15, budget)
        if found is None or found.objective <= accepted:
            return None
        if found.bound > accepted:
            return f"no plan ends within {deadline:g} s (label-setting with a beam of {width})"
    return None
