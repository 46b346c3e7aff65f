"""A makespan that some optimal schedule does not exceed, without solving anything."""

from __future__ import annotations

import numpy as np

from wnpopt.problems.wnp.kernels.plan import FAR
from wnpopt.problems.wnp.kernels.problem import Problem


def latest_makespan(problem: Problem) -> int:
    """Ticks by which everything is done: wait for the last slot, then run one subgraph after the other.

    Each on its fastest core, with every transfer over the longest way in between. A schedule of this makespan exists
    whenever the radio can deliver, so no optimum is longer.
    """
    plan, uplink = problem.plan, problem.uplink
    work = int(np.where(plan.ticks < FAR, plan.ticks, FAR).min(axis=1).sum())
    moves = int(plan.width.sum()) + plan.width.size * int(plan.hop.max())
    radio = uplink.slots * uplink.slot_ticks if uplink.count else 0
    return radio + work + moves
