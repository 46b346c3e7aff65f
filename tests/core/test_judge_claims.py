"""Every claim that an attempt brings, and what the judge makes of it; its words to the letter."""

from __future__ import annotations

from dataclasses import FrozenInstanceError
from typing import Any, Literal

import pytest

from wnpopt.core.attempt import Attempt
from wnpopt.core.bound import Bound, Sense
from wnpopt.core.budget import Budget
from wnpopt.core.certificate import Certificate, Violation
from wnpopt.core.criteria import RunStop
from wnpopt.core.document import Document, Instance, Solution
from wnpopt.core.exhausted import Exhausted
from wnpopt.core.family import Family
from wnpopt.core.judge import judge
from wnpopt.core.method import Method, Outcome, Start
from wnpopt.core.proof import Proof
from wnpopt.core.result import Result, Status, Termination, WarmStart
from wnpopt.core.trace import Candidate, Trace
from wnpopt.core.versions import versions


class Length(Instance):
    """A length that is no less than 5 and no more than 100."""

    kind: Literal["length"]


class Cut(Solution):
    kind: Literal["length-solution"] = "length-solution"
    value: float


class Elsewhere(Document):
    """A state of a plan that runs: nothing in it matters here."""


def verify(_: Length, cut: Cut, fixed: Document | None = None) -> Certificate:
    if cut.value == 13:
        raise RuntimeError("of no use")
    if cut.value == 14:
        return Certificate(None)
    if fixed is not None:
        return Certificate(cut.value + 1000)
    broken = [Violation("least", "value", 5 - cut.value)] if cut.value < 5 else []
    if cut.value < 0:
        broken.append(Violation("sign", "value", -cut.value))
    return Certificate(cut.value, tuple(broken))


ASKED: list[float | None] = []
TRIED: dict[str, Exhausted[Cut]] = {}


def exhaust(_: Length, better_than: float | None) -> Exhausted[Cut]:
    ASKED.append(better_than)
    return TRIED["answer"]


def family(sense: Sense, integral: bool) -> Family[Length, Cut]:
    return Family(
        name="length",
        title="a length",
        instance_type=Length,
        solution_type=Cut,
        sense=sense,
        integer_objective=integral,
        verify=verify,
        bounds=lambda _i, _b: (),
        prove_infeasible=lambda _i, _b: None,
        methods=(),
        formulations={},
        warm_start="none",
        generate=lambda _o, _s: BOARD,
        generator_options=(),
        exhaust="tests.core.test_judge_claims:exhaust",
    )


BOARD = Length(kind="length", schema_version=1, name="board")
METHOD: Method[Length, Cut] = Method(
    family="length", name="saw", summary="", proves=Proof.NOTHING, run=lambda _i, _c: Outcome(None, Termination.ERROR)
)
TIME_LIMIT, HEURISTIC, PROVED, ERROR = (
    Termination.TIME_LIMIT,
    Termination.HEURISTIC,
    Termination.PROVED,
    Termination.ERROR,
)


@pytest.fixture(autouse=True)
def _not_tiny() -> None:
    ASKED.clear()
    TRIED["answer"] = Exhausted(None, complete=False)


def cut(value: float) -> Cut:
    return Cut(instance="board", value=value)


def judged(
    value: float | None = None,
    bound: float | None = None,
    termination: Termination = TIME_LIMIT,
    *,
    start: float | None = None,
    candidates: tuple[tuple[float, float], ...] = (),
    sense: Sense = "min",
    integral: bool = False,
    stop: Termination | None = None,
    attempt: dict[str, Any] | None = None,
    **claims: Any,
) -> Result[Solution]:
    """The result of an attempt: ``candidates`` are what the method says that they are worth, and what they are."""
    outcome: Outcome[Solution] = Outcome(
        None if value is None else cut(value), termination, () if bound is None else (Bound(bound, "saw"),), **claims
    )
    flag = RunStop()
    if stop is not None:
        flag.end(stop)
    budget = Budget(9.0, 3, 4, stop=flag)
    begin = None if start is None else Start[Solution](cut(start), start, "hand")
    offered = tuple(Candidate(told, cut(worth)) for told, worth in candidates)
    made = Attempt(outcome, begin, (), offered, 0.25, **(attempt or {}))
    return judge(family(sense, integral), METHOD, BOARD, made, budget, Trace(sense, budget))


