"""The radio side of wnp: arrivals that suit given tails, as slots on resource blocks, and what limits them.

With q_k the ticks that must follow the arrival of modality k, a makespan of C leaves modality k the first
T_k(C) = floor((C - q_k) / slot_ticks) slots. The least C for which an allocation exists is found by cuts
(``throughput``) for the linear relaxation, then by rounding (``rounding``). The cut that was met last is returned as
integers, so that :func:`cut_bound` can repeat its claim in exact arithmetic.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from wnpopt.backends.compiled import compiled, inner
from wnpopt.problems.wnp.instance import IntArray, WnpInstance
from wnpopt.problems.wnp.kernels.rounding import repair
from wnpopt.problems.wnp.kernels.throughput import (
    FloatArray,
    concurrent_throughput,
    usable_slots,
    weighted_throughput,
)

_WEIGHT_SCALE = 1 << 20


@dataclass(frozen=True)
class Uplink:
    """The modalities that need the radio (named by a subgraph, with a payload), with their arrays made ready.

    ``index`` (K',) are their indices in the instance; ``rates`` is (K', N, B), ``share`` (N, B, K') what a slot
    brings of a payload.
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
        rates = np.ascontiguousarray(instance.rates[index])
        payload = instance.payloads[index]
        share = np.ascontiguousarray((rates / payload[:, None, None]).transpose(1, 2, 0))
        return Uplink(
            index,
            tuple(instance.modalities[k].name for k in index),
            rates,
            payload,
            share,
            instance.block_start,
            instance.block_length,
            instance.radio.slots,
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
) -> tuple[int, int, FloatArray, IntArray]:
    """(C, bound, weights, counts): an allocation for C, and weights that prove that no C below ``bound`` has one.

    C is -1 if no allocation was found (or none below ``limit``); the bound is then above the largest useful C if the
    radio cannot deliver at all. ``give_up`` limits how many values beyond the bound rounding is tried at.
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
        _, upper, weight, count = concurrent_throughput(share, usable, weight, True)
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
            _, _, weight, count = concurrent_throughput(share, usable, weight, False)
        if repair(rates, payload, usable, weight, count):
            return value, bound, proof, count
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
    uplink: Uplink, tail: IntArray, *, limit: int = 2**62, give_up: int = 400
) -> tuple[Arrivals | None, Cut | None]:
    """An allocation with a near-least C = max_k (tail_k + arrival_k).

    And the cut that bounds every allocation's C from below.

    ``tail`` is in ticks, shape (K',). No allocation is found (None) if the radio cannot deliver, if rounding fails at
    the last slot, or if C would reach ``limit``. The cut is None when the modalities' alone arrivals are the bound.
    """
    alone = uplink.alone()
    if alone is None:
        return None, None
    if uplink.count == 0:
        return Arrivals(0, np.zeros(0, dtype=np.int64), np.zeros(uplink.rates.shape, dtype=np.int64)), None
    tail = np.ascontiguousarray(tail, dtype=np.int64)
    value, bound, weight, count = min_max(
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
    )
    cut = Cut(int(bound), _integral(uplink, weight)) if weight.any() else None
    if value < 0:
        return None, cut
    deadline = deadlines(value, tail, uplink.slot_ticks, uplink.slots)
    return Arrivals(int(value), deadline, count), cut


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


def cannot_deliver(uplink: Uplink) -> str | None:
    """Why the radio cannot deliver all payloads in all its slots, proved in exact arithmetic.

    None where that is not shown.
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
    _, _, weight, _ = concurrent_throughput(uplink.share, usable, uplink.all_weights(), True)
    integral = _integral(uplink, weight)
    if cut_holds(uplink, integral, all_slots):
        return None
    listed = ", ".join(f"{name}: {u}" for name, u in zip(uplink.names, integral, strict=True))
    return f"the payloads, weighted by modality ({listed}), exceed all that the resource blocks can carry in all slots"


def slot_table(uplink: Uplink, arrivals: Arrivals, resource_blocks: int) -> tuple[tuple[int | None, ...], ...]:
    """The allocation slot by slot, earliest deadline first within a block.

    Slots that deliver nothing more stay None.
    """
    table: list[list[int | None]] = [[None] * resource_blocks for _ in range(uplink.slots)]
    order = np.argsort(arrivals.deadline, kind="stable")
    for b, (first, length) in enumerate(zip(uplink.block_start, uplink.block_length, strict=True)):
        for n in range(resource_blocks):
            slot = int(first)
            for k in order:
                for _ in range(int(arrivals.count[k, n, b])):
                    if slot < first + length:
                        table[slot][n] = int(k)
                        slot += 1
    _drop_surplus(uplink, table)
    while table and all(entry is None for entry in table[-1]):
        table.pop()
    return tuple(tuple(None if k is None else int(uplink.index[k]) for k in row) for row in table)


def _drop_surplus(uplink: Uplink, table: list[list[int | None]]) -> None:
    """Set what comes after a modality's last needed bit, or carries none, to None."""
    missing = uplink.payload.copy()
    block = np.repeat(np.arange(uplink.block_length.size), uplink.block_length)
    for t, row in enumerate(table):
        for n, k in enumerate(row):
            if k is None:
                continue
            bits = uplink.rates[k, n, block[t]]
            if missing[k] <= 0 or bits == 0:
                row[n] = None
            else:
                missing[k] -= bits


@compiled
def _arrival_slots(
    rates: IntArray, payload: IntArray, count: IntArray, order: IntArray, start: IntArray, slots: int
) -> IntArray:
    bits = np.zeros((payload.size, slots), dtype=np.int64)
    for n in range(rates.shape[1]):
        for b in range(rates.shape[2]):
            slot = start[b]
            for k in order:
                for _ in range(count[k, n, b]):
                    bits[k, slot] += rates[k, n, b]
                    slot += 1
    arrival = np.full(payload.size, slots, dtype=np.int64)
    for k in range(payload.size):
        got = 0
        for t in range(slots):
            got += bits[k, t]
            if got >= payload[k]:
                arrival[k] = t + 1
                break
    return arrival


def arrival_slots(uplink: Uplink, arrivals: Arrivals) -> IntArray:
    """Slots after which each modality has really arrived, shape (K',): no later than its deadline, often earlier."""
    order = np.argsort(arrivals.deadline, kind="stable")
    return np.asarray(
        _arrival_slots(uplink.rates, uplink.payload, arrivals.count, order, uplink.block_start, uplink.slots)
    )
