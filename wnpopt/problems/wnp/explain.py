"""Why a wnp instance has no plan: what the radio cannot deliver, which deadlines and limits bind, and what would do."""

from __future__ import annotations

from wnpopt.core.budget import Budget
from wnpopt.core.explanation import Explanation, ExplanationRequest, Feasibility
from wnpopt.core.facts import Fact
from wnpopt.problems.wnp.instance import WnpInstance
from wnpopt.problems.wnp.solution import WnpSolution

_RADIO_SHARE = 0.3


def explain(instance: WnpInstance, asked: ExplanationRequest[WnpSolution]) -> Explanation:
    """What stands in the way of a plan: the radio, then deadlines and limits; nothing where there is one."""
    from wnpopt.problems.wnp.explained import limits, radio

    result = asked.solve(instance, seconds=_RADIO_SHARE * asked.seconds)
    if result.objective is not None:
        notes = (Fact("value", result.objective), Fact("bound", result.bound), Fact("found_by", result.found_by))
        return Explanation(instance.name, "wnp", "feasible", "there is a plan", notes=notes)
    proved = result.status == "infeasible"
    lacking = radio.causes(instance, Budget(_RADIO_SHARE * asked.seconds, 1))
    if lacking.causes:
        remedies = radio.remedies(instance, lacking.members, asked)
        text = "the radio cannot deliver all payloads"
        verdict: Feasibility = "infeasible" if lacking.proved or proved else "unknown"
        return Explanation(instance.name, "wnp", verdict, text, lacking.causes, remedies, lacking.notes)
    causes, remedies = limits.causes(instance), limits.remedies(instance, asked)
    verdict = "infeasible" if proved or causes else "unknown"
    text = result.message or "no plan that keeps deadlines and limits is known"
    return Explanation(instance.name, "wnp", verdict, text, causes, remedies)
