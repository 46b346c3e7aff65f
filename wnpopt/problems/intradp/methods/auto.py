"""auto: every plan where there are few, else search."""

from __future__ import annotations

from dataclasses import replace

from wnpopt.core.method import Context, Method, Outcome
from wnpopt.core.proof import Proof
from wnpopt.core.result import Termination
from wnpopt.problems.intradp.instance import IntradpInstance
from wnpopt.problems.intradp.methods import enumerate as every
from wnpopt.problems.intradp.methods import search
from wnpopt.problems.intradp.methods.refusals import refuse_size
from wnpopt.problems.intradp.solution import IntradpSolution

FEW = 2_000_000
"""Plans that are tried one by one where label-setting leaves a gap: two seconds' work."""


def solve(instance: IntradpInstance, context: Context[IntradpSolution]) -> Outcome[IntradpSolution]:
    """search; then all plans of a tiny instance that it has not closed (energy, mostly)."""
    tiny = every.count(instance) <= FEW
    if tiny and instance.objective == "energy":
        return every.solve(instance, context)
    outcome = search.solve(instance, context)
    if tiny and outcome.termination is not Termination.PROVED and not context.budget.exhausted():
        tried = every.solve(instance, context)
        # Stopped on the way, it has less than the search had.
        return tried if tried.termination is Termination.PROVED else replace(outcome, termination=tried.termination)
    return outcome


METHOD = Method(
    family="intradp",
    name="auto",
    summary="search, and every plan of a tiny instance",
    proves=Proof.OPTIMALITY | Proof.INFEASIBILITY,
    when="chains, tiny instances; others where the gap closes",
    run=solve,
    modules=("numba",),
    timed=True,
    warm_startable=True,
    refuse=refuse_size,
)
