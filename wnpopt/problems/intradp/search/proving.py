"""Bounds that rise to the value of the best plan: ever higher cutoffs under which no plan is left."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from wnpopt.backends.stopping import Flag, run_stoppable
from wnpopt.core.budget import Budget
from wnpopt.problems.intradp.kernels.directions.twins import ClockPrices
from wnpopt.problems.intradp.kernels.heads import Front
from wnpopt.problems.intradp.kernels.problem import Problem
from wnpopt.problems.intradp.kernels.runs import RowCosts, least_busy_power, least_power
from wnpopt.problems.intradp.search.beam import UNBOUNDED
from wnpopt.problems.intradp.search.directed import CROWDED, PARTS, TOLERANCE, Directed, safe
from wnpopt.problems.intradp.search.plans import PricedPlan, best_of
from wnpopt.problems.intradp.search.shares import HEADS_SHARE, later, part

HALF, QUARTER = 0.5, 0.25
"""Part of the gap that a cutoff is to close unless there is a reason to choose another, and the first under a limit."""

PROVED = 1e-8
"""A gap that is none."""

NEAR = 0.01
"""A gap that is to be closed at once."""

LITTLE, WHOLE = 0.03, 8.0
"""A gap of at most so much is closed at once if there is so many times the time of the last cutoff."""

GROWTH = 2.0
"""Power of the gap by which the time of a cutoff grows, if two cutoffs have not told."""

SLOWEST = 5.0
"""The largest power that is believed."""

ATTEMPT, FIRST = 0.9, 0.4
"""Part of the time left that one cutoff may take, and the first two, of whose time nothing is known."""

FITS = 0.6
"""Part of the time left that a cutoff is chosen to take by what is expected."""

WORTHWHILE = 0.95
"""A cutoff is to leave at most this part of the gap."""

FAILURES = 6
"""Cutoffs in a row that brought nothing, after which others are not tried."""

STRAIGHT, STATES = 300_000, 5_000
"""What :meth:`Prover.straight` may cost: options looked at (a few tenths of a second), and states left for labels."""

SETTLED = 4
"""Times that exact labels are tried there, each with a tenth of the gap that the last left as their tolerance."""

LABEL, MOST_CROWDED = 8, 4_000
"""Labels that took less than the passes, each as long as so many options, are tried again with crowds four times as
large, up to so many."""

FEWER_PARTS = 2
"""Directions where there is no room for the states of more."""


@dataclass(frozen=True)
class CutoffAttempt:
    """What one cutoff brought: a bound that holds for every plan, perhaps a plan; whether it is worth another."""

    bound: float
    plan: PricedPlan | None
    more: bool


class Prover:
    """Raises the bound of one problem, a cutoff at a time."""

    def __init__(self, problem: Problem, budget: Budget, flag: Flag) -> None:
        self._problem = problem
        self._budget = budget
        self._flag = flag
        self._choices = prices_of(problem)
        self._failures = 0
        self._closed = 0  # cutoffs that raised the bound
        self._beyond = np.inf  # the least cutoff that there was no time for
        self._power = GROWTH
        self._last: tuple[float, float] | None = None  # the gap that the last cutoff left, and its time
        self._tolerance = TOLERANCE
        self._parts = PARTS
        self._made: dict[tuple[float, int], Directed] = {}

    def attempt(self, bound: float, value: float) -> CutoffAttempt:
        """One cutoff between ``bound`` and ``value``, the objective of the best plan (or what it must not exceed)."""
        gap = (value - bound) / value if value > 0 else 0.0
        goal = self._goal(gap)
        if goal is not None and bound < self._beyond < np.inf:
            # Nor will there be for one that is higher, or hardly lower.
            least = (value - bound - HALF * (self._beyond - bound)) / value
            goal = max(goal, least) if least <= WORTHWHILE * gap else None
        if goal is None:
            return CutoffAttempt(bound, None, more=False)
        self._tolerance = min(TOLERANCE, 0.1 * gap)
        target = value * (1 - goal)
        began = self._budget.elapsed()
        budget = part(self._budget, FIRST if self._closed < 2 else ATTEMPT)
        allowed = budget.remaining()
        best, plan, full = 0.0, None, False
        for prices in self._choices:
            found, other, overflow = self._watched(prices, target, budget)
            full = full or overflow
            if found > best:
                best, plan = found, other
                if found >= safe(target):
                    self._choices = (prices,)
                    break
        took = max(1e-3, self._budget.elapsed() - began)
        if best > bound:
            left = max(1e-9, (value - best) / value)
            if self._last is not None and left < 0.9 * self._last[0]:
                power = np.log(took / self._last[1]) / np.log(self._last[0] / left)
                self._power = float(min(SLOWEST, max(HALF, power)))
            self._last = left, took
            self._closed += 1
            self._failures = 0
            return CutoffAttempt(best, plan, more=True)
        if full and self._parts > FEWER_PARTS:
            self._parts = FEWER_PARTS
            return CutoffAttempt(best, plan, more=True)
        self._failures += 1
        if took >= 0.9 * allowed:
            self._beyond = target
        return CutoffAttempt(best, plan, more=self._failures < FAILURES)

    def straight(self, bound: float, plan: PricedPlan) -> CutoffAttempt:
        """The whole gap at once, for networks where that is soon done; told by counts when it is not."""
        more = True
        for prices in self._choices:
            directed = self._directed(prices, self._flag)
            directed.spend(directed.options + STRAIGHT // len(self._choices))
            gap = TOLERANCE
            for _ in range(SETTLED):
                verdict = directed.refute(plan.value)
                bound = max(bound, safe(verdict.bound))
                if not (verdict.dead or verdict.full or directed.over or directed.states > STATES):
                    found, other = directed.complete(plan.value, 0.1 * gap)
                    bound = max(bound, safe(found))
                    plan = plan if other is None else best_of(plan, other)
                left = (plan.value - bound) / plan.value if plan.value > 0 else 0.0
                more = left > PROVED
                if not more or left >= gap:
                    break
                gap = left
            directed.spend(UNBOUNDED)
            if not more:
                break
        return CutoffAttempt(bound, plan, more)

    def _goal(self, gap: float) -> float | None:
        """The gap that the next cutoff is to leave; None if there is no time for one that is worth it."""
        step = HALF ** (self._failures + 1)  # the part of the gap to close
        if self._budget.time_limit is None or self._failures:
            return 0.0 if gap <= NEAR and not self._failures and self._last is not None else gap * (1 - step)
        if self._last is None:
            return gap * (1 - QUARTER)
        left, took = self._last
        time = FITS * self._budget.remaining()
        if time <= 0:
            return None
        if gap <= NEAR or (gap <= LITTLE and took * WHOLE <= time):
            return 0.0  # the states do not grow in number for ever: the rest takes not much longer than most of it
        if self._closed < 2:
            return gap * HALF
        reachable = left * (took / time) ** (1 / self._power)
        return max(reachable, gap * HALF) if reachable <= WORTHWHILE * gap else None

    def _watched(self, prices: ClockPrices, cutoff: float, budget: Budget) -> tuple[float, PricedPlan | None, bool]:
        return run_stoppable(lambda flag: self._try(prices, cutoff, flag), budget)

    def _try(self, prices: ClockPrices, cutoff: float, flag: Flag) -> tuple[float, PricedPlan | None, bool]:
        """(bound, plan, whether there was no room for the states)."""
        directed = self._directed(prices, flag)
        tried = directed.options
        verdict = directed.refute(cutoff)
        if verdict.dead or verdict.full or flag[0]:
            return safe(verdict.bound), None, verdict.full
        tried, crowd = directed.options - tried, CROWDED
        bound, plan = directed.complete(cutoff, self._tolerance)
        while bound < cutoff and directed.labels * LABEL < tried and crowd < MOST_CROWDED and not flag[0]:
            crowd *= 4
            found, other = directed.complete(cutoff, self._tolerance, crowd)
            bound, plan = max(bound, found), other if plan is None else plan if other is None else best_of(plan, other)
        return safe(max(bound, verdict.bound)), plan, False

    def _directed(self, prices: ClockPrices, flag: Flag) -> Directed:
        """The states with these prices; made once, as long as there is one choice of them."""
        key = float(prices.send[0]), self._parts
        directed = self._made.get(key)
        if directed is None:
            hurry = later(self._budget, HEADS_SHARE)
            front = Front(self._problem.arrays, prices.time, 1.0, extra=prices.extra, flag=flag, hurry=hurry)
            directed = Directed(self._problem, front, prices, parts=self._parts, threads=self._budget.threads)
            if not flag[0]:
                self._made = {key: directed} if len(self._choices) == 1 else {**self._made, key: directed}
        directed.watch(flag)
        return directed


def prices_of(problem: Problem) -> tuple[ClockPrices, ...]:
    """Weights whose sum never exceeds the objective, the likelier ones first.

    A joule that the radio draws beyond standby counts only while the device does not compute. That time is at least
    the uplink's time less the time that the device computes, and at least 0.
    """
    p, power = problem.arrays, problem.instance.power_w
    if not problem.by_energy:
        return (ClockPrices(1.0, np.zeros(problem.count), np.zeros(len(p.device_extra))),)
    plain = ClockPrices(least_power(problem.instance), np.zeros(problem.count), p.device_extra)
    if not least_busy_power(problem.instance) >= power.communicate > power.standby:
        return (plain,)
    launch = power.compute if power.launch is None else power.launch
    extra = RowCosts.of(problem.instance, p.device_watt.tolist(), launch).extra(power.communicate)
    send = np.full(problem.count, power.communicate - power.standby)
    return ClockPrices(power.standby, send, extra), plain
