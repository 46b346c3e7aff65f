"""Memory that passes make their states in, kept from one pass to the next: fresh pages cost more than the states."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from wnpopt.problems.intradp.kernels.arrays import FloatArray, IntArray
from wnpopt.problems.intradp.kernels.directions.states import NeedArray, tabulated

CHUNK = 2**23
"""Numbers that memory is asked for at once, but for the first times."""


@dataclass(frozen=True)
class States:
    """S states of G groups: ``needs`` (S, 4 G), ``values`` (S, 1 + 4 G, K) and the table that finds them."""

    needs: NeedArray
    values: FloatArray
    table: IntArray


def states_of(needs: NeedArray, values: FloatArray) -> States:
    """These states, with their table."""
    needs = np.ascontiguousarray(needs)
    return States(needs, np.ascontiguousarray(values), tabulated(needs, 0))


class Room:
    """Where one thread makes states: on top of those that are kept, in memory that is used again once they are not."""

    def __init__(self) -> None:
        self._needs: NeedArray = np.empty(0, np.int32)
        self._chunks: list[FloatArray] = []
        self._at = self._used = 0  # the chunk that is being filled, and how much of it is kept

    @property
    def mark(self) -> tuple[int, int]:
        """What is kept, for :meth:`release`."""
        return self._at, self._used

    def release(self, mark: tuple[int, int] = (0, 0)) -> None:
        """Keep no more than at that mark."""
        self._at, self._used = mark

    def values(self, states: int, blocks: int, directions: int) -> FloatArray:
        """(states, blocks, directions), of any content, or of what was there before where it is the same memory."""
        size = states * blocks * directions
        if self._chunks and len(self._chunks[self._at]) - self._used < size:
            self._at, self._used = self._at + 1, 0
        while self._at < len(self._chunks) and len(self._chunks[self._at]) < size:
            del self._chunks[self._at]
        if self._at == len(self._chunks):
            last = len(self._chunks[-1]) if self._chunks else 0
            self._chunks.append(np.empty(max(size, min(2 * last, CHUNK), CHUNK // 64)))
        return self._chunks[self._at][self._used : self._used + size].reshape(states, blocks, directions)

    def states(self, states: int, groups: int, directions: int, made: States | None = None, count: int = 0) -> States:
        """Room for so many states; with the first ``count`` of those made in the last one."""
        size = states * 4 * groups
        if len(self._needs) < size:
            self._needs = np.empty(max(size, 2 * len(self._needs)), np.int32)
        needs, values = self._needs[:size].reshape(states, 4 * groups), self.values(states, 1 + 4 * groups, directions)
        if made is not None:
            if needs.ctypes.data != made.needs.ctypes.data:
                needs[:count] = made.needs[:count]
            if values.ctypes.data != made.values.ctypes.data:
                values[:count] = made.values[:count]
        return States(needs, values, tabulated(needs[:count], states))

    def kept(self, made: States, count: int) -> States:
        """The first ``count`` of the states made last, until they are released; without a table."""
        values = made.values[:count]
        self._used += values.size
        return States(made.needs[:count].copy(), values, made.table[:0])
