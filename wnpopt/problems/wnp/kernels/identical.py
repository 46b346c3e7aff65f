"""Identical cores: every subgraph takes as long on each of them, and no transfer takes any time.

Then only how many subgraphs run at a time matters. Which core is whose follows from the starts.
"""

from __future__ import annotations

import heapq

import numpy as np

from wnpopt.problems.wnp.instance import IntArray
from wnpopt.problems.wnp.kernels.plan import FAR, Plan


def cores_are_identical(plan: Plan) -> bool:
    """True if it makes no difference to any schedule on which of the cores a subgraph runs."""
    free = plan.source.size == 0 or not (plan.width.any() or plan.hop.any())
    return bool(free and plan.able.all() and (plan.ticks == plan.ticks[:, :1]).all())


def assigned(plan: Plan, start: IntArray) -> tuple[IntArray, IntArray]:
    """(core, start), shape (I,) each: cores for starts at which never more subgraphs run than there are cores.

    By colouring the intervals in the order of their starts. What takes no time is moved to the end of a core's work,
    or to where the first subgraph that needs it starts: never inside of another one.
    """
    ticks, cores = plan.ticks[:, 0], plan.ticks.shape[1]
    core = np.zeros(start.size, dtype=np.int64)
    moved = np.array(start, dtype=np.int64)
    free = [(0, m) for m in range(cores)]
    for i in np.lexsort((np.arange(start.size), start)).tolist():
        if ticks[i] > 0:
            until, core[i] = heapq.heappop(free)
            assert until <= start[i], "more subgraphs run at a time than there are cores"
            heapq.heappush(free, (int(start[i] + ticks[i]), int(core[i])))
    last = int((moved + ticks).max())
    for i in plan.order[::-1].tolist():
        if ticks[i] == 0:
            moved[i], first = last, FAR
            for e in plan.outof[plan.outof_at[i] : plan.outof_at[i + 1]].tolist():
                after = int(plan.target[e])
                if moved[after] < first:
                    first = moved[i] = moved[after]
                    core[i] = core[after]
    return core, moved
