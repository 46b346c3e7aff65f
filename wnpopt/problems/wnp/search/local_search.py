"""Local search on all threads: one annealing search each, for as long as there is time, or as long as it helps."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np

from wnpopt.backends.stopping import Flag, run_stoppable
from wnpopt.core.bound import best_bound
from wnpopt.core.budget import Budget
from wnpopt.core.method import Context
from wnpopt.problems.wnp.instance import IntArray
from wnpopt.problems.wnp.kernels.problem import Problem
from wnpopt.problems.wnp.search.joint import Joint
from wnpopt.problems.wnp.search.joint_annealing import JointAnnealing
from wnpopt.problems.wnp.solution import WnpSolution

MOST_SEARCHES = 8
"""Searches side by side; each has up to 64 MiB of tables."""

ROUNDS = 100
"""Rounds of a search that neither a time limit nor a number of iterations ends."""

_PATIENCE = 0.08  # of the time that is left at first, without an improvement
_LEAST_S = 1.0
_MOST = 0.4  # of the time that is left at first
_CUT_SCALE = 4095


@dataclass(frozen=True)
class SearchResult:
    """The best plan, the radio's cuts (K',) that were met, in integers, and whether the search came to its end."""

    best: Joint
    weights: tuple[IntArray, ...]
    finished: bool


def local_search(
    problem: Problem, first: Joint, context: Context[WnpSolution], *, patient: bool = True
) -> SearchResult:
    """Improve ``first``; every better plan is verified and told as it is found.

    Ends with the budget's time or iterations, at a known bound, or, unless it is ``patient``, once a twelfth of the
    time has brought nothing. The same iterations and threads give the same plan; a time limit that strikes does not.
    """
    budget = context.budget
    known = best_bound(context.bounds, "min")
    enough = 0 if known is None else int(known.value)
    tell = IncumbentTeller(problem, first, context)
    searches = [
        JointAnnealing(problem, first, budget.seed + number, enough, tell)
        for number in range(min(budget.threads, MOST_SEARCHES))
    ]
    rounds = budget.iterations
    if rounds is None and budget.time_limit is None:
        rounds = ROUNDS
    finished = True
    if patient or rounds is not None:
        _run(searches, rounds, budget)
        finished = not budget.exhausted()
    else:
        patience = max(_LEAST_S, _PATIENCE * budget.remaining())
        until = budget.elapsed() + _MOST * budget.remaining()
        while not budget.exhausted() and budget.elapsed() < until and tell.best > enough:
            before = tell.best
            _run(searches, None, budget.share(patience))
            if tell.best >= before:
                break
    best = min((one.best for one in searches), key=lambda joint: joint.schedule.makespan)
    return SearchResult(best, integer_weights(problem, searches), finished)


class IncumbentTeller:
    """Verifies and tells what is better than all before it, whichever thread found it.

    ``latest`` is the best solution that the verifier accepted, and its makespan.
    """

    def __init__(self, problem: Problem, first: Joint, context: Context[WnpSolution]) -> None:
        self._problem, self._context = problem, context
        self.best = first.schedule.makespan
        self.latest: tuple[WnpSolution, int] | None = None
        self._lock = threading.Lock()

    def __call__(self, joint: Joint) -> None:
        with self._lock:
            if joint.schedule.makespan >= self.best:
                return
            self.best = joint.schedule.makespan
        solution = self._problem.solution(joint.arrivals, joint.schedule)
        objective = self._context.verified_objective(solution)
        if objective is None:
            return
        self._context.trace.incumbent(objective, solution)
        with self._lock:
            if self.latest is None or objective < self.latest[1]:
                self.latest = solution, int(objective)


def _run(searches: list[JointAnnealing], rounds: int | None, budget: Budget) -> None:
    def one(stop: Flag) -> Callable[[JointAnnealing], None]:
        return lambda search: search.run(rounds, stop)

    def work(stop: Flag) -> None:
        with ThreadPoolExecutor(len(searches), "wnpopt-search") as threads:
            list(threads.map(one(stop), searches))

    run_stoppable(work, budget)


def integer_weights(problem: Problem, searches: list[JointAnnealing]) -> tuple[IntArray, ...]:
    """The cuts of all searches as integer weights per bit, each once."""
    weights: dict[tuple[int, ...], IntArray] = {}
    for search in searches:
        for share in list(search.pool.weights.values()):  # it may be under way
            per_bit = share / problem.uplink.payload
            weight = np.rint(per_bit * (_CUT_SCALE / per_bit.max())).astype(np.int64)
            weights.setdefault(tuple(weight.tolist()), weight)
    return tuple(weights.values())
