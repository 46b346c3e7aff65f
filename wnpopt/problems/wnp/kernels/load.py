"""The least fractional load of unrelated machines, bounded from below by prices on the machines."""

from __future__ import annotations

import numpy as np

from wnpopt.backends.compiled import compiled
from wnpopt.backends.stop_flag import raised
from wnpopt.backends.stopping import Flag
from wnpopt.problems.wnp.instance import IntArray
from wnpopt.problems.wnp.kernels.plan import FAR
from wnpopt.problems.wnp.kernels.throughput import FloatArray

_SCALE = 1 << 16


@compiled
def _prices(ticks: IntArray, rounds: int, stop: Flag) -> FloatArray:
    """Machine prices by multiplicative updates: what is loaded most becomes dearer; the best prices met, shape (M,)."""
    count, cores = ticks.shape
    price = np.empty(cores)
    best_price = np.empty(cores)
    for m in range(cores):
        price[m] = best_price[m] = 1.0 / cores
    best = -1.0
    load = np.empty(cores)
    for step in range(rounds):
        if raised(stop):
            break
        for m in range(cores):
            load[m] = 0.0
        value = 0.0
        for i in range(count):
            cheapest, at = np.inf, 0
            for m in range(cores):
                if ticks[i, m] < FAR and price[m] * ticks[i, m] < cheapest:
                    cheapest, at = price[m] * ticks[i, m], m
            value += cheapest
            load[at] += ticks[i, at]
        if value > best:
            best = value
            for m in range(cores):
                best_price[m] = price[m]
        total = 0.0
        for m in range(cores):
            total += load[m]
        if total <= 0.0:
            break
        rate = 1.0 / np.sqrt(step + 1.0)
        for m in range(cores):
            price[m] *= np.exp(rate * (load[m] / total - 1.0 / cores))
        total = 0.0
        for m in range(cores):
            total += price[m]
        for m in range(cores):
            price[m] /= total
    return best_price


def least_load(ticks: IntArray, stop: Flag) -> int:
    """A lower bound on the largest load of any assignment of the subgraphs (I, M; FAR where forbidden), rounded up.

    Weaker once ``stop`` is raised, but a bound.
    """
    price = np.floor(_prices(ticks, 150, stop) * _SCALE).astype(np.int64)
    if not price.any():
        return 0
    able = ticks < FAR
    largest = int(np.where(able, ticks, 0).max(initial=0))
    if largest * _SCALE * ticks.shape[0] < 2**62:
        weighted = int(np.where(able, ticks * price, 2**62).min(axis=1).sum())
    else:  # beyond 64 bits: Python's integers
        weighted = sum(min(int(t) * int(p) for t, p in zip(row, price, strict=True) if t < FAR) for row in ticks)
    return -(-weighted // int(price.sum()))
