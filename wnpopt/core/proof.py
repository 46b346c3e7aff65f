"""What a method can prove on its own."""

from __future__ import annotations

from enum import Flag, auto


class Proof(Flag):
    """Kinds of proof; a method says which it can give, all instances and enough time granted.

    ``BOUNDS`` are bounds on the optimum that need not meet it; optimality and infeasibility imply none of the others.
    """

    NOTHING = 0
    BOUNDS = auto()
    OPTIMALITY = auto()
    INFEASIBILITY = auto()

    def __str__(self) -> str:
        """The kinds in words, as they are listed."""
        return ", ".join(str(kind.name).lower() for kind in self) or "nothing by itself"
