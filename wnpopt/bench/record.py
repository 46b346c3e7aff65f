"""A run and what came of it: the line that the store keeps.

The structures are msgspec's: a store of a hundred thousand lines is read in a second or two, each line checked against
the types below, with the parts that most readers never ask for (traces, versions) left as they stand.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Literal

import msgspec

from wnpopt.core.bound import Sense
from wnpopt.core.certificate import Violation
from wnpopt.core.trace import TracePoint


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


class Key(msgspec.Struct, frozen=True):
    """What a run is: two runs of one key are one run.

    ``instance_hash`` is the instance's content hash; of a file that is no valid instance, the SHA-256 of its bytes.
    """

    instance_hash: str
    method: str
    seed: int
    time_limit_s: float | None
    threads: int
    parameters: Parameters = Parameters()


class Reference(msgspec.Struct, frozen=True):
    """The best value and bound that the index beside the instance's file knew when the run was made."""

    best: float | None
    bound: float | None


class StoredResult(msgspec.Struct, frozen=True):
    """The fields of :class:`wnpopt.Result` as they stand in the store, without the solution.

    Of a run that failed before there was a result, ``family`` and ``sense`` may be None, and everything that is not
    known is. ``trace``, ``violations`` and ``versions`` are JSON; :func:`trace_of`, :func:`violations_of` and
    :func:`versions_of` read them.
    """

    instance: str
    family: str | None
    method: str
    status: str
    termination: str
    sense: Sense | None
    objective: float | None
    bound: float | None
    gap: float | None
    runtime_s: float | None
    build_s: float | None
    verified: bool
    violations: msgspec.Raw
    trace: msgspec.Raw
    warm_start: str
    found_by: str | None
    bound_by: str | None
    seed: int
    threads: int
    time_limit_s: float | None
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
    one that finished last counts.
    """

    key: Key
    file: str
    file_sha256: str
    result: StoredResult
    failure: Failure | None
    solution: str | None
    reference: Reference | None
    finished: str


Outlook = Literal["solved", "open", "failed"]


def outlook(record: Record) -> Outlook:
    """``solved``: proved optimal or infeasible; ``failed``: see :class:`Failure`; ``open``: all else."""
    if record.failure is not None:
        return "failed"
    return "solved" if record.result.status in ("optimal", "infeasible") else "open"
