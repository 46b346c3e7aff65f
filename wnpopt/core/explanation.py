"""Why an instance has no solution, or leaves somebody out, and which changes of its fields would help: as data."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Generic, Literal, Protocol, TypeVar

from wnpopt.core.facts import Fact, Facts, FactTable

if TYPE_CHECKING:
    from wnpopt.core.document import Instance, Solution
    from wnpopt.core.result import Result

I = TypeVar("I", bound="Instance")  # noqa: E741
S = TypeVar("S", bound="Solution")

Feasibility = Literal["feasible", "unserved", "infeasible", "unknown"]
"""There is a plan; there is one, but it leaves somebody out; there is provably none; none is known."""

_MOST_TEXT = 2000


@dataclass(frozen=True, slots=True)
class Cause:
    """What stands in the way: of whom or what (``name``), what ``binds``, and by how much.

    ``amount`` is in ``unit``; None where it is no matter of an amount.
    """

    name: str
    binds: str
    text: str
    amount: float | None = None
    unit: str = ""

    def to_data(self) -> dict[str, object]:
        """The cause as JSON."""
        return {
            "name": self.name, "binds": self.binds, "amount": self.amount, "unit": self.unit, "text": self.text
        }  # fmt: skip


@dataclass(frozen=True, slots=True)
class Remedy:
    """A change that helps ``name``: ``lever`` from ``now`` to ``needed`` (in ``unit``).

    ``changes`` are the new values of the instance's fields by their paths; the changed instance was tried: a plan of it
    was accepted by the verifier.
    """

    name: str
    lever: str
    now: float | None
    needed: float
    unit: str
    text: str
    changes: Mapping[str, Any]

    def applied(self, instance: I) -> I:
        """The instance with this change."""
        return instance.replace(self.changes)

    def to_data(self) -> dict[str, object]:
        """The remedy as JSON; ``changes`` is null where it holds a long table."""
        changes = dict(self.changes)
        small = len(json.dumps(changes)) <= _MOST_TEXT
        return {
            "name": self.name, "lever": self.lever, "now": self.now, "needed": self.needed, "unit": self.unit,
            "text": self.text, "changes": changes if small else None,
        }  # fmt: skip


@dataclass(frozen=True)
class Explanation:
    """``verdict``, its ``causes``, and ``remedies``, each of which helps by itself. ``notes`` are facts beside them."""

    instance: str
    family: str
    verdict: Feasibility
    text: str
    causes: tuple[Cause, ...] = ()
    remedies: tuple[Remedy, ...] = ()
    notes: tuple[Fact, ...] = ()

    def to_data(self) -> dict[str, object]:
        """The explanation as JSON."""
        return {
            "instance": self.instance,
            "family": self.family,
            "verdict": self.verdict,
            "text": self.text,
            "causes": [cause.to_data() for cause in self.causes],
            "remedies": [remedy.to_data() for remedy in self.remedies],
            "notes": {fact.key: fact.value for fact in self.notes},
        }

    def facts(self) -> Facts:
        """As people read it."""
        tables = []
        if self.causes:
            tables.append(FactTable("causes", ("name", "why"), tuple((c.name, c.text) for c in self.causes)))
        if self.remedies:
            tables.append(
                FactTable("what_would_help", ("for", "change"), tuple((r.name, r.text) for r in self.remedies))
            )
        return Facts((Fact("verdict", self.verdict), Fact("why", self.text), *self.notes), tuple(tables))


class PosedSolver(Protocol):
    """Solves a changed instance for an explanation."""

    def __call__(
        self, posed: Any, method: str = "auto", *, seconds: float = 10.0, target: float | None = None
    ) -> Result[Any]:
        """The verified result of ``method``, at most ``seconds`` long; it ends once it is as good as ``target``."""


@dataclass(frozen=True)
class ExplanationRequest(Generic[S]):
    """What a family gets: a ``solution`` to explain, if there is one, ``solve``, and about how long it may take."""

    solution: S | None
    solve: PosedSolver
    seconds: float
