"""Random numbers by counting: number i of stream s of world w is a function of (seed, w, s, i).

Every world is the same whoever asks for it, in whichever order and thread, and a kind of deviation that is added
changes none of the others. The mixing function is that of splitmix64 (Steele, Lea, Flood, OOPSLA 2014).
"""

from __future__ import annotations

import math

import numpy as np

from wnpopt.backends.compiled import inner

_TWO_PI = 2.0 * math.pi


@inner
def mixed(value: np.uint64) -> np.uint64:
    """splitmix64's finaliser."""
    z = value + np.uint64(0x9E3779B97F4A7C15)
    z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return z ^ (z >> np.uint64(31))


@inner
def stream(seed: int, world: int, kind: int) -> np.uint64:
    """The key of a stream."""
    key = mixed(np.uint64(seed))
    key = mixed(key ^ mixed(np.uint64(world) + np.uint64(0x632BE59BD9B4E019)))
    return mixed(key ^ mixed(np.uint64(kind) + np.uint64(0x85157AF5)))


@inner
def uniform(key: np.uint64, index: int) -> float:
    """Number ``index`` of a stream, in (0, 1)."""
    bits = mixed(key ^ mixed(np.uint64(index))) >> np.uint64(12)
    return (float(bits) + 0.5) * 2.0**-52


@inner
def normals(key: np.uint64, index: int) -> tuple[float, float]:
    """Two independent standard normal numbers (Box and Muller 1958)."""
    radius = math.sqrt(-2.0 * math.log(uniform(key, 2 * index)))
    angle = _TWO_PI * uniform(key, 2 * index + 1)
    return radius * math.cos(angle), radius * math.sin(angle)
