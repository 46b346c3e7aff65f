"""What workers are asked and what they answer; everything crosses process borders as JSON.

An instance's file is first identified (read and validated, where a file of any size or malice costs only a worker),
then run once for each method and seed.
"""

from __future__ import annotations

import msgspec

from wnpopt.bench.record import Failure, Key, StoredResult
from wnpopt.core.bound import Sense


class Identify(msgspec.Struct, frozen=True, tag="identify"):
    """What is in ``file``? ``content`` are its bytes where the worker may not share our file system."""

    file: str
    sha256: str
    content: bytes | None = None


class Identified(msgspec.Struct, frozen=True, tag="identified"):
    """A valid instance."""

    instance_hash: str
    name: str
    family: str
    sense: Sense


class PassedOver(msgspec.Struct, frozen=True, tag="passed_over"):
    """A file of another kind: a graph, a solution, a table."""

    kind: str


class Invalid(msgspec.Struct, frozen=True, tag="invalid"):
    """No valid instance; ``message`` names the file, the path inside it, and what would be right."""

    message: str


class Changed(msgspec.Struct, frozen=True, tag="changed"):
    """The file is not what it was when its hash was taken."""


class Perform(msgspec.Struct, frozen=True, tag="perform"):
    """Run ``key`` on the instance of ``family`` in ``file`` (or in ``content``)."""

    key: Key
    family: str
    file: str
    content: bytes | None = None


class Performed(msgspec.Struct, frozen=True, tag="performed"):
    """A run that ended by itself. ``solution`` is its JSON (null: none), ``solution_hash`` its content hash."""

    result: StoredResult
    solution: msgspec.Raw
    solution_hash: str | None
    failure: Failure | None


class Broken(msgspec.Struct, frozen=True, tag="broken"):
    """A task that ended without a result."""

    failure: Failure
    message: str
    runtime_s: float | None = None


class Started(msgspec.Struct, frozen=True, tag="started"):
    """Imports and compiling are over, the clock of the run begins."""


class Improved(msgspec.Struct, frozen=True, tag="improved"):
    """A better incumbent or bound of the run under way."""

    objective: float | None
    bound: float | None


Task = Identify | Perform
Reply = Identified | PassedOver | Invalid | Changed | Performed | Broken
Note = Started | Improved
Message = Reply | Note

TASKS = msgspec.json.Decoder(Task)
MESSAGES = msgspec.json.Decoder(Message)
