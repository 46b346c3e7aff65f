"""milp: selection as a mixed-integer linear program, for every mix of variants. See ``models/slide/milp.md``.

Everything continuous is gone: a pair of user and model costs its least bandwidth (unicast), a transmission of a model
the bandwidth that carries its rate to its users (multicast).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING

import numpy as np

from wnpopt.core.bound import Bound
from wnpopt.core.errors import InputError
from wnpopt.core.method import Method, Outcome, Run
from wnpopt.core.result import Termination, WarmStart
from wnpopt.problems.slide.instance import SlideInstance
from wnpopt.problems.slide.solution import SlideSolution

if TYPE_CHECKING:
    import pyomo.environ as pyo

    from wnpopt.backends.report import Report
    from wnpopt.core.budget import Budget
    from wnpopt.problems.slide.columns import FloatArray
    from wnpopt.problems.slide.kernels.needs import Needs
    from wnpopt.problems.slide.selection.plan import Plan

MOST_STEPS = 60_000
"""Binary steps of transmissions beyond which the multicast model is thinned (about 200 users with 3 models)."""
_THIN_STEPS, _THIN_ENTRIES, _MOST_PAIRS = 4_000, 80_000, 60_000
"""Size of a thinned model, and the pairs beyond which even that is too large for a modelling layer in Python."""
_BOUND_SLACK = 1e-9


class Thin(Enum):
    """How a model that would be too large is thinned: not at all; to a relaxation; to a restriction."""

    NO = "no"
    BOUND = "bound"
    PLAN = "plan"


@dataclass(frozen=True)
class Steps:
    """One level of a model's transmission: users of at most ``rate``, by growing ``cost`` (distinct values)."""

    model: int
    rate: float
    cost: tuple[float, ...]
    user: tuple[int, ...]
    position: tuple[int, ...]


def build(instance: SlideInstance) -> pyo.ConcreteModel:
    """The MILP of ``instance`` with its limits as they are. Raises :class:`InputError` if it is too large."""
    from wnpopt.problems.slide.kernels.needs import Needs

    return model_of(Needs.of(instance.columns))


def model_of(needs: Needs, capacity: float | None = None, thin: Thin = Thin.NO) -> pyo.ConcreteModel:
    """The MILP under ``needs``; costs are in resource blocks or in parts of the bandwidth."""
    capacity = needs.capacity if capacity is None else capacity
    if not needs.columns.multicast:
        return _unicast(needs, capacity)
    return _multicast(needs, capacity, steps_of(needs, capacity, thin))


def _unicast(needs: Needs, capacity: float) -> pyo.ConcreteModel:
    import pyomo.environ as pyo

    columns = needs.columns
    scale = _scale(needs, capacity)
    cached = columns.cache_bits is not None
    costs = needs.costs
    pairs = [
        (u, j)
        for u in range(columns.users)
        for j in _choices(needs, u)
        if costs[u, j] <= capacity and columns.model_bits[j] <= needs.cache
    ]
    by_user: dict[int, list[int]] = {}
    for u, j in pairs:
        by_user.setdefault(u, []).append(j)
    model = pyo.ConcreteModel(name="slide")
    model.PAIRS = pyo.Set(initialize=pairs, dimen=2)
    model.x = pyo.Var(model.PAIRS, domain=pyo.Binary)
    model.objective = pyo.Objective(
        expr=pyo.quicksum(float(columns.values[u]) * model.x[u, j] for u, j in pairs), sense=pyo.maximize
    )
    model.S1_one_model = pyo.Constraint(
        sorted(u for u, js in by_user.items() if len(js) > 1),
        rule=lambda m, u: pyo.quicksum(m.x[u, j] for j in by_user[u]) <= 1,
    )
    if pairs:
        model.S2_bandwidth = pyo.Constraint(
            expr=pyo.quicksum(float(costs[u, j]) / scale * model.x[u, j] for u, j in pairs) <= capacity / scale
        )
    if cached and pairs:
        models = sorted({j for _, j in pairs})
        model.z = pyo.Var(models, domain=pyo.Binary)
        model.S3_open = pyo.Constraint(model.PAIRS, rule=lambda m, u, j: m.x[u, j] <= m.z[j])
        model.S4_cache = pyo.Constraint(expr=_cache(needs, models, model.z))
    return model


