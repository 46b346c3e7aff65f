"""A linear Pyomo model as arrays: what HiGHS is given, and what its floating point may be off by."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from wnpopt.core.errors import SolverError

if TYPE_CHECKING:
    import pyomo.environ as pyo
    from scipy.sparse import csc_array

FloatArray = np.ndarray[tuple[int, ...], np.dtype[np.float64]]


@dataclass(frozen=True)
class LinearModel:
    """Least (or, if ``maximise``, greatest) ``cost @ x + offset`` with row and column limits.

    ``variables`` are all of the Pyomo model's, in the order of ``component_data_objects(Var)``; ``column`` (V,) is each
    one's column, -1 for those that no row or objective uses. Columns: ``cost``, ``lower``, ``upper``, ``integer``
    (C,); rows: ``matrix`` (R, C), ``row_lower``, ``row_upper`` (R,).
    """

    variables: list[pyo.Var]
    column: np.ndarray[tuple[int, ...], np.dtype[np.int64]]
    maximise: bool
    cost: FloatArray
    offset: float
    lower: FloatArray
    upper: FloatArray
    integer: np.ndarray[tuple[int, ...], np.dtype[np.bool_]]
    matrix: csc_array
    row_lower: FloatArray
    row_upper: FloatArray

    def values(self, columns: FloatArray) -> tuple[float, ...]:
        """A value for each of ``variables`` from those of the columns; unused ones keep theirs, or 0."""
        return tuple(
            float(columns[c]) if c >= 0 else float(v.value or 0.0)
            for c, v in zip(self.column, self.variables, strict=True)
        )

    def error(self, tolerance: float) -> float:
        """What a dual bound may be off by if reduced costs, rows and integers hold within ``tolerance``.

        By weak duality reduced costs that are off by the tolerance cost each column its range; a row or an integer that
        is, the longest row (big-M included); and the sums themselves are rounded. Infinite if a column has no finite
        range: then nothing is proved.
        """
        ranges = float((self.upper - self.lower).sum())
        largest = np.maximum(np.abs(self.lower), np.abs(self.upper))
        if not np.isfinite(ranges):
            return float("inf")
        rows = abs(self.matrix)
        longest = float(rows.sum(axis=1).max()) if rows.shape[0] else 0.0
        rounding = float(np.abs(self.cost) @ largest + abs(self.offset)) * 2.0**-45
        return tolerance * (ranges + longest) + rounding


def linear_model(model: pyo.ConcreteModel) -> LinearModel | None:
    """``model`` as arrays; None if one of its constraints, without variables, cannot hold.

    Pyomo's own interfaces to HiGHS redirect the process's file descriptors while they build the model: two threads in
    there wait for each other for ever. This one touches nothing outside the model. Raises :class:`SolverError` for a
    model that is not linear.
    """
    import pyomo.environ as pyo
    from pyomo.common.errors import InfeasibleConstraintException, InvalidExpressionError
    from pyomo.repn.plugins.standard_form import LinearStandardFormCompiler

    variables = list(model.component_data_objects(pyo.Var, active=True))
    # With fixed variables Pyomo 6.10 mixes up the columns of an order that it is given.
    order = None if any(v.fixed for v in variables) else variables
    try:
        form = LinearStandardFormCompiler().write(model, mixed_form=True, set_sense=None, column_order=order)
    except InfeasibleConstraintException:
        return None
    except InvalidExpressionError as error:
        raise SolverError(f"the model is not linear: {error}") from None
    if len(form.objectives) > 1:
        raise SolverError(f"the model has {len(form.objectives)} active objectives; one is needed")
    number = {id(v): c for c, v in enumerate(form.columns)}
    # One row a side: -1 is >=, 1 is <=, 0 is =.
    side = np.array([row.bound_type for row in form.rows], dtype=np.int64)
    right = np.asarray(form.rhs, dtype=np.float64)
    limits = [v.bounds for v in form.columns]
    has_objective = bool(form.objectives)
    return LinearModel(
        variables,
        np.array([number.get(id(v), -1) for v in variables], dtype=np.int64),
        has_objective and form.objectives[0].sense == pyo.maximize,
        form.c.toarray()[0] if has_objective else np.zeros(len(limits)),
        float(form.c_offset[0]) if has_objective else 0.0,
        np.array([-np.inf if low is None else float(low) for low, _ in limits], dtype=np.float64),
        np.array([np.inf if high is None else float(high) for _, high in limits], dtype=np.float64),
        np.array([not v.is_continuous() for v in form.columns], dtype=np.bool_),
        form.A,
        np.where(side <= 0, right, -np.inf),
        np.where(side >= 0, right, np.inf),
    )


def start_of(linear: LinearModel) -> FloatArray:
    """The columns that the variables' values make; raises :class:`SolverError` for a variable without one."""
    start = np.zeros(linear.cost.size)
    for column, variable in zip(linear.column, linear.variables, strict=True):
        if column >= 0:
            if variable.value is None:
                # A solver would read a missing value as 0 and reject the start, or worse, accept it.
                raise SolverError(f"the warm start has no value for {variable.name}")
            start[column] = variable.value
    return start
