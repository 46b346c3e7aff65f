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


def _again(_instance: WnpInstance, seed: int) -> Decide:
    def decide(view: View) -> WnpSolution | None:
        plan, kept = replan(view.instance, view.state, view.plan, seed=seed), view.value(view.plan)
        value = None if plan is None else view.value(plan)
        if kept is not None and (value is None or value >= kept):
            return view.forecast(view.plan)  # the same with the times that are expected now
        return plan

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
