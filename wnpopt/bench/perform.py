"""Does one task, in the process that it is called in; shared by local workers and those of a cluster."""

from __future__ import annotations

import hashlib
import threading
import time
import traceback
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path

import msgspec

from wnpopt.bench.plan import content_of
from wnpopt.bench.record import Failure, StoredResult
from wnpopt.bench.task import (
    Broken,
    Changed,
    Identified,
    Identify,
    Improved,
    Invalid,
    Note,
    PassedOver,
    Perform,
    Performed,
    Reply,
    Started,
    Task,
)
from wnpopt.core import registry
from wnpopt.core.canonical import content_hash
from wnpopt.core.document import Instance, Solution
from wnpopt.core.errors import InputError, UnsupportedError, WnpoptError, one_line
from wnpopt.core.explain import found
from wnpopt.core.jsonio import parse_json
from wnpopt.core.registry import AnyFamily
from wnpopt.core.result import Result
from wnpopt.core.trace import TracePoint

NOTE_INTERVAL_S = 0.2
_TOLD = 2000  # of a message that a method made of its data this much is kept
OTHER_KINDS = frozenset({"graph", "composition", "chip", "radio", "profile", "intradp-table", "index", "suite"})
"""Documents that lie beside instances and are none."""

Listener = Callable[[Note], None]


def do(task: Task, listener: Listener) -> Reply:
    """The answer to ``task``; never raises but for what ends a process. ``listener`` hears of its progress."""
    try:
        if isinstance(task, Identify):
            listener(Started())
            return _identify(task)
        return _perform(task, listener)
    except MemoryError:
        return Broken(Failure.MEMORY, "out of memory")
    except Exception as error:
        return Broken(Failure.ERROR, _told(error))


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
        if isinstance(kind, str) and (kind in OTHER_KINDS or kind.endswith("-solution")):
            return PassedOver(one_line(kind))
        families = registry.family_names()
        if not isinstance(kind, str) or kind not in families:
            told = f"found {found(kind)}" if "kind" in data else "missing field"
            raise InputError(f"{told}; one of {', '.join(families)} is needed", where="kind")
        family = registry.family(kind)
        instance = family.instance_type.from_data(data)
    except InputError as error:
        return Invalid(str(error.in_file(task.file)))
    return Identified(instance.instance_hash, instance.name, family.name, family.sense)


def _perform(task: Perform, listener: Listener) -> Reply:
    from wnpopt import api

    key = task.key
    family = registry.family(task.family)
    instance = _loaded(task.family, key.instance_hash, task.file, task.content)
    _warm(family, key.method)
    listener(Started())
    began = time.perf_counter()
    teller = _Teller(listener)
    try:
        result = api.solve(
            instance,
            key.method,
            time_limit=key.time_limit_s,
            threads=key.threads,
            seed=key.seed,
            warm_start=key.parameters.warm_start,
            deterministic=key.parameters.deterministic,
            on_progress=teller.hear,
        )
    except UnsupportedError as error:
        return Broken(Failure.REFUSED, str(error))
    except WnpoptError as error:
        return Broken(Failure.ERROR, str(error), time.perf_counter() - began)
    finally:
        teller.stop()
    return _performed(result)


def _performed(result: Result[Solution]) -> Performed:
    stored = msgspec.convert(_raw_parts(result.to_data()), StoredResult)
    failure = Failure.ERROR if result.termination == "error" else None
    if result.solution is None:
        return Performed(stored, msgspec.Raw(b"null"), None, failure)
    data = result.solution.to_data()
    return Performed(stored, msgspec.Raw(msgspec.json.encode(data)), content_hash(data), failure)


def _raw_parts(data: dict[str, object]) -> dict[str, object]:
    """The result's JSON with the parts that stay JSON in the store."""
    parts = {name: msgspec.Raw(msgspec.json.encode(data[name])) for name in ("violations", "trace", "versions")}
    return data | parts


class _Teller:
    """Passes improvements on: the first at once, then the newest every :data:`NOTE_INTERVAL_S` while there are any."""

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
            if self._timer is not None:
                self._timer.cancel()

    def _tell(self) -> None:
        point, self._newest, self._timer = self._newest, None, None
        if point is None or self._stopped:
            return
        self._listener(Improved(point.objective, point.bound))
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


_warmed: set[tuple[str, str]] = set()


def _warm(family: AnyFamily, method: str) -> None:
    """Import and compile what ``method`` needs by solving the family's known case, once a process.

    So that the first run of a worker is timed like the others. What goes wrong here will go wrong again in the run.
    """
    if (family.name, method) in _warmed or family.doctor is None:
        return
    _warmed.add((family.name, method))
    from wnpopt import api

    try:
        case = family.instance_type.from_data(dict(family.doctor.instance))
        api.solve(case, method, time_limit=10.0, threads=1)
    except WnpoptError:
        return


def _told(error: Exception) -> str:
    """An exception in one line, with the place where it was raised."""
    frames = traceback.extract_tb(error.__traceback__)
    place = f" ({Path(frames[-1].filename).name}:{frames[-1].lineno})" if frames else ""
    told = str(error)
    if len(told) > _TOLD:
        told = told[:_TOLD] + "…"
    return one_line(f"{type(error).__name__}: {told}{place}")
