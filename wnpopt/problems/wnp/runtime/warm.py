"""The simulator's compiled functions, made ready before anything is measured."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

import numpy as np

from wnpopt.backends.warmup import warm, warm_calls
from wnpopt.core import registry
from wnpopt.core.family import KnownCase
from wnpopt.problems.wnp.instance import WnpInstance
from wnpopt.problems.wnp.runtime.episode import execute
from wnpopt.problems.wnp.runtime.measured import Measured
from wnpopt.problems.wnp.runtime.planner import planned
from wnpopt.problems.wnp.runtime.policies.own import ORDER
from wnpopt.problems.wnp.runtime.policy import Policy
from wnpopt.problems.wnp.runtime.program import Program
from wnpopt.problems.wnp.runtime.repeat import repeat
from wnpopt.problems.wnp.runtime.scenario import PRESETS
from wnpopt.problems.wnp.runtime.setting import Setting
from wnpopt.problems.wnp.runtime.worlds import Worlds


def make_ready(tell: Callable[[str], None] | None = None) -> None:
    """Compile or load what simulating and planning need, once a process; ``tell`` as in ``warm``."""
    warm(registry.family("wnp"), registry.method("wnp", "pacs"), tell)
    warm(registry.family("wnp"), registry.method("wnp", "pacs"), tell, running=True)
    _simulator(tell)


@cache
def _simulator(tell: Callable[[str], None] | None) -> None:
    case = KnownCase.read("wnpopt.problems.wnp")
    instance = WnpInstance.from_data(dict(case.instance))
    plan = planned(instance, "rtfs", 0)
    assert plan is not None, "the known case has a plan"
    setting = Setting.of(instance)
    worlds = Worlds(setting, PRESETS["rough"], 0)
    asks = Policy("asks", "", decider=lambda _instance, _seed: lambda view: view.forecast(view.plan), drift_time=-1.0)

    def work() -> None:
        repeat(worlds, Program.of(setting, plan, ORDER.rules), 1)
        execution = execute(setting, worlds.world(0), asks, plan, 0)
        Measured.empty(setting, 1).put(setting, 0, execution)
        np.asarray(execution.end)

    warm_calls(work, tell)
