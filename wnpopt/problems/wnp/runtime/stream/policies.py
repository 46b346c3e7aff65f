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
from wnpopt.problems.wnp.runtime.stream.occupancy import CoreCalendar, RadioGrid
from wnpopt.problems.wnp.runtime.stream.planning import Method, WindowPlan, plan_window, value_of
from wnpopt.problems.wnp.runtime.stream.progress import Planned
from wnpopt.problems.wnp.runtime.stream.requests import StreamRequests
from wnpopt.problems.wnp.runtime.stream.schedule import StreamSchedule, kinds_of, width_of
from wnpopt.problems.wnp.runtime.stream.templates import Template
from wnpopt.problems.wnp.runtime.stream.window import RemainingWork, Window, origin_of, window_of

Step = Callable[[int, int], None]


@dataclass(frozen=True)
class StreamPolicy:
    """A policy of streams.

    Requests are planned by ``method`` in the order of arrival, each into what those before it leave of radio and cores
    (``alone``: after they are done); they keep their plans. ``together``: at each arrival all that are under way are
    planned again, one after the other by what is left of them or by their deadlines, where that is better.
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
    requests: StreamRequests
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
        works = [planned.rest(self.grid, now) for planned in active]
        works.append(RemainingWork.whole(r, self._template(r), self._arrival(r), now))
        ends = [planned.end for planned in active] + [int(beside.plans[0].end.max())]
        best, chosen = value_of(list(zip(works, ends, strict=True))), None
        known = sorted(range(len(works)), key=lambda w: (ends[w], w))
        for order in _orders(works):
            if order == known:
                continue
            plans = self._in_order(works, order, now)
            value = value_of([(plan.work, int(plan.end.max())) for window in plans for plan in window.plans])
            if value < best:
                best, chosen = value, plans
        if chosen is None:
            return self._take(r, beside)
        self.grid.clear(-(-now // self.slot))
        self.calendar = CoreCalendar.new(len(self.calendar.busy))
        mine = {planned.request: planned for planned in active}
        new = None
        for window in chosen:
            plan = window.plans[0]
            if plan.work.request == r:
                new = self._take(r, window)
                continue
            planned = mine[plan.work.request]
            planned.take(plan)
            self.grid.put(window.origin, window.rows)
            self.calendar.put(planned.core, planned.start, planned.ends)
        assert new is not None, "the new request is one of those planned"
        return new

    def _in_order(self, works: list[RemainingWork], order: list[int], now: int) -> list[WindowPlan]:
        """Plans of all ``works``, one after the other, each into what those before it leave of radio and cores."""
        grid = RadioGrid.new(self.grid.kinds, self.grid.carried.shape[1], -(-now // self.slot))
        plans: list[WindowPlan] = []
        for place, w in enumerate(order):
            calendar = CoreCalendar.new(len(self.calendar.busy))
            for window in plans:
                done = window.plans[0]
                calendar.put(done.core, done.start, done.end)
            for other in order[place + 1 :]:
                work = works[other]
                core = work.ticks.argmax(axis=1)
                end = work.release + work.ticks[np.arange(core.size), core]
                calendar.put(core[work.fixed], work.release[work.fixed], end[work.fixed])
            plans.append(self._into(works[w], grid, calendar.since(now), now))
            grid.put(plans[-1].origin, plans[-1].rows)
        return plans

    def _beside(self, r: int, earliest: int) -> WindowPlan:
        """Request ``r`` in what is left, no earlier than ``earliest`` nor far before the last RB-slot that is taken."""
        earliest = max(earliest, (self.grid.used - self.back) * self.slot)
        work = RemainingWork.whole(r, self._template(r), self._arrival(r), earliest)
        return self._into(work, self.grid, self.calendar.since(earliest), earliest)

    def _into(
        self, work: RemainingWork, grid: RadioGrid, busy: list[list[tuple[int, int]]], earliest: int
    ) -> WindowPlan:
        origin = origin_of([work], busy, earliest)

        def make(slots: int) -> Window:
            return window_of([work], busy, grid.part(origin, slots), origin)

        slots = max(earliest // self.slot, grid.used) - origin + self._enough(work)
        return plan_window(make, slots, self.policy.method, self.seed + work.request, grid.kinds)

    @staticmethod
    def _enough(work: RemainingWork) -> int:
        """Slots for a work where nothing is taken: one period of the table where that may do, as for the instance."""
        return work.template.slots if work.template.fits else work.template.enough

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


def _orders(works: list[RemainingWork]) -> list[list[int]]:
    """In which order works might be planned: the least work left first, and by deadlines where all have one."""
    left = [int(np.where(work.ticks < 0, 2**50, work.ticks).min(axis=1).sum()) for work in works]
    sent = [float((work.missing / work.template.payload).sum()) for work in works]
    orders = [sorted(range(len(works)), key=lambda w: (left[w], sent[w], w))]
    due = [work.template.deadline_ticks for work in works]
    if all(ticks is not None for ticks in due):
        last = [work.arrival + (ticks or 0) for work, ticks in zip(works, due, strict=True)]
        orders.append(sorted(range(len(works)), key=lambda w: (last[w], w)))
    return orders if len(orders) == 1 or orders[0] != orders[1] else orders[:1]


def first_alone(template: Template, seed: int) -> int:
    """The latency in ticks that a request of ``template`` has at time 0 with radio and chip for itself, by pacs."""
    nobody: IntArray = np.zeros(1, dtype=np.int64)
    run = StreamRun((template,), StreamRequests(nobody, nobody), FIFO, seed, 1)
    return int(run.execute().latency[0])
