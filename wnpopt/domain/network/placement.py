"""Where and when the parts of a network run on unequal cores, estimated by list scheduling.

Parts go by the mean of an optimistic cost table, each to the core that ends it earliest with what must follow (PEFT:
Arabnejad and Barbosa, "List scheduling algorithm for heterogeneous systems by an optimistic cost table", IEEE TPDS
25(3), 2014). On a chain the table is exact, so bans and transfers are seen before they are met.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from heapq import heappop, heappush

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

IMPOSSIBLE = float("inf")


@dataclass(frozen=True, eq=False)
class Transfers:
    """``latency_s`` (cores by cores, 0 on the diagonal), and ``byte_s`` for each byte between different cores."""

    latency_s: Floats
    byte_s: float

    @classmethod
    def on_mesh(cls, places: Sequence[tuple[int, int]], hop_s: float, bytes_per_s: float) -> Transfers:
        """Those of cores at these (x, y): a transfer takes ``hop_s`` a hop, and its bytes at ``bytes_per_s``."""
        at = np.array(places, dtype=np.float64).reshape(-1, 2)
        hops = np.abs(at[:, None, :] - at[None, :, :]).sum(axis=2)
        return cls(hops * hop_s, 1.0 / bytes_per_s)

    @property
    def cores(self) -> int:
        return len(self.latency_s)

    def of(self, size: float) -> Floats:
        """Seconds of ``size`` bytes from each core (row) to each core."""
        seconds = self.latency_s + size * self.byte_s
        np.fill_diagonal(seconds, 0.0)
        return seconds


@dataclass(frozen=True)
class Placement:
    """A schedule: ``core``, ``start`` and ``end`` of each part, and the parts in the order of their start."""

    core: tuple[int, ...]
    start: tuple[float, ...]
    end: tuple[float, ...]
    order: tuple[int, ...]

    @property
    def makespan(self) -> float:
        return max(self.end)


def place(times: Floats, successors: Sequence[Mapping[int, float]], transfers: Transfers) -> Placement:
    """The better of two list schedules of parts with ``times`` (parts by cores, infinite where one cannot run).

    ``successors[i]`` are the bytes to each part that reads from i. Every part needs a core that runs it.
    """
    count = len(times)
    before: list[dict[int, float]] = [{} for _ in range(count)]
    for i, after in enumerate(successors):
        for j, size in after.items():
            before[j][i] = size
    order = topological(before, successors)
    table = np.zeros_like(times)
    for i in reversed(order):
        row = table[i]
        for j, size in successors[i].items():
            there = transfers.of(size)
            there += table[j] + times[j]
            np.maximum(row, there.min(axis=1), out=row)
    able = np.isfinite(times)
    mean = np.where(able, times, 0.0).sum(axis=1) / able.sum(axis=1)
    reach = np.where(able, table, 0.0).sum(axis=1) / able.sum(axis=1) + mean
    least = (table + times).min(axis=1)
    chosen = None
    for rank in (reach, least):
        made = _list_schedule(times, before, successors, transfers, table, rank)
        if chosen is None or made.makespan < chosen.makespan:
            chosen = made
    assert chosen is not None
    return chosen


def on_cores(
    times: Floats,
    successors: Sequence[Mapping[int, float]],
    transfers: Transfers,
    core: Sequence[int],
    urgency: Sequence[float],
) -> Placement:
    """The list schedule of parts on given cores: of those that can start, the one of least ``urgency`` first."""
    before: list[dict[int, float]] = [{} for _ in times]
    for i, after in enumerate(successors):
        for j, size in after.items():
            before[j][i] = size
    count = len(times)
    start, end = [0.0] * count, [0.0] * count
    free = [0.0] * transfers.cores
    latency, own = transfers.latency_s.tolist(), times[np.arange(count), list(core)].tolist()
    order = []
    for i in _by_rank(before, successors, [float(value) for value in urgency]):
        m = core[i]
        begin = free[m]
        for j, size in before[i].items():
            c = core[j]
            begin = max(begin, end[j] if c == m else latency[c][m] + (end[j] + size * transfers.byte_s))
        start[i], end[i] = begin, begin + own[i]
        free[m] = end[i]
        order.append(i)
    return Placement(tuple(core), tuple(start), tuple(end), tuple(order))


def topological(before: Sequence[Mapping[int, float]], after: Sequence[Mapping[int, float]]) -> list[int]:
    """Parts so that each comes after all ``before`` it, the lowest index first."""
    waiting = [len(parts) for parts in before]
    ready = [i for i, missing in enumerate(waiting) if not missing]
    order = []
    while ready:
        i = heappop(ready)
        order.append(i)
        for j in after[i]:
            waiting[j] -= 1
            if not waiting[j]:
                heappush(ready, j)
    return order


def _by_rank(
    before: Sequence[Mapping[int, float]], after: Sequence[Mapping[int, float]], rank: Sequence[float]
) -> Iterator[int]:
    """Each part after all before it, of those that can be next the one of least rank, then of the lowest index."""
    waiting = [len(parts) for parts in before]
    ready = sorted((rank[i], i) for i, missing in enumerate(waiting) if not missing)
    while ready:
        _, i = heappop(ready)
        yield i
        for j in after[i]:
            waiting[j] -= 1
            if not waiting[j]:
                heappush(ready, (rank[j], j))


def _list_schedule(
    times: Floats,
    before: Sequence[Mapping[int, float]],
    after: Sequence[Mapping[int, float]],
    transfers: Transfers,
    table: Floats,
    rank: Floats,
) -> Placement:
    """Parts of high rank first, each on the core that ends it earliest with what ``table`` says must follow it."""
    count = len(times)
    core, start, end = [0] * count, [0.0] * count, [0.0] * count
    free = np.zeros(transfers.cores)
    latency = list(transfers.latency_s)
    order = []
    for i in _by_rank(before, after, (-rank).tolist()):
        there = free.copy()
        for j, size in before[i].items():
            arrival = latency[core[j]] + (end[j] + size * transfers.byte_s)
            arrival[core[j]] = end[j]
            np.maximum(there, arrival, out=there)
        done = there + times[i]
        m = int((done + table[i]).argmin())
        core[i], start[i], end[i] = m, float(there[m]), float(done[m])
        free[m] = done[m]
        order.append(i)
    return Placement(tuple(core), tuple(start), tuple(end), tuple(order))
