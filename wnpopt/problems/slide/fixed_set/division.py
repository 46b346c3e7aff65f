"""Objectives over a fixed set of served users: how to divide a band that is enough for all of them.

Three goals, each by a dual method of our own (:func:`divide_band`) and as a CVXPY model
(:mod:`wnpopt.problems.slide.formulations.convex`), which check each other. See ``models/slide/fixed-set.md``.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING

import numpy as np

from wnpopt.core.errors import InputError
from wnpopt.problems.slide.columnar.allocation import Allocation
from wnpopt.problems.slide.instance import SlideInstance
from wnpopt.problems.slide.solution import SlideSolution

if TYPE_CHECKING:
    from wnpopt.problems.slide.columnar.columns import FloatArray, SlideColumns
    from wnpopt.problems.slide.fixed_set.served import ServedSet
    from wnpopt.problems.slide.selection.plan import Assignment


class Goal(StrEnum):
    """What to make of the band. Deadlines, energies and frequency ranges hold under each."""

    LEAST_BANDWIDTH = "least-bandwidth"
    LEAST_MAX_LATENCY = "least-max-latency"
    GREATEST_SLACK = "greatest-slack"
    LEAST_WEIGHTED_LATENCY = "least-weighted-latency"


@dataclass(frozen=True, eq=False)
class Division:
    """A divided band: the goal's ``value`` (Hz or seconds), the allocation, and each served user's latency (S,) in the
    allocation's order."""

    goal: Goal
    value: float
    allocation: Allocation
    latency_s: FloatArray


def plan_for(instance: SlideInstance, served: SlideSolution | Mapping[str, str]) -> Assignment:
    """The fixed set: a solution's users and models, or models by user name. Raises :class:`InputError` for unknown
    names."""
    from wnpopt.problems.slide.selection.plan import Assignment

    pairs = served if isinstance(served, Mapping) else {entry.user: entry.model for entry in served.served}
    users = {user.name: index for index, user in enumerate(instance.users)}
    models = {model.name: index for index, model in enumerate(instance.models)}
    for user, model in pairs.items():
        if user not in users:
            raise InputError(f'"{user}" is no user', where="served")
        if model not in models:
            raise InputError(f'"{model}" is no model', where=f"served[{user}]")
    chosen = sorted((users[user], models[model]) for user, model in pairs.items())
    return Assignment(
        np.array([user for user, _ in chosen], dtype=np.int64), np.array([model for _, model in chosen], dtype=np.int64)
    )


def goal_of(goal: Goal | str) -> Goal:
    """The goal of this name; raises :class:`InputError` naming those that there are."""
    try:
        return Goal(goal)
    except ValueError:
        raise InputError(f"found {goal!r}; one of {', '.join(Goal)} is needed", where="goal") from None


def weighted_columns(instance: SlideInstance, weights: Mapping[str, float] | None) -> SlideColumns:
    """The instance in columns, with other weights for the users named; raises :class:`InputError` for what is no user
    or no weight."""
    if weights is None:
        return instance.columns
    number = {user.name: index for index, user in enumerate(instance.users)}
    changed = instance.columns.weight.copy()
    for name, weight in weights.items():
        if name not in number:
            raise InputError(f'"{name}" is no user', where="weights")
        if isinstance(weight, bool) or not isinstance(weight, int | float) or not 0 <= weight < math.inf:
            raise InputError(f"found {weight!r}; a finite number of at least 0 is needed", where=f"weights[{name}]")
        changed[number[name]] = weight
    return replace(instance.columns, weight=changed)


def divide_band(
    instance: SlideInstance,
    served: SlideSolution | Mapping[str, str],
    goal: Goal | str = Goal.GREATEST_SLACK,
    weights: Mapping[str, float] | None = None,
) -> Division | None:
    """The best division of the band over ``served`` for ``goal``; None if the band is not enough for all of them.

    ``weights`` by user's name count in the weighted sum in place of the instance's own. By duality: bisection on the
    common limit (latency, slack) or on the price of bandwidth. Raises :class:`InputError` for whole resource blocks
    and for unknown names.
    """
    from wnpopt.problems.slide.fixed_set.served import ServedSet

    columns = weighted_columns(instance, weights)
    return divide_set(ServedSet.of(columns, plan_for(instance, served)), goal_of(goal))


