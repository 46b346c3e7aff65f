"""Better plans near a given one: joint shifts and annealing in turn."""

from __future__ import annotations

import numpy as np

from wnpopt.backends.stopping import Flag
from wnpopt.problems.intradp.kernels.evaluate import expand, scratch
from wnpopt.problems.intradp.kernels.moves import overrides_of
from wnpopt.problems.intradp.kernels.problem import Problem
from wnpopt.problems.intradp.kernels.shift import climb
from wnpopt.problems.intradp.kernels.split import best_split
from wnpopt.problems.intradp.search.plans import PricedPlan, annealed, best_of, price

REFERENCES = (14.0, 28.0, 56.0)
"""Heights of feature maps whose single rows are the steps of joint shifts, in turn."""

STEPS = 150
"""Steps of annealing for each operator."""

SPLITS = 4
"""Stretches that are split one after the other, at most."""

HEATS = (0.005, 0.02, 0.05)
"""Temperatures that annealing begins at, in turn, relative to the objective."""


def shifted(problem: Problem, plan: PricedPlan, flag: Flag) -> PricedPlan:
    """``plan`` after joint shifts of its exchanges, see :func:`~wnpopt.problems.intradp.kernels.shift.climb`."""
    n = problem.count
    if n < 3 or not plan.feasible:
        return plan
    device, server = np.zeros(n, np.int32), np.zeros(n, np.int32)
    overrides_of(problem.arrays, plan.device_end, plan.server_begin, device, server)
    for reference in REFERENCES:
        climb(
            problem.arrays, device, server, reference, scratch(n), problem.by_energy, problem.limit, flag
        )  # fmt: skip
    a, b = np.zeros(n, np.int32), np.zeros(n, np.int32)
    expand(problem.arrays, device, server, a, b)
    return best_of(plan, price(problem, a, b, "shifts"))


def split(problem: Problem, plan: PricedPlan, flag: Flag) -> PricedPlan:
    """``plan`` with stretches split between both sides, one after the other while that helps, then shifted.

    See :func:`~wnpopt.problems.intradp.kernels.split.best_split`.
    """
    n = problem.count
    if n < 3 or not plan.feasible:
        return plan
    device, server = np.zeros(n, np.int32), np.zeros(n, np.int32)
    overrides_of(problem.arrays, plan.device_end, plan.server_begin, device, server)
    value = plan.value
    for _ in range(SPLITS):
        found = best_split(
            problem.arrays, device, server, scratch(n), problem.by_energy, problem.limit, flag
        )  # fmt: skip
        if not found < value * (1 - 1e-9):
            break
        value = found
    a, b = np.zeros(n, np.int32), np.zeros(n, np.int32)
    expand(problem.arrays, device, server, a, b)
    better = price(problem, a, b, "splits")
    return shifted(problem, better, flag) if better.value < plan.value else plan


def improved(
    problem: Problem, plan: PricedPlan, rng: np.random.Generator, flag: Flag, *, turn: int = 0, effort: int = 1
) -> PricedPlan:
    """``plan`` after shifts, annealing (``effort`` times as long as usual) and shifts again; never worse."""
    plan = shifted(problem, plan, flag)
    heat = HEATS[turn % len(HEATS)]
    better = annealed(problem, plan, effort * STEPS * problem.count, heat, rng, flag)
    return better if better is plan else shifted(problem, better, flag)
