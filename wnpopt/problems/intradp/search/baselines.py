"""The plans that need no search, by the name of their method: what every other is compared with."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

from wnpopt.backends.stopping import Flag
from wnpopt.problems.intradp.kernels.problem import Problem
from wnpopt.problems.intradp.search.plans import PricedPlan, device_only, layer_cut, server_only
from wnpopt.problems.intradp.search.surgery import min_cut

BASELINES: Mapping[str, Callable[[Problem, Flag], PricedPlan]] = MappingProxyType(
    {
        "device-only": lambda problem, _: device_only(problem),
        "server-only": lambda problem, _: server_only(problem),
        "layer-cut": layer_cut,
        "min-cut": lambda problem, _: min_cut(problem),
    }
)
