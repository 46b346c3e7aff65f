"""What a solve is asked, and where it has to run."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from wnpopt.core.bound import Bound
from wnpopt.core.document import Instance, Solution
from wnpopt.core.registry import AnyMethod
from wnpopt.core.trace import Candidate, TracePoint


@dataclass(frozen=True)
class Request:
    """All that a run depends on; ``warm_start`` is "auto", "none", a method's name or a solution."""

    family: str
    method: str
    instance: Instance
    warm_start: str | Solution
    time_limit: float | None
    threads: int
    seed: int
    deterministic: bool
    only_proof: bool = False
    """Do not run the method: only ask the family for a proof that there is no solution."""


@dataclass(frozen=True)
class Hooks:
    """Who wants to hear of improvements, of incumbents (unverified) and of bounds as they come."""

    point: Callable[[TracePoint], None] | None = None
    solution: Callable[[Candidate], None] | None = None
    bound: Callable[[Bound], None] | None = None


def needs_a_process(method: AnyMethod) -> bool:
    """True if the method runs what can abort, hang or print, or holds state of the whole process.

    Native solvers do, and what a method of another package does nobody here knows.
    """
    return method.native or not method.ours
