"""Records made by hand, for tests of what is read from a store."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

import msgspec

from wnpopt.bench.store.record import SCHEMA, Failure, Key, Parameters, Record, Reference, StoredResult
from wnpopt.core.bound import Sense
from wnpopt.core.result import relative_gap
from wnpopt.core.trace import TracePoint

Point = tuple[float, float | None, float | None]


def hash_of(instance: str) -> str:
    """The content hash that :func:`record` gives an instance of this name."""
    return hashlib.sha256(instance.encode()).hexdigest()


def record(
    instance: str = "a",
    method: str = "m",
    seed: int = 0,
    *,
    objective: float | None = None,
    bound: float | None = None,
    status: str | None = None,
    termination: str | None = None,
    time: float | None = 1.0,
    failure: Failure | None = None,
    trace: Iterable[Point] | None = None,
    file: str | None = None,
    family: str | None = "wnp",
    sense: Sense | None = "min",
    time_limit: float | None = 10.0,
    threads: int = 1,
    parameters: Parameters = Parameters(),  # noqa: B008 (frozen)
    instance_hash: str | None = None,
    found_by: str | None = None,
    bound_by: str | None = None,
    reference: Reference | None = None,
    solution: str | None = None,
    message: str = "",
    finished: str = "2026-01-01T00:00:00.000000+00:00",
    integral: bool | None = False,
    verified: bool | None = None,
) -> Record:
    """A run of ``method`` on ``instance``.

    Where they are not given: ``file`` is suite/<instance>.json, ``status`` follows from failure, objective and bound,
    and the trace (a point is time, objective, bound) is one point at the end.
    """
    key_hash = instance_hash or hash_of(instance)
    gap = relative_gap(objective, bound)
    if status is None:
        status = "unknown" if failure or objective is None else "feasible"
        if gap is not None and gap <= 1e-6 and failure is None:
            status = "optimal"
    if termination is None:
        termination = "error" if failure else "proved" if status in ("optimal", "infeasible") else "heuristic"
    if trace is None:
        known = time is not None and (objective is not None or bound is not None)
        trace = [(time, objective, bound)] if known and time is not None else []
    result = StoredResult(
        instance=instance,
        family=family,
        method=method,
        status=status,
        termination=termination,
        sense=sense,
        objective=objective,
        bound=bound,
        gap=gap,
        runtime_s=time,
        build_s=None if time is None else 0.0,
        verified=objective is not None if verified is None else verified,
        violations=msgspec.Raw(b"[]"),
        trace=msgspec.Raw(msgspec.json.encode([TracePoint(*point) for point in trace])),
        warm_start="none",
        found_by=found_by or (method if objective is not None else None),
        bound_by=bound_by or (method if bound is not None else None),
        seed=seed,
        threads=threads,
        time_limit_s=time_limit,
        instance_hash=key_hash,
        versions=msgspec.Raw(b'{"wnpopt":"0.1.0"}'),
        message=message,
    )
    return Record(
        key=Key(key_hash, method, seed, time_limit, threads, parameters),
        file=file or f"suite/{instance}.json",
        file_sha256=hashlib.sha256(f"file of {instance}".encode()).hexdigest(),
        result=result,
        failure=failure,
        solution=solution,
        reference=reference,
        finished=finished,
        integral=integral,
        schema=SCHEMA,
    )
