"""A good placement of single operators on a chip, for coarsening to keep what it can of it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from wnpopt.backends.stopping import never
from wnpopt.core.budget import Budget
from wnpopt.core.errors import InputError
from wnpopt.domain.chip.measured import Times
from wnpopt.domain.network.coarsen import grouped
from wnpopt.domain.network.graph import Graph
from wnpopt.domain.network.placement import Placement
from wnpopt.problems.wnp.imports.assemble import Mesh, assemble
from wnpopt.problems.wnp.kernels.annealing import anneal_from_releases
from wnpopt.problems.wnp.kernels.problem import Problem
from wnpopt.problems.wnp.kernels.schedule import Schedule
from wnpopt.problems.wnp.search.joint import pipeline_aware, transmit_first

_CHANGES = 200_000
_HOT, _COOLED = (0.03, 0.003), 30
"""Of the makespan: where two runs of annealing begin; they end that much colder."""
_TICKS = 10**7
"""That the slowest operator takes on the cores that run it, all together: fine enough for rounding not to matter."""


def annealed(graph: Graph, mesh: Mesh, times: Sequence[Times]) -> Placement | None:
    """The better of PACS and of a short annealing from it, all data there at time 0; the same for the same input.

    None where nothing takes any time, there is but one core, or the numbers are beyond all ticks.
    """
    slowest = max((time for row in times for time in row if time is not None), default=0.0)
    if len(mesh.cores) < 2 or not 0 < slowest < 1e200:
        return None
    tick_s = max(slowest / _TICKS, 1.01 / mesh.bytes_per_s, mesh.hop_s / _TICKS)
    count = len(graph.operators)
    parts = grouped(graph, np.arange(count), [1.0] * count)
    try:
        problem = Problem.of(assemble("fine", graph, parts, mesh, times, None, tick_s=tick_s, source=None))
    except InputError:  # tensors or rates beyond what exact integers can hold
        return None
    first = transmit_first(problem, Budget(None))
    if first is None:
        return None
    best = pipeline_aware(problem, first, Budget(None)).schedule
    release, plan = np.zeros(count, dtype=np.int64), problem.plan
    for number, hot in enumerate(_HOT):
        core, sequence = best.core.copy(), problem.scheduler.sequence(best)
        anneal_from_releases(
            plan.ticks, plan.source, plan.target, plan.width, plan.hop, plan.into_at, plan.into, plan.outof_at,
            plan.outof, release, core, sequence, _CHANGES, hot * best.makespan, hot * best.makespan / _COOLED,
            number, 0, never(),
        )  # fmt: skip
        made = problem.scheduler.retimed(Schedule(0, core, release), release, sequence)
        best = made if made.makespan < best.makespan else best
    start = [float(tick) * tick_s for tick in best.start]
    order = [int(i) for i in problem.scheduler.sequence(best)]
    end = [start[i] + (times[i][m] or 0.0) for i, m in enumerate(best.core.tolist())]
    return Placement(tuple(best.core.tolist()), tuple(start), tuple(end), tuple(order))
