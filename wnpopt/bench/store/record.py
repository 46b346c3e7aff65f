"""A run and what came of it: the line that the store keeps.

The structures are msgspec's: a store of a hundred thousand lines is read in a second or two, each line checked against
the types below, with the parts that most readers never ask for (traces, versions) left as they stand. Hashes become
names of files and families become parts of them, so both are checked here, before anybody makes a path of them.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from functools import lru_cache
from typing import Annotated

import msgspec

from wnpopt.core.bound import Sense
from wnpopt.core.certificate import Violation
from wnpopt.core.status import Status
from wnpopt.core.trace import TracePoint

SCHEMA = 2
"""Version of the record format. 1 (records without the field): no ``integral``, no ``package``."""

Hash = Annotated[str, msgspec.Meta(pattern=r"\A[0-9a-f]{64}\Z")]
"""A SHA-256 in lower case."""

_Word = Annotated[str, msgspec.Meta(pattern=r"\A[a-z_]{1,40}\Z")]
_FamilyName = Annotated[str, msgspec.Meta(pattern=r"\A[A-Za-z0-9][A-Za-z0-9._-]{0,99}\Z")]
_Seed = Annotated[int, msgspec.Meta(ge=0, lt=2**31)]
_Threads = Annotated[int, msgspec.Meta(ge=1, le=4096)]
_Number = Annotated[float, msgspec.Meta(ge=-1.7976931348623157e308, le=1.7976931348623157e308)]
_Moment = Annotated[str, msgspec.Meta(pattern=r"\A[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:.]{8,15}(Z|\+00:00)?\Z")]


class Failure(StrEnum):
    """Why a run has no answer that counts; each kind is shown on its own, none is averaged away."""

    INVALID = "invalid"  # the file is no valid instance
    REFUSED = "refused"  # the method does not support a field of the instance
    ERROR = "error"  # the method raised, or the verifier or a bound contradicted it
    CRASH = "crash"  # the process died
    TIMEOUT = "timeout"  # killed above the hard limit
    MEMORY = "memory"  # killed above the memory limit


class Parameters(msgspec.Struct, frozen=True):
    """What a run was asked for beside method, seed and limits; the names are those of :func:`wnpopt.solve`."""

    warm_start: str = "auto"
    deterministic: bool = False
    gap: _Number | None = None
    target: _Number | None = None
    no_improvement: _Number | None = None
    solver: str | None = None
    solver_options: tuple[tuple[str, bool | int | float | str], ...] = ()


class Key(msgspec.Struct, frozen=True):
    """What a run is: two runs of one key are one run.

    ``instance_hash`` is the instance's content hash; of a file that is no valid instance, the SHA-256 of its bytes.
    """

    instance_hash: Hash
    method: str
    seed: _Seed
    time_limit_s: _Number | None
    threads: _Threads
    parameters: Parameters = Parameters()


class Reference(msgspec.Struct, frozen=True):
    """The best value and bound that the index beside the instance's file knew when the run was made."""

    best: _Number | None
    bound: _Number | None


class Package(msgspec.Struct, frozen=True):
    """The installed distribution that registered a method."""

    name: str
    version: str

    def __str__(self) -> str:
        return f"{self.name} {self.version}"


class StoredResult(msgspec.Struct, frozen=True):
    """The fields of :class:`wnpopt.Result` as they stand in the store, without the solution.

    Of a run that failed before there was a result, ``family`` and ``sense`` may be None, and everything that is not
    known is. ``trace``, ``violations`` and ``versions`` are JSON; :func:`trace_of`, :func:`violations_of` and
    :func:`versions_of` read them.
    """

    instance: str
    family: _FamilyName | None
    method: str
    status: Status
    termination: _Word
    sense: Sense | None
    objective: _Number | None
    bound: _Number | None
    gap: _Number | None
    runtime_s: _Number | None
    build_s: _Number | None
    verified: bool
    violations: msgspec.Raw
    trace: msgspec.Raw
    warm_start: _Word
    found_by: str | None
    bound_by: str | None
    seed: _Seed
    threads: _Threads
    time_limit_s: _Number | None
    instance_hash: str
    versions: msgspec.Raw
    message: str


