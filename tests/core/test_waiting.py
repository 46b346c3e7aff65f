"""Waiting for an improvement and for a flag, by a clock that goes on when somebody waits: nobody does wait."""

from __future__ import annotations

import threading
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest

from wnpopt.core import criteria
from wnpopt.core.bound import Sense
from wnpopt.core.criteria import CriteriaWatch, RunStop, StopCriteria
from wnpopt.core.status import Termination

MOST = 50
"""So often somebody waits at most, or the test has failed."""


class Clock:
    """Goes on by what is waited; ``then`` is done after so many waits."""

    def __init__(self) -> None:
        self.now = 0.0
        self.waits: list[float | None] = []
        self.then: dict[int, Callable[[], object]] = {}

    def monotonic(self) -> float:
        return self.now

    def wait(self, left: float | None) -> None:
        assert len(self.waits) < MOST, "waits without end"
        self.waits.append(left)
        self.now += left or 0.0
        self.then.get(len(self.waits), lambda: None)()


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    made = Clock()
    monkeypatch.setattr(criteria, "time", made)
    return made


class Waits(threading.Event):
    """Waits by a clock of its own."""

    clock: Clock

    def wait(self, timeout: float | None = None) -> bool:
        self.clock.wait(timeout)
        return self.is_set()


class Flag(RunStop, Waits):
    """A flag that waits as its second base does."""

    def __init__(self, clock: Clock, outer: threading.Event | None = None) -> None:
        super().__init__(outer)
        self.clock = clock


def test_a_flag_is_looked_at_again_and_again(clock: Clock) -> None:
    flag = Flag(clock)
    assert flag.wait(0.05) is False
    assert clock.waits == pytest.approx([0.02, 0.02, 0.01])
    assert flag.wait(0.0) is False
    assert flag.wait(-1.0) is False
    assert len(clock.waits) == 3
    flag.set()
    assert flag.wait() is True
    assert flag.wait(0.0) is True
    assert len(clock.waits) == 3


@pytest.mark.parametrize("timeout", [None, 0.1])
def test_a_flag_around_is_seen(clock: Clock, timeout: float | None) -> None:
    outer = threading.Event()
    clock.then[3] = outer.set
    assert Flag(clock, outer).wait(timeout) is True
    assert clock.waits == pytest.approx([0.02] * 3)


def test_why_a_flag_is_set() -> None:
    outer = RunStop()
    inner = RunStop(outer)
    assert (inner.is_set(), outer.is_set()) == (False, False)
    outer.end(Termination.GAP_REACHED)
    assert (inner.is_set(), inner.reason) == (True, Termination.GAP_REACHED)
    inner.end(Termination.STOPPED)  # too late
    assert inner.reason is Termination.GAP_REACHED
    around = threading.Event()
    told: list[Termination] = []
    own = RunStop(around, told.append)
    around.set()
    assert (own.is_set(), own.reason, told) == (True, Termination.INTERRUPTED, [])
    first = RunStop(None, told.append)
    first.end(Termination.TARGET_REACHED)
    assert (first.is_set(), first.reason, told) == (True, Termination.TARGET_REACHED, [Termination.TARGET_REACHED])
    first.end(Termination.STOPPED)
    assert (first.reason, told) == (Termination.TARGET_REACHED, [Termination.TARGET_REACHED])
    quiet = RunStop()
    quiet.end(Termination.STOPPED)
    assert (quiet.is_set(), quiet.reason) == (True, Termination.STOPPED)


class Changed:
    """Stands for a condition: what is waited is the clock's."""

    def __init__(self, clock: Clock) -> None:
        self.wait, self.told = clock.wait, 0

    def notify(self) -> None:
        self.told += 1

    def __enter__(self) -> None:
        return

    def __exit__(self, *_: object) -> None:
        return


class Waiting:
    """A watch that waits in this thread."""

    def __init__(self, clock: Clock, seconds: float, sense: Sense = "min") -> None:
        self.clock, self.asked = clock, list[Any]()
        self.stop = RunStop()
        limits = StopCriteria(no_improvement=seconds)
        self.watch: Any = CriteriaWatch(limits, sense, lambda *_: None, self._verified, self.stop)
        self.watch._changed = Changed(clock)
        self.watch._thread = SimpleNamespace(join=lambda: None)  # there is one already

    def _verified(self, plan: Any) -> float | None:
        self.asked.append(plan)
        return None if plan < 0 else float(plan)

    def comes(self, plan: int) -> None:
        self.watch.incumbent(float(plan), plan)

    def closes(self) -> None:
        self.watch.__exit__()

    @property
    def ended(self) -> Termination | None:
        return self.stop.reason if self.stop.is_set() else None


