"""A policy: what is done while a plan runs in a world that does not keep to it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from wnpopt.problems.wnp.instance import WnpInstance
from wnpopt.problems.wnp.runtime.program import PlanRules
from wnpopt.problems.wnp.solution import WnpSolution
from wnpopt.problems.wnp.state import WnpState


@dataclass(frozen=True)
class View:
    """What a policy sees when it is asked: the past as it was, and the future as the instance has it.

    ``instance`` has slots beyond those of the file, for what is late, and no core that failed for what has not begun.
    ``plan`` is the one in force, ``state`` what has happened (``now_ticks`` is now).
    """

    instance: WnpInstance
    plan: WnpSolution
    state: WnpState
    failed: tuple[str, ...]
    forecast: Callable[[WnpSolution], WnpSolution | None]
    """How it goes on with a plan if all that is left takes its nominal time, as a plan; None if it cannot end."""
    value: Callable[[WnpSolution], tuple[float, float] | None]
    """Of that: by how much deadlines and limits are exceeded, and the objective; the less the better."""


AS_EARLY_AS_CAN_BE = PlanRules()

Decide = Callable[[View], WnpSolution | None]
"""Asked at events: a plan that goes on from the view's state (the verifier has to accept it), or None to go on."""

Plan = Callable[[WnpInstance, int], WnpSolution | None]
"""Makes a plan of an instance for a seed; None where there is none."""


@dataclass(frozen=True)
class Policy:
    """A named policy; another package's is an entry point ``wnp.NAME`` of the group ``wnpopt.policies``.

    ``rules`` say how a plan is followed. ``plan`` makes the plan that it starts with, before the world is known; None
    is the plan that is given, or that of ``pacs``. ``decider`` makes, for an instance and a seed, the function that is
    asked while the plan runs: one for each world, so it may remember. It is asked as soon as something is off its plan
    by the share ``drift_time`` of the plan's makespan or ``drift_bits`` of a payload; -1 is at each event.
    """

    name: str
    summary: str
    rules: PlanRules = AS_EARLY_AS_CAN_BE
    plan: Plan | None = None
    decider: Callable[[WnpInstance, int], Decide] | None = None
    drift_time: float = 0.005
    drift_bits: float = 0.02
    modules: tuple[str, ...] = ("numba",)
