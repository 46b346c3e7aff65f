"""Directions in which clocks are added up: the weights of device, server and both queues, on a grid of the simplex."""

from __future__ import annotations

from itertools import product
from typing import NamedTuple

import numpy as np

from wnpopt.problems.intradp.kernels.arrays import FloatArray, IntArray

DEVICE_CLOCK, SERVER_CLOCK, UPLINK_CLOCK, DOWNLINK_CLOCK = 0, 1, 2, 3

LANES = 8
"""Directions come in multiples of so many, so that loops over them need no remainder."""


class Lattice(NamedTuple):
    """The directions of a grid with ``parts`` steps, and directions of no weight at all up to K, a multiple of LANES.

    ``counts`` (K, 4): steps of the clocks of device, server, uplink and downlink; ``weights`` (4, K) = counts / parts.
    ``pure`` (4,): of one clock alone, in order. ``moved[i, j, k]``: direction k with one step less of clock i and one
    more of clock j; -1 where it has none of i. Directions are in order of their counts.
    """

    parts: int
    counts: IntArray
    weights: FloatArray
    pure: IntArray
    moved: IntArray


def lattice(parts: int) -> Lattice:
    """All directions with ``parts`` steps, (parts + 1) (parts + 2) (parts + 3) / 6 of them, and those of no weight."""
    steps = range(parts + 1)
    grid = [(d, s, g, parts - d - s - g) for d, s, g in product(steps, steps, steps) if d + s + g <= parts]
    at = {counts: k for k, counts in enumerate(grid)}
    counts = np.array([*grid, *[(0, 0, 0, 0)] * (-len(grid) % LANES)], dtype=np.int64)
    moved = np.full((4, 4, len(counts)), -1, dtype=np.int64)
    for (k, from_), less, more in product(enumerate(grid), range(4), range(4)):
        d, s, g, q = (from_[c] - (c == less) + (c == more) for c in range(4))
        if from_[less] > 0:
            moved[less, more, k] = at.get((d, s, g, q), -1)
    pure = np.array([at[parts, 0, 0, 0], at[0, parts, 0, 0], at[0, 0, parts, 0], at[0, 0, 0, parts]])
    return Lattice(parts, counts, np.ascontiguousarray(counts.T / parts), pure, moved)
