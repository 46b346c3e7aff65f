"""Multicast: the transmission of one model that is worth most at given prices, exactly, by blocks of rates and links.

Users are sorted by falling strength of their link (efficiency, or signal-to-noise ratio under a fixed power) and by
the rank of their least rate: a transmission is a rectangle, it serves the ranks up to its rate and the strengths down
to its weakest link. A block of rectangles is worth at most what its far corner collects less the price of its cheapest
one, so that only a few blocks are looked into. Links of both kinds have no common order: there ranges of rates are
halved.
"""

from __future__ import annotations

import numpy as np

from wnpopt.backends.compiled import compiled, inner
from wnpopt.backends.stop_flag import raised
from wnpopt.backends.stopping import Flag
from wnpopt.problems.slide.columnar.columns import FloatArray, IntArray
from wnpopt.problems.slide.kernels.link import band

_SIDES = ((2_000, 16), (8_000, 32))
"""Users up to which blocks have so many rates and strengths: larger ones have fewer bounds to sort, but loose ones."""
_LARGEST_SIDE = 64
_ROUNDING = 1e-13
"""Relative error of a bandwidth: corners are taken as that much cheaper."""
_LN2 = 0.6931471805599453
_TANGENT_ROUNDING, _NEWTON_ROUNDING = 1e-10, 1e-10
"""Relative errors of tangents, and of two of Newton's steps from them."""


def _nodes() -> FloatArray:
    """Of links with a fixed power, at efficiencies E = rate/bandwidth a hundredth apart: snr_hz/rate = (2^E - 1)/E, E,
    and the slope of E over it. E is concave: no efficiency is above a tangent."""
    efficiency = np.geomspace(1e-3, 64.0, 1_113)
    ratio = np.expm1(efficiency * _LN2) / efficiency
    slope = efficiency / (_LN2 * np.exp2(efficiency) - ratio)
    return np.array([ratio, efficiency, slope])


_NODES = _nodes()


@inner
def units(hz: float, block: float, slack: float, least: float) -> float:
    """Hz in the unit of the capacity, as :meth:`Needs.in_units` has it."""
    if block > 0.0:
        return float(max(1.0, np.ceil(hz / (block * (1.0 + slack)) * (1.0 - 1e-12))))
    return max(hz, least)


@inner
def _cost(rate: float, strength: float, linear: bool, block: float, slack: float, least: float) -> float:
    hz = rate / strength if linear else band(rate, 0.0, strength)
    return units(hz, block, slack, least)


@inner
def _side(users: int) -> int:
    for most, side in _SIDES:
        if users <= most:
            return side
    return _LARGEST_SIDE


