"""auto: heuristics, bounds, and an exact method where they leave a gap."""

from __future__ import annotations

from dataclasses import replace

from wnpopt.core.bound import best_bound
from wnpopt.core.method import Context, Method, Outcome
from wnpopt.core.proof import Proof
from wnpopt.core.result import Termination
from wnpopt.problems.wnp.instance import WnpInstance
from wnpopt.problems.wnp.methods.continuation import continued_by_cpsat, tried
from wnpopt.problems.wnp.methods.refusals import refuse_unplanned
from wnpopt.problems.wnp.solution import WnpSolution


def solve(instance: WnpInstance, context: Context[WnpSolution]) -> Outcome[WnpSolution]:
    """The warm start if a bound meets it already; else ``lbbd`` from there.

    Where the decomposition cannot decide whether the radio serves its last arrivals, ``cpsat`` goes on from its answer
    with the time that is left. The best solution and all bounds are returned.
    """
    from wnpopt.problems.wnp.methods import lbbd

    known = best_bound(context.bounds, "min")
    if context.start is not None and known is not None and known.value >= context.start.objective:
        return Outcome(context.start.solution, Termination.PROVED, found_by=context.start.found_by)
    first = tried(lbbd.solve, instance, context)
    if first.termination is Termination.PROVED or context.budget.exhausted():
        return replace(first, found_by=first.found_by or "lbbd")
    context = replace(context, bounds=(*context.bounds, *first.bounds))
    return continued_by_cpsat(first, "lbbd", instance, context)


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
