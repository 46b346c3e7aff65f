"""Latency and energy of a plan in one sweep over the edges."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from wnpopt.backends.compiled import compiled, inner
from wnpopt.problems.intradp.kernels.arrays import Arrays, FloatArray, RowArray


class Scratch(NamedTuple):
    """Work space of :func:`evaluate`, all of it overwritten; one for each thread."""

    rows: RowArray  # (4, N): down lo, down hi, up lo, up hi of each tensor's message
    arrival: FloatArray  # (2, N): when the down and the up message of each tensor are there
    spans: FloatArray  # (6, N): starts and ends of device runs, uplink and downlink messages


def scratch(count: int) -> Scratch:
    """Work space for ``count`` operators."""
    return Scratch(np.zeros((4, count), np.int32), np.zeros((2, count)), np.zeros((6, count)))


@compiled
def evaluate(p: Arrays, a: RowArray, b: RowArray, work: Scratch, energy: bool) -> tuple[float, float]:
    """(latency in s, energy in J) of the plan with ``device_end`` a and ``server_begin`` b, each (N,).

    The energy is computed only if it is asked for, else 0. The plan must be complete and satisfy the rules on rows;
    whether it sends what it may is :func:`sends_large`.
    """
    n = len(p.units)
    rows, arrival, spans = work
    for v in range(n):
        rows[0, v] = p.units[v]
        rows[1, v] = 0
        rows[2, v] = p.units[v]
        rows[3, v] = 0
    for e in range(len(p.in_source)):
        u, v = p.in_source[e], p.in_consumer[e]
        at = p.need_ptr[e]
        hi = p.dev_hi[at + a[v]]
        if hi > a[u]:
            rows[0, u] = min(rows[0, u], max(p.dev_lo[at + a[v]], a[u]))
            rows[1, u] = max(rows[1, u], hi)
        lo = p.srv_lo[at + b[v]]
        if lo < b[u]:
            rows[2, u] = min(rows[2, u], lo)
            rows[3, u] = max(rows[3, u], min(p.srv_hi[at + b[v]], b[u]))
    up_rate, down_rate, latency = p.link[0], p.link[1], p.link[2]
    cut_device, cut_server = p.segments[0], p.segments[1]
    device = server = uplink = downlink = busy = extra = 0.0
    runs = ups = downs = 0
    for v in range(n):
        units = p.units[v]
        if a[v] > 0:
            start = device
            first = 0
            for e in range(p.in_ptr[v], p.in_ptr[v + 1]):
                u = p.in_source[e]
                if p.dev_hi[p.need_ptr[e] + a[v]] > a[u]:
                    start = max(start, arrival[0, u])
                    if rows[0, u] >= 0:  # nobody has joined this message before
                        rows[0, u] = -1
                        first += 1
            launch = p.device_fixed[v] + first * cut_device
            if a[v] < units:
                launch += p.device_partial[v]
            took = (p.device_full[v] - p.device_fixed[v]) * a[v] / units
            device = start + (launch + took)
            busy += launch + took
            extra += (p.power[3] - p.power[0]) * launch + (p.device_watt[v] - p.power[0]) * took
            spans[0, runs] = start
            spans[1, runs] = device
            runs += 1
        if b[v] < units:
            start = server
            first = 0
            for e in range(p.in_ptr[v], p.in_ptr[v + 1]):
                u = p.in_source[e]
                if p.srv_lo[p.need_ptr[e] + b[v]] < b[u]:
                    start = max(start, arrival[1, u])
                    if rows[2, u] >= 0:
                        rows[2, u] = -1
                        first += 1
            launch = p.server_fixed[v] + first * cut_server
            if b[v] > 0:
                launch += p.server_partial[v]
            server = start + (launch + (p.server_full[v] - p.server_fixed[v]) * (units - b[v]) / units)
        goes_up, goes_down = rows[3, v] > rows[2, v], rows[1, v] > rows[0, v]
        if goes_up and cut_device > 0.0:
            device += cut_device
            busy += cut_device
            extra += (p.power[3] - p.power[0]) * cut_device
            spans[1, runs - 1] = device  # who sends rows has just computed some
        if goes_down:
            server += cut_server
        if goes_up:
            start = max(uplink, device)
            uplink = start + p.bytes[v] * (rows[3, v] - rows[2, v]) / units / up_rate
            arrival[1, v] = uplink + latency
            spans[2, ups] = start
            spans[3, ups] = uplink
            ups += 1
        if goes_down:
            start = max(downlink, server)
            downlink = start + p.bytes[v] * (rows[1, v] - rows[0, v]) / units / down_rate
            arrival[0, v] = downlink + latency
            spans[4, downs] = start
            spans[5, downs] = downlink
            downs += 1
    joules = 0.0
    if energy:
        joules = _energy(p.power, spans, runs, ups, downs, device, busy) + extra
    return device, joules


@inner
def _energy(power: FloatArray, spans: FloatArray, runs: int, ups: int, downs: int, end: float, busy: float) -> float:
    """Each list of spans is disjoint and sorted, so the link's union is a merge of two.

    ``busy`` comes as a sum of durations: differences of times would lose it where the device mostly waits.
    """
    sending = 0.0
    covered = 0.0
    i = j = 0
    run = 0
    while i < ups or j < downs:
        if j >= downs or (i < ups and spans[2, i] <= spans[4, j]):
            lo, hi = spans[2, i], spans[3, i]
            i += 1
        else:
            lo, hi = spans[4, j], spans[5, j]
            j += 1
        lo, hi = max(lo, covered), min(hi, end)
        if hi <= lo:
            continue
        covered = hi
        sending += hi - lo
        while run < runs and spans[1, run] <= lo:
            run += 1
        k = run
        while k < runs and spans[0, k] < hi:
            sending -= min(hi, spans[1, k]) - max(lo, spans[0, k])
            k += 1
    sending = max(0.0, sending)
    joules: float = power[0] * busy + power[1] * sending + power[2] * max(0.0, end - busy - sending)
    return joules


@inner
def sends_large(p: Arrays, a: RowArray, b: RowArray) -> bool:
    """True if the plan sends a tensor that may not be sent."""
    for e in range(len(p.in_source)):
        u, v = p.in_source[e], p.in_consumer[e]
        at = p.need_ptr[e]
        if not p.sendable[u] and (p.dev_hi[at + a[v]] > a[u] or p.srv_lo[at + b[v]] < b[u]):
            return True
    return False


@compiled
def score(p: Arrays, a: RowArray, b: RowArray, work: Scratch, energy: bool, limit: float) -> float:
    """What searches minimise: the objective; infinite beyond the latency ``limit`` or with a forbidden message."""
    seconds, joules = evaluate(p, a, b, work, energy)
    if seconds > limit or sends_large(p, a, b):
        return np.inf
    return joules if energy else seconds


@compiled
def expand(p: Arrays, device: RowArray, server: RowArray, a: RowArray, b: RowArray) -> None:
    """The plan (into a, b) of the overrides ``device``, ``server`` (each (N,), -1 for none).

    From the output backward, an operator without overrides computes just the rows that its consumers on the same side
    need, so that nothing is exchanged. Rows that nobody needs are the device's if the server is idle there, the
    server's if the device is, else the device's. Overrides are ignored where the tensor may not be sent.
    """
    n = len(p.units)
    a[n - 1] = b[n - 1] = p.units[n - 1]
    _expand_before(p, device, server, a, b, n - 2)
    a[0] = b[0] = p.units[0]


@inner
def expand_changed(
    p: Arrays,
    device: RowArray,
    server: RowArray,
    base_a: RowArray,
    base_b: RowArray,
    last: int,
    a: RowArray,
    b: RowArray,
) -> bool:
    """:func:`expand`, and whether that is another plan than (base_a, base_b).

    The base is the plan of overrides that differ from these at operators up to ``last`` only.
    """
    for v in range(len(p.units)):
        a[v], b[v] = base_a[v], base_b[v]
    _expand_before(p, device, server, a, b, last)
    changed = False
    for v in range(1, last + 1):
        changed = changed or a[v] != base_a[v] or b[v] != base_b[v]
    return changed


@inner
def _expand_before(p: Arrays, device: RowArray, server: RowArray, a: RowArray, b: RowArray, last: int) -> None:
    """:func:`expand` for operators ``last`` down to 1, from the rows of those behind."""
    for u in range(last, 0, -1):
        units = p.units[u]
        need_a = 0
        need_b = int(units)
        for k in range(p.out_ptr[u], p.out_ptr[u + 1]):
            e = p.out_edge[k]
            v = p.in_consumer[e]
            at = p.need_ptr[e]
            need_a = max(need_a, p.dev_hi[at + a[v]])
            need_b = min(need_b, p.srv_lo[at + b[v]])
        set_a = p.sendable[u] and device[u] >= 0
        set_b = p.sendable[u] and server[u] >= 0
        end = min(device[u], units) if set_a else need_a
        begin = min(server[u], units) if set_b else need_b
        if begin > end:
            # Some rows are nobody's. Only growing a part keeps every message that is forbidden away.
            if (set_a and not set_b) or (not set_b and not set_a and end == 0 and begin < units):
                begin = end
            else:
                end = begin
        a[u] = end
        b[u] = begin
