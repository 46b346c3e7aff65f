"""The radio's answer to given tails: arrivals that suit them, and what limits these.

With q_k the ticks that must follow the arrival of modality k, a makespan of C leaves modality k the first
T_k(C) = floor((C - q_k) / slot_ticks) slots. The least C for which an allocation exists is found by cuts
(``throughput``) for the linear relaxation, then by rounding (``rounding``). The cut that was met last is returned as
integers, so that :mod:`cuts <wnpopt.problems.wnp.kernels.cuts>` can repeat its claim in exact arithmetic.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from wnpopt.backends.compiled import compiled, inner
from wnpopt.backends.stop_flag import raised
from wnpopt.backends.stopping import Flag
from wnpopt.core.budget import Budget
from wnpopt.problems.wnp.instance import IntArray
from wnpopt.problems.wnp.kernels.rounding import repair
from wnpopt.problems.wnp.kernels.throughput import (
    FloatArray,
    concurrent_throughput,
    usable_slots,
    weighted_throughput,
)
from wnpopt.problems.wnp.kernels.uplink import Arrivals, Uplink, stoppable

_WEIGHT_SCALE = 1 << 20


@dataclass(frozen=True)
class Cut:
    """Weights (K', integers) that prove: the radio's linear relaxation already meets no makespan below ``value``."""

    value: int
    weight: IntArray


@compiled
def deadlines(value: int, tail: IntArray, slot_ticks: int, slots: int) -> IntArray:
    """T_k(C), within 0 and the number of slots, shape (K',)."""
    result = np.empty(tail.size, dtype=np.int64)
    for k in range(tail.size):
        result[k] = min(max((value - tail[k]) // slot_ticks, 0), slots)
    return result


@inner
def _next_value(value: int, tail: IntArray, slot_ticks: int, slots: int) -> int:
    """Least C above ``value`` that gives some modality a slot more; -1 if all have all slots."""
    best = -1
    for k in range(tail.size):
        slot = min(max((value - tail[k]) // slot_ticks, 0), slots)
        if slot < slots:
            candidate = tail[k] + (slot + 1) * slot_ticks
            if best < 0 or candidate < best:
                best = candidate
    return best


@inner
def _least_value(
    share: FloatArray,
    weight: FloatArray,
    tail: IntArray,
    start: IntArray,
    length: IntArray,
    slot_ticks: int,
    slots: int,
    low: int,
    high: int,
) -> int:
    """Least C in (low, high] at which the cut of ``weight`` holds; high + 1 if it holds at none."""
    first, last = low + 1, high + 1
    while first < last:
        middle = (first + last) // 2
        usable = usable_slots(deadlines(middle, tail, slot_ticks, slots), start, length)
        if weighted_throughput(share, weight, usable) >= 1.0 - 1e-9:
            last = middle
        else:
            first = middle + 1
    return first


@compiled
def min_max(
    rates: IntArray,
    payload: IntArray,
    share: FloatArray,
    start: IntArray,
    length: IntArray,
    slot_ticks: int,
    slots: int,
    tail: IntArray,
    alone: IntArray,
    weight: FloatArray,
    limit: int,
    give_up: int,
    stop: Flag,
) -> tuple[int, int, FloatArray, IntArray]:
    """(C, bound, weights, counts): an allocation for C, and weights that prove that no C below ``bound`` has one.

    C is -1 if no allocation was found (or none below ``limit``); the bound is then above the largest useful C if the
    radio cannot deliver at all. ``give_up`` limits how many values beyond the bound rounding is tried at. Once ``stop``
    is raised no allocation is found, and the bound is what was proved until then.
    """
    k_count = payload.size
    count = np.zeros(rates.shape, dtype=np.int64)
    value, high = 0, 0
    for k in range(k_count):
        value = max(value, tail[k] + alone[k] * slot_ticks)
        high = max(high, tail[k] + slots * slot_ticks)
    proof = weight * 0.0
    bound = value
    while True:
        if bound >= limit:
            return -1, bound, proof, count
        usable = usable_slots(deadlines(bound, tail, slot_ticks, slots), start, length)
        _, upper, weight, count = concurrent_throughput(share, usable, weight, True, stop)
        if upper >= 1.0 - 1e-9:
            break
        proof = weight
        bound = _least_value(share, weight, tail, start, length, slot_ticks, slots, bound, high)
        if bound > high:
            return -1, bound, proof, count
    value = bound
    tried = -1
    for attempt in range(give_up):
        usable = usable_slots(deadlines(value, tail, slot_ticks, slots), start, length)
        if attempt > 0:
            _, _, weight, count = concurrent_throughput(share, usable, weight, False, stop)
        if repair(rates, payload, usable, weight, count, stop):
            return value, bound, proof, count
        if raised(stop):
            break
        # The next values one by one, then in growing steps: each slot more brings bits on every resource block.
        for _ in range(max(1, attempt - 6)):
            following = _next_value(value, tail, slot_ticks, slots)
            if following >= 0:
                value = following
            elif attempt > 0 and value == tried:
                return -1, bound, proof, count
        tried = value
        if value >= limit:
            break
    return -1, bound, proof, count


def least_makespan(
    uplink: Uplink,
    tail: IntArray,
    budget: Budget,
    *,
    limit: int = 2**62,
    give_up: int = 400,
    stop: Flag | None = None,
) -> tuple[Arrivals | None, Cut | None]:
    """An allocation with a near-least C = max_k (tail_k + arrival_k), and the cut that bounds every one's from below.

    ``tail`` is in ticks, shape (K',). No allocation is found (None) if the radio cannot deliver, if rounding fails at
    the last slot, if C would reach ``limit``, or if ``budget`` is exhausted before (or the flag ``stop`` of a caller
    that watches the time itself is raised). The cut is None when the modalities' alone arrivals are the bound.
    """
    alone = uplink.alone()
    if alone is None:
        return None, None
    if uplink.count == 0:
        return Arrivals.none(uplink), None
    tail = np.ascontiguousarray(tail, dtype=np.int64)

    def work(flag: Flag) -> tuple[int, int, FloatArray, IntArray]:
        return min_max(
            uplink.rates,
            uplink.payload,
            uplink.share,
            uplink.block_start,
            uplink.block_length,
            uplink.slot_ticks,
            uplink.slots,
            tail,
            alone,
            uplink.all_weights(),
            limit,
            give_up,
            flag,
        )

    value, bound, weight, count = stoppable(uplink, budget, work) if stop is None else work(stop)
    cut = Cut(int(bound), integral(uplink, weight)) if weight.any() else None
    if value < 0:
        return None, cut
    deadline = deadlines(value, tail, uplink.slot_ticks, uplink.slots)
    return Arrivals(int(value), deadline, count), cut


def integral(uplink: Uplink, weight: FloatArray) -> IntArray:
    """Weights per bit as integers, in the proportion of ``weight`` per payload."""
    per_bit = weight / uplink.payload
    scaled = np.rint(per_bit * (_WEIGHT_SCALE / per_bit.max()))
    return np.asarray(scaled, dtype=np.int64)
