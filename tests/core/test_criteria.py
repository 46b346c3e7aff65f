"""What ends a run early, told by a watch alone: the sense, the verified value, and nothing once it is over."""

from __future__ import annotations

import threading
from typing import Any

import pytest

from wnpopt.core.bound import Bound, Sense
from wnpopt.core.criteria import CriteriaWatch, RunStop, StopCriteria
from wnpopt.core.errors import InputError
from wnpopt.core.result import relative_gap
from wnpopt.core.status import Termination


class Watched:
    """A watch whose solutions are their verified objectives (None: rejected); ``asked`` is what was verified."""

    def __init__(self, sense: Sense = "min", **limits: Any) -> None:
        self.stop = RunStop()
        self.asked: list[Any] = []
        self.watch = CriteriaWatch(StopCriteria(**limits), sense, self.gap_of, self.verified, self.stop)

    def gap_of(self, objective: float, bound: Bound) -> float | None:
        return None if bound.source == "none" else relative_gap(objective, bound.value)

    def verified(self, plan: Any) -> float | None:
        self.asked.append(plan)
        return plan.worth  # type: ignore[no-any-return]

    def ended(self, told: float, worth: float | None) -> Termination | None:
        """Why the run has ended after this incumbent."""
        self.watch.incumbent(told, Plan(worth))  # type: ignore[arg-type]
        return self.stop.reason if self.stop.is_set() else None


class Plan:
    """Stands for a solution."""

    def __init__(self, worth: float | None) -> None:
        self.worth = worth


def test_limits_are_those_of_the_caller() -> None:
    assert not StopCriteria()
    assert StopCriteria(gap=0.0)
    assert StopCriteria(target=0.0)
    assert StopCriteria(no_improvement=0.0)
    assert StopCriteria.checked(0.0, -3.0, 2.0) == StopCriteria(gap=0.0, target=-3.0, no_improvement=2.0)
    assert StopCriteria.checked(0.5, None, None) == StopCriteria(gap=0.5)
    for limits, where in (((-1e-9, None, None), "gap"), ((None, "x", None), "target"), ((None, None, -1), None)):
        with pytest.raises(InputError) as refused:
            StopCriteria.checked(*limits)
        assert refused.value.where == (where or "no_improvement")


@pytest.mark.parametrize(("sense", "worse", "better"), [("min", 10.5, 9.5), ("max", 9.5, 10.5)])
def test_a_target_is_met_by_what_is_as_good_or_better(sense: Sense, worse: float, better: float) -> None:
    for told, worth, why in (
        (worse, better, None),
        (better, worse, None),
        (better, None, None),
        (10.0, 10.0, Termination.TARGET_REACHED),
        (better, better, Termination.TARGET_REACHED),
    ):
        assert Watched(sense, target=10.0).ended(told, worth) is why


def test_a_gap_is_met_once_there_is_a_bound_and_an_incumbent() -> None:
    seen = Watched(gap=0.1)
    seen.watch.bound(Bound(9.0, "b"))
    assert not seen.stop.is_set()
    assert seen.ended(10.5, 10.5) is None
    assert seen.ended(10.0, 10.5) is None
    assert seen.ended(10.0, None) is None
    assert seen.ended(10.0, 10.0) is Termination.GAP_REACHED
    seen = Watched(gap=0.1)
    assert seen.ended(10.0, 10.0) is None
    seen.watch.bound(Bound(9.0, "none"))
    assert not seen.stop.is_set()
    seen.watch.bound(Bound(9.0, "b"))
    assert seen.stop.reason is Termination.GAP_REACHED
    assert Watched(gap=0.0).ended(10.0, 10.0) is None
    seen = Watched(gap=0.1)
    seen.watch.bound(Bound(9.9, "b"))
    assert seen.ended(10.0, 10.0) is Termination.GAP_REACHED
    # Without a limit on the gap none is enough.
    seen = Watched(target=1.0)
    seen.watch.bound(Bound(10.0, "b"))
    assert seen.ended(10.0, 10.0) is None
    # Both at once: the target is the caller's word.
    seen = Watched(target=10.0, gap=0.1)
    seen.watch.bound(Bound(10.0, "b"))
    assert seen.ended(10.0, 10.0) is Termination.TARGET_REACHED


