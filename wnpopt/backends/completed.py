"""Values of a model's integers alone, as in start files (.mst), completed by what is left of the model."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wnpopt.backends.highs import solve_highs
from wnpopt.backends.values import Values, value_of
from wnpopt.core.budget import Budget
from wnpopt.core.errors import InputError

if TYPE_CHECKING:
    import pyomo.environ as pyo

_LIMIT_S = 60.0


def completed(model: pyo.ConcreteModel, values: Values) -> Values:
    """``values`` as they are, where one of a continuous variable is among them; else with the best of these.

    The integers are fixed in ``model``, and HiGHS solves the linear programme that is left. Raises :class:`InputError`
    where that has no solution.
    """
    import pyomo.environ as pyo

    variables = list(model.component_data_objects(pyo.Var, active=True))
    known = {variable.name: value_of(variable.name, values) for variable in variables}
    told = [variable.is_continuous() for variable in variables if known[variable.name] is not None]
    if not told or any(told):
        return values
    for variable in variables:
        if not variable.is_continuous():
            variable.fix(round(known[variable.name] or 0.0))
    report = solve_highs(model, Budget(_LIMIT_S, threads=1))
    if report.values is None:
        raise InputError("these integers leave no solution of the model", where="values")
    return {variable.name: value for variable, value in zip(variables, report.values, strict=True)} | {
        variable.name: float(variable.value or 0.0) for variable in variables if variable.fixed
    }
