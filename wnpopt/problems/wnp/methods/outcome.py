"""What methods have in common: how they begin, and what becomes an outcome."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from wnpopt.core.bound import Bound
from wnpopt.core.budget import Budget
from wnpopt.core.method import Context, Outcome
from wnpopt.core.result import Termination
from wnpopt.problems.wnp.instance import WnpInstance
from wnpopt.problems.wnp.solution import WnpSolution

if TYPE_CHECKING:
    from wnpopt.backends.ending import Report
    from wnpopt.problems.wnp.kernels.problem import Problem


def on_problem(
    instance: WnpInstance,
    context: Context[WnpSolution],
    solve: Callable[[Problem, Context[WnpSolution], float], Outcome[WnpSolution]],
) -> Outcome[WnpSolution]:
    """``solve(problem, context, began)`` on the compiled problem, unless there is no time, or the radio cannot deliver.

    ``began`` is when the run began to build, in seconds of its budget.
    """
    from wnpopt.problems.wnp.kernels.problem import Problem

    began = context.budget.elapsed()
    problem = Problem.of(instance)
    if context.budget.exhausted():
        return Outcome(None, context.budget.why_over())
    if problem.uplink.alone() is None:
        return Outcome(None, Termination.PROVED, infeasible="a modality cannot be delivered even alone")
    return solve(problem, context, began)


def nothing_delivered(budget: Budget) -> Outcome[WnpSolution]:
    """The outcome without a solution, and why there is none."""
    if budget.exhausted():
        return Outcome(None, budget.why_over(), message="no allocation was found before the end")
    return Outcome(None, Termination.HEURISTIC, message="no allocation delivers all payloads in the slots there are")


def reported(
    report: Report, solution: WnpSolution | None, build_s: float, source: str, name: str
) -> Outcome[WnpSolution]:
    """The outcome of one run of CP-SAT; ``source`` is that of its bound, ``name`` whose claim "infeasible" would be."""
    return Outcome(
        solution,
        report.termination(),
        () if report.bound is None else (Bound(report.bound, source),),
        report.warm_start,
        build_s=build_s,
        infeasible=f"{name} calls it infeasible" if report.ending == "infeasible" else None,
    )
