"""Lagrangian bounds of the selection: prices on bandwidth, on the cache, and on each user's one place.

Any prices give a valid bound; a subgradient method looks for good ones. Under multicast a model's transmission is
priced by the dearest of its users alone, which is no more than it really needs.
"""

from __future__ import annotations

import numpy as np

from wnpopt.backends.compiled import compiled, inner
from wnpopt.backends.stop_flag import raised
from wnpopt.backends.stopping import Flag
from wnpopt.problems.slide.columnar.columns import FloatArray, IntArray


@inner
def _evaluate(
    cost: FloatArray,
    order: IntArray,
    value: FloatArray,
    size: FloatArray,
    multicast: bool,
    price: float,
    rent: float,
    place: FloatArray,
    direction: FloatArray,
) -> float:
    """The bound at these prices; ``direction`` (U + 2) gets a subgradient: bandwidth, cache, then places."""
    users, models = cost.shape
    direction[:] = 1.0
    total = price + rent
    for u in range(users):
        total += place[u]
    for j in range(models):
        gain, best, last = 0.0, 0.0, 0
        spent, best_spent = 0.0, 0.0
        for i in range(users):
            u = order[j, i]
            c = cost[u, j]
            if c == np.inf:
                break
            worth = value[u] - place[u]
            if multicast:
                gain += max(0.0, worth)
                if gain - price * c > best:
                    best, last, best_spent = gain - price * c, i + 1, c
            elif worth - price * c > 0.0:
                gain += worth - price * c
                spent += c
                best, last, best_spent = gain, i + 1, spent
        best -= rent * size[j]
        if best <= 0.0:
            continue
        total += best
        direction[0] -= best_spent
        direction[1] -= size[j]
        for i in range(last):
            u = order[j, i]
            worth = value[u] - place[u] - (0.0 if multicast else price * cost[u, j])
            if worth > 0.0:
                direction[2 + u] -= 1.0
    return total


@compiled
def lagrangian(
    cost: FloatArray,
    order: IntArray,
    value: FloatArray,
    size: FloatArray,
    multicast: bool,
    cached: bool,
    rounds: int,
    flag: Flag,
) -> float:
    """An upper bound on the value of any selection, the best so far when the ``flag`` is raised.

    ``cost`` (U, J) is relative to the capacity, infinite where a pair is infeasible; ``order`` (J, U) sorts each
    model's users by cost; ``size`` (J,) is relative to the cache (``cached`` says whether there is one).
    """
    users, models = cost.shape
    place = np.zeros(users)
    reach = 0.0
    for u in range(users):
        choices = 0
        for j in range(models):
            if cost[u, j] < np.inf:
                choices += 1
        if choices > 0:
            reach += value[u]
            if choices > 1 and (multicast or cached):
                place[u] = value[u] * (1.0 - 1.0 / choices)
    direction = np.empty(users + 2)
    price, best = 0.0, reach
    for power in range(-8, 12):
        if raised(flag):
            break
        trial = reach * 2.0**power
        bound = _evaluate(cost, order, value, size, multicast, trial, 0.0, place, direction)
        if bound < best:
            best, price = bound, trial
    rent, step, stale = 0.0, 0.5, 0
    for _ in range(rounds):
        if raised(flag):
            break
        bound = _evaluate(cost, order, value, size, multicast, price, rent, place, direction)
        if bound < best * (1.0 - 1e-6):
            best, stale = bound, 0
        else:
            best = min(best, bound)
            stale += 1
            if stale >= 8:
                step, stale = step * 0.5, 0
        # Each price is stepped in its own scale: a place is worth a user's value, the band is worth all of it.
        squared = direction[0] * direction[0] * reach * reach
        if cached:
            squared += direction[1] * direction[1] * reach * reach
        for u in range(users):
            squared += direction[2 + u] * direction[2 + u] * value[u] * value[u]
        if squared <= 0.0:
            break
        length = step * bound / squared
        price = max(0.0, price - length * direction[0] * reach * reach)
        if cached:
            rent = max(0.0, rent - length * direction[1] * reach * reach)
        for u in range(users):
            place[u] = max(0.0, min(value[u], place[u] - length * direction[2 + u] * value[u] * value[u]))
    # What is summed are terms of at most the reach, or of the bound itself: (U + 4) (J + 1) roundings of them at most.
    return float(best + 4.0 * 2.220446049250313e-16 * (users + 4) * (models + 1) * max(best, reach))
