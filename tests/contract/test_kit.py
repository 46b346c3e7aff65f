"""The conformance kit fails what is broken: each planted method breaks one promise."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest

from tests.registered import registered
from wnpopt import testing
from wnpopt.core import registry
from wnpopt.core.bound import Bound
from wnpopt.core.document import Instance
from wnpopt.core.method import Context, Method, Outcome
from wnpopt.core.proof import Proof
from wnpopt.core.result import Result, Status, Termination
from wnpopt.problems.wnp.solution import WnpSolution

WNP = registry.family("wnp")
assert WNP.doctor is not None
INSTANCE: Instance = WNP.instance_type.from_data(dict(WNP.doctor.instance))
OPTIMUM = 98
Answer = Outcome[WnpSolution]
calls: list[int] = []


def right(instance: Instance, context: Context[WnpSolution]) -> Answer:
    outcome: Answer = registry.method("wnp", "pacs").run(instance, context)
    return outcome


def changed(instance: Instance, context: Context[WnpSolution], **changes: object) -> Answer:
    return replace(right(instance, context), **changes)  # type: ignore[arg-type]


def invalid(instance: Instance, context: Context[WnpSolution]) -> Answer:
    solution = right(instance, context).solution
    assert solution is not None
    return Outcome(solution.model_copy(update={"start": dict.fromkeys(solution.start, 0)}), Termination.HEURISTIC)


def different(instance: Instance, context: Context[WnpSolution]) -> Answer:
    calls.append(1)
    return changed(instance, context, message=f"call {len(calls)}")


PLANTED: dict[str, tuple[Callable[[Instance, Context[WnpSolution]], Answer], str]] = {
    "invalid": (invalid, "the verifier rejects the solution"),
    "empty": (lambda *_: Outcome(None, Termination.HEURISTIC), "finds a solution"),
    "beyond": (lambda i, r: changed(i, r, bounds=(Bound(99.0, "wrong"),)), "ends in an error"),
    "boast": (lambda i, r: changed(i, r, termination=Termination.PROVED), "ends in an error"),
    "denies": (lambda *_: Outcome(None, Termination.PROVED, infeasible="no"), "ends in an error"),
    "disproves": (
        lambda *_: Outcome(None, Termination.PROVED, infeasible="no", infeasible_proof="no"),
        "contradicted by a verified solution",  # told before the kit sees it: on tiny instances all plans are tried
    ),
}
REGISTERED = {
    name: Method(family="wnp", name=name, summary="planted", proves=Proof.NOTHING, run=run)
    for name, (run, _) in {**PLANTED, "right": (right, ""), "different": (different, "")}.items()
}
globals().update({name.upper(): method for name, method in REGISTERED.items()})


@pytest.fixture(autouse=True)
def planted() -> Iterator[None]:
    with registered(__name__, REGISTERED):
        yield


@pytest.mark.parametrize("name", PLANTED)
def test_a_method_that_breaks_a_promise_fails(name: str) -> None:
    with pytest.raises(AssertionError, match=PLANTED[name][1]):
        testing.check_method(WNP, name, INSTANCE, OPTIMUM)


def test_a_method_that_keeps_them_passes() -> None:
    assert testing.check_method(WNP, "right", INSTANCE, OPTIMUM).objective is not None
    testing.check_repeatable("right", INSTANCE)


def test_an_optimum_that_is_beaten_fails() -> None:
    with pytest.raises(AssertionError, match="better than the optimum"):
        testing.check_method(WNP, "right", INSTANCE, 10_000)


def test_a_heuristic_may_be_allowed_to_find_nothing() -> None:
    assert testing.check_method(WNP, "empty", INSTANCE, OPTIMUM, finds=False).solution is None


def test_a_method_that_changes_its_mind_fails() -> None:
    with pytest.raises(AssertionError, match="repeats what it says"):
        testing.check_repeatable("different", INSTANCE)
    with pytest.raises(AssertionError, match="the verifier rejects"):
        testing.check_repeatable("invalid", INSTANCE)


def sound() -> Result[WnpSolution]:
    return testing.check_method(WNP, "auto", INSTANCE, OPTIMUM)  # type: ignore[return-value]


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"gap": 0.5}, "the gap is the contract's"),
        ({"objective": 97.0, "gap": 1 / 97}, "the objective is the verifier's"),
        ({"status": Status.FEASIBLE}, "optimal is said exactly when"),
        ({"bound": 97.0, "gap": 1 / 98}, "optimal is said exactly when"),
        ({"bound": 97.5, "gap": 0.5 / 98, "status": Status.FEASIBLE}, "is an integer"),
        ({"bound": 99.0, "gap": 1 / 98}, "no bound passes the objective"),
        ({"bound_by": None}, "a bound has a source"),
        ({"found_by": None}, "a solution has a finder"),
        ({"verified": False}, "a returned solution is verified"),
        ({"solution": None, "found_by": None}, "without a solution there is no objective"),
        ({"bound": float("inf")}, "never infinite"),
        ({"runtime_s": -1.0}, "building is a part of the run"),
        ({"sense": "max"}, "the family's sense"),
        ({"instance_hash": "0" * 64}, "names its instance's content"),
    ],
)
def test_a_result_that_says_too_much_fails(change: dict[str, object], told: str) -> None:
    result = sound()
    testing.check_result(WNP, INSTANCE, result)
    with pytest.raises(AssertionError, match=told):
        testing.check_result(WNP, INSTANCE, replace(result, **change))  # type: ignore[arg-type]


def test_a_trace_that_gets_worse_fails() -> None:
    result = sound()
    first = result.trace[0]
    worse = replace(first, objective=200.0, bound=None)
    with pytest.raises(AssertionError, match="never get worse"):
        testing.check_result(WNP, INSTANCE, replace(result, trace=(replace(worse, objective=100.0), worse)))
    weaker = (replace(first, objective=None, bound=90.0), replace(first, objective=None, bound=80.0))
    with pytest.raises(AssertionError, match="never get weaker"):
        testing.check_result(WNP, INSTANCE, replace(result, trace=weaker))


def test_a_generator_that_ignores_its_seed_fails() -> None:
    deaf = replace(WNP, generate=lambda options, _seed: WNP.generate(options, 1))
    with pytest.raises(AssertionError, match="another seed"):
        testing.check_family(deaf)
