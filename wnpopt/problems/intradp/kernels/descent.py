"""Every plan that no bound refutes, depth first: operators from the output to the input, heads of states in front.

The operators behind a cut are decided: which rows each side computes, wasted ones included. Their tails are exact (but
for what joining messages takes), so are their joules. What is before the cut counts with the heads of the state of
needs (see :mod:`~wnpopt.problems.intradp.kernels.directions.passes`) that the plan passes once nothing is wasted: a
side that computes more than is asked of it, or receives more, makes nothing earlier and nothing cheaper in the prices
that heads are made for. A plan is scored by the true timing when it is complete.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from wnpopt.backends.compiled import compiled, inner
from wnpopt.backends.stop_flag import raised
from wnpopt.backends.stopping import Flag
from wnpopt.problems.intradp.kernels.arrays import Arrays, FloatArray, IntArray, RowArray
from wnpopt.problems.intradp.kernels.evaluate import Scratch, evaluate, sends_large

NeedArray = npt.NDArray[np.int32]

TRIED, EFFORT, ENDED, FOUND, HINT = 0, 1, 2, 3, 4
"""Places of a tally: options tried, those that may be, 1 if all are done, plans that were better than those before,
and the price that refuted the last option: it is the likeliest to refute the next."""

NEVER = -1.0
"""In place of the tail of what no plan has to wait for."""


class KnownStates(NamedTuple):
    """The states at every cut and their heads in each of P prices. N operators, K directions.

    Cut c has ``groups[c]`` groups, flat from ``group_at[c]`` on: ``units``, ``tensor`` (the first of its twins) and
    ``next``, the group at the next cut that goes on from it, or -1; ``own[u]``: the group behind operator u that has
    its tensor, or -1. Operator u reads group g through ``edges[edge_ptr[.]:edge_ptr[. + 1]]`` of the window tables.
    The needs of state i of cut c are from ``need_at[c] + 4 i groups[c]`` on, its heads from ``head_at[c] + P i (1 + 4
    groups[c]) K`` on, and the table that finds it, of ``table_size[c]`` places, from ``table_at[c]`` on.
    ``first`` and ``end`` (N,): see :class:`~wnpopt.problems.intradp.kernels.directions.twins.OperatorStep`;
    ``source`` (N,): the first tensor that each operator reads.
    """

    groups: IntArray
    group_at: IntArray
    units: IntArray
    tensor: IntArray
    next: IntArray
    own: IntArray
    edge_ptr: IntArray
    edges: IntArray
    need_at: IntArray
    needs: NeedArray
    head_at: IntArray
    heads: FloatArray
    table_at: IntArray
    table_size: IntArray
    table: IntArray
    first: IntArray
    end: IntArray
    source: IntArray


class Pricing(NamedTuple):
    """The P sums that bound plans: ``time`` (P,) for each second of latency, ``rows`` (P, .) what exactly rows [0, r)
    of an operator on the device add, laid out as ``device_extra`` of :class:`Arrays`, ``cut`` (P, N) what cutting a
    message off it (or joining it) adds there, ``send`` (P, N) a second of the uplink. ``receive`` (P,): a second of
    the downlink while no message up can be on its way, once the device is done with operator ``since[p]``.

    A plan is of use only if no sum reaches its ``cutoff`` (P,); those that are no ``objective`` (P,) are latencies.
    ``weights`` (K, 4): the directions. ``device`` and ``server``: exact seconds of rows [0, r), or [r, units).
    """

    time: FloatArray
    rows: FloatArray
    cut: FloatArray
    send: FloatArray
    receive: FloatArray
    since: IntArray
    cutoff: FloatArray
    objective: npt.NDArray[np.bool_]
    weights: FloatArray
    device: FloatArray
    server: FloatArray


class Trail(NamedTuple):
    """What is decided: the way down. Numbers at a cut c are of the operators from c on.

    ``clocks`` (4, N + 1): tails of device, server, uplink, downlink, :data:`NEVER` for what the plan does not wait for.
    ``start`` (2, N): tails at the start of each operator, on the device and on the server. ``sums`` (P, N + 1).
    ``keys`` (N + 1, 4 G): needs once nothing is wasted. Then ``least`` (2, N) are the rows (a, b), ``down`` (N,) the
    seconds of each message down, ``sends`` (N + 1,) the last tensor that is sent up, and ``awaits`` (N + 1,) the last
    operator that waits for such a one on the server, or -1. What is left to try: ``option`` (2, N, M), ``bound`` (N, M)
    and their ``order``, ``options`` (N,) of them, of which it is the turn of number ``at`` (N,). ``refuted``: with so
    many rows on the device, whatever more the server computes.
    """

    a: RowArray
    b: RowArray
    clocks: FloatArray
    start: FloatArray
    sums: FloatArray
    keys: NeedArray
    least: RowArray
    down: FloatArray
    sends: IntArray
    awaits: IntArray
    option: NeedArray
    bound: FloatArray
    order: IntArray
    refuted: npt.NDArray[np.bool_]
    options: IntArray
    at: IntArray


def trail(p: Arrays, prices: int, groups: int) -> Trail:
    """Nothing is decided but the output, by which all ends."""
    n = len(p.units)
    most = int(max((p.units[1:-1].astype(np.int64) + 1) * (p.units[1:-1] + 2) // 2, default=1))
    a, b = np.zeros(n, np.int32), np.zeros(n, np.int32)
    a[[0, n - 1]] = b[[0, n - 1]] = p.units[[0, n - 1]]
    return Trail(
        a,
        b,
        np.array([[0.0], [NEVER], [NEVER], [NEVER]]) + np.zeros((4, n + 1)),
        np.zeros((2, n)),
        np.zeros((prices, n + 1)),
        np.zeros((n + 1, max(1, 4 * groups)), np.int32),
        np.stack([a, b]),
        np.zeros(n),
        np.full(n + 1, -1, np.int64),
        np.full(n + 1, -1, np.int64),
        np.zeros((2, n, most), np.int32),
        np.zeros((n, most)),
        np.zeros((n, most), np.int64),
        np.zeros(int(p.units.max()) + 1, np.bool_),
        np.zeros(n, np.int64),
        np.zeros(n, np.int64),
    )


@inner
def _place(key: NeedArray, width: int, size: int) -> int:
    h = np.uint64(1469598103934665603)
    for c in range(width):
        h = (h ^ np.uint64(key[c])) * np.uint64(1099511628211)
        h ^= h >> np.uint64(29)
    return int(h >> np.uint64(1)) & (size - 1)


@compiled
def fill(known: KnownStates, cut: int, count: int) -> None:
    """The table of a cut's states."""
    width, size, at = 4 * known.groups[cut], known.table_size[cut], known.table_at[cut]
    key = np.zeros(max(1, width), np.int32)
    for i in range(count):
        for c in range(width):
            key[c] = known.needs[known.need_at[cut] + i * width + c]
        place = _place(key, width, size)
        while known.table[at + place] >= 0:
            place = (place + 1) & (size - 1)
        known.table[at + place] = i