def test_a_result_says_all_that_is_known() -> None:
    result = judged(
        8.0, 6.0, warm_start=WarmStart.ACCEPTED, found_by="teeth", build_s=0.125, message="a note", stop=None
    )
    assert (result.instance, result.family, result.method, result.sense) == ("board", "length", "saw", "min")
    assert (result.status, result.termination) == (Status.FEASIBLE, TIME_LIMIT)
    assert (result.objective, result.bound, result.gap) == (8.0, 6.0, 0.25)
    assert (result.runtime_s, result.build_s, result.time_limit_s) == (0.25, 0.125, 9.0)
    assert (result.verified, result.violations, result.solution) == (True, (), cut(8.0))
    assert (result.warm_start, result.found_by, result.bound_by) == (WarmStart.ACCEPTED, "teeth", "saw")
    assert (result.seed, result.threads, result.message) == (4, 3, "a note")
    assert (result.instance_hash, result.versions) == (BOARD.instance_hash, versions())
    assert [(p.time_s, p.objective, p.bound) for p in result.trace][:1] == [(0.25, 8.0, None)]
    assert [(p.objective, p.bound) for p in result.trace] == [(8.0, None), (8.0, 6.0)]


def test_a_maximum_s_result() -> None:
    result = judged(8.0, 9.0, sense="max")
    assert (result.status, result.objective, result.bound, result.gap) == (Status.FEASIBLE, 8.0, 9.0, 0.125)
    assert judged(8.0, 8.0, sense="max").status == Status.OPTIMAL
    assert judged(8.0, 7.0, sense="max").termination == ERROR
    assert judged(8.0, start=9.0, sense="max").found_by == "hand"
    assert judged(8.0, start=7.0, sense="max").found_by == "saw"
    assert judged(8.0, sense="max", candidates=((9.0, 9.0),)).objective == 9.0


# --- bounds ---


def test_the_tightest_of_all_bounds_counts() -> None:
    told = {"told": Bound(6.5, "teeth")}
    assert judged(8.0, 6.0, attempt=told).bound_by == "teeth"
    assert judged(8.0, 7.0, attempt=told).bound_by == "saw"
    assert judged(8.0, attempt={"told": Bound(6.5, "")}).bound_by == "saw"
    result = judged(8.0)
    assert (result.bound, result.bound_by, result.gap) == (None, None, None)


def test_a_bound_that_a_solution_contradicts_is_not_repeated() -> None:
    result = judged(8.0, 9.5, message="a note")
    assert (result.status, result.termination, result.bound, result.bound_by) == (Status.FEASIBLE, ERROR, None, None)
    assert result.message == "a note; defect: the bound 9.5 of saw is contradicted by a verified solution of 8"
    assert ASKED == []  # it is contradicted already


@pytest.mark.parametrize("told", [HEURISTIC, TIME_LIMIT, PROVED, *list(Termination)[4:8]])
def test_a_bound_that_is_met_proves_the_answer_however_the_run_ended(told: Termination) -> None:
    result = judged(8.0, 8.0, told)
    assert (result.status, result.termination, result.message) == (Status.OPTIMAL, PROVED, "")


def test_what_interrupted_a_run_or_went_wrong_is_not_hidden_by_a_proof() -> None:
    assert judged(8.0, 8.0, ERROR, message="a note").termination == ERROR
    assert judged(8.0, 8.0, Termination.INTERRUPTED).termination == Termination.INTERRUPTED
    assert judged(8.0, 8.0, stop=Termination.INTERRUPTED).termination == PROVED


def test_a_claim_of_optimality_that_no_bound_meets() -> None:
    result = judged(8.0, 7.0, PROVED)
    assert (result.status, result.termination, result.bound) == (Status.FEASIBLE, ERROR, 7.0)
    assert result.message == "saw calls its answer optimal, but no bound that was returned meets it"


# --- why a run ended ---


@pytest.mark.parametrize("reason", list(Termination)[4:8])
def test_a_criterion_that_was_met_is_the_reason(reason: Termination) -> None:
    assert judged(8.0, 7.0, stop=reason).termination == reason
    assert judged(8.0, 7.0, ERROR, stop=reason).termination == ERROR
    assert judged(8.0, 8.0, stop=reason).termination == PROVED
    # What claims to be proved and is not stays a defect.
    assert judged(8.0, 7.0, PROVED, stop=reason).termination == ERROR


def test_an_interruption_is_the_reason_unless_the_answer_is_optimal() -> None:
    stop = Termination.INTERRUPTED
    assert judged(8.0, 7.0, stop=stop).termination == stop
    assert judged(8.0, 7.0, ERROR, stop=stop).termination == stop
    assert judged(None, stop=stop).termination == stop
    assert judged(8.0, 8.0, PROVED, stop=stop).termination == PROVED
    assert judged(8.0, 7.0, stop=Termination.STOPPED).termination == Termination.STOPPED


# --- infeasibility ---


