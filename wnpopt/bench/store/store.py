"""The store of runs: append-only JSON lines, one file a worker, each record on disk before the next run begins.

    DIR/runs/*.jsonl             a record a line (:class:`wnpopt.bench.store.record.Record`)
    DIR/solutions/<hash>.json    solutions under their content hash
    DIR/instances/<hash>.json    the instances of these runs, so that every result can be verified and drawn again

A process that is killed while it writes leaves a last line without an end. It is skipped with a warning when the store
is read, and never appended to: every batch begins files of its own.
"""

from __future__ import annotations

import os
import re
import socket
import warnings
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from wnpopt.bench.store.journal import Journal, exclusive, read_lines
from wnpopt.bench.store.record import Key, Record, RecordError, decode, versions_of
from wnpopt.core.drafts import tidy
from wnpopt.core.errors import InputError
from wnpopt.core.garbage import no_garbage_collection
from wnpopt.core.jsonio import write_atomic

if TYPE_CHECKING:
    from pandas import DataFrame

    from wnpopt.core.document import Instance, Solution


class StoreWarning(UserWarning):
    """Something in a store that was skipped."""


class DamageWarning(StoreWarning):
    """A whole line that is no record: no kill leaves that, something changed the file."""


class Store:
    """A directory of stored runs; reading it needs nothing else."""

    def __init__(self, path: str | os.PathLike[str]) -> None:
        self.path = Path(path)

    @classmethod
    def open(cls, path: str | os.PathLike[str]) -> Store:
        """The store at ``path``; raises :class:`InputError` if there is none."""
        store = cls(path)
        if not store.runs.is_dir():
            what = "is no store: it has no folder runs" if store.path.is_dir() else "no such directory"
            raise InputError(f"{what}; a folder that `wnpopt batch --out` wrote is needed", file=os.fspath(path))
        return store

    @classmethod
    def create(cls, path: str | os.PathLike[str]) -> Store:
        """The store at ``path``, made if it is not there."""
        store = cls(path)
        try:
            for folder in (store.runs, store.solutions, store.instances):
                folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise InputError(f"cannot be made: {error.strerror}", file=os.fspath(path)) from None
        return store

    @contextmanager
    def lock(self) -> Iterator[None]:
        """For whoever writes: one batch at a time, which begins without the drafts of one that was killed.

        Raises :class:`InputError` if another one does.
        """
        with exclusive(self.path / ".lock", "another batch is writing into this store"):
            for folder in (self.path, self.instances, self.solutions):
                tidy(folder)
            yield

    def journal(self, label: str) -> Journal:
        """A new file for records, which says in its name when, where and by whom (``label``) it was begun."""
        stamp = datetime.now(UTC).strftime("%Y%m%dT%H%M%S.%f")
        return Journal(self.runs / f"{stamp}-{socket.gethostname()}-{os.getpid()}-{label}.jsonl")

    @property
    def runs(self) -> Path:
        """The folder of the records."""
        return self.path / "runs"

    @property
    def solutions(self) -> Path:
        """The folder of the solutions."""
        return self.path / "solutions"

    @property
    def instances(self) -> Path:
        """The folder of the instances."""
        return self.path / "instances"

    def records(self) -> Iterator[Record]:
        """Every record, file by file; lines that are none are skipped with a :class:`StoreWarning`."""
        for file in sorted(self.runs.glob("*.jsonl")):
            yield from _read(file)

    def latest(self) -> dict[Key, Record]:
        """The record that counts of each key: the one that finished last."""
        with no_garbage_collection():  # a hundred thousand records are some million objects
            found: dict[Key, Record] = {}
            for record in self.records():
                known = found.get(record.key)
                if known is None or known.finished <= record.finished:
                    found[record.key] = record
        return found

    def instance(self, record: Record) -> Instance:
        """The instance of ``record``, with the name that it had in that run."""
        from wnpopt import api

        loaded = api.load(self.instance_path(record.key.instance_hash))
        same = loaded.name == record.result.instance
        return loaded if same else loaded.model_copy(update={"name": record.result.instance})

    def solution(self, record: Record) -> Solution | None:
        """The solution of ``record``; None if the run found none."""
        from wnpopt import api

        return None if record.solution is None else api.load_solution(self.solution_path(record.solution))

    def instance_path(self, instance_hash: str) -> Path:
        """Where the instance with this hash is kept; raises :class:`InputError` for what is no hash."""
        return self.instances / f"{_hash(instance_hash)}.json"

    def solution_path(self, solution_hash: str) -> Path:
        """Where the solution with this hash is kept; raises :class:`InputError` for what is no hash."""
        return self.solutions / f"{_hash(solution_hash)}.json"

    def keep(self, path: Path, content: bytes) -> None:
        """Write a solution or an instance under its hash, unless it is there already."""
        if not path.exists():
            write_atomic(path, content)

    def frame(self) -> DataFrame:
        """The records that count as a data frame: a row a run, a column a field (traces and versions left out)."""
        import pandas as pd

        return pd.DataFrame([_row(record) for record in self.latest().values()], columns=list(_COLUMNS))


