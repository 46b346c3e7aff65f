"""Stretches of the network that both sides compute in proportion, with an exchange at every operator.

Annealing sets an exchange at a time, and one alone in the middle of a stretch makes every plan worse: the sides then
wait for each other. A stretch as a whole pays, above all where one side alone receives the rows that it misses at
every operator while the other computes these twice and waits for nobody.
"""

from __future__ import annotations

import numpy as np

from wnpopt.backends.compiled import compiled, inner
from wnpopt.backends.stop_flag import raised
from wnpopt.backends.stopping import Flag
from wnpopt.problems.intradp.kernels.arrays import Arrays, RowArray
from wnpopt.problems.intradp.kernels.evaluate import Scratch, expand, expand_changed, score
from wnpopt.problems.intradp.kernels.shift import BY_DEVICE, BY_SERVER

BEGINS, ENDS = 12, 96
"""Places where a stretch may begin and end in the first pass; where it ends matters most: all goes over there."""

SHARES = 8
"""Parts of a tensor's rows that its boundary is a multiple of, in the first pass."""


@inner
def _copy(from_device: RowArray, from_server: RowArray, device: RowArray, server: RowArray) -> None:
    for v in range(len(device)):  # not slices: those take seconds to compile
        device[v], server[v] = from_device[v], from_server[v]


@inner
def _split(
    p: Arrays,
    base_device: RowArray,
    base_server: RowArray,
    first: int,
    last: int,
    share: float,
    sides: int,
    device: RowArray,
    server: RowArray,
) -> None:
    """The base's overrides, but for ``share`` of the rows as the boundary of ``sides`` from ``first`` to ``last``.

    The other side computes what those behind it read; at the last operator both have the boundary.
    """
    _copy(base_device, base_server, device, server)
    for v in range(first, last + 1):
        rows = round(share * p.units[v])
        device[v] = rows if sides & BY_DEVICE or v == last else -1
        server[v] = rows if sides & BY_SERVER or v == last else -1


@compiled
def best_split(
    p: Arrays, device: RowArray, server: RowArray, work: Scratch, energy: bool, limit: float, flag: Flag
) -> float:
    """The score of the best split of a stretch in the overrides given, which become those with it; of these if none is.

    First all stretches on a grid of operators, then steps from the best of them, half as long each time.
    """
    n = len(p.units)
    a, b = np.zeros(n, np.int32), np.zeros(n, np.int32)
    base_device, base_server = device.copy(), server.copy()
    base_a, base_b = np.zeros(n, np.int32), np.zeros(n, np.int32)
    expand(p, device, server, base_a, base_b)
    value = score(p, base_a, base_b, work, energy, limit)
    best, best_first, best_last, best_share, best_sides = np.inf, 0, 0, 0.0, 0
    size, end_step = max(1, (n - 2) // BEGINS), max(1, (n - 2) // ENDS)
    for first in range(1, n - 1, size):
        for last in range(first, n - 1, end_step):
            for sides in range(BY_DEVICE, (BY_DEVICE | BY_SERVER) + 1):
                for part in range(1, SHARES):
                    if raised(flag):
                        _copy(base_device, base_server, device, server)
                        return value
                    share = part / SHARES
                    _split(p, base_device, base_server, first, last, share, sides, device, server)
                    if not expand_changed(p, device, server, base_a, base_b, last, a, b):
                        continue
                    found = score(p, a, b, work, energy, limit)
                    if found < best:
                        best, best_first, best_last, best_share, best_sides = found, first, last, share, sides
    step = 1.0 / SHARES
    while best_sides and not raised(flag):
        before = best
        centre = best_first, best_last, best_share
        for move in range(8):
            first, last, share = centre
            if move < 2:
                first += size if move else -size
            elif move < 4:
                last += size if move == 3 else -size
            elif move < 6:
                share += step if move == 5 else -step
            else:
                first += size if move == 7 else -size
                last += size if move == 7 else -size
            if not 1 <= first <= last <= n - 2 or not 0.0 <= share <= 1.0:
                continue
            _split(p, base_device, base_server, first, last, share, best_sides, device, server)
            if not expand_changed(p, device, server, base_a, base_b, last, a, b):
                continue
            found = score(p, a, b, work, energy, limit)
            if found < best:
                best, best_first, best_last, best_share = found, first, last, share
        if best >= before * (1 - 1e-9):
            if size == 1 and step < 1.0 / 200:
                break
            size, step = max(1, size // 2), step / 2
    if best < value:
        _split(p, base_device, base_server, best_first, best_last, best_share, best_sides, device, server)
        return best
    _copy(base_device, base_server, device, server)
    return value
