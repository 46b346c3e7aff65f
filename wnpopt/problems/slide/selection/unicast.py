"""Every user has a band of its own: a knapsack over the users' cheapest models."""

from __future__ import annotations

import math

import numpy as np

from wnpopt.problems.slide.columnar.columns import BoolArray, FloatArray, IntArray
from wnpopt.problems.slide.kernels.knapsack import cheapest, fill, fractional, knapsack, prefix_count
from wnpopt.problems.slide.kernels.needs import Needs
from wnpopt.problems.slide.selection.plan import Assignment, Selected
from wnpopt.problems.slide.selection.work import Work

MOST_STATES = 400_000
"""Beyond this many states the knapsack gives up: about a second, and some 100 MB."""
_STEPS_A_STATE, _STEPS_A_PAIR = 30, 10
"""Elementary steps that a state of the knapsack takes, and a pair of user and model before it."""


def everything_open(needs: Needs) -> BoolArray:
    """All models may be served, shape (J,)."""
    return np.ones(needs.columns.models, dtype=np.bool_)


def most_users(needs: Needs, open_models: BoolArray) -> Selected:
    """The users of least cost, as many as fit: optimal where all count alike, for any n users cost at least as much
    as the n cheapest. Ties are broken by user number."""
    least, chosen = cheapest(needs.costs, open_models)
    served = smallest(least, needs.capacity)
    each = float(needs.columns.values[0]) if needs.columns.users else 0.0
    value = each * int(np.count_nonzero(served))
    return Selected(Assignment.of(served, chosen), value, value)


def smallest(cost: FloatArray, capacity: float) -> BoolArray:
    """Flags of the smallest costs that fit, ties by index; a sort of the values alone is five times an argsort's
    speed."""
    growing = np.sort(cost)
    count = prefix_count(growing, capacity)
    if count == 0:
        return np.zeros(cost.size, dtype=np.bool_)
    last = growing[count - 1]
    served = cost < last
    ties = np.flatnonzero(cost == last)
    served[ties[: count - int(np.count_nonzero(served))]] = True
    return np.asarray(served)


def heaviest_users(needs: Needs, open_models: BoolArray, work: Work) -> Selected:
    """The users of greatest weight that fit, exactly (unless the knapsack runs out of states, of ``work`` or of time;
    the bound says so)."""
    least, chosen = cheapest(needs.costs, open_models)
    order = _by_ratio(least, needs.columns.values)
    integral = needs.columns.integral
    most_work = max(0, work.left) // _STEPS_A_STATE
    taken, bound, proved, states = knapsack(
        least[order], needs.columns.values[order], needs.capacity, float(integral), MOST_STATES, most_work, work.flag
    )
    work.spend(states * _STEPS_A_STATE)
    served = np.zeros(needs.columns.users, dtype=np.bool_)
    served[order[taken]] = True
    value = math.fsum(needs.columns.values[served])
    bound = value if proved and integral else needs.columns.rounded(bound)
    return Selected(Assignment.of(served, chosen), value, max(value, bound))


def dense_users(needs: Needs, open_models: BoolArray) -> Selected:
    """Users by falling weight a Hz, as long as they fit, or the one heaviest that fits alone.

    At least half of the optimum (a known guarantee of this rule); the bound is Dantzig's.
    """
    least, chosen = cheapest(needs.costs, open_models)
    values = needs.columns.values
    order = _by_ratio(least, values)
    served = fill(least, order, needs.capacity)
    value = math.fsum(values[served])
    if order.size and float(values[order].max()) > value:
        served[:] = False
        served[order[np.argmax(values[order])]] = True
        value = float(values[order].max())
    return Selected(Assignment.of(served, chosen), value, None)


def fractional_bound(needs: Needs) -> float:
    """Dantzig's bound over every user's cheapest model."""
    least, _ = cheapest(needs.costs, everything_open(needs))
    order = _by_ratio(least, needs.columns.values)
    return needs.columns.rounded(fractional(least, needs.columns.values, order, needs.capacity))


def best_unicast(needs: Needs, open_models: BoolArray, work: Work) -> Selected:
    """The exact rule for these weights."""
    work.spend(_STEPS_A_PAIR * needs.costs.size)
    if needs.columns.unit_weights:
        return most_users(needs, open_models)
    return heaviest_users(needs, open_models, work)


def _by_ratio(cost: FloatArray, value: FloatArray) -> IntArray:
    """Users with a finite cost and a value, by falling value/cost; ties by user number."""
    able = np.flatnonzero(np.isfinite(cost) & (value > 0))
    return able[np.argsort(-(value[able] / cost[able]), kind="stable")]
