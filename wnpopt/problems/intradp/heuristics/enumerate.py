"""enumerate: every plan of a tiny instance."""

from __future__ import annotations

from wnpopt.core.bound import Bound
from wnpopt.core.method import Method, Outcome, Run
from wnpopt.core.result import Termination
from wnpopt.problems.intradp.instance import IntradpInstance
from wnpopt.problems.intradp.solution import IntradpSolution

MOST = 20_000_000
"""Plans that are tried at most: a minute's work."""


def count(instance: IntradpInstance) -> int:
    """Number of plans."""
    total = 1
    for operator in instance.operators[1:-1]:
        total *= (operator.units + 1) * (operator.units + 2) // 2
    return total


def refuse(instance: IntradpInstance) -> tuple[str, str] | None:
    """Only tiny instances."""
    total = count(instance)
    if total > MOST:
        return "operators", f"{total:.3g} plans are too many to try; at most {MOST} are possible"
    return None


def run(instance: IntradpInstance, run: Run[IntradpSolution]) -> Outcome[IntradpSolution]:
    """The first best plan in the order of an odometer; proved when all were tried."""
    import numpy as np

    from wnpopt.problems.intradp.beam import SAFETY
    from wnpopt.problems.intradp.kernels.evaluate import scratch
    from wnpopt.problems.intradp.kernels.exhaust import exhaust
    from wnpopt.problems.intradp.kernels.problem import Problem
    from wnpopt.problems.intradp.outcome import outcome
    from wnpopt.problems.intradp.plans import Plan

    problem = Problem.of(instance)
    p, n = problem.arrays, problem.count
    a, b = np.zeros(n, np.int32), np.zeros(n, np.int32)
    a[[0, n - 1]] = b[[0, n - 1]] = p.units[[0, n - 1]]
    best_a, best_b = a.copy(), b.copy()
    value, done, work = np.inf, False, scratch(n)
    while not done and not run.budget.exhausted():
        value, done = exhaust(p, a, b, best_a, best_b, value, 50_000, work, problem.by_energy, problem.limit)
    plan = Plan(best_a, best_b, value, "enumerate")
    if not done:
        stopped = Termination.INTERRUPTED if run.budget.interrupted else Termination.TIME_LIMIT
        return outcome(problem, plan, stopped)
    if not plan.feasible:
        return Outcome(
            None,
            Termination.PROVED,
            infeasible="none of all plans keeps the deadline",
            infeasible_proof="none of all plans keeps the deadline",
        )
    return outcome(problem, plan, Termination.PROVED, (Bound(value * (1 - SAFETY), "all plans"),))


METHOD = Method(
    family="intradp",
    name="enumerate",
    summary="every plan of a tiny instance",
    proves="optimality, infeasibility",
    run=run,
    modules=("numba",),
    timed=True,
    refuse=refuse,
)
