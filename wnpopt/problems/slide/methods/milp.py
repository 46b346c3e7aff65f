"""milp: the selection as a mixed-integer linear program (Pyomo, HiGHS), for every mix of variants."""

from __future__ import annotations

import math
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from wnpopt.core.bound import Bound
from wnpopt.core.method import Context, Method, Outcome
from wnpopt.core.proof import Proof
from wnpopt.core.result import Termination, WarmStart
from wnpopt.problems.slide.formulations.clock import Clock, OutOfTime
from wnpopt.problems.slide.formulations.milp import Thin, fits_whole, model_of, objective_unit
from wnpopt.problems.slide.instance import SlideInstance
from wnpopt.problems.slide.methods.outcome import is_proved, table_bounds
from wnpopt.problems.slide.solution import SlideSolution

if TYPE_CHECKING:
    from wnpopt.backends.ending import Report
    from wnpopt.core.budget import Budget
    from wnpopt.problems.slide.kernels.needs import Needs
    from wnpopt.problems.slide.selection.plan import Assignment

_MOST_PAIRS = 60_000
"""Pairs of users and models beyond which even a thinned model is too large for a modelling layer in Python."""
_TOLERANCE = 2e-9
"""What the solver's bound may be off by, relative to the sum of all values: its dual tolerance, twice."""
_HANDING = 0.5
"""The time that handing a model over takes, in parts of the time that building it took, at most."""
_NO_TIME = "no time was left for a model; what was known before stands"


def solve(instance: SlideInstance, context: Context[SlideSolution]) -> Outcome[SlideSolution]:
    """Solve under the verifier's tolerance for a bound, and under the exact limits if that plan does not keep them."""
    from wnpopt.backends.solvers.linear import tolerance_of
    from wnpopt.backends.stopping import run_stoppable
    from wnpopt.problems.slide.kernels.needs import Needs
    from wnpopt.problems.slide.selection.exact import prove
    from wnpopt.problems.slide.selection.plan import Assignment, allocate, fits, repaired, value_of

    columns, budget = instance.columns, context.budget
    exact, relaxed = Needs.of(columns), Needs.of(columns, relaxed=True)
    thinned = columns.multicast and not fits_whole(relaxed)
    if budget.exhausted():
        return Outcome(None, budget.why_over(), message=_NO_TIME)
    if thinned and columns.users * columns.models > _MOST_PAIRS:
        return Outcome(None, Termination.HEURISTIC, message="too large for a model; the greedy plan stands")
    share = budget.share(budget.remaining() / 2) if thinned else budget
    first = _solve(relaxed, relaxed.capacity, context, share, Thin.BOUND if thinned else Thin.NO)
    solved = [first]
    bounds = _tell_bound(context, relaxed, first)
    if thinned:
        solved.append(_solve(exact, exact.capacity, context, budget, Thin.PLAN))
    elif first.plan is not None:
        context.trace.incumbent(*_priced(exact, first.plan))
        if not fits(exact, first.plan):
            # Some limit is met within the tolerance only. The solver may still exceed the exact limit by
            # its own tolerance: then a band that is narrower by that.
            slack = 4 * tolerance_of(context.solver)
            for capacity in (exact.capacity, exact.capacity * (1 - slack)):
                again = _solve(exact, capacity, context, budget)
                solved.append(again)
                if again.plan is None or fits(exact, again.plan):
                    break
    build_s = sum(each.build_s for each in solved)
    notes = list(dict.fromkeys(each.message for each in solved if each.message))
    termination = solved[-1 if thinned else 0].termination
    plans = [repaired(exact, each.plan) for each in solved if each.plan is not None]
    found_by, ended = "milp", first.termination is Termination.PROVED and not thinned
    if not plans and not ended:
        return Outcome(None, termination, bounds, first.warm_start, build_s=build_s, message="; ".join(notes))
    best = max(plans, key=lambda plan: value_of(exact, plan), default=Assignment.empty())
    if ended and not is_proved(instance, value_of(exact, best), bounds):
        # The integers are too large for a proof in floating point: the tables' are exact (None without such).
        exactly = run_stoppable(lambda flag: prove(columns, exact, flag), budget)
        if exactly is not None:
            bounds = (*bounds, *table_bounds(exactly))
            if exactly.value > value_of(exact, best):
                best, found_by = exactly.plan, "dp"
    proved = is_proved(instance, value_of(exact, best), bounds)
    if termination is Termination.PROVED and not proved:
        cut = [each.termination for each in solved if each.termination is not Termination.PROVED]
        termination = cut[0] if cut else Termination.HEURISTIC
    if thinned and not proved:
        notes.insert(0, "a thinned model: its bound and its plan are valid, but may not meet")
    return Outcome(
        allocate(exact, best).to_solution(columns),
        termination,
        bounds,
        first.warm_start,
        found_by=found_by,
        build_s=build_s,
        message="; ".join(notes),
    )


