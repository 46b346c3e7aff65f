"""What follows from a record's own numbers, and from the instance that it is about."""

from __future__ import annotations

import math
from collections.abc import Iterator
from datetime import datetime

from wnpopt.bench.store.record import Record, StoredResult, trace_of, violations_of
from wnpopt.core.bound import Sense
from wnpopt.core.document import Instance
from wnpopt.core.registry import AnyFamily
from wnpopt.core.result import Status, Termination, WarmStart, relative_gap
from wnpopt.core.trace import TracePoint
from wnpopt.core.verdict import GAP_OPTIMAL, Verdict, better, compare

RELATIVE = 1e-9
"""How far a recomputed number may be from the stored one: another machine's rounding, nothing more."""

_TERMINATIONS = frozenset(Termination) | {"gap_reached", "target_reached", "no_improvement", "stopped"}


def faults(record: Record, family: AnyFamily | None, instance: Instance | None) -> Iterator[str]:
    """What is wrong with a record of a run of ``family`` on ``instance`` (both None: of a file that is no instance)."""
    yield from _of_the_key(record)
    yield from _of_the_end(record)
    if family is None or instance is None:
        yield from _of_no_instance(record)
        return
    result = record.result
    if result.instance_hash != instance.instance_hash:
        yield "the instance is not the one that was solved"
    integral = family.has_integers(instance)
    if record.integral is not None and record.integral is not integral:
        yield f"the objective is {'an integer' if integral else 'a real number'}, the record says otherwise"
    if result.sense != family.sense:
        yield f"the sense is {family.sense}, the record says {result.sense}"
        return  # nothing else can be said of the numbers
    yield from _of_the_numbers(result, family.sense, integral)
    yield from _of_the_trace(record, family.sense, integral)


def _of_the_key(record: Record) -> Iterator[str]:
    result, key = record.result, record.key
    asked = (result.instance_hash, result.method, result.seed, result.threads, result.time_limit_s)
    if asked != (key.instance_hash, key.method, key.seed, key.threads, key.time_limit_s):
        yield "the result is that of another run"
    if key.time_limit_s is not None and key.time_limit_s < 0:
        yield f"the time limit is {key.time_limit_s:g} s"
    try:
        datetime.fromisoformat(record.finished)
    except ValueError:
        yield f"it finished at {record.finished}, which is no time"


def _of_the_end(record: Record) -> Iterator[str]:
    """How the run ended, whatever it was about."""
    result = record.result
    for name, value in (("runtime_s", result.runtime_s), ("build_s", result.build_s)):
        if value is None and record.failure is None:
            yield f"{name} is not known, and the run did not fail"
        elif value is not None and value < 0:
            yield f"{name} is {value:g}"
    if result.termination not in _TERMINATIONS:
        yield f"the termination is {result.termination}, which nothing ends with"
    if (result.termination == Termination.ERROR) is not (record.failure is not None):
        yield f"the termination is {result.termination}, the failure {record.failure or 'none'}"
    if result.termination == Termination.PROVED and result.status not in (Status.OPTIMAL, Status.INFEASIBLE):
        yield f"the termination is proved, the status {result.status}"
    if result.warm_start not in frozenset(WarmStart):
        yield f"the warm start is {result.warm_start}, which is none"
    known = {"a solution": record.solution is not None, "a value": result.objective is not None,
             "a verified value": result.verified, "a finder": result.found_by is not None}  # fmt: skip
    if len(set(known.values())) > 1:
        has, lacks = (
            " and ".join(name for name, is_known in known.items() if is_known is which) for which in (True, False)
        )
        yield f"the record has {has}, but not {lacks}"
    if (result.bound is None) is not (result.bound_by is None):
        yield "the record has a bound without a source" if result.bound_by is None else "a source without a bound"
    if violations_of(result) and (record.failure is None or result.objective is not None):
        yield "the record has violated rules and an answer that counts"


