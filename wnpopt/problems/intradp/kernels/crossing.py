"""Two plans crossed: the exchanges of one, but for a stretch of the network that is as in the other.

Annealing begun twice ends in plans of which one is better in front and the other behind.
"""

from __future__ import annotations

import numpy as np

from wnpopt.backends.compiled import compiled
from wnpopt.backends.stop_flag import raised
from wnpopt.backends.stopping import Flag
from wnpopt.problems.intradp.kernels.arrays import Arrays, RowArray
from wnpopt.problems.intradp.kernels.evaluate import Scratch, expand, expand_changed, score


@compiled
def best_crossing(
    p: Arrays,
    device: RowArray,
    server: RowArray,
    other_device: RowArray,
    other_server: RowArray,
    work: Scratch,
    energy: bool,
    limit: float,
    flag: Flag,
) -> float:
    """The score of the best crossing of the overrides with others, which they become; of these if none is better.

    All stretches between two operators where the overrides differ, one after the other while that helps.
    """
    n = len(p.units)
    a, b = np.zeros(n, np.int32), np.zeros(n, np.int32)
    base_a, base_b = np.zeros(n, np.int32), np.zeros(n, np.int32)
    old_device, old_server = device.copy(), server.copy()
    expand(p, device, server, base_a, base_b)
    value = score(p, base_a, base_b, work, energy, limit)
    while True:
        best, best_first, best_last = value, 0, 0
        for first in range(1, n - 1):
            if device[first] == other_device[first] and server[first] == other_server[first]:
                continue
            for last in range(first, n - 1):
                if raised(flag):
                    break
                if device[last] == other_device[last] and server[last] == other_server[last]:
                    continue
                old_device[last], old_server[last] = device[last], server[last]
                device[last], server[last] = other_device[last], other_server[last]
                if not expand_changed(p, device, server, base_a, base_b, last, a, b):
                    continue
                found = score(p, a, b, work, energy, limit)
                if found < best * (1 - 1e-9):
                    best, best_first, best_last = found, first, last
            for v in range(first, n - 1):
                device[v], server[v] = old_device[v], old_server[v]
        if best >= value:
            return value
        for v in range(best_first, best_last + 1):
            device[v], server[v] = other_device[v], other_server[v]
            old_device[v], old_server[v] = device[v], server[v]
        value = best
        expand(p, device, server, base_a, base_b)
