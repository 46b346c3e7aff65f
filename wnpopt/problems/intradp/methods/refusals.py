"""Which instances the methods take."""

from __future__ import annotations

from wnpopt.problems.intradp.instance import IntradpInstance

TABLE_LIMIT = 40_000_000
"""Entries of the window tables that a compiled problem may have (0.65 GB); no network comes near."""


def refuse_size(instance: IntradpInstance) -> tuple[str, str] | None:
    """Methods that tabulate windows refuse instances whose tables would not fit."""
    if sum((operator.units + 1) * (len(operator.inputs) + 1) for operator in instance.operators) > TABLE_LIMIT:
        return "operators", f"the rows of all operators add up to more than {TABLE_LIMIT}; fewer units are needed"
    return None
