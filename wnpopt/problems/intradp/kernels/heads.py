"""Heads: the least that has to pass before a side can hold given rows.

A relaxation of the front of a plan, from the input on. It looks at one clock at a time and lets everything else be
there in time, but it knows that several tensors that one operator reads have to come through one queue: the state is a
set of tensors that a side must hold. The last tensor of a set is computed there, which asks for its inputs instead, or
sent (in part or as a whole), which asks the other side to have computed it and takes its time on the link after all
messages that the rest of the set needs.

Heads are exact on what one side does alone; a head plus an exact tail bounds every plan through a state.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from wnpopt.backends.compiled import compiled, inner
from wnpopt.backends.stop_flag import raised
from wnpopt.backends.stopping import Flag, never
from wnpopt.problems.intradp.kernels.arrays import Arrays, FloatArray, IntArray

Tensors = tuple[int, ...]

SETS_PER_OPERATOR, SETS = 5, 200
"""Sets of several tensors evaluated by the time an operator is reached: so many for each operator before it and so many
more. Networks need about 2 for each operator; beyond that a set is relaxed to its last tensor."""

STEPS = 2_000_000_000
"""Places of a cut that are tried in all before sets of several tensors are relaxed: some seconds' work."""

REACH = 16
"""Of the places of a cut, so many are tried for each row however many rows there are."""


FEW = 16
"""Of a set, its last so many tensors are looked at alone too."""


class Heads(NamedTuple):
    """Lower bounds on single operators, flat, the rows of operator u at ``ptr[u]``.

    ``device[ptr[u] + a]``: the device has finished rows [0, a) of u. ``server[ptr[u] + b]``: the server has finished
    rows [b, units). ``uplink[ptr[u] + b]``: the uplink is free of the messages without which the server could not hold
    those rows. In seconds, or in the weighted objective that :class:`Front` was made for.
    """

    ptr: IntArray
    device: FloatArray
    server: FloatArray
    uplink: FloatArray


class Need(NamedTuple):
    """Lower bounds on a set of tensors by the rows of its last one; the others in proportion.

    ``server[r]``: the server holds rows [r, units) of it, and [ceil(r * units_w / units), units_w) of the others w.
    ``device[r]``: the device holds rows [0, r), and [0, floor(r * units_w / units)). ``uplink`` and ``downlink``: that
    direction of the link is free of the messages that this takes.
    """

    server: FloatArray
    uplink: FloatArray
    device: FloatArray
    downlink: FloatArray


