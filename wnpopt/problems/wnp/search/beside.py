"""The annealing search beside a search that proves: both get what the other finds."""

from __future__ import annotations

import threading
from collections.abc import Iterable

from wnpopt.backends.stopping import Flag, never
from wnpopt.core.bound import best_bound
from wnpopt.core.method import Context
from wnpopt.problems.wnp.instance import IntArray
from wnpopt.problems.wnp.kernels.problem import Problem
from wnpopt.problems.wnp.search.joint import Joint
from wnpopt.problems.wnp.search.joint_annealing import JointAnnealing
from wnpopt.problems.wnp.search.local_search import IncumbentTeller, integer_weights
from wnpopt.problems.wnp.solution import WnpSolution


class SearchBeside:
    """Annealing searches from ``first``, one a thread, from :meth:`begin` to :meth:`end`, with rests in between.

    What they find by when depends on the machine's speed: it is for runs that a time limit ends.
    """

    def __init__(self, problem: Problem, first: Joint, context: Context[WnpSolution]) -> None:
        known = best_bound(context.bounds, "min")
        self._problem, self._first, self._context = problem, first, context
        self._enough = 0 if known is None else int(known.value)
        self._tell = IncumbentTeller(problem, first, context)
        self._flag = never()
        self._searches: list[JointAnnealing] = []
        self._threads: list[threading.Thread] = []
        self._failure: BaseException | None = None
        self._improved = context.budget.elapsed()
        self._before = self._tell.best
        self._cuts = 0

    @property
    def threads(self) -> int:
        """How many searches are under way."""
        return sum(thread.is_alive() for thread in self._threads)

    def begin(self, count: int) -> None:
        """Begin ``count`` searches more: those that rest go on, others have a seed of their own."""
        resting = [number for number, thread in enumerate(self._threads) if not thread.is_alive()]
        for number in [*resting, *range(len(self._threads), len(self._threads) + count)][:count]:
            if number == len(self._searches):
                seed = self._context.budget.seed + number
                self._searches.append(JointAnnealing(self._problem, self._first, seed, self._enough, self._tell))
                self._threads.append(threading.Thread())
            work = (self._searches[number], self._flag)
            self._threads[number] = threading.Thread(target=self._run, args=work, daemon=True, name="wnpopt-search")
            self._threads[number].start()
        self._improved = self._context.budget.elapsed()

    def best(self) -> tuple[WnpSolution, int] | None:
        """The best verified solution and its makespan, None while it is that of the start."""
        now = self._tell.latest
        if now is not None and now[1] < self._before:
            self._before = now[1]
            self._improved = self._context.budget.elapsed()
        cuts = sum(len(search.pool.weights) for search in self._searches)
        if cuts > self._cuts:
            self._cuts = cuts
            self._improved = self._context.budget.elapsed()
        return now

    def idle_s(self) -> float:
        """Seconds since :meth:`best` saw a better plan or more cuts."""
        return self._context.budget.elapsed() - self._improved

    def weights(self) -> Iterable[IntArray]:
        """The radio's cuts (K',) that the searches met, in integers."""
        return integer_weights(self._problem, self._searches)

    def rest(self) -> None:
        """Stop all searches and wait; :meth:`begin` lets them go on. Raises what a search raised."""
        self._flag[0] = 1
        for thread in self._threads:
            thread.join()
        self._flag = never()
        if self._failure is not None:
            raise self._failure

    def _run(self, search: JointAnnealing, flag: Flag) -> None:
        try:
            search.run(None, flag)
        except BaseException as error:
            self._failure = error
