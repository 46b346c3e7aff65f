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
def greedy_vertex(share: FloatArray, weight: FloatArray, usable: IntArray, count: IntArray) -> FloatArray:
    """Fill ``count`` (K, N, B) with the slots that maximise the weighted throughput.

    Returns each modality's throughput, shape (K,).

    ``share`` is what a slot brings of a payload, shape (N, B, K). On one resource block and block: the modalities by
    falling value; each takes the slots before its deadline that no more valuable one could use.
    """
    n_count, b_count, k_count = share.shape
    got = np.zeros(k_count)
    value = np.empty(k_count)
    order = np.empty(k_count, dtype=np.int64)
    for n in range(n_count):
        for b in range(b_count):
            for k in range(k_count):
                count[k, n, b] = 0
                value[k] = weight[k] * share[n, b, k]
                q = k
                while q > 0 and value[order[q - 1]] < value[k]:
                    order[q] = order[q - 1]
                    q -= 1
                order[q] = k
            taken = 0
            for q in range(k_count):
                k = order[q]
                if usable[k, b] > taken:
                    count[k, n, b] = usable[k, b] - taken
                    got[k] += share[n, b, k] * count[k, n, b]
                    taken = usable[k, b]
    return got


@inner
def weighted_throughput(share: FloatArray, weight: FloatArray, usable: IntArray) -> float:
    """The greedy pass's value alone: sum_k w_k * throughput_k."""
    n_count, b_count, k_count = share.shape
    value = np.empty(k_count)
    slots = np.empty(k_count, dtype=np.int64)
    total = 0.0
    for n in range(n_count):
        for b in range(b_count):
            for k in range(k_count):
                v, s = weight[k] * share[n, b, k], usable[k, b]
                q = k
                while q > 0 and value[q - 1] < v:
                    value[q], slots[q] = value[q - 1], slots[q - 1]
                    q -= 1
                value[q], slots[q] = v, s
            taken = 0
            for q in range(k_count):
                if slots[q] > taken:
                    total += value[q] * (slots[q] - taken)
                    taken = slots[q]
    return total


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


@inner
def _keep(vertex: IntArray, at: int, count: IntArray) -> None:
    """vertex[at] = count"""
    for k in range(count.shape[0]):
        for n in range(count.shape[1]):
            for b in range(count.shape[2]):
                vertex[at, k, n, b] = count[k, n, b]


@compiled
def concurrent_throughput(
    share: FloatArray, usable: IntArray, start_weight: FloatArray, stop_below_one: bool, stop: Flag
) -> tuple[float, float, FloatArray, IntArray]:
    """(lower, upper, weights, slots): lambda is in [lower, upper]; the weights prove the upper bound.

    Once ``stop`` is raised that is all that is known of lambda: it may be anywhere in between.

    ``slots`` (K, N, B) are whole slots near the best mixture of vertices found, a start for rounding.
    With ``stop_below_one`` it returns at the first weights that prove lambda < 1 (the deadlines cannot be met).
    """
    n_count, b_count, k_count = share.shape
    size = k_count + 1
    # Rows: k: sum_i alpha_i*y_ik - lambda - s_k = 0; last: sum_i alpha_i = 1. Columns 0: lambda, then slacks and
    # vertices.
    basis = np.zeros((size, size))
    vertex = np.zeros((size, k_count, n_count, b_count), dtype=np.int64)
    kind = np.zeros(size, dtype=np.int64)  # 0 lambda, 1 a slack, 2 a vertex
    right = np.zeros(size)
    right[k_count] = 1.0
    cost = np.zeros(size)
    count = np.zeros((k_count, n_count, b_count), dtype=np.int64)
    weight = np.empty(k_count)
    total = _sum(start_weight)
    for k in range(k_count):
        weight[k] = start_weight[k] / total
    got = greedy_vertex(share, weight, usable, count)
    upper = _dot(weight, got)
    best_weight = np.empty(k_count)
    worst = 0
    # lambda, the first vertex, and the slack of every row but the one that limits lambda
    for k in range(k_count):
        best_weight[k] = weight[k]
        worst = k if got[k] < got[worst] else worst
        basis[k, 0] = -1.0
        basis[k, 1] = got[k]
    cost[0] = 1.0
    basis[k_count, 1] = 1.0
    kind[1] = 2
    _keep(vertex, 1, count)
    column = 2
    for k in range(k_count):
        if k != worst:
            basis[k, column] = -1.0
            kind[column] = 1
            column += 1
    lower = got[worst]
    part = np.zeros(size)
    part[1] = 1.0
    entering = np.zeros(size)
    for _ in range(200 + 60 * k_count):
        if raised(stop) or (stop_below_one and upper < 1.0 - 1e-9) or upper - lower <= 1e-9:
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
        if slack >= 0:
            entering[slack] = -1.0
            new_kind = 1
        else:
            for k in range(k_count):
                weight[k] = max(weight[k], 0.0)
            total = _sum(weight)
            for k in range(k_count):
                weight[k] /= total
            got = greedy_vertex(share, weight, usable, count)
            value = _dot(weight, got)
            if value < upper:
                upper = value
                for k in range(k_count):
                    best_weight[k] = weight[k]
            if value <= dual[k_count] + 1e-12:
                break
            for k in range(k_count):
                entering[k] = got[k]
            entering[k_count] = 1.0
            new_kind = 2
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
        kind[leaving] = new_kind
        if new_kind == 2:
            _keep(vertex, leaving, count)
        level = _solve(basis, False, right)
        if np.isnan(level[0]):
            break
        lower = max(lower, level[0])
        for c in range(1, size):
            part[c] = max(level[c], 0.0) if kind[c] == 2 else 0.0
    return lower, upper, best_weight, _mixed(vertex, part)


@inner
def _mixed(vertex: IntArray, part: FloatArray) -> IntArray:
    """Whole slots near the mixture of the vertices: each cell takes one of them, in the proportions of ``part``.

    A golden-ratio sequence spreads the choices evenly, so that the totals come out close to the mixture's.
    """
    size, k_count, n_count, b_count = vertex.shape
    count = np.zeros((k_count, n_count, b_count), dtype=np.int64)
    total = _sum(part)
    place = 0.5
    for n in range(n_count):
        for b in range(b_count):
            place = (place + 0.6180339887498949) % 1.0
            reached, chosen = 0.0, 0
            for c in range(size):
                if part[c] > 0.0:
                    chosen = c
                    reached += part[c]
                    if reached >= place * total:
                        break
            for k in range(k_count):
                count[k, n, b] = vertex[chosen, k, n, b]
    return count
