"""Does one task, in the process that it is called in; shared by local workers and those of a cluster."""

from __future__ import annotations

import contextlib
import hashlib
import threading
import time
from collections.abc import Callable
from functools import cache, lru_cache
from pathlib import Path

import msgspec

from wnpopt.backends.isolation.frames import ClosedError, Frames
from wnpopt.backends.warmup import warm
from wnpopt.bench.batch.sources import content_of
from wnpopt.bench.store.record import Failure, Package, StoredResult
from wnpopt.bench.workers.task import (
    TASKS,
    Broken,
    Changed,
    Identified,
    Identify,
    Improved,
    Incumbent,
    Invalid,
    Note,
    PassedOver,
    Perform,
    Performed,
    Proved,
    Reply,
    Rescue,
    Started,
    Task,
)
from wnpopt.core import registry
from wnpopt.core.attempt import Attempt
from wnpopt.core.bound import Bound
from wnpopt.core.budget import Budget
from wnpopt.core.canonical import content_hash
from wnpopt.core.document import Instance, Solution
from wnpopt.core.errors import InputError, UnsupportedError, WnpoptError, describe, one_line
from wnpopt.core.explain import found
from wnpopt.core.jsonio import parse_json
from wnpopt.core.judge import judge
from wnpopt.core.method import Outcome
from wnpopt.core.registry import AnyFamily, AnyMethod
from wnpopt.core.result import Result, Termination
from wnpopt.core.trace import Candidate, Trace, TracePoint
from wnpopt.domain import KINDS
from wnpopt.solving.request import needs_a_process
from wnpopt.solving.teller import Teller

NOTE_INTERVAL_S = 0.2
TRACE_AT_MOST = 50_000
"""Points of a trace that a record keeps."""

VIOLATIONS_AT_MOST = 1000
MESSAGE_AT_MOST = 20_000
"""And broken rules, and letters of a message: what is written is never longer than what is read."""

Listener = Callable[[Note], None]


def handle(message: bytes, frames: Frames, mark: Callable[[], None]) -> bytes:
    """The encoded reply to an encoded task; notes of its progress go out on the way."""

    def tell(note: Note) -> None:
        if isinstance(note, Started):
            mark()
        with contextlib.suppress(ClosedError):  # the main loop finds out by itself
            frames.send(msgspec.json.encode(note))

    return msgspec.json.encode(do(TASKS.decode(message), tell))


def do(task: Task, listener: Listener) -> Reply:
    """The answer to ``task``; never raises but for what ends a process. ``listener`` hears of its progress."""
    try:
        if isinstance(task, Identify):
            listener(Started())
            return _identify(task)
        if isinstance(task, Rescue):
            listener(Started())
            return _rescue(task)
        return _perform(task, listener)
    except MemoryError:
        return Broken(Failure.MEMORY, "out of memory")
    except Exception as error:
        return Broken(Failure.ERROR, describe(error))


def _identify(task: Identify) -> Reply:
    try:
        content = task.content if task.content is not None else content_of(task.file)
    except OSError as error:
        return Invalid(f"{task.file}: cannot be read: {error.strerror}")
    if hashlib.sha256(content).hexdigest() != task.sha256:
        return Changed()
    try:
        data = parse_json(content)
        kind = data.get("kind")
        if isinstance(kind, str) and (kind in _other_kinds() or kind.endswith("-solution")):
            return PassedOver(one_line(kind))
        families = registry.family_names()
        if not isinstance(kind, str) or kind not in families:
            told = f"found {found(kind)}" if "kind" in data else "missing field"
            raise InputError(f"{told}; one of {', '.join(families)} is needed", where="kind")
        family = registry.family(kind)
        instance = family.instance_type.from_data(data)
    except InputError as error:
        return Invalid(str(error.in_file(task.file)))
    integral = family.has_integers(instance)
    return Identified(instance.instance_hash, instance.name, family.name, family.sense, integral)


@cache
def _other_kinds() -> frozenset[str]:
    """Documents that lie beside instances and are none."""
    families = [registry.family(name) for name in registry.family_names()]
    return frozenset({*KINDS, "index", "suite", *(kind for family in families for kind in family.documents)})


def _perform(task: Perform, listener: Listener) -> Reply:
    from wnpopt import api

    key = task.key
    family = registry.family(task.family)
    instance = _loaded(task.family, key.instance_hash, task.file, task.content)
    _make_ready(family, registry.method(family.name, key.method))
    listener(Started())
    began = time.perf_counter()
    shown, kept = _Shown(listener), Teller(lambda candidate: listener(_incumbent(candidate)))
    try:
        result = api.solve(
            instance,
            key.method,
            time_limit=key.time_limit_s,
            threads=key.threads,
            seed=key.seed,
            warm_start=key.parameters.warm_start,
            deterministic=key.parameters.deterministic,
            gap=key.parameters.gap,
            target=key.parameters.target,
            no_improvement=key.parameters.no_improvement,
            solver=key.parameters.solver,
            solver_options=dict(key.parameters.solver_options),
            on_progress=shown.hear,
            on_solution=kept.hear,
            on_bound=lambda bound: listener(Proved(bound.value, bound.source)),
            isolate=False,  # this process is the isolation
        )
    except UnsupportedError as error:
        return Broken(Failure.REFUSED, str(error))
    except WnpoptError as error:
        return Broken(Failure.ERROR, str(error), time.perf_counter() - began)
    finally:
        kept.stop()
        shown.stop()
    failure = None if result.termination != "error" else _kind_of(result.message)
    return _performed(family, key.method, instance, result, failure)


def _kind_of(message: str) -> Failure:
    return Failure.MEMORY if "failed: MemoryError" in message else Failure.ERROR


