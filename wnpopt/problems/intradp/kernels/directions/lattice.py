"""Directions in which clocks are added up: the weights of device, server and uplink, on a grid of the simplex."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from wnpopt.problems.intradp.kernels.arrays import FloatArray, IntArray

DEVICE_CLOCK, SERVER_CLOCK, UPLINK_CLOCK, DOWNLINK_CLOCK = 0, 1, 2, 3

LANES = 8
"""Directions come in multiples of so many, so that loops over them need no remainder."""


class Lattice(NamedTuple):
    """The directions of a grid with ``parts`` steps, and directions of no weight at all up to K, a multiple of LANES.

    ``counts`` (K, 4): steps of the clocks of device, server, uplink and downlink; ``weights`` (4, K) = counts / parts.
    ``queued``: whether the downlink has a clock; else no direction has a step of it, and messages do not wait for it.
    ``pure``: the directions of one clock alone, in order. ``moved[i, j, k]``: direction k with one step less of clock i
    and one more of clock j; -1 where there is none. Directions are in order of the device's steps, then of the
    server's: one with fewer of these comes earlier.
    """

    parts: int
    queued: bool
    counts: IntArray
    weights: FloatArray
    pure: IntArray
    moved: IntArray


def lattice(parts: int, *, queued: bool = False) -> Lattice:
    """All directions with ``parts`` steps, and those without weight."""
    grid = [
        (device, server, parts - device - server - downlink, downlink)
        for device in range(parts + 1)
        for server in range(parts + 1 - device)
        for downlink in range(parts + 1 - device - server if queued else 1)
    ]
    at = {steps: k for k, steps in enumerate(grid)}
    counts = np.array([*grid, *[(0, 0, 0, 0)] * (-len(grid) % LANES)], dtype=np.int64)
    moved = np.full((4, 4, len(counts)), -1, dtype=np.int64)
    for k, steps in enumerate(grid):
        for less in range(4):
            for more in range(4):
                there = [steps[c] - (c == less) + (c == more) for c in range(4)]
                moved[less, more, k] = at.get((there[0], there[1], there[2], there[3]), -1)
    clocks = 4 if queued else 3
    pure = np.array([at[tuple(parts * (c == clock) for c in range(4))] for clock in range(clocks)])  # type: ignore[index]
    return Lattice(parts, queued, counts, np.ascontiguousarray(counts.T / parts), pure, moved)
