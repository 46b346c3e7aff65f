"""A method: one way to solve the instances of a family."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Generic, Literal, TypeVar

from wnpopt.core.bound import Bound
from wnpopt.core.budget import Budget
from wnpopt.core.proof import Proof
from wnpopt.core.result import Termination, WarmStart
from wnpopt.core.solver_choice import OWN_SOLVER, SolverChoice
from wnpopt.core.trace import Trace

if TYPE_CHECKING:
    from wnpopt.core.document import Document, Instance, Solution

I = TypeVar("I", bound="Instance")  # noqa: E741 -- I and S are read as instance and solution throughout
S = TypeVar("S", bound="Solution")

_HARMLESS = frozenset({"numba", "numpy", "scipy"})


@dataclass(frozen=True)
class Start(Generic[S]):
    """A verified solution to start from, its objective, and the method that found it."""

    solution: S
    objective: float
    found_by: str


@dataclass(frozen=True)
class Context(Generic[S]):
    """All that a method gets beside the instance.

    ``bounds`` are valid bounds that are known already; ``verified_objective`` prices a solution by the family's
    verifier (None if it is rejected), so that a method that combines others need not price anything itself. ``fixed``
    is the state of a running plan from which a method that ``replans`` has to go on. ``solver`` is what a method whose
    models may go to other ``solvers`` is to use.
    """

    budget: Budget
    trace: Trace
    start: Start[S] | None
    bounds: Sequence[Bound]
    verified_objective: Callable[[S], float | None]
    fixed: Document | None = None
    solver: SolverChoice = OWN_SOLVER


Run = Context
"""The name in wnpopt 0.1, which other packages import."""


@dataclass(frozen=True)
class Outcome(Generic[S]):
    """What a method returns. Objectives are not part of it: the verifier computes them.

    ``bounds`` are proven bounds, with their sources. ``infeasible`` says why the method holds the instance to be
    infeasible: a claim by a solver that is believed only when something else confirms it (``infeasible_proof`` is
    such a confirmation that needs no other: a certificate checked in exact arithmetic).
    """

    solution: S | None
    termination: Termination
    bounds: tuple[Bound, ...] = ()
    warm_start: WarmStart = WarmStart.NONE
    found_by: str | None = None
    build_s: float = 0.0
    message: str = ""
    infeasible: str | None = None
    infeasible_proof: str | None = None


@dataclass(frozen=True)
class Method(Generic[I, S]):
    """A named way to solve instances of ``family``; data, so that what it can do is known before it runs.

    ``run`` solves an instance: ``solve(instance, context)`` of the method's module. ``proves`` says what the method can
    prove on its own, and ``when`` under which conditions, in a few words. (A text for ``proves`` is such a remark, and
    claims nothing.) ``modules`` are the solver libraries it needs, by import name; ``install`` is what pip is to be
    given for them, where it is not those names. ``refuse`` returns the name of a field of the instance that is not
    supported and why, or None. ``timed`` methods obey a time limit; the others are deterministic and fast.
    ``iterative`` ones count iterations, and end after those of the budget. Those that ``replans`` is true of go on from
    the state of a running plan, ``context.fixed``. ``solvers`` is the kind of those that its models may go to instead:
    "linear", "convex", or none. ``hands_to`` names the family's methods that it may hand an instance to: what those
    need is compiled before its clock starts, too.
    """

    family: str
    name: str
    summary: str
    proves: Proof
    run: Callable[[I, Context[S]], Outcome[S]]
    modules: tuple[str, ...] = ()
    timed: bool = False
    warm_startable: bool = False
    refuse: Callable[[I], tuple[str, str] | None] = lambda _instance: None
    install: str = ""
    when: str = ""
    iterative: bool = False
    replans: bool = False
    solvers: Literal["", "linear", "convex"] = ""
    hands_to: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if isinstance(self.proves, str):  # as packages for wnpopt 0.1 have it
            object.__setattr__(self, "when", self.proves)
            object.__setattr__(self, "proves", Proof.NOTHING)

    @property
    def ours(self) -> bool:
        """True if its code is part of wnpopt; what another package's does nobody here knows."""
        return getattr(self.run, "__module__", "").partition(".")[0] == "wnpopt"

    @property
    def native(self) -> bool:
        """True if it names a library that may abort, hang or print, where others raise."""
        return any(module.partition(".")[0] not in _HARMLESS for module in self.modules)

    @property
    def proof_told(self) -> str:
        """What the method can prove, and when, in words."""
        if not self.when:
            return str(self.proves)
        return f"{self.proves} ({self.when})" if self.proves else self.when
