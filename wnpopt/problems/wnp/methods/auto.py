"""auto: heuristics, bounds, and an exact method where they leave a gap."""

from __future__ import annotations

from dataclasses import replace

from wnpopt.core.bound import best_bound
from wnpopt.core.errors import UnsupportedError
from wnpopt.core.method import Context, Method, Outcome, Start
from wnpopt.core.proof import Proof
from wnpopt.core.result import Termination
from wnpopt.problems.wnp.instance import WnpInstance
from wnpopt.problems.wnp.methods.refusals import refuse_unplanned
from wnpopt.problems.wnp.solution import WnpSolution


def solve(instance: WnpInstance, context: Context[WnpSolution]) -> Outcome[WnpSolution]:
    """The warm start if a bound meets it already; else ``lbbd`` from there.

    Where the decomposition cannot decide whether the radio serves its last arrivals, ``cpsat`` goes on from its answer
    with the time that is left. The best solution and all bounds are returned.
    """
    from wnpopt.problems.wnp.formulations import cpsat
    from wnpopt.problems.wnp.methods import lbbd

    known = best_bound(context.bounds, "min")
    if context.start is not None and known is not None and known.value >= context.start.objective:
        return Outcome(context.start.solution, Termination.PROVED, found_by=context.start.found_by)
    try:
        first = lbbd.solve(instance, context)
    except UnsupportedError as error:
        first = Outcome(None, Termination.HEURISTIC, message=str(error))
    if first.termination is Termination.PROVED or context.budget.exhausted():
        return replace(first, found_by=first.found_by or "lbbd")
    objective = None if first.solution is None else context.verified_objective(first.solution)
    start = context.start
    if first.solution is not None and objective is not None:
        start = Start(first.solution, objective, first.found_by or "lbbd")
    try:
        second = cpsat.solve(instance, replace(context, start=start, bounds=(*context.bounds, *first.bounds)))
    except UnsupportedError as error:
        second = Outcome(None, Termination.HEURISTIC, message=str(error))
    reached = None if second.solution is None else context.verified_objective(second.solution)
    improved = reached is not None and (start is None or reached < start.objective)
    return replace(
        second,
        solution=second.solution if improved or start is None else start.solution,
        bounds=(*first.bounds, *second.bounds),
        warm_start=first.warm_start,
        found_by="cpsat" if improved or start is None else start.found_by,
        build_s=first.build_s + second.build_s,
        message="; ".join(text for text in (first.message, second.message) if text),
    )


METHOD = Method(
    family="wnp",
    name="auto",
    summary="pacs, then the bounds, then lbbd (and cpsat) where a gap is left",
    proves=Proof.OPTIMALITY | Proof.INFEASIBILITY,
    run=solve,
    modules=("ortools", "numba"),
    timed=True,
    warm_startable=True,
    refuse=refuse_unplanned,
)
