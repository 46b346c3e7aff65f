"""List scheduling of subgraphs and of the transfers between them, on a bus that carries one at a time or on a mesh."""

from __future__ import annotations

import numpy as np

from wnpopt.backends.compiled import compiled, inner
from wnpopt.problems.wnp.instance import IntArray
from wnpopt.problems.wnp.kernels.plan import FAR, Plan
from wnpopt.problems.wnp.kernels.throughput import FloatArray


@inner
def _gap(begin_at: IntArray, end_at: IntArray, filled: int, ready: int, duration: int) -> tuple[int, int]:
    """(place, begin) of the first gap that is long enough from ``ready`` on."""
    for p in range(filled):
        free = max(ready, end_at[p - 1]) if p > 0 else ready
        if free + duration <= begin_at[p]:
            return p, free
    return filled, max(ready, end_at[filled - 1]) if filled > 0 else ready


@inner
def _insert(begin_at: IntArray, end_at: IntArray, filled: int, place: int, begin: int, end: int) -> None:
    for p in range(filled, place, -1):
        begin_at[p], end_at[p] = begin_at[p - 1], end_at[p - 1]
    begin_at[place], end_at[place] = begin, end


@compiled
def list_schedule_with_transfers(
    ticks: IntArray,
    source: IntArray,
    width: IntArray,
    hop: IntArray,
    into_at: IntArray,
    into: IntArray,
    sequence: IntArray,
    dislike: FloatArray,
    release: IntArray,
    exclusive: bool,
    bus_free: int,
    begun: IntArray,
) -> tuple[int, IntArray, IntArray, IntArray]:
    """(makespan, core, start, transfer start by edge, -1 where there is none).

    Each subgraph of ``sequence`` (topological) goes to the first gap of the core with the least finish + ``dislike``
    (I, M); on an ``exclusive`` bus the transfers into it get the first gaps from ``bus_free`` on, those whose
    producers end first before the others. ``begun`` (E,) are starts of transfers that have begun, else -1.
    """
    count, cores = ticks.shape
    edges = source.size
    core, start = np.zeros(count, dtype=np.int64), np.zeros(count, dtype=np.int64)
    end = np.zeros(count, dtype=np.int64)
    begin_at, end_at = np.zeros((cores, count), dtype=np.int64), np.zeros((cores, count), dtype=np.int64)
    filled = np.zeros(cores, dtype=np.int64)
    bus_begin, bus_end = np.zeros(edges + 1, dtype=np.int64), np.zeros(edges + 1, dtype=np.int64)
    trial_begin, trial_end = np.zeros(edges + 1, dtype=np.int64), np.zeros(edges + 1, dtype=np.int64)
    on_bus, makespan = 0, 0
    transfer = np.full(edges, -1, dtype=np.int64)
    for i in sequence:
        incoming = into[into_at[i] : into_at[i + 1]].copy()
        for a in range(1, incoming.size):  # by the producers' ends, then as they came
            e, b = incoming[a], a
            while b > 0 and end[source[incoming[b - 1]]] > end[source[e]]:
                incoming[b] = incoming[b - 1]
                b -= 1
            incoming[b] = e
        best, best_core = 0.0, -1
        for attempt in range(cores + 1):  # the last time, the best core is chosen for good
            m = best_core if attempt == cores else attempt
            if ticks[i, m] >= FAR:
                continue
            ready, sent = release[i], on_bus
            if exclusive:
                trial_begin[:on_bus], trial_end[:on_bus] = bus_begin[:on_bus], bus_end[:on_bus]
            for e in incoming:
                j = source[e]
                if core[j] == m:
                    ready = max(ready, end[j])
                    continue
                duration = hop[core[j], m] + width[e]
                at = end[j]
                if begun[e] >= 0:
                    at = begun[e]
                elif exclusive:
                    place, at = _gap(trial_begin, trial_end, sent, max(end[j], bus_free), duration)
                    _insert(trial_begin, trial_end, sent, place, at, at + duration)
                    sent += 1
                ready = max(ready, at + duration)
                if attempt == cores and exclusive:
                    transfer[e] = at
            place, begin = _gap(begin_at[m], end_at[m], filled[m], ready, ticks[i, m])
            if attempt < cores:
                key = begin + ticks[i, m] + dislike[i, m]
                if best_core < 0 or key < best:
                    best, best_core = key, m
                continue
            core[i], start[i], end[i] = m, begin, begin + ticks[i, m]
            _insert(begin_at[m], end_at[m], filled[m], place, begin, end[i])
            filled[m] += 1
            if exclusive:
                bus_begin[:sent], bus_end[:sent] = trial_begin[:sent], trial_end[:sent]
                on_bus = sent
            makespan = max(makespan, end[i])
    return makespan, core, start, transfer


