"""The least rate of a pair of user and model, with the frequency that allows it.

In y = 1/rate and g = 1/frequency a pair is feasible exactly if y <= h(g) = min_l (T - A_l*g/k) / D_l (deadline),
y <= e(g) = (E - c/g^2) / (P*D) (energy) and g is in the device's range. h falls and is concave, e grows and is
concave, so the greatest y is at the least g, at the largest, or where the two cross.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from wnpopt.backends.compiled import compiled, inner
from wnpopt.problems.slide.columnar.columns import BoolArray, FloatArray, IntArray, SlideColumns
from wnpopt.problems.slide.kernels.hull import Rows

_LARGEST = 1.7976931348623157e308


class Devices(NamedTuple):
    """What the users' devices and deadlines are, each (U,): the columns of these names."""

    deadline_s: FloatArray
    energy_j: FloatArray
    frequency_min_hz: FloatArray
    frequency_max_hz: FloatArray
    flop_per_cycle: FloatArray
    energy_per_flop_hz2: FloatArray
    receive_w: FloatArray


def devices_of(columns: SlideColumns) -> Devices:
    """The devices of all users."""
    return Devices(*(getattr(columns, field) for field in Devices._fields))


@inner
def line_min(x: float, deadline: float, first: int, last: int, inverse_bits: FloatArray, slope: FloatArray) -> float:
    """h at x = g/k over the rows that have bits; not positive if the deadline cannot be met at this frequency."""
    best = np.inf
    for row in range(first, last):
        if inverse_bits[row] > 0.0:
            best = min(best, deadline * inverse_bits[row] - slope[row] * x)
    return best


@inner
def pair_rate(
    deadline: float,
    energy: float,
    low: float,
    high: float,
    inverse_k: float,
    compute: float,
    receive: float,
    first: int,
    last: int,
    flop: FloatArray,
    inverse_bits: FloatArray,
    slope: FloatArray,
) -> tuple[float, float]:
    """Greatest y and its g for one pair; y = 0 where there is none.

    ``low`` and ``high`` bound g, ``compute`` is c (the energy for computing is c / g^2), ``receive`` is P*D.
    """
    g = low
    if energy < np.inf:
        if energy <= 0.0 and (compute > 0.0 or receive > 0.0):
            return 0.0, g
        if compute > energy * low * low:
            g = np.sqrt(compute / energy)
    if inverse_bits[first] == 0.0 and flop[first] > 0.0:
        # Layers without bits in front start at time 0 at any rate: all that is left is to compute in time.
        # In this order, for the product may be below the least number that there is.
        high = min(high, deadline / flop[first] / inverse_k)
    if not (g > 0.0 and high > 0.0):
        return 0.0, g  # below the least number that there is
    if g > high:
        # A limit that is met exactly may be missed by rounding.
        if g > high * (1.0 + 1e-12):
            return 0.0, g
        g = high
    h = line_min(g * inverse_k, deadline, first, last, inverse_bits, slope)
    if h <= 0.0:
        return 0.0, g
    if receive == 0.0 or energy == np.inf:
        return h, g
    f = 1.0 / g
    inverse_receive = 1.0 / receive
    e = (energy - compute * f * f) * inverse_receive
    if h <= e or compute == 0.0:
        y = min(h, e)
        return (y if y > 0.0 else 0.0), g
    # A row crosses e at the one positive root of f^3 + p*f - q, and the crossing with h is the greatest of these roots
    # (the least g). Right of its root the cubic is convex: Newton falls to it. All rows are right of theirs at first;
    # a row whose cubic is still positive at the greatest root so far cannot have a greater one. The row that is active
    # now most likely has the greatest, so it comes first.
    x = g * inverse_k
    active = first
    for row in range(first, last):
        if inverse_bits[row] > 0.0 and deadline * inverse_bits[row] - slope[row] * x <= h:
            active = row
            break
    least_f = 1.0 / high
    by_compute = receive / compute
    best = 0.0
    for turn in range(first - 1, last):
        row = active if turn < first else turn
        if inverse_bits[row] == 0.0 or turn == active:
            continue
        p = (deadline * inverse_bits[row] * receive - energy) / compute
        q = slope[row] * inverse_k * by_compute
        if best > 0.0 and (best * best + p) * best - q >= 0.0:
            continue
        root = f
        for _ in range(100):
            square = root * root
            steepness = 3.0 * square + p
            if not steepness > 0.0:
                break
            following = (2.0 * square * root + q) / steepness
            change = root - following
            root = following
            if change <= 3e-9 * root or root <= least_f:
                break
        best = max(best, root)
    f = max(best, least_f)
    if not f > 0.0:
        return 0.0, g
    g = 1.0 / f
    y = min(
        line_min(g * inverse_k, deadline, first, last, inverse_bits, slope),
        (energy - compute * f * f) * inverse_receive,
    )
    return (y if y > 0.0 else 0.0), g


