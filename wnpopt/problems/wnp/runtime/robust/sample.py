"""What a plan is worth over sampled worlds: the same worlds for every plan."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np

from wnpopt.problems.wnp.instance import WnpInstance
from wnpopt.problems.wnp.runtime.kernels.sampling import FloatArray
from wnpopt.problems.wnp.runtime.program import PlanRules, Program
from wnpopt.problems.wnp.runtime.repeat import repeat
from wnpopt.problems.wnp.runtime.robust.scenarios import WnpScenarios
from wnpopt.problems.wnp.runtime.sampled import SampledWorlds
from wnpopt.problems.wnp.runtime.setting import Setting
from wnpopt.problems.wnp.runtime.worlds import Worlds
from wnpopt.problems.wnp.solution import WnpSolution

KEPT_BYTES = 2**27
"""Memory for the worlds of a sample; those that do not fit are sampled again for every plan."""


class Worth(NamedTuple):
    """A plan over worlds, the less the better from left to right.

    ``unfinished`` is the share of worlds in which it never ends, ``excess`` the mean of what deadlines and limits are
    exceeded by where it does, ``value`` the criterion of the objective where it does (infinite if nowhere).
    """

    unfinished: float
    excess: float
    value: float


@dataclass(frozen=True)
class Sample:
    """Worlds ``first`` to ``first`` + ``count`` - 1 of each scenario; plans are followed as the scenarios say."""

    worlds: tuple[Worlds, ...]
    scenarios: WnpScenarios
    first: int
    count: int
    threads: int = 1

    @staticmethod
    def of(instance: WnpInstance, scenarios: WnpScenarios, rows: int, threads: int) -> Sample:
        """The worlds in which plans of up to ``rows`` rows of slots are compared."""
        setting = Setting.of(instance, rows)
        worlds = tuple(Worlds(setting, scenario, scenarios.seed) for scenario in scenarios.scenarios)
        return Sample(worlds, scenarios, 0, scenarios.worlds, threads)

    @property
    def setting(self) -> Setting:
        """The instance with the slots of the worlds."""
        return self.worlds[0].setting

    def objectives(self, plan: WnpSolution) -> FloatArray:
        """The plan's objective in each world, NaN where it never ends."""
        return self._measured(plan)[0]

    def worth(self, plan: WnpSolution) -> Worth:
        """The plan's worth over all worlds."""
        values, excess = self._measured(plan)
        ended = ~np.isnan(values)
        if not ended.any():
            return Worth(1.0, 0.0, math.inf)
        value = criterion(self.scenarios, values[ended])
        return Worth(float(1.0 - ended.mean()), float(excess[ended].mean()), value)

    @cached_property
    def kept(self) -> tuple[SampledWorlds, ...]:
        """The worlds of each scenario, as many of them as fit into :data:`KEPT_BYTES`."""
        each = KEPT_BYTES // len(self.worlds) // max(1, SampledWorlds.bytes_each(self.worlds[0]))
        return tuple(SampledWorlds.of(worlds, self.first, min(self.count, each)) for worlds in self.worlds)

    def _measured(self, plan: WnpSolution) -> tuple[FloatArray, FloatArray]:
        program = Program.of(self.setting, plan, PlanRules(keeps_starts=self.scenarios.policy == "static"))
        rows = [
            repeat(worlds, program, self.count, first=self.first, threads=self.threads, kept=kept)
            for worlds, kept in zip(self.worlds, self.kept, strict=True)
        ]
        values = np.concatenate([row.objective(self.setting) for row in rows])
        return values, np.concatenate([row.excess(self.setting) for row in rows])


def criterion(scenarios: WnpScenarios, values: FloatArray) -> float:
    """The mean of ``values``, or of the worst 1 - level of them (at least one)."""
    if scenarios.criterion == "mean":
        return float(values.mean())
    worst = max(1, math.ceil((1.0 - scenarios.level) * values.size - 1e-9))
    return float(np.sort(values)[-worst:].mean())
