"""A plan as the event loop follows it: mapping, orders, what may not start earlier, the table of resource blocks."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from wnpopt.problems.wnp.instance import IntArray
from wnpopt.problems.wnp.runtime.execution import PlanExecution
from wnpopt.problems.wnp.runtime.setting import Setting
from wnpopt.problems.wnp.runtime.world import World
from wnpopt.problems.wnp.solution import WnpSolution

PlanArrays = tuple[
    IntArray,
    IntArray,
    IntArray,
    IntArray,
    IntArray,
    IntArray,
    IntArray,
    IntArray,
    IntArray,
    IntArray,
    bool,
]


@dataclass(frozen=True)
class PlanRules:
    """How a plan is followed.

    Mapping, order on the cores and on an exclusive bus, and the table of resource blocks are kept in any case. With
    ``keeps_starts`` nothing starts before its planned start, and the table is sent as it stands, also what is surplus;
    else everything starts as early as it can, and what the table has for a modality that is complete goes to the next
    one. With ``waits_for_all`` no subgraph starts before all modalities are there
    (those of its job): the sequential policy.

    A modality that is late by the plan takes the resource blocks that serve it best, whoever is planned there, until it
    is complete: the one that was due first before the others. Whom that makes late is served likewise in turn.
    """

    keeps_starts: bool = False
    waits_for_all: bool = False


@dataclass(frozen=True)
class Program:
    """A plan as arrays, see :func:`wnpopt.problems.wnp.runtime.kernels.engine.advance`.

    ``start``, ``end`` (I,) are the plan's own times, ``bits`` (K, R + 1) what it will have delivered by the beginning
    of each slot at nominal rates.
    """

    arrays: PlanArrays
    start: IntArray
    end: IntArray
    bits: IntArray

    @staticmethod
    def of(
        setting: Setting,
        plan: WnpSolution,
        rules: PlanRules,
        done: PlanExecution | None = None,
        known: World | None = None,
    ) -> Program:
        """The program of an accepted plan; one that goes on from ``done`` where something has happened.

        ``known`` is the world that it was planned for, where that is not the nominal one.
        """
        instance = setting.instance
        names = [s.name for s in instance.subgraphs]
        number = {core.name: m for m, core in enumerate(instance.chip.cores)}
        core = np.array([number[plan.core[name]] for name in names], dtype=np.int64)
        start = np.array([plan.start[name] for name in names], dtype=np.int64)
        ticks = instance.ticks if known is None else known.ticks
        end = start + ticks[np.arange(core.size), core]
        begun = np.zeros(core.size, dtype=np.bool_) if done is None else done.start >= 0
        order = np.lexsort((setting.place, end, start, ~begun))
        before, after = _chains(order, core)
        send = _sends(setting, plan, core, begun)
        table = _table(setting, plan)
        slot, delivered = (0, np.zeros(len(instance.modalities), dtype=np.int64)) if done is None else done.radio
        bits = _expected(setting, table, slot, delivered, known)
        payload = instance.payloads
        reached = bits >= payload[:, None]
        due = np.where(reached.any(axis=1), reached.argmax(axis=1), _ends_of(table, payload.size))
        earliest = start if rules.keeps_starts else np.zeros_like(start)
        send_earliest = send[0] if rules.keeps_starts else np.zeros_like(send[0])
        waits = setting.joint_waits if rules.waits_for_all else setting.own_waits
        arrays = (core, earliest, before, after, send_earliest, send[1], send[2], table, due, waits, rules.keeps_starts)
        return Program(arrays, start, end, bits)

    def expecting(self, setting: Setting, ahead: PlanExecution, done: PlanExecution) -> Program:
        """The same program, with the times and bits of the forecast ``ahead`` from ``done`` as what is expected."""
        slot, delivered = done.radio
        bits = _expected(setting, ahead.carried, slot, delivered, None)
        return replace(self, start=ahead.start, end=ahead.end, bits=bits)


def _chains(order: IntArray, lane: IntArray) -> tuple[IntArray, IntArray]:
    """(before, after): the neighbours of each thing on its lane, in this order; -1 for none or for a lane of -1."""
    before = np.full(lane.size, -1, dtype=np.int64)
    after = np.full(lane.size, -1, dtype=np.int64)
    last: dict[int, int] = {}
    for i in order.tolist():
        m = int(lane[i])
        if m < 0:
            continue
        if m in last:
            before[i], after[last[m]] = last[m], i
        last[m] = i
    return before, after


def _sends(
    setting: Setting,
    plan: WnpSolution,
    core: IntArray,
    begun: np.ndarray[tuple[int, ...], np.dtype[np.bool_]],
) -> tuple[IntArray, IntArray, IntArray]:
    """(planned start, before, after) of each transfer on an exclusive bus."""
    source, target = setting.plan.source, setting.plan.target
    nothing = np.full(source.size, -1, dtype=np.int64)
    if plan.transfer_start is None:
        return np.zeros(source.size, dtype=np.int64), nothing, nothing
    planned = plan.transfer_start
    at = np.array([planned.get(f"{e.source}->{e.target}", 0) for e in setting.instance.edges], dtype=np.int64)
    a, b = core[source], core[target]
    length = setting.plan.hop[a, b] + setting.plan.width
    # Transfers into what has begun are over.
    lane = np.where((a != b) & ~begun[target], 0, -1)
    order = np.lexsort((setting.place[target], setting.place[source], at + length, at))
    return at, *_chains(order, lane)


def _table(setting: Setting, plan: WnpSolution) -> IntArray:
    width = setting.instance.resource_blocks
    rows = plan.rb[: setting.slots]
    table = np.full((len(rows), width), -1, dtype=np.int64)
    for t, row in enumerate(rows):
        table[t] = [-1 if k is None else k for k in row]
    return table


def _ends_of(table: IntArray, kinds: int) -> IntArray:
    """The slot after each modality's last one in the table: from there on what it still lacks is late."""
    ends = np.zeros(kinds, dtype=np.int64)
    t, n = np.nonzero(table >= 0)
    np.maximum.at(ends, table[t, n], t + 1)
    return ends


def _expected(setting: Setting, table: IntArray, slot: int, delivered: IntArray, known: World | None) -> IntArray:
    rows, width = table.shape
    bits = np.zeros((delivered.size, rows + 1), dtype=np.int64)
    if slot < rows and width and delivered.size:
        t, n = np.nonzero(table[slot:] >= 0)
        t += slot
        k = table[t, n]
        released = t >= (setting.release_slot if known is None else known.release_slot)[k]
        t, n, k = t[released], n[released], k[released]
        sent = setting.rates[k, n, setting.block[t]] if known is None else known.bits[k, n, t]
        np.add.at(bits, (k, t + 1), sent)
    bits = np.cumsum(bits, axis=1) + delivered[:, None]
    return np.asarray(np.minimum(bits, setting.instance.payloads[:, None]))
