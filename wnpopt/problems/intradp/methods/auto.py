"""auto: every plan where there are few, else search."""

from __future__ import annotations

from wnpopt.core.method import Context, Method, Outcome
from wnpopt.core.proof import Proof
from wnpopt.problems.intradp.instance import IntradpInstance
from wnpopt.problems.intradp.methods import enumerate as every
from wnpopt.problems.intradp.methods import search
from wnpopt.problems.intradp.methods.refusals import refuse_size
from wnpopt.problems.intradp.solution import IntradpSolution

FEW = 50_000
"""Plans that take some hundredths of a second."""


def solve(instance: IntradpInstance, context: Context[IntradpSolution]) -> Outcome[IntradpSolution]:
    """Every plan where there are so few that it takes no time and the energy counts; else search."""
    if instance.objective == "energy" and every.count(instance) <= FEW:
        return every.solve(instance, context)
    return search.solve(instance, context)


METHOD = Method(
    family="intradp",
    name="auto",
    summary="search, and every plan of a tiny instance",
    proves=Proof.OPTIMALITY | Proof.INFEASIBILITY,
    when="chains, small networks; others where the gap closes",
    run=solve,
    modules=("numba",),
    timed=True,
    warm_startable=True,
    refuse=refuse_size,
    hands_to=("search", "enumerate"),
)
