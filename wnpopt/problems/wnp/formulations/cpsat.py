"""CP-SAT model of wnp (``models/wnp/cpsat.md``): optional intervals, sign pairs for hops, integer slot counts.

Constraint numbers in the comments are those of the written model.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations
from typing import TYPE_CHECKING

import numpy as np

from wnpopt.core.budget import Budget
from wnpopt.problems.wnp.formulations.cpsat_model import CpsatModel
from wnpopt.problems.wnp.instance import IntArray, WnpInstance, is_plain
from wnpopt.problems.wnp.solution import WnpSolution

if TYPE_CHECKING:
    from ortools.sat.python import cp_model

    from wnpopt.problems.wnp.kernels.problem import Problem
    from wnpopt.problems.wnp.state import WnpState

SUBSETS_UP_TO = 5
"""Modalities for which Hall's condition is written for all subsets; above, along the deadlines' pairwise order."""


_BUILT_A_SECOND = 30_000
"""Core choices, for each subgraph and each edge, that are written into a model in a second of a slow core."""


def build(instance: WnpInstance) -> cp_model.CpModel:
    """The CP-SAT model of ``instance``; an energy is an integer in a unit of the model's own.

    Raises :class:`InputError` for a payload that all slots cannot carry.
    """
    from wnpopt.problems.wnp.formulations.uplink import deliverable

    compiled = compile_cpsat(deliverable(instance))
    assert compiled is not None, "without a budget there is always time"
    # In J a whole energy may be below 1e-4, which CP-SAT takes for nothing unless it is told otherwise.
    compiled.model.proto.objective.scaling_factor = 0.0
    return compiled.model


def compile_cpsat(
    problem: Problem,
    upper: int | None = None,
    lower: int = 0,
    subsets_up_to: int = SUBSETS_UP_TO,
    budget: Budget | None = None,
    state: WnpState | None = None,
) -> CpsatModel | None:
    """The model with makespans from ``lower`` (proved) to ``upper`` (known to be reached).

    ``state`` is that of a running plan, whose residual instance ``problem`` is. Where another objective is asked for,
    ``lower`` and ``upper`` are to be 0 and None. None if ``budget`` is exhausted before it is built, or would be half
    gone.
    """
    from wnpopt.problems.wnp.formulations.cpsat_radio import add_radio

    budget = budget or Budget(None)
    if not pays(problem, budget):
        return None
    empty = _empty(problem, upper, lower)
    if not add_radio(empty, subsets_up_to, budget):
        return None
    compiled = _with_compute(empty, budget)
    if compiled is not None and (state is not None or not is_plain(problem.instance)):
        from wnpopt.problems.wnp.formulations.cpsat_fields import add_fields

        add_fields(compiled, state)
        compiled.marks.add("exact")
    return compiled


def compile_master(
    problem: Problem,
    upper: int | None,
    lower: int,
    weights: Sequence[IntArray],
    no_goods: Sequence[IntArray],
    budget: Budget | None = None,
    surplus: float = 0.0,
) -> CpsatModel | None:
    """The model without slot counts; where cores are identical (and no bus is shared), without core choices, too.

    Arrivals are held by the cuts of ``weights`` (R7, with a ``surplus``) and by ``no_goods`` (R8) alone. None if
    ``budget`` is exhausted before it is built, or would be half gone.
    """
    from wnpopt.problems.wnp.formulations.cpsat_radio import add_arrivals, add_cut, add_no_good
    from wnpopt.problems.wnp.kernels.identical import cores_are_identical

    budget = budget or Budget(None)
    if not pays(problem, budget):
        return None
    empty = _empty(problem, upper, lower)
    if problem.uplink.count:
        add_arrivals(empty)
        for weight in weights:
            if budget.exhausted():
                return None
            add_cut(empty, weight, surplus)
        for no_good in no_goods:
            add_no_good(empty, no_good)
    if not problem.instance.chip.exclusive_bus:
        return _with_compute(empty, budget, pooled=cores_are_identical(problem.plan))
    from wnpopt.problems.wnp.formulations.cpsat_fields import add_fields

    master = _with_compute(empty, budget)
    if master is not None:
        add_fields(master, None)
        master.marks.add("exact")
    return master


def pays(problem: Problem, budget: Budget) -> bool:
    """False where building the compute side alone would take more than half of the time that is left."""
    subgraphs, cores = problem.plan.ticks.shape
    choices = (subgraphs + problem.plan.source.size) * cores
    return bool(choices / _BUILT_A_SECOND <= budget.remaining() / 2)


def _empty(problem: Problem, upper: int | None, lower: int) -> CpsatModel:
    from ortools.sat.python import cp_model

    horizon = _latest(problem) if upper is None else upper
    empty = CpsatModel(problem, cp_model.CpModel(), {}, horizon)
    empty.integer("C", min(lower, horizon), horizon)
    return empty


def _latest(problem: Problem) -> int:
    if is_plain(problem.instance):
        return problem.latest_makespan()
    from wnpopt.problems.wnp.formulations.horizon import latest_end

    return latest_end(problem)


def _with_compute(compiled: CpsatModel, budget: Budget, *, pooled: bool = False) -> CpsatModel | None:
    from wnpopt.problems.wnp.formulations.cpsat_compute import add_compute
    from wnpopt.problems.wnp.formulations.cpsat_identical import add_identical

    if not (add_identical if pooled else add_compute)(compiled, budget):
        return None
    compiled.model.minimize(compiled["C"])
    return compiled


def hint(compiled: CpsatModel, solution: WnpSolution) -> None:
    """Hand a valid solution to the model as a complete hint, if it has a place in it."""
    from wnpopt.problems.wnp.formulations.cpsat_compute import instants
    from wnpopt.problems.wnp.formulations.decisions import Decisions

    decisions = Decisions.of(compiled.problem, solution)
    if decisions is None:
        return
    uplink, plan = compiled.problem.uplink, compiled.problem.plan
    values: dict[str, int] = {"C": decisions.makespan}
    for k in range(uplink.count):
        values[f"T[{k}]"] = int(decisions.arrival[k])
        values |= _block_values(uplink.block_start, uplink.block_length, k, int(decisions.arrival[k]))
    for name in compiled.variables:
        if name.startswith("P["):
            inside, b = name[2:-1].split(",")
            values[name] = max(values[f"p[{k},{b}]"] for k in inside.split("+"))
    for k, n, b in np.argwhere(uplink.rates > 0):
        values[f"x[{k},{n},{b}]"] = int(decisions.count[k, n, b])
    for j, k in combinations(range(uplink.count), 2):
        values[f"o[{j},{k}]"] = int(decisions.arrival[j] <= decisions.arrival[k])
        values[f"o[{k},{j}]"] = int(decisions.arrival[k] <= decisions.arrival[j])
    for name in compiled.variables:
        if name.startswith("y["):
            due, by, n, b = name[2:-1].split(",")
            values[name] = values[f"o[{due},{by}]"] * values[f"x[{due},{n},{b}]"]
    for i, (core, start) in enumerate(zip(decisions.core, decisions.start, strict=True)):
        values[f"s[{i}]"], values[f"e[{i}]"] = int(start), int(start + plan.ticks[i, core])
        for c in range(plan.ticks.shape[1]):
            values[f"a[{i},{c}]"] = int(c == core)
    for e, (i, j) in enumerate(zip(plan.source, plan.target, strict=True)):
        values[f"d[{e}]"] = int(decisions.core[i] != decisions.core[j])
    for name in compiled.variables:
        if name.startswith("late["):
            late, limit = name[5:-1].split(",")
            values[name] = int(decisions.arrival[int(late)] > int(limit))
    for i, j, cores in instants(compiled.problem):
        values[f"meet[{i},{j}]"] = int(decisions.core[i] == decisions.core[j] and decisions.core[i] in cores)
        values[f"before[{i},{j}]"] = int(decisions.start[i] <= decisions.start[j])
    for m in range(plan.ticks.shape[1]):
        values[f"busy[{m}]"] = int((decisions.core == m).any())
    if "exact" in compiled.marks:
        from wnpopt.problems.wnp.formulations.cpsat_fields import hints

        values |= hints(compiled, decisions, solution)
    for name, variable in compiled.variables.items():
        compiled.model.add_hint(variable, values[name])


def _block_values(start: IntArray, length: IntArray, k: int, arrival: int) -> dict[str, int]:
    usable = np.clip(arrival - start, 0, length)
    values = {f"p[{k},{b}]": int(slots) for b, slots in enumerate(usable)}
    return values | {f"full[{k},{b}]": int(slots == length[b]) for b, slots in enumerate(usable)}


def decode(compiled: CpsatModel, values: tuple[float, ...]) -> WnpSolution:
    """The solution that a solver's values describe."""
    from wnpopt.problems.wnp.formulations.decisions import compose

    problem = compiled.problem
    uplink = problem.uplink
    count = np.zeros(uplink.rates.shape, dtype=np.int64)
    for k, n, b in np.argwhere(uplink.rates > 0):
        count[k, n, b] = compiled.value(values, f"x[{k},{n},{b}]")
    deadline = [compiled.value(values, f"T[{k}]") for k in range(uplink.count)]
    composed = compose(problem, deadline, count, *compiled.placement(values))
    if "exact" not in compiled.marks:
        return composed
    from wnpopt.problems.wnp.formulations.cpsat_fields import exact

    return exact(compiled, values, composed)
