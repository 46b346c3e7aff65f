"""What workers are asked and what they answer; everything crosses process borders as JSON.

An instance's file is first identified (read and validated, where a file of any size or malice costs only a worker),
then run once for each method and seed. If a run takes its worker with it, another one judges what was known by then.
"""

from __future__ import annotations

import msgspec

from wnpopt.bench.store.record import Failure, Key, Package, StoredResult
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
    integral: bool | None = None


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
    """A run that was judged. ``solution`` is its JSON (null: none), ``solution_hash`` its content hash.

    ``integral``: every solution of the instance has an integer objective. ``package``: what registered the method.
    """

    result: StoredResult
    solution: msgspec.Raw
    solution_hash: str | None
    failure: Failure | None
    integral: bool | None
    package: Package | None


class Broken(msgspec.Struct, frozen=True, tag="broken"):
    """A task that ended without a result."""

    failure: Failure
    message: str
    runtime_s: float | None = None


class Started(msgspec.Struct, frozen=True, tag="started"):
    """Imports and compiling are over, the clock of the run begins."""


class Improved(msgspec.Struct, frozen=True, tag="improved"):
    """A better incumbent or bound of the run under way."""

    time_s: float
    objective: float | None
    bound: float | None


class Incumbent(msgspec.Struct, frozen=True, tag="incumbent"):
    """A solution of the run under way (JSON), with the objective that its method says it has."""

    objective: float
    solution: msgspec.Raw


class Proved(msgspec.Struct, frozen=True, tag="proved"):
    """A bound of the run under way."""

    value: float
    source: str


class Rescue(msgspec.Struct, frozen=True, tag="rescue"):
    """Judge what is known of a run that broke: ``incumbents``, the newest first, and the best bound."""

    run: Perform
    broken: Broken
    incumbents: tuple[Incumbent, ...]
    bound: Proved | None
    points: tuple[Improved, ...]


Task = Identify | Perform | Rescue
Reply = Identified | PassedOver | Invalid | Changed | Performed | Broken
Note = Started | Improved | Incumbent | Proved
Message = Reply | Note

TASKS = msgspec.json.Decoder(Task)
MESSAGES = msgspec.json.Decoder(Message)