def _choices(needs: Needs, user: int) -> list[int]:
    """Models worth a variable: all usable ones under a cache limit, else the cheapest alone."""
    costs = needs.costs[user]
    usable = np.flatnonzero(np.isfinite(costs)).tolist()
    if needs.columns.cache_bits is not None or len(usable) <= 1:
        return usable
    return [int(np.argmin(costs))]


def _multicast(needs: Needs, capacity: float, levels: list[Steps]) -> pyo.ConcreteModel:
    import pyomo.environ as pyo

    columns = needs.columns
    scale = _scale(needs, capacity)
    model = pyo.ConcreteModel(name="slide")
    index = [(n, k) for n, level in enumerate(levels) for k in range(len(level.cost))]
    reach: dict[int, list[tuple[int, int]]] = {}
    for n, level in enumerate(levels):
        for u, k in zip(level.user, level.position, strict=True):
            reach.setdefault(u, []).append((n, k))
    users = sorted(reach)
    model.STEPS = pyo.Set(initialize=index, dimen=2)
    model.y = pyo.Var(model.STEPS, domain=pyo.Binary)
    model.x = pyo.Var(users, bounds=(0, 1))
    model.objective = pyo.Objective(
        expr=pyo.quicksum(float(columns.values[u]) * model.x[u] for u in users), sense=pyo.maximize
    )
    model.M1_steps = pyo.Constraint(
        [(n, k) for n, k in index if k > 0], rule=lambda m, n, k: m.y[n, k] <= m.y[n, k - 1]
    )
    by_model: dict[int, list[int]] = {}
    for n, level in enumerate(levels):
        by_model.setdefault(level.model, []).append(n)
    model.M2_one_transmission = pyo.Constraint(
        sorted(by_model), rule=lambda m, j: pyo.quicksum(m.y[n, 0] for n in by_model[j]) <= 1
    )
    model.M3_reach = pyo.Constraint(users, rule=lambda m, u: m.x[u] <= pyo.quicksum(m.y[n, k] for n, k in reach[u]))
    if index:
        model.M4_bandwidth = pyo.Constraint(
            expr=pyo.quicksum(
                (levels[n].cost[k] - (levels[n].cost[k - 1] if k else 0.0)) / scale * model.y[n, k] for n, k in index
            )
            <= capacity / scale
        )
    if columns.cache_bits is not None and index:
        models = sorted(by_model)
        model.z = pyo.Var(models, domain=pyo.Binary)
        model.M5_open = pyo.Constraint(models, rule=lambda m, j: pyo.quicksum(m.y[n, 0] for n in by_model[j]) <= m.z[j])
        model.M6_cache = pyo.Constraint(expr=_cache(needs, models, model.z))
    return model


def steps_of(needs: Needs, capacity: float, thin: Thin = Thin.NO) -> list[Steps]:
    """The levels of all transmissions; thinned as ``models/slide/milp.md`` says.

    Raises :class:`InputError` where there are too many steps for a model.
    """
    from wnpopt.problems.slide.kernels.link import bands_at
    from wnpopt.problems.slide.selection.multicast import usable

    columns = needs.columns
    able = usable(needs)
    if thin is Thin.NO and not fits_whole(needs):
        raise InputError(f"more than {MOST_STEPS} steps of transmissions; a smaller instance is needed", where="users")
    share = max(1, columns.models)
    most_rates = most_costs = max(columns.users, 1)
    if thin is not Thin.NO:
        most_rates = int(max(2, min(math.sqrt(_THIN_STEPS / share), _THIN_ENTRIES / max(1, able.sum()))))
        most_costs = int(max(2, _THIN_STEPS / share / most_rates))
    end = 0 if thin is Thin.BOUND else -1
    levels = []
    for j in range(columns.models):
        if columns.model_bits[j] > needs.cache:
            continue
        users = np.flatnonzero(able[:, j])
        rates = 1.0 / needs.inverse_rate[users, j]
        for interval in _intervals(np.unique(rates), most_rates):
            rate = float(interval[end])
            members = users[rates <= interval[-1]]
            costs = needs.in_units(bands_at(rate, columns.efficiency[members], columns.snr_hz[members]))
            members, costs = members[costs <= capacity], costs[costs <= capacity]
            if members.size == 0:
                continue
            parts = _intervals(np.unique(costs), most_costs)
            position = np.searchsorted(np.array([part[-1] for part in parts]), costs)
            steps = tuple(float(part[end]) for part in parts)
            levels.append(Steps(j, rate, steps, tuple(members.tolist()), tuple(position.tolist())))
    return levels


