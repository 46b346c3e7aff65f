"""What the family's other methods find, and better plans near that: beside a search that raises the bound."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from types import TracebackType
from typing import TYPE_CHECKING

from wnpopt.problems.intradp.methods.outcome import tell
from wnpopt.problems.intradp.search.shares import HEADS_SHARE, later

if TYPE_CHECKING:
    import numpy as np

    from wnpopt.backends.stopping import Flag
    from wnpopt.core.budget import Budget
    from wnpopt.core.trace import Trace
    from wnpopt.problems.intradp.kernels.problem import Problem
    from wnpopt.problems.intradp.search.plans import PricedPlan

WIDTH, EFFORT = 100, 30_000_000
"""Beam on the fused network, and the steps it may take: for a good plan, not for a bound."""

HOPE = 0.05
"""See :func:`~wnpopt.problems.intradp.search.beam.run_labels`."""

FUSING = 5e-5
"""Seconds an edge that fusing may take; nothing can end it early, so it is left out where that is much."""

ANNEALING = 150
"""Steps of annealing for each operator."""

HEAT = 0.005
"""Temperature that it begins at, relative to the objective."""

WARMER = 0.02
"""The same, where stretches may be split: plans on the way are worse by some percent."""

PATIENCE = 0.5
"""Seconds that a search with nothing else to do waits for a better plan."""

FRUITLESS, AT_LEAST = 0.5, 1.0
"""A thread that has found nothing for so many times what it took to its last better plan (and at least so many
seconds) leaves its core to the bound."""

LONGEST = 80
"""Rounds of annealing get longer up to so many times the first one."""


def started(
    problem: Problem,
    plan: PricedPlan,
    budget: Budget,
    rng: np.random.Generator,
    trace: Trace | None,
    flag: Flag,
    offer: Callable[[PricedPlan], object] | None = None,
) -> PricedPlan:
    """The best of ``plan`` and what de, spso-ga, splits of stretches and a narrow beam on the fused network give,
    annealed; ``plan`` comes from :func:`quick`.

    ``offer`` is told of the best one after every step.
    """
    from wnpopt.problems.intradp.methods.de import evolved
    from wnpopt.problems.intradp.methods.spso_ga import swarmed
    from wnpopt.problems.intradp.search.improvement import shifted
    from wnpopt.problems.intradp.search.plans import annealed

    # The cheapest first: under a short limit, or on a slow machine, nothing else may be made.
    steps: tuple[Callable[[PricedPlan], PricedPlan], ...] = (
        lambda _: evolved(problem, budget.seed, flag),
        lambda _: swarmed(problem, budget.seed, flag),
        lambda plan: shifted(problem, plan, flag),
        lambda plan: annealed(problem, plan, ANNEALING * problem.count, HEAT, rng, flag),
        lambda plan: _split_and_crossed(problem, plan, flag),
        lambda plan: annealed(problem, plan, 4 * ANNEALING * problem.count, WARMER, rng, flag),
        lambda plan: _labelled(problem, plan, budget, flag),
        lambda plan: shifted(problem, plan, flag),
        lambda plan: annealed(problem, plan, 4 * ANNEALING * problem.count, HEAT, rng, flag),
        lambda plan: shifted(problem, plan, flag),
    )
    return _best_of_steps(steps, problem, plan, budget, trace, flag, offer)


def quick(
    problem: Problem, plan: PricedPlan, budget: Budget, rng: np.random.Generator, trace: Trace | None, flag: Flag
) -> PricedPlan:
    """The best of ``plan`` and the min-cut, shifted and annealed for a moment: what a first proof is tried with."""
    from wnpopt.problems.intradp.search.improvement import shifted
    from wnpopt.problems.intradp.search.plans import annealed
    from wnpopt.problems.intradp.search.surgery import min_cut

    steps: tuple[Callable[[PricedPlan], PricedPlan], ...] = (
        lambda _: min_cut(problem),
        lambda plan: shifted(problem, plan, flag),
        lambda plan: annealed(problem, plan, ANNEALING * problem.count, HEAT, rng, flag),
    )
    return _best_of_steps(steps, problem, plan, budget, trace, flag)


def _best_of_steps(
    steps: Sequence[Callable[[PricedPlan], PricedPlan]],
    problem: Problem,
    plan: PricedPlan,
    budget: Budget,
    trace: Trace | None,
    flag: Flag,
    offer: Callable[[PricedPlan], object] | None = None,
) -> PricedPlan:
    """The best plan of all steps, each told of the best one before it, until the time is over."""
    from wnpopt.problems.intradp.search.plans import best_of

    for step in steps:
        if flag[0] or budget.exhausted():
            break
        plan = best_of(plan, step(plan))
        if offer is not None:
            offer(plan)
        tell(problem, plan, trace)
    return plan


def _split_and_crossed(problem: Problem, plan: PricedPlan, flag: Flag) -> PricedPlan:
    """The better one of a split of the whole network and its crossing into ``plan``."""
    from wnpopt.problems.intradp.search.improvement import crossed, split
    from wnpopt.problems.intradp.search.plans import best_of, server_only

    whole = split(problem, server_only(problem), flag)
    return best_of(whole, crossed(problem, plan, whole, flag))


def _labelled(problem: Problem, plan: PricedPlan, budget: Budget, flag: Flag) -> PricedPlan:
    """The better one of ``plan`` and what a narrow beam finds on the fused network."""
    from wnpopt.problems.intradp.imports.fuse import fuse
    from wnpopt.problems.intradp.kernels.heads import Front
    from wnpopt.problems.intradp.kernels.problem import Problem as Compiled
    from wnpopt.problems.intradp.search.beam import run_labels, weights
    from wnpopt.problems.intradp.search.plans import best_of, of_solution

    if FUSING * len(problem.arrays.in_source) > 0.1 * budget.remaining():
        return plan
    fused = fuse(problem.instance)
    small = Compiled.of(fused.instance)
    front = Front(small.arrays, *weights(small), flag=flag, hurry=later(budget, HEADS_SHARE))
    found = run_labels(small, WIDTH, plan.value, budget, hope=HOPE, effort=EFFORT, flag=flag, front=front)
    if found.device_end is None or found.server_begin is None:
        return plan
    whole = fused.unfuse(small.solution(found.device_end, found.server_begin))
    return best_of(plan, of_solution(problem, whole, "labels"))


def converged(
    problem: Problem, plan: PricedPlan, budget: Budget, rng: np.random.Generator, trace: Trace | None, flag: Flag
) -> PricedPlan:
    """``plan`` as :class:`Improver` would make it until it rests, in this thread; for runs that a time limit ends."""
    from wnpopt.problems.intradp.search.improvement import Rounds

    pace, rounds = _Pace(budget), Rounds(problem, rng, flag)
    while plan.value > 0 and not flag[0] and not budget.exhausted() and not pace.fruitless:
        better = rounds.after(plan, pace.effort)
        pace.told(better.value < plan.value)
        plan = better
        tell(problem, plan, trace)
    return plan


class _Pace:
    """How long the next round of annealing is to be, and whether others have been in vain for too long."""

    def __init__(self, budget: Budget) -> None:
        self._budget = budget
        self._began = self._last = budget.elapsed()
        self.effort = 1

    @property
    def fruitless(self) -> bool:
        """True if a better plan is long ago, measured by the time that it took to be made."""
        return self._budget.elapsed() - self._last > max(AT_LEAST, FRUITLESS * (self._last - self._began))

    def told(self, better: bool) -> None:
        """A round has ended, with a better plan or without."""
        if better:
            self._last = self._budget.elapsed()
        else:
            self.effort = min(LONGEST, 2 * self.effort)


class Improver:
    """Makes plans better in a thread of its own (compiled kernels release the interpreter's lock) until it is left.

    :meth:`exchange` hands plans over both ways. What it finds by when depends on the machine's speed: it is for runs
    that a time limit ends.
    """

    def __init__(self, problem: Problem, plan: PricedPlan, budget: Budget, flag: Flag) -> None:
        from wnpopt.backends.stopping import never

        self._problem, self._budget, self._outer = problem, budget, flag
        self._flag = never()
        self._best = plan
        self._lock = threading.Lock()
        self._better = threading.Event()
        self._settled = threading.Event()
        self._wanted = threading.Event()
        self._failure: BaseException | None = None
        self._thread = threading.Thread(target=self._run, daemon=True, name="wnpopt-improver")

    def __enter__(self) -> Improver:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._flag[0] = 1
        self._wanted.set()
        self._thread.join()
        if self._failure is not None and error is None:
            raise self._failure

    @property
    def best(self) -> PricedPlan:
        """The best plan so far."""
        with self._lock:
            return self._best

    def settle(self, plan: PricedPlan, seconds: float) -> PricedPlan:
        """The best plan, ``plan`` included, once what the other methods find is known, or after so long."""
        self._offer(plan)
        self._settled.wait(seconds)
        return self.best

    def exchange(self, plan: PricedPlan, *, wait: bool = False, wanted: bool = False) -> PricedPlan:
        """The best plan so far, ``plan`` included; with ``wait`` after a while, or as soon as there is a better one.

        A better ``plan``, a search with nothing else to do, or one that needs better plans most (``wanted``) ends the
        rest of a thread that had given up.
        """
        if self._offer(plan) or wait or wanted:
            self._wanted.set()
        self._better.clear()
        if wait and self._thread.is_alive():
            self._better.wait(min(PATIENCE, self._budget.remaining()))
        return self.best

    def _offer(self, plan: PricedPlan) -> bool:
        with self._lock:
            better = plan.value < self._best.value
            if better:
                self._best = plan
                self._better.set()
        return better

    def _run(self) -> None:
        import numpy as np

        from wnpopt.problems.intradp.search.improvement import Rounds

        try:
            rng = np.random.default_rng([self._budget.seed, 0x696D70])
            pace, rounds = _Pace(self._budget), Rounds(self._problem, rng, self._flag)
            started(self._problem, self.best, self._budget, rng, None, self._flag, self._offer)
            self._settled.set()
            while self.best.value > 0 and not self._ended():
                plan = rounds.after(self.best, pace.effort)
                pace.told(self._offer(plan))
                if pace.fruitless:
                    self._rest()
        except BaseException as error:
            self._failure = error
        finally:
            self._settled.set()

    def _ended(self) -> bool:
        return bool(self._flag[0] or self._outer[0] or self._budget.exhausted())

    def _rest(self) -> None:
        """Until it is wanted again, see :meth:`exchange`."""
        while not self._wanted.wait(PATIENCE) and not self._ended():
            pass
        self._wanted.clear()
