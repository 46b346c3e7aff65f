"""Searches over plans in compiled code: contiguous ranges, local search and annealing on overrides."""

from __future__ import annotations

import numpy as np

from wnpopt.backends.compiled import compiled, inner
from wnpopt.backends.stop_flag import raised
from wnpopt.backends.stopping import Flag
from wnpopt.problems.intradp.kernels.arrays import Arrays, FloatArray, RowArray
from wnpopt.problems.intradp.kernels.evaluate import Scratch, expand, score


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
    Moves: set a tensor's overrides anew, shift one by a few rows, let one go, move both to a neighbouring tensor.
    """
    n = len(p.units)
    a, b = np.zeros(n, np.int32), np.zeros(n, np.int32)
    expand(p, device, server, a, b)
    value = best = score(p, a, b, work, energy, limit)
    best_device, best_server = device.copy(), server.copy()
    now_a = a.copy()
    for step in range(steps):
        if best <= 0.0 or raised(flag):
            break
        u = 1 + int(rng.random() * (n - 2))
        w = u
        units = p.units[u]
        old_a, old_b = device[u], server[u]
        kind = rng.random()
        if kind < 0.25:
            end = int(rng.random() * (units + 1))
            device[u] = end
            server[u] = end if rng.random() < 0.5 else int(rng.random() * (end + 1))
        elif kind < 0.6:
            shift = int(1 + rng.random() * rng.random() * max(2.0, units / 4))
            if rng.random() < 0.5:
                shift = -shift
            if rng.random() < 0.5:
                device[u] = min(units, max(0, (device[u] if device[u] >= 0 else now_a[u]) + shift))
            if rng.random() < 0.5:
                server[u] = min(units, max(0, (server[u] if server[u] >= 0 else now_a[u]) + shift))
        elif kind < 0.85:
            if rng.random() < 0.6:
                device[u] = -1
            if rng.random() < 0.6:
                server[u] = -1
        else:
            w = min(n - 2, max(1, u + (1 if rng.random() < 0.5 else -1)))
        old_wa, old_wb = device[w], server[w]
        if w != u:
            device[w] = -1 if old_a < 0 else round(old_a * p.units[w] / units)
            server[w] = -1 if old_b < 0 else round(old_b * p.units[w] / units)
            device[u] = server[u] = -1
        expand(p, device, server, a, b)
        found = score(p, a, b, work, energy, limit)
        heat = hot * 1e-3 ** (step / steps) * best
        if found <= value or (0.0 < heat < np.inf and rng.random() < np.exp((value - found) / heat)):
            value = found
            for v in range(n):  # not slices: those take seconds to compile
                now_a[v] = a[v]
            if value < best:
                best = value
                for v in range(n):
                    best_device[v], best_server[v] = device[v], server[v]
        else:
            if w != u:
                device[w], server[w] = old_wa, old_wb
            device[u], server[u] = old_a, old_b
    for v in range(n):
        device[v], server[v] = best_device[v], best_server[v]
    return best
