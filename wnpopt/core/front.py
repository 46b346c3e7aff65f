"""Latency-energy fronts by the epsilon constraint: what a family has to bring, and the loop that all share.

Haimes, Lasdon and Wismer, "On a bicriterion formulation of the problems of integrated system identification and system
optimization", IEEE Transactions on Systems, Man, and Cybernetics 1 (1971).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any, Literal, cast

from wnpopt.core.document import Document, Instance, Name, Real, SchemaVersion, Solution
from wnpopt.core.errors import InputError
from wnpopt.core.family import Family
from wnpopt.core.lazy import resolve
from wnpopt.core.result import Result, Status
from wnpopt.core.verdict import Verdict, compare

Objective = Literal["latency", "energy"]

SAME = 1e-9
"""Energies that differ by less than this, relative, are one: the contract's tolerance of limits in joules."""

PROBES = 60
"""Solves that the least latency of one energy may take where energy cannot be limited."""


@dataclass(frozen=True)
class Bicriteria:
    """How a family's instances are posed with the one objective and a limit on the other.

    ``check`` raises :class:`InputError` for an instance that has no energy. ``posed(instance, objective,
    latency_limit, energy_limit)`` is the instance with that objective and these limits beside its own; ``values`` are
    latency and energy of a solution. ``step`` is the least difference of two latencies (1 for integers), 0 where there
    is none; latencies that differ by less than ``resolution``, relative, then count as one. ``method`` solves unless
    another is named. Without ``limits_energy`` no energy limit is ever posed.
    """

    unit: str
    step: float
    method: str
    check: Callable[[Any], None]
    posed: Callable[[Any, Objective, float | None, float | None], Instance]
    values: Callable[[Any, Any], tuple[float, float]]
    resolution: float = 0.0
    limits_energy: bool = True

    def below(self, latency: float) -> float:
        """The largest limit that counts as less than ``latency``."""
        return latency - max(self.step, self.resolution * latency)


def bicriteria(family: Family[Any, Any], instance: Instance) -> Bicriteria:
    """How the family poses ``instance``; :class:`InputError` where there is no latency or no energy."""
    if family.front is None:
        raise InputError(f"{family.name} has no front of latency and energy", where="kind")
    how = cast(Bicriteria, resolve(family.front))
    how.check(instance)
    return how


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


Solve = Callable[[Instance, Solution | None], Result[Solution]]
"""Solves an instance, from a solution that keeps its limits if there is one."""

Told = Callable[[FrontPoint], None]


def front(instance: Instance, how: Bicriteria, solve: Solve, points: int, told: Told) -> LatencyEnergyFront:
    """The front of ``instance``, from its least energy to its least latency; about ``points`` of them.

    Each is made by two solves: least energy within a latency, then least latency within that energy; where energy
    cannot be limited, the second asks for the least energy just below that latency. First come points that are evenly
    apart in latency, then those between two of them, so that with enough points the front is complete. Raises
    :class:`InputError` where no plan is known.
    """
    sweep = _Sweep(instance, how, solve)
    fastest = sweep.fastest()
    made: list[FrontPoint] = []

    def add(point: FrontPoint) -> None:
        if all(point.latency != other.latency for other in made):
            made.append(point)
            told(point)

    point = sweep.point(None)
    add(point)
    stride = (point.latency - fastest.latency) / max(1, points - 1)
    while points > 1 and point.latency > fastest.latency:
        limit = min(how.below(point.latency), point.latency - stride)
        point = sweep.point(limit if fastest.latency <= limit < point.latency else fastest.latency)
        add(point)
    while len(made) < points:
        inside = sweep.between(made)
        if inside is None:
            break
        add(sweep.point(inside))
    kept = _undominated(made)
    closed = fastest.proved and kept[0].latency <= fastest.latency
    return LatencyEnergyFront(
        instance=instance.name,
        instance_hash=instance.instance_hash,
        latency_unit=how.unit,
        complete=closed and all(p.proved for p in kept) and not sweep.gaps(kept),
        points=tuple(kept),
    )


@dataclass(frozen=True)
class _Plan:
    """A plan with its values; ``proved`` if the one that was asked to be least is, above ``bound`` whatever it is."""

    latency: float
    energy: float
    solution: Solution
    proved: bool = False
    bound: float | None = None


