"""Worlds that are sampled once and kept in memory: for many plans in the same worlds."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from wnpopt.problems.wnp.runtime.kernels.sampling import sample
from wnpopt.problems.wnp.runtime.world import World, WorldArrays
from wnpopt.problems.wnp.runtime.worlds import Worlds


@dataclass(frozen=True)
class SampledWorlds:
    """The worlds ``first`` to ``first`` + :attr:`count` - 1; ``arrays`` are a world's with a first axis more."""

    first: int
    arrays: WorldArrays

    @staticmethod
    def room(worlds: Worlds, count: int) -> SampledWorlds:
        """Arrays for so many worlds, not filled."""
        bits, ticks, width, release, release_slot, fails = (
            np.empty((count, *array.shape), dtype=np.int64) for array in World.nominal(worlds.setting).arrays
        )
        return SampledWorlds(0, (bits, ticks, width, release, release_slot, fails))

    @staticmethod
    def of(worlds: Worlds, first: int, count: int) -> SampledWorlds:
        """Sample them."""
        kept = SampledWorlds(first, SampledWorlds.room(worlds, count).arrays)
        for at in range(count):
            sample(worlds.seed, first + at, *worlds.arrays, *kept.world(at).arrays)
        return kept

    @staticmethod
    def bytes_each(worlds: Worlds) -> int:
        """The memory of a world."""
        return sum(array.nbytes for array in World.nominal(worlds.setting).arrays)

    @property
    def count(self) -> int:
        """How many they are."""
        return int(self.arrays[0].shape[0])

    def world(self, at: int) -> World:
        """World ``first`` + ``at``, as views."""
        return World(*(array[at] for array in self.arrays))

    def part(self, begin: int, end: int) -> WorldArrays:
        """Views of the worlds ``first`` + ``begin`` to ``first`` + ``end`` - 1."""
        bits, ticks, width, release, release_slot, fails = (array[begin:end] for array in self.arrays)
        return bits, ticks, width, release, release_slot, fails
