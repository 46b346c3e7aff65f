"""Memory that passes make their states in, kept from one pass to the next: fresh pages cost more than the states."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from wnpopt.problems.intradp.kernels.arrays import FloatArray, IntArray
from wnpopt.problems.intradp.kernels.directions.states import NeedArray, tabulated


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
    """Where one thread makes states; what was made before is overwritten."""

    def __init__(self, directions: int) -> None:
        self._directions = directions
        self._needs: NeedArray = np.empty(0, np.int32)
        self._values: FloatArray = np.empty(0)

    def values(self, states: int, groups: int) -> FloatArray:
        """(states, 1 + 4 * groups, K), of any content."""
        size = states * (1 + 4 * groups) * self._directions
        if len(self._values) < size:
            self._values = np.empty(size)
        return self._values[:size].reshape(states, 1 + 4 * groups, self._directions)

    def states(self, states: int, groups: int, made: States | None = None, count: int = 0) -> States:
        """Room for so many states; with the first ``count`` of those made in the last one."""
        size = states * 4 * groups
        if len(self._needs) < size:
            self._needs = np.empty(size, np.int32)
        needs, values = self._needs[:size].reshape(states, 4 * groups), self.values(states, groups)
        if made is not None:  # most often the same memory, which was larger than asked for
            needs[:count], values[:count] = made.needs[:count], made.values[:count]
        return States(needs, values, tabulated(needs[:count], states))
