"""The oracle: a plan made with the realised world known, the yardstick of all policies, and a bound on all of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from wnpopt.core.bound import best_bound
from wnpopt.core.budget import Budget
from wnpopt.problems.wnp.bounds import bounds
from wnpopt.problems.wnp.instance import WnpInstance
from wnpopt.problems.wnp.runtime.engine import run
from wnpopt.problems.wnp.runtime.execution import PlanExecution
from wnpopt.problems.wnp.runtime.kernels.engine import NEVER
from wnpopt.problems.wnp.runtime.measured import Measured
from wnpopt.problems.wnp.runtime.planner import planned
from wnpopt.problems.wnp.runtime.program import PlanRules, Program
from wnpopt.problems.wnp.runtime.setting import Setting
from wnpopt.problems.wnp.runtime.world import World
from wnpopt.problems.wnp.solution import WnpSolution

METHOD = "pacs"


def oracle(setting: Setting, world: World, plan: WnpSolution, seed: int) -> PlanExecution:
    """The best execution of ``plan`` started as early as can be, and of what pacs plans with ``world`` known.

    The order of "best" is: everything ends; deadlines and limits; the objective. Where cores fail, pacs plans once with
    them and once without. It is a heuristic: the optimum with hindsight is between :func:`lower_bound` and it.
    """
    known = world.instance(setting)
    plans: list[tuple[WnpSolution, World | None]] = [(plan, None)]
    for instance in _instances(known, world):
        made = planned(instance, METHOD, seed)
        if made is not None:
            plans.append((made, world))
    executions = []
    for candidate, for_world in plans:
        execution = PlanExecution.new(setting)
        run(setting, world, Program.of(setting, candidate, PlanRules(), known=for_world), execution)
        executions.append(execution)
    return min(executions, key=lambda execution: _rank(setting, execution))


def _rank(setting: Setting, execution: PlanExecution) -> tuple[bool, float, float]:
    measured = Measured.empty(setting, 1)
    measured.put(setting, 0, execution)
    if not execution.finished:
        return True, 0.0, 0.0
    return False, float(measured.excess(setting)[0]), float(measured.objective(setting)[0])


def _instances(known: WnpInstance, world: World) -> Sequence[WnpInstance]:
    """The world as an instance, and without the cores that fail in it, where that leaves one for everything."""
    kept = world.fails == NEVER
    if kept.all():
        return [known]
    ticks = [tuple(t if kept[m] else None for m, t in enumerate(s.ticks)) for s in known.subgraphs]
    if any(all(t is None for t in row) for row in ticks):
        return [known]
    subgraphs = tuple(s.model_copy(update={"ticks": row}) for s, row in zip(known.subgraphs, ticks, strict=True))
    return [known, known.model_copy(update={"subgraphs": subgraphs})]


def lower_bound(setting: Setting, world: World, budget: Budget | None = None) -> float | None:
    """A bound on the objective of every execution in ``world``; None where none is known. A weaker one without time.

    That of the world as an instance without deadlines and limits, in which cores do not fail: whatever happens is a
    solution of it. Of an energy, transfers count that are no longer than planned: their bytes are the planned ones.
    """
    if setting.instance.objective == "energy":
        width = np.minimum(world.width, setting.instance.edge_ticks)
        world = replace(world, width=width)
    instance = world.instance(setting)
    free = instance.model_copy(
        update={
            "makespan_limit_ticks": None,
            "energy_limit_j": None,
            "jobs": tuple(job.model_copy(update={"deadline_ticks": None}) for job in instance.jobs),
        }
    )
    best = best_bound(bounds(free, budget or Budget(None)), "min")
    return None if best is None else float(best.value)
