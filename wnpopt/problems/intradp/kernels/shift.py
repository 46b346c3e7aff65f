"""The joint shift: all exchanges of a stretch of the network moved by the same share of their rows.

Annealing moves one exchange at a time, and where many layers exchange a few rows each every plan on the way is worse.
"""

from __future__ import annotations

import numpy as np

from wnpopt.backends.compiled import compiled, inner
from wnpopt.backends.stop_flag import raised
from wnpopt.backends.stopping import Flag
from wnpopt.problems.intradp.kernels.arrays import Arrays, RowArray
from wnpopt.problems.intradp.kernels.evaluate import Scratch, expand, expand_changed, score

BY_DEVICE, BY_SERVER = 1, 2


@inner
def _shifted(
    p: Arrays,
    device: RowArray,
    server: RowArray,
    order: RowArray,
    first: int,
    last: int,
    sides: int,
    rows: float,
    reference: float,
) -> None:
    """Moves the overrides ``order[first:last + 1]`` of ``sides`` by ``rows`` of a tensor of ``reference`` rows."""
    for k in range(first, last + 1):
        u = order[k]
        units = p.units[u]
        shift = round(rows * max(1.0, units / reference))
        if sides & BY_DEVICE and device[u] >= 0:
            device[u] = min(max(device[u] + shift, 0), units)
        if sides & BY_SERVER and server[u] >= 0:
            server[u] = min(max(server[u] + shift, 0), units)


@compiled
def climb(
    p: Arrays,
    device: RowArray,
    server: RowArray,
    reference: float,
    work: Scratch,
    energy: bool,
    limit: float,
    flag: Flag,
) -> float:
    """Steepest descent by joint shifts from the overrides given, which become the best ones; their score.

    Tried are all stretches of overridden operators, the device's side, the server's or both, and 1, 2 or 4 rows up or
    down of a tensor of ``reference`` rows (others in proportion, at least 1).
    """
    n = len(p.units)
    order = np.zeros(n, np.int32)
    many = 0
    for u in range(n):
        if device[u] >= 0 or server[u] >= 0:
            order[many] = u
            many += 1
    a, b = np.zeros(n, np.int32), np.zeros(n, np.int32)
    base_a, base_b = np.zeros(n, np.int32), np.zeros(n, np.int32)
    try_device, try_server = device.copy(), server.copy()
    expand(p, device, server, base_a, base_b)
    value = score(p, base_a, base_b, work, energy, limit)
    while True:
        best, best_first, best_last, best_sides, best_rows = value, 0, 0, 0, 0.0
        for first in range(many):
            for last in range(first, many):
                if raised(flag):
                    return value
                for sides in range(1, 4):
                    for size in (-4.0, -2.0, -1.0, 1.0, 2.0, 4.0):
                        for v in range(n):
                            try_device[v], try_server[v] = device[v], server[v]
                        _shifted(p, try_device, try_server, order, first, last, sides, size, reference)
                        if not expand_changed(p, try_device, try_server, base_a, base_b, order[last], a, b):
                            continue
                        found = score(p, a, b, work, energy, limit)
                        if found < best * (1 - 1e-9):
                            best, best_first, best_last, best_sides, best_rows = found, first, last, sides, size
        if best >= value:
            return value
        value = best
        _shifted(p, device, server, order, best_first, best_last, best_sides, best_rows, reference)
        expand(p, device, server, base_a, base_b)
