"""A plan: which user is served with which model; bandwidths and frequencies follow from it."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from wnpopt.problems.slide.columnar.allocation import Allocation
from wnpopt.problems.slide.columnar.columns import BoolArray, FloatArray, IntArray
from wnpopt.problems.slide.kernels.link import group_band
from wnpopt.problems.slide.kernels.needs import Needs


@dataclass(frozen=True, eq=False)
class Assignment:
    """Served users by growing number and their models, both (S,)."""

    user: IntArray
    model: IntArray

    @staticmethod
    def of(served: BoolArray, model: IntArray) -> Assignment:
        """From flags and models of all users, both (U,)."""
        user = np.flatnonzero(served)
        return Assignment(user, model[user])

    @staticmethod
    def empty() -> Assignment:
        """Nobody is served."""
        nothing = np.zeros(0, dtype=np.int64)
        return Assignment(nothing, nothing)


@dataclass(frozen=True, eq=False)
class Selected:
    """A plan with its value, and the best value that any plan under the same needs can have (None: not known)."""

    plan: Assignment
    value: float
    bound: float | None


def value_of(needs: Needs, plan: Assignment) -> float:
    """What the plan adds to the objective."""
    return math.fsum(needs.columns.values[plan.user])


def unit_costs(needs: Needs, plan: Assignment) -> FloatArray:
    """What each transmission costs in the unit of ``needs.capacity``: one a user, or one a model under multicast.

    Infinite where a pair is infeasible.
    """
    if not needs.columns.multicast:
        return np.asarray(needs.costs[plan.user, plan.model])
    widths = [_group_width(needs, plan.user[plan.model == j], j) for j in np.unique(plan.model)]
    return needs.in_units(np.array(widths, dtype=np.float64))


def _group_width(needs: Needs, members: IntArray, model: int) -> float:
    inverse = needs.inverse_rate[members, model]
    if not (inverse > 0).all():
        return math.inf
    return group_band(1.0 / float(inverse.min()), members, needs.columns.efficiency, needs.columns.snr_hz)


def fits(needs: Needs, plan: Assignment) -> bool:
    """True if the plan keeps every limit under these needs."""
    costs = unit_costs(needs, plan)
    if not np.isfinite(costs).all() or math.fsum(costs) > needs.capacity:
        return False
    models = np.unique(plan.model)
    return math.fsum(needs.columns.model_bits[models]) <= needs.cache


def allocate(needs: Needs, plan: Assignment) -> Allocation:
    """Least bandwidths and their frequencies; ``needs`` are the exact ones."""
    columns = needs.columns
    frequency = needs.frequencies(plan.user, plan.model)
    block = columns.resource_block_hz or 1.0
    if columns.multicast:
        width = np.empty(plan.user.size)
        for j in np.unique(plan.model):
            members = plan.model == j
            width[members] = needs.in_units(np.array([_group_width(needs, plan.user[members], int(j))]))[0] * block
    elif columns.resource_block_hz is not None:
        width = needs.costs[plan.user, plan.model] * block
    else:
        width = needs.costs[plan.user, plan.model].copy()
    return Allocation(plan.user, plan.model, width, frequency)


def repaired(needs: Needs, plan: Assignment) -> Assignment:
    """``plan`` without the dearest users, as few as keep every limit: what a solver's tolerance let slip goes."""
    if fits(needs, plan):
        return plan
    dearest = np.argsort(-needs.costs[plan.user, plan.model], kind="stable")

    def without(count: int) -> Assignment:
        keep = np.ones(plan.user.size, dtype=np.bool_)
        keep[dearest[:count]] = False
        return Assignment(plan.user[keep], plan.model[keep])

    # The fewer users, the less of every limit is taken: bisection.
    broken, kept = 0, plan.user.size
    while kept - broken > 1:
        middle = (broken + kept) // 2
        if fits(needs, without(middle)):
            kept = middle
        else:
            broken = middle
    return without(kept)
