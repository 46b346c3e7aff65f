"""The jobs of a batch: what is to be run, what is under way, what came of it.

It reads and writes the store and knows nothing of processes; :mod:`wnpopt.bench.batch.run` carries tasks and events
between it and an executor.
"""

from __future__ import annotations

import hashlib
import os
import re
import time
from collections import Counter, deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import msgspec

from wnpopt.bench.batch.snapshot import Running, Snapshot
from wnpopt.bench.batch.sources import content_of, fingerprint, shown
from wnpopt.bench.index.row import References
from wnpopt.bench.store.journal import Journal
from wnpopt.bench.store.record import SCHEMA, Failure, Key, Parameters, Record, Reference, StoredResult, versions_of
from wnpopt.bench.store.store import Store, now
from wnpopt.bench.workers.executor import Event, Executor
from wnpopt.bench.workers.perform import package_of
from wnpopt.bench.workers.task import (
    Broken,
    Changed,
    Identified,
    Identify,
    Improved,
    Invalid,
    PassedOver,
    Perform,
    Performed,
    Started,
)
from wnpopt.core import registry
from wnpopt.core.bound import Sense
from wnpopt.core.errors import one_line
from wnpopt.core.result import Status, relative_gap
from wnpopt.core.versions import versions

AHEAD = 2
"""Tasks given out for each worker: the next one lies ready when it is done with one."""

SNAPSHOT_S = 0.2
_TRIES = 3


@dataclass(frozen=True, slots=True)
class RunGrid:
    """What is asked of every instance: each method with each seed, under the same limits and parameters."""

    methods: tuple[str, ...]
    seeds: tuple[int, ...]
    time_limit_s: float | None
    threads: int
    parameters: Parameters

    def keys(self, instance_hash: str, methods: Sequence[str] | None = None) -> list[Key]:
        """The runs of an instance (or of the file with this hash), of some ``methods`` or of all."""
        rest = self.time_limit_s, self.threads, self.parameters
        names = self.methods if methods is None else methods
        return [Key(instance_hash, method, seed, *rest) for method in names for seed in self.seeds]


@dataclass(frozen=True, slots=True)
class Job:
    """A run to be made, of the instance that was read from ``file`` and is kept in ``kept``."""

    key: Key
    file: str
    file_sha256: str
    kept: Path
    reference: Reference | None
    identity: Identified


@dataclass(slots=True)
class _Assignment:
    """A task given out: a run, or (``job`` None) the reading of a file."""

    job: Job | None
    file: str
    sha256: str
    tries: int = 0
    slot: int | None = None
    started: float | None = None
    gap: float | None = None


@dataclass
class Tally:
    """Counts of runs, as in :class:`wnpopt.bench.batch.run.Summary`."""

    ran: int = 0
    stored: int = 0
    failed: int = 0
    invalid: int = 0
    passed_over: int = 0
    instances: set[str] = field(default_factory=set)
    good: set[str] = field(default_factory=set)
    unsuited: set[str] = field(default_factory=set)
    outdated: int = 0


