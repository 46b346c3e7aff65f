"""All plans of a small network but those that bounds refute, depth first: the last word where bounds leave a gap."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import prod

import numpy as np

from wnpopt.backends.stopping import Flag
from wnpopt.problems.intradp.instance import IntradpInstance
from wnpopt.problems.intradp.kernels.arrays import FloatArray, IntArray
from wnpopt.problems.intradp.kernels.descent import (
    EFFORT,
    ENDED,
    TRIED,
    KnownStates,
    Pricing,
    descend,
    fill,
    trail,
)
from wnpopt.problems.intradp.kernels.directions.lattice import lattice
from wnpopt.problems.intradp.kernels.directions.states import NeedArray
from wnpopt.problems.intradp.kernels.directions.twins import ClockPrices, Groups
from wnpopt.problems.intradp.kernels.evaluate import scratch
from wnpopt.problems.intradp.kernels.heads import Front, crops
from wnpopt.problems.intradp.kernels.problem import Problem
from wnpopt.problems.intradp.kernels.runs import RowCosts, least_busy_power, least_power
from wnpopt.problems.intradp.search.beam import SAFETY
from wnpopt.problems.intradp.search.directed import PARTS, Directed, safe
from wnpopt.problems.intradp.search.plans import PricedPlan

SMALL, WIDE = 10**15, 50_000
"""Plans up to which a network is small, and options of its widest operator (300 rows): there is room for each."""

CLOSE = 1e-8
"""Plans that are better by no more than so much, relatively, are not looked for."""

MEMORY = 300e6
"""Bytes that the heads of all states may take, in all prices."""

Left = tuple[list[NeedArray], list[FloatArray]]
"""States of each cut, and their heads."""


@dataclass(frozen=True)
class Descended:
    """What was found: the best plan (the one it began with if none is better), and a bound on all plans.

    ``ended``: nothing is left to try, after so many ``options``. The bound is infinite if no plan keeps the deadline,
    and 0 if nothing is known.
    """

    plan: PricedPlan
    bound: float
    ended: bool
    options: int


@dataclass(frozen=True)
class SummedPrice:
    """A weighted sum that never exceeds the objective, or the latency (``objective`` False).

    ``since``: the operator after which messages count.
    """

    clocks: ClockPrices
    watts: FloatArray  # (N,) what ``time`` charges a second of an operator on the device already
    objective: bool
    since: int = 0


def is_small(instance: IntradpInstance) -> bool:
    """Whether there are few enough plans for all that bounds leave to be tried."""
    options = [(operator.units + 1) * (operator.units + 2) // 2 for operator in instance.operators[1:-1]]
    return max(options, default=1) <= WIDE and prod(options) <= SMALL


def descended(problem: Problem, plan: PricedPlan, options: int, flag: Flag) -> Descended:
    """The best plan of all, from ``plan`` (whose value is infinite if none is known) on.

    ``options`` bounds the work: options of operators that are looked at, one to three microseconds each. The ``flag``
    ends it early, too.
    """
    if plan.feasible or not problem.by_energy:
        return _descended(problem, plan, options, flag)
    known = _descended(problem, plan, options, flag)
    if not known.plan.feasible:
        return known
    best = _descended(problem, known.plan, options - known.options, flag)
    return replace(best, options=known.options + best.options)


def keeps_deadline(problem: Problem, options: int, flag: Flag) -> bool | None:
    """Whether some plan keeps the deadline and the limit on transfers; None if that is not clear after ``options``."""
    units = problem.arrays.units
    nothing = PricedPlan(units.copy(), units.copy(), np.inf, "")
    tried = _descended(problem, nothing, options, flag, any_plan=True)
    if tried.plan.feasible:
        return True
    return False if tried.bound == np.inf else None


def _descended(problem: Problem, plan: PricedPlan, options: int, flag: Flag, *, any_plan: bool = False) -> Descended:
    """As :func:`descended`; the first plan with ``any_plan``, and where the energy counts and none is known."""
    value = plan.value if plan.feasible else np.inf
    prices = sums_of(problem, value)
    cutoffs = cutoffs_of(problem, prices, value)
    groups = Groups(problem.arrays)
    states: list[NeedArray] | None = None
    left: list[Left] = []
    spent, reached = 0, 0.0
    for price, cutoff in zip(prices, cutoffs, strict=True):
        front = Front(problem.arrays, price.clocks.time, 1.0, extra=price.clocks.extra, flag=flag)
        directed = Directed(problem, front, price.clocks)
        directed.watch(flag)
        directed.spend(options - spent)
        verdict = directed.refute(cutoff, among=states)
        spent += directed.options
        if verdict.dead:
            return Descended(plan, np.inf if value == np.inf else safe(value * (1 - CLOSE)), True, spent)
        if price.objective and value < np.inf:  # plans that pass no state that is left are no better than the cutoff
            reached = max(reached, safe(min(verdict.bound, value * (1 - CLOSE))))
        if verdict.full or directed.over:
            return Descended(plan, reached, False, spent)
        left.append(directed.left())
        states = left[-1][0]
        if len(prices) * sum(heads.nbytes for heads in left[-1][1]) > MEMORY:
            return Descended(plan, reached, False, spent)
    p, n = problem.arrays, problem.count
    best_a, best_b = plan.device_end.copy(), plan.server_begin.copy()
    tally = np.zeros(5, np.int64)
    tally[EFFORT] = options - spent
    # As where all plans are tried: a score is off by a rounding of the latency, times the power.
    error = 8 * n * np.finfo(np.float64).eps * float(p.power[1:].max()) if problem.by_energy else 0.0
    known, pricing = known_states(problem, groups, left), pricing_of(problem, prices, cutoffs)
    found, earliest, bound = descend(
        p, known, pricing, trail(p, len(prices), groups.most),
        scratch(n), problem.by_energy, problem.limit, value, CLOSE, error,
        any_plan or (problem.by_energy and value == np.inf),
        best_a, best_b, tally, flag,
    )  # fmt: skip
    spent, ended = spent + int(tally[TRIED]), bool(tally[ENDED])
    if found == np.inf:
        none = ended and earliest * (1 - SAFETY) > problem.limit
        return Descended(plan, np.inf if none else 0.0, ended, spent)
    if found < value:
        plan = PricedPlan(best_a, best_b, found, "descent")
    return Descended(plan, max(reached, safe(bound)), ended, spent)


def cutoffs_of(problem: Problem, prices: Sequence[SummedPrice], value: float) -> list[float]:
    """What no sum may reach of a plan that is better than ``value`` and keeps the deadline."""
    latest = max(problem.limit * (1 + SAFETY), float(np.finfo(np.float64).tiny))  # below 0 nothing is
    better = value * (1 - CLOSE)
    if not problem.by_energy:
        return [min(better, latest) for _ in prices]
    return [better if price.objective else latest for price in prices]


def sums_of(problem: Problem, value: float) -> list[SummedPrice]:
    """Sums that never exceed the objective, and the latency where there is a deadline.

    The radio's joules beyond standby count while the device does not compute. Messages of operator i and later ones are
    sent once the device is done with i: they take that long less what the device computes later. So for each i what it
    computes later costs less, and those messages cost.
    """
    p, power, n = problem.arrays, problem.instance.power_w, problem.count
    nothing, rows = np.zeros(n), np.zeros(len(p.device_extra))
    latency = SummedPrice(ClockPrices(1.0, nothing, rows), nothing, not problem.by_energy)
    if value == np.inf or not problem.by_energy:
        return [latency]
    costs = _costs(problem)
    base = least_power(problem.instance)
    prices = [SummedPrice(ClockPrices(base, nothing, costs.extra(base)), np.full(n, base), True)]
    beyond = min(power.communicate, least_busy_power(problem.instance)) - power.standby
    if beyond > 0:
        early, late = costs.extra(power.standby), costs.extra(power.standby + beyond)
        for i in range(n - 1):
            since = np.arange(n) >= i
            extra = np.where(np.arange(len(rows)) < costs.ptr[i + 1], early, late)
            clocks = ClockPrices(power.standby, np.where(since, beyond, 0.0), extra)
            # What is cut off the input is at time 0, when a message down may be on its way for all that is known.
            later = np.arange(n) > i if i else np.ones(n, dtype=np.bool_)
            prices.append(SummedPrice(clocks, power.standby + np.where(later, beyond, 0.0), True, i))
    return prices if problem.limit == np.inf else [latency, *prices]


def _costs(problem: Problem) -> RowCosts:
    power = problem.instance.power_w
    launch = power.compute if power.launch is None else power.launch
    return RowCosts.of(problem.instance, problem.arrays.device_watt.tolist(), launch)


def pricing_of(problem: Problem, prices: Sequence[SummedPrice], cutoffs: Sequence[float]) -> Pricing:
    """The sums as compiled code takes them."""
    p, costs = problem.arrays, _costs(problem)
    operator = np.repeat(np.arange(problem.count), np.diff(costs.ptr))
    objective = np.array([price.objective for price in prices])
    watts = np.array([price.watts for price in prices])
    rows = np.maximum(0.0, costs.joules - watts[:, operator] * costs.seconds)
    cut = np.maximum(0.0, p.power[3] - watts) * p.segments[0]
    if problem.by_energy:
        rows[~objective], cut[~objective] = 0.0, 0.0
    else:
        rows[:], cut[:] = 0.0, 0.0
    return Pricing(
        time=np.array([price.clocks.time for price in prices]),
        rows=rows,
        cut=cut,
        send=np.array([price.clocks.send for price in prices]),
        receive=np.array([price.clocks.send[-1] for price in prices]),
        since=np.array([price.since for price in prices], dtype=np.int64),
        cutoff=np.array(cutoffs),
        objective=objective,
        weights=np.ascontiguousarray(lattice(PARTS).weights.T),
        device=costs.seconds,
        server=costs.on_server,
    )


def known_states(problem: Problem, groups: Groups, heads: Sequence[Left]) -> KnownStates:
    """The states that are left in the last price, with their heads in all of them."""
    p, n = problem.arrays, problem.count
    units: list[int] = []
    tensor: list[int] = []
    following: list[int] = []
    edge_ptr, edges = [0], list[int]()
    own = np.full(n, -1, np.int64)
    need_at, head_at, table_at, table_size = [0], [0], [0], [1]
    needs: list[NeedArray] = []
    values: list[FloatArray] = []
    counts = [0]
    for c in range(n):
        behind = groups.at[c + 1]
        place = {w: g for g, twins in enumerate(behind) for w in twins}
        own[c] = place.get(c, -1)
        for twins in groups.at[c]:
            units.append(int(p.units[twins[0]]))
            tensor.append(twins[0])
            following.append(place.get(twins[0], -1))
            edges.extend(int(p.need_ptr[e]) for v, e in groups.readers[twins[0]] if v == c)
            edge_ptr.append(len(edges))
        if c == 0:
            continue
        here = heads[-1][0][c]
        rows = [_rows_of(of[c], here) for of, _ in heads]
        stacked = np.stack([of[c][at] for (_, of), at in zip(heads, rows, strict=True)], axis=1)
        need_at.append(need_at[-1] + (needs[-1].size if needs else 0))
        head_at.append(head_at[-1] + (values[-1].size if values else 0))
        table_at.append(table_at[-1] + table_size[-1])
        table_size.append(1 << max(4, (2 * len(here) + 2).bit_length()))
        needs.append(np.ascontiguousarray(here, dtype=np.int32).ravel())
        values.append(np.ascontiguousarray(stacked).ravel())
        counts.append(len(here))
    many = np.array([len(at) for at in groups.at[:n]], dtype=np.int64)
    known = KnownStates(
        groups=many,
        group_at=np.concatenate([[0], np.cumsum(many)])[:n].astype(np.int64),
        units=np.array(units, dtype=np.int64),
        tensor=np.array(tensor, dtype=np.int64),
        next=np.array(following, dtype=np.int64),
        own=own,
        edge_ptr=np.array(edge_ptr, dtype=np.int64),
        edges=np.array(edges, dtype=np.int64),
        need_at=np.array(need_at, dtype=np.int64),
        needs=np.concatenate(needs),
        head_at=np.array(head_at, dtype=np.int64),
        heads=np.concatenate(values),
        table_at=np.array(table_at, dtype=np.int64),
        table_size=np.array(table_size, dtype=np.int64),
        table=np.full(table_at[-1] + table_size[-1], -1, np.int64),
        first=np.array([crops(p, u)[0] for u in range(n)], dtype=np.int64),
        source=np.array([min(p.in_source[p.in_ptr[u] : p.in_ptr[u + 1]], default=n) for u in range(n)], dtype=np.int64),
        end=np.array([crops(p, u)[1] for u in range(n)], dtype=np.int64),
    )
    for c in range(1, n):
        fill(known, c, counts[c])
    return known


def _rows_of(states: NeedArray, wanted: NeedArray) -> IntArray:
    """Where the ``wanted`` states are among ``states``, which have all of them."""
    place = {row.tobytes(): i for i, row in enumerate(np.ascontiguousarray(states, dtype=np.int32))}
    return np.array([place[row.tobytes()] for row in np.ascontiguousarray(wanted, dtype=np.int32)], dtype=np.int64)
