"""Every plan of a tiny instance."""

from __future__ import annotations

import numpy as np

from wnpopt.backends.compiled import compiled
from wnpopt.problems.intradp.kernels.arrays import Arrays, RowArray
from wnpopt.problems.intradp.kernels.evaluate import Scratch, evaluate, sends_large


@compiled
def exhaust(
    p: Arrays,
    a: RowArray,
    b: RowArray,
    best_a: RowArray,
    best_b: RowArray,
    value: float,
    floor: float,
    steps: int,
    work: Scratch,
    energy: bool,
    limit: float,
    error: float,
) -> tuple[float, float, bool]:
    """Score ``steps`` plans from (a, b) on, in the order of an odometer; (least score, floor, whether all are done).

    (a, b) moves on; (best_a, best_b) becomes the first plan that is better than ``value``. The floor is the least score
    less ``error`` times the plan's latency, which is what a score may be off by.
    """
    n = len(p.units)
    for _ in range(steps):
        seconds, joules = evaluate(p, a, b, work, energy)
        found = np.inf
        if seconds <= limit and not sends_large(p, a, b):
            found = joules if energy else seconds
        floor = min(floor, found - error * seconds)
        if found < value:
            value = found
            for v in range(n):  # not slices: those take seconds to compile
                best_a[v], best_b[v] = a[v], b[v]
        u = n - 2
        while u > 0:
            if b[u] < a[u]:
                b[u] += 1
                break
            b[u] = 0
            if a[u] < p.units[u]:
                a[u] += 1
                break
            a[u] = 0
            u -= 1
        if u == 0:
            return value, floor, True
    return value, floor, False
