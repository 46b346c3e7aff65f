"""Annealing over exchanges of slots: whole slots that deliver every payload where rounding just fails.

Where the radio's relaxation has room for a quarter of a slot, few allocations deliver everything, but among the
millions that exchange resource blocks of nearly equal worth there is nearly always one; an integer programme takes
seconds to find it.
"""

from __future__ import annotations

import numpy as np

from wnpopt.backends.compiled import compiled, inner
from wnpopt.backends.stop_flag import raised
from wnpopt.backends.stopping import Flag
from wnpopt.problems.wnp.instance import IntArray
from wnpopt.problems.wnp.kernels.throughput import FloatArray

_NEAR = 0.05
"""Exchanges are made where they lose at most so much of an average slot's worth (twice that in every third walk)."""

_HOT, _COLD = 0.05, 0.005
"""Temperatures, in the worth of an average slot."""

_LEAST_WEIGHT = 0.1
"""Of the average: what a modality without a dual value lacks has to count, too."""

_ASK_EVERY = 1024


@inner
def _fits(count: IntArray, usable: IntArray, n: int, b: int, giver: int, taker: int) -> bool:
    """Whether ``taker`` can take over one slot: earliest deadline first fits if no deadline has more before it."""
    if count[giver, n, b] == 0:
        return False
    if usable[taker, b] >= usable[giver, b]:
        return True
    for k in range(count.shape[0]):
        limit = usable[k, b]
        if usable[taker, b] <= limit < usable[giver, b]:
            used = 0
            for j in range(count.shape[0]):
                if usable[j, b] <= limit:
                    used += count[j, n, b]
            if used >= limit:
                return False
    return True


@inner
def _near_ties(rates: IntArray, usable: IntArray, price: FloatArray, most: float) -> tuple[IntArray, IntArray]:
    """(first, where): cells (n, b) at which giving a slot of j to k changes the worth by at most ``most``.

    Those of (j, k) are ``where[first[j K + k] : first[j K + k + 1]]``.
    """
    k_count, n_count, b_count = rates.shape
    first = np.zeros(k_count * k_count + 1, dtype=np.int64)
    where = np.empty((0, 2), dtype=np.int64)
    for filling in range(2):
        size = 0
        for pair in range(k_count * k_count):
            j, k = pair // k_count, pair % k_count
            first[pair] = size
            for n in range(n_count if j != k else 0):
                for b in range(b_count):
                    if rates[k, n, b] == 0 or usable[k, b] == 0 or usable[j, b] == 0:
                        continue
                    if abs(price[j] * rates[j, n, b] - price[k] * rates[k, n, b]) <= most:
                        if filling == 1:
                            where[size, 0], where[size, 1] = n, b
                        size += 1
        first[k_count * k_count] = size
        if filling == 0:
            where = np.empty((size, 2), dtype=np.int64)
    return first, where


@inner
def _walk(
    rates: IntArray,
    payload: IntArray,
    usable: IntArray,
    penalty: FloatArray,
    first: IntArray,
    where: IntArray,
    steps: int,
    hot: float,
    count: IntArray,
    stop: Flag,
) -> bool:
    """One annealing from ``count``, of the penalty for what is lacking; a move exchanges slots, or gives one."""
    k_count = rates.shape[0]
    got = np.zeros(k_count, dtype=np.int64)
    for k in range(k_count):
        got[k] = (rates[k] * count[k]).sum()
    lack = 0.0
    for k in range(k_count):
        lack += penalty[k] * max(0, payload[k] - got[k])
    after = got.copy()
    turn = np.empty(3, dtype=np.int64)
    cell = np.empty((3, 2), dtype=np.int64)
    heat, cooling = hot, (_COLD / _HOT) ** (1.0 / steps)
    for step in range(steps):
        if lack == 0.0:
            return True
        if step % _ASK_EVERY == 0 and raised(stop):
            return False
        heat *= cooling
        # A pair exchanges (half of the moves), three in a circle, or one gives.
        kind = np.random.random()
        length = 2 if kind < 0.5 else 3 if kind < 0.75 and k_count > 2 else 1
        turn[0] = np.random.randint(k_count)
        turn[1] = (turn[0] + 1 + np.random.randint(k_count - 1)) % k_count
        if length == 3:
            turn[2] = np.random.randint(k_count)
            if turn[2] == turn[0] or turn[2] == turn[1]:
                continue
        after[:] = got
        made = 0
        for i in range(length):
            j, k = turn[i], turn[1] if length == 1 else turn[(i + 1) % length]
            low, high = first[j * k_count + k], first[j * k_count + k + 1]
            if low == high:
                break
            place = low + np.random.randint(high - low)
            n, b = where[place, 0], where[place, 1]
            if not _fits(count, usable, n, b, j, k):
                break
            count[j, n, b] -= 1
            count[k, n, b] += 1
            cell[i, 0], cell[i, 1] = n, b
            after[j] -= rates[j, n, b]
            after[k] += rates[k, n, b]
            made += 1
        if made == length:
            trial = 0.0
            for k in range(k_count):
                trial += penalty[k] * max(0, payload[k] - after[k])
            if trial <= lack - heat * np.log(1.0 - np.random.random()):
                lack = trial
                got[:] = after
                continue
        for i in range(made):
            j, k = turn[i], turn[1] if length == 1 else turn[(i + 1) % length]
            count[j, cell[i, 0], cell[i, 1]] += 1
            count[k, cell[i, 0], cell[i, 1]] -= 1
    return lack == 0.0


@compiled
def exchange(
    rates: IntArray,
    payload: IntArray,
    usable: IntArray,
    weight: FloatArray,
    count: IntArray,
    walks: int,
    steps: int,
    seed: int,
    stop: Flag,
) -> bool:
    """Anneal ``count`` (K, N, B) ``walks`` times from what it is; True, and changed, once every payload is delivered.

    ``weight`` is what a share of each payload is worth (the dual of the fractional optimum). False once ``stop`` is
    raised. Equal arguments give equal answers.
    """
    k_count = payload.size
    if k_count < 2:
        return False
    np.random.seed(seed)
    slot = 1.0 / max(1, count.sum())
    price = np.empty(k_count)
    penalty = np.empty(k_count)
    for k in range(k_count):
        price[k] = weight[k] / payload[k]
        penalty[k] = max(weight[k], _LEAST_WEIGHT / k_count) / payload[k]
    for walk in range(walks):
        if walk % 3 != 1:
            near = 2 * _NEAR if walk % 3 == 2 else _NEAR
            first, where = _near_ties(rates, usable, price, near * slot)
        trial = count.copy()
        if _walk(rates, payload, usable, penalty, first, where, steps, _HOT * slot, trial, stop):
            count[:] = trial
            return True
        if raised(stop):
            return False
    return False
