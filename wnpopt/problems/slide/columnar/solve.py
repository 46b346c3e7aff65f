"""Solving instances in columns: a million users without a million objects."""

from __future__ import annotations

import time
from dataclasses import dataclass

from wnpopt.core.bound import Bound
from wnpopt.core.certificate import Certificate
from wnpopt.core.errors import SolverError
from wnpopt.core.result import Status, relative_gap
from wnpopt.core.verdict import Judged, Verdict, compare
from wnpopt.problems.slide.bounds import column_bounds
from wnpopt.problems.slide.columnar.allocation import Allocation
from wnpopt.problems.slide.columnar.columns import SlideColumns
from wnpopt.problems.slide.columnar.verify import verify_columns


@dataclass(frozen=True, eq=False)
class ColumnResult:
    """A verified allocation: ``objective`` is recomputed, ``bound`` is proved, ``gap`` as in the contract."""

    status: Status
    objective: float
    bound: float
    bound_by: str
    gap: float
    runtime_s: float
    certificate: Certificate
    allocation: Allocation


def solve_columns(columns: SlideColumns) -> ColumnResult:
    """The exact selection where the variant has one, else the greedy plan, verified, with the best bound known.

    Mixes that need the MILP (multicast with a choice of models) get the greedy plan here: convert them with
    :func:`~wnpopt.problems.slide.columnar.to_json.to_instance` for the MILP.
    """
    from wnpopt.problems.slide.kernels.needs import Needs
    from wnpopt.problems.slide.selection.best import best_selection
    from wnpopt.problems.slide.selection.plan import allocate

    began = time.perf_counter()
    exact = Needs.of(columns)
    selected = best_selection(exact)
    allocation = allocate(exact, selected.plan)
    runtime = time.perf_counter() - began
    bounds = column_bounds(columns) if selected.bound is None else [Bound(selected.bound, "dp")]
    certificate = verify_columns(columns, allocation)
    if not certificate.accepted or certificate.objective is None:
        raise SolverError(f"a plan that breaks its own limits: {certificate.violations}")
    objective = certificate.objective
    judged, by = _judge(columns, objective, bounds)
    assert judged.bound is not None
    gap = relative_gap(objective, judged.bound)
    assert gap is not None
    status = Status.OPTIMAL if judged.verdict is Verdict.PROVED else Status.FEASIBLE
    return ColumnResult(status, objective, judged.bound, by, gap, runtime, certificate, allocation)


def _judge(columns: SlideColumns, objective: float, bounds: list[Bound]) -> tuple[Judged, str]:
    """The best of the bounds and what it proves; raises :class:`SolverError` if one is contradicted."""
    judged = [(compare(objective, bound.value, "max", columns.integral), bound.source) for bound in bounds]
    for found, source in judged:
        if found.bound is None:
            raise SolverError(f"the bound {source} is contradicted by a verified allocation of {objective:g}")
    return min(judged, key=lambda entry: entry[0].bound if entry[0].bound is not None else 0.0)
