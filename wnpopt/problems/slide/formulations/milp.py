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

from wnpopt.core.bound import Bound, best_bound
from wnpopt.core.errors import InputError
from wnpopt.core.method import Context, Method, Outcome
from wnpopt.core.proof import Proof
from wnpopt.core.result import Termination, WarmStart
from wnpopt.core.verdict import Verdict, compare
from wnpopt.problems.slide.formulations.clock import Clock, OutOfTime
from wnpopt.problems.slide.instance import SlideInstance
from wnpopt.problems.slide.solution import SlideSolution

if TYPE_CHECKING:
    import pyomo.environ as pyo

    from wnpopt.backends.ending import Report
    from wnpopt.core.budget import Budget
    from wnpopt.problems.slide.columnar.columns import FloatArray
    from wnpopt.problems.slide.kernels.needs import Needs
    from wnpopt.problems.slide.selection.plan import Plan

MOST_STEPS = 60_000
"""Binary steps of transmissions beyond which the multicast model is thinned (about 200 users with 3 models)."""
_THIN_STEPS, _THIN_ENTRIES, _MOST_PAIRS = 4_000, 80_000, 60_000
"""Size of a thinned model, and the pairs beyond which even that is too large for a modelling layer in Python."""
_LARGEST_INTEGER = 2**20
"""Integer values up to this are handed over as they are: a solver's tolerances tell them apart."""
_TOLERANCE = 2e-9
"""What the solver's bound may be off by, relative to the sum of all values: its dual tolerance, twice."""
_HANDING = 0.5
"""The time that handing a model over takes, in parts of the time that building it took, at most."""


_NO_TIME = "no time was left for a model; what was known before stands"


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
        return _unicast(needs, capacity, 1.0, Clock())
    return _multicast(needs, capacity, steps_of(needs, capacity, thin), 1.0, Clock())


def objective_unit(values: FloatArray) -> float:
    """What the values are divided by for a solver with absolute tolerances: a power of two, 1 for small integers."""
    top = float(values.max()) if values.size else 0.0
    if top == 0 or (top <= _LARGEST_INTEGER and bool((values == np.floor(values)).all())):
        return 1.0
    return math.ldexp(1.0, math.frexp(top)[1] - 10)


def _unicast(needs: Needs, capacity: float, unit: float, clock: Clock) -> pyo.ConcreteModel:
    import pyomo.environ as pyo

    columns = needs.columns
    scale = _scale(needs, capacity)
    cached = columns.cache_bits is not None
    costs = needs.costs
    pairs = [
        (u, j)
        for u in clock.each(range(columns.users))
        for j in _choices(needs, u)
        if costs[u, j] <= capacity and columns.model_bits[j] <= needs.cache
    ]
    by_user: dict[int, list[int]] = {}
    for u, j in pairs:
        by_user.setdefault(u, []).append(j)
    model = pyo.ConcreteModel(name="slide")
    model.PAIRS = pyo.Set(initialize=pairs, dimen=2)
    clock.check()
    model.x = pyo.Var(model.PAIRS, domain=pyo.Binary)
    model.objective = pyo.Objective(
        expr=pyo.quicksum(float(columns.values[u]) / unit * model.x[u, j] for u, j in clock.each(pairs)),
        sense=pyo.maximize,
    )

    def one_model(m: pyo.ConcreteModel, u: int) -> object:
        return pyo.Constraint.Skip if clock.over() else pyo.quicksum(m.x[u, j] for j in by_user[u]) <= 1

    model.S1_one_model = pyo.Constraint(sorted(u for u, js in by_user.items() if len(js) > 1), rule=one_model)
    if pairs:
        model.S2_bandwidth = pyo.Constraint(
            expr=pyo.quicksum(float(costs[u, j]) / scale * model.x[u, j] for u, j in clock.each(pairs))
            <= capacity / scale
        )
    if cached and pairs:
        models = sorted({j for _, j in pairs})
        model.z = pyo.Var(models, domain=pyo.Binary)

        def is_open(m: pyo.ConcreteModel, u: int, j: int) -> object:
            return pyo.Constraint.Skip if clock.over() else m.x[u, j] <= m.z[j]

        model.S3_open = pyo.Constraint(model.PAIRS, rule=is_open)
        model.S4_cache = pyo.Constraint(expr=_cache(needs, models, model.z))
    clock.check()
    return model


