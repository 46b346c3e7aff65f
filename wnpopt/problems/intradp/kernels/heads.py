"""Heads: the least that has to pass before a side can hold given rows.

A relaxation of the front of a plan, from the input on. It looks at one clock at a time and lets everything else be
there in time, but it knows that several tensors that one operator reads have to come through one queue: the state is a
set of tensors that a side must hold. The last tensor of a set is computed there, which asks for its inputs instead, or
sent (in part or as a whole), which asks the other side to have computed it and takes its time on the link after all
messages that the rest of the set needs.

Heads are exact on what one side does alone; a head plus an exact tail bounds every plan through a state.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np

from wnpopt.backends.compiled import compiled
from wnpopt.problems.intradp.kernels.problem import Arrays, FloatArray, IntArray

Tensors = tuple[int, ...]

SETS_PER_OPERATOR = 12
"""Sets kept for each operator on average; beyond that a set is relaxed to its last tensor."""


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
    """All heads of a problem, for ``time_weight`` × time + ``busy_weight`` × seconds that the device computes."""

    def __init__(self, p: Arrays, time_weight: float = 1.0, busy_weight: float = 0.0) -> None:
        self._p = p
        self._units = [int(units) for units in p.units]
        n = len(self._units)
        self._inputs = [tuple(sorted({int(w) for w in p.in_source[p.in_ptr[u] : p.in_ptr[u + 1]]})) for u in range(n)]
        self._weights = time_weight, busy_weight
        self._needs: dict[Tensors, Need] = {}
        self._limit = SETS_PER_OPERATOR * n + 200
        ptr = np.concatenate([[0], np.cumsum(p.units.astype(np.int64) + 1)])
        size = int(ptr[n])
        self.heads = Heads(ptr, np.zeros(size), np.zeros(size), np.zeros(size))
        for u in range(n):
            self._operator(u)

    def need(self, tensors: Tensors) -> tuple[Tensors, Need]:
        """The bounds of a set of tensors, ascending and not empty; and the set they are of."""
        # An explicit stack: the sets of a deep network nest deeper than Python's recursion goes.
        stack = [tensors]
        while stack:
            top = stack[-1]
            if top not in self._needs:
                missing = [child for child in self._children(top) if child and child not in self._needs]
                room = len(self._needs) + len(stack) < self._limit
                if missing and room:
                    stack.extend(missing)
                    continue
                if room or len(top) == 1:
                    self._needs[top] = self._evaluate(top)
            stack.pop()
        found = self._resolve(tensors)
        return found, self._needs[found]

    def place(self, tensors: Tensors, wants: Mapping[int, tuple[IntArray, IntArray]]) -> tuple[IntArray, IntArray]:
        """Index into a set's device bounds and into its server bounds that asks no more than ``wants``.

        ``wants`` gives for some of its tensors the rows [0, r) wanted on the device and [r, units) on the server.
        """
        last = self._units[tensors[-1]]
        shape = np.shape(next(iter(wants.values()))[0])
        device, server = np.full(shape, last), np.zeros(shape, np.int64)
        for w in tensors:
            units = self._units[w]
            if w in wants:
                rows, begin = wants[w]
                device = np.minimum(device, np.minimum(((rows + 1) * last - 1) // units, last))
                server = np.maximum(server, np.where(begin > 0, (begin - 1) * last // units + 1, 0))
            else:
                device, server = np.zeros(shape, np.int64), np.full(shape, last)
        return device, server

    def _resolve(self, tensors: Tensors) -> Tensors:
        """``tensors`` if its bounds are known, else its last one alone."""
        if tensors in self._needs:
            return tensors
        alone = tensors[-1:]
        if alone not in self._needs:
            self._needs[alone] = self._evaluate(alone)
        return alone

    def _children(self, tensors: Tensors) -> tuple[Tensors, Tensors]:
        u = tensors[-1]
        return tensors[:-1], tuple(sorted({*tensors[:-1], *self._inputs[u]}))

    def _reads(self, u: int) -> dict[int, tuple[IntArray, IntArray]]:
        """What u's rows [0, r), and [r, units), need of each input: the rows [0, y), and [x, units)."""
        p, units = self._p, self._units[u]
        found: dict[int, tuple[IntArray, IntArray]] = {}
        for e in range(p.in_ptr[u], p.in_ptr[u + 1]):
            table = slice(int(p.need_ptr[e]), int(p.need_ptr[e]) + units + 1)
            w, y, x = int(p.in_source[e]), p.dev_hi[table].astype(np.int64), p.srv_lo[table].astype(np.int64)
            if w in found:
                y, x = np.maximum(y, found[w][0]), np.minimum(x, found[w][1])
            found[w] = y, x
        return found

    def _operator(self, u: int) -> None:
        p, at, units = self._p, int(self.heads.ptr[u]), self._units[u]
        time_weight, busy_weight = self._weights
        rows = np.arange(units + 1)
        here = slice(at, at + units + 1)
        if u == 0:
            self.heads.server[at : at + units] = np.inf
            self.heads.uplink[at : at + units] = np.inf
            return
        device, server, uplink = np.zeros(units + 1), np.zeros(units + 1), np.zeros(units + 1)
        if self._inputs[u]:
            tensors, need = self.need(self._inputs[u])
            index_device, index_server = self.place(tensors, self._reads(u))
            device, server, uplink = need.device[index_device], need.server[index_server], need.uplink[index_server]
        took = p.device_fixed[u] + (p.device_full[u] - p.device_fixed[u]) * rows / units
        self.heads.device[here] = np.where(rows > 0, device + (time_weight + busy_weight) * took, 0.0)
        took = p.server_fixed[u] + (p.server_full[u] - p.server_fixed[u]) * (units - rows) / units
        self.heads.server[here] = np.where(rows < units, server + time_weight * took, 0.0)
        self.heads.uplink[here] = np.where(rows < units, uplink, 0.0)

    def _from(self, tensors: Tensors, child: Tensors) -> Need:
        """The bounds of ``child`` by the rows of ``tensors``' last tensor."""
        u = tensors[-1]
        units = self._units[u]
        if not child:
            zero = np.zeros(units + 1)
            return Need(zero, zero, zero, zero)
        child = self._resolve(child)
        rows = np.arange(units + 1)
        wants = self._reads(u)
        for w in tensors[:-1]:
            wants[w] = rows * self._units[w] // units, -(-rows * self._units[w] // units)
        device, server = self.place(child, wants)
        known = self._needs[child]
        return Need(known.server[server], known.uplink[server], known.device[device], known.downlink[device])

    def _evaluate(self, tensors: Tensors) -> Need:
        p, u = self._p, tensors[-1]
        at, units = int(self.heads.ptr[u]), self._units[u]
        rest, whole = (self._from(tensors, child) for child in self._children(tensors))
        first, end = crops(p, u)
        return Need(
            *_need(
                u, units, self._weights[0] * p.bytes[u] / units / p.link[0],
                self._weights[0] * p.bytes[u] / units / p.link[1], self._weights[0] * p.link[2], bool(p.sendable[u]),
                first, end, rest.server, rest.uplink, rest.device, rest.downlink,
                whole.server, whole.uplink, whole.device, whole.downlink,
                self.heads.device[at : at + units + 1], self.heads.server[at : at + units + 1],
            )
        )  # fmt: skip


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


