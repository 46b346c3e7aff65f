"""From a plan to what a method returns."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wnpopt.core.bound import Bound
from wnpopt.core.method import Outcome
from wnpopt.core.result import Termination
from wnpopt.core.trace import Trace
from wnpopt.problems.intradp.solution import IntradpSolution

if TYPE_CHECKING:
    from wnpopt.problems.intradp.kernels.problem import Problem
    from wnpopt.problems.intradp.search.plans import PricedPlan


def outcome(
    problem: Problem,
    plan: PricedPlan,
    termination: Termination = Termination.HEURISTIC,
    found: tuple[Bound, ...] = (),
) -> Outcome[IntradpSolution]:
    """The outcome of a method that ends with ``plan``; without a solution if the plan is not feasible."""
    if not plan.feasible:
        return Outcome(
            None,
            Termination.HEURISTIC,
            found,
            message=f"no plan of {plan.found_by} keeps the deadline and the limit on transfers",
        )
    return Outcome(plan.solution(problem), termination, found, found_by=plan.found_by)


def tell(problem: Problem, plan: PricedPlan, trace: Trace | None) -> None:
    """Give ``plan`` to the trace, where it outlives whatever happens to the method."""
    if trace is not None and plan.feasible:
        trace.incumbent(plan.value, plan.solution(problem))
