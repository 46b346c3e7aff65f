"""milp: the mixed-integer programme with unary rows, through Pyomo and HiGHS. For tiny instances."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from wnpopt.core.bound import Bound, best_bound
from wnpopt.core.method import Context, Method, Outcome, Start
from wnpopt.core.phase import Phase
from wnpopt.core.proof import Proof
from wnpopt.core.result import Termination, WarmStart
from wnpopt.core.verdict import Verdict, compare
from wnpopt.problems.intradp.formulations.horizon import Horizon, horizon_of
from wnpopt.problems.intradp.formulations.milp import TOLERANCE, Scaled, build, decode, elements, refuse_fields
from wnpopt.problems.intradp.instance import IntradpInstance
from wnpopt.problems.intradp.methods import enumerate as every
from wnpopt.problems.intradp.methods import search
from wnpopt.problems.intradp.solution import IntradpSolution

if TYPE_CHECKING:
    from wnpopt.backends.ending import Report

MOST_ROWS = 3000
"""Rows of all operators: beyond that the model would take minutes to build and never be solved."""

FEW = 200_000
"""Plans that are tried one by one, in a moment, before anything else is."""

PRECISION = 2
"""So many tolerances the bounds are weakened by that go out while HiGHS still works, times the sum of all ranges: those
of the clocks alone, 4 a clock, are then as much as :meth:`.Scaled.error`, which has at most 8."""


ELEMENT = 1e-5
"""Seconds that building takes for each variable and constraint; a model that cannot be done in time is not begun."""


class OutOfTimeError(Exception):
    """The model was not built in time."""


def refuse(instance: IntradpInstance) -> tuple[str, str] | None:
    """Fields that the model leaves out, and large instances."""
    field = refuse_fields(instance)
    if field is not None:
        return field
    rows = sum(operator.units for operator in instance.operators)
    if rows > MOST_ROWS:
        return "operators", f"found {rows} rows in all; this method supports at most {MOST_ROWS}"
    return None


def solve(instance: IntradpInstance, context: Context[IntradpSolution]) -> Outcome[IntradpSolution]:
    """Build, cut off at the best plan that is known, solve, decode; what HiGHS cannot settle a second prover does.

    Its bound is weakened by what its tolerances may be worth. Where that leaves the answer open (the model's
    coefficients lie too far apart), or it fails, every plan is tried if they are few, or else label-setting goes on.
    """
    made = _solved(instance, context)
    # What settles it has a start in any case.
    return replace(made, warm_start=WarmStart.NONE if context.start is None else WarmStart.ACCEPTED)


def _solved(instance: IntradpInstance, context: Context[IntradpSolution]) -> Outcome[IntradpSolution]:
    began = context.budget.elapsed()
    horizon = horizon_of(instance, context.start)
    best, found_by = horizon.solution, horizon.found_by
    if horizon.seconds == 0.0 and best is not None:
        return Outcome(best, Termination.PROVED, (Bound(0.0, "trivial"),), found_by=found_by)
    report, answer, built = _solve(instance, horizon, context, began)
    objective = None if best is None else context.verified_objective(best)
    if answer is not None and (objective is None or answer[0] <= objective):
        (objective, best), found_by = answer, "milp"
    bounds = tuple(_bounds(instance, horizon, report, objective))
    told = best_bound([*context.bounds, *bounds], "min")
    verdict = compare(objective, None if told is None else told.value, "min", False).verdict
    ended = Termination.PROVED if verdict is Verdict.PROVED else context.budget.ending()
    known = Outcome(best, ended, bounds, found_by=found_by, build_s=built)
    return known if ended is not Termination.HEURISTIC else _settle(instance, context, known)


def _solve(
    instance: IntradpInstance, horizon: Horizon, context: Context[IntradpSolution], began: float
) -> tuple[Report | None, tuple[float, IntradpSolution] | None, float]:
    """HiGHS's report, its answer with the verified objective, and the seconds of building the model; no report if there
    was no time to solve it."""
    from wnpopt.backends.solvers.linear import solve_linear

    def check() -> None:
        if context.budget.exhausted():
            raise OutOfTimeError

    if ELEMENT * elements(instance) > context.budget.remaining():
        return None, None, 0.0
    try:
        model = build(instance, horizon, check)
    except OutOfTimeError:
        return None, None, context.budget.elapsed() - began
    built = context.budget.elapsed() - began
    # Handing the model over takes as long again and longer, and nothing can end that early.
    if context.budget.remaining() < 3 * built:
        return None, None, built

    def decoded(values: tuple[float, ...]) -> tuple[float, IntradpSolution] | None:
        solution = decode(instance, model, values)
        objective = context.verified_objective(solution)
        return None if objective is None else (objective, solution)

    report = solve_linear(
        model,
        context.budget,
        context.trace,
        solver=context.solver,
        unit=horizon.unit,
        decode=decoded,
        precision=PRECISION * TOLERANCE,
    )
    return report, None if report.values is None else decoded(report.values), built


def _bounds(instance: IntradpInstance, horizon: Horizon, report: Report | None, objective: float | None) -> list[Bound]:
    """HiGHS's bound, weakened; none if a verified plan contradicts it: then HiGHS has erred."""
    from wnpopt.backends.ending import Ending

    if report is None or report.bound is None or report.ending is Ending.FAILED:
        return []
    error = Scaled.of(instance, horizon).error([operator.units for operator in instance.operators])
    # Plans beyond the horizon are no solutions of the model: of them nothing else is known than that they are worse.
    bound = min(report.bound, horizon.seconds) - error * horizon.unit
    if bound <= 0.0 or compare(objective, bound, "min", False).verdict is Verdict.CONTRADICTED:
        return []
    return [Bound(bound, "milp")]


def _settle(
    instance: IntradpInstance, context: Context[IntradpSolution], known: Outcome[IntradpSolution]
) -> Outcome[IntradpSolution]:
    """The outcome once label-setting has done what it can, or every plan was tried, from what is ``known``."""
    provers = [every] if every.count(instance) <= FEW else [search]
    if provers == [search] and every.refuse(instance) is None:
        provers.append(every)
    settled = known
    context.trace.phase(Phase.PROOF)
    best, found_by, bounds = known.solution, known.found_by, known.bounds
    for prover in provers:
        objective = None if best is None else context.verified_objective(best)
        start = None if best is None or objective is None else Start(best, objective, found_by or "")
        tried = prover.solve(instance, replace(context, start=start))
        value = None if tried.solution is None else context.verified_objective(tried.solution)
        if value is not None and (objective is None or value < objective):
            best, found_by = tried.solution, tried.found_by or prover.METHOD.name
        bounds = (*bounds, *tried.bounds)
        settled = replace(tried, solution=best, found_by=found_by, bounds=bounds, build_s=known.build_s)
        if tried.termination is Termination.PROVED or context.budget.exhausted():
            break
    return settled


METHOD = Method(
    family="intradp",
    name="milp",
    summary="mixed-integer programme with unary rows, by HiGHS; tiny instances",
    proves=Proof.OPTIMALITY | Proof.INFEASIBILITY,
    run=solve,
    modules=("pyomo", "highspy", "numba"),
    timed=True,
    solvers="linear",
    warm_startable=True,
    refuse=refuse,
)
