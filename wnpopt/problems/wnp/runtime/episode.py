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
    setting: Setting, world: World, policy: Policy, plan: WnpSolution, seed: int, asked: Asked | None = None
) -> PlanExecution:
    """The whole execution of ``policy`` in ``world``, beginning with the accepted ``plan``."""
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
    hushed, before = False, b""
    while run(setting, world, program, execution, drift, hushed=hushed):
        now = b"".join(
            array.tobytes() for array in (execution.start, execution.end, execution.sent, execution.delivered)
        )
        hushed, before = now == before, now
        view = seen(setting, world, execution, plan, policy.rules)
        counted.times += 1
        began = time.perf_counter()
        answer = guarded(policy, partial(decide, view))
        counted.seconds.append(time.perf_counter() - began)
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
