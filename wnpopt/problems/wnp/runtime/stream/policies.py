"""What is planned when: one request after the other beside those before it, or all that are under way together."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from wnpopt.core.errors import InputError
from wnpopt.core.near import near
from wnpopt.core.text import one_line
from wnpopt.problems.wnp.instance import IntArray
from wnpopt.problems.wnp.runtime.stream.occupancy import FREE, CoreCalendar, RadioGrid
from wnpopt.problems.wnp.runtime.stream.planning import Method, WindowPlan, plan_together, plan_window, value_of
from wnpopt.problems.wnp.runtime.stream.progress import Planned
from wnpopt.problems.wnp.runtime.stream.requests import Requests
from wnpopt.problems.wnp.runtime.stream.schedule import StreamSchedule, kinds_of, width_of
from wnpopt.problems.wnp.runtime.stream.templates import Template
from wnpopt.problems.wnp.runtime.stream.window import Window, Work, origin_of, window_of

Step = Callable[[int, int], None]


@dataclass(frozen=True)
class StreamPolicy:
    """A policy of streams.

    Requests are planned by ``method`` in the order of arrival, each into what those before it leave of radio and cores
    (``alone``: after they are done); they keep their plans. ``together``: at each arrival all that are under way are
    planned again, where that is better.
    """

    name: str
    summary: str
    method: Method = "pacs"
    alone: bool = False
    together: bool = False


SERIAL = StreamPolicy("serial", "one request at a time, each by pacs", alone=True)
RTFS = StreamPolicy("rtfs", "each by rtfs into what those before it leave, in the order of arrival", method="rtfs")
FIFO = StreamPolicy("fifo", "each by pacs into what those before it leave, in the order of arrival")
JOINT = StreamPolicy(
    "joint", "as fifo, or all that are under way planned again together, whichever is better", together=True
)
STREAM_POLICIES = {policy.name: policy for policy in (SERIAL, RTFS, FIFO, JOINT)}


def stream_policy(name: str, where: str = "policies") -> StreamPolicy:
    """The policy ``name`` of streams; raises :class:`InputError` naming those that exist."""
    if name not in STREAM_POLICIES:
        known = ", ".join(STREAM_POLICIES)
        what = f"found {one_line(name)!r}; the policies of streams are {known}{near(name, STREAM_POLICIES)}"
        raise InputError(what, where=where)
    return STREAM_POLICIES[name]


@dataclass
class StreamRun:
    """A stream on its way through a policy."""

    templates: tuple[Template, ...]
    requests: Requests
    policy: StreamPolicy
    seed: int
    window: int
    grid: RadioGrid = field(init=False)
    calendar: CoreCalendar = field(init=False)
    seconds: list[float] = field(default_factory=list)
    """How long each plan took."""

    def __post_init__(self) -> None:
        self.grid = RadioGrid.new(kinds_of(self.templates), width_of(self.templates))
        self.calendar = CoreCalendar.new(len(self.templates[0].instance.chip.cores))
        self.back = max(template.slots for template in self.templates)
        self.slot = self.templates[0].instance.radio.slot_ticks

    def execute(self, step: Step | None = None) -> StreamSchedule:
        """The stream from its first arrival to its last end; ``step`` is told how many requests are planned."""
        done = self._together(step) if self.policy.together else self._in_turn(step)
        return StreamSchedule(
            self.templates,
            self.requests,
            tuple(planned.core for planned in done),
            tuple(planned.start for planned in done),
            self.grid.carried[: self.grid.used].copy(),
            self.grid.kinds,
        )

    def _in_turn(self, step: Step | None) -> list[Planned]:
        done: list[Planned] = []
        last = 0
        for r in range(self.requests.count):
            began = time.perf_counter()
            earliest = max(self._arrival(r), last) if self.policy.alone else self._arrival(r)
            plan = self._beside(r, earliest)
            self.seconds.append(time.perf_counter() - began)
            done.append(self._take(r, plan))
            last = max(last, done[-1].end)
            if step is not None:
                step(r + 1, self.requests.count)
        return done

    def _together(self, step: Step | None) -> list[Planned]:
        count = self.requests.count
        done: list[Planned] = []
        waiting: deque[int] = deque()
        active: list[Planned] = []
        following = now = 0
        while len(done) < count:
            if not waiting:
                now = max(now, self._arrival(following))
            elif len(active) >= self.window:
                now = max(now, min(planned.end for planned in active))
            while following < count and self._arrival(following) <= now:
                waiting.append(following)
                following += 1
            active = [planned for planned in active if planned.end > now]
            if waiting and len(active) < self.window:
                began = time.perf_counter()
                made = self._admit(waiting.popleft(), active, now)
                self.seconds.append(time.perf_counter() - began)
                active.append(made)
                done.append(made)
                if step is not None:
                    step(len(done), count)
        return done

    def _admit(self, r: int, active: list[Planned], now: int) -> Planned:
        """Request ``r`` beside what is planned, or all planned again; the lateness beyond deadlines counts first."""
        beside = self._beside(r, now)
        if not active:
            return self._take(r, beside)
        rests = [planned.rest(self.grid, now) for planned in active]
        works = [*rests, Work.whole(r, self._template(r), self._arrival(r), now)]
        origin = origin_of(works, (), now)
        slots = max(self.grid.used - origin, 0) + self.back
        nothing = np.full((slots, self.grid.carried.shape[1]), FREE, dtype=np.int64)
        window = window_of(works, [[] for _ in self.calendar.busy], nothing, origin)
        kept = [(work, planned.end) for work, planned in zip(rests, active, strict=True)]
        kept.append((works[-1], int(beside.plans[0].end.max())))
        again = plan_together(window, [end for _, end in kept], self.seed + r, self.grid.kinds)
        if again is None:
            return self._take(r, beside)
        changed = [(plan.work, int(plan.end.max())) for plan in again.plans]
        if value_of(changed) >= value_of(kept):
            return self._take(r, beside)
        self.grid.clear(-(-now // self.slot))
        for planned, plan in zip(active, again.plans, strict=False):
            planned.take(plan)
        self.calendar = CoreCalendar.new(len(self.calendar.busy))
        for planned in active:
            self.calendar.put(planned.core, planned.start, planned.ends)
        return self._take(r, WindowPlan((again.plans[-1],), again.origin, again.rows))

    def _beside(self, r: int, earliest: int) -> WindowPlan:
        """Request ``r`` in what is left, no earlier than ``earliest`` nor far before the last RB-slot that is taken."""
        earliest = max(earliest, (self.grid.used - self.back) * self.slot)
        work = Work.whole(r, self._template(r), self._arrival(r), earliest)
        busy = self.calendar.since(earliest)
        origin = origin_of([work], busy, earliest)

        def make(slots: int) -> Window:
            return window_of([work], busy, self.grid.part(origin, slots), origin)

        ahead = max(earliest // self.slot, self.grid.used) - origin
        return plan_window(make, ahead + work.template.slots, self.policy.method, self.seed + r, self.grid.kinds)

    def _take(self, r: int, plan: WindowPlan) -> Planned:
        made = plan.plans[0]
        count = len(self._template(r).instance.subgraphs)
        planned = Planned(r, self._template(r), self._arrival(r), np.zeros(count, np.int64), np.zeros(count, np.int64))
        planned.take(made)
        self.grid.put(plan.origin, plan.rows)
        self.calendar.put(planned.core, planned.start, planned.ends)
        return planned

    def _arrival(self, r: int) -> int:
        return int(self.requests.arrival[r])

    def _template(self, r: int) -> Template:
        return self.templates[int(self.requests.template[r])]


def first_alone(template: Template, seed: int) -> int:
    """The latency in ticks that a request of ``template`` has at time 0 with radio and chip for itself, by pacs."""
    nobody: IntArray = np.zeros(1, dtype=np.int64)
    run = StreamRun((template,), Requests(nobody, nobody), FIFO, seed, 1)
    return int(run.execute().latency[0])
