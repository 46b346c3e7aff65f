"""cpsat: the CP-SAT model, hinted with the warm start."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wnpopt.core.bound import best_bound
from wnpopt.core.method import Context, Method, Outcome
from wnpopt.core.proof import Proof
from wnpopt.problems.wnp.instance import WnpInstance
from wnpopt.problems.wnp.methods.outcome import on_problem, reported
from wnpopt.problems.wnp.methods.refusals import Support, supports
from wnpopt.problems.wnp.solution import WnpSolution

if TYPE_CHECKING:
    from wnpopt.problems.wnp.kernels.problem import Problem


def solve(instance: WnpInstance, context: Context[WnpSolution]) -> Outcome[WnpSolution]:
    """Build, hint with the warm start, solve, decode."""
    return on_problem(instance, context, _solve)


def _solve(problem: Problem, context: Context[WnpSolution], began: float) -> Outcome[WnpSolution]:
    from wnpopt.backends.cpsat import solve_cpsat
    from wnpopt.problems.wnp.formulations.cpsat import compile_cpsat, decode, hint
    from wnpopt.problems.wnp.formulations.decisions import priced

    known, upper = None, None
    if problem.instance.objective == "makespan":
        known = best_bound(context.bounds, "min")
        upper = None if context.start is None else int(context.start.objective)
    lower = 0 if known is None else int(known.value)
    compiled = compile_cpsat(problem, upper, lower, budget=context.budget)
    if compiled is None:
        return Outcome(None, context.budget.why_over(), message="there was not enough time to build the model")
    if context.start is not None:
        hint(compiled, context.start.solution)
    build_s = context.budget.elapsed() - began

    def decoded(values: tuple[float, ...]) -> tuple[float, WnpSolution] | None:
        return priced(decode(compiled, values), context.verified_objective)

    report = solve_cpsat(compiled.model, context.budget, context.trace, decode=decoded)
    solution = None if report.values is None else decode(compiled, report.values)
    return reported(report, solution, build_s, "cpsat", "CP-SAT")


METHOD = Method(
    family="wnp",
    name="cpsat",
    summary="CP-SAT: optional intervals, integer slot counts a modality, resource block and coherence block",
    proves=Proof.OPTIMALITY | Proof.INFEASIBILITY,
    run=solve,
    modules=("ortools", "numba"),
    timed=True,
    warm_startable=True,
    refuse=supports(Support.EVERYTHING),
)
