"""Who has which RB-slot and which core when: what is taken, and what is left."""

from __future__ import annotations

from bisect import insort
from dataclasses import dataclass, field

import numpy as np

from wnpopt.problems.wnp.instance import IntArray

FREE = -1


@dataclass
class RadioGrid:
    """``carried`` (T, N): what each RB-slot carries, request * ``kinds`` + modality (K' index), :data:`FREE` for none.

    T grows as needed; slots beyond it are free.
    """

    kinds: int
    carried: IntArray
    used: int = 0
    """After so many slots nothing is taken."""

    @staticmethod
    def new(kinds: int, resource_blocks: int) -> RadioGrid:
        """Nothing is taken."""
        return RadioGrid(max(1, kinds), np.full((1024, resource_blocks), FREE, dtype=np.int64))

    def part(self, first: int, count: int) -> IntArray:
        """``count`` slots from ``first`` on, shape (count, N): a copy."""
        part = np.full((count, self.carried.shape[1]), FREE, dtype=np.int64)
        known = self.carried[first : first + count]
        part[: known.shape[0]] = known
        return part

    def put(self, first: int, rows: IntArray) -> None:
        """Write the entries of ``rows`` (T', N) that are not :data:`FREE` into the slots from ``first`` on."""
        last = first + rows.shape[0]
        if last > self.carried.shape[0]:
            more = np.full((max(last, 2 * self.carried.shape[0]), self.carried.shape[1]), FREE, dtype=np.int64)
            more[: self.carried.shape[0]] = self.carried
            self.carried = more
        view = self.carried[first:last]
        taken = rows != FREE
        assert (view[taken] == FREE).all(), "what is planned into was free"
        view[taken] = rows[taken]
        filled = np.flatnonzero(taken.any(axis=1))
        if filled.size:
            self.used = max(self.used, first + int(filled[-1]) + 1)

    def clear(self, first: int) -> None:
        """Nothing is taken from the slot ``first`` on."""
        self.carried[first : self.used] = FREE
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
