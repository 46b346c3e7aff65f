"""server-only: everything on the server, the input up and the result down."""

from __future__ import annotations

from wnpopt.core.method import Context, Method, Outcome
from wnpopt.core.proof import Proof
from wnpopt.problems.intradp.instance import IntradpInstance
from wnpopt.problems.intradp.methods.refusals import refuse_size
from wnpopt.problems.intradp.solution import IntradpSolution


def solve(instance: IntradpInstance, context: Context[IntradpSolution]) -> Outcome[IntradpSolution]:  # noqa: ARG001
    """See :func:`~wnpopt.problems.intradp.search.plans.server_only`."""
    from wnpopt.problems.intradp.kernels.problem import Problem
    from wnpopt.problems.intradp.methods.outcome import outcome
    from wnpopt.problems.intradp.search.plans import server_only

    problem = Problem.of(instance)
    return outcome(problem, server_only(problem))


METHOD = Method(
    family="intradp",
    name="server-only",
    summary="everything on the server, the input up and the result down",
    proves=Proof.NOTHING,
    run=solve,
    modules=("numba",),
    refuse=refuse_size,
)
