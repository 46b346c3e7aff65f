"""convex: bandwidths and frequencies of a fixed set of users, jointly, in CVXPY. See ``models/slide/fixed-set.md``.

In the inverse rate y, the inverse frequency g and the bandwidth b everything is convex, the concave rate of a fixed
power included. All is scaled to about 1 inside: in SI units conic solvers report false infeasibility.
"""

from __future__ import annotations

import math
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from wnpopt.core.bound import Bound
from wnpopt.core.errors import SolverError
from wnpopt.core.method import Context, Method, Outcome
from wnpopt.core.proof import Proof
from wnpopt.core.result import Termination
from wnpopt.problems.slide.fixed_set.division import Division, Goal, division, plan_for
from wnpopt.problems.slide.instance import SlideInstance
from wnpopt.problems.slide.methods.refusals import refuse_blocks
from wnpopt.problems.slide.solution import SlideSolution

if TYPE_CHECKING:
    import cvxpy as cp

    from wnpopt.backends.stopping import Flag
    from wnpopt.core.budget import Budget
    from wnpopt.problems.slide.columnar.columns import FloatArray
    from wnpopt.problems.slide.fixed_set.served import ServedSet
    from wnpopt.problems.slide.selection.plan import Selected


MOST_SERVED = 20_000
"""Users beyond which CVXPY's own work takes minutes, on no solver's clock."""
_CVXPY_S_A_USER = 2e-4
"""Seconds that CVXPY and one turn of Clarabel take a user."""


@dataclass(frozen=True)
class ConvexModel:
    """The CVXPY problem and how to read it: ``width`` times ``width_hz`` is each transmission's bandwidth in Hz, the
    problem's value times ``unit`` the goal's value."""

    problem: cp.Problem
    width: cp.Variable
    width_hz: float
    unit: float


def build(
    instance: SlideInstance,
    served: SlideSolution | Mapping[str, str] | None = None,
    goal: Goal = Goal.GREATEST_SLACK,
) -> cp.Problem:
    """The CVXPY problem over ``served`` (by default the users whom the exact or greedy selection serves).

    Scaled: its value is in parts of the longest deadline (of the bandwidth for the least bandwidth; of the longest
    deadline times the sum of weights for the weighted sum). :func:`divide_convex` gives SI units.
    """
    from wnpopt.problems.slide.fixed_set.served import ServedSet

    plan = _select(instance, None).plan if served is None else plan_for(instance, served)
    return model_of(ServedSet.of(instance.columns, plan), goal).problem


def model_of(served: ServedSet, goal: Goal) -> ConvexModel:
    """The model over a set in arrays."""
    import cvxpy as cp

    groups, size = served.group_start.size - 1, served.size
    width_hz = served.columns.bandwidth_hz
    if size == 0:
        width = cp.Variable(1, nonneg=True, name="width")
        return ConvexModel(cp.Problem(cp.Minimize(cp.sum(width))), width, width_hz, 1.0)
    longest = served.longest(served.deadline)
    if not (longest > 0).all():
        raise SolverError("some user of the set cannot be served at any bandwidth")
    y = cp.Variable(groups, pos=True, name="inverse_rate")  # in parts of the longest
    b = cp.Variable(groups, pos=True, name="width")  # in parts of the band
    g = cp.Variable(size, pos=True, name="inverse_frequency")  # in parts of 1/f_max
    t = cp.Variable(size, nonneg=True, name="latency")  # in parts of the deadline
    rows = np.concatenate([np.arange(a, z) for a, z in zip(served.first, served.last, strict=True)])
    owner = np.repeat(np.arange(size), served.last - served.first)
    bits = served.rows.bits[rows] * longest[served.group[owner]] / served.deadline[owner]
    work = served.rows.flop[rows] * (served.low * served.inverse_k)[owner] / served.deadline[owner]
    # C1 deadline, C2 latency of each row, C3 frequency range
    constraints = [
        t <= 1,
        cp.multiply(bits, y[served.group[owner]]) + cp.multiply(work, g[owner]) <= t[owner],
        g >= 1,
        g <= served.columns.frequency_max_hz[served.user] / served.columns.frequency_min_hz[served.user],
        y <= 1,
    ]
    limited = np.flatnonzero(np.isfinite(served.energy) & ((served.compute > 0) | (served.receive > 0)))
    if limited.size:  # C4 energy
        compute = served.compute[limited] / served.low[limited] ** 2 / served.energy[limited]
        receive = served.receive[limited] * longest[served.group[limited]] / served.energy[limited]
        spent = cp.multiply(compute, cp.power(g[limited], -2)) + cp.multiply(receive, y[served.group[limited]])
        constraints.append(spent <= 1)
    linear, fixed = np.flatnonzero(served.efficiency > 0), np.flatnonzero(served.efficiency == 0)
    if linear.size:  # C5 rate of a link given by its efficiency
        need = 1.0 / (longest[served.group[linear]] * served.efficiency[linear] * width_hz)
        constraints.append(cp.multiply(need, cp.inv_pos(y[served.group[linear]])) <= b[served.group[linear]])
    if fixed.size:  # C6 rate of a link of fixed power, in nats over snr_hz, so that both sides are near 1
        power = served.snr_hz[fixed]
        need = math.log(2) / (longest[served.group[fixed]] * power)
        share = cp.multiply(width_hz / power, b[served.group[fixed]])
        constraints.append(cp.multiply(need, cp.inv_pos(y[served.group[fixed]])) <= -cp.rel_entr(share, share + 1))
    if goal is not Goal.LEAST_BANDWIDTH:  # C7 bandwidth
        constraints.append(cp.sum(b) <= 1)
    unit = float(served.deadline.max())
    seconds = served.deadline / unit
    if goal is Goal.LEAST_BANDWIDTH:
        return ConvexModel(cp.Problem(cp.Minimize(cp.sum(b)), constraints), b, width_hz, width_hz)
    if goal is Goal.LEAST_MAX_LATENCY:
        objective = cp.Minimize(cp.max(cp.multiply(seconds, t)))
    elif goal is Goal.GREATEST_SLACK:
        objective = cp.Maximize(cp.min(cp.multiply(seconds, 1 - t)))
    else:
        weight = served.columns.weight[served.user]
        unit *= max(float(weight.sum()), 1e-300)
        objective = cp.Minimize((weight * seconds / max(float(weight.sum()), 1e-300)) @ t)
    return ConvexModel(cp.Problem(objective, constraints), b, width_hz, unit)


