"""Live tensors that the rest of a network needs alike, and what compiled code has to know to pass one operator.

At a cut of the operators' order a tensor is live if an operator behind the cut reads it. Live tensors with the same
readers behind the cut, through the same windows and with as many rows, are needed in the same rows by every plan:
they are twins, and one state of needs stands for all of them. A dense block is two groups of twins, not one for each of
its layers.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from wnpopt.problems.intradp.kernels.arrays import Arrays, FloatArray, IntArray
from wnpopt.problems.intradp.kernels.heads import Front, crops


class ClockPrices(NamedTuple):
    """Weights that make a lower bound on the objective of latency and what adds up beside it.

    ``time`` for each second of latency, ``send`` (N,) for each second that the uplink sends of each operator's tensor;
    ``extra`` is what computing on the device adds, laid out as ``device_extra`` of
    :class:`~wnpopt.problems.intradp.kernels.arrays.Arrays`.
    """

    time: float
    send: FloatArray
    extra: FloatArray


class OperatorStep(NamedTuple):
    """Operator u between the cut before it and the cut behind it; G groups before.

    ``group``: the group behind it that holds its own tensor, -1 if nobody reads it. ``source`` (G,): the group behind
    that goes on from each group before, -1 if it ends here. The windows through which u reads group g start at
    ``edge_at[edge_ptr[g]:edge_ptr[g + 1]]`` of the tables of :class:`Arrays`. ``group_units`` (G,): rows.
    ``up``, ``down``, ``delay``: weighted time of a row of the message, and of its latency; ``up_price``: what a row
    sent up adds besides. A message holds at least the rows [., min(b, ``end``)) up and [max(a, ``first``), .) down.
    ``device[r]``, ``server[r]``: the least weighted time to compute at least rows [0, r), or [r, units);
    ``device_price[r]``: what the former adds besides. ``*_head``: bounds of single clocks, as in
    :class:`~wnpopt.problems.intradp.kernels.heads.Heads`; ``ahead`` (4, G, rows): of whole groups before, in the order
    of :class:`~wnpopt.problems.intradp.kernels.heads.Need`.
    """

    units: int
    group: int
    sendable: bool
    first: int
    end: int
    up: float
    down: float
    delay: float
    up_price: float
    source: IntArray
    edge_ptr: IntArray
    edge_at: IntArray
    group_units: IntArray
    early: bool
    asks: IntArray
    stands_for: IntArray
    differs: npt.NDArray[np.bool_]
    most_alike: IntArray
    least_alike: IntArray
    device: FloatArray
    device_price: FloatArray
    server: FloatArray
    device_head: FloatArray
    server_head: FloatArray
    uplink_head: FloatArray
    ahead: FloatArray


COARSE, TALL = 4, 56
"""The longest step of a grain, in rows, unless that makes so many parts. On ViT-B/16 (197 rows) steps of 32 rows leave
2.2 million options at 0.93 of the plan, of 8 rows 15,000; on bert-small (64 rows) steps of 16 rows 7.2 million at
0.85, of 4 rows 0.4 million."""


class Grain(NamedTuple):
    """How finely states tell needs from each other: as if only so many rows were asked for.

    Of a tensor the device asks for so many rows less than all as are a multiple of a step, and at least one; the server
    alike. A step is a power of two, so that each part of one grain lies within a part of another: the least with which
    there are at most ``rows`` parts, but beyond :data:`COARSE` rows it is longer only where there are more than
    :data:`TALL` parts; all of it over ``finer``. ``early``: whether the early step of a group is kept, see
    :mod:`~wnpopt.problems.intradp.kernels.directions.states`; else it is of one row.
    """

    rows: int
    early: bool
    finer: int = 1

    def step(self, units: int) -> int:
        """Rows of a part of a tensor of so many rows."""
        step = 1
        while step * self.rows < units and (step < COARSE or step * TALL < units):
            step *= 2
        return max(1, step // self.finer)

    def asks(self, units: int) -> IntArray:
        """(2, units + 1): what the device asks for that needs rows [0, r), and the server that needs [r, units)."""
        step = self.step(units)
        r = np.arange(units + 1)
        device = np.maximum(units - -(-(units - r) // step) * step, 1)
        server = np.minimum(-(-r // step) * step, units - 1)
        device[0], server[units] = 0, units
        return np.array([device, server], dtype=np.int64)


EXACT = Grain(2**31, early=True)
"""Needs as they are."""


class Groups:
    """The groups of twins at every cut c, before operator c, by their first tensors."""

    def __init__(self, p: Arrays) -> None:
        self._p = p
        count = len(p.units)
        self.readers: list[list[tuple[int, int]]] = [[] for _ in range(count)]
        windows = _windows(p)
        for e in range(len(p.in_source)):
            self.readers[int(p.in_source[e])].append((int(p.in_consumer[e]), e))
        signature = [sorted((v, windows[e]) for v, e in edges) for edges in self.readers]
        self.at: list[list[list[int]]] = []
        for cut in range(count + 1):
            twins: dict[tuple[object, int], list[int]] = {}
            for w in range(cut):
                rest = tuple(entry for entry in signature[w] if entry[0] >= cut)
                if rest:
                    twins.setdefault((rest, int(p.units[w])), []).append(w)
            self.at.append(sorted(twins.values()))

    @property
    def most(self) -> int:
        """The largest number of groups at a cut."""
        return max(len(groups) for groups in self.at)


def _windows(p: Arrays) -> list[int]:
    """A number for each edge; equal ones read the same rows of tensors of equal height."""
    known: dict[tuple[int, bytes], int] = {}
    numbers = []
    for e in range(len(p.in_source)):
        here = slice(int(p.need_ptr[e]), int(p.need_ptr[e]) + int(p.units[p.in_consumer[e]]) + 1)
        key = (
            int(p.units[p.in_source[e]]),
            b"".join(t[here].tobytes() for t in (p.dev_lo, p.dev_hi, p.srv_lo, p.srv_hi)),
        )
        numbers.append(known.setdefault(key, len(known)))
    return numbers


def steps_of(p: Arrays, groups: Groups, front: Front, prices: ClockPrices) -> list[OperatorStep]:
    """One for every operator, of exact needs."""
    return [_step(p, u, groups, front, prices) for u in range(len(p.units))]


def of_grain(p: Arrays, steps: Sequence[OperatorStep], grain: Grain) -> list[OperatorStep]:
    """The same operators with needs of this grain."""
    return [_of_grain(p, step, grain) for step in steps]


def _of_grain(p: Arrays, step: OperatorStep, grain: Grain) -> OperatorStep:
    own = grain.asks(step.units)
    asks = _asks(step.group_units, grain)
    differs = np.ones((2, step.units + 1), dtype=np.bool_)
    differs[0, 1:] = differs[1, :-1] = False
    for g in range(len(step.source)):
        for at in step.edge_at[step.edge_ptr[g] : step.edge_ptr[g + 1]]:
            rows = slice(at, at + step.units + 1)
            differs[0, 1:] |= np.diff(asks[0, g, p.dev_hi[rows]]) != 0
            differs[1, :-1] |= np.diff(asks[1, g, p.srv_lo[rows]]) != 0
    return step._replace(
        early=grain.early,
        asks=asks,
        stands_for=_stands_for(asks, step.group_units),
        differs=differs,
        most_alike=np.searchsorted(own[0], own[0], side="right") - 1,
        least_alike=np.searchsorted(own[1], own[1], side="left"),
    )


def _asks(group_units: IntArray, grain: Grain) -> IntArray:
    asks = np.zeros((2, len(group_units), int(max(group_units, default=0)) + 1), dtype=np.int64)
    for g, units in enumerate(group_units):
        asks[:, g, : units + 1] = grain.asks(int(units))
    return asks


def _stands_for(asks: IntArray, group_units: IntArray) -> IntArray:
    """How many needs ask for as many rows as each number of rows, laid out as ``asks``."""
    counts = np.zeros_like(asks)
    for side in range(2):
        for g, units in enumerate(group_units):
            counts[side, g, : units + 1] = np.bincount(asks[side, g, : units + 1], minlength=units + 1)
    return counts


def _step(p: Arrays, u: int, groups: Groups, front: Front, prices: ClockPrices) -> OperatorStep:
    before, behind = groups.at[u], groups.at[u + 1]
    place = {w: g for g, twins in enumerate(behind) for w in twins}
    edge_ptr: list[int] = [0]
    edge_at: list[int] = []
    for twins in before:
        edge_at.extend(int(p.need_ptr[e]) for v, e in groups.readers[twins[0]] if v == u)
        edge_ptr.append(len(edge_at))
    units = int(p.units[u])
    group_units = np.array([p.units[twins[0]] for twins in before], dtype=np.int64)
    first, end = crops(p, u)
    row = p.bytes[u] / units
    at = slice(int(front.heads.ptr[u]), int(front.heads.ptr[u]) + units + 1)
    return OperatorStep(
        units=units,
        group=next((g for g, twins in enumerate(behind) if u in twins), -1),
        sendable=bool(p.sendable[u]),
        first=int(first),
        end=int(end),
        up=float(prices.time * row / p.link[0]),
        down=float(prices.time * row / p.link[1]),
        delay=float(prices.time * p.link[2]),
        up_price=float(prices.send[u] * row / p.link[0]),
        source=np.array([place.get(twins[0], -1) for twins in before], dtype=np.int64),
        edge_ptr=np.array(edge_ptr, dtype=np.int64),
        edge_at=np.array(edge_at, dtype=np.int64),
        group_units=group_units,
        early=True,
        asks=_asks(group_units, EXACT),
        stands_for=_stands_for(_asks(group_units, EXACT), group_units),
        differs=np.ones((2, units + 1), dtype=np.bool_),
        most_alike=np.arange(units + 1),
        least_alike=np.arange(units + 1),
        device=prices.time * p.device_least[at],
        device_price=prices.extra[at].copy(),
        server=prices.time * p.server_least[at],
        device_head=front.heads.device[at].copy(),
        server_head=front.heads.server[at].copy(),
        uplink_head=front.heads.uplink[at].copy(),
        ahead=_ahead(p, before, front),
    )


def _ahead(p: Arrays, groups: Sequence[Sequence[int]], front: Front) -> FloatArray:
    most = max((int(p.units[twins[0]]) for twins in groups), default=0) + 1
    tables = np.zeros((4, len(groups), most))
    for g, twins in enumerate(groups):
        # A set that was relaxed bounds the one asked for by its last tensor, which has as many rows.
        _, need = front.need(tuple(twins))
        for table, values in zip(tables, need, strict=True):
            table[g, : len(values)] = values
    return tables
