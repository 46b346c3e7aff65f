"""Largest concurrent throughput of the radio for given deadlines, by column generation.

For deadlines T_k the share of its payload that every modality can get at once is the linear programme

    max lambda  s.t.  sum_{n,b} r[k,n,b]/D_k * x[k,n,b] >= lambda  for all k,   x[.,n,b] in a polymatroid,

whose polymatroid (Hall's condition of the slots of block b before the deadlines) is optimised by a greedy pass for
any weights. So the programme has one row a modality and a column for each greedy vertex: a simplex method with K + 1
rows, priced by the greedy pass. Any weights w >= 0 met on the way prove an upper bound, however inexact the
arithmetic was that found them.
"""

from __future__ import annotations

import numpy as np

from wnpopt.backends.compiled import compiled, inner
from wnpopt.backends.stop_flag import raised
from wnpopt.backends.stopping import Flag
from wnpopt.problems.wnp.instance import IntArray

FloatArray = np.ndarray[tuple[int, ...], np.dtype[np.float64]]


@compiled
def usable_slots(deadline: IntArray, block_start: IntArray, block_length: IntArray) -> IntArray:
    """Slots of each block that lie before each deadline: clip(T_k - a_b, 0, length_b), shape (K, B)."""
    usable = np.empty((deadline.size, block_start.size), dtype=np.int64)
    for k in range(deadline.size):
        for b in range(block_start.size):
            usable[k, b] = min(max(deadline[k] - block_start[b], 0), block_length[b])
    return usable


@inner
def _by_deadline(usable: IntArray) -> tuple[IntArray, IntArray, int]:
    """(order, length, blocks): the modalities of each block by falling deadline, shape (B, K), and the slots of each
    that lie after all earlier deadlines; ``blocks`` are those up to the last that anybody can use.
    """
    k_count, b_count = usable.shape
    order = np.empty((b_count, k_count), dtype=np.int64)
    length = np.empty((b_count, k_count), dtype=np.int64)
    blocks = 0
    for b in range(b_count):
        for k in range(k_count):
            q = k
            while q > 0 and usable[order[b, q - 1], b] < usable[k, b]:
                order[b, q] = order[b, q - 1]
                q -= 1
            order[b, q] = k
        for q in range(k_count):
            later = usable[order[b, q + 1], b] if q + 1 < k_count else 0
            length[b, q] = usable[order[b, q], b] - later
        if usable[order[b, 0], b] > 0:
            blocks = b + 1
    return order, length, blocks


@inner
def greedy_throughput(
    share: FloatArray, weight: FloatArray, order: IntArray, length: IntArray, blocks: int
) -> FloatArray:
    """Each modality's throughput, shape (K,), in the allocation that maximises the weighted sum.

    ``share`` is what a slot brings of a payload, shape (N, B, K). The slots between two deadlines go to the most
    valuable modality that still waits, the lowest index among equals.
    """
    n_count, _, k_count = share.shape
    got = np.zeros(k_count)
    for n in range(n_count):
        for b in range(blocks):
            best = order[b, 0]
            value = weight[best] * share[n, b, best]
            for q in range(k_count):
                k = order[b, q]
                v = weight[k] * share[n, b, k]
                if v > value or (v == value and k < best):
                    best, value = k, v
                if length[b, q] > 0:
                    got[best] += share[n, b, best] * length[b, q]
    return got


@inner
def best_rates(share: FloatArray, weight: FloatArray, order: IntArray, rate: FloatArray) -> None:
    """Fill ``rate`` (K, B): what a slot of block b is worth to the most valuable of the first q + 1 of ``order``."""
    n_count, b_count, k_count = share.shape
    for q in range(k_count):
        for b in range(b_count):
            rate[q, b] = 0.0
    for n in range(n_count):
        for b in range(b_count):
            value = 0.0
            for q in range(k_count):
                value = max(value, weight[order[q]] * share[n, b, order[q]])
                rate[q, b] += value


