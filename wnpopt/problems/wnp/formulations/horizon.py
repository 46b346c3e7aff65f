"""Until when a model of an instance with optional fields has to look."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from wnpopt.problems.wnp.kernels.problem import Problem


def latest_end(problem: Problem) -> int:
    """A horizon within which some optimum of every objective ends.

    All waits of a schedule that is shifted to the left end with a release, an arrival, work or a transfer.
    """
    plan, uplink, instance = problem.plan, problem.uplink, problem.instance
    waits = max(int(instance.release.max()), uplink.slots * uplink.slot_ticks if uplink.count else 0)
    work = int(np.where(plan.able, plan.ticks, 0).max(axis=1).sum())
    return waits + work + int(plan.width.sum()) + plan.width.size * int(plan.hop.max())
