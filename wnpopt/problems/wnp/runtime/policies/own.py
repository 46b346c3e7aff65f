"""The policies that come along."""

from __future__ import annotations

from functools import partial

from wnpopt.problems.wnp.instance import WnpInstance
from wnpopt.problems.wnp.replanning import replan
from wnpopt.problems.wnp.runtime.planner import planned
from wnpopt.problems.wnp.runtime.policy import Decide, Policy, View
from wnpopt.problems.wnp.runtime.program import PlanRules
from wnpopt.problems.wnp.solution import WnpSolution


def _plan(method: str, instance: WnpInstance, seed: int) -> WnpSolution | None:
    return planned(instance, method, seed)


GAIN = 0.01
"""By how much, relative, a new plan has to be better than the one that runs.

A change costs transfers, and of the plan that runs it is known by whom it is late. Measured at medium: 0.01 was better
than 0 and 0.02 in mild and rough worlds alike.
"""


def _again(_instance: WnpInstance, seed: int) -> Decide:
    def decide(view: View) -> WnpSolution | None:
        plan = replan(view.instance, view.state, view.plan, seed=seed)
        value = None if plan is None else view.value(plan)
        kept = view.value(view.plan)
        if value is None:
            return None
        if kept is None or value[0] < kept[0]:
            return plan
        return plan if value[0] == kept[0] and value[1] < kept[1] * (1.0 - GAIN) else None

    return decide


STATIC = Policy("static", "starts as planned, later where it must be", PlanRules(keeps_starts=True))
ORDER = Policy("order", "mapping and orders as planned, starts as early as they can be")
RTFS = Policy(
    "rtfs",
    "the plan of rtfs: everything has arrived before anything starts",
    PlanRules(waits_for_all=True),
    plan=partial(_plan, "rtfs"),
)
PACS_ONLINE = Policy(
    "pacs-online",
    "as order, and pacs plans again from what has happened when it is off the plan",
    decider=_again,
)
