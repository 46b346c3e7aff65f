"""milp: the MILP in HiGHS, its near ties settled by CP-SAT."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from wnpopt.core.bound import Bound
from wnpopt.core.method import Context, Method, Outcome
from wnpopt.core.phase import Phase
from wnpopt.core.proof import Proof
from wnpopt.core.result import Termination
from wnpopt.core.verdict import Verdict, compare
from wnpopt.problems.wnp.instance import WnpInstance, has_integer_objective, is_plain
from wnpopt.problems.wnp.kernels.horizon import useful_slots
from wnpopt.problems.wnp.methods.continuation import continued_by_cpsat
from wnpopt.problems.wnp.methods.outcome import on_problem
from wnpopt.problems.wnp.methods.refusals import Support, supports
from wnpopt.problems.wnp.solution import WnpSolution

if TYPE_CHECKING:
    from wnpopt.problems.wnp.kernels.problem import Problem

MODALITIES_UP_TO = 8
"""Hall's condition is written for every subset of the modalities: 255 sets at 8."""

ROWS_UP_TO = 50_000
"""Rows of a kind: building more takes longer than such a model could be solved in."""

TOLERANCE = 1e-6
"""Of rows and integers in HiGHS. All that comes of its values is made anew in integers."""

PRECISION = 1e-5
"""What HiGHS's bounds are weakened by, for each unit of the variables' ranges: ten times its tolerance."""


def solve(instance: WnpInstance, context: Context[WnpSolution]) -> Outcome[WnpSolution]:
    """Build, start from the warm start, solve with HiGHS (or another solver), decode; CP-SAT settles what that cannot.

    HiGHS, like the others, holds rows and integers to a tolerance: makespans that differ by less than that times a
    big-M, or by less than a sum of such differences, are the same to it, and it has called the larger one optimal. So
    its bound is weakened by as much. Where answer and bound do not meet after that (long horizons), where HiGHS fails,
    or calls infeasible what is not, CP-SAT has the last word: it computes in integers.
    """
    return on_problem(instance, context, _solve)


def _solve(problem: Problem, context: Context[WnpSolution], began: float) -> Outcome[WnpSolution]:
    from wnpopt.backends.solvers.linear import title_of

    first, settled = _by_solver(problem, context, began)
    if settled or context.budget.exhausted():
        return first
    context.trace.phase(Phase.PROOF)
    both = continued_by_cpsat(first, "milp", problem.instance, context)
    infeasible = both.infeasible if both.solution is None else None
    if infeasible is not None and first.infeasible is not None:
        infeasible = f"{title_of(context.solver)} and CP-SAT call it infeasible"
    bounds = (*first.bounds, *(Bound(bound.value, "milp+cpsat") for bound in both.bounds[len(first.bounds) :]))
    return replace(both, bounds=bounds, infeasible=infeasible)


def _by_solver(problem: Problem, context: Context[WnpSolution], began: float) -> tuple[Outcome[WnpSolution], bool]:
    """The outcome of HiGHS, or of the solver that is asked for; True if nothing is left to be settled."""
    from wnpopt.backends.ending import Ending
    from wnpopt.backends.solvers.linear import solve_linear, title_of
    from wnpopt.problems.wnp.formulations.decisions import Decisions, priced
    from wnpopt.problems.wnp.formulations.milp import build_milp, decode, horizon_of, set_start
    from wnpopt.problems.wnp.formulations.milp_fields import objective_unit

    start = context.start
    plain, of_makespan = is_plain(problem.instance), problem.instance.objective == "makespan"
    upper = int(start.objective) if start is not None and of_makespan else None
    horizon = horizon_of(problem) if upper is None else upper
    model = build_milp(problem, upper)
    decisions = Decisions.of(problem, start.solution) if start is not None and plain else None
    if decisions is not None:
        set_start(model, problem, decisions)
    build_s = context.budget.elapsed() - began

    def decoded(values: tuple[float, ...]) -> tuple[float, WnpSolution] | None:
        return priced(decode(model, problem, values), context.verified_objective)

    report = solve_linear(
        model,
        context.budget,
        context.trace,
        solver=context.solver,
        warm_start=decisions is not None,
        unit=objective_unit(model, problem, horizon),
        decode=decoded,
        tolerance=TOLERANCE,
        precision=PRECISION,
    )
    title = title_of(context.solver)
    answer, found_by = None if report.values is None else decoded(report.values), None
    if start is not None and (answer is None or answer[0] > start.objective):
        answer, found_by = (start.objective, start.solution), start.found_by
    proved = answer is not None and _proved(problem.instance, answer[0], report.bound)
    return Outcome(
        None if answer is None else answer[1],
        Termination.PROVED if proved else context.budget.why_over(),
        () if report.bound is None else (Bound(report.bound, "milp"),),
        report.warm_start,
        found_by=found_by,
        build_s=build_s,
        message=report.message,
        infeasible=f"{title} calls it infeasible" if report.ending is Ending.INFEASIBLE and answer is None else None,
    ), proved or report.ending in (Ending.LIMIT, Ending.INTERRUPTED)


def _proved(instance: WnpInstance, objective: float, bound: float | None) -> bool:
    return compare(objective, bound, "min", has_integer_objective(instance)).verdict is Verdict.PROVED


def refuse(instance: WnpInstance) -> tuple[str, str] | None:
    """No more rows than a model for reference is worth."""
    needed = int(instance.needed.sum())
    if needed > MODALITIES_UP_TO:
        return "modalities", f"{needed} are named by subgraphs; at most {MODALITIES_UP_TO} are supported"
    unary = useful_slots(instance) * (2**needed - 1)
    if unary > ROWS_UP_TO:
        return "radio.slots", f"asks for {unary} rows; at most {ROWS_UP_TO} are supported: use lbbd"
    hall = (2**needed - 1) * instance.resource_blocks * instance.block_start.size
    orders = len(instance.subgraphs) ** 2 // 2 * len(instance.chip.cores)
    if hall > ROWS_UP_TO:
        return "radio.bits_per_slot", f"asks for {hall} rows; at most {ROWS_UP_TO} are supported: use lbbd"
    if orders > ROWS_UP_TO:
        return "subgraphs", f"ask for {orders} rows; at most {ROWS_UP_TO} are supported: use lbbd"
    transfers = len(instance.edges) ** 2 if instance.chip.exclusive_bus else 0
    if transfers > ROWS_UP_TO:
        return "edges", f"ask for {transfers} rows on the bus; at most {ROWS_UP_TO} are supported: use cpsat"
    return refuse_fields(instance)


refuse_fields = supports(Support.EVERYTHING)


METHOD = Method(
    family="wnp",
    name="milp",
    summary="MILP (Pyomo + HiGHS, near ties settled by CP-SAT): the reference for small instances",
    proves=Proof.OPTIMALITY | Proof.INFEASIBILITY,
    run=solve,
    modules=("pyomo", "highspy", "ortools", "numba"),
    timed=True,
    solvers="linear",
    warm_startable=True,
    refuse=refuse,
)
