"""Labels of one level side by side in arrays: their needs, their comparison, and what falls out of a beam."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from wnpopt.backends.compiled import inner
from wnpopt.problems.intradp.kernels.arrays import Arrays, FloatArray, IntArray, RowArray

NEVER = -1e300
"""The tail of a clock that the rest of the plan does not wait for."""


class LabelPool(NamedTuple):
    """Labels of one level; L tensors are live there. ``clock``: tails of device, server, uplink, downlink; joules.

    ``rows``/``tails`` hold, for each live tensor, the two steps of the device's needs and of the server's: (y, t) of
    the operator that waits longest, (y, t) of the one that needs most; then the same of (x, s). The last four of
    ``rows`` are where the needs of these operators begin on the device, and end on the server: windows may crop.
    """

    clock: FloatArray  # (C, 5)
    rows: RowArray  # (C, L, 8)
    tails: FloatArray  # (C, L, 4)
    bound: FloatArray  # (C,)
    rank: FloatArray  # (C,)
    key: IntArray  # (C,)
    alive: npt.NDArray[np.bool_]  # (C,)
    link: IntArray  # (C,) next label in the same bucket, -1 for none
    parent: RowArray  # (C,)
    end: RowArray  # (C,) device_end of the operator decided
    begin: RowArray  # (C,) server_begin
    bucket: IntArray  # (power of 2,) first label of each bucket
    tally: IntArray  # (3,): labels in the pool; labels relaxed so far; work done so far


def pool(capacity: int, live: int) -> LabelPool:
    """An empty pool."""
    buckets = 1 << max(4, int(capacity - 1).bit_length())
    return LabelPool(
        np.zeros((capacity, 5)),
        np.zeros((capacity, live, 8), np.int32),
        np.zeros((capacity, live, 4)),
        np.zeros(capacity),
        np.zeros(capacity),
        np.zeros(capacity, np.int64),
        np.zeros(capacity, np.bool_),
        np.zeros(capacity, np.int64),
        np.zeros(capacity, np.int32),
        np.zeros(capacity, np.int32),
        np.zeros(capacity, np.int32),
        np.full(buckets, -1, np.int64),
        np.zeros(3, np.int64),
    )


@inner
def open_needs(p: Arrays, into: LabelPool, i: int, slots: RowArray) -> None:
    """Empty needs in label i."""
    for w in range(len(slots)):
        s = slots[w]
        if s >= 0:
            into.rows[i, s, 0] = into.rows[i, s, 1] = 0
            into.rows[i, s, 2] = into.rows[i, s, 3] = p.units[w]
            for c in range(4):
                into.rows[i, s, 4 + c] = 0
                into.tails[i, s, c] = NEVER


@inner
def add_needs(p: Arrays, into: LabelPool, i: int, u: int, a: int, b: int, slots: RowArray) -> None:
    """Add to label i what operator u needs of its inputs; the label's clocks are those at u's start."""
    for e in range(p.in_ptr[u], p.in_ptr[u + 1]):
        s = slots[p.in_source[e]]
        at = p.need_ptr[e]
        rows, tails = into.rows[i, s], into.tails[i, s]
        if a > 0 and p.dev_hi[at + a] > 0:
            y, t = p.dev_hi[at + a], into.clock[i, 0]
            # u starts before all that is in the label, so it waits longest: t is at least every tail here.
            if y >= max(rows[0], rows[1]):
                rows[1], tails[1], rows[5] = 0, NEVER, 0
            elif y < rows[0]:
                if rows[1] > rows[0]:
                    # A third step: forget the middle one. That only lets its operator start too early.
                    into.tally[1] += 1
                else:
                    rows[1], tails[1], rows[5] = rows[0], tails[0], rows[4]
            rows[0], tails[0], rows[4] = y, t, p.dev_lo[at + a]
        if b < p.units[u] and p.srv_hi[at + b] > 0:
            x, t = p.srv_lo[at + b], into.clock[i, 1]
            source_units = p.units[p.in_source[e]]
            if x <= min(rows[2], rows[3]):
                rows[3], tails[3], rows[7] = source_units, NEVER, 0
            elif x > rows[2]:
                if rows[3] < rows[2]:
                    into.tally[1] += 1
                else:
                    rows[3], tails[3], rows[7] = rows[2], tails[2], rows[6]
            rows[2], tails[2], rows[6] = x, t, p.srv_hi[at + b]


@inner
def _dominates(pool: LabelPool, i: int, j: int, live: int, extra: bool) -> bool:
    """True if label i is at least as good as j for the same needs."""
    for c in range(4):
        if pool.clock[i, c] > pool.clock[j, c]:
            return False
    if extra and pool.clock[i, 4] > pool.clock[j, 4]:
        return False
    for s in range(live):
        for c in range(4):
            if pool.tails[i, s, c] > pool.tails[j, s, c]:
                return False
    return True


@inner
def _same_needs(pool: LabelPool, i: int, j: int, live: int) -> bool:
    for s in range(live):
        for c in range(8):
            if pool.rows[i, s, c] != pool.rows[j, s, c]:
                return False
    return True


@inner
def insert(into: LabelPool, i: int, live: int, extra: bool) -> None:
    """Keep label i (the next free place) unless an equal or better one is there; drop those that it beats."""
    key = np.int64(1469598103934665603)
    for s in range(live):
        for c in range(8):
            key = (key ^ np.int64(into.rows[i, s, c])) * np.int64(1099511628211)
            key ^= key >> np.int64(29)
    into.key[i] = key
    mask = len(into.bucket) - 1
    place = key & mask
    before = np.int64(-1)
    j = into.bucket[place]
    while j >= 0:
        following = into.link[j]
        if into.key[j] == key and _same_needs(into, i, j, live):
            if _dominates(into, j, i, live, extra):
                return
            if _dominates(into, i, j, live, extra):
                into.alive[j] = False
                if before < 0:
                    into.bucket[place] = following
                else:
                    into.link[before] = following
                j = following
                continue
        before = j
        j = following
    into.alive[i] = True
    into.link[i] = into.bucket[place]
    into.bucket[place] = i
    into.tally[0] = i + 1


# Loops rather than numpy's indexing by arrays, which takes seconds to compile for every kind of array.
@inner
def _gather1(values: npt.NDArray[np.generic], index: IntArray) -> None:
    """values[: len(index)] = values[index]"""
    taken = np.empty(len(index), values.dtype)
    for k in range(len(index)):
        taken[k] = values[index[k]]
    for k in range(len(index)):
        values[k] = taken[k]


@inner
def _gather2(values: npt.NDArray[np.generic], index: IntArray) -> None:
    """The same for two dimensions."""
    taken = np.empty((len(index), values.shape[1]), values.dtype)
    for k in range(len(index)):
        for c in range(values.shape[1]):
            taken[k, c] = values[index[k], c]
    for k in range(len(index)):
        for c in range(values.shape[1]):
            values[k, c] = taken[k, c]


@inner
def _gather3(values: npt.NDArray[np.generic], index: IntArray) -> None:
    """The same for three dimensions."""
    taken = np.empty((len(index), values.shape[1], values.shape[2]), values.dtype)
    for k in range(len(index)):
        for s in range(values.shape[1]):
            for c in range(values.shape[2]):
                taken[k, s, c] = values[index[k], s, c]
    for k in range(len(index)):
        for s in range(values.shape[1]):
            for c in range(values.shape[2]):
                values[k, s, c] = taken[k, s, c]


@inner
def compact(into: LabelPool, width: int) -> float:
    """Keep the ``width`` labels of least rank, sorted by it; the least bound among those that go, or infinity."""
    count = into.tally[0]
    index = np.zeros(count, np.int64)
    kept = 0
    for i in range(count):
        if into.alive[i]:
            index[kept] = i
            kept += 1
    ranks = np.zeros(kept)
    for k in range(kept):
        ranks[k] = into.rank[index[k]]
    order = np.argsort(ranks)
    chosen = np.zeros(min(kept, width), np.int64)
    dropped = np.inf
    for k in range(kept):
        if k < width:
            chosen[k] = index[order[k]]
        else:
            dropped = min(dropped, into.bound[index[order[k]]])
    kept = len(chosen)
    _gather2(into.clock, chosen)
    _gather3(into.tails, chosen)
    _gather3(into.rows, chosen)
    _gather1(into.bound, chosen)
    _gather1(into.rank, chosen)
    _gather1(into.key, chosen)
    _gather1(into.parent, chosen)
    _gather1(into.end, chosen)
    _gather1(into.begin, chosen)
    into.alive[:kept] = True
    into.alive[kept:] = False
    into.bucket[:] = -1
    mask = len(into.bucket) - 1
    for i in range(kept):
        place = into.key[i] & mask
        into.link[i] = into.bucket[place]
        into.bucket[place] = i
    into.tally[0] = kept
    return dropped
