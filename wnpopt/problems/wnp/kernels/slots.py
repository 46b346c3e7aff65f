"""An allocation as a table of slots, and when it really delivers."""

from __future__ import annotations

import numpy as np

from wnpopt.backends.compiled import compiled
from wnpopt.problems.wnp.instance import IntArray
from wnpopt.problems.wnp.kernels.uplink import Arrivals, Uplink


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


@compiled
def gone_on(
    rates: IntArray, payload: IntArray, block: IntArray, table: IntArray, first: int
) -> tuple[IntArray, IntArray]:
    """(slots (K', N, B), arrival (K',)) of ``table`` (slots, N) from the slot ``first`` on, -1 where it is free.

    What a modality no longer needs is free as well. Free ones carry what lacks most of its payload, of those that they
    carry at all. An arrival is -1 where the slots are not enough.
    """
    k_count, n_count = rates.shape[:2]
    count = np.zeros(rates.shape, dtype=np.int64)
    arrival = np.full(k_count, -1, dtype=np.int64)
    planned, got = np.zeros(k_count, dtype=np.int64), np.zeros(k_count, dtype=np.int64)
    for t in range(first, table.shape[0]):
        for n in range(n_count):
            k = table[t, n]
            if k >= 0:
                planned[k] += rates[k, n, block[t]]
    for t in range(first, table.shape[0]):
        b = block[t]
        for n in range(n_count):
            k = table[t, n]
            if k < 0 or arrival[k] >= 0 or rates[k, n, b] == 0:
                k, most = -1, 0.0
                for j in range(k_count):  # what the table does not bring
                    lack = (payload[j] - planned[j]) / payload[j]
                    if arrival[j] < 0 and rates[j, n, b] > 0 and lack > most:
                        k, most = j, lack
                if k < 0:
                    continue
                planned[k] += rates[k, n, b]
            count[k, n, b] += 1
            got[k] += rates[k, n, b]
        missing = False
        for k in range(k_count):
            if arrival[k] < 0 and got[k] >= payload[k]:
                arrival[k] = t + 1
            missing |= arrival[k] < 0
        if not missing:
            break
    return count, arrival
