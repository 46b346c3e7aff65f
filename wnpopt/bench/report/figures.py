"""What the report's page draws of an instance: the schedule of its best solution, and the traces of its runs."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import cast

from wnpopt.bench.analysis.runs import Known, StoredRun
from wnpopt.bench.store.consistency import worth
from wnpopt.bench.store.record import Record, trace_of
from wnpopt.bench.store.store import Store
from wnpopt.core import registry
from wnpopt.core.document import Instance, Solution
from wnpopt.core.errors import InputError
from wnpopt.core.lazy import resolve
from wnpopt.core.trace import TracePoint
from wnpopt.plotting.gantt import Gantt
from wnpopt.plotting.gantt_page import PageChart, page_chart

MOST_POINTS = 200
"""Points of a trace that the page keeps at most."""


@dataclass(frozen=True, slots=True)
class Curve:
    """The trace of one run: label (an index into the page's labels), seed, and three columns of equal length."""

    label: int
    seed: int
    time_s: tuple[float, ...]
    objective: tuple[float | None, ...]
    bound: tuple[float | None, ...]


@dataclass(frozen=True, slots=True)
class Figure:
    """What opening an instance shows; ``problem`` says why there is no chart, or what is wrong with the solution."""

    unit: str
    chart: PageChart | None
    made_by: str
    problem: str
    alarming: bool
    curves: tuple[Curve, ...]


def figure_of(store: Store, known: Known, attempts: Sequence[StoredRun], labels: Sequence[str]) -> Figure:
    """The figure of an instance with these runs. The solution is verified again before it is drawn."""
    place = {label: index for index, label in enumerate(labels)}
    curves = tuple(
        curve for a in attempts if (curve := curve_of(a.record, place[a.label])) is not None
    )  # fmt: skip
    try:
        unit, gantt, made_by, problem, alarming = best_schedule(store, known, attempts)
        chart = None if gantt is None else page_chart(gantt)
    except InputError as error:
        unit, chart, made_by, problem, alarming = "", None, "", f"no schedule: {error}", False
    return Figure(unit, chart, made_by, problem, alarming, curves)


def best_schedule(
    store: Store, known: Known, attempts: Sequence[StoredRun]
) -> tuple[str, Gantt | None, str, str, bool]:
    """The objective's unit, the chart of the best solution, who made it, what is wrong, and whether that is alarming.

    The solution is verified again. Raises :class:`InputError` where the store lacks what it should hold.
    """
    best = _best(known, attempts)
    if best is None:
        return "", None, "", "no run's solution is stored", False
    record = best.record
    instance, solution = store.instance(record), store.solution(record)
    family = registry.family(known.family)
    if not isinstance(instance, family.instance_type) or not isinstance(solution, family.solution_type):
        return "", None, best.label, f"what is stored is no instance and solution of {known.family}", True
    unit = family.unit_of(instance)
    certificate = family.verify(instance, solution)
    if not certificate.accepted:
        rules = ", ".join(sorted({violation.rule for violation in certificate.violations}))
        return unit, None, best.label, f"the verifier rejects the stored solution of {best.label}: {rules}", True
    value = record.result.objective
    if certificate.objective is None or worth(value, certificate.objective, known.integral) is not None:
        told = f"the stored solution of {best.label} has the value {certificate.objective}, its record says {value}"
        return unit, None, best.label, told, True
    problem = (
        ""
        if record is known.record or best.reaches_best
        else f"the best value, {known.best:.6g}, is the index's; drawn is the best run's"
    )
    if family.gantt is None:
        return unit, None, best.label, f"{known.family} offers no schedule to draw", False
    draw = cast("Callable[[Instance, Solution], Gantt]", resolve(family.gantt))
    return unit, draw(instance, solution), f"{best.label}, seed {record.key.seed}", problem, False


def _best(known: Known, attempts: Sequence[StoredRun]) -> StoredRun | None:
    """The run that found the best value, if its solution is kept; else the first of the best whose solution is."""
    sign = 1.0 if known.sense == "min" else -1.0
    scored = [
        (sign * a.record.result.objective, a.record is not known.record, a)
        for a in attempts
        if a.record.result.verified and a.record.result.objective is not None and a.record.solution is not None
    ]
    return min(scored, key=lambda entry: entry[:2], default=(0.0, False, None))[2]


def curve_of(record: Record, label: int) -> Curve | None:
    """The trace of a run, with its end as the verifier saw it; None if nothing was ever known."""
    result = record.result
    points = list(trace_of(result))
    # A trace holds what the method said; of a run that failed nothing more is believed.
    if record.failure is None and result.runtime_s is not None and (result.objective, result.bound) != (None, None):
        # What was noted after the run's end (while it was verified and bounded) is what its last point says.
        points = [point for point in points if point.time_s <= result.runtime_s]
        points.append(TracePoint(result.runtime_s, result.objective, result.bound))
    if not points:
        return None
    kept = [points[index] for index in thinned(points, MOST_POINTS)]
    return Curve(
        label,
        record.key.seed,
        tuple(round(point.time_s, 6) for point in kept),
        tuple(point.objective for point in kept),
        tuple(point.bound for point in kept),
    )


def thinned(points: Sequence[TracePoint], most: int) -> list[int]:
    """Places of at most ``most`` (at least 4) points, evenly spread, with both ends and where each series begins."""
    if len(points) <= most:
        return list(range(len(points)))
    last = len(points) - 1
    firsts = {
        next((i for i, p in enumerate(points) if p.objective is not None), 0),
        next((i for i, p in enumerate(points) if p.bound is not None), 0),
    }
    spread = most - len(firsts)
    return sorted(firsts | {round(k * last / (spread - 1)) for k in range(spread)})