def fits_whole(needs: Needs) -> bool:
    """True if the multicast model need not be thinned."""
    from wnpopt.problems.slide.selection.multicast import usable

    return sum(int(n) * (int(n) + 1) // 2 for n in usable(needs).sum(axis=0)) <= MOST_STEPS


def _intervals(values: FloatArray, most: int) -> list[FloatArray]:
    """Growing ``values`` in at most ``most`` runs of about equal length."""
    return np.array_split(values, min(most, values.size)) if values.size else []


def _scale(needs: Needs, capacity: float) -> float:
    """Blocks stay whole numbers; Hz become parts of the band, so that HiGHS's tolerances mean something."""
    return 1.0 if needs.columns.resource_block_hz is not None else max(capacity, 1e-300)


def _cache(needs: Needs, models: list[int], z: pyo.Var) -> object:
    import pyomo.environ as pyo

    limit = max(needs.cache, 1e-300)
    return pyo.quicksum(float(needs.columns.model_bits[j]) / limit * z[j] for j in models) <= 1.0


def run(instance: SlideInstance, run: Run[SlideSolution]) -> Outcome[SlideSolution]:
    """Solve under the verifier's tolerance for a bound, and under the exact limits if that plan does not keep them."""
    from wnpopt.problems.slide.kernels.needs import Needs
    from wnpopt.problems.slide.selection.plan import allocate, fits, repaired, value_of

    columns = instance.columns
    exact, relaxed = Needs.of(columns), Needs.of(columns, relaxed=True)
    thinned = columns.multicast and not fits_whole(relaxed)
    if thinned and columns.users * columns.models > _MOST_PAIRS:
        return Outcome(None, Termination.HEURISTIC, message="too large for a model; the greedy plan stands")
    if thinned:
        first = _solve(relaxed, relaxed.capacity, run, run.budget.share(run.budget.remaining() / 2), Thin.BOUND)
        solved = [first, _solve(exact, exact.capacity, run, run.budget, Thin.PLAN)]
    else:
        first = _solve(relaxed, relaxed.capacity, run, run.budget)
        solved = [first]
        if first.plan is not None and not fits(exact, first.plan):
            # Some limit is met within the tolerance only. HiGHS may still exceed the exact limit by its own
            # tolerance: then a band that is narrower by that.
            for capacity in (exact.capacity, exact.capacity * (1 - 4e-9)):
                again = _solve(exact, capacity, run, run.budget)
                solved.append(again)
                if again.plan is None or fits(exact, again.plan):
                    break
    bounds = _bounds(needs=relaxed, report=first.report)
    build_s = sum(each.build_s for each in solved)
    message = "a thinned model: its bound and its plan are valid, but may not meet" if thinned else ""
    plans = [repaired(exact, each.plan) for each in solved if each.plan is not None]
    termination = solved[-1 if thinned else 0].report.termination()
    if not plans:
        return Outcome(None, termination, bounds, first.report.warm_start, build_s=build_s, message=message)
    best = max(plans, key=lambda plan: value_of(exact, plan))
    proved = bool(bounds) and value_of(exact, best) >= bounds[0].value * (1 - 1e-7)
    if termination is Termination.PROVED and not proved:
        termination = Termination.HEURISTIC
    return Outcome(
        allocate(exact, best).to_solution(columns),
        termination,
        bounds,
        first.report.warm_start,
        found_by="milp",
        build_s=build_s,
        message=message if not proved else "",
    )


def _bounds(needs: Needs, report: Report) -> tuple[Bound, ...]:
    from wnpopt.problems.slide.selection.unicast import common_step

    if report.bound is None:
        return ()
    step = common_step(needs.columns.values)
    value = report.bound + _BOUND_SLACK * abs(report.bound)
    return (Bound(math.floor(value / step + 1e-6) * step if step > 0 else value, "milp"),)


@dataclass(frozen=True)
class _Solved:
    report: Report
    plan: Plan | None
    build_s: float


def _solve(needs: Needs, capacity: float, run: Run[SlideSolution], budget: Budget, thin: Thin = Thin.NO) -> _Solved:
    import time

    import pyomo.environ as pyo

    from wnpopt.backends.highs import solve_highs
    from wnpopt.backends.report import Ending, Report
    from wnpopt.problems.slide.selection.plan import Plan

    began = time.perf_counter()
    levels = steps_of(needs, capacity, thin) if needs.columns.multicast else []
    model = _multicast(needs, capacity, levels) if needs.columns.multicast else _unicast(needs, capacity)
    if next(model.component_data_objects(pyo.Var), None) is None:
        nobody = Report(Ending.OPTIMAL, 0.0, 0.0, (), WarmStart.NONE, "", 0.0)
        return _Solved(nobody, Plan.empty(), time.perf_counter() - began)
    started = thin is not Thin.BOUND and _hand_start(needs, model, levels, run)
    build_s = time.perf_counter() - began
    # A relaxation's plans are no plans.
    trace = run.trace if needs.relaxed and thin is Thin.NO else None
    report = solve_highs(model, budget, trace, warm_start=started)
    if report.values is None:
        return _Solved(report, None, build_s)
    values = {
        variable.name: value
        for variable, value in zip(model.component_data_objects(pyo.Var, active=True), report.values, strict=True)
    }
    return _Solved(report, None if thin is Thin.BOUND else _decode(needs, levels, values), build_s)


def _decode(needs: Needs, levels: list[Steps], values: dict[str, float]) -> Plan:
    from wnpopt.problems.slide.selection.multicast import reached_by
    from wnpopt.problems.slide.selection.plan import Plan

    columns = needs.columns
    model = np.full(columns.users, -1, dtype=np.int64)
    if not columns.multicast:
        for u in range(columns.users):
            for j in _choices(needs, u):
                if values.get(f"x[{u},{j}]", 0.0) > 0.5:
                    model[u] = j
        return Plan.of(model >= 0, model)
    for n, level in enumerate(levels):
        top = sum(1 for k in range(len(level.cost)) if values[f"y[{n},{k}]"] > 0.5)
        if top:
            reached = reached_by(needs, level.model, level.rate, level.cost[top - 1]) & (model < 0)
            model[reached] = level.model
    return Plan.of(model >= 0, model)


def _hand_start(needs: Needs, model: pyo.ConcreteModel, levels: list[Steps], run: Run[SlideSolution]) -> bool:
    """Give the variables the values of the warm start; False if there is none or it does not fit this model."""
    from wnpopt.problems.slide.allocation import allocation_of

    if run.start is None:
        return False
    columns = needs.columns
    start = allocation_of(columns, run.start.solution)
    for variable in model.component_data_objects(ctype=_variables()):
        variable.set_value(0.0)
    served = {int(u): int(j) for u, j in zip(start.user, start.model, strict=True)}
    opened = set(served.values())
    if hasattr(model, "z"):
        for j in model.z:
            model.z[j].set_value(1.0 if j in opened else 0.0)
    if not columns.multicast:
        for u, j in served.items():
            cheapest = _choices(needs, u)
            chosen = j if j in cheapest else (cheapest[0] if cheapest else -1)
            if (u, chosen) not in model.PAIRS:
                return False
            model.x[u, chosen].set_value(1.0)
        return True
    for j in sorted(opened):
        members = [u for u, k in served.items() if k == j]
        inverse = needs.inverse_rate[members, j]
        if not (inverse > 0).all():
            return False
        rate = float((1.0 / inverse).max())
        found = next((n for n, level in enumerate(levels) if level.model == j and level.rate == rate), None)
        if found is None:
            return False
        positions = dict(zip(levels[found].user, levels[found].position, strict=True))
        if any(u not in positions for u in members):
            return False
        for k in range(max(positions[u] for u in members) + 1):
            model.y[found, k].set_value(1.0)
    for u in served:
        model.x[u].set_value(1.0)
    return True


def _variables() -> type:
    import pyomo.environ as pyo

    variable: type = pyo.Var
    return variable


METHOD = Method(
    family="slide",
    name="milp",
    summary="mixed-integer linear program over least bandwidths and transmissions (Pyomo, HiGHS)",
    proves="optimality for every mix of variants, given time",
    run=run,
    modules=("numba", "pyomo", "highspy"),
    timed=True,
    warm_startable=True,
)
