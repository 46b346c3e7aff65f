"""The optional fields in the MILP (``models/wnp/milp.md``): releases, jobs, the exclusive bus, energy and limits."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from itertools import combinations, pairwise
from typing import TYPE_CHECKING

import numpy as np

from wnpopt.core.topology import CycleError, topological_order
from wnpopt.problems.wnp.formulations.energy import Energy, Key
from wnpopt.problems.wnp.instance import ENERGY_TOLERANCE, IntArray
from wnpopt.problems.wnp.solution import WnpSolution

if TYPE_CHECKING:
    import pyomo.environ as pyo

    from wnpopt.problems.wnp.kernels.problem import Problem

LARGEST_ENERGY = 1e4
"""Of the model's unit of energy: HiGHS's tolerances are absolute."""


def add_fields(model: pyo.ConcreteModel, problem: Problem, horizon: int) -> None:
    """All that the instance asks for beyond the plain problem, and its objective."""
    import pyomo.environ as pyo

    instance = problem.instance
    plan, tick = problem.plan, model.tick.value
    able = [np.flatnonzero(row).tolist() for row in plan.able]

    def end(m: pyo.ConcreteModel, i: int) -> pyo.Expression:
        return m.s[i] + sum(int(plan.ticks[i, c]) * tick * m.a[i, c] for c in able[i])

    released = np.flatnonzero(instance.release > 0).tolist()
    model.release = pyo.Constraint(released, rule=lambda m, i: m.s[i] >= int(instance.release[i]) * tick)
    jobs = range(len(instance.jobs))
    model.L = pyo.Var(jobs, bounds=lambda _, j: (0, _last(instance.jobs[j].deadline_ticks, horizon) * tick))
    members = [(int(j), i) for i, j in enumerate(instance.job_index) if j >= 0]
    model.job_end = pyo.Constraint(members, rule=lambda m, j, i: m.L[j] >= end(m, i))
    if instance.makespan_limit_ticks is not None:
        model.makespan_limit = pyo.Constraint(expr=instance.makespan_limit_ticks * tick >= model.C)
    if instance.chip.exclusive_bus:
        _add_bus(model, problem, horizon)
    if instance.energy_limit_j is not None:
        limit = instance.energy_limit_j * (1 + ENERGY_TOLERANCE)
        spent, unit = energy_of(model, problem, horizon)
        if not isinstance(spent, int):
            model.energy_limit = pyo.Constraint(expr=spent <= limit / unit)
    if instance.objective == "weighted_latency":
        del model.makespan
        latency = sum(job.weight * (model.L[j] - job.release_ticks * tick) for j, job in enumerate(instance.jobs))
        model.latency = pyo.Objective(expr=latency, sense=pyo.minimize)
    elif instance.objective == "energy":
        del model.makespan
        spent, _ = energy_of(model, problem, horizon)
        model.energy = pyo.Objective(expr=spent + 0.0 * model.C, sense=pyo.minimize)


def _last(deadline: int | None, horizon: int) -> int:
    return horizon if deadline is None else min(deadline, horizon)


def _add_bus(model: pyo.ConcreteModel, problem: Problem, horizon: int) -> None:
    """*t* between producer and consumer; of two edges that cross, one is first: big-M rows, both ways."""
    import pyomo.environ as pyo

    plan, tick = problem.plan, model.tick.value
    edges = range(plan.source.size)
    able = [np.flatnonzero(row).tolist() for row in plan.able]

    def pairs(e: int) -> list[tuple[int, int]]:
        return [(m, c) for m in able[int(plan.source[e])] for c in able[int(plan.target[e])] if m != c]

    def duration(m: pyo.ConcreteModel, e: int) -> pyo.Expression:
        return sum(float(plan.hop[a, b] + plan.width[e]) * tick * m.w[e, a, b] for a, b in pairs(e))

    model.t = pyo.Var(edges, bounds=(0, horizon * tick))
    model.bus_early = pyo.Constraint(
        edges,
        rule=lambda m, e: (
            m.t[e]
            >= m.s[int(plan.source[e])]
            + sum(int(plan.ticks[plan.source[e], c]) * tick * m.a[int(plan.source[e]), c] for c in able[plan.source[e]])
        ),
    )
    model.bus_late = pyo.Constraint(edges, rule=lambda m, e: m.s[int(plan.target[e])] >= m.t[e] + duration(m, e))
    crossing = [(e, f) for e, f in combinations(edges, 2) if pairs(e) and pairs(f)]
    both = crossing + [(f, e) for e, f in crossing]
    model.b = pyo.Var(both, domain=pyo.Binary)
    model.bus_decided = pyo.Constraint(
        crossing,
        rule=lambda m, e, f: (
            m.b[e, f] + m.b[f, e] >= sum(m.w[e, c, d] for c, d in pairs(e)) + sum(m.w[f, c, d] for c, d in pairs(f)) - 1
        ),
    )
    model.bus_disjoint = pyo.Constraint(
        both, rule=lambda m, e, f: m.t[f] >= m.t[e] + duration(m, e) - horizon * tick * (1 - m.b[e, f])
    )


def energy_of(model: pyo.ConcreteModel, problem: Problem, horizon: int) -> tuple[pyo.Expression, float]:
    """The energy in units, and J in a unit: the greatest energy is 10^4 units."""
    uplink, instance, plan = problem.uplink, problem.instance, problem.plan
    sent = [(k, n, b, int(uplink.index[k])) for k, n, b in np.argwhere(uplink.rates > 0).tolist()]
    moved: dict[tuple[int, int, int], list[tuple[int, int]]] = {}
    for e, c, d in model.w:
        if c != d and instance.chip.joule_per_byte_hop:
            hops = int(instance.hops[c, d])
            moved.setdefault((e, int(plan.hop[c, d] + plan.width[e]), hops), []).append((c, d))
    energy = Energy.of(instance, sent, moved)
    most: dict[Key, int] = {("C",): horizon}
    most |= {("x", k, n, b): int(uplink.block_length[b]) for k, n, b, _ in sent}
    total = sum((abs(value) * most.get(key, 1) for key, value in energy.terms.items()), Fraction(0))
    unit = float(total) / LARGEST_ENERGY or 1.0
    expression: pyo.Expression = 0
    for key, value in energy.terms.items():
        factor = float(value) / unit
        if key[0] == "C":
            expression += factor / model.tick.value * model.C
        elif key[0] == "a":
            expression += factor * model.a[key[1:]]
        elif key[0] == "x":
            expression += factor * model.x[key[1:]]
        else:
            expression += factor * sum(model.w[key[1], c, d] for c, d in moved[key[1:]])  # type: ignore[index]
    return expression, unit


def objective_unit(model: pyo.ConcreteModel, problem: Problem, horizon: int) -> float:
    """What one of the model's units of the objective is, in ticks or J."""
    if problem.instance.objective == "energy":
        return energy_of(model, problem, horizon)[1]
    return 1.0 / float(model.tick.value)


