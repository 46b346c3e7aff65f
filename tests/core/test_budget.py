"""What a run may use, by a clock that stands where it is put."""

from __future__ import annotations

import math
import os
import threading
from dataclasses import FrozenInstanceError

import pytest

from wnpopt.core import budget as module
from wnpopt.core.budget import Budget, usable_cores
from wnpopt.core.criteria import RunStop
from wnpopt.core.status import Termination


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The seconds that the clock shows."""
    shown = [100.0]
    monkeypatch.setattr(module.time, "perf_counter", lambda: shown[0])
    return shown


def test_time_that_is_left(clock: list[float]) -> None:
    budget, endless = Budget(10.0, started=100.0), Budget(None, started=100.0)
    assert (budget.elapsed(), budget.remaining(), budget.exhausted()) == (0.0, 10.0, False)
    clock[0] = 109.0
    assert (budget.elapsed(), budget.remaining(), budget.exhausted()) == (9.0, 1.0, False)
    clock[0] = 110.0
    assert (budget.remaining(), budget.exhausted()) == (0.0, True)
    clock[0] = 115.0
    assert (budget.elapsed(), budget.remaining(), budget.exhausted()) == (15.0, 0.0, True)
    assert (endless.remaining(), endless.exhausted()) == (math.inf, False)


def test_shares_are_on_the_same_clock(clock: list[float]) -> None:
    budget = Budget(10.0, 3, 4, True, started=100.0, iterations=7)
    clock[0] = 104.0
    share = budget.share(2.0)
    assert (share.time_limit, share.started, share.stop) == (6.0, 100.0, budget.stop)
    assert (share.threads, share.seed, share.deterministic, share.iterations) == (3, 4, True, 7)
    assert budget.share(50.0).time_limit == 10.0
    assert Budget(None, started=100.0).share(50.0).time_limit == 54.0


def test_why_a_run_ends(clock: list[float]) -> None:
    budget = Budget(10.0, started=100.0)
    assert (budget.stop_reason(), budget.ending()) == (None, Termination.HEURISTIC)
    assert budget.why_over() == Termination.TIME_LIMIT
    clock[0] = 110.0
    assert (budget.stop_reason(), budget.ending()) == (None, Termination.TIME_LIMIT)
    budget.stop.set()
    assert budget.stop_reason() == budget.why_over() == budget.ending() == Termination.INTERRUPTED
    stop = RunStop()
    told = Budget(10.0, stop=stop, started=110.0)
    assert (told.interrupted, told.exhausted()) == (False, False)
    stop.end(Termination.GAP_REACHED)
    assert (told.interrupted, told.exhausted()) == (True, True)
    assert told.stop_reason() == told.why_over() == told.ending() == Termination.GAP_REACHED


def test_budgets_of_the_same_limits_are_equal() -> None:
    """Whatever their clocks and flags."""
    assert Budget(10.0) == Budget(10.0, stop=threading.Event(), started=0.0)
    assert Budget(10.0) != Budget(11.0)
    defaults = Budget()
    assert (defaults.time_limit, defaults.threads, defaults.seed) == (60.0, 1, 0)
    assert (defaults.deterministic, defaults.iterations) == (False, None)
    assert Budget().stop is not defaults.stop
    with pytest.raises(FrozenInstanceError):
        defaults.seed = 1  # type: ignore[misc]


def test_cores_are_those_that_the_process_may_use(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "sched_getaffinity", lambda process: {3, 5, 8} if process == 0 else {1}, raising=False)
    assert usable_cores() == 3
    monkeypatch.delattr(os, "sched_getaffinity")
    monkeypatch.setattr(os, "cpu_count", lambda: 6)
    assert usable_cores() == 6
    monkeypatch.setattr(os, "cpu_count", lambda: None)
    assert usable_cores() == 1
