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
    best_rates,
    mixed,
    mixture,
    usable_slots,
)
from wnpopt.problems.wnp.kernels.uplink import Arrivals, Uplink, stoppable

_WEIGHT_SCALE = 1 << 20

_SMALL = 100_000
"""Rates up to which the relaxation is solved to its optimum, and every makespan gets several roundings."""

_ENOUGH = 1.001
"""Shares of the payloads that are served: rounding mostly works from such a mixture, and the optimum takes longer."""

_COARSE = 4000
"""After a rounding that failed, a makespan is raised by its part of this size at least."""

_PLACES = (0.5, 0.17, 0.83)
"""Where the sequence of roundings begins (``throughput.mixed``)."""


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
    k_count, b_count = tail.size, start.size
    order = np.empty(k_count, dtype=np.int64)  # by falling deadline, whatever C is
    for k in range(k_count):
        q = k
        while q > 0 and tail[order[q - 1]] > tail[k]:
            order[q] = order[q - 1]
            q -= 1
        order[q] = k
    rate = np.empty((k_count, b_count))
    best_rates(share, weight, order, rate)
    first, last = low + 1, high + 1
    while first < last:
        middle = (first + last) // 2
        deadline = deadlines(middle, tail, slot_ticks, slots)
        total = 0.0
        for b in range(b_count):
            for q in range(k_count):
                usable = min(max(deadline[order[q]] - start[b], 0), length[b])
                later = min(max(deadline[order[q + 1]] - start[b], 0), length[b]) if q + 1 < k_count else 0
                total += rate[q, b] * (usable - later)
        if total >= 1.0 - 1e-9:
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
    columns: FloatArray,
    limit: int,
    give_up: int,
    stop: Flag,
) -> tuple[int, int, FloatArray, IntArray, FloatArray]:
    """(C, bound, weights, counts, columns): an allocation for C; weights prove that no C below ``bound`` has one.

    ``columns`` (P, K) are the weights of vertices to begin with, and those of the last basis (``throughput``).

    C is -1 if no allocation was found (or none below ``limit``); the bound is then above the largest useful C if the
    radio cannot deliver at all. ``give_up`` limits how many values beyond the bound rounding is tried at. Once ``stop``
    is raised no allocation is found, and the bound is what was proved until then.
    """
    k_count = payload.size
    count = np.zeros(rates.shape, dtype=np.int64)
    small = rates.size <= _SMALL
    enough = np.inf if small else _ENOUGH
    value, high = 0, 0
    for k in range(k_count):
        value = max(value, tail[k] + alone[k] * slot_ticks)
        high = max(high, tail[k] + slots * slot_ticks)
    proof: FloatArray = np.zeros(k_count)
    bound = value
    while True:
        if bound >= limit:
            return -1, bound, proof, count, columns
        usable = usable_slots(deadlines(bound, tail, slot_ticks, slots), start, length)
        _, upper, dual, part, columns = mixture(share, usable, columns, True, enough, stop)
        if upper >= 1.0 - 1e-9:
            break
        proof = dual
        bound = _least_value(share, dual, tail, start, length, slot_ticks, slots, bound, high)
        if bound > high:
            return -1, bound, proof, count, columns
    if give_up == 0:
        return -1, bound, proof, count, columns
    value = bound
    tried = -1
    for attempt in range(give_up):
        usable = usable_slots(deadlines(value, tail, slot_ticks, slots), start, length)
        if attempt > 0:
            # More than enough by and by: the larger the excess, the surer the rounding.
            wanted = enough if small else 1.0 + (enough - 1.0) * (1 + attempt)
            _, _, dual, part, columns = mixture(share, usable, columns, False, wanted, stop)
        for place in _PLACES:
            count = mixed(share, usable, columns, part, place)
            if repair(rates, payload, usable, dual, count, stop):
                return value, bound, proof, count, columns
            if not small:
                break
        if raised(stop):
            break
        # The next values one by one, then in growing steps: each slot more brings bits on every resource block.
        least, steps = value + value // _COARSE, max(1, attempt - 6)
        if attempt == 0 and not small:
            least, steps = value, 0  # once more, from a larger excess
        while steps > 0 or value < least:
            steps -= 1
            following = _next_value(value, tail, slot_ticks, slots)
            if following >= 0:
                value = following
                continue
            if attempt > 0 and value == tried:
                return -1, bound, proof, count, columns
            break
        tried = value
        if value >= limit:
            break
    return -1, bound, proof, count, columns


UNLIMITED = 2**62
"""Ticks that no answer reaches."""


class Columns:
    """Weights whose vertices the last answer of the radio mixed: the next one, to other tails, begins with them."""

    def __init__(self, uplink: Uplink) -> None:
        self.weights: FloatArray = uplink.all_weights()[np.newaxis]


def least_makespan(
    uplink: Uplink,
    tail: IntArray,
    budget: Budget,
    *,
    limit: int = UNLIMITED,
    give_up: int = 400,
    stop: Flag | None = None,
    columns: Columns | None = None,
) -> tuple[Arrivals | None, Cut | None]:
    """An allocation with a near-least C = max_k (tail_k + arrival_k), and the cut that bounds every one's from below.

    ``tail`` is in ticks, shape (K',). No allocation is found (None) if the radio cannot deliver, if rounding fails at
    the last slot, if C would reach ``limit``, or if ``budget`` is exhausted before (or the flag ``stop`` of a caller
    that watches the time itself is raised). The cut is None when the modalities' alone arrivals are the bound.
    ``columns`` are those of one run, taken up and renewed.
    """
    alone = uplink.alone()
    if alone is None:
        return None, None
    if uplink.count == 0:
        return Arrivals.none(uplink), None
    tail = np.ascontiguousarray(tail, dtype=np.int64)

    known = Columns(uplink) if columns is None else columns

    def work(flag: Flag) -> tuple[int, int, FloatArray, IntArray, FloatArray]:
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
            known.weights,
            limit,
            give_up,
            flag,
        )

    value, bound, weight, count, known.weights = stoppable(uplink, budget, work) if stop is None else work(stop)
    if value < 0 and columns is not None and limit == UNLIMITED:
        # Rounding failed on what the known columns mix: it may succeed on another mixture.
        known.weights = Columns(uplink).weights
        value, bound, weight, count, known.weights = stoppable(uplink, budget, work) if stop is None else work(stop)
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
