"""Searches over plans in compiled code: contiguous ranges, local search and annealing on overrides."""

from __future__ import annotations

import numpy as np

from wnpopt.backends.compiled import compiled, inner
from wnpopt.backends.stop_flag import raised
from wnpopt.backends.stopping import Flag
from wnpopt.problems.intradp.kernels.arrays import Arrays, FloatArray, RowArray
from wnpopt.problems.intradp.kernels.evaluate import Scratch, expand, expand_changed, score
from wnpopt.problems.intradp.kernels.shift import BY_DEVICE, BY_SERVER

RENEWED, SHIFTED, RELEASED, MOVED = 0.18, 0.45, 0.6, 0.7
STRETCH_SHIFTED, STRETCH_RELEASED, STRETCH_SPLIT = 0.84, 0.9, 0.95
"""Where the chances of the moves of annealing end, in their order; the rest is for the last one."""


@compiled
def best_range(
    p: Arrays, work: Scratch, energy: bool, limit: float, weights: FloatArray, most: int, flag: Flag
) -> tuple[int, int]:
    """(i, j): the server computes operators i to j - 1 whole, the device the others.

    The first of equal ones, and an empty range is the device alone. A range is passed over when what the device
    computes outside it already costs more (``weights`` of time and of the joules beside it). All ranges are tried if
    they are at most ``most``; of more only those on a grid, then those near the best of them. The flag ends the search
    early.
    """
    n = len(p.units)
    prefix = np.zeros(n + 1)
    for i in range(n):
        whole = weights[0] * p.device_full[i] + weights[1] * p.device_extra[p.row_ptr[i] + p.units[i]]
        prefix[i + 1] = prefix[i] + whole
    suffix = np.zeros(n + 1)
    for i in range(n - 1, -1, -1):
        suffix[i] = suffix[i + 1] + (prefix[i + 1] - prefix[i])
    outside = (prefix, suffix)
    best = score(p, p.units.copy(), p.units.copy(), work, energy, limit), 1, 1
    step = max(1, n // 32)
    if step > 1:  # a good one first: most of the others then need not be tried
        best = _ranges(p, work, energy, limit, outside, best, (1, n - 1, step), (2, n, step), flag)
    grid = 1
    while (n // grid) * (n // grid) > 2 * most:
        grid += 1
    best = _ranges(p, work, energy, limit, outside, best, (1, n - 1, grid), (2, n, grid), flag)
    if grid > 1:
        best = _ranges(p, work, energy, limit, outside, best, (1, n - 1, grid), (n - 1, n, 1), flag)
        i, j = best[1], best[2]
        first = max(1, i - grid), min(n - 1, i + grid), 1
        end = max(2, j - grid), min(n, j + grid), 1
        best = _ranges(p, work, energy, limit, outside, best, first, end, flag)
    return best[1], best[2]


@inner
def _ranges(
    p: Arrays,
    work: Scratch,
    energy: bool,
    limit: float,
    outside: tuple[FloatArray, FloatArray],
    best: tuple[float, int, int],
    first: tuple[int, int, int],
    end: tuple[int, int, int],
    flag: Flag,
) -> tuple[float, int, int]:
    """The better of ``best`` (score, i, j) and the ranges with i in range(*first) and j in range(*end)."""
    prefix, suffix = outside
    value, best_i, best_j = best
    a, b = p.units.copy(), p.units.copy()
    for i in range(first[0], first[1], first[2]):
        done = i
        for j in range(end[0], end[1], end[2]):
            if j <= i:
                continue
            if raised(flag):
                return value, best_i, best_j
            for v in range(done, j):
                a[v] = b[v] = 0
            done = j
            if (prefix[i] + suffix[j]) * (1 - 1e-9) > value:
                continue
            found = score(p, a, b, work, energy, limit)
            if found < value or (found == value and best_j > best_i and (i < best_i or (i == best_i and j < best_j))):
                value, best_i, best_j = found, i, j
        for v in range(i, done):
            a[v] = b[v] = p.units[v]
    return value, best_i, best_j


@compiled
def overrides_of(p: Arrays, a: RowArray, b: RowArray, device: RowArray, server: RowArray) -> None:
    """The overrides (into device, server) from which :func:`expand` makes the plan (a, b)."""
    n = len(p.units)
    for u in range(n):
        device[u] = server[u] = -1
        if u in (0, n - 1):
            continue
        need_a = 0
        need_b = int(p.units[u])
        for k in range(p.out_ptr[u], p.out_ptr[u + 1]):
            e = p.out_edge[k]
            v = p.in_consumer[e]
            need_a = max(need_a, int(p.dev_hi[p.need_ptr[e] + a[v]]))
            need_b = min(need_b, int(p.srv_lo[p.need_ptr[e] + b[v]]))
        if a[u] != need_a:
            device[u] = a[u]
        if b[u] != need_b:
            server[u] = b[u]
        if need_b > need_a:
            device[u], server[u] = a[u], b[u]


@compiled
def anneal(
    p: Arrays,
    device: RowArray,
    server: RowArray,
    steps: int,
    hot: float,
    rng: np.random.Generator,
    work: Scratch,
    energy: bool,
    limit: float,
    flag: Flag,
) -> float:
    """Simulated annealing from the overrides given, which become the best ones seen; their score.

    Ends early once the flag is raised. Temperature falls from ``hot`` (relative to the score) to a thousandth of it.
    Moves: set a tensor's overrides anew, shift one by a few rows, let one go, move both to a tensor that the operator
    reads or to one that is made of its own; of a stretch of the network shift all overrides, let all go, hand it over
    to one side but for a share of the rows, or split it with an exchange at every operator (see
    :mod:`~wnpopt.problems.intradp.kernels.split`).
    """
    n = len(p.units)
    a, b = np.zeros(n, np.int32), np.zeros(n, np.int32)
    expand(p, device, server, a, b)
    value = best = score(p, a, b, work, energy, limit)
    best_device, best_server = device.copy(), server.copy()
    old_device, old_server = device.copy(), server.copy()
    now_a, now_b = a.copy(), b.copy()
    for step in range(steps):
        if best <= 0.0 or raised(flag):
            break
        u = 1 + int(rng.random() * (n - 2))
        kind = rng.random()
        first, last = u, u
        if kind >= MOVED:
            last = min(n - 2, u + int(rng.random() * rng.random() * (n - 1 - u)))
        elif kind >= RELEASED:
            w = min(n - 2, max(1, _beside(p, u, rng)))
            first, last = min(u, w), max(u, w)
        for v in range(first, last + 1):
            old_device[v], old_server[v] = device[v], server[v]
        if kind < RENEWED:
            end = int(rng.random() * (p.units[u] + 1))
            device[u] = end
            server[u] = end if rng.random() < 0.5 else int(rng.random() * (end + 1))
        elif kind < SHIFTED:
            _shift_one(p, device, server, now_a, u, rng)
        elif kind < RELEASED:
            if rng.random() < 0.6:
                device[u] = -1
            if rng.random() < 0.6:
                server[u] = -1
        elif kind < MOVED:
            w = first + last - u
            if w != u:
                device[w] = -1 if old_device[u] < 0 else round(old_device[u] * p.units[w] / p.units[u])
                server[w] = -1 if old_server[u] < 0 else round(old_server[u] * p.units[w] / p.units[u])
                device[u] = server[u] = -1
        else:
            _change_stretch(p, device, server, first, last, kind, rng)
        if not expand_changed(p, device, server, now_a, now_b, last, a, b):
            continue
        found = score(p, a, b, work, energy, limit)
        heat = hot * 1e-3 ** (step / steps) * best
        if found <= value or (0.0 < heat < np.inf and rng.random() < np.exp((value - found) / heat)):
            value = found
            for v in range(n):  # not slices: those take seconds to compile
                now_a[v], now_b[v] = a[v], b[v]
            if value < best:
                best = value
                for v in range(n):
                    best_device[v], best_server[v] = device[v], server[v]
        else:
            for v in range(first, last + 1):
                device[v], server[v] = old_device[v], old_server[v]
    for v in range(n):
        device[v], server[v] = best_device[v], best_server[v]
    return best


@inner
def _beside(p: Arrays, u: int, rng: np.random.Generator) -> int:
    """An operator that u reads or that reads u, u itself if there is none.

    Not the next one in order: in wide blocks that is of another branch.
    """
    reads = rng.random() < 0.5
    at = p.in_ptr if reads else p.out_ptr
    many = at[u + 1] - at[u]
    if many == 0:
        return u
    e = at[u] + int(rng.random() * many)
    return int(p.in_source[e]) if reads else int(p.in_consumer[p.out_edge[e]])


@inner
def _shift_one(
    p: Arrays, device: RowArray, server: RowArray, now_a: RowArray, u: int, rng: np.random.Generator
) -> None:
    """One tensor's overrides by a few rows, each side's with even chances."""
    units = p.units[u]
    shift = int(1 + rng.random() * rng.random() * max(2.0, units / 4))
    if rng.random() < 0.5:
        shift = -shift
    if rng.random() < 0.5:
        device[u] = min(units, max(0, (device[u] if device[u] >= 0 else now_a[u]) + shift))
    if rng.random() < 0.5:
        server[u] = min(units, max(0, (server[u] if server[u] >= 0 else now_a[u]) + shift))


@inner
def _change_stretch(
    p: Arrays, device: RowArray, server: RowArray, first: int, last: int, kind: float, rng: np.random.Generator
) -> None:
    """The overrides of operators ``first`` to ``last``: shifted, let go, or replaced by exchanges."""
    if kind < STRETCH_SHIFTED:
        share = (rng.random() - 0.5) * rng.random() * 0.5
        sides = int(1 + rng.random() * 3)
        for v in range(first, last + 1):
            shift = round(share * p.units[v])
            if shift == 0:
                shift = 1 if share > 0 else -1
            if sides & BY_DEVICE and device[v] >= 0:
                device[v] = min(p.units[v], max(0, device[v] + shift))
            if sides & BY_SERVER and server[v] >= 0:
                server[v] = min(p.units[v], max(0, server[v] + shift))
        return
    for v in range(first, last + 1):
        device[v] = server[v] = -1
    if kind < STRETCH_RELEASED:
        return
    if kind < STRETCH_SPLIT:
        share, sides = rng.random(), int(1 + rng.random() * 3)
        for v in range(first, last + 1):
            rows = round(share * p.units[v])
            if sides & BY_DEVICE or v == last:
                device[v] = rows
            if sides & BY_SERVER or v == last:
                server[v] = rows
        return
    for v in (first, last):
        share = rng.random()
        end = 0 if share < 0.3 else p.units[v] if share > 0.7 else int(rng.random() * (p.units[v] + 1))
        device[v] = server[v] = end
