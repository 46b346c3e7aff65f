"""Label-setting from the output to the input: exact tails, heads as completion bounds, a beam that keeps its word.

A label is a plan of the operators from some u on. Its tails say how long after each of four clocks the plan ends: the
device is free, the server is free, the uplink is free, the downlink is free. The latency is the largest sum of a clock
and its tail, whatever the rest of the plan does, so that labels with the same needs compare by their tails alone. What
consumers need of a tensor that is not decided yet waits in the label as a step function: the rows, and the tail at the
start of the operator that would have to wait for them.

A label whose bound reaches the cutoff is no loss. A label that falls out of the beam is remembered by its bound:
``dropped`` is the least of them, and min(cutoff, dropped, best label) is a proven bound at any width.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from wnpopt.backends.compiled import compiled, inner
from wnpopt.backends.stop_flag import raised
from wnpopt.backends.stopping import Flag
from wnpopt.problems.intradp.kernels.arrays import Arrays, FloatArray, IntArray, RowArray
from wnpopt.problems.intradp.kernels.heads import Heads
from wnpopt.problems.intradp.kernels.pool import NEVER, LabelPool, add_needs, compact, insert, open_needs


@compiled
def first_label(p: Arrays, into: LabelPool, slots: RowArray) -> None:
    """The output alone: the plan ends when the device has finished it."""
    u = len(p.units) - 1
    units = int(p.units[u])
    open_needs(p, into, 0, slots)
    into.clock[0, 0] = 0.0
    for c in range(1, 4):
        into.clock[0, c] = NEVER
    into.clock[0, 4] = 0.0
    add_needs(p, into, 0, u, units, units, slots)
    into.bound[0] = 0.0
    into.rank[0] = 0.0
    into.alive[0] = True
    into.end[0] = into.begin[0] = units
    into.parent[0] = -1
    into.tally[0] = 1


SILENT, DOWN, BOTH, UP = 0, 1, 2, 3
"""Messages of the tensor that is being decided: none, to the device, both ways, to the server."""


TRY = 32
"""Steps of work that trying one part for one label counts as; a live tensor that is copied is one."""


class Ahead(NamedTuple):
    """Heads of the sets {first k live tensors} at one level, k = 1 … L, by the rows of the k-th.

    ``server[k - 1, r]`` and so on as in :class:`~wnpopt.problems.intradp.kernels.heads.Need`; ``units`` their units.
    """

    server: FloatArray  # (L, R)
    uplink: FloatArray
    device: FloatArray
    downlink: FloatArray
    units: IntArray  # (L,)


class Live(NamedTuple):
    """The tensors that are live at one level, in the order of their slots: their units, and their slots one level on.

    ``before`` is -1 for a tensor that nobody reads further on.
    """

    units: RowArray  # (L,)
    before: RowArray  # (L,)


class Rules(NamedTuple):
    """What does not change while labels are extended.

    ``cost`` bounds the weighted objective, ``time`` seconds; ``weights``: of time, of the joules beside it, of the
    secondary rank. Labels are no use at or above ``cutoff``, nor beyond the latency ``limit``. ``width`` is the beam's;
    once a level has taken ``effort`` steps (see :data:`TRY`) the rest of it counts as dropped.
    """

    cost: Heads
    time: Heads
    weights: FloatArray
    cutoff: float
    limit: float
    width: int
    effort: int


@compiled
def decide(
    p: Arrays,
    u: int,
    old: LabelPool,
    new: LabelPool,
    slot: int,
    new_slots: RowArray,
    live: Live,
    ahead: Ahead,
    rules: Rules,
    flag: Flag,
) -> float:
    """Extend every label of ``old`` by operator u's rows into ``new``; the least bound that fell out of the beam.

    ``slot`` is u's in the old labels, -1 if nobody reads it. What is not looked at any more once the flag is raised or
    the effort spent counts as fallen out.

    Only what may be part of a best plan is tried: a side computes the rows that are needed there, fewer if the rest
    comes as a message, more only if the other side is sent them or nobody else would compute them. Reducing any other
    part to that makes no operator and no message longer, and so nothing later.
    """
    units = int(p.units[u])
    cutoff = rules.cutoff
    dropped = np.full(1, np.inf)
    for i in range(old.tally[0]):
        if old.bound[i] >= cutoff:
            continue
        need_a, need_b = 0, units
        if slot >= 0:
            need_a = int(max(old.rows[i, slot, 0], old.rows[i, slot, 1]))
            need_b = int(min(old.rows[i, slot, 2], old.rows[i, slot, 3]))
        mode, a, b = SILENT, need_a, min(need_a, need_b)
        if u == 0:
            a = b = units
        elif need_a < need_b:
            b = a
        # A loop of cases rather than nested loops: _extend is long, and is compiled into every place that calls it.
        while True:
            if new.tally[2] > rules.effort or raised(flag):
                dropped[0] = min(dropped[0], old.bound[i])
                break
            down, up = _extend(p, u, i, a, b, old, new, slot, new_slots, live, ahead, rules, dropped)
            if mode == SILENT:
                if a < need_b and u > 0:
                    a = b = a + 1  # the place up to which the device computes rows that nobody needs
                    continue
                if u == 0 or not p.sendable[u]:
                    break
                a = need_a
            elif mode == DOWN:
                if down >= cutoff:
                    a = 0
                elif b < a:
                    mode, b = BOTH, b + 1
                    continue
            elif mode == BOTH:
                b += 1
                if up < cutoff and b <= a:
                    continue
            else:
                b += 1
                if up >= cutoff or b > units:
                    break
                a = max(b, need_a)
                continue
            if a > 0:
                mode, a = DOWN, a - 1
                b = min(a, need_b)
            elif need_b < units:
                mode, b = UP, need_b + 1
                a = max(b, need_a)
            else:
                break
    least: float = min(dropped[0], compact(new, rules.width))
    return least


@inner
def _ahead(labels: LabelPool, i: int, ahead: Ahead, w_time: float, base: float) -> float:
    """The bound that follows from what label i needs of the tensors that are not decided yet, all together."""
    value = 0.0
    live = min(labels.rows.shape[1], len(ahead.units))
    rows = labels.rows[i]
    k = 0
    while k < live and min(rows[k, 2], rows[k, 3]) < ahead.units[k]:
        k += 1
    if k > 0:
        # In the rows of the last of them, no more than any asks for: at the longest wait, and all in all.
        tail = np.inf
        soon = late = 0
        last = ahead.units[k - 1]
        for m in range(k):
            tail = min(tail, labels.tails[i, m, 2])
            begin = int(rows[m, 2])
            if begin > 0:
                soon = max(soon, (begin - 1) * last // ahead.units[m] + 1)
            begin = int(min(rows[m, 2], rows[m, 3]))
            if begin > 0:
                late = max(late, (begin - 1) * last // ahead.units[m] + 1)
        value = max(value, base + w_time * tail + ahead.server[k - 1, soon])
        value = max(value, base + w_time * labels.clock[i, 2] + ahead.uplink[k - 1, late])
    k = 0
    while k < live and max(rows[k, 0], rows[k, 1]) > 0:
        k += 1
    if k > 0:
        tail = np.inf
        last = ahead.units[k - 1]
        soon = late = last
        for m in range(k):
            tail = min(tail, labels.tails[i, m, 0])
            soon = min(soon, ((rows[m, 0] + 1) * last - 1) // ahead.units[m])
            late = min(late, ((max(rows[m, 0], rows[m, 1]) + 1) * last - 1) // ahead.units[m])
        value = max(value, base + w_time * tail + ahead.device[k - 1, soon])
        value = max(value, base + w_time * labels.clock[i, 3] + ahead.downlink[k - 1, late])
    return value


@inner
def _extend(
    p: Arrays,
    u: int,
    i: int,
    a: int,
    b: int,
    old: LabelPool,
    new: LabelPool,
    slot: int,
    new_slots: RowArray,
    live: Live,
    ahead: Ahead,
    rules: Rules,
    dropped: FloatArray,
) -> tuple[float, float]:
    """Label i with rows [0, a) and [b, units) of u, into ``new`` if it may still win.

    Returns what the device's misses cost at least whatever b is, and what the server's cost: neither falls when more
    rows are sent.
    """
    new.tally[2] += TRY
    units = int(p.units[u])
    delay = p.link[2]
    w_time, w_extra = rules.weights[0], rules.weights[1]
    alpha, beta, gamma, delta = old.clock[i, 0], old.clock[i, 1], old.clock[i, 2], old.clock[i, 3]
    extra = old.clock[i, 4]
    if slot >= 0:
        rows, tails = old.rows[i, slot], old.tails[i, slot]
        need_a, need_b = max(rows[0], rows[1]), min(rows[2], rows[3])
        if a < need_a:
            begin = min(rows[4] if a < rows[0] else need_a, rows[5] if a < rows[1] else need_a)
            took = p.bytes[u] * (need_a - max(a, begin)) / units / p.link[1]
            wait = tails[0] if a < rows[0] else tails[1]
            delta = max(delta, wait + delay) + took
            beta = max(beta, delta)
        if b > need_b:
            end = max(rows[6] if b > rows[2] else need_b, rows[7] if b > rows[3] else need_b)
            took = p.bytes[u] * (min(b, end) - need_b) / units / p.link[0]
            wait = tails[2] if b > rows[2] else tails[3]
            gamma = max(gamma, wait + delay) + took
            alpha = max(alpha, gamma)
    at = rules.cost.ptr[u]
    base = w_extra * extra
    up = down = base
    value = old.bound[i]
    if a > 0:
        up += w_time * alpha + rules.cost.device[at + a]
        value = max(value, up)
    if a < units:
        # With the same a the server may compute as little as [a, units), if the rest comes up.
        down += w_time * beta + rules.cost.server[at + a]
    if b < units:
        value = max(value, base + w_time * beta + rules.cost.server[at + b])
        value = max(value, base + w_time * gamma + rules.cost.uplink[at + b])
    fits = True
    if u == 0:
        ends = max(alpha, beta, gamma, delta)
        value = base + w_time * ends
        fits = ends <= rules.limit
    elif rules.limit < np.inf:
        fits = (a == 0 or alpha + rules.time.device[at + a] <= rules.limit) and (
            b == units or beta + rules.time.server[at + b] <= rules.limit
        )
    if not fits or value >= rules.cutoff:
        return down, up
    if new.tally[0] == len(new.bound):
        dropped[0] = min(dropped[0], compact(new, rules.width))
    j = new.tally[0]
    new.clock[j, 0] = alpha + p.device_least[at + a]
    new.clock[j, 1] = beta + p.server_least[at + b]
    new.clock[j, 2] = gamma
    new.clock[j, 3] = delta
    new.clock[j, 4] = extra + p.device_extra[at + a]
    count = len(live.units)
    new.tally[2] += count
    for s in range(count):
        o = live.before[s]
        if o >= 0:
            for c in range(8):
                new.rows[j, s, c] = old.rows[i, o, c]
            for c in range(4):
                new.tails[j, s, c] = old.tails[i, o, c]
        else:
            new.rows[j, s, 0] = new.rows[j, s, 1] = 0
            new.rows[j, s, 2] = new.rows[j, s, 3] = live.units[s]
            for c in range(4):
                new.rows[j, s, 4 + c] = 0
                new.tails[j, s, c] = NEVER
    add_needs(p, new, j, u, a, b, new_slots)
    value = max(value, _ahead(new, j, ahead, w_time, w_extra * new.clock[j, 4]))
    if value >= rules.cutoff:
        return down, up
    new.bound[j] = value
    new.rank[j] = value + rules.weights[2] * (max(up, 0.0) + max(base + w_time * beta + rules.cost.server[at + b], 0.0))
    new.parent[j] = i
    new.end[j] = a
    new.begin[j] = b
    insert(new, j, count, w_extra > 0.0)
    return down, up
