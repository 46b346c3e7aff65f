"""Kernels for a fixed set of served users: latency against rate, and the division of the band by its price.

Users are grouped by transmission: one user a group (unicast), all users of a model (multicast). At the inverse rate y
the fastest frequency that the energy allows is explicit, g(y) = max(1/f_max, sqrt(c / (E - P*D*y))), and so is the
latency max_l (D_l*y + A_l*g(y)/k); it is convex in y, and so is the bandwidth.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from wnpopt.backends.compiled import compiled, inner
from wnpopt.problems.slide.columnar.columns import FloatArray, IntArray
from wnpopt.problems.slide.kernels.hull import Rows
from wnpopt.problems.slide.kernels.link import band

_LN2 = 0.6931471805599453


class Members(NamedTuple):
    """The served users, each (S,): 1/f_max, the energy limit, c and P*D of their models, 1/k, and the hull rows
    ``first`` to ``last`` of their models; the link by its efficiency, or, where that is 0, by ``snr_hz``."""

    low: FloatArray
    energy: FloatArray
    compute: FloatArray
    receive: FloatArray
    inverse_k: FloatArray
    first: IntArray
    last: IntArray
    efficiency: FloatArray
    snr_hz: FloatArray


@compiled
def fastest(y: float, low: float, energy: float, compute: float, receive: float) -> tuple[float, float]:
    """(g, dg/dy) at the inverse rate ``y``: the fastest that range and energy allow; g is infinite if none is."""
    if energy == np.inf or compute == 0.0:
        return low, 0.0
    left = energy - receive * y
    if left <= 0.0:
        return np.inf, 0.0
    g = np.sqrt(compute / left)
    if g <= low:
        return low, 0.0
    return g, 0.5 * g * receive / left


@inner
def latency_at(
    y: float,
    low: float,
    energy: float,
    compute: float,
    receive: float,
    inverse_k: float,
    first: int,
    last: int,
    bits: FloatArray,
    flop: FloatArray,
) -> tuple[float, float]:
    """(latency, its derivative in y) at the fastest frequency."""
    g, growth = fastest(y, low, energy, compute, receive)
    worst, slope = 0.0, 0.0
    for row in range(first, last):
        t = bits[row] * y + flop[row] * g * inverse_k
        if t > worst:
            worst, slope = t, bits[row] + flop[row] * growth * inverse_k
    return worst, slope


@compiled
def latencies(inverse_rate: FloatArray, m: Members, rows: Rows) -> tuple[FloatArray, FloatArray]:
    """(latency, g) of served users at their inverse rates, both (S,)."""
    bits, flop = rows.bits, rows.flop
    done, inverse_frequency = np.empty(inverse_rate.size), np.empty(inverse_rate.size)
    for i in range(inverse_rate.size):
        y = inverse_rate[i]
        inverse_frequency[i], _ = fastest(y, m.low[i], m.energy[i], m.compute[i], m.receive[i])
        done[i], _ = latency_at(
            y, m.low[i], m.energy[i], m.compute[i], m.receive[i], m.inverse_k[i], m.first[i], m.last[i], bits, flop
        )
    return done, inverse_frequency


@inner
def band_slope(rate: float, efficiency: float, snr_hz: float) -> tuple[float, float]:
    """(bandwidth, its derivative in the rate)."""
    b = band(rate, efficiency, snr_hz)
    if efficiency > 0.0:
        return b, 1.0 / efficiency
    if b == np.inf:
        return b, np.inf
    z = snr_hz / b
    return b, _LN2 / (np.log1p(z) - z / (1.0 + z))


@compiled
def divide(
    price: float,
    weight: FloatArray,
    group_start: IntArray,
    shortest: FloatArray,
    longest: FloatArray,
    m: Members,
    rows: Rows,
) -> tuple[FloatArray, float]:
    """Each group's inverse rate that minimises weighted latency plus ``price`` times bandwidth: (y (G,), total Hz).

    Users are sorted by group, ``group_start`` (G + 1) delimits them; y stays within ``shortest`` and ``longest``. The
    sum is convex in y: bisection on its derivative, in the logarithm of y.
    """
    bits, flop = rows.bits, rows.flop
    groups = group_start.size - 1
    chosen = np.empty(groups)
    total = 0.0
    for n in range(groups):
        left, right = np.log(shortest[n]), np.log(longest[n])
        for step in range(64):
            # Both ends first: most groups are inside, and those at an end are done at once.
            x = right if step == 0 else (left if step == 1 else 0.5 * (left + right))
            y = np.exp(x)
            derivative = 0.0
            widest, widest_slope = 0.0, 0.0
            for i in range(group_start[n], group_start[n + 1]):
                _, slope = latency_at(
                    y, m.low[i], m.energy[i], m.compute[i], m.receive[i], m.inverse_k[i], m.first[i], m.last[i],
                    bits, flop,
                )  # fmt: skip
                derivative += weight[i] * slope
                b, b_slope = band_slope(1.0 / y, m.efficiency[i], m.snr_hz[i])
                if b > widest:
                    widest, widest_slope = b, b_slope
            derivative -= price * widest_slope / (y * y)
            if step == 0 and derivative <= 0.0:
                left = right
                break
            if step == 1 and derivative >= 0.0:
                right = left
                break
            if derivative > 0.0:
                right = x
            else:
                left = x
        y = np.exp(0.5 * (left + right)) if left < right else np.exp(left)
        y = min(longest[n], max(shortest[n], y))
        chosen[n] = y
        widest = 0.0
        for i in range(group_start[n], group_start[n + 1]):
            widest = max(widest, band(1.0 / y, m.efficiency[i], m.snr_hz[i]))
        total += widest
    return chosen, total


@compiled
def group_widths(
    inverse_rate: FloatArray, group_start: IntArray, efficiency: FloatArray, snr_hz: FloatArray
) -> FloatArray:
    """Bandwidth of each group at its inverse rate, (G,); infinite where that is 0."""
    groups = group_start.size - 1
    result = np.empty(groups)
    for n in range(groups):
        widest = 0.0
        for i in range(group_start[n], group_start[n + 1]):
            rate = 1.0 / inverse_rate[n] if inverse_rate[n] > 0.0 else np.inf
            widest = max(widest, band(rate, efficiency[i], snr_hz[i]) if rate < np.inf else np.inf)
        result[n] = widest
    return result


@compiled
def group_rates(width: FloatArray, group_start: IntArray, efficiency: FloatArray, snr_hz: FloatArray) -> FloatArray:
    """What the weakest link of each group carries in ``width`` (G,) Hz, in bit/s."""
    groups = group_start.size - 1
    result = np.empty(groups)
    for n in range(groups):
        weakest = np.inf
        for i in range(group_start[n], group_start[n + 1]):
            linear = efficiency[i] > 0.0
            rate = width[n] * (efficiency[i] if linear else np.log1p(snr_hz[i] / width[n]) / _LN2)
            weakest = min(weakest, rate)
        result[n] = weakest
    return result
