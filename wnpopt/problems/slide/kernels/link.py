"""Bandwidth for a rate: linear, or the inverse of a concave rate."""

from __future__ import annotations

import numpy as np

from wnpopt.backends.compiled import compiled
from wnpopt.problems.slide.columnar.columns import FloatArray, IntArray


@compiled
def band(rate: float, efficiency: float, snr_hz: float) -> float:
    """Hz in which the link carries ``rate`` bit/s; infinite if no bandwidth is enough.

    With a fixed power and z = snr_hz / b, ln(1+z) = q*z for q = rate*ln2/snr_hz. The left side is concave, and
    1/q^2 - 1 lies right of the root: Newton falls to it without a bracket, and keeps its digits near the limit q = 1.
    """
    if efficiency > 0.0:
        return rate / efficiency
    q = rate * 0.6931471805599453 / snr_hz
    if not q < 1.0:
        return np.inf
    if q <= 0.0:
        return 0.0
    # For a small q that start is so far that the first step down loses the root's digits; (2/q) ln(1/q) is right of it
    # and closer.
    z = (1.0 - q) * (1.0 + q) / (q * q) if q > 1e-3 else 2.0 * -np.log(q) / q
    for _ in range(100):
        slope = 1.0 / (1.0 + z) - q
        if slope == 0.0:
            break
        step = (np.log1p(z) - q * z) / slope
        # Newton's steps are downward; the first that is not is rounding.
        if not (step > 0.0) or step >= z:
            break
        z -= step
        if step <= 4e-16 * z:
            break
    return snr_hz / z if z > 0.0 else np.inf


@compiled
def bands(inverse_rate: FloatArray, efficiency: FloatArray, snr_hz: FloatArray, most: float) -> FloatArray:
    """Least bandwidth of each pair, shape (U, J); infinite where there is none or it exceeds ``most``."""
    users, models = inverse_rate.shape
    result = np.empty((users, models))
    for u in range(users):
        for j in range(models):
            y = inverse_rate[u, j]
            b = band(1.0 / y, efficiency[u], snr_hz[u]) if y > 0.0 else np.inf
            result[u, j] = b if b <= most else np.inf
    return result


@compiled
def group_band(rate: float, members: IntArray, efficiency: FloatArray, snr_hz: FloatArray) -> float:
    """Hz in which every member's link carries ``rate``: what the weakest link needs."""
    widest = 0.0
    for u in members:
        widest = max(widest, band(rate, efficiency[u], snr_hz[u]))
    return widest


@compiled
def bands_at(rate: float, efficiency: FloatArray, snr_hz: FloatArray) -> FloatArray:
    """Hz in which each of the links carries ``rate``, shape (n,)."""
    result = np.empty(efficiency.size)
    for u in range(efficiency.size):
        result[u] = band(rate, efficiency[u], snr_hz[u])
    return result