@compiled
def _need(
    u: int,
    units: int,
    up: float,
    down: float,
    delay: float,
    sendable: bool,
    first: int,
    end: int,
    rest_server: FloatArray,
    rest_uplink: FloatArray,
    rest_device: FloatArray,
    rest_downlink: FloatArray,
    whole_server: FloatArray,
    whole_uplink: FloatArray,
    whole_device: FloatArray,
    whole_downlink: FloatArray,
    device: FloatArray,
    server: FloatArray,
) -> tuple[FloatArray, FloatArray, FloatArray, FloatArray]:
    """The bounds of a set whose last tensor is u: ``rest`` without u, ``whole`` with u's inputs in its place."""
    on_server, on_uplink = np.zeros(units + 1), np.zeros(units + 1)
    on_device, on_downlink = np.zeros(units + 1), np.zeros(units + 1)
    for r in range(units):
        best, free = np.inf, np.inf
        if u > 0:
            best, free = max(whole_server[r], server[r]), whole_uplink[r]
        if sendable:
            for b in range(units if u == 0 else r + 1, units + 1):
                sent = max(rest_uplink[r], device[b], whole_uplink[b]) + up * max(0, min(b, end) - r)
                best = min(best, max(rest_server[r], server[b], sent + delay))
                free = min(free, sent)
        on_server[r], on_uplink[r] = best, free
    for r in range(1, units + 1):
        best, free = max(whole_device[r], device[r]), whole_downlink[r]
        if sendable and u > 0:
            for a in range(r):
                sent = max(rest_downlink[r], server[a], whole_downlink[a]) + down * max(0, r - max(a, first))
                best = min(best, max(rest_device[r], device[a], sent + delay))
                free = min(free, sent)
        on_device[r], on_downlink[r] = best, free
    return on_server, on_uplink, on_device, on_downlink
