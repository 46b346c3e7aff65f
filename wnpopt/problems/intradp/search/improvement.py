"""Better plans near a given one, or between two: joint shifts, annealing, and crossing."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from wnpopt.backends.stopping import Flag
from wnpopt.problems.intradp.kernels.arrays import RowArray
from wnpopt.problems.intradp.kernels.crossing import best_crossing
from wnpopt.problems.intradp.kernels.evaluate import expand, scratch
from wnpopt.problems.intradp.kernels.moves import overrides_of
from wnpopt.problems.intradp.kernels.problem import Problem
from wnpopt.problems.intradp.kernels.shift import climb
from wnpopt.problems.intradp.kernels.split import best_split
from wnpopt.problems.intradp.search.plans import PricedPlan, annealed, best_of, device_only, price, server_only

REFERENCES = (14.0, 28.0, 56.0)
"""Heights of feature maps whose single rows are the steps of joint shifts, in turn."""

LONG = 8
"""Effort from which on a round begins elsewhere now and then."""

STEPS = 150
"""Steps of annealing for each operator."""

SPLITS = 4
"""Stretches that are split one after the other, at most."""

HEATS = (0.005, 0.002, 0.1, 0.02)
"""Temperatures that annealing begins at, in turn, relative to the objective: a cool and long one ends what shifts
began, a hot one leaves a valley (inception_v2 at 50 MB/s: 13.40 ms from both, 13.8 from those between)."""

COOL = (0.002, 0.001)
"""The same where a round begins elsewhere: a start of another kind is to be followed, not to be left. From a split,
inception_v2 at 50 MB/s comes to 13.40 ms in 8 of 9 runs (effort 80), at the temperatures above in two of 9."""


def shifted(problem: Problem, plan: PricedPlan, flag: Flag) -> PricedPlan:
    """``plan`` after joint shifts of its exchanges, see :func:`~wnpopt.problems.intradp.kernels.shift.climb`."""
    n = problem.count
    if n < 3 or not plan.feasible:
        return plan
    device, server = _overrides(problem, plan)
    for reference in REFERENCES:
        climb(
            problem.arrays, device, server, reference, scratch(n), problem.by_energy, problem.limit, flag
        )  # fmt: skip
    return best_of(plan, _expanded(problem, device, server, "shifts"))


def split(problem: Problem, plan: PricedPlan, flag: Flag) -> PricedPlan:
    """``plan`` with stretches split between both sides, one after the other while that helps, then shifted.

    See :func:`~wnpopt.problems.intradp.kernels.split.best_split`.
    """
    n = problem.count
    if n < 3 or not plan.feasible:
        return plan
    device, server = _overrides(problem, plan)
    value = plan.value
    for _ in range(SPLITS):
        found = best_split(
            problem.arrays, device, server, scratch(n), problem.by_energy, problem.limit, flag
        )  # fmt: skip
        if not found < value * (1 - 1e-9):
            break
        value = found
    better = _expanded(problem, device, server, "splits")
    return shifted(problem, better, flag) if better.value < plan.value else plan


def crossed(problem: Problem, plan: PricedPlan, other: PricedPlan, flag: Flag) -> PricedPlan:
    """``plan`` with stretches that are as in ``other``, one after the other while that helps; never worse.

    See :func:`~wnpopt.problems.intradp.kernels.crossing.best_crossing`.
    """
    device, server = _overrides(problem, plan)
    best_crossing(
        problem.arrays, device, server, *_overrides(problem, other),
        scratch(problem.count), problem.by_energy, problem.limit, flag,
    )  # fmt: skip
    return best_of(plan, _expanded(problem, device, server, "crossing"))


def _overrides(problem: Problem, plan: PricedPlan) -> tuple[RowArray, RowArray]:
    """The overrides that make the plan, of the device and of the server, each (N,)."""
    device, server = np.zeros(problem.count, np.int32), np.zeros(problem.count, np.int32)
    overrides_of(problem.arrays, plan.device_end, plan.server_begin, device, server)
    return device, server


def _expanded(problem: Problem, device: RowArray, server: RowArray, found_by: str) -> PricedPlan:
    """The plan that these overrides make."""
    a, b = np.zeros(problem.count, np.int32), np.zeros(problem.count, np.int32)
    expand(problem.arrays, device, server, a, b)
    return price(problem, a, b, found_by)


class Rounds:
    """Rounds of :func:`improved`, the long ones in turn from the best plan and from another start.

    A valley that annealing does not leave may be one that it would not have come to from elsewhere: bert-small at
    10 MB/s stays at 5.908 ms for 10 s, and comes to 5.901 from a split of the whole network in 1.4 s.
    """

    def __init__(self, problem: Problem, rng: np.random.Generator, flag: Flag) -> None:
        self._problem, self._rng, self._flag = problem, rng, flag
        self._turn = 0
        self._elsewhere: PricedPlan | None = None

    def after(self, plan: PricedPlan, effort: int) -> PricedPlan:
        """The best plan after one more round; ``plan`` where it found none better."""
        turn, elsewhere = divmod(self._turn, 2)
        self._turn += 1
        start, heats = (self._start(), COOL) if elsewhere and effort >= LONG else (plan, HEATS)
        better = improved(self._problem, start, self._rng, self._flag, turn=turn, effort=effort, heats=heats)
        if start is plan:
            return better
        return best_of(better, crossed(self._problem, plan, better, self._flag))

    def _start(self) -> PricedPlan:
        if self._elsewhere is None:
            whole = split(self._problem, server_only(self._problem), self._flag)
            self._elsewhere = whole if whole.feasible else device_only(self._problem)
        return self._elsewhere


def improved(
    problem: Problem,
    plan: PricedPlan,
    rng: np.random.Generator,
    flag: Flag,
    *,
    turn: int = 0,
    effort: int = 1,
    heats: Sequence[float] = HEATS,
) -> PricedPlan:
    """``plan`` after shifts, annealing (``effort`` times as long as usual) and shifts again; never worse."""
    plan = shifted(problem, plan, flag)
    heat = heats[turn % len(heats)]
    better = annealed(problem, plan, effort * STEPS * problem.count, heat, rng, flag)
    return better if better is plan else shifted(problem, better, flag)
