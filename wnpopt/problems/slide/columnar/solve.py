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


def solve_columns(columns: SlideColumns, time_limit: float | None = 60.0, seed: int = 0) -> ColumnResult:
    """The exact selection where the variant has one, multicast with a choice of models by the search over
    transmissions, else the greedy plan; verified, with the best bound known.

    ``time_limit`` in seconds (None: none) ends all of it early. Unicast with more models than fit the cache and many
    of them gets the greedy plan: convert it with :func:`~wnpopt.problems.slide.columnar.to_json.to_instance` for the
    MILP.
    """
    from wnpopt.backends.stopping import Flag, run_stoppable
    from wnpopt.core.budget import Budget
    from wnpopt.problems.slide.kernels.needs import Needs
    from wnpopt.problems.slide.selection.choice import choose
    from wnpopt.problems.slide.selection.exact import prove
    from wnpopt.problems.slide.selection.greedy import greedy_selection
    from wnpopt.problems.slide.selection.plan import Selected, allocate

    budget = Budget(time_limit, seed=seed)

    def select(flag: Flag) -> tuple[Selected, str]:
        special = prove(columns, exact, flag)
        if special is not None:
            return special, "dp"
        if columns.multicast:
            return choose(columns, exact, flag, budget), "cover"
        return greedy_selection(exact, flag), "greedy"

    began = time.perf_counter()
    exact = Needs.of(columns)
    selected, by = run_stoppable(select, budget)
    allocation = allocate(exact, selected.plan)
    runtime = time.perf_counter() - began
    bounds = column_bounds(columns) if selected.bound is None else [Bound(selected.bound, by)]
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