class JobQueue:
    """See the module. A context manager: leaving it closes the journals."""

    def __init__(
        self,
        store: Store,
        files: Sequence[str],
        grid: RunGrid,
        rerun: Sequence[str],
    ) -> None:
        self._store = store
        self._grid = grid
        self._rerun = frozenset(rerun)
        self._latest = store.latest()
        self._identities = {r.file_sha256: known for r in self._latest.values() if (known := _identity(r)) is not None}
        self._references = References()
        self._files: deque[tuple[str, int]] = deque((file, 0) for file in files)
        self._ready: deque[Job] = deque()
        self._assigned: dict[int, _Assignment] = {}
        self._claimed: set[Key] = set()
        self._tickets = 0
        self._journals: dict[int, Journal] = {}
        self._fresh: deque[Record] = deque()
        self._began = time.monotonic()
        self._shown = 0.0
        self._slots = 1
        self._seconds: dict[str, float] = {}
        self._counted: Counter[str] = Counter()
        self.tally = Tally()

    def __enter__(self) -> JobQueue:
        return self

    def __exit__(self, *_: object) -> None:
        for journal in self._journals.values():
            journal.close()

    @property
    def finished(self) -> bool:
        """True when nothing is left to do."""
        return not (self._files or self._ready or self._assigned or self._fresh)

    @property
    def left(self) -> int:
        """Runs without a record, as far as is known."""
        unread = self._unread()
        jobs = len(self._ready) + len(self._assigned) + len(self._files) - unread
        return jobs + unread * len(self._grid.methods) * len(self._grid.seeds)

    def feed(self, executor: Executor) -> None:
        """Give out tasks until every worker has one and another lies ready."""
        self._slots = max(executor.slots, 1)
        while len(self._assigned) < AHEAD * self._slots:
            if self._ready:
                job = self._ready.popleft()
                content = job.kept.read_bytes() if executor.needs_content else None
                task = Perform(job.key, job.identity.family, str(job.kept), content)
                self._submit(executor, _Assignment(job, job.file, job.file_sha256), task)
            elif self._files:
                self._open(executor, *self._files.popleft())
            else:
                return

    def take(self, event: Event) -> None:
        """Enter what happened."""
        if isinstance(event.what, Exception):
            raise event.what
        assignment = self._assigned[event.ticket]
        assignment.slot = event.slot
        match event.what:
            case Started():
                assignment.started, assignment.gap = time.monotonic(), None
                return
            case Improved(_, objective, bound):
                assignment.gap = relative_gap(objective, bound)
                return
            case _:
                del self._assigned[event.ticket]
        if assignment.job is not None:
            assert isinstance(event.what, Performed | Broken)
            self._clock(assignment.job.key.method, assignment, event.what)
            self._enter_run(assignment.job, event.what, event.slot)
            return
        match event.what:
            case Identified():
                self._plan(assignment.file, assignment.sha256, event.what, assignment.tries)
            case PassedOver():
                self.tally.passed_over += 1
            case Changed():
                self._files.append((assignment.file, assignment.tries + 1))
            case Invalid(message):
                self._enter_invalid(assignment.file, assignment.sha256, Failure.INVALID, message, event.slot)
            case Broken(failure, message):
                told = f"{shown(assignment.file)}: {message}"
                self._enter_invalid(assignment.file, assignment.sha256, failure, told, event.slot)
            case Performed():
                raise AssertionError("a file that was to be read was run")

    def next_record(self) -> Record | None:
        """A record that was written and not yet asked for, oldest first."""
        return self._fresh.popleft() if self._fresh else None

    def snapshot_due(self) -> bool:
        """True if the last snapshot is old enough for another."""
        return time.monotonic() - self._shown >= SNAPSHOT_S

    def snapshot(self) -> Snapshot:
        """How far the batch is."""
        self._shown = moment = time.monotonic()
        running = tuple(
            Running(f.job.identity.name, f.job.key.method, f.job.key.seed, moment - f.started, f.gap)
            for f in sorted(self._assigned.values(), key=lambda f: f.slot or 0)
            if f.job is not None and f.started is not None
        )
        tally = self.tally
        total = tally.ran + tally.stored + self.left
        exact = self._unread() == 0
        return Snapshot(tally.ran, tally.stored, tally.failed, total, exact, running, moment - self._began, self._eta())

    def _open(self, executor: Executor, file: str, tries: int) -> None:
        """Begin with a file: known ones are planned at once, others go to a worker."""
        try:
            sha256 = fingerprint(file)
            # A path that is no UTF-8 does not travel to a worker; the content does.
            content = content_of(file) if executor.needs_content or shown(file) != file else None
        except OSError as error:
            self._enter_unreadable(file, error)
            return
        if tries >= _TRIES:
            told = f"{shown(file)}: is being changed while it is read"
            self._enter_invalid(file, sha256, Failure.INVALID, told, 0)
        elif sha256 in self._identities:
            self._plan(file, sha256, self._identities[sha256], tries)
        elif not self._known_as_invalid(sha256):
            self._submit(executor, _Assignment(None, file, sha256, tries), Identify(shown(file), sha256, content))

    def _submit(self, executor: Executor, assignment: _Assignment, task: Identify | Perform) -> None:
        self._tickets += 1
        self._assigned[self._tickets] = assignment
        executor.submit(self._tickets, task)

    def _plan(self, file: str, sha256: str, identity: Identified, tries: int) -> None:
        """Queue the runs of a valid instance that the store does not have."""
        kept = self._store.instance_path(identity.instance_hash)
        if not kept.exists():
            try:
                content = content_of(file)
            except OSError as error:
                self._enter_unreadable(file, error)
                return
            if hashlib.sha256(content).hexdigest() != sha256:
                self._files.append((file, tries + 1))
                return
            self._store.keep(kept, content)
        self._identities[sha256] = identity
        self.tally.instances.add(identity.instance_hash)
        known = registry.methods(identity.family)
        suited = [method for method in self._grid.methods if method in known]
        if not suited:
            self.tally.unsuited.add(identity.family)
        reference = self._references.of(file, identity.instance_hash)
        for key in self._grid.keys(identity.instance_hash, suited):
            if key in self._claimed:
                continue  # another file has the same content
            self._claimed.add(key)
            stored = self._latest.get(key)
            if stored is None or self._again(stored):
                self._ready.append(Job(key, file, sha256, kept, reference, identity))
            else:
                self._count_stored(stored)

    def _known_as_invalid(self, sha256: str) -> bool:
        """True if the store has all that there is to say of a file that is no instance."""
        keys = self._grid.keys(sha256)
        known = [self._latest[key] for key in keys if key in self._latest]
        if len(known) < len(keys) or any(self._again(record) for record in known):
            return False
        for record in known:
            if record.key not in self._claimed:
                self._claimed.add(record.key)
                self._count_stored(record)
        return True

    def _count_stored(self, record: Record) -> None:
        self.tally.stored += 1
        if record.result.family is None:
            self.tally.invalid += 1
        elif record.failure is None:
            self.tally.good.add(record.key.instance_hash)
        self.tally.outdated += is_outdated(record)

    def _again(self, record: Record) -> bool:
        return (
            "all" in self._rerun
            or ("failed" in self._rerun and record.failure is not None)
            or ("outdated" in self._rerun and is_outdated(record))
        )

    def _clock(self, method: str, assignment: _Assignment, reply: Performed | Broken) -> None:
        """Count how long a run took, for the time to go; one of which nobody knows it says nothing of the others."""
        if assignment.started is not None:
            seconds: float | None = time.monotonic() - assignment.started
        else:  # a cluster does not tell when a run begins
            seconds = reply.result.runtime_s if isinstance(reply, Performed) else reply.runtime_s
        if seconds is not None:
            self._seconds[method] = self._seconds.get(method, 0.0) + seconds
            self._counted[method] += 1

    def _enter_run(self, job: Job, reply: Performed | Broken, slot: int) -> None:
        solution, about = None, job.identity
        if isinstance(reply, Performed):
            result, failure = reply.result, reply.failure
            package, integral = reply.package, about.integral if reply.integral is None else reply.integral
            if reply.solution_hash is not None:
                solution = reply.solution_hash
                self._store.keep(self._store.solution_path(solution), bytes(reply.solution))
        else:
            failure, integral, package = reply.failure, about.integral, package_of(about.family, job.key.method)
            result = _no_result(job.key, about.name, about.family, about.sense, reply.message, reply.runtime_s)
        self._write(
            Record(job.key, shown(job.file), job.file_sha256, result, failure, solution, job.reference,
                   self._finished(job.key), integral, package, SCHEMA),
            slot,
        )  # fmt: skip
        if failure is None:
            self.tally.good.add(job.key.instance_hash)

    def _finished(self, key: Key) -> str:
        """This moment; after the stored record that this one replaces also where the clock was set back since."""
        known = self._latest.get(key)
        return now() if known is None else now(after=known.finished)

    def _enter_unreadable(self, file: str, error: OSError) -> None:
        """Without bytes there is nothing to hash but the path."""
        told = f"{shown(file)}: cannot be read: {error.strerror}"
        self._enter_invalid(file, hashlib.sha256(os.fsencode(file)).hexdigest(), Failure.INVALID, told, 0)

    def _enter_invalid(self, file: str, sha256: str, failure: Failure, message: str, slot: int) -> None:
        """Records of a file that is no instance, one for each run that was asked of it."""
        for key in self._grid.keys(sha256):
            if key in self._claimed:
                continue
            self._claimed.add(key)
            self.tally.invalid += 1
            known = self._latest.get(key)
            if known is not None and not self._again(known):
                self.tally.stored += 1
                continue
            result = _no_result(key, Path(shown(file)).stem, None, None, message, None)
            finished = self._finished(key)
            self._write(Record(key, shown(file), sha256, result, failure, None, None, finished, schema=SCHEMA), slot)

    def _write(self, record: Record, slot: int) -> None:
        if slot not in self._journals:
            self._journals[slot] = self._store.journal(f"w{slot}")
        self._journals[slot].append(record)
        self.tally.ran += 1
        self.tally.failed += record.failure is not None
        self._fresh.append(record)

    def _eta(self) -> float | None:
        """Seconds to go, from the mean time of each method so far and the runs that it has to come."""
        counted = sum(self._counted.values())
        if not counted:
            return None
        mean = sum(self._seconds.values()) / counted
        moment = time.monotonic()
        so_far: dict[str, float] = {}  # a method of which no run is done yet takes at least as long as those under way
        for assignment in self._assigned.values():
            if assignment.job is not None and assignment.started is not None:
                method = assignment.job.key.method
                so_far[method] = max(so_far.get(method, 0.0), moment - assignment.started)
        seconds = sum(
            n * (self._seconds[m] / self._counted[m] if self._counted[m] else max(mean, so_far.get(m, 0.0)))
            for m, n in self._to_come().items()
        )
        return seconds / self._slots

    def _unread(self) -> int:
        return len(self._files) + sum(assignment.job is None for assignment in self._assigned.values())

    def _to_come(self) -> Counter[str]:
        """Runs without a record by method; an unread file counts as an instance that every method suits."""
        jobs = [*self._ready, *(a.job for a in self._assigned.values() if a.job is not None)]
        runs = Counter(job.key.method for job in jobs)
        runs.update({method: self._unread() * len(self._grid.seeds) for method in self._grid.methods})
        return runs