def divide_set(served: ServedSet, goal: Goal) -> Division | None:
    """:func:`divide_band` of a set in arrays."""
    band = served.columns.bandwidth_hz
    longest = served.longest(served.deadline)
    least = served.widths(longest)
    # The slack of exact limits: a set that just fits may exceed the band by rounding.
    if not math.fsum(least) <= band * (1 + 1e-12):
        return None
    if goal is Goal.LEAST_BANDWIDTH or served.size == 0:
        return division(served, goal, least)
    if goal is Goal.LEAST_WEIGHTED_LATENCY:
        return division(served, goal, _by_price(served, longest, least))
    return division(served, goal, _by_limit(served, goal, least))


def division(served: ServedSet, goal: Goal, width: FloatArray) -> Division:
    """The division of ``width`` (G,) Hz, its goal recomputed (0 for nobody)."""
    if served.size == 0:
        return Division(goal, 0.0, served.allocation(width), np.zeros(0))
    latency = served.latencies(served.inverse_rates(width))
    value = {
        Goal.LEAST_BANDWIDTH: lambda: math.fsum(width),
        Goal.LEAST_MAX_LATENCY: lambda: float(latency.max()),
        Goal.GREATEST_SLACK: lambda: float((served.deadline - latency).min()),
        Goal.LEAST_WEIGHTED_LATENCY: lambda: math.fsum(served.columns.weight[served.user] * latency),
    }[goal]()
    order = np.argsort(served.user, kind="stable")
    return Division(goal, value, served.allocation(width), latency[order])


def _by_limit(served: ServedSet, goal: Goal, least: FloatArray) -> FloatArray:
    """Bisection on the greatest latency or the least slack that all users keep: the bandwidth grows as it tightens."""
    band = served.columns.bandwidth_hz * (1 + 1e-12)

    def widths(limit: float) -> FloatArray:
        tight = np.minimum(limit, served.deadline) if goal is Goal.LEAST_MAX_LATENCY else served.deadline - limit
        return served.widths(served.longest(tight))

    # easy keeps within the band, hard does not
    easy, hard = (
        (float(served.deadline.max()), 0.0) if goal is Goal.LEAST_MAX_LATENCY else (0.0, float(served.deadline.min()))
    )
    best = least
    for _ in range(200):
        middle = 0.5 * (easy + hard)
        if middle in (easy, hard):
            break
        trial = widths(middle)
        if math.fsum(trial) <= band:
            easy, best = middle, trial
        else:
            hard = middle
    return np.maximum(best, least)


def _by_price(served: ServedSet, longest: FloatArray, least: FloatArray) -> FloatArray:
    """Bisection on the price of bandwidth, in its logarithm."""
    from wnpopt.problems.slide.kernels.fixed import divide

    band = served.columns.bandwidth_hz
    # No transmission can have more than the whole band.
    shortest = np.minimum(longest, served.inverse_rates(np.full(longest.size, band)))
    weight = served.columns.weight[served.user]

    def at(price: float) -> tuple[FloatArray, float]:
        return divide(price, weight, served.group_start, shortest, longest, served.members, served.rows)

    scale = max(math.fsum(weight * served.deadline), 1e-300) / band
    low, high = math.log(scale) - 40.0, math.log(scale) + 40.0
    chosen, total = at(math.exp(low))
    if total <= band:
        return np.maximum(served.widths(chosen), least)
    chosen = longest
    for _ in range(120):
        middle = 0.5 * (low + high)
        if middle in (low, high):
            break
        trial, total = at(math.exp(middle))
        if total <= band:
            high, chosen = middle, trial
            if total >= band * (1 - 1e-13):
                break
        else:
            low = middle
    return np.maximum(served.widths(chosen), least)
