"""Mixed-integer linear model of wnp for Pyomo (``models/wnp/milp.md``): the reference for small instances.

Constraint names in the code are those of the written model.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations
from typing import TYPE_CHECKING

import numpy as np

from wnpopt.problems.wnp.instance import WnpInstance, is_plain
from wnpopt.problems.wnp.solution import WnpSolution

if TYPE_CHECKING:
    import pyomo.environ as pyo

    from wnpopt.problems.wnp.formulations.decisions import Decisions
    from wnpopt.problems.wnp.kernels.problem import Problem

_LARGEST_TIME = 1e5


def build(instance: WnpInstance) -> pyo.ConcreteModel:
    """The Pyomo model of ``instance``.

    Times in ticks, or in the unit that ``model.tick`` gives for very long horizons. Raises :class:`InputError` for a
    payload that all slots together cannot carry.
    """
    from wnpopt.problems.wnp.formulations.uplink import deliverable

    return build_milp(deliverable(instance))


def build_milp(problem: Problem, upper: int | None = None) -> pyo.ConcreteModel:
    """The model with makespans up to ``upper`` (known to be reached), else up to a horizon that needs no solution."""
    import pyomo.environ as pyo

    horizon = horizon_of(problem) if upper is None else upper
    model = pyo.ConcreteModel(name=problem.instance.name)
    model.tick = pyo.Param(initialize=1.0 / unit_of(problem, horizon))
    model.C = pyo.Var(bounds=(0, horizon * model.tick.value))
    _add_radio(model, problem)
    _add_cores(model, problem, horizon)
    _add_orders(model, problem, horizon)
    model.makespan = pyo.Objective(expr=model.C, sense=pyo.minimize)
    if not is_plain(problem.instance):
        from wnpopt.problems.wnp.formulations.milp_fields import add_fields

        add_fields(model, problem, horizon)
    return model


def horizon_of(problem: Problem) -> int:
    """Ticks by which everything is done in some optimum."""
    if is_plain(problem.instance):
        return problem.latest_makespan()
    from wnpopt.problems.wnp.formulations.horizon import latest_end

    return latest_end(problem)


def unit_of(problem: Problem, horizon: int) -> int:
    """Ticks in the model's unit of time: 1 up to a horizon of 10^5.

    Beyond that the greatest common divisor of all times, and as many powers of two as make the horizon 10^5 units:
    tolerances are absolute, and halves are exact in floating point where thirds are not.
    """
    if horizon <= _LARGEST_TIME:
        return 1
    unit = divisor_of(problem)
    while horizon > unit * _LARGEST_TIME:
        unit *= 2
    return unit


def divisor_of(problem: Problem) -> int:
    """The greatest common divisor of all ticks, transfers and slots: every makespan is a multiple of it."""
    plan, uplink = problem.plan, problem.uplink
    times = [plan.ticks[plan.able], plan.hop.ravel(), plan.width]
    if uplink.count:
        times.append(np.array([uplink.slot_ticks], dtype=np.int64))
    return max(1, int(np.gcd.reduce(np.concatenate(times))))


def _add_radio(model: pyo.ConcreteModel, problem: Problem) -> None:
    import pyomo.environ as pyo

    uplink = problem.uplink
    modalities = range(uplink.count)
    alone = uplink.alone()
    assert alone is not None, "an undeliverable payload is refused before"
    cells = [tuple(cell) for cell in np.argwhere(uplink.rates > 0).tolist()]
    subsets = [s for size in range(2, uplink.count + 1) for s in combinations(modalities, size)]
    block = np.repeat(np.arange(uplink.block_length.size), uplink.block_length).tolist()
    slots = range(1, uplink.slots + 1)
    names = {s: "+".join(map(str, s)) for s in subsets}

    # g[k,t] = 1 if modality k may use slot t: its arrival is T_k = sum_t g[k,t]
    model.g = pyo.Var(modalities, slots, domain=pyo.Binary)
    model.h = pyo.Var(list(names.values()), slots, bounds=(0, 1))
    model.x = pyo.Var(cells, domain=pyo.Integers, bounds=lambda _, _k, _n, b: (0, int(uplink.block_length[b])))

    for k in modalities:
        for t in range(1, int(alone[k]) + 1):
            model.g[k, t].setlb(1)

    model.prefix = pyo.Constraint(
        [(k, t) for k in modalities for t in slots[1:]], rule=lambda m, k, t: m.g[k, t] <= m.g[k, t - 1]
    )
    members = {names[s]: s for s in subsets}
    model.reach = pyo.Constraint(
        list(members), slots, rule=lambda m, s, t: m.h[s, t] <= sum(m.g[k, t] for k in members[s])
    )

    def capacity(m: pyo.ConcreteModel, subset: tuple[int, ...], b: int) -> pyo.Expression:
        inside = [t for t in slots if block[t - 1] == b]
        if len(subset) == 1:
            return sum(m.g[subset[0], t] for t in inside)
        return sum(m.h[names[subset], t] for t in inside)

    def hall(m: pyo.ConcreteModel, row: int) -> pyo.Expression:
        subset, n, b = rows[row]
        return sum(m.x[k, n, b] for k in subset) <= capacity(m, subset, b)

    # Where a member cannot use the cell the condition of the smaller set says more.
    rows = [
        (subset, n, b)
        for subset in [(k,) for k in modalities] + subsets
        for n in range(uplink.rates.shape[1])
        for b in range(uplink.block_length.size)
        if all(uplink.rates[k, n, b] > 0 for k in subset)
    ]
    model.hall = pyo.Constraint(range(len(rows)), rule=hall)
    model.delivery = pyo.Constraint(
        modalities,
        rule=lambda m, k: (
            sum(int(uplink.rates[cell]) * m.x[cell] for cell in cells if cell[0] == k) >= int(uplink.payload[k])
        ),
    )


def _add_cores(model: pyo.ConcreteModel, problem: Problem, horizon: int) -> None:
    import pyomo.environ as pyo

    plan, uplink, head = problem.plan, problem.uplink, problem.head
    tick = model.tick.value
    subgraphs, edges = range(plan.ticks.shape[0]), range(plan.source.size)
    able = [np.flatnonzero(row).tolist() for row in plan.able]
    ends = [(int(i), int(j)) for i, j in zip(plan.source, plan.target, strict=True)]

    model.a = pyo.Var([(i, m) for i in subgraphs for m in able[i]], domain=pyo.Binary)
    model.s = pyo.Var(subgraphs, bounds=(0, horizon * tick))
    model.w = pyo.Var([(e, m, c) for e in edges for m in able[ends[e][0]] for c in able[ends[e][1]]], bounds=(0, 1))

    def ticks_of(m: pyo.ConcreteModel, i: int) -> pyo.Expression:
        return sum(int(plan.ticks[i, c]) * tick * m.a[i, c] for c in able[i])

    def move(e: int, m: int, c: int) -> float:
        return 0.0 if m == c else float(plan.hop[m, c] + plan.width[e]) * tick

    model.one_core = pyo.Constraint(subgraphs, rule=lambda m, i: sum(m.a[i, c] for c in able[i]) == 1)
    model.from_core = pyo.Constraint(
        [(e, c) for e in edges for c in able[ends[e][0]]],
        rule=lambda m, e, c: sum(m.w[e, c, d] for d in able[ends[e][1]]) == m.a[ends[e][0], c],
    )
    model.to_core = pyo.Constraint(
        [(e, d) for e in edges for d in able[ends[e][1]]],
        rule=lambda m, e, d: sum(m.w[e, c, d] for c in able[ends[e][0]]) == m.a[ends[e][1], d],
    )
    model.transfer = pyo.Constraint(
        edges,
        rule=lambda m, e: (
            m.s[ends[e][1]]
            >= m.s[ends[e][0]]
            + ticks_of(m, ends[e][0])
            + sum(move(e, c, d) * m.w[e, c, d] for c in able[ends[e][0]] for d in able[ends[e][1]])
        ),
    )
    readers = [(k, int(i)) for k, members in enumerate(problem.readers) for i in members]
    model.arrival = pyo.Constraint(
        readers,
        rule=lambda m, k, i: m.s[i] >= uplink.slot_ticks * tick * sum(m.g[k, t] for t in range(1, uplink.slots + 1)),
    )
    model.head = pyo.Constraint(
        subgraphs, rule=lambda m, i: m.s[i] >= sum(int(head[i, c]) * tick * m.a[i, c] for c in able[i])
    )
    model.tail = pyo.Constraint(
        subgraphs,
        rule=lambda m, i: (
            m.s[i] + ticks_of(m, i) + sum(int(problem.tail[i, c]) * tick * m.a[i, c] for c in able[i]) <= m.C
        ),
    )


def _add_orders(model: pyo.ConcreteModel, problem: Problem, horizon: int) -> None:
    """Which of two subgraphs on one core is first; big-M: latest end of one less earliest start of the other."""
    import pyomo.environ as pyo

    plan, able = problem.plan, problem.plan.able
    tick = model.tick.value
    earliest, latest = plan.least(problem.head), horizon - plan.least(problem.tail)
    related = plan.reachable()
    pairs = [
        (i, j)
        for i, j in combinations(range(plan.ticks.shape[0]), 2)
        if not related[i, j] and not related[j, i] and (able[i] & able[j]).any()
    ]
    model.o = pyo.Var(pairs + [(j, i) for i, j in pairs], domain=pyo.Binary)
    shared = [(i, j, int(c)) for i, j in pairs for c in np.flatnonzero(able[i] & able[j])]
    model.decided = pyo.Constraint(shared, rule=lambda m, i, j, c: m.o[i, j] + m.o[j, i] >= m.a[i, c] + m.a[j, c] - 1)
    model.one_way = pyo.Constraint(pairs, rule=lambda m, i, j: m.o[i, j] + m.o[j, i] <= 1)

    def disjoint(m: pyo.ConcreteModel, i: int, j: int) -> pyo.Expression:
        big = max(0, int(latest[i] - earliest[j])) * tick
        end = m.s[i] + sum(int(plan.ticks[i, c]) * tick * m.a[i, c] for c in np.flatnonzero(able[i]).tolist())
        return m.s[j] >= end - big * (1 - m.o[i, j])

    model.disjoint = pyo.Constraint(pairs + [(j, i) for i, j in pairs], rule=disjoint)


def set_start(model: pyo.ConcreteModel, problem: Problem, decisions: Decisions) -> None:
    """Give every variable its value under ``decisions``: a complete MIP start."""
    uplink, plan = problem.uplink, problem.plan
    tick = model.tick.value
    for (k, t), variable in model.g.items():
        variable.set_value(int(t <= decisions.arrival[k]))
    for (subset, t), variable in model.h.items():
        variable.set_value(max(int(t <= decisions.arrival[int(k)]) for k in subset.split("+")))
    for cell, variable in model.x.items():
        variable.set_value(int(decisions.count[cell]))
    for (i, m), variable in model.a.items():
        variable.set_value(int(decisions.core[i] == m))
    for (e, m, c), variable in model.w.items():
        i, j = plan.source[e], plan.target[e]
        variable.set_value(int(decisions.core[i] == m and decisions.core[j] == c))
    end = decisions.start + plan.ticks[np.arange(decisions.core.size), decisions.core]
    place = np.empty(plan.order.size, dtype=np.int64)
    place[problem.scheduler.in_order(decisions.core, decisions.start)] = np.arange(plan.order.size)
    for i, variable in model.s.items():
        variable.set_value(float(decisions.start[i]) * tick)
    for (i, j), variable in model.o.items():
        together = decisions.core[i] == decisions.core[j]
        variable.set_value(int(together and place[i] < place[j]))
    model.C.set_value(float(end.max()) * tick)
    assert uplink.count == 0 or decisions.arrival.min() >= 1


def decode(model: pyo.ConcreteModel, problem: Problem, values: Sequence[float]) -> WnpSolution:
    """The solution that ``values``, in the order of the model's variables, describe.

    Times are made anew from cores and order.
    """
    import pyomo.environ as pyo

    from wnpopt.problems.wnp.formulations.decisions import compose

    uplink, plan = problem.uplink, problem.plan
    variables = model.component_data_objects(pyo.Var, active=True)
    value = {id(variable): found for variable, found in zip(variables, values, strict=True)}
    count = np.zeros(uplink.rates.shape, dtype=np.int64)
    for cell, variable in model.x.items():
        count[cell] = round(value[id(variable)])
    deadline = np.zeros(uplink.count)
    for (k, _), variable in model.g.items():
        deadline[k] += value[id(variable)]
    chosen = np.full(plan.ticks.shape, -1.0)
    for at, variable in model.a.items():
        chosen[at] = value[id(variable)]
    start = [value[id(model.s[i])] / model.tick.value for i in range(plan.order.size)]
    core = chosen.argmax(axis=1)
    composed = compose(problem, deadline.tolist(), count, core.tolist(), start)
    if is_plain(problem.instance):
        return composed
    from wnpopt.problems.wnp.formulations.milp_fields import in_integers

    bus = problem.instance.chip.exclusive_bus
    transfer = [value[id(model.t[e])] / model.tick.value for e in range(plan.source.size)] if bus else []
    return in_integers(problem, composed, core, start, transfer) or composed
