"""Which instances the methods take."""

from __future__ import annotations

from wnpopt.core.budget import Budget
from wnpopt.problems.intradp.instance import IntradpInstance

TABLE_LIMIT = 40_000_000
"""Entries of the window tables that a compiled problem may have (0.65 GB); no network comes near."""

CUT_SHARE = 0.15
"""Of a time limit, what finding the layer cut may take, where it is a start and not the answer."""


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