def trace_of(result: StoredResult) -> tuple[TracePoint, ...]:
    """The incumbent and the bound against time."""
    return _TRACE.decode(result.trace)


def violations_of(result: StoredResult) -> tuple[Violation, ...]:
    """The rules that a rejected solution broke."""
    return _VIOLATIONS.decode(result.violations)


def versions_of(result: StoredResult) -> Mapping[str, str]:
    """The versions of wnpopt and of the solvers that made the result."""
    return _VERSIONS.decode(result.versions)


_TRACE = msgspec.json.Decoder(tuple[TracePoint, ...])
_VIOLATIONS = msgspec.json.Decoder(tuple[Violation, ...])
_VERSIONS = msgspec.json.Decoder(dict[str, str])


class Record(msgspec.Struct, frozen=True):
    """One run in the store.

    ``file`` is the instance's path as the batch was given it, ``solution`` the content hash under which the store keeps
    the solution, ``finished`` the time (UTC, ISO 8601) at which the run ended. Of several records with one key the
    one that finished last counts. ``integral`` tells whether every solution of the instance has an integer objective
    (None: not known), ``package`` what registered the method (None: not known), ``schema`` is :data:`SCHEMA` of the
    version that wrote the record.
    """

    key: Key
    file: str
    file_sha256: Hash
    result: StoredResult
    failure: Failure | None
    solution: Hash | None
    reference: Reference | None
    finished: _Moment
    integral: bool | None = None
    package: Package | None = None
    schema: Annotated[int, msgspec.Meta(ge=1, lt=2**31)] = 1


LONGEST = 64 << 20
"""Bytes of the longest line that is read as a record."""


class RecordError(Exception):
    """A line that is no record of a format that this version knows; the message says why."""


class _Header(msgspec.Struct, frozen=True):
    schema: int = 1


def decode(line: bytes) -> Record:
    """The record in ``line``, checked in all its parts; raises :class:`RecordError`."""
    if len(line) > LONGEST:
        raise RecordError(f"is no record: it has {len(line) >> 20} MiB, a record at most {LONGEST >> 20}")
    try:
        record = _RECORD.decode(line)
        _check_parts(record.result)
    except (msgspec.MsgspecError, ValueError, RecursionError) as error:  # UnicodeDecodeError is a ValueError
        _refuse_newer(_schema_of(line))
        raise RecordError(f"is no record ({error})") from None
    _refuse_newer(record.schema)
    return record


def _refuse_newer(schema: int) -> None:
    if schema > SCHEMA:
        raise RecordError(f"is of the record format {schema}, this version knows those up to {SCHEMA}")


def _schema_of(line: bytes) -> int:
    try:
        return _HEADER.decode(line).schema
    except (msgspec.MsgspecError, ValueError, RecursionError):
        return 1


def _check_parts(result: StoredResult) -> None:
    """What stays JSON is checked all the same: who asks for it later cannot say which line it came from."""
    if bytes(result.violations) != b"[]":
        violations_of(result)
    _check_trace(bytes(result.trace))
    _check_versions(bytes(result.versions))


def _check_trace(raw: bytes) -> None:
    if raw != b"[]":
        _POINTS.decode(raw)


@lru_cache(maxsize=256)
def _check_versions(raw: bytes) -> None:
    """Most runs of a store have the same text."""
    _VERSIONS.decode(raw)


class _Point(msgspec.Struct, frozen=True, gc=False):
    """A :class:`TracePoint`, to check its types."""

    time_s: _Number
    objective: _Number | None
    bound: _Number | None


_RECORD = msgspec.json.Decoder(Record)
_HEADER = msgspec.json.Decoder(_Header)
_POINTS = msgspec.json.Decoder(tuple[_Point, ...])
