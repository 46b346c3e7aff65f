"""Destructive probes: from a poor incumbent and a weak bound they end at the optimum, and never beyond it."""

from __future__ import annotations

import pytest

import wnpopt
from tests.wnp.brute import optimum
from tests.wnp.tiny import tiny_instance
from wnpopt.core.bound import Bound
from wnpopt.core.budget import Budget
from wnpopt.core.method import Context, Start
from wnpopt.core.result import Termination
from wnpopt.core.trace import Trace
from wnpopt.problems.wnp.instance import WnpInstance
from wnpopt.problems.wnp.kernels.problem import Problem
from wnpopt.problems.wnp.search.decomposition import Decomposition
from wnpopt.problems.wnp.search.probing import probe
from wnpopt.problems.wnp.solution import WnpSolution


def late(instance: WnpInstance, by: int) -> WnpSolution | None:
    """RTFS's plan, with everything on the chip later."""
    solution = wnpopt.solve(instance, "rtfs").solution
    if not isinstance(solution, WnpSolution):
        return None
    return solution.model_copy(update={"start": {name: start + by for name, start in solution.start.items()}})


@pytest.mark.parametrize("first", range(0, 120, 20))
def test_probes_end_at_the_optimum(first: int) -> None:
    for seed in range(first, first + 20):
        instance = tiny_instance(seed)
        start = late(instance, 7 + seed % 5)
        best = optimum(instance)
        if start is None or best is None:
            continue
        budget = Budget(60.0, threads=1)
        trace = Trace("min", budget)

        def verified(solution: WnpSolution, instance: WnpInstance = instance) -> float | None:
            certificate = wnpopt.verify(instance, solution)
            return certificate.objective if certificate.accepted else None

        objective = verified(start)
        assert objective is not None
        context = Context(budget, trace, Start(start, objective, "late"), (Bound(best // 2, "half"),), verified)
        problem = Problem.of(instance)
        outcome = probe(Decomposition(problem, context, 0.0))
        assert outcome.termination is Termination.PROVED, (seed, outcome.message)
        assert outcome.solution is not None
        assert verified(outcome.solution) == best, seed
        assert all(bound.value <= best for bound in outcome.bounds), seed
        told = [point.bound for point in trace.points() if point.bound is not None]
        assert all(value <= best for value in told), seed
