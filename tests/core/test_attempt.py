"""What an attempt makes of a method, its start, the family's bounds and proofs, whatever they return or raise."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import FrozenInstanceError, replace
from typing import Any, cast

import numpy as np
import pytest

from tests.core.test_judge_claims import BOARD, Cut, Elsewhere, Length, cut, family
from wnpopt.core import registry
from wnpopt.core.attempt import Attempt, attempt, certify, left_of, nothing_found, prove
from wnpopt.core.bound import Bound, best_bound
from wnpopt.core.budget import Budget
from wnpopt.core.certificate import Certificate
from wnpopt.core.criteria import RunStop, StopCriteria
from wnpopt.core.document import Document, Solution
from wnpopt.core.errors import InputError, MissingDependencyError
from wnpopt.core.family import Family
from wnpopt.core.method import Context, Method, Outcome, Start
from wnpopt.core.phase import Phase
from wnpopt.core.proof import Proof
from wnpopt.core.result import Termination, WarmStart
from wnpopt.core.trace import Trace

Way = Callable[[Length, Context[Cut]], Outcome[Cut]]


class Unspeakable:
    """Something that cannot be shown."""

    def __repr__(self) -> str:
        raise RuntimeError


def saw(run: Way, **changes: Any) -> Method[Length, Cut]:
    return Method(family="length", name="saw", summary="", proves=Proof.NOTHING, run=run, **changes)


def returning(outcome: object, **changes: Any) -> Method[Length, Cut]:
    return saw(lambda _i, _c: cast("Outcome[Cut]", outcome), **changes)


def raising(error: Exception, **changes: Any) -> Method[Length, Cut]:
    def run(_: Length, __: Context[Cut]) -> Outcome[Cut]:
        raise error

    return saw(run, **changes)


def tried(
    method: Method[Length, Cut],
    *,
    of: Family[Length, Cut] | None = None,
    warm_start: str | Solution = "none",
    budget: Budget | None = None,
    trace: Trace | None = None,
    **options: Any,
) -> Attempt[Solution]:
    budget = budget or Budget(60.0)
    made = of or family("min", False)
    return attempt(made, method, BOARD, warm_start, budget, trace or Trace("min", budget), **options)


def unplaced(message: str) -> str:
    """A message without the place where an exception was raised."""
    return re.sub(r" \(test_attempt\.py:\d+\)", "", message)


def outcome(value: float | None = 8.0, **fields: Any) -> Outcome[Cut]:
    return Outcome(None if value is None else cut(value), fields.pop("termination", Termination.HEURISTIC), **fields)


# --- nothing of what a method returns is taken as it is ---


def test_what_is_right_stays_as_it_is() -> None:
    right = outcome(
        bounds=(Bound(3, "a"), Bound(2.5, "b")),
        warm_start=WarmStart.REJECTED,
        found_by="teeth",
        build_s=0.5,
        message="a note",
        infeasible="no",
        infeasible_proof="none",
    )
    made = tried(returning(right)).outcome
    assert made == right
    assert [type(bound.value) for bound in made.bounds] == [int, float]


LEFT_OUT = "saw returned a bound that is no finite number; it is left out"


@pytest.mark.parametrize(
    ("bounds", "kept", "message"),
    [
        ((), (), ""),
        (None, (), ""),
        ([Bound(3, "a")], (Bound(3, "a"),), ""),
        (7, (), LEFT_OUT),
        ((Bound(float("nan"), "a"), Bound(4.5, "b")), (Bound(4.5, "b"),), LEFT_OUT),
        ((Bound(4.5, "b"), Bound(float("-inf"), "a")), (Bound(4.5, "b"),), LEFT_OUT),
        ((Bound(cast("float", None), "a"),), (), LEFT_OUT),
        ((Bound(cast("float", "x"), "a"),), (), LEFT_OUT),
        ((4.5,), (), LEFT_OUT),
        ((Bound(np.int64(4), cast("str", 5)),), (Bound(4.0, "5"),), ""),
        ((Bound(10**400, "a"),), (), LEFT_OUT),
    ],
)
def test_bounds_are_finite_numbers(bounds: Any, kept: tuple[Bound, ...], message: str) -> None:
    made = tried(returning(replace(outcome(), bounds=bounds))).outcome
    assert (made.bounds, made.message) == (kept, message)
    assert all(type(bound.value) in (int, float) and type(bound.source) is str for bound in made.bounds)


@pytest.mark.parametrize(
    ("wrong", "field", "kept", "message"),
    [
        ({"termination": "time_limit"}, "termination", Termination.TIME_LIMIT, ""),
        (
            {"termination": "soon"},
            "termination",
            Termination.ERROR,
            "saw returned the termination 'soon', which is none",
        ),
        ({"solution": "a cut"}, "solution", None, "saw returned a str; a solution is needed"),
        ({"solution": "a cut"}, "termination", Termination.ERROR, "saw returned a str; a solution is needed"),
        ({"build_s": float("nan")}, "build_s", 0.0, ""),
        ({"build_s": -3.0}, "build_s", 0.0, ""),
        ({"build_s": 3}, "build_s", 3.0, ""),
        ({"build_s": None}, "build_s", 0.0, ""),
        ({"warm_start": "accepted"}, "warm_start", WarmStart.ACCEPTED, ""),
        ({"warm_start": "warm"}, "warm_start", WarmStart.NONE, ""),
        ({"found_by": 5}, "found_by", "5", ""),
        ({"found_by": None}, "found_by", None, ""),
        ({"message": None}, "message", "", ""),
        ({"infeasible": True}, "infeasible", "True", ""),
        ({"infeasible": False}, "infeasible", None, ""),
        ({"infeasible": ""}, "infeasible", "", ""),
        ({"infeasible_proof": False}, "infeasible_proof", None, ""),
        ({"found_by": Unspeakable()}, "found_by", "a Unspeakable", ""),
        ({"found_by": ["x" * 200]}, "found_by", "['" + "x" * 78, ""),
    ],
)
def test_a_wrong_field_costs_nothing_else(wrong: dict[str, Any], field: str, kept: object, message: str) -> None:
    made = tried(returning(replace(outcome(bounds=(Bound(3, "a"),)), **wrong))).outcome
    assert getattr(made, field) == kept
    assert (made.bounds, made.message) == ((Bound(3, "a"),), message)


def test_what_fails_is_an_outcome() -> None:
    made = tried(raising(RuntimeError("it slipped")), proof=False).outcome
    assert unplaced(made.message) == "saw failed: RuntimeError: it slipped"
    assert made == Outcome(None, Termination.ERROR, message=made.message)
    made = tried(returning(5), proof=False).outcome
    assert made == Outcome(None, Termination.ERROR, message="saw failed: it returned int, an Outcome is needed")
    for error in (InputError("no", where="x"), MissingDependencyError("no")):
        with pytest.raises(type(error)):
            tried(raising(error))


def test_only_solutions_of_the_family_are_certified() -> None:
    made = family("min", False)
    assert certify(made, BOARD, cut(8.0)).accepted
    for wrong in (None, "a cut", BOARD, cut(13.0)):
        certificate = certify(made, BOARD, wrong)
        assert (certificate.objective, certificate.violations, certificate.accepted) == (None, (), False)
    assert certify(made, BOARD, cut(8.0), Elsewhere()).objective == 1008.0
    # Whatever the verifier would say of it; and a family without states has one of two arguments.
    lenient = replace(made, verify=lambda _board, _cut: Certificate(1.0, ()))
    assert certify(lenient, BOARD, cut(8.0)).accepted
    assert not certify(lenient, BOARD, "8").accepted


# --- bounds and proofs of the family ---


def with_bounds(*values: float, asked: list[Budget] | None = None, **changes: Any) -> Family[Length, Cut]:
    def bounds(_: Length, budget: Budget) -> list[Bound]:
        if asked is not None:
            asked.append(budget)
        return [Bound(value, f"rule {value:g}") for value in values]

    return replace(family("min", False), bounds=bounds, **changes)


@pytest.mark.parametrize("timed", [False, True])
def test_the_family_s_bounds_are_known(timed: bool) -> None:
    asked: list[Budget] = []
    seen: list[Any] = []

    def run(_: Length, context: Context[Cut]) -> Outcome[Cut]:
        seen.append((tuple(context.bounds), context.budget.time_limit, context.start))
        return outcome()

    budget = Budget(60.0)
    trace = Trace("min", budget)
    made = tried(saw(run, timed=timed), of=with_bounds(3.0, float("inf"), 5.0, asked=asked), budget=budget, trace=trace)
    known = (Bound(3.0, "rule 3"), Bound(5.0, "rule 5"))
    assert made.bounds == known
    # What is not timed depends on no clock, and its bounds cost it no time: they are found after it.
    assert seen == [(known if timed else (), 60.0 if timed else None, None)]
    assert [budget.time_limit for budget in asked] == [60.0 if timed else None]
    assert asked[0].stop is budget.stop
    assert [point.bound for point in trace.points()] == ([5.0] if timed else [])
    assert made.told == (Bound(5.0, "rule 5") if timed else None)


def test_bounds_that_fail_are_told() -> None:
    def fails(_: Length, __: Budget) -> list[Bound]:
        raise RuntimeError("it slipped")

    made = tried(returning(outcome(message="a note")), of=replace(family("min", False), bounds=fails))
    assert made.bounds == ()
    assert unplaced(made.outcome.message) == "a note; the bounds of length failed: RuntimeError: it slipped"
    assert made.outcome.solution == cut(8.0)


def proving(proof: str | None, asked: list[Length], **changes: Any) -> Family[Length, Cut]:
    def prove_infeasible(instance: Length, _: Budget) -> str | None:
        asked.append(instance)
        return proof

    return replace(family("min", False), prove_infeasible=prove_infeasible, **changes)


def test_the_family_is_asked_for_a_proof_where_there_is_nothing() -> None:
    asked: list[Length] = []
    made = proving("5 > 3", asked)
    assert tried(returning(outcome(None)), of=made).outcome.infeasible_proof == "5 > 3"
    assert asked == [BOARD]
    assert tried(returning(outcome(None)), of=made, proof=False).outcome.infeasible_proof is None
    assert tried(returning(outcome(8.0)), of=made).outcome.infeasible_proof is None
    assert tried(returning(outcome(None, infeasible_proof="own")), of=made).outcome.infeasible_proof == "own"
    told = tried(saw(lambda _i, c: _tells(c)), of=made)
    assert (told.outcome.infeasible_proof, [c.objective for c in told.candidates]) == (None, [8.0])
    assert asked == [BOARD]


def _tells(context: Context[Cut]) -> Outcome[Cut]:
    context.trace.incumbent(8.0, cut(8.0))
    return outcome(None)


def test_a_proof_that_fails_is_told() -> None:
    def fails(_: Length, __: Budget) -> str | None:
        raise RuntimeError("it slipped")

    made = tried(returning(outcome(None)), of=replace(family("min", False), prove_infeasible=fails)).outcome
    assert (made.infeasible_proof, unplaced(made.message)) == (
        None,
        "the proof of infeasibility failed: RuntimeError: it slipped",
    )


def test_nothing_found_is_no_solution_from_anywhere_and_no_proof() -> None:
    nothing: Outcome[Solution] = Outcome(None, Termination.HEURISTIC)
    start = Start[Solution](cut(8.0), 8.0, "hand")
    assert nothing_found(nothing, None, ())
    assert not nothing_found(replace(nothing, solution=cut(8.0)), None, ())
    assert not nothing_found(nothing, start, ())
    assert not nothing_found(replace(nothing, infeasible_proof="5 > 3"), None, ())


def test_the_phases_of_a_run_are_told() -> None:
    told: list[Phase] = []
    budget = Budget(60.0)
    tried(returning(outcome(None)), budget=budget, trace=Trace("min", budget, on_phase=told.append))
    assert told == [Phase.START, Phase.SEARCH, Phase.PROOF]


def test_a_proof_by_itself() -> None:
    asked: list[Length] = []
    made = prove(proving("5 > 3", asked), BOARD, Budget(60.0))
    assert made.outcome == Outcome(None, Termination.HEURISTIC, infeasible_proof="5 > 3")
    assert (made.start, made.bounds, made.candidates, asked) == (None, (), (), [BOARD])
    assert 0.0 <= made.runtime_s < 60.0
    # Of a plan that runs the family has to say what is left; here it cannot.
    assert prove(proving("5 > 3", asked), BOARD, Budget(60.0), Elsewhere()).outcome.infeasible_proof is None
    short = proving("5 > 3", asked, residual="tests.core.test_attempt:rest")
    assert prove(short, BOARD, Budget(60.0), Elsewhere()).outcome.infeasible_proof == "5 > 3"
    assert asked == [BOARD, REST]


REST = Length(kind="length", schema_version=1, name="rest")


def rest(_: Length, __: Document) -> Length:
    """What is left of a board."""
    return REST


@pytest.mark.parametrize("timed", [False, True])
def test_of_a_plan_that_runs_bounds_and_proofs_are_of_what_is_left(timed: bool) -> None:
    state = Elsewhere()
    method, asked = returning(outcome(None), timed=timed), list[Length]()
    blind = with_bounds(3.0, prove_infeasible=proving("5 > 3", asked).prove_infeasible)
    made = tried(method, of=blind, fixed=state)
    assert (made.bounds, made.outcome.infeasible_proof, made.fixed) == ((), None, state)
    seeing = replace(blind, residual="tests.core.test_attempt:rest")
    made = tried(method, of=seeing, fixed=state)
    assert (made.bounds, made.outcome.infeasible_proof) == ((Bound(3.0, "rule 3"),), "5 > 3")
    assert asked == [REST]
    assert left_of(seeing, BOARD, state) is REST
    assert left_of(seeing, BOARD, None) is BOARD


# --- starts ---


def never(_: Length, __: Context[Cut]) -> Outcome[Cut]:
    raise AssertionError("there was no need for it")


def test_a_given_start_is_verified() -> None:
    made = tried(returning(outcome(7.0)), warm_start=cut(8.0))
    assert made.start == Start(cut(8.0), 8.0, "given")
    with pytest.raises(InputError, match="the verifier rejects this solution") as raised:
        tried(returning(outcome()), warm_start=cut(4.0))
    assert raised.value.where == "warm_start"


def carried(_: Length, __: Document, plan: Cut) -> Cut | None:
    """Goes on one further; not from 1."""
    return None if plan.value == 1 else cut(plan.value + 1)


def test_a_plan_that_runs_is_gone_on_with() -> None:
    def strict(_: Length, plan: Cut, **__: Document) -> Any:
        return certify(family("min", False), BOARD, plan)

    made = replace(family("min", False), verify=strict, carry_on="tests.core.test_attempt:carried")
    method, state = returning(outcome(7.0)), Elsewhere()
    assert tried(method, of=made, warm_start=cut(4.0), fixed=state).start == Start(cut(5.0), 5.0, "given")
    assert tried(method, of=made, warm_start=cut(6.0), fixed=state).start == Start(cut(6.0), 6.0, "given")
    told = tried(method, of=made, warm_start=cut(2.0), fixed=state)
    assert told.start is None
    assert told.outcome.message == "the plan that ran until now, gone on with, keeps not all limits: no start"
    for solution, fixed in ((cut(1.0), state), (cut(4.0), None)):
        with pytest.raises(InputError, match="rejects"):
            tried(method, of=made, warm_start=solution, fixed=fixed)


def test_a_start_that_meets_a_bound_is_the_answer() -> None:
    trace = Trace("min", Budget(60.0))
    method = saw(never, timed=True, warm_startable=True)
    made = tried(method, of=with_bounds(3.0, 8.0), warm_start=cut(8.0), trace=trace)
    told = "the start meets a known bound: no solver was needed"
    answer = Outcome[Cut](None, Termination.PROVED, warm_start=WarmStart.ACCEPTED, message=told)
    assert made.outcome == answer
    unused = tried(saw(never, timed=True), of=with_bounds(3.0, 8.0), warm_start=cut(8.0))
    assert unused.outcome == replace(answer, warm_start=WarmStart.NONE)
    assert [(point.objective, point.bound) for point in trace.points()] == [(8.0, None), (8.0, 8.0)]
    # One that does not meet it, and a method that is not timed, run.
    assert tried(returning(outcome(7.0), timed=True), of=with_bounds(7.0), warm_start=cut(8.0)).outcome == outcome(7.0)
    assert tried(returning(outcome(7.0)), of=with_bounds(8.0), warm_start=cut(8.0)).outcome == outcome(7.0)
    assert tried(returning(outcome(7.0), timed=True), of=with_bounds(), warm_start=cut(8.0)).outcome == outcome(7.0)


def test_a_start_that_is_enough_is_the_answer() -> None:
    def ended(reason: Termination) -> Budget:
        flag = RunStop()
        flag.end(reason)
        return Budget(60.0, stop=flag)

    enough = ended(Termination.TARGET_REACHED)
    method = saw(never, timed=True, warm_startable=True)
    made = tried(method, of=with_bounds(3.0), warm_start=cut(8.0), budget=enough)
    told = "the start is enough: no solver was needed"
    assert made.outcome == Outcome(None, Termination.TARGET_REACHED, warm_start=WarmStart.ACCEPTED, message=told)
    right = outcome(7.0)
    assert tried(returning(right, timed=True), budget=enough).outcome == right
    assert tried(returning(right), warm_start=cut(8.0), budget=enough).outcome == right
    interrupted = ended(Termination.INTERRUPTED)
    assert tried(returning(right, timed=True), warm_start=cut(8.0), budget=interrupted).outcome == right


@pytest.mark.parametrize(("integral", "ends"), [(False, False), (True, True)])
def test_a_gap_is_that_of_the_bound_as_it_would_be_reported(integral: bool, ends: bool) -> None:
    """8 and 7.2 are a gap of 0.1; of integers 7.2 means 8, and 6.5 means 7, a gap of 0.125."""
    made = replace(with_bounds(6.5), integer_objective=integral)
    budget = Budget(60.0, stop=RunStop())
    method = returning(outcome(7.0), timed=True)
    criteria = StopCriteria(gap=0.13)
    answer = tried(method, of=made, warm_start=cut(8.0), budget=budget, criteria=criteria).outcome
    assert (answer.termination == Termination.GAP_REACHED) is ends
    # A method that is not timed is not watched.
    budget = Budget(60.0, stop=RunStop())
    answer = tried(returning(outcome(7.0)), of=made, warm_start=cut(8.0), budget=budget, criteria=criteria).outcome
    assert answer == outcome(7.0)
    assert not budget.stop.is_set()


def helped(monkeypatch: pytest.MonkeyPatch, helper: Method[Length, Cut]) -> None:
    def method(name: str, wanted: str, where: str = "method") -> Method[Length, Cut]:
        assert (name, wanted, where) == ("length", "plane", "warm_start")
        return replace(helper, name="plane")

    monkeypatch.setattr(registry, "method", method)


def test_another_method_s_start(monkeypatch: pytest.MonkeyPatch) -> None:
    made = replace(family("min", False), warm_start="plane")
    method = returning(outcome(7.0), warm_startable=True)
    helped(monkeypatch, returning(outcome(8.0)))
    for name in ("auto", "plane"):
        assert tried(method, of=made, warm_start=name).start == Start(cut(8.0), 8.0, "plane")
    assert tried(method, of=made, warm_start="none").start is None
    assert tried(returning(outcome(7.0)), of=made, warm_start="auto").start is None
    assert tried(replace(method, name="plane"), of=made, warm_start="auto").start is None
    assert tried(replace(method, name="axe"), of=made, warm_start="auto").start is not None
    helped(monkeypatch, returning(outcome(8.0, found_by="teeth")))
    assert tried(method, of=made, warm_start="auto").start == Start(cut(8.0), 8.0, "teeth")
    helped(monkeypatch, returning(outcome(4.0)))
    assert tried(method, of=made, warm_start="auto").start is None
    helped(monkeypatch, returning(outcome(None)))
    told = tried(method, of=made, warm_start="auto")
    assert (told.start, told.outcome.message) == (None, "")
    helped(monkeypatch, raising(RuntimeError("it slipped")))
    told = tried(method, of=made, warm_start="auto")
    assert unplaced(told.outcome.message) == "no warm start: plane failed: RuntimeError: it slipped"
    helped(monkeypatch, returning(outcome(None, termination=Termination.ERROR)))
    assert tried(method, of=made, warm_start="auto").outcome.message == ""
    helped(monkeypatch, returning(outcome(None, message="a note")))
    assert tried(method, of=made, warm_start="auto").outcome.message == ""


def test_a_helper_that_refuses_helps_only_by_default_not_at_all(monkeypatch: pytest.MonkeyPatch) -> None:
    made = replace(family("min", False), warm_start="plane")
    method = returning(outcome(7.0), warm_startable=True)
    helped(monkeypatch, returning(outcome(8.0), refuse=lambda _: ("name", "not this one")))
    assert tried(method, of=made, warm_start="auto").start is None
    with pytest.raises(Exception, match="not this one"):
        tried(method, of=made, warm_start="plane")
    # One that cannot go on from a state is none by default.
    for replans in (False, True):
        helped(monkeypatch, returning(outcome(8.0), replans=replans))
        start = tried(method, of=made, warm_start="auto", fixed=Elsewhere()).start
        assert start == (Start(cut(8.0), 1008.0, "plane") if replans else None)
    helped(monkeypatch, returning(outcome(8.0)))
    assert tried(method, of=made, warm_start="plane", fixed=Elsewhere()).start is not None


def test_a_context_has_all_that_there_is() -> None:
    seen: list[Context[Cut]] = []

    def run(_: Length, context: Context[Cut]) -> Outcome[Cut]:
        seen.append(context)
        return outcome()

    budget, state = Budget(60.0), Elsewhere()
    trace = Trace("min", budget)
    tried(saw(run, timed=True), warm_start=cut(8.0), budget=budget, trace=trace, fixed=state)
    (context,) = seen
    assert (context.budget, context.trace, context.fixed) == (budget, trace, state)
    assert context.start == Start(cut(8.0), 1008.0, "given")
    assert context.verified_objective(cut(9.0)) == 1009.0
    assert context.verified_objective(cut(13.0)) is None


def test_the_best_bound_is_the_tightest_and_the_first_of_equal_ones() -> None:
    bounds = [Bound(3, "a"), Bound(5, "b"), Bound(5, "c"), Bound(3, "d"), Bound(4, "e")]
    assert best_bound(bounds, "min") == Bound(5, "b")
    assert best_bound(bounds, "max") == Bound(3, "a")
    assert best_bound(bounds[::-1], "max") == Bound(3, "d")
    assert best_bound((), "max") is None
    with pytest.raises(FrozenInstanceError):
        bounds[0].value = 4  # type: ignore[misc]