# Copies and sums are loops: numba compiles array expressions and slices that are assigned into seconds of code, most of
# it for the message of an error that cannot happen.
@inner
def _solve(matrix: FloatArray, transposed: bool, right: FloatArray) -> FloatArray:
    """Gaussian elimination with partial pivoting; a (nearly) singular matrix gives NaN in front."""
    size = right.size
    a, x = np.empty((size, size)), np.empty(size)
    for row in range(size):
        x[row] = right[row]
        for c in range(size):
            a[row, c] = matrix[c, row] if transposed else matrix[row, c]
    for c in range(size):
        pivot = c
        for row in range(c + 1, size):
            if abs(a[row, c]) > abs(a[pivot, c]):
                pivot = row
        if abs(a[pivot, c]) < 1e-14:
            x[0] = np.nan
            return x
        if pivot != c:
            for j in range(size):
                a[c, j], a[pivot, j] = a[pivot, j], a[c, j]
            x[c], x[pivot] = x[pivot], x[c]
        for row in range(c + 1, size):
            factor = a[row, c] / a[c, c]
            if factor != 0.0:
                for j in range(c, size):
                    a[row, j] -= factor * a[c, j]
                x[row] -= factor * x[c]
    for c in range(size - 1, -1, -1):
        for j in range(c + 1, size):
            x[c] -= a[c, j] * x[j]
        x[c] /= a[c, c]
    return x


@inner
def _sum(values: FloatArray) -> float:
    total = 0.0
    for k in range(values.size):
        total += values[k]
    return total


@inner
def _dot(one: FloatArray, other: FloatArray) -> float:
    total = 0.0
    for k in range(one.size):
        total += one[k] * other[k]
    return total


@compiled
def concurrent_throughput(
    share: FloatArray, usable: IntArray, start_weight: FloatArray, stop_below_one: bool, stop: Flag
) -> tuple[float, float, FloatArray, IntArray]:
    """(lower, upper, weights, slots): lambda is in [lower, upper]; the weights prove the upper bound.

    Once ``stop`` is raised that is all that is known of lambda: it may be anywhere in between.

    ``slots`` (K, N, B) are whole slots near the best mixture of vertices found, a start for rounding.
    With ``stop_below_one`` it returns at the first weights that prove lambda < 1 (the deadlines cannot be met).
    """
    columns: FloatArray = np.empty((1, start_weight.size))
    for k in range(start_weight.size):
        columns[0, k] = start_weight[k]
    lower, upper, weight, part, columns = mixture(share, usable, columns, stop_below_one, np.inf, stop)
    return lower, upper, weight, mixed(share, usable, columns, part, 0.5)


