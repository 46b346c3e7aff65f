"""Directions in which clocks are added up: the weights of device, server and uplink, on a grid of the simplex."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from wnpopt.problems.intradp.kernels.arrays import FloatArray, IntArray

DEVICE_CLOCK, SERVER_CLOCK, UPLINK_CLOCK = 0, 1, 2

LANES = 8
"""Directions come in multiples of so many, so that loops over them need no remainder."""


class Lattice(NamedTuple):
    """The directions of a grid with ``parts`` steps, and directions of no weight at all up to K, a multiple of LANES.

    ``counts`` (K, 3): steps of the device's, the server's and the uplink's clock; ``weights`` (3, K) = counts / parts.
    ``at[d, s]``: the direction with d steps of the device and s of the server. ``pure``: of one clock alone, in order.
    ``moved[i, j, k]``: direction k with one step less of clock i and one more of clock j; -1 where it has none of i.
    Directions are in order of d, then of s.
    """

    parts: int
    counts: IntArray
    weights: FloatArray
    at: IntArray
    pure: IntArray
    moved: IntArray


def lattice(parts: int) -> Lattice:
    """All directions with ``parts`` steps, (parts + 1) * (parts + 2) / 2 of them, and those without weight."""
    grid = [(d, s, parts - d - s) for d in range(parts + 1) for s in range(parts + 1 - d)]
    counts = np.array([*grid, *[(0, 0, 0)] * (-len(grid) % LANES)], dtype=np.int64)
    at = np.full((parts + 1, parts + 1), -1, dtype=np.int64)
    moved = np.full((3, 3, len(counts)), -1, dtype=np.int64)
    for k, (d, s, _) in enumerate(grid):
        at[d, s] = k
    for k, steps in enumerate(grid):
        for less in range(3):
            for more in range(3):
                there = [steps[c] - (c == less) + (c == more) for c in range(3)]
                if steps[less] > 0:
                    moved[less, more, k] = at[there[0], there[1]]
    pure = np.array([at[parts, 0], at[0, parts], at[0, 0]])
    return Lattice(parts, counts, np.ascontiguousarray(counts.T / parts), at, pure, moved)