def _of_no_instance(record: Record) -> Iterator[str]:
    result = record.result
    if record.failure is None:
        yield "there is no instance, and the run did not fail"
    if result.sense is not None or result.objective is not None or result.bound is not None:
        yield "there is no instance, and the record has a value, a bound or a sense"
    if result.status != Status.UNKNOWN:
        yield f"there is no instance, and the status is {result.status}"


def _of_the_numbers(result: StoredResult, sense: Sense, integral: bool) -> Iterator[str]:
    objective, bound = result.objective, result.bound
    gap = relative_gap(objective, bound)
    if (gap is None) is not (result.gap is None) or (
        gap is not None and result.gap is not None and abs(gap - result.gap) > RELATIVE * max(1.0, gap)
    ):
        yield f"the gap is {_shown(gap)}, the record says {_shown(result.gap)}"
    if integral:
        for name, value in (("value", objective), ("bound", bound)):
            if value is not None and not value.is_integer():
                yield f"the {name} {value:.17g} is no integer"
    judged = compare(objective, bound, sense, integral)
    if judged.verdict is Verdict.CONTRADICTED:
        yield f"the bound {_shown(bound)} is contradicted by the value {_shown(objective)}"
    right = {Status.UNKNOWN, Status.INFEASIBLE}
    if objective is not None:
        right = {Status.OPTIMAL if judged.verdict is Verdict.PROVED else Status.FEASIBLE}
    if result.status not in right:
        told = "there is no value" if objective is None else f"value {_shown(objective)} and bound {_shown(bound)}"
        yield f"the status is {result.status}: {told} make it {' or '.join(sorted(right))}"
    if result.status == Status.INFEASIBLE and bound is not None:
        yield "the status is infeasible, and there is a bound"


def _of_the_trace(record: Record, sense: Sense, integral: bool) -> Iterator[str]:
    """Times go on, values and bounds get better, and in the end they are no worse than the result's."""
    result, points = record.result, trace_of(record.result)
    before: TracePoint | None = None
    for number, point in enumerate(points):
        if point.time_s < 0 or (before is not None and _goes_back(before, point, sense)):
            yield f"the trace goes back at point {number + 1}"
            return
        before = point
    last = before or TracePoint(0.0, None, None)
    if result.objective is not None and (last.objective is None or better(result.objective, last.objective, sense)):
        yield f"the value is {_shown(result.objective)}, the trace ends with {_shown(last.objective)}"
    if result.bound is not None:
        opposite: Sense = "max" if sense == "min" else "min"
        if last.bound is None or better(result.bound, last.bound, opposite):
            yield f"the bound is {_shown(result.bound)}, the trace ends with {_shown(last.bound)}"
        if record.failure is None and result.objective is not None and last.bound is not None:
            # What the trace holds is what solvers said, so their tolerance is allowed for.
            slack = GAP_OPTIMAL * max(1.0, abs(result.objective)) * (1 if sense == "min" else -1)
            if compare(result.objective, last.bound - slack, sense, integral).verdict is Verdict.CONTRADICTED:
                yield f"the bound {_shown(last.bound)} of the trace is contradicted by {_shown(result.objective)}"


def _goes_back(before: TracePoint, point: TracePoint, sense: Sense) -> bool:
    opposite: Sense = "max" if sense == "min" else "min"
    if point.time_s < before.time_s:
        return True
    for was, now, way in ((before.objective, point.objective, sense), (before.bound, point.bound, opposite)):
        if was is not None and (now is None or better(was, now, way)):
            return True
    return False


def worth(stored: float | None, found: float, integral: bool) -> str | None:
    """How the recomputed value of a solution differs from the stored one; None if it does not."""
    if stored is None:
        return f"the value is {_shown(found)}, the record has none"
    same = stored == found if integral else math.isclose(stored, found, rel_tol=RELATIVE)
    return None if same else f"the value is {_shown(found)}, the record says {_shown(stored)}"


def _shown(value: float | None) -> str:
    return "not known" if value is None else f"{value:.17g}"
