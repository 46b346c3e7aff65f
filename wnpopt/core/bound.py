"""A proven bound on the optimum, and where it comes from."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

Sense = Literal["min", "max"]


@dataclass(frozen=True, slots=True)
class Bound:
    """No solution that the verifier accepts is better than ``value`` (a lower bound of a minimum)."""

    value: float
    source: str


def best_bound(bounds: Iterable[Bound], sense: Sense) -> Bound | None:
    """The tightest of ``bounds``; the first of equal ones; None of none."""
    best: Bound | None = None
    for bound in bounds:
        if best is None or (bound.value > best.value if sense == "min" else bound.value < best.value):
            best = bound
    return best
