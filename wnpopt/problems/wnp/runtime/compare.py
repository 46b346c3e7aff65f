"""Policies in the same worlds, one after the other."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np

from wnpopt.core.errors import InputError, SolverError
from wnpopt.problems.wnp.instance import WnpInstance
from wnpopt.problems.wnp.runtime.episode import Asked, execute, guarded
from wnpopt.problems.wnp.runtime.hindsight import lower_bound, oracle
from wnpopt.problems.wnp.runtime.measured import Measured
from wnpopt.problems.wnp.runtime.planner import planned
from wnpopt.problems.wnp.runtime.policies.known import ORACLE
from wnpopt.problems.wnp.runtime.policy import Policy
from wnpopt.problems.wnp.runtime.program import Program
from wnpopt.problems.wnp.runtime.repeat import repeat
from wnpopt.problems.wnp.runtime.scenario import WnpScenario
from wnpopt.problems.wnp.runtime.setting import Setting
from wnpopt.problems.wnp.runtime.simulation import PolicyRuns
from wnpopt.problems.wnp.runtime.worlds import Worlds
from wnpopt.problems.wnp.solution import WnpSolution
from wnpopt.problems.wnp.verify import verify

Step = Callable[[int, int], None]
_EXAMPLES = 20
"""Executions that are kept as a whole, for pictures."""


@dataclass(frozen=True)
class Comparison:
    """The worlds, the plan that is given (or pacs's), and the plans that policies bring along, all accepted."""

    worlds: Worlds
    first: WnpSolution
    own: dict[str, WnpSolution]
    planning_delay: int = 0

    @staticmethod
    def of(
        instance: WnpInstance,
        given: WnpSolution | None,
        policies: Sequence[Policy | None],
        scenario: WnpScenario,
        seed: int,
        overtime: float,
        planning_delay: int = 0,
    ) -> Comparison:
        """Make the plans. Raises :class:`InputError` where there is none, :class:`SolverError` for a policy's."""
        first = given
        if first is None:
            first = planned(instance, "pacs", seed)
            if first is None or not verify(instance, first).accepted:
                raise InputError("pacs has no plan of the instance; give one", where="solution")
        own = {entry.name: _own(entry, instance, seed) for entry in policies if entry is not None and entry.plan}
        rows = max(len(plan.rb) for plan in (first, *own.values()))
        return Comparison(Worlds(Setting.of(instance, rows, overtime), scenario, seed), first, own, planning_delay)

    @property
    def setting(self) -> Setting:
        """The instance with the slots of its worlds."""
        return self.worlds.setting

    def under(self, policy: Policy, runs: int, threads: int, step: Step | None) -> PolicyRuns:
        """``policy`` in the worlds 0 to ``runs`` - 1."""
        setting, plan = self.setting, self.own.get(policy.name, self.first)
        planned_value = _value(setting, plan)
        if policy.decider is None:
            program = Program.of(setting, plan, policy.rules)
            measured = repeat(self.worlds, program, runs, threads=threads)
            if step is not None:
                step(runs, runs)
            shown = [
                execute(setting, self.worlds.world(number), policy, plan, self.worlds.seed)
                for number in range(min(runs, _EXAMPLES))
            ]
            return PolicyRuns(policy.name, plan, planned_value, measured, examples=tuple(shown))
        measured = Measured.empty(setting, runs)
        asked, examples = [], []
        for number in range(runs):
            asked.append(Asked())
            world = self.worlds.world(number)
            execution = execute(setting, world, policy, plan, self.worlds.seed, asked[-1], self.planning_delay)
            measured.put(setting, number, execution)
            if number < _EXAMPLES:
                examples.append(execution)
            if step is not None:
                step(number + 1, runs)
        return PolicyRuns(policy.name, plan, planned_value, measured, tuple(asked), examples=tuple(examples))

    def with_hindsight(self, runs: int, step: Step | None) -> PolicyRuns:
        """The oracle in the worlds 0 to ``runs`` - 1, and the bound of each."""
        setting = self.setting
        measured = Measured.empty(setting, runs)
        bounds, examples = np.full(runs, np.nan), []
        for number in range(runs):
            world = self.worlds.world(number)
            execution = oracle(setting, world, self.first, self.worlds.seed)
            measured.put(setting, number, execution)
            if number < _EXAMPLES:
                examples.append(execution)
            bound = lower_bound(setting, world)
            bounds[number] = np.nan if bound is None else bound
            if step is not None:
                step(number + 1, runs)
        return PolicyRuns(ORACLE, None, None, measured, bounds=bounds, examples=tuple(examples))


def _own(policy: Policy, instance: WnpInstance, seed: int) -> WnpSolution:
    assert policy.plan is not None
    plan = guarded(policy, partial(policy.plan, instance, seed))
    if plan is None:
        raise InputError(f"the policy {policy.name} has no plan of the instance", where="policies")
    certificate = verify(instance, plan)
    if not certificate.accepted:
        raise SolverError(f"the plan of the policy {policy.name} is not accepted: {certificate.violations[0]}")
    return plan


def _value(setting: Setting, plan: WnpSolution) -> float | None:
    objective = verify(setting.instance, plan).objective
    return None if objective is None else float(objective)
