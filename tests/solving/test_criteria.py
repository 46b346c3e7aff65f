"""A run ends when a limit of the caller is met: by a verified objective, and with what was known then."""

from __future__ import annotations

import threading
from typing import Any

import pytest

import wnpopt
from wnpopt import Instance, Result, Solution, TracePoint
from wnpopt.core import registry
from wnpopt.core.bound import Bound
from wnpopt.core.criteria import CriteriaWatch, RunStop, StopCriteria
from wnpopt.core.errors import InputError
from wnpopt.core.result import relative_gap
from wnpopt.core.status import Termination

TIMED = [
    (family, method.name)
    for family in wnpopt.families()
    for method in registry.methods(family).values()
    if method.timed and method.ours
]


def instance_of(family: str) -> Instance:
    """One whose start is not proved to be the best (slide: where the method does not begin with it)."""
    made: Instance = registry.family(family).generate({}, 1)
    return made


def solve(instance: Instance, method: str, **options: Any) -> Result[Solution]:
    return wnpopt.solve(instance, method, threads=1, **{"time_limit": 30.0, **options})


@pytest.fixture(scope="module")
def wnp() -> Instance:
    return instance_of("wnp")


@pytest.fixture(scope="module")
def start(wnp: Instance) -> Result[Solution]:
    return solve(wnp, "pacs")


@pytest.mark.parametrize("isolate", [True, False])
@pytest.mark.parametrize("method", ["auto", "milp", "cpsat", "lbbd", "pacs-ls"])
def test_a_start_at_the_target_is_the_answer(
    wnp: Instance, start: Result[Solution], method: str, isolate: bool
) -> None:
    result = solve(wnp, method, target=start.objective, isolate=isolate)
    assert (result.termination, result.status, result.objective) == ("target_reached", "feasible", start.objective)
    assert result.found_by == start.method
    assert result.verified


@pytest.mark.parametrize("isolate", [True, False])
def test_a_start_within_the_gap_is_the_answer(wnp: Instance, start: Result[Solution], isolate: bool) -> None:
    result = solve(wnp, "auto", gap=1.0, isolate=isolate)
    assert (result.termination, result.status, result.objective) == ("gap_reached", "feasible", start.objective)
    assert result.gap is not None
    assert 0 < result.gap <= 1.0


@pytest.mark.parametrize(("family", "method"), TIMED)
def test_every_timed_method_obeys_cold(family: str, method: str) -> None:
    """Without a start the first incumbents of the method itself are what meets the target."""
    instance = instance_of(family)
    known = registry.family(family)
    reference = solve(instance, known.warm_start, isolate=False).objective
    assert reference is not None
    target = 1.5 * reference if known.sense == "min" else 0.5 * reference
    try:
        result = solve(instance, method, target=target, warm_start="none", isolate=False)
    except wnpopt.UnsupportedError:
        pytest.skip(f"{method} does not take this instance")
    if result.termination == "heuristic":  # it was through before it met anything
        assert method in ("enumerate", "convex", "dai", "max-frequency")
        return
    assert result.termination in ("target_reached", "proved")
    assert result.objective is not None
    assert result.objective <= target if known.sense == "min" else result.objective >= target


@pytest.mark.parametrize("isolate", [True, False])
def test_no_improvement_counts_from_the_first_incumbent(wnp: Instance, isolate: bool) -> None:
    result = solve(wnp, "cpsat", no_improvement=0.0, isolate=isolate)
    assert (result.termination, result.status) == ("no_improvement", "feasible")


def test_no_improvement_ends_a_search_that_would_not_end(wnp: Instance) -> None:
    result = solve(wnp, "pacs-ls", no_improvement=0.2, time_limit=None)
    assert result.termination in ("no_improvement", "proved", "heuristic")
    assert result.verified


@pytest.mark.parametrize("isolate", [True, False])
def test_a_callback_stops_a_run(wnp: Instance, isolate: bool) -> None:
    seen: list[TracePoint] = []

    def enough(point: TracePoint) -> bool:
        seen.append(point)
        return True

    result = solve(wnp, "auto", on_progress=enough, isolate=isolate)
    assert len(seen) == 1
    assert (result.termination, result.status) == ("stopped", "feasible")
    assert result.objective is not None
    assert seen[0].objective is not None
    assert result.objective <= seen[0].objective


@pytest.mark.parametrize("answer", [None, False, 1, "yes", [True]])
def test_only_true_stops(answer: object, wnp: Instance) -> None:
    """A bar that is updated, a list that grows: what a callback happens to return asks for nothing."""
    result = solve(wnp, "pacs", on_progress=lambda _point: answer)
    assert result.termination == "heuristic"


