"""What methods have in common: how they begin, what becomes an outcome, and CP-SAT as the one that goes on."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from wnpopt.core.bound import Bound
from wnpopt.core.budget import Budget
from wnpopt.core.errors import UnsupportedError
from wnpopt.core.method import Context, Outcome, Start
from wnpopt.core.result import Termination
from wnpopt.problems.wnp.instance import WnpInstance
from wnpopt.problems.wnp.solution import WnpSolution

if TYPE_CHECKING:
    from wnpopt.backends.ending import Report
    from wnpopt.problems.wnp.kernels.problem import Problem

Solve = Callable[[WnpInstance, Context[WnpSolution]], Outcome[WnpSolution]]


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


def tried(solve: Solve, instance: WnpInstance, context: Context[WnpSolution]) -> Outcome[WnpSolution]:
    """``solve``'s outcome; one without a solution where the solver's version does not do."""
    try:
        return solve(instance, context)
    except UnsupportedError as error:
        return Outcome(None, Termination.HEURISTIC, message=str(error))


def continued_by_cpsat(
    first: Outcome[WnpSolution], name: str, instance: WnpInstance, context: Context[WnpSolution]
) -> Outcome[WnpSolution]:
    """CP-SAT from the answer of the method ``name``, or else from the start, in the time that is left.

    The better of both solutions, and both methods' bounds.
    """
    from wnpopt.problems.wnp.methods import cpsat

    start = context.start
    objective = None if first.solution is None else context.verified_objective(first.solution)
    if first.solution is not None and objective is not None:
        start = Start(first.solution, objective, first.found_by or name)
    second = tried(cpsat.solve, instance, replace(context, start=start))
    reached = None if second.solution is None else context.verified_objective(second.solution)
    kept = start is not None and (reached is None or reached >= start.objective)
    return replace(
        second,
        solution=start.solution if start is not None and kept else second.solution,
        bounds=(*first.bounds, *second.bounds),
        warm_start=first.warm_start,
        found_by=start.found_by if start is not None and kept else "cpsat",
        build_s=first.build_s + second.build_s,
        message="; ".join(text for text in (first.message, second.message) if text),
    )
