"""What is counted while an ONNX graph is read."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from wnpopt.core.errors import InputError

MOST_UNROLLED = 10_000
"""Operators that branches and trips of loops may come to, all together."""


@dataclass(slots=True)
class ReadingTally:
    """Operators folded, by type; branches taken; loops and their trips; operators read in bodies."""

    folded: Counter[str] = field(default_factory=Counter)
    branches: list[tuple[str, str]] = field(default_factory=list)
    loops: list[tuple[str, int]] = field(default_factory=list)
    unrolled: int = 0

    def spend(self, operators: int) -> None:
        """Count operators of bodies; raises :class:`InputError` when they are too many."""
        self.unrolled += operators
        self.expect(0)

    def expect(self, operators: int) -> None:
        """Raise the same error if so many more operators would be too many."""
        if self.unrolled + operators > MOST_UNROLLED:
            raise InputError(
                f"loops and branches come to more than {MOST_UNROLLED} operators; smaller dimensions (--dim), or an "
                "export without loops, is needed"
            )
