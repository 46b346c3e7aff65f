"""A tiny instance that was drawn at random, and what is known of its optimum without any method."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from wnpopt.core import registry
from wnpopt.core.document import Document, Instance


@dataclass(frozen=True)
class Truth:
    """The optimum lies between ``worst`` and ``best`` (they differ where a tolerance decides); None: no solution.

    ``open`` is True where both words, feasible and infeasible, are right within the contract's tolerances.
    """

    best: float | None
    worst: float | None
    open: bool = False


@dataclass(frozen=True)
class Drawn:
    """An instance as JSON, of which ``kind`` of draw it came, the state that it goes on from, and its optimum."""

    family: str
    kind: str
    seed: int
    data: dict[str, Any]
    state: dict[str, Any] | None = None

    def instance(self) -> Instance:
        """The instance."""
        made: Instance = registry.family(self.family).instance_type.from_data(self.data)
        return made

    def fixed(self) -> Document | None:
        """The state that plans go on from."""
        if self.state is None:
            return None
        from wnpopt.problems.wnp.state import WnpState

        return WnpState.from_data(self.state)

    def to_data(self) -> dict[str, Any]:
        """As it is kept."""
        state = {} if self.state is None else {"state": self.state}
        return {"family": self.family, "kind": self.kind, "seed": self.seed, "instance": self.data, **state}
