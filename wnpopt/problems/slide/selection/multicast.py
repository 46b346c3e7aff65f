"""Users of one model share a transmission: menus of transmissions, one entry a model."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from wnpopt.problems.slide.columnar.columns import BoolArray, FloatArray, IntArray
from wnpopt.problems.slide.kernels.link import bands_at
from wnpopt.problems.slide.kernels.menu import add_menu, menu, used_entry
from wnpopt.problems.slide.kernels.needs import Needs
from wnpopt.problems.slide.selection.plan import Assignment, Selected
from wnpopt.problems.slide.selection.work import Work

_MOST_CELLS = 400_000_000
"""Work of the table over integer values that is done without asking: about a second."""
_MOST_VALUES = 30_000_000
"""Entries of all tables over integer values together: 240 MB."""
_STEPS_A_LEVEL = 10
"""Elementary steps that a user takes at a rate: a bandwidth, two merges (a heuristic's work is
counted so; that of proofs, which a time limit ends, by a step each)."""
_MOST_PAIRS = 4_000_000
"""Pairs of states and entries that are formed at once where values are not integers: about a second."""


@dataclass(frozen=True, eq=False)
class Menu:
    """Undominated transmissions of a model by growing cost: cost in the unit of ``needs.capacity``, value, rate."""

    model: int
    cost: FloatArray
    value: FloatArray
    rate: FloatArray


def usable(needs: Needs) -> BoolArray:
    """Which pairs are feasible when the user is served alone, shape (U, J)."""
    return np.isfinite(needs.costs)


def requested(needs: Needs) -> bool:
    """True if no user has a choice between models, so that the models' menus are independent."""
    return bool((usable(needs).sum(axis=1) <= 1).all())


def menu_of(
    needs: Needs, model: int, candidates: BoolArray, capacity: float, work: Work, most_levels: int | None = None
) -> Menu:
    """The menu of ``model`` over the ``candidates`` (U,), within ``capacity``; what it may hold until time is out.

    With ``most_levels`` so many rates at most are tried, spread evenly over the users' and the highest among them.
    """
    columns = needs.columns
    users = np.flatnonzero(candidates & usable(needs)[:, model])
    rate = 1.0 / needs.inverse_rate[users, model]
    levels = np.unique(rate)
    if most_levels is not None and levels.size > most_levels:
        levels = levels[np.linspace(0, levels.size - 1, most_levels).astype(np.int64)]
    work.spend((_STEPS_A_LEVEL if most_levels is not None else 1) * levels.size * users.size)
    efficiency, snr = columns.efficiency[users], columns.snr_hz[users]
    linear = np.flatnonzero(efficiency > 0)
    fixed = np.flatnonzero(efficiency == 0)
    cost, value, level = menu(
        rate,
        efficiency,
        snr,
        columns.values[users],
        linear[np.argsort(-efficiency[linear], kind="stable")],
        fixed[np.argsort(-snr[fixed], kind="stable")],
        levels,
        capacity,
        columns.resource_block_hz or 0.0,
        needs.slack,
        needs.least_hz,
        work.flag,
    )
    return Menu(model, cost, value, level)


def covered(needs: Needs, entry: Menu, index: int) -> BoolArray:
    """The users that the menu's transmission number ``index`` serves, shape (U,)."""
    return reached_by(needs, entry.model, float(entry.rate[index]), float(entry.cost[index]))


def reached_by(needs: Needs, model: int, rate: float, cost: float) -> BoolArray:
    """The users that a transmission of ``model`` at ``rate`` serves for ``cost``, shape (U,)."""
    reached = np.zeros(needs.columns.users, dtype=np.bool_)
    users = np.flatnonzero(usable(needs)[:, model])
    users = users[1.0 / needs.inverse_rate[users, model] <= rate]
    widths = bands_at(rate, needs.columns.efficiency[users], needs.columns.snr_hz[users])
    reached[users] = needs.in_units(widths) <= cost
    return reached


def combine(needs: Needs, menus: list[Menu], work: Work) -> tuple[float, list[int]] | None:
    """The best choice of at most one entry a menu: (value, entry of each menu or -1); None if that is too much work,
    or time is out."""
    if needs.columns.integral:
        most = sum(int(m.value[-1]) for m in menus if m.value.size)
        cells = (most + 1) * sum(m.cost.size for m in menus)
        if cells <= _MOST_CELLS and (most + 1) * (len(menus) + 1) <= _MOST_VALUES:
            work.spend(cells)
            return _combine_table(needs.capacity, menus, most, work)
    return _combine_states(needs.capacity, menus, work)