class Divided(NamedTuple):
    """A repaired division, the goal's value as the solver has it, and the seconds that building took."""

    division: Division
    value: float
    build_s: float


def divide_convex(served: ServedSet, goal: Goal, budget: Budget) -> Divided | None:
    """The division by CVXPY and Clarabel; None without a solution.

    What the solver returns is repaired: no transmission gets less than it needs, and the sum keeps within the band.
    """
    import warnings

    from wnpopt.backends.convex import solve_convex

    longest = served.longest(served.deadline)
    least = served.widths(longest) if served.size else np.zeros(0)
    if not math.fsum(least) <= served.columns.bandwidth_hz * (1 + 1e-12):
        return None
    # What CVXPY makes of the model is on no solver's clock: it is not begun if it would end after the limit.
    if budget.exhausted() or budget.remaining() < _CVXPY_S_A_USER * served.size:
        return None
    began = time.perf_counter()
    model = model_of(served, goal)
    build_s = time.perf_counter() - began
    with warnings.catch_warnings():
        # Said of an answer that is checked and repaired below.
        warnings.filterwarnings("ignore", message="Solution may be inaccurate")
        report = solve_convex(model.problem, budget)
    if report.values is None or report.objective is None or model.width.value is None:
        return None
    width = np.asarray(model.width.value, dtype=np.float64)[: least.size] * model.width_hz
    repaired = division(served, goal, _repair(width, least, served.columns.bandwidth_hz))
    return Divided(repaired, report.objective * model.unit, build_s)


def _repair(width: FloatArray, least: FloatArray, band: float) -> FloatArray:
    # Whatever is no number becomes the least that is needed.
    wanted = np.maximum(np.where(np.isfinite(width), width, least), least)
    over, spare = math.fsum(wanted) - band, math.fsum(wanted - least)
    if over <= 0 or spare <= 0:
        return wanted
    return least + (wanted - least) * max(0.0, 1 - over / spare)


def _select(instance: SlideInstance, flag: Flag | None) -> Selected:
    from wnpopt.problems.slide.kernels.needs import Needs
    from wnpopt.problems.slide.selection.exact import prove
    from wnpopt.problems.slide.selection.greedy import greedy_selection

    exact = Needs.of(instance.columns)
    return prove(instance.columns, exact, flag) or greedy_selection(exact, flag)


def solve(instance: SlideInstance, context: Context[SlideSolution]) -> Outcome[SlideSolution]:
    """Users by the exact or greedy selection, then the division of the band with the greatest least slack."""
    from wnpopt.backends.stopping import run_stoppable
    from wnpopt.problems.slide.fixed_set.served import ServedSet
    from wnpopt.problems.slide.kernels.needs import Needs
    from wnpopt.problems.slide.selection.plan import allocate

    columns = instance.columns
    selected = run_stoppable(lambda flag: _select(instance, flag), context.budget)
    bounds = () if selected.bound is None else (Bound(selected.bound, "dp"),)
    least = allocate(Needs.of(columns), selected.plan).to_solution(columns)
    # CVXPY may fail in ways of its own; the users are selected by now.
    context.trace.incumbent(selected.value, least)
    for bound in bounds:
        context.trace.bound(bound.value, bound.source)
    small = selected.plan.user.size <= MOST_SERVED
    found = divide_convex(ServedSet.of(columns, selected.plan), Goal.GREATEST_SLACK, context.budget) if small else None
    if found is not None:
        solution = found.division.allocation.to_solution(columns)
        if context.verified_objective(solution) is not None:
            return Outcome(solution, Termination.HEURISTIC, bounds, build_s=found.build_s)
    return Outcome(
        least,
        context.budget.why_over() if context.budget.exhausted() else Termination.HEURISTIC,
        bounds,
        found_by="greedy",
        message="no CVXPY division (too many users, no time, or it failed); least bandwidths",
    )


METHOD = Method(
    family="slide",
    name="convex",
    summary="selected users with the division of the band that leaves the greatest slack (CVXPY, Clarabel)",
    proves=Proof.OPTIMALITY,
    when="where a special method selects the users",
    run=solve,
    modules=("numba", "cvxpy", "clarabel"),
    timed=True,
    refuse=refuse_blocks,
)