@inner
def _look_up(known: KnownStates, cut: int, key: NeedArray) -> int:
    """The state with these needs, or -1."""
    width, size, at = 4 * known.groups[cut], known.table_size[cut], known.table_at[cut]
    place = _place(key, width, size)
    while True:
        i = int(known.table[at + place])
        if i < 0:
            return -1
        same = True
        first = known.need_at[cut] + i * width
        for c in range(width):
            if known.needs[first + c] != key[c]:
                same = False
                break
        if same:
            return i
        place = (place + 1) & (size - 1)


@inner
def _needs_before(p: Arrays, known: KnownStates, u: int, a: int, b: int, behind: NeedArray, key: NeedArray) -> None:
    """As :func:`~wnpopt.problems.intradp.kernels.directions.states.needs_before`, of exact needs."""
    for g in range(known.groups[u]):
        at = known.group_at[u] + g
        most = int(known.units[at])
        y1, y2, x1, x2 = 0, 0, most, most
        q = known.next[at]
        if q >= 0:
            y1, y2 = int(behind[4 * q]), int(behind[4 * q + 1])
            x1, x2 = int(behind[4 * q + 2]), int(behind[4 * q + 3])
        y, x = 0, most
        for k in range(known.edge_ptr[at], known.edge_ptr[at + 1]):
            y = max(y, int(p.dev_hi[known.edges[k] + a]))
            x = min(x, int(p.srv_lo[known.edges[k] + b]))
        if y > 0:
            if y >= y1:
                y1 = y2 = y
            else:
                y2 = y if y == y1 - 1 else 1
        if x < most:
            if x <= x1:
                x1 = x2 = x
            else:
                x2 = x if x == x1 + 1 else most - 1
        key[4 * g], key[4 * g + 1], key[4 * g + 2], key[4 * g + 3] = y1, y2, x1, x2


