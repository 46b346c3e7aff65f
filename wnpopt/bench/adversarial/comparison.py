"""Two methods on one instance: what each found, and how much the one loses to the other."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import msgspec

from wnpopt import api
from wnpopt.core.bound import Bound, Sense, best_bound
from wnpopt.core.document import Instance, Solution
from wnpopt.core.errors import MissingDependencyError, UnsupportedError
from wnpopt.core.result import Result, Status, Termination, relative_gap
from wnpopt.core.verdict import Verdict, compare

TIE = 1e-9
"""Objectives this close, relatively, are a tie: the tolerance of the verifiers."""


Number = int | float
"""Integers stay integers, also when they are read again: the files of a search taken up again are the same."""


class Kind(StrEnum):
    """What came of comparing A with B."""

    RATIO = "ratio"  # both have a verified objective, and their ratio is a number
    FAILS = "fails"  # A finds nothing while B does
    NO_RATIO = "no_ratio"  # A loses to an objective to which there is no finite ratio: one of the two is 0
    OPEN = "open"  # B finds nothing: there is nothing to lose to
    DEFECT = "defect"  # a wrong answer: verifier, bounds and methods contradict one another, or a method raised


class Side(msgspec.Struct, frozen=True):
    """What one method did; the names are those of :class:`wnpopt.Result`, ``gap`` is to the best bound of both."""

    status: str
    termination: str
    objective: Number | None
    bound: Number | None
    gap: float | None
    found_by: str | None
    bound_by: str | None
    message: str


class Score(msgspec.Struct, frozen=True):
    """How much A loses to B.

    ``ratio`` is A's objective over B's for a minimum, B's over A's for a maximum (above 1: A is worse), 1 for a tie,
    None unless ``kind`` is ``ratio``. ``bound`` is the best bound that either proved.
    """

    kind: Kind
    ratio: float | None
    reason: str
    bound: Number | None
    a: Side
    b: Side


@dataclass(frozen=True)
class MethodAnswer:
    """The answer of one method, or the error that it raised instead."""

    result: Result[Solution] | None
    error: str = ""

    @property
    def objective(self) -> float | None:
        """The verified objective; None if there is none."""
        return None if self.result is None else self.result.objective

    @property
    def solution(self) -> Solution | None:
        """The verified solution; None if there is none."""
        return None if self.result is None else self.result.solution

    @property
    def bound(self) -> Bound | None:
        """The best bound that the run knew."""
        if self.result is None or self.result.bound is None:
            return None
        return Bound(self.result.bound, self.result.bound_by or self.result.method)


def answer(instance: Instance, method: str, seed: int, time_limit: float | None) -> MethodAnswer:
    """Let ``method`` solve ``instance`` on one thread.

    What it raises is an answer too: an instance that breaks a method is worth keeping. Raises
    :class:`UnsupportedError` and :class:`MissingDependencyError`, which say nothing of the instance's numbers.
    """
    try:
        return MethodAnswer(api.solve(instance, method, time_limit=time_limit, threads=1, seed=seed))
    except (UnsupportedError, MissingDependencyError):
        raise
    except Exception as error:
        return MethodAnswer(None, f"{method} raised {type(error).__name__}: {error}")


def score(a: MethodAnswer, b: MethodAnswer, sense: Sense, integral: bool) -> Score:
    """How much ``a`` loses to ``b``; ``integral`` if every objective of the instance is an integer."""
    bound = best_bound([known for known in (a.bound, b.bound) if known is not None], sense)
    value = None if bound is None else bound.value
    ours, theirs = a.objective, b.objective
    ratio: float | None = None
    defect = _defect(a, b, sense, integral)
    if defect is not None:
        kind, reason = Kind.DEFECT, defect
    elif theirs is None:
        kind, reason = Kind.OPEN, "the other method finds nothing" if ours is not None else "neither finds anything"
    elif ours is None:
        kind, reason = Kind.FAILS, "finds nothing while the other method does"
    else:
        ratio = ratio_of(ours, theirs, sense)
        kind, reason = (Kind.RATIO, "") if ratio is not None else (Kind.NO_RATIO, f"{ours:g} against {theirs:g}")
    return Score(kind, ratio, reason, value, _side(a, value), _side(b, value))


def ratio_of(ours: float, theirs: float, sense: Sense) -> float | None:
    """How many times worse ``ours`` is than ``theirs`` (both at least 0); 1 for a tie, None where it has no limit."""
    if abs(ours - theirs) <= TIE * max(abs(ours), abs(theirs)):
        return 1.0
    above, below = (ours, theirs) if sense == "min" else (theirs, ours)
    return above / below if below > 0 else None


def _side(given: MethodAnswer, bound: float | None) -> Side:
    result = given.result
    if result is None:
        return Side("unknown", "error", None, None, None, None, None, given.error)
    gap = relative_gap(result.objective, bound)
    return Side(
        str(result.status), str(result.termination), result.objective, result.bound, gap, result.found_by,
        result.bound_by, result.message,
    )  # fmt: skip


def _defect(a: MethodAnswer, b: MethodAnswer, sense: Sense, integral: bool) -> str | None:
    for one in (a, b):
        if one.result is None:
            return one.error
        if one.result.termination is Termination.ERROR:
            return f"{one.result.method}: {one.result.message}"
    for one, other in ((a, b), (b, a)):
        assert one.result is not None
        assert other.result is not None
        if one.result.status is Status.INFEASIBLE and other.objective is not None:
            return f"{one.result.method} proves the instance infeasible, {other.result.method} solves it"
        bound, objective = one.bound, other.objective
        if bound is None or objective is None:
            continue
        if compare(objective, bound.value, sense, integral).verdict is Verdict.CONTRADICTED:
            return (
                f"{one.result.method} has the bound {bound.value:.17g} ({bound.source}), "
                f"{other.result.method} a verified solution of {objective:.17g}"
            )
    return None
