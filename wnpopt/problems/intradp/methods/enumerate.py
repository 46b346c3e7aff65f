"""enumerate: every plan of a tiny instance."""

from __future__ import annotations

import math

from wnpopt.core.bound import Bound
from wnpopt.core.method import Context, Method, Outcome
from wnpopt.core.proof import Proof
from wnpopt.core.result import Termination
from wnpopt.problems.intradp.instance import IntradpInstance
from wnpopt.problems.intradp.methods.outcome import outcome, tell
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
        # A float would overflow: networks have 10^1000 plans and more.
        many = f"{total:.3g}" if total < 10**15 else f"about 10^{int(math.log10(total))}"
        return "operators", f"{many} plans are too many to try; at most {MOST} are possible"
    return None


def solve(instance: IntradpInstance, context: Context[IntradpSolution]) -> Outcome[IntradpSolution]:
    """The first best plan in the order of an odometer; proved when all were tried."""
    import numpy as np

    from wnpopt.core.verdict import Verdict, compare
    from wnpopt.problems.intradp.kernels.evaluate import scratch
    from wnpopt.problems.intradp.kernels.exhaust import exhaust
    from wnpopt.problems.intradp.kernels.problem import Problem
    from wnpopt.problems.intradp.search.beam import SAFETY
    from wnpopt.problems.intradp.search.plans import PricedPlan

    problem = Problem.of(instance)
    p, n = problem.arrays, problem.count
    a, b = np.zeros(n, np.int32), np.zeros(n, np.int32)
    a[[0, n - 1]] = b[[0, n - 1]] = p.units[[0, n - 1]]
    best_a, best_b = a.copy(), b.copy()
    # Energy but for the busy part is power times differences of times, each off by a rounding of the latency.
    error = 8 * n * np.finfo(np.float64).eps * float(p.power[1:].max()) if problem.by_energy else 0.0
    value, floor, done, work = np.inf, np.inf, False, scratch(n)
    while not done and not context.budget.exhausted():
        before = value
        value, floor, done = exhaust(
            p, a, b, best_a, best_b, value, floor, 50_000, work, problem.by_energy, problem.limit, error
        )
        if value < before:
            tell(problem, PricedPlan(best_a.copy(), best_b.copy(), value, "enumerate"), context.trace)
    plan = PricedPlan(best_a, best_b, value, "enumerate")
    if not done:
        return outcome(problem, plan, context.budget.why_over())
    if not plan.feasible:
        return Outcome(
            None,
            Termination.PROVED,
            infeasible="none of all plans keeps the deadline",
            infeasible_proof="none of all plans keeps the deadline",
        )
    bound = Bound(max(0.0, floor * (1 - SAFETY)), "all plans")
    proved = compare(value, bound.value, "min", False).verdict is Verdict.PROVED
    return outcome(problem, plan, Termination.PROVED if proved else Termination.HEURISTIC, (bound,))


METHOD = Method(
    family="intradp",
    name="enumerate",
    summary="every plan of a tiny instance",
    proves=Proof.OPTIMALITY | Proof.INFEASIBILITY,
    run=solve,
    modules=("numba",),
    timed=True,
    refuse=refuse,
)
