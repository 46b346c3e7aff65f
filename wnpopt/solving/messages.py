"""What a child says of its run: JSON, since a child that has gone wrong is not to be unpickled.

The request itself goes the other way pickled: it is ours, and an instance is much quicker to send like that.
"""

from __future__ import annotations

import json
import pickle
from collections.abc import Mapping
from typing import Any, cast

from wnpopt.core.bound import Bound
from wnpopt.core.document import Solution
from wnpopt.core.garbage import no_garbage_collection
from wnpopt.core.method import Outcome
from wnpopt.core.registry import AnyFamily
from wnpopt.core.status import Termination, WarmStart
from wnpopt.solving.request import Request

STOP = b"stop"
"""From the parent, while a run is under way: end, and say what there is."""

WARM = b"warm "
"""So begins a message that names a family and a method to make ready for."""

Message = Mapping[str, Any]
"""A decoded message: ``say`` tells which, see :mod:`wnpopt.solving.serve`."""


def pack(request: Request) -> bytes:
    """A request for a child."""
    with no_garbage_collection():
        return pickle.dumps(request, protocol=pickle.HIGHEST_PROTOCOL)


def unpack(message: bytes) -> Request:
    """In the child."""
    with no_garbage_collection():
        return cast(Request, pickle.loads(message))


def encode(say: str, **fields: object) -> bytes:
    """A message; numbers that are none become null."""
    return json.dumps({"say": say, **fields}, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")


def decode(message: bytes) -> Message:
    """What :func:`encode` made."""
    return cast(Message, json.loads(message))


def outcome_data(outcome: Outcome[Solution]) -> dict[str, object]:
    """An outcome as JSON."""
    return {
        "solution": None if outcome.solution is None else outcome.solution.to_data(),
        "termination": str(outcome.termination),
        "bounds": bounds_data(outcome.bounds),
        "warm_start": str(outcome.warm_start),
        "found_by": outcome.found_by,
        "build_s": outcome.build_s,
        "message": outcome.message,
        "infeasible": outcome.infeasible,
        "infeasible_proof": outcome.infeasible_proof,
    }


def outcome_of(data: Message, family: AnyFamily) -> Outcome[Solution]:
    """The outcome that :func:`outcome_data` described."""
    solution = data["solution"]
    return Outcome(
        None if solution is None else cast(Solution, family.solution_type.from_data(solution)),
        Termination(data["termination"]),
        bounds_of(data["bounds"]),
        WarmStart(data["warm_start"]),
        data["found_by"],
        data["build_s"],
        data["message"],
        data["infeasible"],
        data["infeasible_proof"],
    )


def bounds_data(bounds: tuple[Bound, ...]) -> list[list[object]]:
    """Bounds as JSON."""
    return [[bound.value, bound.source] for bound in bounds]


def bounds_of(data: list[list[Any]]) -> tuple[Bound, ...]:
    """The bounds that :func:`bounds_data` described."""
    return tuple(Bound(number(value), str(source)) for value, source in data)


def number(value: object) -> float:
    """A number as it came, an integer as an integer; raises ``TypeError`` for anything else."""
    if type(value) is int or type(value) is float:
        return value
    raise TypeError(f"found {value!r}; a number is needed")
