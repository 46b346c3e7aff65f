"""What a solve is asked, and where it has to run."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

from wnpopt.core.bound import Bound
from wnpopt.core.budget import Budget
from wnpopt.core.criteria import StopCriteria
from wnpopt.core.document import Document, Instance, Solution
from wnpopt.core.phase import Phase
from wnpopt.core.registry import AnyMethod
from wnpopt.core.solver_choice import OWN_SOLVER, SolverChoice
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
    iterations: int | None = None
    only_proof: bool = False
    """Do not run the method: only ask the family for a proof that there is no solution."""
    fixed: Document | None = None
    """The state of a plan that runs, which is to be planned on from."""
    criteria: StopCriteria | None = None
    """When the run may end before its time."""
    solver: SolverChoice = OWN_SOLVER
    """Whom the method's models go to, where it takes another solver."""
    logged: bool = False
    """Somebody reads what the solvers say."""
    rehearsed: bool = True
    """A worker that has not all libraries of the method looks first whether the run needs them."""

    def budget(self, stop: threading.Event, started: float | None = None) -> Budget:
        """The run's budget, on a clock that started at ``started`` (None: now); ``stop`` ends it."""
        began = time.perf_counter() if started is None else started
        limit, seed = self.time_limit, self.seed
        return Budget(limit, self.threads, seed, self.deterministic, stop, began, self.iterations)


@dataclass(frozen=True)
class Hooks:
    """Who wants to hear of improvements, incumbents (unverified), bounds, phases and solvers' lines as they come."""

    point: Callable[[TracePoint], object] | None = None
    solution: Callable[[Candidate], None] | None = None
    bound: Callable[[Bound], None] | None = None
    phase: Callable[[Phase], None] | None = None
    log: Callable[[str], None] | None = None


def needs_a_process(method: AnyMethod) -> bool:
    """True if the method runs what can abort, hang or print, or holds state of the whole process.

    Native solvers do, and what a method of another package does nobody here knows.
    """
    return method.native or not method.ours
