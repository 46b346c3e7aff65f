"""convex: selected users, and the division of the band that leaves them the greatest slack (CVXPY, Clarabel)."""

from __future__ import annotations

import math
import time
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from wnpopt.core.method import Context, Method, Outcome
from wnpopt.core.proof import Proof
from wnpopt.core.solver_choice import OWN_SOLVER, SolverChoice
from wnpopt.problems.slide.fixed_set.division import Division, Goal, division
from wnpopt.problems.slide.formulations.convex import decode, model_of
from wnpopt.problems.slide.instance import SlideInstance
from wnpopt.problems.slide.methods.outcome import tell
from wnpopt.problems.slide.solution import SlideSolution

if TYPE_CHECKING:
    from wnpopt.core.budget import Budget
    from wnpopt.core.trace import Trace
    from wnpopt.problems.slide.fixed_set.served import ServedSet

MOST_SERVED = 20_000
"""Users beyond which CVXPY's own work takes minutes, on no solver's clock."""
_CVXPY_S_A_USER = 2e-4
"""Seconds that CVXPY and one turn of Clarabel take a user."""


def solve(instance: SlideInstance, context: Context[SlideSolution]) -> Outcome[SlideSolution]:
    """Users by the exact or greedy selection, then the division of the band with the greatest least slack."""
    from wnpopt.backends.stopping import run_stoppable
    from wnpopt.problems.slide.fixed_set.served import ServedSet
    from wnpopt.problems.slide.kernels.needs import Needs
    from wnpopt.problems.slide.selection.best import best_selection
    from wnpopt.problems.slide.selection.plan import allocate

    columns = instance.columns
    exact = Needs.of(columns)
    selected = run_stoppable(lambda flag: best_selection(exact, flag), context.budget)
    least = allocate(exact, selected.plan).to_solution(columns)
    # CVXPY may fail in ways of its own; the users are selected by now.
    bounds = tell(context, selected, least)
    if selected.plan.user.size <= MOST_SERVED:
        divided = divide_convex(
            ServedSet.of(columns, selected.plan), Goal.GREATEST_SLACK, context.budget, context.trace, context.solver
        )
        if divided is not None:
            solution = divided.division.allocation.to_solution(columns)
            if context.verified_objective(solution) is not None:
                return Outcome(solution, context.budget.ending(), bounds, build_s=divided.build_s)
    message = "no CVXPY division (too many users, no time, or it failed); least bandwidths"
    return Outcome(least, context.budget.ending(), bounds, found_by="greedy", message=message)


class Divided(NamedTuple):
    """A repaired division, the goal's value as the solver has it, and the seconds that building took."""

    division: Division
    value: float
    build_s: float


def divide_convex(
    served: ServedSet,
    goal: Goal,
    budget: Budget,
    trace: Trace | None = None,
    solver: SolverChoice = OWN_SOLVER,
) -> Divided | None:
    """The division by CVXPY and Clarabel, or the solver that is asked for; None without a solution.

    What the solver returns is repaired: no transmission gets less than it needs, and the sum keeps within the band.
    """
    import warnings

    from wnpopt.backends.convex import solve_convex

    longest = served.longest(served.deadline)
    least = served.widths(longest) if served.size else np.zeros(0)
    if not math.fsum(least) <= served.columns.bandwidth_hz * (1 + 1e-12):
        return None
    # What CVXPY makes of the model is on no solver's clock: it is not begun if it would end after the limit.
    if budget.exhausted() or budget.remaining() < _CVXPY_S_A_USER * served.size:
        return None
    began = time.perf_counter()
    model = model_of(served, goal)
    build_s = time.perf_counter() - began
    with warnings.catch_warnings():
        # Said of an answer that is checked and repaired below.
        warnings.filterwarnings("ignore", message="Solution may be inaccurate")
        report = solve_convex(model.problem, budget, trace, solver)
    width = decode(model, served, least)
    if report.values is None or report.objective is None or width is None:
        return None
    return Divided(division(served, goal, width), report.objective * model.unit, build_s)


def refuse(instance: SlideInstance) -> tuple[str, str] | None:
    """The band is divided continuously."""
    if instance.resource_block_hz is not None:
        return "resource_block_hz", f"found {instance.resource_block_hz:g}; this method supports null only"
    return None


METHOD = Method(
    family="slide",
    name="convex",
    summary="selected users with the division of the band that leaves the greatest slack (CVXPY, Clarabel)",
    proves=Proof.OPTIMALITY,
    when="where a special method selects the users",
    run=solve,
    modules=("numba", "cvxpy", "clarabel"),
    install="'wnpopt[convex]'",
    timed=True,
    solvers="convex",
    refuse=refuse,
)