def _tell_bound(context: Context[SlideSolution], needs: Needs, solved: _Solved) -> tuple[Bound, ...]:
    """The solver's bound, weakened by what it may be off by, to the trace too."""
    told = None if solved.report is None else solved.report.bound
    if told is None or not math.isfinite(told):
        return ()
    values = needs.values_in_reach
    value = told + _TOLERANCE * (math.fsum(values) + abs(told)) + _TOLERANCE * objective_unit(values)
    bound = Bound(needs.columns.rounded(value), "milp")
    context.trace.bound(bound.value, bound.source)
    return (bound,)


@dataclass(frozen=True)
class _Solved:
    """A solver's run and its plan; without a report there was no time for it."""

    report: Report | None
    plan: Assignment | None
    build_s: float
    termination: Termination
    message: str = ""

    @property
    def warm_start(self) -> WarmStart:
        return WarmStart.NONE if self.report is None else self.report.warm_start


def _solve(
    needs: Needs, capacity: float, context: Context[SlideSolution], budget: Budget, thin: Thin = Thin.NO
) -> _Solved:
    from wnpopt.backends.ending import Ending, Report
    from wnpopt.backends.solvers.linear import solve_linear
    from wnpopt.problems.slide.kernels.needs import Needs
    from wnpopt.problems.slide.selection.plan import Assignment

    began = time.perf_counter()
    unit = objective_unit(needs.values_in_reach)
    try:
        built = model_of(needs, capacity, thin, unit, Clock(budget))
    except OutOfTime:
        return _Solved(None, None, time.perf_counter() - began, budget.why_over(), _NO_TIME)
    if built.empty:
        nobody = Report(Ending.OPTIMAL, 0.0, 0.0, (), WarmStart.NONE, "", 0.0)
        return _Solved(nobody, Assignment.empty(), time.perf_counter() - began, Termination.PROVED)
    started = thin is not Thin.BOUND and context.start is not None and built.hand_start(context.start.solution)
    build_s = time.perf_counter() - began
    if budget.remaining() <= _HANDING * build_s or budget.exhausted():
        return _Solved(None, None, build_s, budget.why_over(), _NO_TIME)
    names = built.variables
    exact = Needs.of(needs.columns) if needs.relaxed else needs

    def decode(values: tuple[float, ...]) -> tuple[float, SlideSolution] | None:
        return _priced(exact, built.decode(names, values))

    # A relaxation's plans are no plans, and of a restriction's bounds none holds.
    trace = context.trace if thin is Thin.NO and needs.relaxed else None
    report = solve_linear(
        built.model,
        budget,
        trace,
        solver=context.solver,
        warm_start=started,
        unit=unit,
        decode=decode if trace else None,
    )
    message = report.message if report.ending is Ending.FAILED else ""
    if thin is Thin.BOUND or report.values is None or len(report.values) != len(names):
        if thin is not Thin.BOUND and report.ending is Ending.OPTIMAL:
            message = "the solver calls its answer optimal but gives none"
        return _Solved(report, None, build_s, report.termination(), message)
    return _Solved(report, built.decode(names, report.values), build_s, report.termination(), message)


def _priced(exact: Needs, plan: Assignment) -> tuple[float, SlideSolution]:
    """What is left of ``plan`` under the exact limits, with its value."""
    from wnpopt.problems.slide.selection.plan import allocate, repaired, value_of

    kept = repaired(exact, plan)
    return value_of(exact, kept), allocate(exact, kept).to_solution(exact.columns)


METHOD = Method(
    family="slide",
    name="milp",
    summary="mixed-integer linear program over least bandwidths and transmissions (Pyomo, HiGHS)",
    proves=Proof.OPTIMALITY,
    when="every mix of variants",
    run=solve,
    modules=("numba", "pyomo", "highspy"),
    timed=True,
    solvers="linear",
    warm_startable=True,
)
