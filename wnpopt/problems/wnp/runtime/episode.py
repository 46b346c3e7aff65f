"""A policy in one world: its plan is executed, it is asked when something is off, and what it answers is verified."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from typing import TypeVar

import numpy as np

from wnpopt.core.errors import SolverError, describe
from wnpopt.problems.wnp.instance import WnpInstance
from wnpopt.problems.wnp.runtime.engine import Drift, run
from wnpopt.problems.wnp.runtime.execution import PlanExecution
from wnpopt.problems.wnp.runtime.forecast import forecast
from wnpopt.problems.wnp.runtime.kernels.engine import NOW
from wnpopt.problems.wnp.runtime.measured import Measured
from wnpopt.problems.wnp.runtime.policy import Policy, View
from wnpopt.problems.wnp.runtime.program import PlanRules, Program
from wnpopt.problems.wnp.runtime.setting import Setting
from wnpopt.problems.wnp.runtime.world import World
from wnpopt.problems.wnp.solution import WnpSolution
from wnpopt.problems.wnp.verify import verify

T = TypeVar("T")

LIMITS = frozenset({"deadline", "makespan-limit", "energy-limit"})
"""PlanRules that a plan may break once it is too late to keep them."""


@dataclass
class Asked:
    """How often a policy was asked, what came of it, and the seconds that each answer took."""

    times: int = 0
    plans: int = 0
    rejected: int = 0
    seconds: list[float] = field(default_factory=list)


def execute(
    setting: Setting,
    world: World,
    policy: Policy,
    plan: WnpSolution,
    seed: int,
    asked: Asked | None = None,
    planning_delay: int = 0,
) -> PlanExecution:
    """The whole execution of ``policy`` in ``world``, beginning with the accepted ``plan``.

    An answer takes ``planning_delay`` ticks: until then the plan that it replaces is gone on with, and nothing is
    asked. It takes effect at the first end of a subgraph or slot from then on, for what has not begun.
    """
    execution = PlanExecution.new(setting)
    program = Program.of(setting, plan, policy.rules)
    if policy.decider is None:
        run(setting, world, program, execution)
        return execution
    counted = Asked() if asked is None else asked
    decide = guarded(policy, partial(policy.decider, setting.longer, seed))
    makespan = max(1, int(program.end.max()))
    ticks = -1 if policy.drift_time < 0 else int(makespan * policy.drift_time)
    drift = Drift(ticks, policy.drift_bits)
    hushed, before, failed = False, b"", False
    while failed or run(setting, world, program, execution, drift, hushed=hushed):
        now = b"".join(
            array.tobytes() for array in (execution.start, execution.end, execution.sent, execution.delivered)
        )
        hushed, before = now == before, now
        view = seen(setting, world, execution, plan, policy.rules)
        counted.times += 1
        began = time.perf_counter()
        answer = guarded(policy, partial(decide, view))
        counted.seconds.append(time.perf_counter() - began)
        failed = False
        if planning_delay > 0:
            since = int(execution.clock[NOW])
            if not _went_on(setting, world, program, execution, planning_delay):
                return execution
            failed = bool(((world.fails > since) & (world.fails <= execution.clock[NOW])).any())
            if isinstance(answer, WnpSolution):
                view = seen(setting, world, execution, plan, policy.rules)
                answer = view.forecast(_merged(setting, answer, execution))
        if answer is None:  # it goes on as it is: what is expected now is no news any more
            program = _expecting(setting, world, execution, program)
            continue
        if not isinstance(answer, WnpSolution):
            raise SolverError(f"the policy {policy.name} answers with a {type(answer).__name__}; a plan is needed")
        broken = verify(view.instance, answer, view.state).violations
        if any(violation.rule not in LIMITS for violation in broken):
            counted.rejected += 1
            program = _expecting(setting, world, execution, program)
            continue
        counted.plans += 1
        plan = answer
        program = Program.of(setting, plan, policy.rules, execution)
    return execution


_EACH = Drift(-1, -1.0)


def _went_on(setting: Setting, world: World, program: Program, execution: PlanExecution, delay: int) -> bool:
    """Go on for ``delay`` ticks or more; False if nothing is left to be asked about."""
    until = int(execution.clock[NOW]) + delay
    while int(execution.clock[NOW]) < until:
        if not run(setting, world, program, execution, _EACH):
            return False
    return True


def _merged(setting: Setting, answer: WnpSolution, execution: PlanExecution) -> WnpSolution:
    """``answer`` with the cores and starts of what has begun since it was asked for."""
    names = [s.name for s in setting.instance.subgraphs]
    cores = [core.name for core in setting.instance.chip.cores]
    begun = np.flatnonzero(execution.start >= 0).tolist()
    return answer.model_copy(
        update={
            "core": {**answer.core, **{names[i]: cores[execution.where[i]] for i in begun}},
            "start": {**answer.start, **{names[i]: int(execution.start[i]) for i in begun}},
        }
    )


def _expecting(setting: Setting, world: World, execution: PlanExecution, program: Program) -> Program:
    ahead = forecast(setting, world, execution, program)
    return program.expecting(setting, ahead, execution) if ahead.finished else program


def guarded(policy: Policy, call: Callable[[], T]) -> T:
    """What a policy's function returns; :class:`SolverError` with the policy's name where it raises."""
    try:
        return call()
    except Exception as error:
        raise SolverError(f"the policy {policy.name} failed: {describe(error, 300)}") from error


def seen(setting: Setting, world: World, execution: PlanExecution, plan: WnpSolution, rules: PlanRules) -> View:
    """What a policy sees now; of the ``world``, which cores have failed by now is all that is read."""

    def ahead(other: WnpSolution) -> PlanExecution | None:
        end = forecast(setting, world, execution, Program.of(setting, other, rules, execution))
        return end if end.finished else None

    def retimed(other: WnpSolution) -> WnpSolution | None:
        end = ahead(other)
        return None if end is None else end.solution(setting)

    def value(other: WnpSolution) -> tuple[float, float] | None:
        end = ahead(other)
        if end is None:
            return None
        measured = Measured.empty(setting, 1)
        measured.put(setting, 0, end)
        return float(measured.excess(setting)[0]), float(measured.objective(setting)[0])

    now = int(execution.clock[NOW])
    gone = np.flatnonzero(world.fails <= now)
    cores = setting.instance.chip.cores
    instance = setting.longer if gone.size == 0 else _without(setting.longer, gone.tolist(), execution)
    return View(instance, plan, execution.state(setting), tuple(cores[m].name for m in gone), retimed, value)


def _without(instance: WnpInstance, gone: list[int], execution: PlanExecution) -> WnpInstance:
    """The instance without these cores for what has not begun; as it is where something could then run nowhere."""
    subgraphs = []
    for i, subgraph in enumerate(instance.subgraphs):
        if execution.start[i] >= 0:
            subgraphs.append(subgraph)
            continue
        ticks = tuple(None if m in gone else t for m, t in enumerate(subgraph.ticks))
        if all(t is None for t in ticks):
            return instance
        subgraphs.append(subgraph.model_copy(update={"ticks": ticks}))
    return instance.model_copy(update={"subgraphs": tuple(subgraphs)})