@inner
def _take(p: Arrays, known: KnownStates, prices: Pricing, way: Trail, u: int, a: int, b: int) -> bool:
    """Decide operator u: what is behind the cut before it; False if it sends what must not be sent."""
    units = int(p.units[u])
    down_lo = up_lo = units
    down_hi = up_hi = 0
    device_waits, server_waits = 0.0, NEVER
    device_first = server_first = -1
    for k in range(p.out_ptr[u], p.out_ptr[u + 1]):
        e = p.out_edge[k]
        v = int(p.in_consumer[e])
        at = p.need_ptr[e]
        hi = int(p.dev_hi[at + way.a[v]])
        if hi > a:
            down_lo = min(down_lo, max(int(p.dev_lo[at + way.a[v]]), a))
            down_hi = max(down_hi, hi)
            device_first = v if device_first < 0 else device_first
            device_waits = max(device_waits, way.start[0, v] + (p.segments[0] if v == device_first else 0.0))
        lo = int(p.srv_lo[at + way.b[v]])
        if lo < b:
            up_lo = min(up_lo, lo)
            up_hi = max(up_hi, min(int(p.srv_hi[at + way.b[v]]), b))
            server_first = v if server_first < 0 else server_first
            if way.start[1, v] >= 0:
                server_waits = max(server_waits, way.start[1, v] + (p.segments[1] if v == server_first else 0.0))
    goes_down, goes_up = down_hi > down_lo, up_hi > up_lo
    if (goes_down or goes_up) and not p.sendable[u]:
        return False
    y, x = 0, units
    if known.own[u] >= 0:
        y, x = int(way.keys[u + 1, 4 * known.own[u]]), int(way.keys[u + 1, 4 * known.own[u] + 2])
    least_a, least_b = y, x
    if a < y:
        least_a, least_b = a, min(a, x) if b <= x else b
    elif b > x:
        least_a, least_b = max(b, y), b
    _needs_before(p, known, u, least_a, least_b, way.keys[u + 1], way.keys[u])
    device, server = way.clocks[0, u + 1], way.clocks[1, u + 1]
    uplink, downlink = way.clocks[2, u + 1], way.clocks[3, u + 1]
    if goes_up:
        # What nobody needs may end after the plan has.
        if server_waits >= 0:
            uplink = max(uplink, server_waits + p.link[2])
        if uplink >= 0 or b > x:
            uplink = max(uplink, 0.0) + p.bytes[u] * (up_hi - up_lo) / units / p.link[0]
            device = max(device, uplink)
        device += p.segments[0]
    if goes_down:
        downlink = max(downlink, device_waits + p.link[2]) + p.bytes[u] * (down_hi - down_lo) / units / p.link[1]
        server = max(server, downlink) + p.segments[1]
    if a > 0:
        device += prices.device[p.row_ptr[u] + a]
        way.start[0, u] = device
    if b < units:
        if server >= 0 or least_b < units:
            server = max(server, 0.0) + prices.server[p.row_ptr[u] + b]
        way.start[1, u] = server
    way.clocks[0, u], way.clocks[1, u], way.clocks[2, u], way.clocks[3, u] = device, server, uplink, downlink
    sent = 0.0
    if b > x:
        sent = p.bytes[u] * max(0, min(b, int(known.end[u])) - x) / units / p.link[0]
    way.least[0, u], way.least[1, u] = least_a, least_b
    way.sends[u], way.awaits[u], way.down[u] = way.sends[u + 1], way.awaits[u + 1], 0.0
    if least_a < y:
        way.down[u] = p.bytes[u] * max(0, y - max(a, int(known.first[u]))) / units / p.link[1]
    if b > x:
        way.sends[u] = max(way.sends[u], u)
        for k in range(p.out_ptr[u], p.out_ptr[u + 1]):
            e = p.out_edge[k]
            v = int(p.in_consumer[e])
            if p.srv_lo[p.need_ptr[e] + way.least[1, v]] < b:
                way.awaits[u] = max(way.awaits[u], v)
    for k in range(len(prices.time)):
        joules = way.sums[k, u + 1] + prices.rows[k, p.row_ptr[u] + a] + sent * prices.send[k, u]
        if goes_up:
            joules += prices.cut[k, u]
        if device_first >= 0:
            joules += prices.cut[k, device_first]
        way.sums[k, u] = joules
    way.a[u], way.b[u] = a, b
    return True


