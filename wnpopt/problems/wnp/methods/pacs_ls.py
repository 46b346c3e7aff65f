"""pacs-ls: local search from PACS, for as long as it is given time."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

from wnpopt.core.bound import best_bound
from wnpopt.core.method import Context, Method, Outcome
from wnpopt.core.proof import Proof
from wnpopt.core.result import Termination, WarmStart
from wnpopt.problems.wnp.instance import WnpInstance
from wnpopt.problems.wnp.methods.refusals import refuse_unplanned
from wnpopt.problems.wnp.solution import WnpSolution

if TYPE_CHECKING:
    from wnpopt.backends.stopping import Flag
    from wnpopt.problems.wnp.kernels.problem import Problem
    from wnpopt.problems.wnp.search.joint import Joint

MOST_SEARCHES = 8
"""Searches side by side; each has up to 64 MiB of tables."""

ROUNDS = 100
"""Rounds of a search that neither a time limit nor a number of iterations ends."""


def solve(instance: WnpInstance, context: Context[WnpSolution]) -> Outcome[WnpSolution]:
    """Anneal from the better of PACS and the warm start, in one search a thread, each with a seed of its own.

    The same number of iterations and threads gives the same plan; a time limit that strikes first does not.
    """
    from wnpopt.problems.wnp.kernels.problem import Problem
    from wnpopt.problems.wnp.methods.outcome import nothing_delivered
    from wnpopt.problems.wnp.search.joint import pipeline_aware, transmit_first

    problem = Problem.of(instance)
    sequential = transmit_first(problem, context.budget)
    if sequential is None:
        return nothing_delivered(context.budget)
    first = pipeline_aware(problem, sequential, context.budget)
    warm = _given(problem, context)
    used = warm is not None and warm.schedule.makespan <= first.schedule.makespan
    first = warm if warm is not None and used else first
    best, finished = searched(problem, first, context)
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


def searched(problem: Problem, first: Joint, context: Context[WnpSolution]) -> tuple[Joint, bool]:
    """The best plan of all threads' searches, and whether they came to their end."""
    from wnpopt.backends.stopping import run_stoppable
    from wnpopt.problems.wnp.search.joint_annealing import JointAnnealing

    budget = context.budget
    rounds = budget.iterations
    if rounds is None and budget.time_limit is None:
        rounds = ROUNDS
    known = best_bound(context.bounds, "min")
    enough = 0 if known is None else int(known.value)
    searches = min(budget.threads, MOST_SEARCHES)
    lock = threading.Lock()
    told = [first.schedule.makespan]

    def improved(joint: Joint) -> None:
        with lock:
            if joint.schedule.makespan >= told[0]:
                return
            told[0] = joint.schedule.makespan
        solution = problem.solution(joint.arrivals, joint.schedule)
        objective = context.verified_objective(solution)
        if objective is not None:
            context.trace.incumbent(objective, solution)

    def work(stop: Flag) -> list[Joint]:
        def search(number: int) -> Joint:
            one = JointAnnealing(problem, first, budget.seed + number, enough, improved, stop)
            one.run(rounds)
            return one.best

        with ThreadPoolExecutor(searches, "wnpopt-search") as threads:
            return list(threads.map(search, range(searches)))

    found = run_stoppable(work, budget)
    return min(found, key=lambda joint: joint.schedule.makespan), not budget.exhausted()


def _given(problem: Problem, context: Context[WnpSolution]) -> Joint | None:
    """The warm start as arrivals and a schedule."""
    from wnpopt.problems.wnp.formulations.decisions import Decisions
    from wnpopt.problems.wnp.kernels.schedule import Schedule
    from wnpopt.problems.wnp.kernels.uplink import Arrivals
    from wnpopt.problems.wnp.search.joint import Joint

    if context.start is None:
        return None
    decisions = Decisions.of(problem, context.start.solution)
    if decisions is None:
        return None
    schedule = Schedule(int(context.start.objective), decisions.core, decisions.start)
    return Joint(Arrivals(0, decisions.arrival, decisions.count), schedule)


METHOD = Method(
    family="wnp",
    name="pacs-ls",
    summary="annealing over cores and orders under the radio's dual cuts, from pacs; better with more time",
    proves=Proof.NOTHING,
    when="nothing by itself; never worse than pacs",
    run=solve,
    modules=("numba",),
    timed=True,
    warm_startable=True,
    refuse=refuse_unplanned,
)
