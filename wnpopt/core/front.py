"""Latency-energy fronts by the epsilon constraint: what a family has to bring, and the loop that all share.

Haimes, Lasdon and Wismer, "On a bicriterion formulation of the problems of integrated system identification and system
optimization", IEEE Transactions on Systems, Man, and Cybernetics 1 (1971).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

from wnpopt.core.document import Document, Instance, Name, Real, SchemaVersion, Solution
from wnpopt.core.errors import InputError
from wnpopt.core.result import Result, Status

Objective = Literal["latency", "energy"]


@dataclass(frozen=True)
class Bicriteria:
    """How a family's instances are posed with the one objective and a limit on the other.

    ``check`` raises :class:`InputError` for an instance that has no energy. ``posed(instance, objective,
    latency_limit, energy_limit)`` is the instance with that objective and these limits beside its own; ``values`` are
    latency and energy of a solution. ``step`` is the least difference of two latencies (1 for integers), 0 where there
    is none. ``method`` solves unless another is named.
    """

    unit: str
    step: float
    method: str
    check: Callable[[Any], None]
    posed: Callable[[Any, Objective, float | None, float | None], Instance]
    values: Callable[[Any, Any], tuple[float, float]]


class FrontPoint(Document):
    """A plan of which none with less energy has this latency, and none with less latency this energy.

    That is proved where ``proved`` is true; elsewhere it is the best that is known.
    """

    latency: Real
    energy_j: Real
    energy_bound_j: Real | None
    proved: bool
    solution: dict[str, Any]


class LatencyEnergyFront(Document):
    """Points by rising latency. ``complete`` if between them there is nothing, proved too."""

    kind: Literal["front"] = "front"
    schema_version: SchemaVersion = 1
    instance: Name
    instance_hash: str
    latency_unit: str
    complete: bool
    points: tuple[FrontPoint, ...]


Solve = Callable[[Instance], Result[Solution]]
Told = Callable[[FrontPoint], None]


def front(instance: Instance, how: Bicriteria, solve: Solve, points: int, told: Told) -> LatencyEnergyFront:
    """The front of ``instance``, from its least energy to its least latency; about ``points`` of them.

    Each is found by two solves: least energy within a latency, then least latency within that energy. The next latency
    is below the last one by a step, so that with enough points the front is complete. Raises :class:`InputError` where
    no plan is known.
    """
    fastest = solve(how.posed(instance, "latency", None, None))
    if fastest.solution is None:
        reason = "has no solution" if fastest.status is Status.INFEASIBLE else "has no solution that was found in time"
        raise InputError(f"{reason}: {fastest.message}" if fastest.message else reason, where="instance")
    least, _ = how.values(instance, fastest.solution)
    exact = fastest.status is Status.OPTIMAL
    made: list[FrontPoint] = []
    limit, stride = None, how.step
    complete = exact and how.step > 0
    while limit is None or limit >= least:
        point = _point(instance, how, solve, limit)
        if point is None:
            # Within the least latency there is a plan: that nothing is told says that the time was short.
            point = _fastest(instance, how, fastest)
            complete = False
        if made and point.latency >= made[-1].latency:
            complete = False
            limit = (limit or least) - stride
            continue
        complete &= point.proved
        if not made and points > 1:
            stride = max(how.step, (point.latency - least) / (points - 1))
            complete &= stride <= how.step
        made.append(point)
        told(point)
        if point.latency <= least or stride <= 0:
            break
        limit = point.latency - stride
        if limit < least < point.latency:
            limit = least
    kept = [p for p in made if not any(_beats(other, p) for other in made)]
    return LatencyEnergyFront(
        instance=instance.name,
        instance_hash=instance.instance_hash,
        latency_unit=how.unit,
        complete=complete,
        points=tuple(sorted(kept, key=lambda p: p.latency)),
    )


def _point(instance: Instance, how: Bicriteria, solve: Solve, limit: float | None) -> FrontPoint | None:
    cheapest = solve(how.posed(instance, "energy", limit, None))
    if cheapest.solution is None:
        return None
    latency, energy = how.values(instance, cheapest.solution)
    solution, proved = cheapest.solution, cheapest.status is Status.OPTIMAL
    quickest = solve(how.posed(instance, "latency", limit, energy))
    if quickest.solution is not None:
        latency, energy = how.values(instance, quickest.solution)
        solution = quickest.solution
    proved &= quickest.status is Status.OPTIMAL
    return FrontPoint(
        latency=float(latency),
        energy_j=energy,
        energy_bound_j=None if cheapest.bound is None else max(0.0, min(cheapest.bound, energy)),
        proved=proved,
        solution=solution.to_data(),
    )


def _fastest(instance: Instance, how: Bicriteria, result: Result[Solution]) -> FrontPoint:
    assert result.solution is not None
    latency, energy = how.values(instance, result.solution)
    data = result.solution.to_data()
    return FrontPoint(latency=float(latency), energy_j=energy, energy_bound_j=None, proved=False, solution=data)


def _beats(one: FrontPoint, other: FrontPoint) -> bool:
    no_worse = one.latency <= other.latency and one.energy_j <= other.energy_j
    return no_worse and (one.latency, one.energy_j) != (other.latency, other.energy_j)
