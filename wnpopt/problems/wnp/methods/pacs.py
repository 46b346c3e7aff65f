"""PACS: pipeline-aware co-scheduling of radio and cores."""

from __future__ import annotations

from wnpopt.core.method import Context, Method, Outcome
from wnpopt.core.proof import Proof
from wnpopt.core.result import Termination
from wnpopt.problems.wnp.instance import WnpInstance
from wnpopt.problems.wnp.methods.by_fields import planned
from wnpopt.problems.wnp.methods.outcome import nothing_delivered
from wnpopt.problems.wnp.methods.refusals import Support, supports
from wnpopt.problems.wnp.solution import WnpSolution


def solve(instance: WnpInstance, context: Context[WnpSolution]) -> Outcome[WnpSolution]:
    """Tails, radio and schedule in turn; see :func:`~wnpopt.problems.wnp.search.joint.pipeline_aware`.

    Up to 100 subgraphs it is brief, and a short annealing like that of pacs-ls follows.

    It starts from RTFS and returns that when nothing better is found; the message says so.
    """
    from wnpopt.problems.wnp.kernels.problem import Problem
    from wnpopt.problems.wnp.search.joint import transmit_first
    from wnpopt.problems.wnp.search.joint_annealing import pipelined_and_annealed

    other = planned(instance, context, "pacs")
    if other is not None:
        return other
    problem = Problem.of(instance)
    first = transmit_first(problem, context.budget)
    if first is None:
        return nothing_delivered(context.budget)
    joint = pipelined_and_annealed(problem, first, context.budget)
    kept = joint.schedule.makespan >= first.schedule.makespan
    if kept:
        joint = first
    return Outcome(
        problem.solution(joint.arrivals, joint.schedule),
        Termination.HEURISTIC,
        found_by="rtfs" if kept else None,
        message="the sequential schedule of rtfs was not improved" if kept else "",
    )


METHOD = Method(
    family="wnp",
    name="pacs",
    summary="pipeline-aware: radio by the tails of the schedule, schedule by the arrivals, in turn",
    proves=Proof.NOTHING,
    when="nothing by itself; never worse than rtfs",
    run=solve,
    modules=("numba",),
    replans=True,
    refuse=supports(Support.EVERYTHING),
)
