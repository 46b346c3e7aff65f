"""Plans of the values of models that somebody else has solved."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from wnpopt.backends.values import in_order
from wnpopt.problems.intradp.instance import IntradpInstance
from wnpopt.problems.intradp.solution import IntradpSolution


def from_milp(
    instance: IntradpInstance, values: Mapping[str, float], accepted: Callable[[IntradpSolution], bool]
) -> IntradpSolution:
    """The plan of a solved MILP, by the names of its variables."""
    del accepted  # there is one plan that these values can mean
    import pyomo.environ as pyo

    from wnpopt.problems.intradp.formulations.milp import build, decode

    model = build(instance)
    names = [variable.name for variable in model.component_data_objects(pyo.Var, active=True)]
    return decode(instance, model, in_order(names, values))
