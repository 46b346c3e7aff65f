"""From a peer's cores and order to a solution of ours, timed with the real ticks and transfers."""

from __future__ import annotations

import numpy as np

from wnpopt.problems.wnp.instance import IntArray
from wnpopt.problems.wnp.kernels.problem import Problem
from wnpopt.problems.wnp.kernels.schedule import Schedule
from wnpopt.problems.wnp.kernels.uplink import Arrivals
from wnpopt.problems.wnp.solution import WnpSolution


def timed(problem: Problem, core: IntArray, sequence: IntArray) -> WnpSolution:
    """The solution with the least starts for ``core`` (I,), each core in the order of ``sequence`` (I,).

    ``sequence`` is topological, and the instance has no radio: no subgraph waits for anything but cores and transfers.
    """
    release = np.zeros(core.size, dtype=np.int64)
    schedule = problem.scheduler.retimed(Schedule(0, core, release), release, sequence)
    return problem.solution(Arrivals.none(problem.uplink), schedule)