@compiled
def inverse_rates(
    devices: Devices,
    rows: Rows,
    min_accuracy: FloatArray,
    accuracy: FloatArray,
    allowed: BoolArray,
    tolerance: float,
    at_most_hz: bool,
) -> FloatArray:
    """Greatest y of every pair, shape (U, J), 0 where the pair is infeasible.

    Every limit is relaxed by ``tolerance``; with ``at_most_hz`` the frequency is the greatest, not a decision.
    """
    users, models = min_accuracy.size, accuracy.size
    flop, inverse_bits, slope = rows.flop, rows.inverse_bits, rows.slope
    more, less = 1.0 + tolerance, 1.0 - tolerance
    result = np.empty((users, models))
    for u in range(users):
        t = devices.deadline_s[u] * more
        limit = devices.energy_j[u] * more
        low = 1.0 / min(devices.frequency_max_hz[u] * more, _LARGEST)
        high = low if at_most_hz else 1.0 / (devices.frequency_min_hz[u] * less)
        inverse_k = 1.0 / devices.flop_per_cycle[u]
        receive_w = devices.receive_w[u]
        needed = min_accuracy[u] * less
        for j in range(models):
            if accuracy[j] < needed or (allowed.size > 0 and not allowed[u, j]):
                result[u, j] = 0.0
                continue
            compute = devices.energy_per_flop_hz2[u] * rows.total_flop[j]
            first, last = rows.start[j], rows.start[j + 1]
            if (receive_w == 0.0 or limit == np.inf) and inverse_bits[first] > 0.0:
                g = low
                if limit < np.inf and compute > 0.0:
                    # The closed form without receive energy: the greatest frequency that the energy allows.
                    if limit == 0.0 or compute > limit * high * high * (1.0 + 2e-12):
                        result[u, j] = 0.0
                        continue
                    if compute > limit * low * low:
                        g = min(np.sqrt(compute / limit), high)
                x = g * inverse_k
                y = np.inf
                for row in range(first, last):
                    y = min(y, t * inverse_bits[row] - slope[row] * x)
                result[u, j] = y if y > 0.0 else 0.0
            else:
                receive = receive_w * rows.total_bits[j]
                result[u, j], _ = pair_rate(
                    t, limit, low, high, inverse_k, compute, receive, first, last, flop, inverse_bits, slope
                )
    return result


@compiled
def pair_frequencies(
    user: IntArray, model: IntArray, devices: Devices, rows: Rows, at_most_hz: bool
) -> tuple[FloatArray, FloatArray]:
    """Greatest y and the frequency in Hz of chosen pairs, both of the shape of ``user``."""
    flop, inverse_bits, slope = rows.flop, rows.inverse_bits, rows.slope
    inverse = np.empty(user.size)
    frequency = np.empty(user.size)
    for i in range(user.size):
        u, j = user[i], model[i]
        low_hz, high_hz = devices.frequency_min_hz[u], devices.frequency_max_hz[u]
        low = 1.0 / high_hz
        high = low if at_most_hz else 1.0 / low_hz
        inverse_k = 1.0 / devices.flop_per_cycle[u]
        compute = devices.energy_per_flop_hz2[u] * rows.total_flop[j]
        receive = devices.receive_w[u] * rows.total_bits[j]
        t, limit, first, last = devices.deadline_s[u], devices.energy_j[u], rows.start[j], rows.start[j + 1]
        y, g = pair_rate(t, limit, low, high, inverse_k, compute, receive, first, last, flop, inverse_bits, slope)
        inverse[i] = y
        if g <= low:
            frequency[i] = high_hz
        else:
            frequency[i] = min(high_hz, max(low_hz, 1.0 / g))  # g is above low, and so above 0
    return inverse, frequency
