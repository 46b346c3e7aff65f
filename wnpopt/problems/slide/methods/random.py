"""random: users in random order."""

from __future__ import annotations

import numpy as np

from wnpopt.core.method import Context, Method, Outcome
from wnpopt.core.proof import Proof
from wnpopt.core.result import Termination
from wnpopt.problems.slide.instance import SlideInstance
from wnpopt.problems.slide.methods.refusals import refuse_shared
from wnpopt.problems.slide.solution import SlideSolution


def solve(instance: SlideInstance, context: Context[SlideSolution]) -> Outcome[SlideSolution]:
    """Users in an order drawn from the seed, each with its cheapest model if that still fits."""
    from wnpopt.problems.slide.kernels.knapsack import cheapest
    from wnpopt.problems.slide.kernels.needs import Needs
    from wnpopt.problems.slide.selection.plan import Assignment, allocate, repaired
    from wnpopt.problems.slide.selection.unicast import everything_open

    columns = instance.columns
    needs = Needs.of(columns)
    least, model = cheapest(needs.costs, everything_open(needs))
    rng = np.random.default_rng([context.budget.seed, 0x736C])
    served = np.zeros(columns.users, dtype=np.bool_)
    left = needs.capacity
    for u in rng.permutation(columns.users).tolist():
        if least[u] <= left:
            left -= least[u]
            served[u] = True
    plan = repaired(needs, Assignment.of(served, model))
    return Outcome(allocate(needs, plan).to_solution(columns), Termination.HEURISTIC)


METHOD = Method(
    family="slide",
    name="random",
    summary="baseline: users in random order, each with its cheapest model, while they fit",
    proves=Proof.NOTHING,
    run=solve,
    modules=("numba",),
    refuse=refuse_shared,
)
