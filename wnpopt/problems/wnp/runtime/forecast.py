"""How a plan that runs goes on if all that is left takes its nominal time: no planner is asked, nothing is solved."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from wnpopt.problems.wnp.runtime.engine import run
from wnpopt.problems.wnp.runtime.execution import PlanExecution
from wnpopt.problems.wnp.runtime.kernels.engine import BUS_FREE, NEVER, NOW
from wnpopt.problems.wnp.runtime.program import Program
from wnpopt.problems.wnp.runtime.setting import Setting
from wnpopt.problems.wnp.runtime.world import World


def forecast(setting: Setting, world: World, execution: PlanExecution, program: Program) -> PlanExecution:
    """The execution as it would end; ``execution`` stays as it is.

    What runs ends after its nominal ticks, or now if they are over; so do transfers that are under way. Of the real
    ``world`` nothing is read but which cores have failed by now.
    """
    ahead, now = execution.copy(), int(execution.clock[NOW])
    nominal = World.nominal(setting)
    running = np.flatnonzero((ahead.start >= 0) & (ahead.end < 0))
    cores = ahead.where[running]
    nominal.ticks[running, cores] = np.maximum(nominal.ticks[running, cores], now - ahead.start[running])
    source, hop = setting.plan.source, setting.plan.hop
    under_way = np.flatnonzero((ahead.sent >= 0) & (ahead.there > now))
    length = hop[ahead.where[source[under_way]], ahead.sent_to[under_way]] + setting.plan.width[under_way]
    ahead.there[under_way] = np.maximum(now, ahead.sent[under_way] + length)
    if int(ahead.clock[BUS_FREE]) > now:
        ahead.clock[BUS_FREE] = ahead.there[under_way].max(initial=now)
    fails = np.where(world.fails <= now, world.fails, NEVER)
    run(setting, replace(nominal, fails=fails), program, ahead)
    return ahead