def _choices(needs: Needs, user: int) -> list[int]:
    """Models worth a variable: all usable ones under a cache limit, else the cheapest alone."""
    costs = needs.costs[user]
    usable = np.flatnonzero(np.isfinite(costs)).tolist()
    if needs.columns.cache_bits is not None or len(usable) <= 1:
        return usable
    return [int(np.argmin(costs))]


def _multicast(needs: Needs, capacity: float, levels: list[Steps], unit: float, clock: Clock) -> pyo.ConcreteModel:
    import pyomo.environ as pyo

    columns = needs.columns
    scale = _scale(needs, capacity)
    model = pyo.ConcreteModel(name="slide")
    index = [(n, k) for n, level in enumerate(levels) for k in range(len(level.cost))]
    reach: dict[int, list[tuple[int, int]]] = {}
    for n, level in enumerate(levels):
        for u, k in clock.each(zip(level.user, level.position, strict=True)):
            reach.setdefault(u, []).append((n, k))
    users = sorted(reach)
    model.STEPS = pyo.Set(initialize=index, dimen=2)
    clock.check()
    model.y = pyo.Var(model.STEPS, domain=pyo.Binary)
    model.x = pyo.Var(users, bounds=(0, 1))
    model.objective = pyo.Objective(
        expr=pyo.quicksum(float(columns.values[u]) / unit * model.x[u] for u in clock.each(users)), sense=pyo.maximize
    )

    def step_by_step(m: pyo.ConcreteModel, n: int, k: int) -> object:
        return pyo.Constraint.Skip if clock.over() else m.y[n, k] <= m.y[n, k - 1]

    model.M1_steps = pyo.Constraint([(n, k) for n, k in index if k > 0], rule=step_by_step)
    by_model: dict[int, list[int]] = {}
    for n, level in enumerate(levels):
        by_model.setdefault(level.model, []).append(n)
    model.M2_one_transmission = pyo.Constraint(
        sorted(by_model), rule=lambda m, j: pyo.quicksum(m.y[n, 0] for n in by_model[j]) <= 1
    )

    def reached(m: pyo.ConcreteModel, u: int) -> object:
        total = pyo.quicksum(m.y[n, k] for n, k in reach[u] if not clock.over())
        return pyo.Constraint.Skip if clock.over() else m.x[u] <= total

    model.M3_reach = pyo.Constraint(users, rule=reached)
    if index:
        model.M4_bandwidth = pyo.Constraint(
            expr=pyo.quicksum(
                (levels[n].cost[k] - (levels[n].cost[k - 1] if k else 0.0)) / scale * model.y[n, k]
                for n, k in clock.each(index)
            )
            <= capacity / scale
        )
    if columns.cache_bits is not None and index:
        models = sorted(by_model)
        model.z = pyo.Var(models, domain=pyo.Binary)
        model.M5_open = pyo.Constraint(models, rule=lambda m, j: pyo.quicksum(m.y[n, 0] for n in by_model[j]) <= m.z[j])
        model.M6_cache = pyo.Constraint(expr=_cache(needs, models, model.z))
    clock.check()
    return model


def steps_of(needs: Needs, capacity: float, thin: Thin = Thin.NO, clock: Clock | None = None) -> list[Steps]:
    """The levels of all transmissions; thinned as ``models/slide/milp.md`` says.

    Raises :class:`InputError` where there are too many steps for a model.
    """
    from wnpopt.problems.slide.kernels.link import bands_at
    from wnpopt.problems.slide.selection.multicast import usable

    columns = needs.columns
    clock = Clock() if clock is None else clock
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
        for interval in clock.each(_intervals(np.unique(rates), most_rates)):
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


