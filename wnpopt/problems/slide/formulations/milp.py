"""The selection as a mixed-integer linear program, for every mix of variants. See ``models/slide/milp.md``.

Everything continuous is gone: a pair of user and model costs its least bandwidth (unicast), a transmission of a model
the bandwidth that carries its rate to its users (multicast).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING

import numpy as np

from wnpopt.core.errors import InputError
from wnpopt.problems.slide.formulations.clock import Clock
from wnpopt.problems.slide.instance import SlideInstance

if TYPE_CHECKING:
    import pyomo.environ as pyo

    from wnpopt.problems.slide.columnar.columns import FloatArray
    from wnpopt.problems.slide.kernels.needs import Needs
    from wnpopt.problems.slide.selection.plan import Assignment
    from wnpopt.problems.slide.solution import SlideSolution

MOST_STEPS = 60_000
"""Binary steps of transmissions beyond which the multicast model is thinned (about 200 users with 3 models)."""
_THIN_STEPS, _THIN_ENTRIES = 4_000, 80_000
"""Size of a thinned model."""
_LARGEST_INTEGER = 2**20
"""Integer values up to this are handed over as they are: a solver's tolerances tell them apart."""
_SMALLEST_WEIGHT, _LARGEST_WEIGHT = 1e-3, 1e9
"""Where the greatest weight lies in a model that others solve, in the instance's own unit."""


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


@dataclass(frozen=True, eq=False)
class SelectionModel:
    """A built model, with what its values are read by: the needs and the transmissions' ``levels`` (unicast: none)."""

    needs: Needs
    levels: list[Steps]
    model: pyo.ConcreteModel

    @property
    def variables(self) -> list[str]:
        """Names of the variables, in the order in which a solver gives their values."""
        import pyomo.environ as pyo

        return [variable.name for variable in self.model.component_data_objects(pyo.Var, active=True)]

    @property
    def empty(self) -> bool:
        """True where nobody can be served, so that there is nothing to decide."""
        import pyomo.environ as pyo

        return next(self.model.component_data_objects(pyo.Var), None) is None

    def decode(self, names: Sequence[str], numbers: Sequence[float]) -> Assignment:
        """The plan of the values ``numbers`` of the variables ``names``."""
        from wnpopt.problems.slide.selection.multicast import reached_by
        from wnpopt.problems.slide.selection.plan import Assignment

        needs, values = self.needs, dict(zip(names, numbers, strict=True))
        columns = needs.columns
        model = np.full(columns.users, -1, dtype=np.int64)
        if not columns.multicast:
            for u in range(columns.users):
                for j in _choices(needs, u):
                    if values.get(f"x[{u},{j}]", 0.0) > 0.5:
                        model[u] = j
            return Assignment.of(model >= 0, model)
        for n, level in enumerate(self.levels):
            top = sum(1 for k in range(len(level.cost)) if values.get(f"y[{n},{k}]", 0.0) > 0.5)
            if top:
                reached = reached_by(needs, level.model, level.rate, level.cost[top - 1]) & (model < 0)
                model[reached] = level.model
        return Assignment.of(model >= 0, model)

    def hand_start(self, solution: SlideSolution) -> bool:
        """Give the variables the values of ``solution``; False if it does not fit this model."""
        import pyomo.environ as pyo

        from wnpopt.problems.slide.columnar.allocation import allocation_of

        needs, model = self.needs, self.model
        columns = needs.columns
        start = allocation_of(columns, solution)
        for variable in model.component_data_objects(ctype=pyo.Var):
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
            place = next((n for n, at in enumerate(self.levels) if at.model == j and at.rate == rate), None)
            if place is None:
                return False
            positions = dict(zip(self.levels[place].user, self.levels[place].position, strict=True))
            if any(u not in positions for u in members):
                return False
            for k in range(max(positions[u] for u in members) + 1):
                model.y[place, k].set_value(1.0)
        for u in served:
            model.x[u].set_value(1.0)
        return True


def build(instance: SlideInstance) -> pyo.ConcreteModel:
    """The MILP of ``instance`` with its limits as they are. Raises :class:`InputError` if it is too large.

    The objective is the number or the weight of served users; in another unit where weights are so small or so large
    that a solver's absolute tolerances would take all of them for nothing, or none of them for different.
    """
    from wnpopt.problems.slide.kernels.needs import Needs

    needs = Needs.of(instance.columns)
    values = instance.columns.values
    ordinary = not values.any() or _SMALLEST_WEIGHT <= float(values.max()) <= _LARGEST_WEIGHT
    return model_of(needs, needs.capacity, unit=1.0 if ordinary else objective_unit(values)).model


def model_of(
    needs: Needs, capacity: float, thin: Thin = Thin.NO, unit: float = 1.0, clock: Clock | None = None
) -> SelectionModel:
    """The MILP under ``needs``; costs are in resource blocks or in parts of the bandwidth, values in ``unit``.

    Raises :class:`InputError` if it is too large, and :class:`OutOfTime` once the ``clock`` says so.
    """
    clock = Clock() if clock is None else clock
    clock.check()
    if not needs.columns.multicast:
        return SelectionModel(needs, [], _unicast(needs, capacity, unit, clock))
    levels = steps_of(needs, capacity, thin, clock)
    return SelectionModel(needs, levels, _multicast(needs, capacity, levels, unit, clock))


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


def steps_of(needs: Needs, capacity: float, thin: Thin, clock: Clock) -> list[Steps]:
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
