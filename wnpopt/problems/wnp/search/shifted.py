"""The plan that ran until now, gone on with: its cores, orders and resource blocks, as early as can be."""

from __future__ import annotations

import numpy as np

from wnpopt.problems.wnp.instance import IntArray
from wnpopt.problems.wnp.kernels.bus import retime_with_transfers
from wnpopt.problems.wnp.kernels.plan import FAR
from wnpopt.problems.wnp.kernels.schedule import Schedule
from wnpopt.problems.wnp.kernels.slots import gone_on
from wnpopt.problems.wnp.kernels.uplink import Arrivals
from wnpopt.problems.wnp.search.field_search import FieldPlan, FieldSearch
from wnpopt.problems.wnp.solution import WnpSolution

_STICKING = 0.1
"""How much dearer than the plan's own core another one is when the plan is varied, in longest paths."""


def shifted(search: FieldSearch, previous: WnpSolution) -> FieldPlan | None:
    """The plan ``previous`` in the state of ``search``; None where it cannot be gone on with.

    The resource blocks carry what they were to carry; what is missing then goes into free ones, in time order.
    Whatever has begun elsewhere or in another order than planned keeps what happened.
    """
    arrivals = _arrivals(search, previous)
    core = _cores(search, previous)
    if arrivals is None or core is None:
        return None
    problem, plan = search.problem, search.problem.plan
    release = search.release(arrivals)
    names = [s.name for s in problem.instance.subgraphs]
    start = np.array([previous.start.get(name, 0) for name in names], dtype=np.int64)
    start[search.fixed] = problem.instance.release[search.fixed]
    events, start = _events(search, previous, core, start)
    makespan, begin, transfer = retime_with_transfers(
        *plan.forward,
        events,
        core,
        release,
        problem.instance.chip.exclusive_bus,
        search.now,
        search.begun,
    )
    elsewhere = np.arange(plan.ticks.shape[1]) != core[:, None]
    stick = np.where(elsewhere, _STICKING * float(search.path.max(initial=1.0)) + search.look_ahead, 0.0)
    rank = -start.astype(np.float64)
    kept = search.judged(arrivals, release, rank, stick, Schedule(int(makespan), core, begin), transfer)
    # Into gaps as well: on a mesh no subgraph starts later by it.
    place = np.empty(core.size)
    place[events[events < core.size]] = -np.arange(core.size)
    filled = search.listed(arrivals, release, place, np.where(elsewhere, 1e15, 0.0))
    return min(kept, search.judged(arrivals, release, rank, stick, filled.schedule, filled.transfer), key=FieldPlan.key)


def _cores(search: FieldSearch, previous: WnpSolution) -> IntArray | None:
    instance, able = search.problem.instance, search.problem.plan.able
    number = {core.name: m for m, core in enumerate(instance.chip.cores)}
    planned = np.array([number.get(previous.core.get(s.name, ""), -1) for s in instance.subgraphs], dtype=np.int64)
    core = np.where(search.fixed, able.argmax(axis=1), planned)
    return core if (core >= 0).all() and able[np.arange(core.size), core].all() else None


def _events(search: FieldSearch, previous: WnpSolution, core: IntArray, start: IntArray) -> tuple[IntArray, IntArray]:
    """Subgraphs (i) and transfers (I + e) as they were planned, each after what it needs; and the subgraphs' starts.

    What has begun is first, in its own order.
    """
    problem, plan = search.problem, search.problem.plan
    count = core.size
    duration = plan.ticks[np.arange(count), core]
    sent = previous.transfer_start or {}
    planned = np.array([sent.get(f"{e.source}->{e.target}", -1) for e in problem.instance.edges], dtype=np.int64)
    crossing = core[plan.source] != core[plan.target]
    moved = np.where(crossing, plan.hop[core[plan.source], core[plan.target]] + plan.width, 0)
    begin, on_bus = start.copy(), np.maximum(planned, start[plan.source] + duration[plan.source])
    on_bus = np.where(search.begun >= 0, search.begun, on_bus)
    place = np.empty(count, dtype=np.int64)
    place[plan.order] = np.arange(count)
    for i in plan.order[~search.fixed[plan.order]]:
        before = plan.into[plan.into_at[i] : plan.into_at[i + 1]]
        if before.size:
            begin[i] = max(begin[i], (on_bus + moved)[before].max())
        after = plan.outof[plan.outof_at[i] : plan.outof_at[i + 1]]
        on_bus[after] = np.maximum(on_bus[after], begin[i] + duration[i])
    key = np.concatenate([np.where(search.fixed, begin - FAR, begin), on_bus])
    end = np.concatenate([begin + duration, on_bus + moved])
    level = np.concatenate([2 * place, 2 * place[plan.source] + 1])
    return np.lexsort((level, end, key)).astype(np.int64), begin


def _arrivals(search: FieldSearch, previous: WnpSolution) -> Arrivals | None:
    uplink, instance = search.problem.uplink, search.problem.instance
    if uplink.count == 0:
        return Arrivals.none(uplink)
    width = instance.resource_blocks
    position = np.full(len(instance.modalities) + 1, -1, dtype=np.int64)  # the last one stands for None
    position[uplink.index] = np.arange(uplink.count)
    table = np.full((uplink.slots, width), -1, dtype=np.int64)
    nobody = len(instance.modalities)
    rows = previous.rb[: uplink.slots]
    if any(len(row) != width for row in rows):
        return None
    carried = [[nobody if k is None or k >= nobody else k for k in row] for row in rows[search.slot :]]
    if carried:
        table[search.slot : len(rows)] = position[np.array(carried, dtype=np.int64)]
    block = np.repeat(np.arange(uplink.block_start.size), uplink.block_length)
    count, arrival = gone_on(uplink.rates, uplink.payload, block, table, search.slot)
    return None if (arrival < 0).any() else Arrivals(0, arrival, count)
