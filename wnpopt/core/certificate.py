"""What a verifier says of a solution."""

from __future__ import annotations

from dataclasses import asdict, dataclass


@dataclass(frozen=True, slots=True)
class Violation:
    """A broken rule: its name, where it is broken, and by how much (in the rule's own unit)."""

    rule: str
    where: str
    amount: float

    def to_data(self) -> dict[str, object]:
        """The violation as JSON."""
        return asdict(self)

    def __str__(self) -> str:
        return f"{self.rule} at {self.where}: {self.amount:g}"


@dataclass(frozen=True, slots=True)
class Certificate:
    """The recomputed objective of a solution and every rule that it breaks.

    ``objective`` is None where the violations leave nothing to compute.
    """

    objective: float | None
    violations: tuple[Violation, ...] = ()

    @property
    def accepted(self) -> bool:
        """True if the solution breaks no rule."""
        return not self.violations and self.objective is not None

    def to_data(self) -> dict[str, object]:
        """The certificate as JSON."""
        return {"objective": self.objective, "violations": [v.to_data() for v in self.violations]}
