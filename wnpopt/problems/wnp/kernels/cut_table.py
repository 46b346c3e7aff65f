"""Dual cuts of the radio as tables: whether arrivals, or tails, are within the radio's reach in K look-ups a cut.

For weights w >= 0 (sum 1) of the modalities' shares, arrivals T can be served only if

    sum_{n,b} max_x sum_k w_k * share[n,b,k] * x_k >= 1,    x over the slots before the T_k.

With the modalities by growing arrival, the slots between two arrivals go to whoever still waits and gains most. So with
F[A, b] = sum_n max_{k in A} w_k * share[n,b,k] and its running sums H[A, t] over time, the left side is a sum of K
differences of H. Time is counted in ``fine`` parts of a slot: whole slots are what the radio gives, but a search moves
more easily where a few ticks count, too.
"""

from __future__ import annotations

import numpy as np

from wnpopt.backends.compiled import compiled, inner
from wnpopt.problems.wnp.instance import IntArray
from wnpopt.problems.wnp.kernels.throughput import FloatArray

ENOUGH = 1.0 - 1e-9
"""What weighted throughput serves; the tolerance of ``throughput``."""

UNREACHABLE = 2**60
"""The value of tails that no arrivals within the slots there are can serve."""


@compiled
def fill_table(share: FloatArray, weight: FloatArray, length: IntArray, fine: int, table: FloatArray) -> None:
    """Write H of the cut ``weight`` (K,) into ``table`` (2^K, slots * fine + 1)."""
    n_count, b_count, k_count = share.shape
    sets = 1 << k_count
    best = np.zeros(sets)
    rate = np.zeros(sets)
    at = 0
    for s in range(sets):
        table[s, 0] = 0.0
    for b in range(b_count):
        for s in range(sets):
            rate[s] = 0.0
        for n in range(n_count):
            for k in range(k_count):
                value = weight[k] * share[n, b, k]
                for s in range(1 << k, 2 << k):  # the sets whose greatest member is k
                    best[s] = max(best[s - (1 << k)], value)
            for s in range(1, sets):
                rate[s] += best[s]
        for _ in range(length[b] * fine):
            for s in range(sets):
                table[s, at + 1] = table[s, at] + rate[s] / fine
            at += 1


@inner
def _sort_arrivals(
    value: int, tail: IntArray, step_ticks: int, steps: int, whole: int, arrival: IntArray, by: IntArray
) -> None:
    """The arrivals (K,) that ``tail`` leaves for a makespan of ``value``, ascending, and whose they are.

    They are in steps of ``step_ticks``, rounded down to multiples of ``whole``.
    """
    for k in range(tail.size):
        time = max(value - tail[k], 0) // step_ticks
        time = min(time - time % whole, steps)
        place = k
        while place > 0 and arrival[place - 1] > time:
            arrival[place], by[place] = arrival[place - 1], by[place - 1]
            place -= 1
        arrival[place], by[place] = time, k


@inner
def _throughput(pool: FloatArray, cut: int, arrival: IntArray, by: IntArray) -> float:
    """The cut's left side for sorted arrivals."""
    waiting = (1 << arrival.size) - 1
    before = 0
    total = 0.0
    for place in range(arrival.size):
        if arrival[place] > before:
            total += pool[cut, waiting, arrival[place]] - pool[cut, waiting, before]
            before = arrival[place]
        waiting ^= 1 << by[place]
    return total


@compiled
def least_value(
    pool: FloatArray,
    used: int,
    tail: IntArray,
    path: int,
    alone: IntArray,
    step_ticks: int,
    steps: int,
    whole: int,
    arrival: IntArray,
    by: IntArray,
) -> int:
    """The least makespan that the longest path, lone arrivals (ticks) and the first ``used`` cuts leave to ``tail``.

    :data:`UNREACHABLE` if there is none. ``arrival`` and ``by`` (K,) are scratch.
    """
    value = path
    for k in range(tail.size):
        value = max(value, alone[k] + tail[k])
    if tail.size == 0:
        return value
    _sort_arrivals(value, tail, step_ticks, steps, whole, arrival, by)
    for cut in range(used):
        if _throughput(pool, cut, arrival, by) >= ENOUGH:
            continue
        low, step = value, step_ticks * whole
        high = low + step
        while True:
            _sort_arrivals(high, tail, step_ticks, steps, whole, arrival, by)
            if _throughput(pool, cut, arrival, by) >= ENOUGH:
                break
            if arrival[0] >= steps:
                return UNREACHABLE
            low = high
            step *= 2
            high += step
        while high - low > 1:
            middle = (low + high) // 2
            _sort_arrivals(middle, tail, step_ticks, steps, whole, arrival, by)
            if _throughput(pool, cut, arrival, by) >= ENOUGH:
                high = middle
            else:
                low = middle
        value = high
        _sort_arrivals(value, tail, step_ticks, steps, whole, arrival, by)
    return value


@inner
def within(
    pool: FloatArray,
    turn: IntArray,
    used: int,
    tail: IntArray,
    path: int,
    alone: IntArray,
    step_ticks: int,
    steps: int,
    whole: int,
    value: int,
    arrival: IntArray,
    by: IntArray,
) -> bool:
    """True if :func:`least_value` is at most ``value``; the cut that says no comes first the next time (``turn``)."""
    if path > value:
        return False
    for k in range(tail.size):
        if alone[k] + tail[k] > value:
            return False
    if tail.size == 0:
        return True
    _sort_arrivals(value, tail, step_ticks, steps, whole, arrival, by)
    for place in range(used):
        cut = turn[place]
        if _throughput(pool, cut, arrival, by) < ENOUGH:
            turn[place], turn[0] = turn[0], cut
            return False
    return True
