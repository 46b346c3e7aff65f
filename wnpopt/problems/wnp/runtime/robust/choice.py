"""The choice of a robust plan by sample average, and what it is worth where it was not chosen."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from wnpopt.core.budget import Budget
from wnpopt.core.robust import RobustAnswer
from wnpopt.core.text import number, percent
from wnpopt.problems.wnp.instance import WnpInstance, objective_unit
from wnpopt.problems.wnp.runtime.robust.bound import SampleBound
from wnpopt.problems.wnp.runtime.robust.candidates import Neighbours, made_for_others
from wnpopt.problems.wnp.runtime.robust.sample import Sample, Worth
from wnpopt.problems.wnp.runtime.robust.scenarios import WnpScenarios, scenarios_of
from wnpopt.problems.wnp.runtime.warm import make_ready
from wnpopt.problems.wnp.solution import WnpSolution
from wnpopt.problems.wnp.verify import verify


class SampleAverage:
    """The family's robust plans, see :class:`wnpopt.core.robust.Robust`."""

    def scenarios(self, instance: WnpInstance, given: object) -> WnpScenarios:
        """The scenarios that ``given`` has or names; raises :class:`InputError` where they do not fit.

        What the simulator needs is compiled here, before the clock of the run.
        """
        read = scenarios_of(instance, given)
        make_ready()
        return read

    def choose(
        self,
        instance: WnpInstance,
        scenarios: WnpScenarios,
        nominal: WnpSolution,
        others: Sequence[WnpSolution],
        budget: Budget,
    ) -> RobustAnswer[WnpSolution]:
        """The plan that is best over the scenarios' worlds.

        The best over one set of worlds replaces ``nominal`` only if it is better over a second one, too, and both are
        then valued over a third: a choice looks better in the worlds that it was made by than it is.
        """
        rows = max(len(plan.rb) for plan in (nominal, *others))
        sample = Sample.of(instance, scenarios, rows, budget.threads)
        bound = SampleBound.of(replace(sample, first=2 * scenarios.worlds), budget)
        plan, origin, tried = _searched(sample, nominal, others, budget)
        again = replace(sample, first=scenarios.worlds)
        if again.worth(plan) >= again.worth(nominal):
            plan, origin = nominal, "nominal"
        test = replace(sample, first=2 * scenarios.worlds, count=scenarios.test_worlds)
        before, after = test.worth(nominal), test.worth(plan)
        name = "mean" if scenarios.criterion == "mean" else f"CVaR {scenarios.level:g}"
        report: dict[str, object] = {
            "scenarios": scenarios.name,
            "criterion": scenarios.criterion,
            "level": scenarios.level if scenarios.criterion == "cvar" else None,
            "policy": scenarios.policy,
            "worlds": scenarios.worlds * len(scenarios.scenarios),
            "test_worlds": scenarios.test_worlds * len(scenarios.scenarios),
            "plans": tried,
            "origin": origin,
            "nominal_plan": _told(test, nominal, before),
            "robust_plan": _told(test, plan, after),
            "bound": bound.compared(test, plan),
        }
        return RobustAnswer(plan, f"robust: {origin}", report, _message(instance, name, report, before, after))


def _searched(
    sample: Sample, nominal: WnpSolution, others: Sequence[WnpSolution], budget: Budget
) -> tuple[WnpSolution, str, int]:
    """(the best plan over the sample, its origin, how many were valued)."""
    instance, seed = sample.setting.instance, sample.scenarios.seed
    best, worth, origin, tried = nominal, sample.worth(nominal), "nominal", 1
    pool = [nominal]

    def consider(plan: WnpSolution, where_from: str) -> None:
        nonlocal best, worth, origin, tried
        tried += 1
        value = sample.worth(plan)
        if value < worth:
            best, worth, origin = plan, value, where_from

    for plan in others:
        if not budget.exhausted() and verify(instance, plan).accepted:
            pool.append(plan)
            consider(plan, "another incumbent")
    for where_from, made in made_for_others(sample, seed):
        if budget.exhausted():
            break
        if made is not None:
            pool.append(made)
            consider(made, where_from)
    random = np.random.default_rng(seed)
    neighbours = Neighbours(sample.setting, pool)
    for _ in range(sample.scenarios.moves):
        if budget.exhausted():
            break
        changed = neighbours.one(best, random)
        if changed is not None:
            consider(changed, "local search")
    return best, origin, tried


def _told(sample: Sample, plan: WnpSolution, worth: Worth) -> dict[str, object]:
    values = sample.objectives(plan)
    ended = values[~np.isnan(values)]
    objective = verify(sample.setting.instance, plan).objective
    return {
        "planned": objective,
        "value": worth.value if ended.size else None,
        "mean": float(ended.mean()) if ended.size else None,
        "p95": float(np.quantile(ended, 0.95, method="inverted_cdf")) if ended.size else None,
        "worst": float(ended.max()) if ended.size else None,
        "unfinished_share": worth.unfinished,
        "excess_mean": worth.excess,
    }


def _message(instance: WnpInstance, name: str, report: dict[str, object], before: Worth, after: Worth) -> str:
    unit, nominal = objective_unit(instance), number(before.value, 6)
    worlds, rest = report["test_worlds"], f"{_bounded(report)}value, bound and gap are those of the instance as it is"
    if report["origin"] == "nominal":
        plans = report["plans"]
        return (
            f"robust: none of {plans} plans beats the nominal one, {name} {nominal} {unit} in {worlds} worlds; {rest}"
        )
    change = "" if before.value <= 0 else f" ({percent(1 - after.value / before.value)} less)"
    ending = ""
    if (before.unfinished, before.excess) != (after.unfinished, after.excess):
        ending = (
            f"; never ends in {percent(after.unfinished)} instead of {percent(before.unfinished)} of them, exceeds "
            f"limits by {number(after.excess, 4)} instead of {number(before.excess, 4)} on average"
        )
    return (
        f"robust: {name} {number(after.value, 6)} {unit} instead of the nominal plan's {nominal}{change} in {worlds} "
        f"worlds that neither was chosen by{ending}; {rest}"
    )


def _bounded(report: dict[str, object]) -> str:
    told = report["bound"]
    if not isinstance(told, dict) or told["gap"] is None:
        return ""
    return f"gap {percent(told['gap'])} to a bound on every policy in {told['worlds']} of them; "


ROBUST = SampleAverage()