@inner
def _bounds_of_blocks(
    rank: IntArray,
    strength: FloatArray,
    gain: FloatArray,
    levels: FloatArray,
    linear: bool,
    price: float,
    capacity: float,
    window: tuple[int, int, int, int],
    side: int,
    block: float,
    slack: float,
    least: float,
) -> tuple[FloatArray, FloatArray]:
    """(gains of all that a block's corner near the origin collects (X + 1, Y + 1), what none of a block's rectangles is
    worth more than (X * Y,)); -inf outside the ``window`` of levels and strengths and beyond the ``capacity``."""
    first, last, top, end = window
    tall, wide = (levels.size + side - 1) // side, (strength.size + side - 1) // side
    prefix = np.zeros((tall + 1, wide + 1))
    for i in range(strength.size):
        prefix[rank[i] // side + 1, i // side + 1] += gain[i]
    for x in range(1, tall + 1):
        total = 0.0
        for y in range(1, wide + 1):
            total += prefix[x, y]
            prefix[x, y] = prefix[x - 1, y] + total
    upper = np.full(tall * wide, -np.inf)
    for x in range(first // side, (last - 1) // side + 1):
        rate = levels[max(x * side, first)]
        for y in range(top // side, (end - 1) // side + 1):
            cheapest = _cost(rate, strength[max(y * side, top)], linear, block, slack, least) * (1.0 - _ROUNDING)
            if cheapest > capacity:
                break
            upper[x * wide + y] = prefix[x + 1, y + 1] - price * cheapest
    return prefix, upper


@compiled(reads="rank starts by_level strength levels")
def price_blocks(
    rank: IntArray,
    starts: IntArray,
    by_level: IntArray,
    strength: FloatArray,
    gain: FloatArray,
    levels: FloatArray,
    linear: bool,
    price: float,
    capacity: float,
    box: FloatArray,
    floor: float,
    need: float,
    strata: int,
    block: float,
    slack: float,
    least: float,
    flag: Flag,
) -> tuple[FloatArray, FloatArray, int]:
    """(best rectangles (strata, 4), bounding box (4,) of those worth at least ``need``, their number).

    A rectangle is (worth, rate, strength, cost), worth = gains collected - price * cost, -inf where a stratum of rates
    has none above ``floor``. ``rank`` (n,) of each user's rate in ``levels``; ``by_level`` (n,) are the users by rank,
    those of rank k from ``starts[k]`` to ``starts[k + 1]``; ``strength`` (n,) falling, ``gain`` (n,) not negative.
    ``box``: least and greatest rate, least and greatest strength. With a finite ``need`` all blocks that may reach it
    are looked into, unless they lie in the bounding box as it is (their rectangles are not counted, nor among the
    best); otherwise those that may beat the best. Incomplete once the ``flag`` is raised.
    """
    n, count = strength.size, levels.size
    best = np.full((strata, 4), -np.inf)
    hull = np.array([np.inf, -np.inf, np.inf, -np.inf])
    survivors = 0
    first, last = np.searchsorted(levels, box[0]), np.searchsorted(levels, box[1], side="right")
    top, end = 0, n
    while top < n and strength[top] > box[3]:
        top += 1
    while end > top and strength[end - 1] < box[2]:
        end -= 1
    if first >= last or top >= end:
        return best, hull, survivors
    side = _side(n)
    tall, wide = (count + side - 1) // side, (n + side - 1) // side
    prefix, upper = _bounds_of_blocks(
        rank, strength, gain, levels, linear, price, capacity, (first, last, top, end), side, block, slack, least
    )
    surviving = need > -np.inf
    threshold = need if surviving else floor
    row, inside = np.zeros(side), np.zeros((side, side))
    # The best block alone comes first: what it holds leaves few others to sort.
    order, turn, at = np.array([np.argmax(upper)]), 0, 0
    while True:
        if at == order.size:
            if turn == 1:
                break
            upper[order[0]] = -np.inf
            others = np.flatnonzero((upper > -np.inf) & (upper >= threshold))
            order, turn, at = others[np.argsort(-upper[others])], 1, 0
            continue
        q = order[at]
        at += 1
        if upper[q] == -np.inf or upper[q] < threshold or (not surviving and upper[q] == threshold) or raised(flag):
            break
        x, y = q // wide, q % wide
        low, high = x * side, min(count, x * side + side)
        left, right = y * side, min(n, y * side + side)
        stratum = x * strata // tall
        strong, weak = strength[max(left, top)], strength[min(right, end) - 1]
        within = surviving and hull[2] <= weak and strong <= hull[3]
        if within and hull[0] <= levels[max(low, first)] and levels[min(high, last) - 1] <= hull[1]:
            continue
        inside[:] = 0.0
        base = prefix[x, y]
        for i in range(left, right):
            row[i - left] = 0.0
            if rank[i] < low:
                row[i - left] = gain[i]
            elif rank[i] < high:
                inside[rank[i] - low, i - left] = gain[i]
        for level in range(low, high):
            for k in range(starts[level], starts[level + 1]):
                if by_level[k] < left:
                    base += gain[by_level[k]]
            most = base
            for i in range(right - left):
                row[i] += inside[level - low, i]
                most += row[i]
            if level < first or level >= last:
                continue
            rate = levels[level]
            if within and hull[0] <= rate <= hull[1]:
                continue
            cheapest = _cost(rate, strong, linear, block, slack, least)
            if cheapest > capacity or most - price * cheapest * (1.0 - _ROUNDING) < threshold:
                continue
            total = base
            for i in range(left, right):
                total += row[i - left]
                if i < top:
                    continue
                if i >= end:
                    break
                cost = _cost(rate, strength[i], linear, block, slack, least)
                if cost > capacity:
                    break
                worth = total - price * cost
                if surviving and worth >= need:
                    survivors += 1
                    hull[0], hull[1] = min(hull[0], rate), max(hull[1], rate)
                    hull[2], hull[3] = min(hull[2], strength[i]), max(hull[3], strength[i])
                if worth > floor and worth > best[stratum, 0]:
                    best[stratum, 0], best[stratum, 1] = worth, rate
                    best[stratum, 2], best[stratum, 3] = strength[i], cost
                    if not surviving and worth > threshold:
                        threshold = worth
    return best, hull, survivors


@inner
def _efficiency_at_most(ratio: float, node: int) -> float:
    """What a link of fixed power cannot exceed in bit/s/Hz at a rate of snr_hz / ``ratio``: by a tangent."""
    return float((_NODES[1, node] + (ratio - _NODES[0, node]) * _NODES[2, node]) * (1.0 + _TANGENT_ROUNDING))


@inner
def _node_below(ratio: float) -> int:
    at: int = np.searchsorted(_NODES[0], ratio) - 1  # type: ignore[assignment]  # a number, as it is compiled
    return max(0, at)


@inner
def _hz_of_fixed(rate: float, snr_hz: float, node: int) -> float:
    """:func:`band` to some 12 digits: from the tangent down by two of Newton's steps."""
    if not 0 < node < _NODES.shape[1] - 1:
        return float(band(rate, 0.0, snr_hz))
    ratio = snr_hz / rate
    efficiency = _efficiency_at_most(ratio, node)
    for _ in range(2):
        power = np.expm1(efficiency * _LN2)
        efficiency -= (power - ratio * efficiency) / (_LN2 * (power + 1.0) - ratio)
    return float(rate / efficiency)


@inner
def _most_mixed(
    linear: FloatArray,
    fixed: FloatArray,
    low: float,
    high: float,
    price: float,
    dearest: float,
    block: float,
    slack: float,
    least: float,
    known_from: float = np.inf,
    known_to: float = -np.inf,
) -> float:
    """What no transmission at a rate of ``low`` to ``high`` is worth more than: all who need at most ``high`` are
    collected, at what they cost at least at ``low``. Costs from ``known_from`` to ``known_to`` do not count."""
    a, b, total, most = 0, 0, 0.0, -np.inf
    beyond = known_from <= known_to  # what is dearer than what is known may collect all who cost less, and more
    next_a, next_b, fresh = -1.0, -1.0, True
    node = _node_below(fixed[1, 0] / low) if fixed.shape[1] else 0
    while True:
        while a < linear.shape[1] and linear[0, a] > high:
            a += 1
        next_a = linear[1, a] if a < linear.shape[1] else -1.0
        if fresh:
            while b < fixed.shape[1] and fixed[0, b] > high:
                b += 1
            next_b, fresh = -1.0, False
            if b < fixed.shape[1]:
                ratio = fixed[1, b] / low
                while node > 0 and ratio < _NODES[0, node]:
                    node -= 1
                if ratio * (1.0 + _TANGENT_ROUNDING) > _LN2:
                    next_b = _efficiency_at_most(ratio, node)
        efficiency = max(next_a, next_b)
        cost = np.inf
        if efficiency > 0.0:
            cost = units(low / efficiency * (1.0 - _ROUNDING), block, slack, least)
        if beyond and cost > known_to:
            beyond = False
            if known_to < dearest:
                most = max(most, total - price * known_to)
        if cost == np.inf or cost > dearest:
            return most
        if next_a >= next_b:
            total += linear[2, a]
            a += 1
        else:
            total += fixed[2, b]
            b += 1
            fresh = True
        if cost < known_from or cost > known_to:
            most = max(most, total - price * cost)


@compiled(reads="rate efficiency snr_hz linear_order fixed_order levels")
def price_mixed(
    rate: FloatArray,
    efficiency: FloatArray,
    snr_hz: FloatArray,
    linear_order: IntArray,
    fixed_order: IntArray,
    gain: FloatArray,
    levels: FloatArray,
    price: float,
    capacity: float,
    box: FloatArray,
    floor: float,
    need: float,
    strata: int,
    block: float,
    slack: float,
    least: float,
    flag: Flag,
) -> tuple[FloatArray, FloatArray, int]:
    """:func:`price_blocks` for links of both kinds; the negative cost stands for the strength.

    Ranges of rates are halved, the better half first, as long as they may hold something: a range is bounded in one
    sweep over the users, and so is a rate priced.
    """
    best = np.full((strata, 4), -np.inf)
    hull = np.array([np.inf, -np.inf, np.inf, -np.inf])
    survivors = 0
    surviving = need > -np.inf
    threshold = need if surviving else floor
    dearest = min(capacity, -box[2])
    # Rate, link and gain of the users of either kind, best links first, in the order in which sweeps read them.
    linear, fixed = np.empty((3, linear_order.size)), np.empty((3, fixed_order.size))
    for i in range(linear_order.size):
        u = linear_order[i]
        linear[0, i], linear[1, i], linear[2, i] = rate[u], efficiency[u], gain[u]
    for i in range(fixed_order.size):
        u = fixed_order[i]
        fixed[0, i], fixed[1, i], fixed[2, i] = rate[u], snr_hz[u], gain[u]
    # Ranges of levels, from and to, with their bounds: each halving leaves one more, so that few are open at a time.
    start, stop, upper = np.zeros(128, np.int64), np.zeros(128, np.int64), np.zeros(128)
    start[0], stop[0] = np.searchsorted(levels, box[0]), np.searchsorted(levels, box[1], side="right")
    upper[0] = np.inf
    size = 1 if start[0] < stop[0] else 0
    while size > 0:
        size -= 1
        first, last = start[size], stop[size]
        if upper[size] == -np.inf or upper[size] < threshold or (not surviving and upper[size] == threshold):
            continue
        if raised(flag):
            break
        if surviving and hull[0] <= levels[first] and levels[last - 1] <= hull[1]:
            # Within the rates of those that survive: only other costs are news.
            news = _most_mixed(
                linear, fixed, levels[first], levels[last - 1], price, dearest, block, slack, least, -hull[3], -hull[2]
            )
            if news < threshold:
                continue
        if last - first > 1:
            middle = (first + last) // 2
            lower_most = _most_mixed(
                linear, fixed, levels[first], levels[middle - 1], price, dearest, block, slack, least
            )
            upper_most = _most_mixed(
                linear, fixed, levels[middle], levels[last - 1], price, dearest, block, slack, least
            )
            # With survivors known, what is farther from them comes first: between there will be little news.
            far = surviving and survivors > 0
            if (far and levels[first] < hull[0]) or (not far and lower_most >= upper_most):
                start[size], stop[size], upper[size] = middle, last, upper_most
                start[size + 1], stop[size + 1], upper[size + 1] = first, middle, lower_most
            else:
                start[size], stop[size], upper[size] = first, middle, lower_most
                start[size + 1], stop[size + 1], upper[size + 1] = middle, last, upper_most
            size += 2
            continue
        rho = levels[first]
        stratum = first * strata // levels.size
        a, b, total, next_b, fresh = 0, 0, 0.0, np.inf, True
        node = _node_below(fixed[1, 0] / rho) if fixed.shape[1] else 0
        while True:
            while a < linear.shape[1] and linear[0, a] > rho:
                a += 1
            next_a = rho / linear[1, a] if a < linear.shape[1] else np.inf
            if fresh:
                while b < fixed.shape[1] and fixed[0, b] > rho:
                    b += 1
                next_b, fresh = np.inf, False
                if b < fixed.shape[1]:
                    while node > 0 and fixed[1, b] / rho < _NODES[0, node]:
                        node -= 1
                    next_b = _hz_of_fixed(rho, fixed[1, b], node)
            hz = min(next_a, next_b)
            if hz == np.inf:
                break
            at_least = units(hz * (1.0 - _NEWTON_ROUNDING), block, slack, least)
            if at_least > dearest:
                break
            snr = -1.0
            if next_a <= next_b:
                total += linear[2, a]
                a += 1
            else:
                total += fixed[2, b]
                snr = fixed[1, b]
                b += 1
                fresh = True
            most = total - price * at_least
            if (not surviving or most < need) and (most <= floor or most <= best[stratum, 0]):
                continue
            # What it costs to the last digit, where that may matter.
            cost = units(hz if snr < 0.0 else band(rho, 0.0, snr), block, slack, least)
            if cost > dearest or -cost > box[3]:
                continue
            worth = total - price * cost
            if surviving and worth >= need:
                survivors += 1
                hull[0], hull[1] = min(hull[0], rho), max(hull[1], rho)
                hull[2], hull[3] = min(hull[2], -cost), max(hull[3], -cost)
            if worth > floor and worth > best[stratum, 0]:
                best[stratum, 0], best[stratum, 1] = worth, rho
                best[stratum, 2], best[stratum, 3] = -cost, cost
                if not surviving and worth > threshold:
                    threshold = worth
    return best, hull, survivors
