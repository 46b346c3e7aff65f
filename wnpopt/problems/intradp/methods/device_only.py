"""device-only: everything on the device."""

from __future__ import annotations

from wnpopt.core.method import Context, Method, Outcome
from wnpopt.core.proof import Proof
from wnpopt.problems.intradp.instance import IntradpInstance
from wnpopt.problems.intradp.methods.refusals import refuse_size
from wnpopt.problems.intradp.solution import IntradpSolution


def solve(instance: IntradpInstance, context: Context[IntradpSolution]) -> Outcome[IntradpSolution]:  # noqa: ARG001
    """See :func:`~wnpopt.problems.intradp.search.plans.device_only`."""
    from wnpopt.problems.intradp.kernels.problem import Problem
    from wnpopt.problems.intradp.methods.outcome import outcome
    from wnpopt.problems.intradp.search.plans import device_only

    problem = Problem.of(instance)
    return outcome(problem, device_only(problem))


METHOD = Method(
    family="intradp",
    name="device-only",
    summary="everything on the device",
    proves=Proof.NOTHING,
    run=solve,
    modules=("numba",),
    refuse=refuse_size,
)
