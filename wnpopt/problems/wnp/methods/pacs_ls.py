"""pacs-ls: local search from PACS, for as long as it is given time."""

from __future__ import annotations

from wnpopt.core.bound import best_bound
from wnpopt.core.method import Context, Method, Outcome
from wnpopt.core.proof import Proof
from wnpopt.core.result import Termination, WarmStart
from wnpopt.problems.wnp.instance import WnpInstance
from wnpopt.problems.wnp.methods.by_fields import planned
from wnpopt.problems.wnp.methods.refusals import Support, supports
from wnpopt.problems.wnp.solution import WnpSolution


def solve(instance: WnpInstance, context: Context[WnpSolution]) -> Outcome[WnpSolution]:
    """Anneal from the better of PACS and the warm start, in one search a thread, each with a seed of its own.

    The same number of iterations and threads gives the same plan; a time limit that strikes first does not.
    """
    from wnpopt.problems.wnp.kernels.problem import Problem
    from wnpopt.problems.wnp.methods.outcome import nothing_delivered
    from wnpopt.problems.wnp.search.given import joint_of
    from wnpopt.problems.wnp.search.joint import transmit_first
    from wnpopt.problems.wnp.search.joint_annealing import pipelined_and_annealed
    from wnpopt.problems.wnp.search.local_search import local_search

    other = planned(instance, context, "pacs-ls")
    if other is not None:
        return other
    problem = Problem.of(instance)
    sequential = transmit_first(problem, context.budget)
    if sequential is None:
        return nothing_delivered(context.budget)
    first = pipelined_and_annealed(problem, sequential, context.budget)
    warm = None if context.start is None else joint_of(problem, context.start.solution)
    used = warm is not None and warm.schedule.makespan <= first.schedule.makespan
    first = warm if warm is not None and used else first
    found = local_search(problem, first, context)
    best, finished = found.best, found.finished
    known = best_bound(context.bounds, "min")
    proved = known is not None and best.schedule.makespan <= known.value
    solution = problem.solution(best.arrivals, best.schedule)
    kept = best is first and used and context.start is not None
    return Outcome(
        context.start.solution if kept and context.start is not None else solution,
        Termination.PROVED if proved else Termination.HEURISTIC if finished else context.budget.why_over(),
        warm_start=WarmStart.NONE if context.start is None else WarmStart.ACCEPTED if used else WarmStart.REJECTED,
        found_by=context.start.found_by if kept and context.start is not None else None,
    )


METHOD = Method(
    family="wnp",
    name="pacs-ls",
    summary="annealing over cores and orders under the radio's dual cuts, from pacs; better with more time",
    proves=Proof.NOTHING,
    when="nothing by itself; never worse than pacs",
    run=solve,
    modules=("numba",),
    timed=True,
    iterative=True,
    warm_startable=True,
    replans=True,
    refuse=supports(Support.EVERYTHING),
)