def test_the_verifier_is_asked_once_of_each_that_would_be_enough() -> None:
    seen = Watched(target=10.0, gap=0.1)
    assert seen.ended(20.0, 20.0) is None
    assert seen.asked == []
    seen.ended(10.0, 11.0)
    seen.watch.bound(Bound(9.1, "b"))
    seen.watch.bound(Bound(9.2, "b"))
    assert [plan.worth for plan in seen.asked] == [11.0]
    seen.ended(10.0, 12.0)
    assert [plan.worth for plan in seen.asked] == [11.0, 12.0]


def test_after_the_end_nothing_is_looked_at() -> None:
    seen = Watched(target=10.0, gap=1.0)
    with seen.watch as watch:
        assert watch is seen.watch
    assert seen.ended(10.0, 10.0) is None
    seen = Watched(gap=1.0)
    with seen.watch:
        assert seen.ended(10.0, 10.0) is None
    seen.watch.bound(Bound(10.0, "b"))
    assert not seen.stop.is_set()
    seen = Watched(target=10.0)
    seen.stop.end(Termination.STOPPED)
    assert seen.ended(10.0, 10.0) is Termination.STOPPED
    seen.watch.bound(Bound(10.0, "b"))
    assert seen.asked == []
    seen = Watched(gap=0.1)
    assert seen.ended(10.0, 10.0) is None
    seen.stop.end(Termination.STOPPED)
    seen.watch.bound(Bound(10.0, "b"))
    assert seen.asked == []


def test_the_first_verified_incumbent_is_enough_where_no_time_is_given() -> None:
    seen = Watched(no_improvement=0.0)
    assert seen.ended(10.0, None) is None
    assert seen.ended(11.0, 11.0) is Termination.NO_IMPROVEMENT


def test_a_rejected_incumbent_leaves_those_before_it() -> None:
    seen = Watched(no_improvement=0.02)
    with seen.watch:
        seen.ended(10.0, 10.0)
        seen.ended(9.0, None)
        seen.ended(8.0, None)
        assert seen.stop.wait(60.0)
    assert seen.stop.reason is Termination.NO_IMPROVEMENT
    assert seen.asked[-1].worth == 10.0


def test_a_run_is_left_without_waiting_for_its_time() -> None:
    seen = Watched(no_improvement=1e5)
    with seen.watch:
        assert seen.ended(10.0, 10.0) is None
        (waiting,) = [thread for thread in threading.enumerate() if thread.name == "wnpopt-waiting"]
        assert waiting.daemon
    assert not waiting.is_alive()
    assert (seen.stop.is_set(), seen.asked) == (False, [])


def test_a_flag_waits_for_itself_and_the_one_around() -> None:
    outer = RunStop()
    inner = RunStop(outer)
    assert (inner.is_set(), inner.wait(0.0), inner.wait(0.001), RunStop().wait(0.0)) == (False, False, False, False)
    threading.Timer(0.005, outer.end, [Termination.GAP_REACHED]).start()
    assert inner.wait()
    assert (inner.reason, inner.wait(0.0)) == (Termination.GAP_REACHED, True)
    told: list[Termination] = []
    own = RunStop(threading.Event(), told.append)
    own.end(Termination.STOPPED)
    own.end(Termination.GAP_REACHED)
    assert (own.reason, told, own.wait(60.0)) == (Termination.STOPPED, [Termination.STOPPED], True)
    silent = RunStop()
    silent.set()
    assert silent.reason is Termination.INTERRUPTED