def _incumbent(candidate: Candidate) -> Incumbent:
    return Incumbent(candidate.objective, msgspec.Raw(msgspec.json.encode(candidate.solution.to_data())))


def _rescue(task: Rescue) -> Reply:
    """What is known of a broken run, judged like any other: the verifier has the last word on each incumbent."""
    run, broken = task.run, task.broken
    key, family = run.key, registry.family(run.family)
    instance = _loaded(run.family, key.instance_hash, run.file, run.content)
    candidates = tuple(c for c in (_candidate(family, told) for told in task.incumbents) if c is not None)
    elapsed = broken.runtime_s if broken.runtime_s is not None else max((p.time_s for p in task.points), default=0.0)
    outcome: Outcome[Solution] = Outcome(None, Termination.ERROR, message=broken.message)
    bound = None if task.bound is None else Bound(task.bound.value, task.bound.source)
    attempt = Attempt(outcome, None, (), candidates, elapsed, bound)
    budget = Budget(key.time_limit_s, key.threads, key.seed, key.parameters.deterministic)
    trace = Trace(family.sense, budget)
    trace.take_over([TracePoint(point.time_s, point.objective, point.bound) for point in task.points])
    result = judge(family, registry.method(family.name, key.method), instance, attempt, budget, trace)
    return _performed(family, key.method, instance, result, broken.failure)


def _candidate(family: AnyFamily, told: Incumbent) -> Candidate | None:
    try:
        return Candidate(told.objective, family.solution_type.from_data(parse_json(bytes(told.solution))))
    except InputError:
        return None


def _performed(
    family: AnyFamily, method: str, instance: Instance, result: Result[Solution], failure: Failure | None
) -> Performed:
    stored = msgspec.convert(_raw_parts(result.to_data()), StoredResult)
    solution, solution_hash = msgspec.Raw(b"null"), None
    if result.solution is not None:
        data = result.solution.to_data()
        solution, solution_hash = msgspec.Raw(msgspec.json.encode(data)), content_hash(data)
    return Performed(
        stored, solution, solution_hash, failure, family.has_integers(instance), package_of(family.name, method)
    )


def package_of(family: str, method: str) -> Package | None:
    """The installed distribution that registered a method; None if that is not known."""
    found = registry.distribution(family, method)
    return None if found is None else Package(*found)


def _raw_parts(data: dict[str, object]) -> dict[str, object]:
    """The result's JSON with the parts that stay JSON in the store."""
    violations = data["violations"]
    assert isinstance(violations, list)
    data = data | {
        "trace": _thinned(data["trace"]),
        "violations": violations[:VIOLATIONS_AT_MOST],
        "message": str(data["message"])[:MESSAGE_AT_MOST],
    }
    parts = {name: msgspec.Raw(msgspec.json.encode(data[name])) for name in ("violations", "trace", "versions")}
    return data | parts


def _thinned(trace: object) -> object:
    """A trace that fits into a record: of very many improvements every n-th, with both ends."""
    if not isinstance(trace, list) or len(trace) <= TRACE_AT_MOST:
        return trace
    step = -(-len(trace) // (TRACE_AT_MOST - 1))
    return [*trace[:-1:step], trace[-1]]


class _Shown:
    """Passes improvements on, for show: the first at once, then the newest every :data:`NOTE_INTERVAL_S`."""

    def __init__(self, listener: Listener) -> None:
        self._listener = listener
        self._lock = threading.Lock()
        self._timer: threading.Timer | None = None
        self._newest: TracePoint | None = None
        self._stopped = False

    def hear(self, point: TracePoint) -> None:
        """Take over an improvement; from any thread."""
        with self._lock:
            self._newest = point
            if self._timer is None and not self._stopped:
                self._tell()

    def stop(self) -> None:
        """Tell no more."""
        with self._lock:
            self._stopped = True
            timer = self._timer
        if timer is not None:
            timer.cancel()
            timer.join()  # no thread is left behind

    def _tell(self) -> None:
        point, self._newest, self._timer = self._newest, None, None
        if point is None or self._stopped:
            return
        self._listener(Improved(point.time_s, point.objective, point.bound))
        self._timer = threading.Timer(NOTE_INTERVAL_S, self._again)
        self._timer.daemon = True
        self._timer.start()

    def _again(self) -> None:
        with self._lock:
            self._tell()


@lru_cache(maxsize=1)
def _loaded(family: str, instance_hash: str, file: str, content: bytes | None) -> Instance:
    """The instance; the last one is kept, for its next run often comes to the same worker."""
    raw = Path(file).read_bytes() if content is None else content
    instance: Instance = registry.family(family).instance_type.from_data(parse_json(raw))
    if instance.instance_hash != instance_hash:
        raise InputError(f"has the hash {instance.instance_hash[:12]}, not {instance_hash[:12]}", file=file)
    return instance


_ready: set[tuple[str, str]] = set()


def _make_ready(family: AnyFamily, method: AnyMethod) -> None:
    """Import and compile what a run with ``method`` needs, once a process, so that a worker's first run is timed like
    the others: also what the family's verifier and bounds need where the method itself needs nothing. Another package's
    method is not run before its clock runs, it may abort or never end: the family's own warm start stands in for it.
    """
    warm(family, method)
    if method.modules or family.doctor is None or (family.name, method.name) in _ready:
        return
    _ready.add((family.name, method.name))
    from wnpopt import api

    name = family.warm_start if needs_a_process(method) and family.warm_start != "none" else method.name
    with contextlib.suppress(WnpoptError):  # what goes wrong here goes wrong again in the run
        case = family.instance_type.from_data(dict(family.doctor.instance))
        api.solve(case, name, time_limit=10.0, threads=1, isolate=False)
