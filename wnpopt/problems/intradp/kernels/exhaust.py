"""Every plan of a tiny instance."""

from __future__ import annotations

from wnpopt.backends.compiled import compiled
from wnpopt.problems.intradp.kernels.evaluate import Scratch, score
from wnpopt.problems.intradp.kernels.problem import Arrays, RowArray


@compiled
def exhaust(
    p: Arrays,
    a: RowArray,
    b: RowArray,
    best_a: RowArray,
    best_b: RowArray,
    value: float,
    steps: int,
    work: Scratch,
    energy: bool,
    limit: float,
) -> tuple[float, bool]:
    """Score ``steps`` plans from (a, b) on, in the order of an odometer; (least score, whether all are done).

    (a, b) moves on; (best_a, best_b) becomes the first plan that is better than ``value``.
    """  # fmt: skip
    n = len(p.units)
    for _ in range(steps):
        found = score(p, a, b, work, energy, limit)
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
            return value, True
    return value, False
