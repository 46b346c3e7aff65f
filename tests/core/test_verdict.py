"""What a bound says of an objective, at each of the limits and a little on both sides of them."""

from __future__ import annotations

import math
from dataclasses import FrozenInstanceError

import pytest

from wnpopt.core.bound import Sense
from wnpopt.core.result import relative_gap
from wnpopt.core.verdict import Judged, Verdict, better, compare, tighten

OPEN, PROVED, CONTRADICTED = Verdict.OPEN, Verdict.PROVED, Verdict.CONTRADICTED

# Of minima; maxima are the same with the signs turned.
REAL: list[tuple[float | None, float | None, Verdict, float | None]] = [
    (None, 1.5, OPEN, 1.5),
    (2.0, 1.5, OPEN, 1.5),
    (2.0, 2.0, PROVED, 2.0),
    # Beyond the objective by at most 1e-9 of it: reported as the objective.
    (2.0, 2.0 * (1 + 0.9e-9), PROVED, 2.0),
    (2.0, 2.0 * (1 + 1.1e-9), CONTRADICTED, None),
    (-2.0, -2.0 * (1 - 0.9e-9), PROVED, -2.0),
    (-2.0, -2.0 * (1 - 1.1e-9), CONTRADICTED, None),
    (1000.0, 1000.0 + 0.9e-6, PROVED, 1000.0),
    (1000.0, 1000.0 + 1.1e-6, CONTRADICTED, None),
    # Of zero there is nothing relative: as of 1e-12.
    (0.0, 1e-9 * 1e-12, PROVED, 0.0),
    (0.0, 1.1e-21, CONTRADICTED, None),
    (0.0, -1e-6 * 1e-12, PROVED, -1e-6 * 1e-12),
    (0.0, -1.1e-18, OPEN, -1.1e-18),
    # Short of it by at most 1e-6 of it: proved, and reported as it is.
    (2.0, 2.0 - 1.9e-6, PROVED, 2.0 - 1.9e-6),
    (2.0, 2.0 - 2.1e-6, OPEN, 2.0 - 2.1e-6),
    (2.0, -math.inf, OPEN, None),
    (2.0, math.inf, OPEN, None),
    (2.0, math.nan, OPEN, None),
    (2.0, None, OPEN, None),
    (None, None, OPEN, None),
]
INTEGRAL: list[tuple[float | None, float | None, Verdict, float | None]] = [
    (None, 4.2, OPEN, 5),
    (None, 4.0000009, OPEN, 4),
    (None, 4.0000011, OPEN, 5),
    (5, 4.0, OPEN, 4),
    (5, 4.0000011, PROVED, 5),
    (5, 5.0000009, PROVED, 5),
    (5, 5.0000011, CONTRADICTED, None),
    (5, 7.0, CONTRADICTED, None),
    # No gap between integers is small enough.
    (10_000_000, 9_999_999.0, OPEN, 9_999_999),
    (0, 0.0, PROVED, 0),
    (0, -0.9, PROVED, 0),
    (5, math.nan, OPEN, None),
    (5, -math.inf, OPEN, None),
]


def turned(value: float | None) -> float | None:
    return None if value is None else -value


@pytest.mark.parametrize(("objective", "bound", "verdict", "reported"), REAL)
def test_of_reals(objective: float | None, bound: float | None, verdict: Verdict, reported: float | None) -> None:
    assert compare(objective, bound, "min", False) == Judged(verdict, reported)
    assert compare(turned(objective), turned(bound), "max", False) == Judged(verdict, turned(reported))


@pytest.mark.parametrize(("objective", "bound", "verdict", "reported"), INTEGRAL)
def test_of_integers(objective: float | None, bound: float | None, verdict: Verdict, reported: float | None) -> None:
    assert compare(objective, bound, "min", True) == Judged(verdict, reported)
    assert compare(turned(objective), turned(bound), "max", True) == Judged(verdict, turned(reported))


@pytest.mark.parametrize(("sense", "best"), [("min", 3), ("max", 5)])
def test_better_is_strictly_better(sense: Sense, best: int) -> None:
    assert [value for value in (3, 4, 5) if better(value, 4, sense)] == [best]


def test_an_integer_bound_is_the_next_integer_that_it_proves() -> None:
    assert [tighten(value, "min") for value in (3.0, 3.0000009, 3.0000011, 3.5)] == [3, 3, 4, 4]
    assert [tighten(value, "max") for value in (3.0, 2.9999991, 2.9999989, 2.5)] == [3, 3, 2, 2]


def test_the_gap_is_relative_to_the_objective() -> None:
    assert relative_gap(-4.0, -5.0) == relative_gap(4.0, 5.0) == 0.25
    assert relative_gap(0.0, 1e-12) == 1.0
    assert relative_gap(None, 1.0) is relative_gap(1.0, None) is None


def test_the_words_are_those_of_reports() -> None:
    assert [str(verdict) for verdict in Verdict] == ["open", "proved", "contradicted"]


def test_what_was_judged_stays() -> None:
    with pytest.raises(FrozenInstanceError):
        compare(2.0, 1.0, "min", False).bound = 2.0  # type: ignore[misc]