@compiled
def mixture(
    share: FloatArray, usable: IntArray, columns: FloatArray, stop_below_one: bool, enough: float, stop: Flag
) -> tuple[float, float, FloatArray, FloatArray, FloatArray]:
    """(lower, upper, weights, parts, columns): :func:`concurrent_throughput` from the vertices of known weights.

    ``columns`` (P, K), at least one, are weights whose vertices are near the optimum, such as those of an optimum for
    other deadlines; returned are those of the last basis, of which the optimum mixes ``parts``. It returns as soon as
    a mixture reaches ``enough``.
    """
    k_count = share.shape[2]
    size, known = k_count + 1, columns.shape[0]
    rounds = 200 + 60 * k_count
    order, length, blocks = _by_deadline(usable)
    pool = np.empty((known + rounds, k_count))
    reach = np.empty((known + rounds, k_count))
    weight = np.empty(k_count)
    best_weight = np.empty(k_count)
    upper, first = np.inf, 0
    for p in range(known):
        total = _sum(columns[p])
        for k in range(k_count):
            weight[k] = columns[p, k] / total
        got = greedy_throughput(share, weight, order, length, blocks)
        value = _dot(weight, got)
        for k in range(k_count):
            pool[p, k], reach[p, k] = weight[k], got[k]
            if value < upper:
                best_weight[k] = weight[k]
        if value < upper:
            upper, first = value, p
    # Rows: k: sum_i alpha_i*y_ik - lambda - s_k = 0; last: sum_i alpha_i = 1. Columns 0: lambda, then slacks and
    # vertices. At first lambda, one vertex, and the slack of every row but the one that limits lambda.
    basis = np.zeros((size, size))
    member = np.full(size, -1, dtype=np.int64)  # of the pool; -1 is lambda or a slack
    right = np.zeros(size)
    right[k_count] = 1.0
    cost = np.zeros(size)
    worst = 0
    for k in range(k_count):
        worst = k if reach[first, k] < reach[first, worst] else worst
        basis[k, 0] = -1.0
        basis[k, 1] = reach[first, k]
    cost[0] = 1.0
    basis[k_count, 1] = 1.0
    member[1] = first
    column = 2
    for k in range(k_count):
        if k != worst:
            basis[k, column] = -1.0
            column += 1
    lower = reach[first, worst]
    part = np.zeros(size)
    part[1] = 1.0
    entering = np.zeros(size)
    asked = 0
    for _ in range(2 * rounds):
        if raised(stop) or (stop_below_one and upper < 1.0 - 1e-9) or upper - lower <= 1e-9 or lower >= enough:
            break
        dual = _solve(basis, True, cost)
        if np.isnan(dual[0]):
            break
        slack = -1
        for k in range(k_count):
            weight[k] = -dual[k]
            if weight[k] < -1e-12 and (slack < 0 or weight[k] < weight[slack]):
                slack = k
        for c in range(size):
            entering[c] = 0.0
        new = -1
        if slack >= 0:
            entering[slack] = -1.0
        else:
            for k in range(k_count):
                weight[k] = max(weight[k], 0.0)
            total = _sum(weight)
            for k in range(k_count):
                weight[k] /= total
            most = dual[k_count] + 1e-9
            for p in range(known):
                value = _dot(weight, reach[p])
                if value > most:
                    new, most = p, value
            if new < 0:
                if asked == rounds:
                    break
                asked += 1
                got = greedy_throughput(share, weight, order, length, blocks)
                value = _dot(weight, got)
                if value < upper:
                    upper = value
                    for k in range(k_count):
                        best_weight[k] = weight[k]
                if value <= dual[k_count] + 1e-12:
                    break
                new = known
                for k in range(k_count):
                    pool[new, k], reach[new, k] = weight[k], got[k]
                known += 1
            for k in range(k_count):
                entering[k] = reach[new, k]
            entering[k_count] = 1.0
        level = _solve(basis, False, right)
        step = _solve(basis, False, entering)
        leaving, ratio = -1, np.inf
        for c in range(1, size):  # lambda is free and never leaves
            if step[c] > 1e-11 and max(level[c], 0.0) / step[c] < ratio:
                leaving, ratio = c, max(level[c], 0.0) / step[c]
        if leaving < 0:
            break
        for row in range(size):
            basis[row, leaving] = entering[row]
        member[leaving] = new
        level = _solve(basis, False, right)
        if np.isnan(level[0]):
            break
        lower = max(lower, level[0])
        for c in range(1, size):
            part[c] = max(level[c], 0.0) if member[c] >= 0 else 0.0
    last = np.empty((size, k_count))
    for c in range(size):
        for k in range(k_count):
            last[c, k] = pool[member[c], k] if member[c] >= 0 else best_weight[k]
    return lower, upper, best_weight, part, last


@compiled
def mixed(share: FloatArray, usable: IntArray, columns: FloatArray, part: FloatArray, place: float) -> IntArray:
    """Whole slots (K, N, B) near a mixture of vertices: each cell takes one of them, in the proportions of ``part``.

    A golden-ratio sequence from ``place`` spreads the choices evenly: the totals come out close to the mixture's.
    """
    n_count, b_count, k_count = share.shape
    count = np.zeros((k_count, n_count, b_count), dtype=np.int64)
    order, length, blocks = _by_deadline(usable)
    total = _sum(part)
    for n in range(n_count):
        for b in range(b_count):
            place = (place + 0.6180339887498949) % 1.0
            if b >= blocks:
                continue
            reached, chosen = 0.0, 0
            for c in range(part.size):
                if part[c] > 0.0:
                    chosen = c
                    reached += part[c]
                    if reached >= place * total:
                        break
            best = order[b, 0]
            value = columns[chosen, best] * share[n, b, best]
            for q in range(k_count):
                k = order[b, q]
                v = columns[chosen, k] * share[n, b, k]
                if v > value or (v == value and k < best):
                    best, value = k, v
                count[best, n, b] += length[b, q]
    return count
