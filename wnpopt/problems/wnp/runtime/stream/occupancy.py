"""Who has which RB-slot and which core when: what is taken, and what is left."""

from __future__ import annotations

from bisect import insort
from dataclasses import dataclass, field

import numpy as np

from wnpopt.core.errors import InputError
from wnpopt.problems.wnp.instance import IntArray

FREE = -1

MOST_RB_SLOTS = 5 * 10**7
"""Of a whole stream: what fits into memory."""


@dataclass
class RadioGrid:
    """``carried`` (T, N): what each RB-slot carries, request * ``kinds`` + modality (K' index), :data:`FREE` for none.

    The first row is the slot ``base``; T grows as needed, and all other slots are free.
    """

    kinds: int
    carried: IntArray
    base: int = 0
    used: int = 0
    """From this slot on nothing is taken."""

    @staticmethod
    def new(kinds: int, resource_blocks: int, base: int = 0) -> RadioGrid:
        """Nothing is taken, and nothing will be before the slot ``base``."""
        return RadioGrid(kinds, np.full((256, resource_blocks), FREE, dtype=np.int64), base, base)

    def part(self, first: int, count: int) -> IntArray:
        """``count`` slots from ``first`` on, shape (count, N): a copy."""
        part = np.full((count, self.carried.shape[1]), FREE, dtype=np.int64)
        skipped = max(0, self.base - first)
        begin = max(0, first - self.base)
        known = self.carried[begin : begin + max(0, count - skipped)]
        part[skipped : skipped + known.shape[0]] = known
        return part

    def put(self, first: int, rows: IntArray) -> None:
        """Write the entries of ``rows`` (T', N) that are not :data:`FREE` into the slots from ``first`` on."""
        filled = np.flatnonzero((rows != FREE).any(axis=1))
        if not filled.size:
            return
        begin, rows = first + int(filled[0]) - self.base, rows[filled[0] : filled[-1] + 1]
        last = begin + rows.shape[0]
        if last * self.carried.shape[1] > MOST_RB_SLOTS:
            width = self.carried.shape[1]
            what = f"it reaches slot {last} of {width} resource blocks; at most {MOST_RB_SLOTS} RB-slots are possible"
            raise InputError(what, where="stream")
        if last > self.carried.shape[0]:
            more = np.full((max(last, 2 * self.carried.shape[0]), self.carried.shape[1]), FREE, dtype=np.int64)
            more[: self.carried.shape[0]] = self.carried
            self.carried = more
        view = self.carried[begin:last]
        taken = rows != FREE
        assert (view[taken] == FREE).all(), "what is planned into was free"
        view[taken] = rows[taken]
        self.used = max(self.used, self.base + last)

    def clear(self, first: int) -> None:
        """Nothing is taken from the slot ``first`` on."""
        self.carried[max(0, first - self.base) :] = FREE
        self.used = min(self.used, first)


@dataclass
class CoreCalendar:
    """For each core the intervals (start, end) in ticks in which it runs something, in order."""

    busy: list[list[tuple[int, int]]] = field(default_factory=list)

    @staticmethod
    def new(cores: int) -> CoreCalendar:
        """Nothing runs."""
        return CoreCalendar([[] for _ in range(cores)])

    def put(self, core: IntArray, start: IntArray, end: IntArray) -> None:
        """Subgraphs with these cores, starts and ends."""
        for m, a, b in zip(core.tolist(), start.tolist(), end.tolist(), strict=True):
            insort(self.busy[m], (a, b))

    def since(self, tick: int) -> list[list[tuple[int, int]]]:
        """What runs at ``tick`` or later, from its start and joined where it touches; what has ended is forgotten.

        What takes no time stands alone unless it is at the edge of something that does.
        """
        joined = []
        for m, here in enumerate(self.busy):
            kept = [(a, b) for a, b in here if b > tick or a >= tick]
            self.busy[m] = kept
            runs: list[tuple[int, int]] = []
            for a, b in kept:
                if runs and a <= runs[-1][1]:
                    runs[-1] = (runs[-1][0], max(b, runs[-1][1]))
                else:
                    runs.append((a, b))
            joined.append(runs)
        return joined
