"""layer-cut: the best contiguous range of operators on the server, by the true timing."""

from __future__ import annotations

from wnpopt.core.method import Context, Method, Outcome
from wnpopt.core.proof import Proof
from wnpopt.problems.intradp.instance import IntradpInstance
from wnpopt.problems.intradp.methods.refusals import CUT_SHARE, part, refuse_size
from wnpopt.problems.intradp.solution import IntradpSolution


def solve(instance: IntradpInstance, context: Context[IntradpSolution]) -> Outcome[IntradpSolution]:
    """See :func:`~wnpopt.problems.intradp.search.plans.layer_cut`."""
    from wnpopt.backends.stopping import run_stoppable
    from wnpopt.problems.intradp.kernels.problem import Problem
    from wnpopt.problems.intradp.methods.outcome import outcome
    from wnpopt.problems.intradp.search.plans import layer_cut

    problem = Problem.of(instance)
    # Under a time limit it is the start of another method, which needs most of the time itself.
    budget = part(context.budget, CUT_SHARE)
    return outcome(problem, run_stoppable(lambda flag: layer_cut(problem, flag), budget))


METHOD = Method(
    family="intradp",
    name="layer-cut",
    summary="the best contiguous range of operators on the server, by the true timing",
    proves=Proof.NOTHING,
    run=solve,
    modules=("numba",),
    refuse=refuse_size,
)