def test_a_claim_of_infeasibility_beside_a_solution() -> None:
    for claims in ({"infeasible": "no room"}, {"infeasible_proof": "no room"}):
        result = judged(None, 6.0, PROVED, start=8.0, **claims)
        assert (result.status, result.termination, result.objective) == (Status.FEASIBLE, ERROR, 8.0)
        assert result.bound == 6.0
        assert result.message == "defect: no room, contradicted by a verified solution of 8"


def test_a_proof_of_infeasibility_leaves_no_bound() -> None:
    result = judged(None, 6.0, HEURISTIC, infeasible="it says so", infeasible_proof="5 > 3")
    assert (result.status, result.termination, result.message) == (Status.INFEASIBLE, PROVED, "infeasible: 5 > 3")
    assert (result.bound, result.bound_by, result.gap, result.verified, result.trace) == (None, None, None, False, ())


def test_a_claim_alone_proves_nothing() -> None:
    result = judged(None, 6.0, PROVED, infeasible="it says so")
    assert (result.status, result.termination, result.bound) == (Status.UNKNOWN, ERROR, 6.0)
    assert result.message == "it says so; nothing else confirms it"
    assert ASKED == [None]


def test_nothing_at_all_is_unknown() -> None:
    result = judged(None, 6.0)
    assert (result.status, result.termination, result.message) == (Status.UNKNOWN, TIME_LIMIT, "")
    assert (result.bound, result.objective, result.gap) == (6.0, None, None)
    assert [(p.objective, p.bound) for p in result.trace] == [(None, 6.0)]


def test_an_error_without_a_word_is_told() -> None:
    assert judged(8.0, 7.0, ERROR).message == "saw ended in an error that it does not explain"
    assert judged(8.0, 7.0, ERROR, message="a note").message == "a note"
    assert judged(8.0, 7.0, HEURISTIC).message == ""


# --- solutions ---


@pytest.mark.parametrize(
    ("value", "reason", "violations"),
    [
        (4.0, "least at value: 1", (Violation("least", "value", 1.0),)),
        (-1.0, "least at value: 6", (Violation("least", "value", 6.0), Violation("sign", "value", 1.0))),
        (13.0, "no objective", ()),
        (14.0, "no objective", ()),
    ],
)
def test_a_rejected_solution_takes_all_that_it_came_with(
    value: float, reason: str, violations: tuple[Violation, ...]
) -> None:
    claims = {"build_s": 0.5, "warm_start": WarmStart.REJECTED, "infeasible_proof": "none"}
    result = judged(value, 4.0, PROVED, attempt={"told": Bound(3.0, "teeth")}, **claims)
    assert (result.status, result.termination, result.objective, result.bound) == (Status.UNKNOWN, ERROR, None, None)
    assert (result.verified, result.solution, result.violations) == (False, None, violations)
    assert (result.build_s, result.warm_start) == (0.5, WarmStart.REJECTED)
    assert result.message == f"the verifier rejected the solution of saw ({reason})"
    assert ASKED == []


def test_the_start_counts_where_it_is_better() -> None:
    assert (judged(8.0, start=7.0).objective, judged(8.0, start=7.0).found_by) == (7.0, "hand")
    assert judged(8.0, start=8.0).found_by == "saw"
    assert judged(4.0, start=8.0).violations == ()


def test_incumbents_on_the_way_count_once_the_verifier_accepts_them() -> None:
    result = judged(8.0, candidates=((6.0, 6.0), (7.0, 4.0)))
    assert (result.objective, result.found_by, result.message) == (6.0, "saw", "")
    result = judged(8.0, candidates=((6.0, 4.0), (7.0, 7.0)))
    assert (result.objective, result.message) == (7.0, "the verifier rejected an incumbent of saw (6)")
    # One that is worth more than it was said to be is no better than what there is.
    assert judged(8.0, candidates=((6.0, 9.0),)).objective == 8.0
    # The verifier's failures are rejections.
    told = judged(None, candidates=((6.5, 13.0), (6.25, 14.0)))
    assert (told.objective, told.status) == (None, Status.UNKNOWN)
    assert told.message == "the verifier rejected an incumbent of saw (6.5); " + (
        "the verifier rejected an incumbent of saw (6.25)"
    )


