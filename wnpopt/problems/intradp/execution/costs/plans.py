"""The plans that a calibration measures, and that a measured comparison runs."""

from __future__ import annotations

from wnpopt.problems.intradp.instance import IntradpInstance
from wnpopt.problems.intradp.online.planners import PLANNERS
from wnpopt.problems.intradp.solution import IntradpSolution


def split_plan(instance: IntradpInstance, time_limit: float, seed: int = 0) -> IntradpSolution:
    """What the method search makes within ``time_limit`` seconds, the deadline aside."""
    from wnpopt.backends.stopping import run_stoppable
    from wnpopt.core.budget import Budget
    from wnpopt.problems.intradp.kernels.problem import Problem
    from wnpopt.problems.intradp.methods.search import searched

    problem = Problem.of(instance.changed(deadline_s=None))
    budget = Budget(time_limit, seed=seed)
    plan, _, _ = run_stoppable(lambda flag: searched(problem, budget, None, flag=flag), budget)
    return plan.solution(problem)


def named_plan(instance: IntradpInstance, name: str, seed: int = 0) -> IntradpSolution:
    """What a method whose plan depends on instance and seed alone makes, the deadline aside."""
    from wnpopt.backends.stopping import run_stoppable
    from wnpopt.core.budget import Budget
    from wnpopt.problems.intradp.kernels.problem import Problem

    problem = Problem.of(instance.changed(deadline_s=None))
    return run_stoppable(lambda flag: PLANNERS[name](problem, seed, flag), Budget(None)).solution(problem)


def cut_plan(instance: IntradpInstance, first: int) -> IntradpSolution:
    """The operators before ``first`` on the device, the others on the server."""
    last = len(instance.operators) - 1
    ends = [o.units if i < first or i in (0, last) else 0 for i, o in enumerate(instance.operators)]
    return IntradpSolution(instance=instance.name, device_end=tuple(ends), server_begin=tuple(ends))