def _combine_table(capacity: float, menus: list[Menu], most: int, work: Work) -> tuple[float, list[int]] | None:
    tables = [np.full(most + 1, np.inf)]
    tables[0][0] = 0.0
    gains = [entry.value.astype(np.int64) for entry in menus]
    value = 0
    for entry, gain in zip(menus, gains, strict=True):
        best, value = add_menu(tables[-1], value, entry.cost, gain, capacity, work.flag)
        if work.stopped:
            return None
        tables.append(best)
    chosen = [-1] * len(menus)
    left = value
    for index in range(len(menus) - 1, -1, -1):
        entry, gain = menus[index], gains[index]
        chosen[index] = used_entry(tables[index], float(tables[index + 1][left]), left, entry.cost, gain)
        if chosen[index] >= 0:
            left -= int(gain[chosen[index]])
    return float(value), chosen


def _combine_states(capacity: float, menus: list[Menu], work: Work) -> tuple[float, list[int]] | None:
    cost, value = np.zeros(1), np.zeros(1)
    history: list[tuple[IntArray, IntArray]] = []
    for entry in menus:
        pairs = cost.size * (entry.cost.size + 1)
        if pairs > _MOST_PAIRS or work.stopped:
            return None
        work.spend(100 * pairs)
        price = np.concatenate(([0.0], entry.cost))
        gain = np.concatenate(([0.0], entry.value))
        costs = (cost[:, None] + price).ravel()
        values = (value[:, None] + gain).ravel()
        order = np.lexsort((-values, costs))
        order = order[costs[order] <= capacity]
        best_before = np.concatenate(([-1.0], np.maximum.accumulate(values[order])[:-1]))
        order = order[values[order] > best_before]
        cost, value = costs[order], values[order]
        history.append((order // price.size, order % price.size - 1))
    state = int(np.argmax(value))
    total = float(value[state])
    chosen = [-1] * len(menus)
    for index in range(len(menus) - 1, -1, -1):
        before, choice = history[index]
        chosen[index] = int(choice[state])
        state = int(before[state])
    return total, chosen


def plan_of(needs: Needs, menus: list[Menu], chosen: list[int]) -> Assignment:
    """The users whom the chosen transmissions serve; who is reached by several takes the first."""
    model = np.full(needs.columns.users, -1, dtype=np.int64)
    for entry, index in zip(menus, chosen, strict=True):
        if index >= 0:
            reached = covered(needs, entry, index) & (model < 0)
            model[reached] = entry.model
    return Assignment.of(model >= 0, model)


def best_requested(needs: Needs, sets: list[BoolArray], work: Work) -> Selected | None:
    """The optimum where no user has a choice of model, over the sets of models that fit in the cache.

    None if that is too much work, or time is out before there is a plan; without a bound if not all sets were looked
    at.
    """
    able = usable(needs).sum(axis=0).astype(np.float64)
    if float((able * able).sum()) > work.left:
        return None
    everyone = np.ones(needs.columns.users, dtype=np.bool_)
    menus = {
        j: menu_of(needs, j, everyone, needs.capacity, work)
        for j in range(needs.columns.models)
        if any(chosen[j] for chosen in sets)
    }
    best: tuple[float, list[Menu], list[int]] | None = None
    whole = not work.stopped
    for chosen in sets:
        if best is not None and work.over:
            whole = False
            break
        members = [menus[j] for j in np.flatnonzero(chosen).tolist()]
        found = combine(needs, members, work)
        if found is None:
            whole = False
            break
        if best is None or found[0] > best[0]:
            best = (found[0], members, found[1])
    if best is None:
        return Selected(Assignment.empty(), 0.0, 0.0) if whole else None
    plan = plan_of(needs, best[1], best[2])
    value = math.fsum(needs.columns.values[plan.user])
    if not whole:
        return Selected(plan, value, None)
    bound = max(value, best[0])
    # The menus' values are sums of at most U terms.
    error = 4.0 * 2.220446049250313e-16 * (needs.columns.users + len(sets[0]))
    return Selected(plan, value, bound if needs.columns.integral else bound * (1 + error))