def solve(instance: SlideInstance, context: Context[SlideSolution]) -> Outcome[SlideSolution]:
    """Solve under the verifier's tolerance for a bound, and under the exact limits if that plan does not keep them."""
    from wnpopt.backends.stopping import run_stoppable
    from wnpopt.problems.slide.kernels.needs import Needs
    from wnpopt.problems.slide.selection.exact import prove
    from wnpopt.problems.slide.selection.plan import Plan, allocate, fits, repaired, value_of

    columns = instance.columns
    exact, relaxed = Needs.of(columns), Needs.of(columns, relaxed=True)
    thinned = columns.multicast and not fits_whole(relaxed)
    if context.budget.exhausted():
        return Outcome(None, context.budget.why_over(), message=_NO_TIME)
    if thinned and columns.users * columns.models > _MOST_PAIRS:
        return Outcome(None, Termination.HEURISTIC, message="too large for a model; the greedy plan stands")
    if thinned:
        first = _solve(
            relaxed, relaxed.capacity, context, context.budget.share(context.budget.remaining() / 2), Thin.BOUND
        )
        solved = [first]
        bounds = _tell_bound(context, relaxed, first)
        solved.append(_solve(exact, exact.capacity, context, context.budget, Thin.PLAN))
    else:
        first = _solve(relaxed, relaxed.capacity, context, context.budget)
        solved = [first]
        bounds = _tell_bound(context, relaxed, first)
        _tell_plan(context, exact, first)
        if first.plan is not None and not fits(exact, first.plan):
            # Some limit is met within the tolerance only. HiGHS may still exceed the exact limit by its own
            # tolerance: then a band that is narrower by that.
            for capacity in (exact.capacity, exact.capacity * (1 - 4e-9)):
                again = _solve(exact, capacity, context, context.budget)
                solved.append(again)
                if again.plan is None or fits(exact, again.plan):
                    break
    build_s = sum(each.build_s for each in solved)
    notes = list(dict.fromkeys(each.message for each in solved if each.message))
    termination = solved[-1 if thinned else 0].termination
    plans = [repaired(exact, each.plan) for each in solved if each.plan is not None]
    found_by, ended = "milp", first.termination is Termination.PROVED and not thinned
    if not plans and not ended:
        return Outcome(None, termination, bounds, first.warm_start, build_s=build_s, message="; ".join(notes))
    best = max(plans, key=lambda plan: value_of(exact, plan), default=Plan.empty())
    if ended and not _is_proved(instance, exact, best, bounds):
        # The integers are too large for a proof in floating point: the tables' are exact (None without such).
        exactly = run_stoppable(lambda flag: prove(columns, exact, flag), context.budget)
        if exactly is not None and exactly.bound is not None:
            bounds = (*bounds, Bound(exactly.bound, "dp"))
        if exactly is not None and exactly.value > value_of(exact, best):
            best, found_by = exactly.plan, "dp"
    proved = _is_proved(instance, exact, best, bounds)
    if termination is Termination.PROVED and not proved:
        termination = Termination.HEURISTIC
    if thinned and not proved:
        notes.insert(0, "a thinned model: its bound and its plan are valid, but may not meet")
    return Outcome(
        allocate(exact, best).to_solution(columns),
        termination,
        bounds,
        first.warm_start,
        found_by=found_by,
        build_s=build_s,
        message="; ".join(notes),
    )


def _is_proved(instance: SlideInstance, exact: Needs, plan: Plan, bounds: tuple[Bound, ...]) -> bool:
    from wnpopt.problems.slide.methods.refusals import has_integer_objective
    from wnpopt.problems.slide.selection.plan import value_of

    best = best_bound(bounds, "max")
    judged = compare(value_of(exact, plan), best.value if best else None, "max", has_integer_objective(instance))
    return judged.verdict is Verdict.PROVED


def _tell_bound(context: Context[SlideSolution], needs: Needs, solved: _Solved) -> tuple[Bound, ...]:
    """The solver's bound, weakened by what it may be off by, to the trace too."""
    from wnpopt.problems.slide.selection.unicast import common_step

    told = None if solved.report is None else solved.report.bound
    if told is None or not math.isfinite(told):
        return ()
    values = needs.columns.values
    value = told + _TOLERANCE * (math.fsum(values) + abs(told)) + _TOLERANCE * objective_unit(values)
    step = common_step(values)
    bound = Bound(math.floor(value / step + 1e-6) * step if step > 0 else value, "milp")
    context.trace.bound(bound.value, bound.source)
    return (bound,)


def _tell_plan(context: Context[SlideSolution], exact: Needs, solved: _Solved) -> None:
    if solved.plan is not None:
        context.trace.incumbent(*_priced(exact, solved.plan))


