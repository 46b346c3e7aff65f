"""CP-SAT as the method that goes on from what another one has."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from wnpopt.core.errors import UnsupportedError
from wnpopt.core.method import Context, Outcome, Start
from wnpopt.core.result import Termination
from wnpopt.problems.wnp.instance import WnpInstance
from wnpopt.problems.wnp.methods import cpsat
from wnpopt.problems.wnp.solution import WnpSolution

Solve = Callable[[WnpInstance, Context[WnpSolution]], Outcome[WnpSolution]]


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
