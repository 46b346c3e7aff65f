"""Bandwidths and frequencies of a fixed set of users, jointly, in CVXPY. See ``models/slide/fixed-set.md``.

In the inverse rate y, the inverse frequency g and the bandwidth b everything is convex, the concave rate of a fixed
power included. All is scaled to about 1 inside: in SI units conic solvers report false infeasibility.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from wnpopt.core.errors import InputError, SolverError
from wnpopt.core.extras import need
from wnpopt.problems.slide.fixed_set.division import Goal, goal_of, plan_for, weighted_columns
from wnpopt.problems.slide.instance import SlideInstance
from wnpopt.problems.slide.solution import SlideSolution

if TYPE_CHECKING:
    import cvxpy as cp

    from wnpopt.problems.slide.columnar.columns import FloatArray
    from wnpopt.problems.slide.fixed_set.served import ServedSet


@dataclass(frozen=True)
class ConvexModel:
    """The CVXPY problem and how to read it: ``width`` times ``width_hz`` is each transmission's bandwidth in Hz, the
    problem's value times ``unit`` the goal's value. ``served`` is the set in the order of the variables."""

    problem: cp.Problem
    width: cp.Variable
    width_hz: float
    unit: float
    served: ServedSet

    @property
    def users(self) -> dict[str, str]:
        """Model of each user of the set, in the order of the variables ``inverse_frequency`` and ``latency``."""
        columns, pairs = self.served.columns, zip(self.served.user.tolist(), self.served.model.tolist(), strict=True)
        return {columns.user_name(user): str(columns.model_names[model]) for user, model in pairs}

    def solution(self) -> SlideSolution | None:
        """The plan of the variables' values, at the fastest frequencies; None without values.

        Also where the variables belong to a problem with constraints beside these. What a solver's tolerance let slip
        is repaired: no transmission gets less than it needs, and the sum keeps within the band.
        """
        longest = self.served.longest(self.served.deadline)
        width = decode(self, self.served, self.served.widths(longest) if self.served.size else np.zeros(0))
        return None if width is None else self.served.allocation(width).to_solution(self.served.columns)


def build(
    instance: SlideInstance,
    served: SlideSolution | Mapping[str, str] | None = None,
    goal: Goal | str = Goal.GREATEST_SLACK,
    weights: Mapping[str, float] | None = None,
) -> cp.Problem:
    """The CVXPY problem over ``served`` (a solution, or models by user name; by default the users whom the exact or
    greedy selection serves).

    ``weights`` by user's name count in the weighted sum of latencies in place of the instance's own. Scaled: its value
    is in parts of the longest deadline (of the bandwidth for the least bandwidth; of the longest deadline times the
    sum of weights for the weighted sum). Its attribute ``compiled`` is the :class:`ConvexModel`, which has the set and
    reads the values. Raises :class:`InputError` for whole resource blocks, unknown names, and weights that are none.
    """
    from wnpopt.problems.slide.fixed_set.served import ServedSet
    from wnpopt.problems.slide.kernels.needs import Needs
    from wnpopt.problems.slide.selection.best import best_selection

    columns = weighted_columns(instance, weights)
    if served is not None and not isinstance(served, SlideSolution | Mapping):
        raise InputError(
            f"found a {type(served).__name__}; a solution, or models by user name are needed", where="served"
        )
    plan = best_selection(Needs.of(columns)).plan if served is None else plan_for(instance, served)
    model = model_of(ServedSet.of(columns, plan), goal_of(goal))
    model.problem.compiled = model
    return model.problem


def model_of(served: ServedSet, goal: Goal) -> ConvexModel:
    """The model over a set in arrays; raises :class:`MissingDependencyError`."""
    need("cvxpy", "convex")
    import cvxpy as cp

    groups, size = served.group_start.size - 1, served.size
    width_hz = served.columns.bandwidth_hz
    if size == 0:
        width = cp.Variable(1, nonneg=True, name="width")
        return ConvexModel(cp.Problem(cp.Minimize(cp.sum(width))), width, width_hz, 1.0, served)
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
        needed = 1.0 / (longest[served.group[linear]] * served.efficiency[linear] * width_hz)
        constraints.append(cp.multiply(needed, cp.inv_pos(y[served.group[linear]])) <= b[served.group[linear]])
    if fixed.size:  # C6 rate of a link of fixed power, in nats over snr_hz, so that both sides are near 1
        power = served.snr_hz[fixed]
        needed = math.log(2) / (longest[served.group[fixed]] * power)
        share = cp.multiply(width_hz / power, b[served.group[fixed]])
        constraints.append(cp.multiply(needed, cp.inv_pos(y[served.group[fixed]])) <= -cp.rel_entr(share, share + 1))
    if goal is not Goal.LEAST_BANDWIDTH:  # C7 bandwidth
        constraints.append(cp.sum(b) <= 1)
    unit = float(served.deadline.max())
    seconds = served.deadline / unit
    if goal is Goal.LEAST_BANDWIDTH:
        return ConvexModel(cp.Problem(cp.Minimize(cp.sum(b)), constraints), b, width_hz, width_hz, served)
    if goal is Goal.LEAST_MAX_LATENCY:
        objective = cp.Minimize(cp.max(cp.multiply(seconds, t)))
    elif goal is Goal.GREATEST_SLACK:
        objective = cp.Maximize(cp.min(cp.multiply(seconds, 1 - t)))
    else:
        weight = served.columns.weight[served.user]
        unit *= max(float(weight.sum()), 1e-300)
        objective = cp.Minimize((weight * seconds / max(float(weight.sum()), 1e-300)) @ t)
    return ConvexModel(cp.Problem(objective, constraints), b, width_hz, unit, served)


def decode(model: ConvexModel, served: ServedSet, least: FloatArray) -> FloatArray | None:
    """Hz of each transmission (G,) in a solved model, repaired: none gets less than the ``least`` that it needs, and
    the sum keeps within the band. None without a solution."""
    if model.width.value is None:
        return None
    width = np.asarray(model.width.value, dtype=np.float64)[: least.size] * model.width_hz
    # Whatever is no number becomes the least that is needed.
    wanted = np.maximum(np.where(np.isfinite(width), width, least), least)
    over, spare = math.fsum(wanted) - served.columns.bandwidth_hz, math.fsum(wanted - least)
    if over <= 0 or spare <= 0:
        return wanted
    return np.asarray(least + (wanted - least) * max(0.0, 1 - over / spare))