def _identity(record: Record) -> Identified | None:
    """What identified the instance of a stored run; None of a file that is none, or whose record makes no sense."""
    result, family = record.result, record.result.family
    if family is None or family not in registry.family_names() or registry.family(family).sense != result.sense:
        return None
    return Identified(record.key.instance_hash, result.instance, family, result.sense, record.integral)


def is_outdated(record: Record) -> bool:
    """True if an older wnpopt made the record, or another version (or another package) of what has its method now."""
    if _numbers(versions_of(record.result).get("wnpopt", "")) < _numbers(versions().get("wnpopt", "")):
        return True
    family = record.result.family
    if family is None or family not in registry.family_names():
        return False
    now = package_of(family, record.key.method)
    if now is None or now.name == "wnpopt":
        return False  # not installed any more: it could not be made anew; or our own, see above
    return record.package != now


def _no_result(
    key: Key, name: str, family: str | None, sense: Sense | None, message: str, runtime_s: float | None
) -> StoredResult:
    """The result of a run that ended without one."""
    empty = msgspec.Raw(b"[]")
    return StoredResult(
        instance=name, family=family, method=key.method, status=Status.UNKNOWN, termination="error", sense=sense,
        objective=None, bound=None, gap=None, runtime_s=runtime_s, build_s=None, verified=False, violations=empty,
        trace=empty, warm_start="none", found_by=None, bound_by=None, seed=key.seed, threads=key.threads,
        time_limit_s=key.time_limit_s, instance_hash=key.instance_hash,
        versions=msgspec.Raw(msgspec.json.encode(versions())), message=one_line(message),
    )  # fmt: skip


def _numbers(version: str) -> tuple[int, ...]:
    """A version for comparing: its numbers in order."""
    return tuple(int(digits) for digits in re.findall(r"\d+", version))