def test_the_last_incumbent_is_waited_for(clock: Clock) -> None:
    seen = Waiting(clock, 5.0)
    seen.comes(3)
    clock.now = 4.0
    seen.comes(2)
    seen.watch._wait(5.0)
    assert (clock.waits, seen.asked, seen.ended) == ([5.0], [2], Termination.NO_IMPROVEMENT)
    assert seen.watch._changed.told == 2


def test_half_a_second_is_waited_for_as_well(clock: Clock) -> None:
    seen = Waiting(clock, 0.5)
    seen.comes(3)
    seen.watch._wait(0.5)
    assert (clock.waits, seen.ended) == ([0.5], Termination.NO_IMPROVEMENT)


def test_a_better_one_in_time_is_waited_for_in_turn(clock: Clock) -> None:
    seen = Waiting(clock, 5.0)
    seen.comes(3)

    def better() -> None:
        clock.now = 2.0
        seen.comes(1)

    clock.then[1] = better
    seen.watch._wait(5.0)
    assert (clock.waits, clock.now, seen.asked) == ([5.0, 5.0], 7.0, [1])


def test_what_is_rejected_leaves_what_came_before(clock: Clock) -> None:
    seen = Waiting(clock, 5.0)
    for moment, plan in ((0.0, 8), (1.0, 7), (2.0, -6), (3.0, -5)):
        clock.now = moment
        seen.comes(plan)
    seen.watch._wait(5.0)
    # Three are kept; the newest is 5 s old at 8 s, the others longer.
    assert (clock.now, seen.asked, seen.ended) == (8.0, [-5, -6, 7], Termination.NO_IMPROVEMENT)


def test_where_all_are_rejected_it_goes_on(clock: Clock) -> None:
    seen = Waiting(clock, 5.0)
    for plan in (9, -8, -7, -6):
        seen.comes(plan)
    clock.then[2] = seen.closes
    seen.watch._wait(5.0)
    assert (clock.waits, seen.asked, seen.ended) == ([5.0, None], [-6, -7, -8], None)


def test_without_an_incumbent_it_waits_until_it_is_left(clock: Clock) -> None:
    seen = Waiting(clock, 5.0)
    clock.then[2] = seen.closes
    seen.watch._wait(5.0)
    assert (clock.waits, seen.ended, seen.watch._changed.told) == ([None, None], None, 1)
    seen.watch._wait(5.0)  # and not at all afterwards
    assert len(clock.waits) == 2


def test_no_time_at_all_is_no_thread(clock: Clock) -> None:
    seen = Waiting(clock, 0.0)
    seen.watch._thread = None
    seen.comes(-1)
    assert (seen.ended, seen.watch._thread) == (None, None)
    seen.comes(4)
    assert (seen.ended, seen.watch._thread, seen.asked) == (Termination.NO_IMPROVEMENT, None, [-1, 4])
    assert clock.waits == []
    assert not seen.watch._waiting


def test_one_thread_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    started: list[dict[str, Any]] = []

    class Thread:
        def __init__(self, **how: Any) -> None:
            self.how, self.joined = how, 0

        def start(self) -> None:
            started.append(self.how)

        def join(self) -> None:
            self.joined += 1

    monkeypatch.setattr(criteria, "threading", SimpleNamespace(Thread=Thread, Condition=threading.Condition))
    watch: Any = CriteriaWatch(StopCriteria(no_improvement=0.5), "min", lambda *_: None, lambda _: 1.0, RunStop())
    with watch as entered:
        assert entered is watch
        watch.incumbent(1.0, "a")
        watch.incumbent(0.5, "b")
    assert started == [{"target": watch._wait, "args": (0.5,), "name": "wnpopt-waiting", "daemon": True}]
    assert watch._thread.joined == 1
    assert [solution for _, solution in watch._waiting] == ["a", "b"]
    watch.incumbent(0.2, "c")
    assert len(watch._waiting) == 2
