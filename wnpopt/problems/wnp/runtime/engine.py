"""Executing a program in a world: as a whole, or up to the tick at which a policy is to be asked."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from wnpopt.problems.wnp.runtime.execution import PlanExecution
from wnpopt.problems.wnp.runtime.kernels.engine import ASKED, advance
from wnpopt.problems.wnp.runtime.program import Program
from wnpopt.problems.wnp.runtime.setting import Setting
from wnpopt.problems.wnp.runtime.world import World


@dataclass(frozen=True)
class Drift:
    """When a policy is asked: a subgraph starts or ends this many ``ticks`` off its plan, or more.

    So many too late for a start; earlier or later for an end. Or ``bits`` (a share of a payload) more or less than
    planned have been delivered. It is always asked when a core fails. With ``ticks`` = -1 it is asked at each end of a
    subgraph and, with ``bits`` = -1, after each slot.
    """

    ticks: int
    bits: float


def run(
    setting: Setting,
    world: World,
    program: Program,
    execution: PlanExecution,
    drift: Drift | None = None,
    *,
    hushed: bool = False,
) -> bool:
    """Go on with ``execution``, which is changed; True if the policy is to be asked, False if nothing more happens.

    Without ``drift`` nobody is asked; ``hushed``: not because of a late start, until something has happened. It is
    asked between slots as long as something is to be sent, and at any tick afterwards: a slot that has begun goes on as
    planned.
    """
    if drift is None:
        ticks, bits = 0, np.zeros(len(setting.instance.modalities), dtype=np.int64)
    else:
        ticks = drift.ticks
        bits = np.floor(setting.instance.payloads * drift.bits).astype(np.int64)
    asking = (drift is not None, hushed, program.start, program.end, program.bits, ticks, bits)
    arguments: tuple[Any, ...] = (
        *setting.structure,
        *world.arrays,
        *program.arrays,
        *asking,
        *execution.arrays,
    )
    return int(advance(*arguments)) == ASKED