class Front:
    """All heads of a problem, for ``time_weight`` × time + ``extra_weight`` × what computing on the device adds.

    ``extra`` is that, laid out as ``device_extra`` of :class:`Arrays`, which it is by default.

    The work is bounded by counts, so that equal problems get equal heads. Once ``hurry`` is true no further sets of
    several tensors are looked at; once the ``flag`` is raised what is left is bounded by 0: always valid, but weak.
    """

    def __init__(
        self,
        p: Arrays,
        time_weight: float = 1.0,
        extra_weight: float = 0.0,
        *,
        extra: FloatArray | None = None,
        flag: Flag | None = None,
        hurry: Callable[[], bool] = lambda: False,
    ) -> None:
        self._p = p
        self._units = [int(units) for units in p.units]
        n = len(self._units)
        self._inputs = [tuple(sorted({int(w) for w in p.in_source[p.in_ptr[u] : p.in_ptr[u + 1]]})) for u in range(n)]
        self._time_weight = time_weight
        self._extra = extra_weight * (p.device_extra if extra is None else extra)
        self._flag = never() if flag is None else flag
        self._hurry = hurry
        self._needs: dict[Tensors, Need] = {}
        self._steps = 0
        self._reach = max(REACH, STEPS // (sum(self._units) + n))
        ptr = np.concatenate([[0], np.cumsum(p.units.astype(np.int64) + 1)])
        size = int(ptr[n])
        self.heads = Heads(ptr, np.zeros(size), np.zeros(size), np.zeros(size))
        for u in range(n):
            if self._flag[0]:
                break
            self._limit = SETS_PER_OPERATOR * u + SETS
            self._operator(u)

    @property
    def sets(self) -> int:
        """Sets of tensors whose bounds were computed."""
        return len(self._needs)

    def need(self, tensors: Tensors) -> tuple[Tensors, Need]:
        """The bounds of a set of tensors, ascending and not empty; and the set they are of."""
        # An explicit stack: the sets of a deep network nest deeper than Python's recursion goes. A set that there is
        # no room for is refused once and for all in this call, or its many parents would each ask for it again.
        refused: set[Tensors] = set()
        opened: set[Tensors] = set()
        pending = 0
        stack = [*((w,) for w in _single(tensors)), tensors]
        while stack and not self._flag[0]:
            top = stack[-1]
            if top in self._needs or top in refused:
                stack.pop()
            elif top in opened:
                self._needs[top] = self._evaluate(top)
                pending -= 1
                stack.pop()
            elif len(top) > 1 and not self._room(pending):
                refused.add(top)
                stack[-1] = top[-1:]
            else:
                opened.add(top)
                pending += 1
                stack.extend(child for child in self._children(top) if child and child not in self._needs)
                stack.extend((w,) for child in self._children(top) for w in _single(child) if (w,) not in self._needs)
        found = self._resolve(tensors)
        return found, self._needs[found]

    def _room(self, pending: int) -> bool:
        """True if a further set of several tensors may be looked at."""
        return len(self._needs) + pending < self._limit and self._steps < STEPS and not self._hurry()

    def _resolve(self, tensors: Tensors) -> Tensors:
        """``tensors`` if its bounds are known, else its last one alone."""
        if tensors in self._needs:
            return tensors
        alone = tensors[-1:]
        if alone not in self._needs:  # only once the flag was raised
            zero = np.zeros(self._units[alone[0]] + 1)
            self._needs[alone] = Need(zero, zero, zero, zero)
        return alone

    def _children(self, tensors: Tensors) -> tuple[Tensors, Tensors]:
        u = tensors[-1]
        return tensors[:-1], tuple(sorted({*tensors[:-1], *self._inputs[u]}))

    def _operator(self, u: int) -> None:
        p, at, units = self._p, int(self.heads.ptr[u]), self._units[u]
        time_weight = self._time_weight
        rows = np.arange(units + 1)
        here = slice(at, at + units + 1)
        if u == 0:
            self.heads.server[at : at + units] = np.inf
            self.heads.uplink[at : at + units] = np.inf
            return
        device, server, uplink = np.zeros(units + 1), np.zeros(units + 1), np.zeros(units + 1)
        if self._inputs[u]:
            self.need(self._inputs[u])
            server, uplink, device, _ = self._carried(u, True, (), self._inputs[u])
        took = time_weight * p.device_least[here] + self._extra[here]
        self.heads.device[here] = np.where(rows > 0, device + took, 0.0)
        self.heads.server[here] = np.where(rows < units, server + time_weight * p.server_least[here], 0.0)
        self.heads.uplink[here] = np.where(rows < units, uplink, 0.0)

    def _evaluate(self, tensors: Tensors) -> Need:
        u, beside = tensors[-1], tensors[:-1]
        rest, whole = self._children(tensors)
        at = int(self.heads.ptr[u])
        here = slice(at, at + self._units[u] + 1)
        *found, steps = _evaluate(
            self._p, u, self._time_weight,
            self._carried(u, False, beside, rest), self._carried(u, True, beside, whole),
            self.heads.device[here], self.heads.server[here], self._reach, self._flag,
        )  # fmt: skip
        self._steps += steps + 16 * (len(rest) + len(whole)) * (self._units[u] + 1)
        return Need(*found)

    def _carried(self, u: int, computed: bool, beside: Tensors, tensors: Tensors) -> _Carried:
        """What :func:`_carry` makes of the bounds of ``tensors``, and of those of each of them alone.

        Together they wait for one queue, alone for all the rows that are asked of them: the set is asked for as large a
        part of each tensor as of the one of which least is asked.
        """
        found = np.zeros((4, self._units[u] + 1))
        if tensors:
            sets = {self._resolve(tensors), *((w,) for w in _single(tensors))}
            near = np.array(beside, np.int64)
            for one in sorted(sets):
                if one in self._needs:  # not once the flag was raised
                    _carry(self._p, u, computed, near, np.array(one, np.int64), self._needs[one], found)
        return found[0], found[1], found[2], found[3]


_Carried = tuple[FloatArray, FloatArray, FloatArray, FloatArray]


def _single(tensors: Tensors) -> Tensors:
    """The tensors of a set that are looked at alone too."""
    return tensors[-FEW:]


@compiled
def _carry(
    p: Arrays, u: int, computed: bool, beside: IntArray, tensors: IntArray, need: Need, found: FloatArray
) -> None:
    """The bounds (of a set ``tensors``) that hold for each number of rows of operator u; order as in :class:`Need`.

    Asked of a tensor is what u's rows [0, r), or [r, units), read of it if they are ``computed`` there (rows that are
    received read nothing), and if it is one of those ``beside`` u as large a part as u's; of the set's bounds the one
    that asks no more than that of any tensor. Rows of ``found`` (4, units + 1) that are less are raised to them.
    """
    units = np.int64(p.units[u])
    last = np.int64(p.units[tensors[len(tensors) - 1]])
    at_device, at_server = np.full(units + 1, last), np.zeros(units + 1, np.int64)
    rows, begin = np.zeros(units + 1, np.int64), np.zeros(units + 1, np.int64)
    for w in tensors:
        most = np.int64(p.units[w])
        aside = False
        for v in beside:
            aside = aside or v == w
        for r in range(units + 1):
            rows[r] = r * most // units if aside else 0
            begin[r] = -(-r * most // units) if aside else most
        for e in range(p.in_ptr[u], p.in_ptr[u + 1]):
            if computed and p.in_source[e] == w:
                at = p.need_ptr[e]
                for r in range(units + 1):
                    rows[r] = max(rows[r], np.int64(p.dev_hi[at + r]))
                    begin[r] = min(begin[r], np.int64(p.srv_lo[at + r]))
        for r in range(units + 1):
            at_device[r] = min(at_device[r], ((rows[r] + 1) * last - 1) // most)
            if begin[r] > 0:
                at_server[r] = max(at_server[r], (begin[r] - 1) * last // most + 1)
    for r in range(units + 1):
        found[0, r] = max(found[0, r], need.server[at_server[r]])
        found[1, r] = max(found[1, r], need.uplink[at_server[r]])
        found[2, r] = max(found[2, r], need.device[at_device[r]])
        found[3, r] = max(found[3, r], need.downlink[at_device[r]])


@compiled
def _evaluate(
    p: Arrays,
    u: int,
    weight: float,
    rest: tuple[FloatArray, FloatArray, FloatArray, FloatArray],
    whole: tuple[FloatArray, FloatArray, FloatArray, FloatArray],
    device: FloatArray,
    server: FloatArray,
    reach: int,
    flag: Flag,
) -> tuple[FloatArray, FloatArray, FloatArray, FloatArray, int]:
    """The bounds of a set whose last tensor is u; from those of ``rest`` (for the set without u) and ``whole`` (for the
    set with u's inputs in u's place); and the steps that it took."""
    units = p.units[u]
    first, end = crops(p, u)
    return _need(
        u,
        units,
        weight * p.bytes[u] / units / p.link[0],
        weight * p.bytes[u] / units / p.link[1],
        weight * p.link[2],
        p.sendable[u],
        first,
        end,
        rest,
        whole,
        device,
        server,
        reach,
        flag,
    )


@compiled
def crops(p: Arrays, u: int) -> tuple[int, int]:
    """(first row, end row) that bound what any message of tensor u has to hold.

    The largest first row of a device consumer's needs and the least end of a server consumer's: a message may begin
    later than the sender's part does, or end earlier, where windows crop.
    """
    first = 0
    end = int(p.units[u])
    for k in range(p.out_ptr[u], p.out_ptr[u + 1]):
        e = p.out_edge[k]
        at = p.need_ptr[e]
        for r in range(p.units[p.in_consumer[e]] + 1):
            if p.dev_hi[at + r] > 0:
                first = max(first, int(p.dev_lo[at + r]))
            if p.srv_hi[at + r] > 0:
                end = min(end, int(p.srv_hi[at + r]))
    return first, end


@inner
def _need(
    u: int,
    units: int,
    up: float,
    down: float,
    delay: float,
    sendable: bool,
    first: int,
    end: int,
    rest: tuple[FloatArray, FloatArray, FloatArray, FloatArray],
    whole: tuple[FloatArray, FloatArray, FloatArray, FloatArray],
    device: FloatArray,
    server: FloatArray,
    reach: int,
    flag: Flag,
) -> tuple[FloatArray, FloatArray, FloatArray, FloatArray, int]:
    """The bounds of a set whose last tensor is u: ``rest`` without u, ``whole`` with u's inputs in its place.

    Of a cut (the row where the sender's part ends) the nearest ``reach`` places are tried; those beyond count with what
    all of them take at least. Rows that the flag keeps from being looked at count as free.
    """
    rest_server, rest_uplink, rest_device, rest_downlink = rest
    whole_server, whole_uplink, whole_device, whole_downlink = whole
    on_server, on_uplink = np.zeros(units + 1), np.zeros(units + 1)
    on_device, on_downlink = np.zeros(units + 1), np.zeros(units + 1)
    # The least of a side's heads at a cut and beyond it: a bound that rises with the distance of the cut.
    device_on, server_on = device.copy(), server.copy()
    for r in range(units - 1, -1, -1):
        device_on[r] = min(device_on[r], device_on[r + 1])
    for r in range(1, units + 1):
        server_on[r] = min(server_on[r], server_on[r - 1])
    steps = 0
    for r in range(units):
        if raised(flag):
            break
        best, free = np.inf, np.inf
        if u > 0:
            best, free = max(whole_server[r], server[r]), whole_uplink[r]
        if sendable:
            before = units if u == 0 else r + 1
            for b in range(before, units + 1):
                load = up * max(0, min(b, end) - r)
                least = max(rest_uplink[r], device_on[b]) + load
                if least >= free and max(rest_server[r], least + delay) >= best:
                    break
                steps += 1
                if b - before >= reach:
                    best = min(best, max(rest_server[r], least + delay))
                    free = min(free, least)
                    break
                sent = max(rest_uplink[r], device[b], whole_uplink[b]) + load
                best = min(best, max(rest_server[r], server[b], sent + delay))
                free = min(free, sent)
        on_server[r], on_uplink[r] = best, free
    for r in range(1, units + 1):
        if raised(flag):
            break
        best, free = max(whole_device[r], device[r]), whole_downlink[r]
        if sendable and u > 0:
            for a in range(r - 1, -1, -1):
                load = down * max(0, r - max(a, first))
                least = max(rest_downlink[r], server_on[a]) + load
                if least >= free and max(rest_device[r], least + delay) >= best:
                    break
                steps += 1
                if r - a > reach:
                    best = min(best, max(rest_device[r], least + delay))
                    free = min(free, least)
                    break
                sent = max(rest_downlink[r], server[a], whole_downlink[a]) + load
                best = min(best, max(rest_device[r], device[a], sent + delay))
                free = min(free, sent)
        on_device[r], on_downlink[r] = best, free
    return on_server, on_uplink, on_device, on_downlink, steps
