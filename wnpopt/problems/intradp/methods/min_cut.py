"""min-cut: the layer partition of least sequential estimate, by maximum flow (DNN surgery)."""

from __future__ import annotations

from wnpopt.core.method import Context, Method, Outcome
from wnpopt.core.proof import Proof
from wnpopt.problems.intradp.instance import IntradpInstance
from wnpopt.problems.intradp.methods.refusals import refuse_size
from wnpopt.problems.intradp.solution import IntradpSolution


def solve(instance: IntradpInstance, context: Context[IntradpSolution]) -> Outcome[IntradpSolution]:  # noqa: ARG001
    """See :func:`~wnpopt.problems.intradp.search.surgery.min_cut`."""
    from wnpopt.problems.intradp.kernels.problem import Problem
    from wnpopt.problems.intradp.methods.outcome import outcome
    from wnpopt.problems.intradp.search.surgery import min_cut

    problem = Problem.of(instance)
    return outcome(problem, min_cut(problem))


METHOD = Method(
    family="intradp",
    name="min-cut",
    summary="the layer partition of least sequential estimate, by maximum flow (DNN surgery)",
    proves=Proof.NOTHING,
    run=solve,
    modules=("numba",),
    refuse=refuse_size,
)