def event_order(plan: Plan, core: IntArray, start: IntArray, transfer: IntArray) -> IntArray:
    """Subgraphs (i) and transfers (I + e) by start, then end, each after what it needs, shape (I + E,).

    ``start`` (I,) and ``transfer`` (E,) are those of a plan that keeps precedence; within a core transfers take none.
    """
    place = np.empty(start.size, dtype=np.int64)
    place[plan.order] = np.arange(start.size)
    end = start + plan.ticks[np.arange(start.size), core]
    crossing = core[plan.source] != core[plan.target]
    sent = np.where(crossing, transfer, end[plan.source])
    there = sent + np.where(crossing, plan.hop[core[plan.source], core[plan.target]] + plan.width, 0)
    level = np.concatenate([2 * place, 2 * place[plan.source] + 1])
    return np.lexsort((level, np.concatenate([end, there]), np.concatenate([start, sent]))).astype(np.int64)


@compiled
def latest_with_transfers(
    ticks: IntArray,
    source: IntArray,
    target: IntArray,
    width: IntArray,
    hop: IntArray,
    events: IntArray,
    core: IntArray,
    makespan: int,
) -> IntArray:
    """Latest start (I,) of each subgraph that keeps ``makespan`` with these cores and these orders on cores and bus."""
    count, cores = ticks.shape
    free, due = np.full(cores, makespan, dtype=np.int64), np.full(count, makespan, dtype=np.int64)
    latest, bus = np.zeros(count, dtype=np.int64), makespan
    for event in events[::-1]:
        if event < count:
            i, m = event, core[event]
            latest[i] = min(due[i], free[m]) - ticks[i, m]
            free[m] = latest[i]
            continue
        i, j = source[event - count], target[event - count]
        begin = latest[j]
        if core[i] != core[j]:
            begin = min(begin, bus) - hop[core[i], core[j]] - width[event - count]
            bus = begin
        due[i] = min(due[i], begin)
    return latest


@compiled
def retime_with_transfers(
    ticks: IntArray,
    source: IntArray,
    width: IntArray,
    hop: IntArray,
    into_at: IntArray,
    into: IntArray,
    events: IntArray,
    core: IntArray,
    release: IntArray,
    exclusive: bool,
    bus_free: int,
    begun: IntArray,
) -> tuple[int, IntArray, IntArray]:
    """(makespan, start, transfer start by edge, -1 where there is none) with given cores and orders.

    ``events`` are the subgraphs (i) and the transfers (I + e) in the order in which they have cores and bus, each after
    what it needs; everything starts as early as that allows.
    """
    count, cores = ticks.shape
    start, free = np.zeros(count, dtype=np.int64), np.zeros(cores, dtype=np.int64)
    transfer = np.full(source.size, -1, dtype=np.int64)
    ready = release.copy()
    target = np.zeros(source.size, dtype=np.int64)
    for i in range(count):
        for e in into[into_at[i] : into_at[i + 1]]:
            target[e] = i
    makespan = 0
    for e in range(source.size):  # what is on the bus already
        m, c = core[source[e]], core[target[e]]
        if begun[e] >= 0 and m != c:
            bus_free = max(bus_free, begun[e] + hop[m, c] + width[e])
    for event in events:
        if event < count:
            i, m = event, core[event]
            start[i] = max(ready[i], free[m])
            free[m] = start[i] + ticks[i, m]
            makespan = max(makespan, free[m])
            continue
        e = event - count
        m, c = core[source[e]], core[target[e]]
        end = start[source[e]] + ticks[source[e], m]
        if m == c:
            ready[target[e]] = max(ready[target[e]], end)
            continue
        duration = hop[m, c] + width[e]
        if begun[e] >= 0:
            end = begun[e]
        elif exclusive:
            end = max(end, bus_free)
            bus_free = end + duration
        if exclusive:
            transfer[e] = end
        ready[target[e]] = max(ready[target[e]], end + duration)
    return makespan, start, transfer