@inner
def _received(p: Arrays, known: KnownStates, way: Trail, u: int) -> float:
    """Seconds of messages down that begin after all messages up have arrived, of operators from u on."""
    last = int(way.awaits[u])
    for v in range(u, len(p.units)):
        if way.least[1, v] < p.units[v] and known.source[v] < u:
            last = max(last, v)
    total = 0.0
    for v in range(max(u, last), len(p.units) - 1):
        total += way.down[v]
    return total


@inner
def _bound(
    p: Arrays, known: KnownStates, prices: Pricing, way: Trail, u: int, tails: FloatArray, tally: IntArray
) -> float:
    """The largest sum over the plans that go on from what is decided behind the cut before operator u; or infinite.

    ``tails`` (4 G,) is work space.
    """
    state = _look_up(known, u, way.keys[u])
    if state < 0:
        return np.inf
    groups = int(known.groups[u])
    for g in range(groups):
        at = known.group_at[u] + g
        y1, y2, x1, x2 = way.keys[u, 4 * g], way.keys[u, 4 * g + 1], way.keys[u, 4 * g + 2], way.keys[u, 4 * g + 3]
        most = known.units[at]
        for kind in range(4):
            tails[4 * g + kind] = -1.0
        for k in range(p.out_ptr[known.tensor[at]], p.out_ptr[known.tensor[at] + 1]):
            e = p.out_edge[k]
            v = p.in_consumer[e]
            if v < u:
                continue
            lo, hi = p.srv_lo[p.need_ptr[e] + way.b[v]], p.dev_hi[p.need_ptr[e] + way.a[v]]
            if x1 < most and lo <= x1:
                tails[4 * g] = max(tails[4 * g], way.start[1, v])
            if x1 < most and lo <= x2:
                tails[4 * g + 1] = max(tails[4 * g + 1], way.start[1, v])
            if y1 > 0 and hi >= y1:
                tails[4 * g + 2] = max(tails[4 * g + 2], way.start[0, v])
            if y1 > 0 and hi >= y2:
                tails[4 * g + 3] = max(tails[4 * g + 3], way.start[0, v])
    directions, count = len(prices.weights), len(prices.time)
    device, server = way.clocks[0, u], max(0.0, way.clocks[1, u])
    uplink, downlink = max(0.0, way.clocks[2, u]), max(0.0, way.clocks[3, u])
    blocks = 1 + 4 * groups
    best = 0.0
    received = _received(p, known, way, u)
    for i in range(count):
        q = (tally[HINT] + i) % count
        first = known.head_at[u] + (state * count + q) * blocks * directions
        time, total, cutoff = prices.time[q], way.sums[q, u], prices.cutoff[q]
        if prices.since[q] == 0 or prices.since[q] <= way.sends[u]:
            total += prices.receive[q] * received
        for block in range(blocks):
            by_device, by_server = device, server
            if block > 0:
                tail = tails[block - 1]
                if tail < 0:
                    continue
                if (block - 1) % 4 < 2:
                    by_server = tail
                else:
                    by_device = tail
            for k in range(directions):
                sides = prices.weights[k, 0] * by_device + prices.weights[k, 1] * by_server
                links = prices.weights[k, 2] * uplink + prices.weights[k, 3] * downlink
                here = time * (sides + links) + total + known.heads[first + block * directions + k]
                if here >= cutoff:
                    tally[HINT] = q
                    return np.inf
                if prices.objective[q] or count == 1:
                    best = max(best, here)
    return best