@pytest.mark.parametrize("isolate", [True, False])
@pytest.mark.parametrize("hook", ["on_progress", "on_solution", "on_bound"])
def test_what_a_hook_raises_comes_with_the_answer(wnp: Instance, hook: str, isolate: bool) -> None:
    def raises(_: object) -> None:
        raise ZeroDivisionError("mine")

    with pytest.raises(ZeroDivisionError, match="mine") as raised:
        solve(wnp, "auto", isolate=isolate, **{hook: raises})
    kept = raised.value.wnpopt_result  # type: ignore[attr-defined]
    assert wnpopt.verify(wnp, kept.solution).objective == kept.objective
    assert kept.termination == "stopped"


def test_a_target_beyond_the_bound_runs_on() -> None:
    """Proved wins: nothing is as good as this target, and the optimum ends the run."""
    known = registry.family("wnp").doctor
    assert known is not None
    instance = registry.family("wnp").instance_type.from_data(dict(known.instance))
    result = solve(instance, "cpsat", target=1.0, gap=0.0, no_improvement=1000.0)
    assert (result.termination, result.status, result.objective) == ("proved", "optimal", known.optimum)


@pytest.mark.parametrize(
    ("limits", "where"),
    [
        ({"gap": -0.1}, "gap"),
        ({"gap": float("nan")}, "gap"),
        ({"target": "8000"}, "target"),
        ({"target": float("inf")}, "target"),
        ({"no_improvement": -1}, "no_improvement"),
        ({"no_improvement": True}, "no_improvement"),
    ],
)
def test_limits_that_are_none_are_refused(wnp: Instance, limits: dict[str, Any], where: str) -> None:
    with pytest.raises(InputError) as refused:
        solve(wnp, "auto", **limits)
    assert refused.value.where == where


class Plan:
    """Stands for a solution; ``worth`` is what the verifier says (None: it rejects it)."""

    def __init__(self, worth: float | None) -> None:
        self.worth = worth


def watch(criteria: StopCriteria, stop: RunStop) -> CriteriaWatch:
    def gap_of(objective: float, bound: Bound) -> float | None:
        return relative_gap(objective, bound.value)

    def worth(plan: Any) -> float | None:
        return plan.worth  # type: ignore[no-any-return]

    return CriteriaWatch(criteria, "min", gap_of, worth, stop)


def test_what_a_method_only_claims_meets_nothing() -> None:
    stop = RunStop()
    with watch(StopCriteria(gap=0.1, target=10.0, no_improvement=0.0), stop) as seen:
        seen.bound(Bound(9.5, "b"))
        seen.incumbent(10.0, Plan(None))  # type: ignore[arg-type]
        assert not stop.is_set()
    with watch(StopCriteria(gap=0.1, target=10.0), stop) as seen:
        seen.bound(Bound(9.5, "b"))
        seen.incumbent(10.0, Plan(11.0))  # type: ignore[arg-type]
        assert not stop.is_set()
        seen.bound(Bound(10.0, "b"))
        assert stop.reason is Termination.GAP_REACHED


def test_the_wait_for_an_improvement_begins_with_the_last_verified_one() -> None:
    stop = RunStop()
    with watch(StopCriteria(no_improvement=0.05), stop) as seen:
        seen.incumbent(10.0, Plan(None))  # type: ignore[arg-type]
        assert not stop.wait(0.2)  # no verified incumbent: nothing to count from
        seen.incumbent(9.0, Plan(9.0))  # type: ignore[arg-type]
        assert stop.wait(60.0)
    assert stop.reason is Termination.NO_IMPROVEMENT


def test_the_first_reason_stays_and_the_flag_around_counts() -> None:
    told: list[Termination] = []
    outer = threading.Event()
    stop = RunStop(outer, told.append)
    nested = RunStop(stop)
    assert not nested.wait(0.0)
    stop.end(Termination.GAP_REACHED)
    stop.end(Termination.TARGET_REACHED)
    nested.end(Termination.STOPPED)
    assert nested.is_set()
    assert (stop.reason, nested.reason) == (Termination.GAP_REACHED, Termination.GAP_REACHED)
    assert told == [Termination.GAP_REACHED]
    interrupted = RunStop(outer)
    outer.set()
    assert (interrupted.is_set(), interrupted.reason) == (True, Termination.INTERRUPTED)
