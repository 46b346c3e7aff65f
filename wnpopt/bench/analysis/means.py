"""Averages of measurements."""

from __future__ import annotations

import math
from collections.abc import Sequence


def mean(values: Sequence[float]) -> float | None:
    """The arithmetic mean; None of nothing."""
    return math.fsum(values) / len(values) if values else None


def median(values: Sequence[float]) -> float | None:
    """The middle value, or the mean of the middle two; None of nothing."""
    if not values:
        return None
    ordered = sorted(values)
    middle = len(ordered) // 2
    return ordered[middle] if len(ordered) % 2 else math.fsum(ordered[middle - 1 : middle + 1]) / 2


def shifted_geometric_mean(values: Sequence[float], shift: float) -> float | None:
    """``(prod (v + shift))^(1/n) - shift`` of values that are not negative, in their unit; None of nothing.

    The shift keeps runs that are far below it from deciding the mean (Achterberg, Constraint Integer Programming,
    2007, appendix A.3). Computed as ``shift (exp(mean(log(1 + v/shift))) - 1)``, which loses no digits of small values.
    """
    if not values:
        return None
    return shift * math.expm1(math.fsum(math.log1p(value / shift) for value in values) / len(values))