@inner
def _expand(
    p: Arrays, known: KnownStates, prices: Pricing, way: Trail, u: int, tails: FloatArray, tally: IntArray
) -> None:
    """What is left to try of operator u, by rising bounds."""
    units = int(p.units[u])
    y, x = 0, units  # what is asked for, waste included
    for k in range(p.out_ptr[u], p.out_ptr[u + 1]):
        at = p.need_ptr[p.out_edge[k]]
        v = p.in_consumer[p.out_edge[k]]
        y = max(y, int(p.dev_hi[at + way.a[v]]))
        x = min(x, int(p.srv_lo[at + way.b[v]]))
    count = 0
    for a in range(units + 1):
        way.refuted[a] = False
    for b in range(units, -1, -1):
        over = False
        for a in range(b, units + 1):
            # Ever more waste only costs more; but all rows may take less than all but one.
            if (over and a < units) or (way.refuted[a] and b > 0):
                continue
            tally[TRIED] += 1
            if not _take(p, known, prices, way, u, a, b):
                continue
            bound = _bound(p, known, prices, way, u, tails, tally)
            if bound == np.inf:
                over = over or a >= max(b, y)
                way.refuted[a] = b <= min(a, x)
                continue
            way.option[0, u, count], way.option[1, u, count] = a, b
            way.bound[u, count] = bound
            count += 1
    way.options[u], way.at[u] = count, 0
    _sort(way.bound[u], way.order[u], count)


@inner
def _sort(value: FloatArray, order: IntArray, count: int) -> None:
    """``order`` becomes the first ``count`` places by their values, equal ones by their places."""
    for i in range(count):
        order[i] = i
    step = 1
    while step < count:
        step = 3 * step + 1
    while step > 0:
        for i in range(step, count):
            moved = order[i]
            j = i
            while j >= step and (
                value[order[j - step]] > value[moved]
                or (value[order[j - step]] == value[moved] and order[j - step] > moved)
            ):
                order[j] = order[j - step]
                j -= step
            order[j] = moved
        step //= 3


@compiled
def descend(
    p: Arrays,
    known: KnownStates,
    prices: Pricing,
    way: Trail,
    work: Scratch,
    energy: bool,
    limit: float,
    value: float,
    tolerance: float,
    error: float,
    any_plan: bool,
    best_a: RowArray,
    best_b: RowArray,
    tally: IntArray,
    flag: Flag,
) -> tuple[float, float, float]:
    """(least objective, least latency, a bound on the objective of all plans) of what no bound refutes.

    (best_a, best_b) becomes the best plan below ``value``, or with ``any_plan`` the first one; cutoffs then fall to
    ``tolerance`` below it, relatively. The bound holds wherever the flag or ``tally[EFFORT]`` ends the search: it is of
    what is left, of the cutoff, and of the plans that were scored, whose objective may be off by ``error`` times the
    latency. ``tally[ENDED]``: all is done.
    """
    n = len(p.units)
    tails = np.zeros(way.keys.shape[1])
    floor = earliest = np.inf
    u = n - 2
    _needs_before(p, known, n - 1, p.units[n - 1], p.units[n - 1], way.keys[n], way.keys[n - 1])
    _expand(p, known, prices, way, u, tails, tally)
    while u < n - 1:
        if raised(flag) or tally[TRIED] > tally[EFFORT]:
            break
        if way.at[u] >= way.options[u]:
            u += 1
            if u < n - 1:
                way.at[u] += 1
            continue
        i = way.order[u, way.at[u]]
        a, b = int(way.option[0, u, i]), int(way.option[1, u, i])
        if way.bound[u, i] >= value * (1 - tolerance):
            way.options[u] = 0
            continue
        _take(p, known, prices, way, u, a, b)
        if u > 1:
            u -= 1
            _expand(p, known, prices, way, u, tails, tally)
            continue
        way.at[u] += 1
        seconds, joules = evaluate(p, way.a, way.b, work, energy)
        if sends_large(p, way.a, way.b):
            continue
        earliest = min(earliest, seconds)
        if seconds > limit:
            continue
        found = joules if energy else seconds
        floor = min(floor, found - error * seconds)
        if found < value:
            value = found
            tally[FOUND] += 1
            for v in range(n):
                best_a[v], best_b[v] = way.a[v], way.b[v]
            if any_plan:
                break
            for q in range(len(prices.time)):
                if prices.objective[q]:
                    prices.cutoff[q] = min(prices.cutoff[q], value * (1 - tolerance))
    bound = floor
    if value < np.inf:
        bound = min(bound, value * (1 - tolerance))
    if u == n - 1:
        tally[ENDED] = 1
    for v in range(u, n - 1):
        if way.at[v] < way.options[v]:
            bound = min(bound, way.bound[v, way.order[v, way.at[v]]])
    return value, earliest, bound
