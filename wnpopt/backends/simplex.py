"""Linear programmes as arrays, by HiGHS: values and duals, for methods that need no more than good prices."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from wnpopt.backends.cancellable import run_cancellable
from wnpopt.core.budget import Budget

if TYPE_CHECKING:
    from scipy import sparse

FloatArray = npt.NDArray[np.float64]

_SMALL = 100_000
"""Entries of a matrix below which a programme is solved in a tenth of a second: nobody waits for its end."""
_BY_COLUMNS, _MINIMISE = 1, 1
"""HiGHS's numbers for a format and a sense."""


@dataclass(frozen=True, eq=False)
class LinearAnswer:
    """Values (n,) and row duals (m,), whatever HiGHS made of them: finite, 0 where it has none. Nothing is proved."""

    values: FloatArray
    duals: FloatArray


def solve_linear(
    cost: FloatArray,
    most: FloatArray,
    matrix: sparse.csc_matrix,
    lower: FloatArray,
    upper: FloatArray,
    budget: Budget,
) -> LinearAnswer:
    """Minimise ``cost @ x`` over ``lower <= matrix @ x <= upper`` and ``0 <= x <= most``, with one thread.

    Once the ``budget`` is exhausted (time, Ctrl-C) the solver is stopped: the answer is what it has by then.
    """
    from wnpopt.backends.highs import LONGEST, silent_solver

    rows, columns = matrix.shape
    solver = silent_solver()
    for name, value in (
        ("output_flag", False),
        ("parallel", "off"),  # and no number of threads: another than the process began with is an error
        ("presolve", "off"),  # of small programmes it would take longer than the simplex method
        ("time_limit", min(budget.remaining(), LONGEST)),
    ):
        solver.setOptionValue(name, value)
    # As arrays: assigned to a HighsLp they would be copied entry by entry.
    solver.passModel(
        columns, rows, matrix.nnz, _BY_COLUMNS, _MINIMISE, 0.0, cost, np.zeros(columns), most, lower, upper,
        matrix.indptr.astype(np.int32), matrix.indices.astype(np.int32), matrix.data, np.zeros(columns, np.int32),
    )  # fmt: skip
    if matrix.nnz < _SMALL:
        solver.run()
    else:
        solver.HandleUserInterrupt = True
        run_cancellable(solver.run, solver.cancelSolve, budget)
    answer = solver.getSolution()
    if matrix.nnz >= _SMALL:
        solver.clearCallbacks()  # they hold a reference cycle through the solver
    return LinearAnswer(_finite(answer.col_value, columns), _finite(answer.row_dual, rows))


def _finite(values: list[float], size: int) -> FloatArray:
    array = np.nan_to_num(np.array(values, dtype=np.float64), nan=0.0, posinf=0.0, neginf=0.0)
    return array if array.size == size else np.zeros(size)
