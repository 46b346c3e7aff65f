"""The radio side of wnp: arrivals that suit given tails, as slots on resource blocks, and what limits them.

With q_k the ticks that must follow the arrival of modality k, a makespan of C leaves modality k the first
T_k(C) = floor((C - q_k) / slot_ticks) slots. The least C for which an allocation exists is found by cuts
(``throughput``) for the linear relaxation, then by rounding (``rounding``). The cut that was met last is returned as
integers, so that :func:`cut_bound` can repeat its claim in exact arithmetic.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

import numpy as np

from wnpopt.backends.compiled import compiled, inner
from wnpopt.backends.stop_flag import raised
from wnpopt.backends.stopping import Flag, never, run_stoppable
from wnpopt.core.budget import Budget
from wnpopt.problems.wnp.instance import IntArray, WnpInstance
from wnpopt.problems.wnp.kernels.horizon import useful_slots
from wnpopt.problems.wnp.kernels.rounding import repair
from wnpopt.problems.wnp.kernels.throughput import (
    FloatArray,
    concurrent_throughput,
    usable_slots,
    weighted_throughput,
)

_WEIGHT_SCALE = 1 << 20
_SMALL = 20_000

T = TypeVar("T")


@dataclass(frozen=True)
class Uplink:
    """The modalities that need the radio (named by a subgraph, with a payload), with their arrays made ready.

    ``index`` (K',) are their indices in the instance; ``rates`` is (K', N, B), ``share`` (N, B, K') what a slot
    brings of a payload. ``slots`` are those that some optimum needs (:func:`~wnpopt.problems.wnp.kernels.horizon.
    useful_slots`), with their blocks.
    """

    index: IntArray
    names: tuple[str, ...]
    rates: IntArray
    payload: IntArray
    share: FloatArray
    block_start: IntArray
    block_length: IntArray
    slots: int
    slot_ticks: int

    @staticmethod
    def of(instance: WnpInstance) -> Uplink:
        """The uplink of ``instance``."""
        index = np.flatnonzero(instance.needed & (instance.payloads > 0)).astype(np.int64)
        slots = useful_slots(instance)
        blocks = -(-slots // instance.radio.block_slots)
        rates = np.ascontiguousarray(instance.rates[index, :, :blocks])
        payload = instance.payloads[index]
        share = np.ascontiguousarray((rates / payload[:, None, None]).transpose(1, 2, 0))
        start = np.arange(blocks, dtype=np.int64) * instance.radio.block_slots
        return Uplink(
            index,
            tuple(instance.modalities[k].name for k in index),
            rates,
            payload,
            share,
            start,
            np.minimum(instance.radio.block_slots, slots - start),
            slots,
            instance.radio.slot_ticks,
        )

    @property
    def count(self) -> int:
        """K', the number of modalities that need the radio."""
        return int(self.index.size)

    def alone(self) -> IntArray | None:
        """Slots until each modality has arrived when it has the radio for itself, shape (K',).

        None if one never does.
        """
        slots = _alone(self.rates, self.payload, self.block_length)
        return None if self.count and slots.min() < 0 else slots

    def all_weights(self) -> FloatArray:
        """Equal weights, the start of every search."""
        return np.full(self.count, 1.0 / max(self.count, 1))


@dataclass(frozen=True)
class Arrivals:
    """An allocation.

    ``slots`` (K', N, B) counts, ``deadline`` (K',) in slots that it meets, and the C it was found for.
    """

    value: int
    deadline: IntArray
    count: IntArray


@dataclass(frozen=True)
class Cut:
    """Weights (K', integers) for which the radio, in the linear relaxation already.

    Cannot meet a makespan below ``value``.
    """

    value: int
    weight: IntArray


@compiled
def _alone(rates: IntArray, payload: IntArray, block_length: IntArray) -> IntArray:
    slots = np.full(payload.size, -1, dtype=np.int64)
    for k in range(payload.size):
        got, passed = 0, 0
        for b in range(block_length.size):
            speed = rates[k, :, b].sum()
            if speed > 0 and got + speed * block_length[b] >= payload[k]:
                slots[k] = passed + -(-(payload[k] - got) // speed)
                break
            got += speed * block_length[b]
            passed += block_length[b]
    return slots


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
    """An allocation with a near-least C = max_k (tail_k + arrival_k).

    And the cut that bounds every allocation's C from below.

    ``tail`` is in ticks, shape (K',). No allocation is found (None) if the radio cannot deliver, if rounding fails at
    the last slot, if C would reach ``limit``, or if ``budget`` is exhausted before (or the flag ``stop`` of a caller
    that watches the time itself is raised). The cut is None when the modalities' alone arrivals are the bound.
    """
    alone = uplink.alone()
    if alone is None:
        return None, None
    if uplink.count == 0:
        return Arrivals(0, np.zeros(0, dtype=np.int64), np.zeros(uplink.rates.shape, dtype=np.int64)), None
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
    cut = Cut(int(bound), _integral(uplink, weight)) if weight.any() else None
    if value < 0:
        return None, cut
    deadline = deadlines(value, tail, uplink.slot_ticks, uplink.slots)
    return Arrivals(int(value), deadline, count), cut


def stoppable(uplink: Uplink, budget: Budget, work: Callable[[Flag], T]) -> T:
    """``work(stop)``, with a flag that is raised once ``budget`` is exhausted; small radios take no time anyway."""
    if uplink.rates.size * uplink.count <= _SMALL:
        return work(never())
    return run_stoppable(work, budget)


def _integral(uplink: Uplink, weight: FloatArray) -> IntArray:
    """Weights per bit as integers, in the proportion of ``weight`` per payload."""
    per_bit = weight / uplink.payload
    scaled = np.rint(per_bit * (_WEIGHT_SCALE / per_bit.max()))
    return np.asarray(scaled, dtype=np.int64)


def cut_holds(uplink: Uplink, weight: IntArray, deadline: IntArray) -> bool:
    """True unless the weights prove, in exact arithmetic, that no allocation meets the deadlines.

    The claim that is checked: sum_{n,b} max_x sum_k u_k*r[k,n,b]*x_k >= sum_k u_k*D_k, with x over the slots that lie
    before the deadlines.
    """
    usable = usable_slots(deadline, uplink.block_start, uplink.block_length)
    value = uplink.rates.astype(object) * weight.astype(object)[:, None, None]
    largest = int(uplink.rates.max(initial=0)) * int(weight.max(initial=0))
    if (
        largest * uplink.slots * uplink.rates.shape[1] < 2**62
    ):  # no sum below leaves 64 bits: the fast integers are exact
        value = uplink.rates * weight[:, None, None]
    order = np.argsort(-value, axis=0, kind="stable")
    sorted_value = np.take_along_axis(value, order, axis=0)
    prefix = np.maximum.accumulate(usable[order, np.arange(usable.shape[1])[None, None, :]], axis=0)
    slots = np.diff(prefix, axis=0, prepend=0)
    throughput = sum(int(part) for part in (sorted_value * slots).sum(axis=(0, 1)))
    return throughput >= sum(int(u) * int(d) for u, d in zip(weight, uplink.payload, strict=True))


def cut_bound(uplink: Uplink, tail: IntArray, weight: IntArray, at_most: int) -> int | None:
    """Largest C <= ``at_most`` such that the weights prove, exactly, that C - 1 cannot be met.

    None if there is none.
    """
    low, high = 0, at_most  # the cut fails to hold below C: monotone in C, so bisection is exact
    if cut_holds(uplink, weight, deadlines(-1, tail, uplink.slot_ticks, uplink.slots)):
        return None
    while low < high:
        middle = (low + high + 1) // 2
        if cut_holds(uplink, weight, deadlines(middle - 1, tail, uplink.slot_ticks, uplink.slots)):
            high = middle - 1
        else:
            low = middle
    return low


def cannot_deliver(uplink: Uplink, budget: Budget) -> str | None:
    """Why the radio cannot deliver all payloads in all its slots, proved in exact arithmetic.

    None where that is not shown, in the time that ``budget`` leaves.
    """
    all_slots = np.full(uplink.count, uplink.slots, dtype=np.int64)
    if uplink.count == 0:
        return None
    if uplink.alone() is None:
        capacity = (uplink.rates * uplink.block_length).sum(axis=(1, 2))
        k = int(np.flatnonzero(capacity < uplink.payload)[0])
        return (
            f"modality {uplink.names[k]} needs {uplink.payload[k]} bits, and all resource blocks in all "
            f"slots carry {capacity[k]} for it"
        )
    usable = usable_slots(all_slots, uplink.block_start, uplink.block_length)
    _, _, weight, _ = stoppable(
        uplink,
        budget,
        lambda stop: concurrent_throughput(uplink.share, usable, uplink.all_weights(), True, stop),
    )
    integral = _integral(uplink, weight)
    if cut_holds(uplink, integral, all_slots):
        return None
    listed = ", ".join(f"{name}: {u}" for name, u in zip(uplink.names, integral, strict=True))
    return f"the payloads, weighted by modality ({listed}), exceed all that the resource blocks can carry in all slots"


def slot_table(uplink: Uplink, arrivals: Arrivals, resource_blocks: int) -> tuple[tuple[int | None, ...], ...]:
    """The allocation slot by slot, earliest deadline first within a block, up to the last slot that is used.

    Slots that deliver nothing more stay None.
    """
    order = np.argsort(arrivals.deadline, kind="stable")
    used = arrivals.count.sum(axis=0)
    rows = int(np.where(used > 0, uplink.block_start + used, 0).max(initial=0))
    table = np.full((rows, resource_blocks), uplink.count, dtype=np.int64)  # the last number stands for None
    for n, b in np.argwhere(used > 0).tolist():
        first = int(uplink.block_start[b])
        table[first : first + int(used[n, b]), n] = np.repeat(order, arrivals.count[order, n, b])
    _drop_surplus(uplink, table)
    kept = np.flatnonzero((table < uplink.count).any(axis=1))
    names = np.array([*uplink.index.tolist(), None], dtype=object)
    return tuple(map(tuple, names[table[: kept[-1] + 1 if kept.size else 0]].tolist()))


def _drop_surplus(uplink: Uplink, table: IntArray) -> None:
    """Set what comes after a modality's last needed bit, or carries none, to the number of modalities (none)."""
    width = table.shape[1]
    flat = table.reshape(-1)
    for k in range(uplink.count):
        at = np.flatnonzero(flat == k)
        block = np.searchsorted(uplink.block_start, at // max(width, 1), side="right") - 1
        bits = uplink.rates[k, at % max(width, 1), block]
        flat[at[(np.cumsum(bits) - bits >= uplink.payload[k]) | (bits == 0)]] = uplink.count


@compiled
def _arrival_slots(
    rates: IntArray, payload: IntArray, count: IntArray, order: IntArray, start: IntArray, length: IntArray, slots: int
) -> IntArray:
    n_count, b_count = rates.shape[1:]
    arrival = np.full(payload.size, slots, dtype=np.int64)
    before = np.zeros((n_count, b_count), dtype=np.int64)  # slots of those with earlier deadlines
    for k in order:
        got = 0
        for b in range(b_count):
            bits = 0
            for n in range(n_count):
                bits += rates[k, n, b] * count[k, n, b]
            if got + bits < payload[k]:
                got += bits
                continue
            first, last = 1, length[b]  # the least number of the block's slots that is enough
            while first < last:
                middle = (first + last) // 2
                reached = got
                for n in range(n_count):
                    reached += rates[k, n, b] * min(max(middle - before[n, b], 0), count[k, n, b])
                if reached >= payload[k]:
                    last = middle
                else:
                    first = middle + 1
            arrival[k] = start[b] + first
            break
        for n in range(n_count):
            for b in range(b_count):
                before[n, b] += count[k, n, b]
    return arrival


def arrival_slots(uplink: Uplink, arrivals: Arrivals) -> IntArray:
    """Slots after which each modality has really arrived, shape (K',): no later than its deadline, often earlier."""
    order = np.argsort(arrivals.deadline, kind="stable")
    return np.asarray(
        _arrival_slots(
            uplink.rates,
            uplink.payload,
            arrivals.count,
            order,
            uplink.block_start,
            uplink.block_length,
            uplink.slots,
        )
    )