def in_integers(
    problem: Problem, solution: WnpSolution, core: IntArray, start: Sequence[float], transfer: Sequence[float]
) -> WnpSolution | None:
    """``solution`` with everything as early as the arrivals, and the orders on cores and bus, let it.

    Times of a solver are inexact: they say who is first, no more. None if what they say is a circle.
    """
    plan, instance, uplink = problem.plan, problem.instance, problem.uplink
    count, edges = plan.order.size, plan.source.size
    place = {int(i): p for p, i in enumerate(plan.order)}
    ticks = [int(plan.ticks[i, core[i]]) for i in range(count)] + [
        0 if core[i] == core[j] else int(plan.hop[core[i], core[j]] + plan.width[e])
        for e, (i, j) in enumerate(zip(plan.source, plan.target, strict=True))
    ]
    begin = [*start, *transfer] if instance.chip.exclusive_bus else [*start]
    rank = [place[i] for i in range(count)] + [place[int(j)] for j in plan.target]
    arcs: list[tuple[int, int, int]] = []
    for e, (i, j) in enumerate(zip(plan.source.tolist(), plan.target.tolist(), strict=True)):
        if instance.chip.exclusive_bus and core[i] != core[j]:
            arcs += [(i, count + e, ticks[i]), (count + e, j, ticks[count + e])]
        else:
            arcs.append((i, j, ticks[i] + ticks[count + e]))
    lines = [[i for i in range(count) if core[i] == m] for m in range(len(instance.chip.cores))]
    if instance.chip.exclusive_bus:
        lines.append([count + e for e in range(edges) if core[plan.source[e]] != core[plan.target[e]]])
    for line in lines:
        # What takes no time goes first where begins are alike: strictly inside another it may not be.
        line.sort(key=lambda v: (round(begin[v] * 1000), min(ticks[v], 1), rank[v]))
        arcs += [(u, v, ticks[u]) for u, v in pairwise(line)]
    earliest = [int(r) for r in instance.release] + [0] * edges
    arrived = arrival_ticks(problem, solution)
    for k, members in enumerate(problem.readers):
        for i in members.tolist():
            earliest[i] = max(earliest[i], arrived[int(uplink.index[k])])
    try:
        order = topological_order(count + edges, [(u, v) for u, v, _ in arcs])
    except CycleError:
        return None
    after: dict[int, list[tuple[int, int]]] = {}
    for u, v, delay in arcs:
        after.setdefault(u, []).append((v, delay))
    for u in order:
        for v, delay in after.get(u, []):
            earliest[v] = max(earliest[v], earliest[u] + delay)
    names = [s.name for s in instance.subgraphs]
    transfers = None
    if instance.chip.exclusive_bus:
        transfers = {
            f"{names[plan.source[v - count]]}->{names[plan.target[v - count]]}": earliest[v] for v in lines[-1]
        }
    starts = {name: earliest[i] for i, name in enumerate(names)}
    return solution.model_copy(update={"start": starts, "transfer_start": transfers})


def arrival_ticks(problem: Problem, solution: WnpSolution) -> list[int]:
    """When each modality of the instance has arrived, by the table of slots."""
    instance = problem.instance
    missing = [m.payload_bits for m in instance.modalities]
    arrived = [0] * len(missing)
    for t, row in enumerate(solution.rb):
        for n, k in enumerate(row):
            if k is not None and missing[k] > 0:
                missing[k] -= instance.radio.bits_per_slot[k][n][t // instance.radio.block_slots]
                arrived[k] = (t + 1) * instance.radio.slot_ticks
    return arrived
