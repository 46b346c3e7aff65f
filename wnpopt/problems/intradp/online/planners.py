"""The methods whose plan depends on the instance and the seed alone, by their names; and what a plan must be."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING

from wnpopt.core.errors import InputError
from wnpopt.problems.intradp.instance import IntradpInstance
from wnpopt.problems.intradp.solution import IntradpSolution
from wnpopt.problems.intradp.verify import replay, verify

if TYPE_CHECKING:
    from wnpopt.backends.stopping import Flag
    from wnpopt.problems.intradp.kernels.problem import Problem
    from wnpopt.problems.intradp.search.plans import PricedPlan

    Planner = Callable[[Problem, int, Flag], PricedPlan]


def _baseline(name: str) -> Planner:
    def plan(problem: Problem, _seed: int, flag: Flag) -> PricedPlan:
        from wnpopt.problems.intradp.search.baselines import BASELINES

        return BASELINES[name](problem, flag)

    return plan


def _de(problem: Problem, seed: int, flag: Flag) -> PricedPlan:
    from wnpopt.problems.intradp.methods.de import evolved

    return evolved(problem, seed, flag)


def _spso_ga(problem: Problem, seed: int, flag: Flag) -> PricedPlan:
    from wnpopt.problems.intradp.methods.spso_ga import swarmed

    return swarmed(problem, seed, flag)


PLANNERS: Mapping[str, Planner] = MappingProxyType(
    {name: _baseline(name) for name in ("device-only", "server-only", "layer-cut", "min-cut")}
    | {"spso-ga": _spso_ga, "de": _de}
)
"""``PLANNERS[name](problem, seed, flag)`` is the plan; once the flag is raised, the best so far."""


def check_plan(instance: IntradpInstance, plan: IntradpSolution, *, linked: bool = True) -> None:
    """Raise :class:`InputError` for a plan that is none of the instance, or sends what it may not.

    Without a link (``linked``) it may send nothing.
    """
    violations = [v for v in verify(instance, plan).violations if v.rule != "deadline"]
    if violations:
        raise InputError(f"the plan is not accepted for {instance.name}: {violations[0]}")
    replayed = replay(instance, plan)
    if not linked and (replayed.uplink or replayed.downlink):
        raise InputError("the plan sends messages, for which a bandwidth of 0 is not enough")
