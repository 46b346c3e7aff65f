"""Which instances the methods take."""

from __future__ import annotations

from collections.abc import Callable

from wnpopt.core.budget import Budget
from wnpopt.problems.intradp.instance import IntradpInstance

TABLE_LIMIT = 40_000_000
"""Entries of the window tables that a compiled problem may have (0.65 GB); no network comes near."""

CUT_SHARE = 0.15
"""Of a time limit, what finding the layer cut may take, where it is a start and not the answer."""

HEADS_SHARE = 0.2
"""Of a time limit, the part after which the heads look at one tensor at a time only."""


def table_size(instance: IntradpInstance) -> int:
    """Entries of each window table, and of a head."""
    return sum((operator.units + 1) * (len(operator.inputs) + 1) for operator in instance.operators)


def refuse_size(instance: IntradpInstance) -> tuple[str, str] | None:
    """Methods that tabulate windows refuse instances whose tables would not fit."""
    if table_size(instance) > TABLE_LIMIT:
        return "operators", f"the rows of all operators add up to more than {TABLE_LIMIT}; fewer units are needed"
    return None


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
