"""Parts of a time limit for the steps on the way."""

from __future__ import annotations

from collections.abc import Callable

from wnpopt.core.budget import Budget

CUT_SHARE = 0.15
"""What finding the layer cut may take, where it is a start and not the answer."""

HEADS_SHARE = 0.2
"""The part after which the heads look at one tensor at a time only."""


def part(budget: Budget, share: float) -> Budget:
    """``share`` of what is left of a time limit, for a step on the way; without one the budget itself."""
    return budget if budget.time_limit is None else budget.share(share * budget.remaining())


def early(budget: Budget) -> Budget:
    """What is left of a time limit but for the moment that noticing its end takes."""
    if budget.time_limit is None:
        return budget
    left = budget.remaining()
    return budget.share(left - min(0.05, 0.03 * left))


def later(budget: Budget, share: float) -> Callable[[], bool]:
    """A function that becomes true once ``share`` of what is now left of a time limit has passed."""
    until = budget.elapsed() + share * budget.remaining()
    return lambda: budget.elapsed() > until
