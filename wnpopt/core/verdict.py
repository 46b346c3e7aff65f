"""The one rule of what a bound says about a verified objective: proved, open, or contradicted.

Judge, tables, adversarial search, indexes and the recheck of stores all ask here (contract, "Results").
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import StrEnum

from wnpopt.core.bound import Sense
from wnpopt.core.result import relative_gap

INTEGER_SLACK = 1e-6
"""A bound on an integer objective may be off by this much before it is rounded."""

GAP_OPTIMAL = 1e-6
"""Largest relative gap of a real objective that counts as proved."""

CONTRADICTION = 1e-9
"""A bound beyond a verified real objective by more than this, relative, is wrong (or the verifier is)."""


class Verdict(StrEnum):
    """What a bound says about an objective."""

    OPEN = "open"
    PROVED = "proved"
    CONTRADICTED = "contradicted"


@dataclass(frozen=True, slots=True)
class Judged:
    """A verdict, and the bound as it may be reported.

    Rounded for an integer objective, and never beyond the objective; None if it is contradicted or not known.
    """

    verdict: Verdict
    bound: float | None


def compare(objective: float | None, bound: float | None, sense: Sense, integral: bool) -> Judged:
    """What ``bound`` proves of a verified ``objective``; ``integral`` if every solution's objective is an integer.

    A bound without an objective is open; a bound that is not a number or infinite the wrong way proves nothing.
    """
    if bound is None or not math.isfinite(bound):
        return Judged(Verdict.OPEN, None)
    if integral:
        bound = tighten(bound, sense)
    if objective is None:
        return Judged(Verdict.OPEN, bound)
    beyond = bound - objective if sense == "min" else objective - bound
    if beyond > (0.0 if integral else CONTRADICTION * max(abs(objective), 1e-12)):
        return Judged(Verdict.CONTRADICTED, None)
    if beyond >= 0:
        return Judged(Verdict.PROVED, objective)
    gap = relative_gap(objective, bound)
    proved = not integral and gap is not None and gap <= GAP_OPTIMAL
    return Judged(Verdict.PROVED if proved else Verdict.OPEN, bound)


def tighten(value: float, sense: Sense) -> float:
    """A bound on an integer objective, rounded to the integer that it proves: ceil(bound - 1e-6) for a minimum."""
    return math.ceil(value - INTEGER_SLACK) if sense == "min" else math.floor(value + INTEGER_SLACK)


def better(objective: float, than: float, sense: Sense) -> bool:
    """True if ``objective`` beats ``than``."""
    return objective < than if sense == "min" else objective > than
