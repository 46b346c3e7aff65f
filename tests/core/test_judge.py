"""What becomes of a method's outcome: nothing is said that is not proved, nothing is returned that is not verified."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Literal

import pytest

from wnpopt import api
from wnpopt.core import registry
from wnpopt.core.attempt import Attempt, nothing_found
from wnpopt.core.bound import Bound, best_bound
from wnpopt.core.budget import Budget
from wnpopt.core.certificate import Certificate, Violation
from wnpopt.core.document import Count, Instance, Solution
from wnpopt.core.family import Family
from wnpopt.core.judge import judge
from wnpopt.core.method import Method, Outcome, Start
from wnpopt.core.proof import Proof
from wnpopt.core.result import Result, Termination, relative_gap
from wnpopt.core.trace import Trace
from wnpopt.core.verdict import tighten


class Number(Instance):
    """Find a number of at least ``least``; smaller is better."""

    kind: Literal["number"]
    least: Count


class Guess(Solution):
    kind: Literal["number-solution"] = "number-solution"
    value: Count


def verify(instance: Number, guess: Guess) -> Certificate:
    short = instance.least - guess.value
    return Certificate(guess.value, (Violation("least", "value", short),) if short > 0 else ())


def family(proof: str | None = None) -> Family[Number, Guess]:
    return Family(
        name="number",
        title="a number",
        instance_type=Number,
        solution_type=Guess,
        sense="min",
        integer_objective=True,
        verify=verify,
        bounds=lambda _i, _b: (),
        prove_infeasible=lambda _i, _b: proof,
        methods=(),
        formulations={},
        warm_start="none",
        generate=lambda _o, _s: INSTANCE,
        generator_options=(),
    )


INSTANCE = Number(kind="number", schema_version=1, name="five", least=5)
METHOD = Method(
    family="number", name="m", summary="", proves=Proof.NOTHING, run=lambda _i, _r: Outcome(None, Termination.ERROR)
)


def guess(value: int) -> Guess:
    return Guess(instance="five", value=value)


def outcome(value: int | None, *bounds: float, termination: Termination = Termination.PROVED, **rest: object) -> object:
    return Outcome(
        None if value is None else guess(value),
        termination,
        tuple(Bound(b, "m") for b in bounds),
        **rest,  # type: ignore[arg-type]
    )


def decide(
    made: object, start: int | None = None, known: Sequence[Bound] = (), proof: str | None = None
) -> Result[Solution]:
    budget = Budget(10)
    begin = None if start is None else Start(guess(start), float(start), "h")
    assert isinstance(made, Outcome)
    if proof is not None and nothing_found(made, begin, ()):
        made = replace(made, infeasible_proof=proof)
    attempt = Attempt(made, begin, tuple(known), (), 0.1)
    return judge(family(proof), METHOD, INSTANCE, attempt, budget, Trace("min", budget))


def test_optimal_needs_solution_and_bound() -> None:
    result = decide(outcome(5, 5.0))
    assert (result.status, result.termination, result.gap) == ("optimal", "proved", 0)
    assert (result.found_by, result.bound_by, result.verified) == ("m", "m", True)


@pytest.mark.parametrize("bound", [4.0, 4.9999999, 4.2])
def test_integer_bounds_are_rounded_up(bound: float) -> None:
    result = decide(outcome(5, bound, termination=Termination.TIME_LIMIT))
    assert result.bound == (4 if bound == 4.0 else 5)
    assert result.status == ("feasible" if bound == 4.0 else "optimal")


@pytest.mark.parametrize(("integral", "kind"), [(True, int), (False, float)])
def test_whole_values_of_integer_objectives_are_integers(integral: bool, kind: type) -> None:
    described = replace(
        family(), integer_objective=integral, verify=lambda _, guess: Certificate(float(guess.value), ())
    )
    budget = Budget(10)
    trace = Trace("min", budget)
    trace.bound(2.5)
    trace.incumbent(6.0)
    made = outcome(5, 4.0, termination=Termination.TIME_LIMIT)
    assert isinstance(made, Outcome)
    result = judge(described, METHOD, INSTANCE, Attempt(made, None, (), (), 0.1), budget, trace)
    assert [(type(value), value) for value in (result.objective, result.bound)] == [(kind, 5), (kind, 4)]
    assert [(type(p.objective), p.objective, p.bound) for p in result.trace[:2]] == [
        (type(None), None, 2.5),
        (kind, 6, 2.5),
    ]


def test_a_claim_of_optimality_without_a_bound_is_not_repeated() -> None:
    result = decide(outcome(6, 5.0))
    assert (result.status, result.termination) == ("feasible", "error")
    assert "optimal" in result.message


def test_a_rejected_solution_is_withheld_with_its_bounds() -> None:
    result = decide(outcome(4, 4.0))
    assert (result.status, result.solution, result.objective, result.bound) == ("unknown", None, None, None)
    assert result.termination == "error"
    assert not result.verified
    assert [v.rule for v in result.violations] == ["least"]
    assert "rejected" in result.message


def test_a_rejected_solution_falls_back_to_the_start() -> None:
    result = decide(outcome(4, 4.0), start=7)
    assert (result.status, result.objective, result.found_by) == ("feasible", 7, "h")
    assert (result.verified, result.violations, result.bound) == (True, (), None)
    assert result.termination == "error"


def test_the_better_of_method_and_start_is_returned() -> None:
    assert decide(outcome(8, termination=Termination.TIME_LIMIT), start=6).found_by == "h"
    assert decide(outcome(6, termination=Termination.TIME_LIMIT), start=6).found_by == "m"


def test_a_heuristic_that_meets_a_bound_has_proved_it() -> None:
    result = decide(outcome(5, termination=Termination.HEURISTIC), known=[Bound(5, "simple")])
    assert (result.status, result.termination, result.bound_by) == ("optimal", "proved", "simple")


def test_a_contradicted_bound_proves_nothing() -> None:
    result = decide(outcome(5, 9.0))
    assert (result.status, result.bound, result.gap, result.termination) == ("feasible", None, None, "error")
    assert "defect" in result.message


def test_infeasible_needs_a_proof() -> None:
    claimed = decide(outcome(None, infeasible="the solver calls it infeasible"))
    assert (claimed.status, claimed.termination) == ("unknown", "error")
    assert "nothing else confirms" in claimed.message
    proved = decide(outcome(None, infeasible="the solver calls it infeasible"), proof="5 > 3")
    assert (proved.status, proved.termination) == ("infeasible", "proved")
    assert "5 > 3" in proved.message


def test_infeasible_with_a_solution_at_hand_is_a_defect() -> None:
    result = decide(outcome(None, infeasible="the solver calls it infeasible"), start=6)
    assert (result.status, result.termination, result.objective) == ("feasible", "error", 6)
    assert "defect" in result.message


def test_time_limit_without_a_solution_is_unknown() -> None:
    result = decide(outcome(None, 3.0, termination=Termination.TIME_LIMIT))
    assert (result.status, result.termination, result.bound) == ("unknown", "time_limit", 3)
    assert result.gap is None


def test_best_bound_and_gap() -> None:
    bounds = [Bound(3, "a"), Bound(5, "b"), Bound(5, "c")]
    assert best_bound(bounds, "min") == Bound(5, "b")
    assert best_bound(bounds, "max") == Bound(3, "a")
    assert best_bound([], "min") is None
    assert relative_gap(None, 3) is None
    assert relative_gap(10, 8) == pytest.approx(0.2)
    assert relative_gap(0, 0) == 0
    assert tighten(4.3, "max") == 4
    assert tighten(3.9999999, "max") == 4


def test_other_packages_register_in_the_same_way(monkeypatch: pytest.MonkeyPatch) -> None:
    from importlib.metadata import EntryPoint

    points = {
        "wnpopt.families": [EntryPoint("number", "tests.core.test_judge:REGISTERED", "wnpopt.families")],
        "wnpopt.methods": [EntryPoint("number.m", "tests.core.test_judge:METHOD", "wnpopt.methods")],
    }
    monkeypatch.setattr(registry, "entry_points", lambda group: points[group])
    registry.forget()
    try:
        assert api.families() == ("number",)
        assert api.methods("number") == ("m",)
        with pytest.raises(api.InputError, match="the methods of number are m"):
            registry.method("number", "n")
    finally:
        monkeypatch.undo()
        registry.forget()


REGISTERED = family()


def test_the_trace_keeps_improvements_only() -> None:
    seen = []
    budget = Budget(10)
    trace = Trace("min", budget, seen.append)
    for value in (9.0, 9.0, 7.0, 8.0):
        trace.incumbent(value)
    for value in (1.0, 0.5, 3.0):
        trace.bound(value)
    assert [(p.objective, p.bound) for p in trace.points()] == [(9, None), (7, None), (7, 1), (7, 3)]
    assert tuple(seen) == trace.points()


def test_a_budget_counts_down() -> None:
    assert Budget(None).remaining() == float("inf")
    assert Budget(0.0).exhausted()
    budget = Budget(100)
    assert budget.share(1.0).remaining() <= 1.0
    assert budget.share(1000.0).remaining() <= 100.0
    budget.stop.set()
    assert budget.share(5).exhausted()
