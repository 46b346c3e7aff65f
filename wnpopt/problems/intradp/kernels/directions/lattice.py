"""Directions in which clocks are added up: the weights of device, server and uplink, on a grid of the simplex."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from wnpopt.problems.intradp.kernels.arrays import FloatArray, IntArray


class Lattice(NamedTuple):
    """The K directions of a grid with ``parts`` steps.

    ``counts`` (K, 3): steps of the device's, the server's and the uplink's clock; ``weights`` = counts / parts.
    ``at[d, s]``: the direction with d steps of the device and s of the server. ``pure``: of one clock alone, in order.
    """

    parts: int
    counts: IntArray
    weights: FloatArray
    at: IntArray
    pure: IntArray


def lattice(parts: int) -> Lattice:
    """All directions with ``parts`` steps: (parts + 1) * (parts + 2) / 2 of them."""
    counts = np.array([(d, s, parts - d - s) for d in range(parts + 1) for s in range(parts + 1 - d)], dtype=np.int64)
    at = np.full((parts + 1, parts + 1), -1, dtype=np.int64)
    at[counts[:, 0], counts[:, 1]] = np.arange(len(counts))
    pure = np.array([at[parts, 0], at[0, parts], at[0, 0]])
    return Lattice(parts, counts, counts / parts, at, pure)