@dataclass(frozen=True)
class _Solved:
    """A solver's run and its plan; without a report there was no time for it."""

    report: Report | None
    plan: Plan | None
    build_s: float
    termination: Termination
    message: str = ""

    @property
    def warm_start(self) -> WarmStart:
        return WarmStart.NONE if self.report is None else self.report.warm_start


def _solve(
    needs: Needs, capacity: float, context: Context[SlideSolution], budget: Budget, thin: Thin = Thin.NO
) -> _Solved:
    import time

    import pyomo.environ as pyo

    from wnpopt.backends.ending import Ending, Report
    from wnpopt.backends.highs import solve_highs
    from wnpopt.problems.slide.kernels.needs import Needs
    from wnpopt.problems.slide.selection.plan import Plan

    began = time.perf_counter()
    unit = objective_unit(needs.columns.values)
    clock = Clock(budget)
    try:
        clock.check()
        levels = steps_of(needs, capacity, thin, clock) if needs.columns.multicast else []
        model = (
            _multicast(needs, capacity, levels, unit, clock)
            if needs.columns.multicast
            else _unicast(needs, capacity, unit, clock)
        )
    except OutOfTime:
        return _Solved(None, None, time.perf_counter() - began, budget.why_over(), _NO_TIME)
    if next(model.component_data_objects(pyo.Var), None) is None:
        nobody = Report(Ending.OPTIMAL, 0.0, 0.0, (), WarmStart.NONE, "", 0.0)
        return _Solved(nobody, Plan.empty(), time.perf_counter() - began, Termination.PROVED)
    started = thin is not Thin.BOUND and _hand_start(needs, model, levels, context)
    build_s = time.perf_counter() - began
    if budget.remaining() <= _HANDING * build_s or budget.exhausted():
        return _Solved(None, None, build_s, budget.why_over(), _NO_TIME)
    variables = [variable.name for variable in model.component_data_objects(pyo.Var, active=True)]
    exact = Needs.of(needs.columns) if needs.relaxed else needs

    def decode(values: tuple[float, ...]) -> tuple[float, SlideSolution] | None:
        return _priced(exact, _decode(needs, levels, dict(zip(variables, values, strict=True))))

    # A relaxation's plans are no plans, and of a restriction's bounds none holds.
    trace = context.trace if thin is Thin.NO and needs.relaxed else None
    report = solve_highs(model, budget, trace, warm_start=started, unit=unit, decode=decode if trace else None)
    message = report.message if report.ending is Ending.FAILED else ""
    if thin is Thin.BOUND or report.values is None or len(report.values) != len(variables):
        if thin is not Thin.BOUND and report.ending is Ending.OPTIMAL:
            message = "HiGHS calls its answer optimal but gives none"
        return _Solved(report, None, build_s, report.termination(), message)
    plan = _decode(needs, levels, dict(zip(variables, report.values, strict=True)))
    return _Solved(report, plan, build_s, report.termination(), message)


def _priced(exact: Needs, plan: Plan) -> tuple[float, SlideSolution]:
    """What is left of ``plan`` under the exact limits, with its value."""
    from wnpopt.problems.slide.selection.plan import allocate, repaired, value_of

    kept = repaired(exact, plan)
    return value_of(exact, kept), allocate(exact, kept).to_solution(exact.columns)


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
        top = sum(1 for k in range(len(level.cost)) if values.get(f"y[{n},{k}]", 0.0) > 0.5)
        if top:
            reached = reached_by(needs, level.model, level.rate, level.cost[top - 1]) & (model < 0)
            model[reached] = level.model
    return Plan.of(model >= 0, model)


def _hand_start(needs: Needs, model: pyo.ConcreteModel, levels: list[Steps], context: Context[SlideSolution]) -> bool:
    """Give the variables the values of the warm start; False if there is none or it does not fit this model."""
    from wnpopt.problems.slide.columnar.allocation import allocation_of

    if context.start is None:
        return False
    columns = needs.columns
    start = allocation_of(columns, context.start.solution)
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
    proves=Proof.OPTIMALITY,
    when="every mix of variants",
    run=solve,
    modules=("numba", "pyomo", "highspy"),
    timed=True,
    warm_startable=True,
)