def now(after: str = "") -> str:
    """This moment, as records carry it; just ``after`` another one that is later, or not before it."""
    moment = datetime.now(UTC).isoformat(timespec="microseconds")
    if moment <= after:
        with suppress(ValueError, OverflowError):  # no time of ours
            return (datetime.fromisoformat(after) + timedelta(microseconds=1)).isoformat(timespec="microseconds")
    return moment


_HASH = re.compile(r"[0-9a-f]{64}")


def _hash(given: str) -> str:
    """``given``, which becomes a part of a path: nothing else than a hash may."""
    if _HASH.fullmatch(given) is None:
        shown = given if len(given) <= 80 else f"{given[:77]}..."
        raise InputError(f"found {shown!r} as a hash; 64 hexadecimal digits are needed")
    return given


def _read(file: Path) -> Iterator[Record]:
    if not file.is_file() and (file.exists() or file.is_symlink()):
        warnings.warn(f"{file}: is no regular file; skipped", DamageWarning, stacklevel=3)
        return
    lines, rest = read_lines(file)
    if rest:
        _skip(file, len(lines) + 1, "is cut; the run that it belongs to will be repeated", StoreWarning)
    for number, line in enumerate(lines, start=1):
        try:
            yield decode(line)
        except RecordError as error:
            _skip(file, number, str(error), DamageWarning)


def _skip(file: Path, line: int, what: str, kind: type[StoreWarning]) -> None:
    warnings.warn(f"{file}: line {line} {what}; skipped", kind, stacklevel=3)


_COLUMNS: tuple[str, ...] = (
    "file", "instance", "family", "instance_hash", "method", "seed", "time_limit_s", "threads", "warm_start_asked",
    "deterministic", "gap_asked", "target_asked", "no_improvement_asked", "solver_asked", "solver_options",
    "status", "termination", "failure", "sense", "objective", "bound", "gap", "runtime_s", "build_s",
    "verified", "warm_start", "found_by", "bound_by", "best_known", "bound_known", "solution", "finished", "wnpopt",
    "package", "integral", "message",
)  # fmt: skip


def _row(record: Record) -> tuple[object, ...]:
    key, result, known = record.key, record.result, record.reference
    return (
        record.file, result.instance, result.family, key.instance_hash, key.method, key.seed, key.time_limit_s,
        key.threads, key.parameters.warm_start, key.parameters.deterministic, key.parameters.gap,
        key.parameters.target, key.parameters.no_improvement, key.parameters.solver,
        ", ".join(f"{name}={value}" for name, value in key.parameters.solver_options), result.status,
        result.termination,
        None if record.failure is None else str(record.failure), result.sense, result.objective, result.bound,
        result.gap, result.runtime_s, result.build_s, result.verified, result.warm_start, result.found_by,
        result.bound_by, None if known is None else known.best, None if known is None else known.bound,
        record.solution, record.finished, versions_of(result).get("wnpopt"),
        None if record.package is None else str(record.package), record.integral, result.message,
    )  # fmt: skip


def write_records(store: Store, records: Iterable[Record], label: str = "copy") -> None:
    """Append ``records`` as one journal (for tests and for merging stores)."""
    with store.journal(label) as journal:
        for record in records:
            journal.append(record)
