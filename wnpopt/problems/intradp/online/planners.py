"""The methods whose plan depends on the instance and the seed alone, by their names."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING

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
