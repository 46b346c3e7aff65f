"""cpsat: the CP-SAT model, hinted with the warm start."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from wnpopt.core.bound import best_bound
from wnpopt.core.method import Context, Method, Outcome
from wnpopt.core.proof import Proof
from wnpopt.core.result import Termination
from wnpopt.core.verdict import Verdict, compare
from wnpopt.problems.wnp.instance import WnpInstance
from wnpopt.problems.wnp.methods.outcome import on_problem, reported
from wnpopt.problems.wnp.methods.refusals import Support, supports
from wnpopt.problems.wnp.solution import WnpSolution

if TYPE_CHECKING:
    from wnpopt.problems.wnp.kernels.problem import Problem
    from wnpopt.problems.wnp.state import WnpState


def solve(instance: WnpInstance, context: Context[WnpSolution]) -> Outcome[WnpSolution]:
    """Build, hint with the warm start, solve, decode; what is left of the instance, where a plan runs."""
    from wnpopt.problems.wnp.residual import residual
    from wnpopt.problems.wnp.state import WnpState

    state = context.fixed if isinstance(context.fixed, WnpState) else None
    left = instance if state is None else residual(instance, state)
    return on_problem(left, context, partial(_solve, instance, state))


def _solve(
    whole: WnpInstance, state: WnpState | None, problem: Problem, context: Context[WnpSolution], began: float
) -> Outcome[WnpSolution]:
    from wnpopt.backends.cpsat import solve_cpsat
    from wnpopt.problems.wnp.formulations.cpsat import compile_cpsat, decode, hint
    from wnpopt.problems.wnp.formulations.decisions import priced
    from wnpopt.problems.wnp.residual import restored, spent_j

    known, upper = None, None
    if problem.instance.objective == "makespan":
        known = best_bound(context.bounds, "min")
        upper = None if context.start is None else int(context.start.objective)
    lower = 0 if known is None else int(known.value)
    compiled = compile_cpsat(problem, upper, lower, budget=context.budget, state=state)
    if compiled is None:
        return Outcome(None, context.budget.why_over(), message="there was not enough time to build the model")
    if context.start is not None:
        hint(compiled, context.start.solution)
    build_s = context.budget.elapsed() - began

    def solution_of(values: tuple[float, ...]) -> WnpSolution:
        made = decode(compiled, values)
        return made if state is None else restored(whole, state, made)

    def decoded(values: tuple[float, ...]) -> tuple[float, WnpSolution] | None:
        return priced(solution_of(values), context.verified_objective)

    report = solve_cpsat(compiled.model, context.budget, context.trace, decode=decoded)
    solution = None if report.values is None else solution_of(report.values)
    if report.bound is not None and problem.instance.objective == "energy":
        over = 0.0 if state is None else float(spent_j(whole, state)) * (1 - 1e-12)
        report = replace(report, bound=max(0.0, report.bound) + over)  # no energy is negative, whatever was rounded
    outcome = reported(report, solution, build_s, "cpsat", "CP-SAT")
    if report.ending == "optimal" and solution is not None and problem.instance.objective == "energy":
        objective = context.verified_objective(solution)
        if objective is not None and compare(objective, report.bound, "min", False).verdict is Verdict.OPEN:
            # Over some 10^9 ticks a tick's joules, rounded to whole numbers of CP-SAT, leave more than that open.
            told = "CP-SAT has tried everything, but its integers are too coarse for a gap of 1e-6"
            return replace(outcome, termination=Termination.HEURISTIC, message=told)
    return outcome


METHOD = Method(
    family="wnp",
    name="cpsat",
    summary="CP-SAT: optional intervals, integer slot counts a modality, resource block and coherence block",
    proves=Proof.OPTIMALITY | Proof.INFEASIBILITY,
    run=solve,
    modules=("ortools", "numba"),
    timed=True,
    warm_startable=True,
    replans=True,
    refuse=supports(Support.EVERYTHING),
)
