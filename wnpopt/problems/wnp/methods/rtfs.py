"""RTFS: transmit first, then compute."""

from __future__ import annotations

from wnpopt.core.method import Context, Method, Outcome
from wnpopt.core.proof import Proof
from wnpopt.core.status import Termination
from wnpopt.problems.wnp.instance import WnpInstance
from wnpopt.problems.wnp.methods.by_fields import planned
from wnpopt.problems.wnp.methods.outcome import nothing_delivered
from wnpopt.problems.wnp.methods.refusals import Support, supports
from wnpopt.problems.wnp.solution import WnpSolution


def solve(instance: WnpInstance, context: Context[WnpSolution]) -> Outcome[WnpSolution]:
    """The sequential policy; see :func:`~wnpopt.problems.wnp.search.joint.transmit_first`."""
    from wnpopt.problems.wnp.kernels.problem import Problem
    from wnpopt.problems.wnp.search.joint import transmit_first

    other = planned(instance, context, "rtfs")
    if other is not None:
        return other
    problem = Problem.of(instance)
    joint = transmit_first(problem, context.budget)
    if joint is None:
        return nothing_delivered(context.budget)
    return Outcome(problem.solution(joint.arrivals, joint.schedule), Termination.HEURISTIC)


METHOD = Method(
    family="wnp",
    name="rtfs",
    summary="transmit first, then compute: least common arrival, then list scheduling",
    proves=Proof.NOTHING,
    run=solve,
    modules=("numba",),
    replans=True,
    refuse=supports(Support.EVERYTHING),
)