@pytest.mark.parametrize(
    ("integral", "sense", "told", "asked"),
    [
        (False, "min", 8.0 * (1 - 0.9e-9), False),
        (False, "min", 8.0 * (1 - 1.1e-9), True),
        (False, "max", 8.0 * (1 + 0.9e-9), False),
        (False, "max", 8.0 * (1 + 1.1e-9), True),
        (True, "min", 8.0 - 0.9e-6, False),
        (True, "min", 8.0 - 1.1e-6, True),
        (True, "max", 8.0 + 0.9e-6, False),
        (True, "max", 8.0 + 1.1e-6, True),
    ],
)
def test_only_what_is_clearly_better_is_verified_again(integral: bool, sense: Sense, told: float, asked: bool) -> None:
    result = judged(8.0, candidates=((told, 4.0),), sense=sense, integral=integral)
    assert bool(result.message) is asked


@pytest.mark.parametrize(("told", "asked"), [(-0.9e-21, False), (-1.1e-21, True)])
def test_than_zero_little_is_clearly_better(told: float, asked: bool) -> None:
    result = judged(-1000.0, candidates=((told, -1001.0),), attempt={"fixed": Elsewhere()})
    assert result.objective == (-1.0 if asked else 0.0)


def test_a_state_goes_to_the_verifier() -> None:
    state = {"fixed": Elsewhere()}
    assert judged(4.0, attempt=state).objective == 1004.0
    assert judged(None, candidates=((6.0, 4.0),), attempt=state).objective == 1004.0
    assert judged(8.0, 1008.0, attempt=state).status == Status.OPTIMAL
    assert ASKED == []  # what is tried on tiny instances knows of no state


# --- tiny instances ---


def tried(value: float | None, complete: bool = True) -> None:
    TRIED["answer"] = Exhausted(None if value is None else cut(value), complete)


def test_a_bound_is_believed_after_everything_was_tried() -> None:
    tried(6.0)
    result = judged(8.0, 7.0, PROVED)
    assert ASKED == [7.0]
    assert (result.objective, result.found_by, result.bound) == (6.0, "exhaustion", None)
    assert (result.status, result.termination) == (Status.FEASIBLE, ERROR)
    assert result.message == "defect: the bound 7 of saw is contradicted by a verified solution of 6"


@pytest.mark.parametrize(("bound", "asked"), [(6.2, [7]), (8.0000004, [8])])
def test_what_is_tried_for_is_the_bound_as_it_would_be_reported(bound: float, asked: list[float]) -> None:
    judged(8.0, bound, integral=True)
    assert asked == ASKED


def test_without_a_bound_or_a_claim_nothing_is_tried() -> None:
    judged(8.0)
    judged(None)
    judged(8.0, infeasible="it says so")
    assert ASKED == []


def test_of_what_was_tried_only_what_the_verifier_accepts_counts() -> None:
    for wrong in (4.0, 13.0, 14.0):
        tried(wrong)
        result = judged(8.0, 7.0)
        assert (result.objective, result.status, result.bound) == (8.0, Status.FEASIBLE, 7.0)


@pytest.mark.parametrize("claims", [{"infeasible": "it says so"}, {"infeasible_proof": "5 > 3"}])
def test_a_plan_contradicts_a_claim_that_there_is_none(claims: dict[str, str]) -> None:
    tried(6.0)
    result = judged(None, 5.0, PROVED, **claims)
    assert ASKED == [None]
    assert (result.objective, result.termination, result.status) == (6.0, ERROR, Status.FEASIBLE)
    assert result.message == f"defect: {next(iter(claims.values()))}, contradicted by a verified solution of 6"


def test_trying_all_confirms_a_claim() -> None:
    tried(None)
    result = judged(None, 5.0, PROVED, infeasible="it says so")
    assert (result.status, result.termination) == (Status.INFEASIBLE, PROVED)
    assert result.message == "infeasible: all plans were tried, and none keeps every limit"
    assert judged(None, infeasible="it says so").status == Status.INFEASIBLE  # without any bound, too
    assert judged(None, infeasible_proof="5 > 3").message == "infeasible: 5 > 3"
    assert judged(None, 5.0).status == Status.UNKNOWN
    tried(None, complete=False)
    assert judged(None, 5.0, PROVED, infeasible="it says so").status == Status.UNKNOWN


def test_a_certificate_accepts_what_has_an_objective_and_breaks_nothing() -> None:
    broken = Violation("least", "value", 1.5)
    assert Certificate(1.0).accepted
    assert not Certificate(None).accepted
    assert not Certificate(1.0, (broken,)).accepted
    assert not Certificate(None, (broken,)).accepted
    assert str(broken) == "least at value: 1.5"
    data = {"objective": 1.0, "violations": [{"rule": "least", "where": "value", "amount": 1.5}]}
    assert Certificate(1.0, (broken,)).to_data() == data
    for frozen, field in ((Certificate(1.0), "objective"), (broken, "amount")):
        with pytest.raises(FrozenInstanceError):
            setattr(frozen, field, 2.0)