class _Sweep:
    """The solves of one front. What was solved once is not solved again, and a plan counts for every limit it keeps."""

    def __init__(self, instance: Instance, how: Bicriteria, solve: Solve) -> None:
        self._instance, self._how, self._solve = instance, how, solve
        self._known: list[_Plan] = []
        self._fastest: _Plan | None = None
        self._cheapest: dict[float | None, _Plan] = {}
        self._points: dict[float | None, FrontPoint] = {}

    def fastest(self) -> _Plan:
        """The plan of least latency."""
        result = self._solved("latency", None, None, None)
        if result.solution is None:
            reason = (
                "has no solution" if result.status is Status.INFEASIBLE else "has no solution that was found in time"
            )
            raise InputError(f"{reason}: {result.message}" if result.message else reason, where="instance")
        latency, energy = self._how.values(self._instance, result.solution)
        self._fastest = _Plan(latency, energy, result.solution, result.status is Status.OPTIMAL, result.bound)
        return self._fastest

    def point(self, limit: float | None) -> FrontPoint:
        """The point of least energy within ``limit``, which the fastest plan keeps."""
        if limit not in self._points:
            plan = self._within(limit)
            quickest = self._limited(plan) if self._how.limits_energy else self._probed(plan)
            self._points[limit] = FrontPoint(
                latency=float(quickest.latency),
                energy_j=quickest.energy,
                energy_bound_j=None if plan.bound is None else max(0.0, min(plan.bound, quickest.energy)),
                proved=plan.proved and quickest.proved,
                solution=quickest.solution.to_data(),
            )
        return self._points[limit]

    def gaps(self, points: list[FrontPoint]) -> list[tuple[FrontPoint, FrontPoint]]:
        """The neighbours between which there may be others, those far apart first."""
        ordered = sorted(points, key=lambda p: p.latency)
        pairs = []
        for p, q in pairwise(ordered):
            limit = self._how.below(q.latency)
            if limit > p.latency and self._points.get(limit) != p:
                pairs.append((p, q))
        return sorted(pairs, key=lambda pair: pair[0].latency - pair[1].latency)

    def between(self, points: list[FrontPoint]) -> float | None:
        """A limit between two neighbours that was not tried, where they are farthest apart; None if there is none.

        Just below the slower one if that is proved, so that the next point follows it; else in the middle, since a plan
        that is not known to be best is easily followed by one that is hardly quicker.
        """
        for p, q in self.gaps(points):
            limit = self._how.below(q.latency) if q.proved else (p.latency + q.latency) / 2
            if limit <= self._how.below(q.latency) and limit not in self._points:
                return limit
        return None

    def _within(self, limit: float | None) -> _Plan:
        """The plan of least energy within a latency."""
        assert self._fastest is not None
        if limit not in self._cheapest:
            start = self._best(limit)
            result = self._solved("energy", limit, None, start)
            best, bound = self._best(limit), result.bound
            # Less time never costs less energy. (No limit is asked for first, when no other is known.)
            looser = [known.bound for at, known in self._cheapest.items() if at is None or at >= cast(float, limit)]
            bound = max((b for b in (bound, *looser) if b is not None), default=None)
            proved = compare(best.energy, bound, "min", integral=False).verdict is Verdict.PROVED
            self._cheapest[limit] = replace(best, proved=proved, bound=bound)
        return self._cheapest[limit]

    def _limited(self, plan: _Plan) -> _Plan:
        """The quickest plan with the energy of ``plan``."""
        result = self._solved("latency", plan.latency, plan.energy, plan)
        if result.solution is None:
            return replace(plan, proved=False)
        latency, energy = self._how.values(self._instance, result.solution)
        return _Plan(latency, energy, result.solution, result.status is Status.OPTIMAL)

    def _probed(self, plan: _Plan) -> _Plan:
        """As :meth:`_limited`, by limits on the latency: just below the plan's, and by halves while there is one."""
        assert self._fastest is not None
        low = self._fastest.latency
        for probe in range(PROBES if plan.proved else 0):
            if plan.latency <= low:
                return replace(plan, proved=self._fastest.proved)
            limit = max(low, self._how.below(plan.latency))
            if probe % 2:
                limit = (low + plan.latency) / 2
            other = self._within(limit)
            if other.energy <= plan.energy * (1 + SAME):
                plan = other
            elif other.bound is None or other.bound <= plan.energy * (1 + SAME):
                break
            elif not probe % 2:
                return replace(plan, proved=True)
            else:
                low = limit
        return replace(plan, proved=False)

    def _best(self, limit: float | None) -> _Plan:
        """The known plan of least energy within a latency; of equal ones the quickest."""
        assert self._fastest is not None
        kept = [plan for plan in self._known if limit is None or plan.latency <= limit]
        return min(kept, key=lambda plan: (plan.energy, plan.latency), default=self._fastest)

    def _solved(
        self, objective: Objective, latency: float | None, energy: float | None, start: _Plan | None
    ) -> Result[Solution]:
        posed = self._how.posed(self._instance, objective, latency, energy)
        result = self._solve(posed, None if start is None else start.solution)
        if result.solution is not None:
            self._known.append(_Plan(*self._how.values(self._instance, result.solution), result.solution))
        return result


def _undominated(points: list[FrontPoint]) -> list[FrontPoint]:
    """By rising latency, those that have less energy than all before."""
    kept: list[FrontPoint] = []
    for point in sorted(points, key=lambda p: p.latency):
        if not kept or point.energy_j < kept[-1].energy_j * (1 - SAME):
            kept.append(point)
    return kept
