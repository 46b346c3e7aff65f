"""Solving instances in columns: a million users without a million objects."""

from __future__ import annotations

import time
from dataclasses import dataclass

from wnpopt.core.bound import Bound, best_bound
from wnpopt.core.budget import Budget
from wnpopt.core.certificate import Certificate
from wnpopt.core.result import Status, relative_gap
from wnpopt.problems.slide.allocation import Allocation
from wnpopt.problems.slide.bounds import column_bounds
from wnpopt.problems.slide.columns import SlideColumns
from wnpopt.problems.slide.verify_columns import verify_columns


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
    :meth:`SlideColumns.to_instance` for the MILP.
    """
    from wnpopt.problems.slide.kernels.needs import Needs
    from wnpopt.problems.slide.selection.exact import prove
    from wnpopt.problems.slide.selection.greedy import greedy_selection
    from wnpopt.problems.slide.selection.plan import allocate

    began = time.perf_counter()
    exact = Needs.of(columns)
    selected = prove(columns, exact)
    if selected is None:
        selected = greedy_selection(exact)
    allocation = allocate(exact, selected.plan)
    runtime = time.perf_counter() - began
    bounds = [] if selected.bound is None else [Bound(selected.bound, "dp")]
    best = best_bound(bounds or column_bounds(columns, Budget(None)), "max")
    certificate = verify_columns(columns, allocation)
    assert best is not None, "there is always the bound of all users"
    assert certificate.accepted, f"a plan that breaks its own limits: {certificate.violations}"
    objective = float(certificate.objective or 0.0)
    gap = relative_gap(objective, best.value)
    assert gap is not None
    status = Status.OPTIMAL if gap <= 1e-6 else Status.FEASIBLE
    return ColumnResult(status, objective, best.value, best.source, gap, runtime, certificate, allocation)
