"""A connection in use: messages are sent and received by threads of their own while the side computes."""

from __future__ import annotations

import queue
import struct
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from wnpopt.execution.urgent import make_urgent
from wnpopt.problems.intradp.execution.remote.channel import (
    DONE,
    ECHO,
    PROBE,
    START,
    TENSORS,
    FrameChannel,
    Head,
    PeerError,
)
from wnpopt.problems.intradp.execution.remote.pace import Pace, Timed
from wnpopt.problems.intradp.execution.segments import Buffer
from wnpopt.problems.intradp.execution.side import ReadySide

LONGEST_HOLD_S = 120.0
"""What an emulated link may hold a message back for."""

MOST_PROBE = 1 << 24
"""The longest probe, and the longest answer to one, in bytes."""

_SPENT = struct.Struct("<d")


@dataclass(frozen=True, slots=True)
class Sent:
    """A message as its sender saw it: put into the queue, on the link until."""

    message: int
    start: float
    end: float


@dataclass(frozen=True)
class Echo:
    """What a probe told: seconds until the answer was there, and both directions' bytes and seconds."""

    round_trip_s: float
    up: Timed
    down: Timed


@dataclass(frozen=True, slots=True)
class _Order:
    kind: int
    message: int = 0
    plan: int = 0
    size: int = 0
    report: Mapping[str, Any] | None = None


class SharedLink:
    """Both directions of one side, whose plans are ``sides``. ``pace`` emulates the direction that this side sends in.

    Whatever goes wrong is kept and raised as :class:`PeerError` by whoever waits next; nothing arrives afterwards.
    """

    def __init__(self, channel: FrameChannel, sides: Sequence[ReadySide], pace: Pace | None = None) -> None:
        self.channel, self.pace = channel, pace
        self._outgoing = [{u: _views(s, message) for u, message in s.program.sends.items()} for s in sides]
        self._incoming = [{u: _views(s, message) for u, message in s.program.receives.items()} for s in sides]
        self._changed = threading.Condition()
        self._failed: PeerError | None = None
        self._arrived: dict[int, float] = {}
        self._report: dict[str, Any] | None = None
        self._inference = 0
        self._started = 0
        self._plan = 0
        self._queue: queue.SimpleQueue[_Order | None] = queue.SimpleQueue()
        self._free = 0.0
        self._probing: float | None = None
        self._probed_bytes = 0
        self._echo: Echo | None = None
        self.sent: list[Sent] = []
        self.timed: list[Timed] = []
        for work in (self._send_all, self._receive_all):
            threading.Thread(target=work, daemon=True).start()

    @property
    def arrived(self) -> Mapping[int, float]:
        """When each message of this inference was there, by operator."""
        return dict(self._arrived)

    @property
    def failed(self) -> PeerError | None:
        """What went wrong, None while all is well."""
        return self._failed

    def begin(self, plan: int = 0) -> int:
        """On the device: a new inference by one of the plans, of which the server is told."""
        self._inference += 1
        self._plan = plan
        self._arrived, self._report, self.sent, self.timed = {}, None, [], []
        self._queue.put(_Order(START, plan))
        return self._inference

    def wait_begin(self) -> int:
        """On the server: the next inference begins; its plan."""
        with self._changed:
            self._changed.wait_for(lambda: self._failed is not None or self._started > self._inference)
            if self._failed is not None:
                raise self._failed
            self._inference = self._started
            return self._plan

    def put(self, message: int) -> None:
        """Send an operator's message; its buffers must stay as they are until the other side has them."""
        self._queue.put(_Order(TENSORS, message, self._plan))

    def wait(self, message: int, until: float) -> None:
        """Until an operator's message is there, or the time ``until`` has come."""
        self._wait(lambda: message in self._arrived, until)

    def wait_done(self, until: float) -> dict[str, Any]:
        """On the device: the server's report that its part is over."""
        self._wait(lambda: self._report is not None, until)
        assert self._report is not None
        return self._report

    def probe(self, size: int, back: int) -> None:
        """On the device, between inferences: send ``size`` bytes and ask for ``back`` of them."""
        self._echo, self._probed_bytes, self._probing = None, size, time.perf_counter()
        self._queue.put(_Order(PROBE, max(back, _SPENT.size), 0, size))

    @property
    def probing(self) -> bool:
        """True while the answer to a probe is on its way."""
        return self._probing is not None

    def take_echo(self) -> Echo | None:
        """The answer to the probe, once; None as long as there is none."""
        echo, self._echo = self._echo, None
        return echo

    def wait_echo(self, until: float) -> Echo:
        """The answer to the probe."""
        self._wait(lambda: self._echo is not None, until)
        echo = self.take_echo()
        assert echo is not None
        return echo

    def close(self) -> None:
        """Both threads end by themselves; nothing is written into the side's buffers from now on."""
        self._queue.put(None)
        self.channel.close()

    def done(self, report: Mapping[str, Any]) -> None:
        """On the server: everything of this inference is computed; sent after all that was put, with its times."""
        self._queue.put(_Order(DONE, report=report))

    def _wait(self, there: Any, until: float) -> None:
        with self._changed:
            self._changed.wait_for(lambda: self._failed is not None or there(), max(0.0, until - time.perf_counter()))
            if there():
                return
            if self._failed is not None:
                raise self._failed
        raise PeerError("the other side is silent")

    def _fail(self, error: PeerError) -> None:
        with self._changed:
            if self._failed is None:
                self._failed = error
            self._changed.notify_all()

    def _send_all(self) -> None:
        make_urgent()
        try:
            while (order := self._queue.get()) is not None:
                self._send(order)
        except PeerError as error:
            self._fail(error)

    def _send(self, order: _Order) -> None:
        if order.kind == DONE:
            told = {
                "sent": [[one.message, one.start, one.end] for one in self.sent],
                "timed": [[one.bytes, one.seconds] for one in self.timed],
            }
            self.channel.say({**(order.report or {}), **told}, None, DONE, self._inference)
            return
        views: list[memoryview] = []
        if order.kind == TENSORS:
            views = self._outgoing[order.plan][order.message]
        elif order.kind in (PROBE, ECHO):
            raw = bytearray(order.size)
            if order.report is not None:
                _SPENT.pack_into(raw, 0, order.report["seconds"])
            views = [memoryview(raw)]
        size, start, due, spent = sum(map(len, views)), time.perf_counter(), 0.0, 0.0
        if self.pace is not None and order.kind != START:
            start = max(self._free, start)
            self._free = self.pace.finish(start, size)
            due, spent = self._free + self.pace.latency_s, self._free - start
        self.channel.send(Head(order.kind, self._inference, order.message, size, due, spent), views)
        if order.kind == TENSORS:
            self.sent.append(Sent(order.message, start, time.perf_counter() if self.pace is None else self._free))

    def _receive_all(self) -> None:
        make_urgent()
        try:
            while True:
                head = self.channel.head()
                if head.kind == TENSORS:
                    self._receive(head)
                elif head.kind == START and head.size == 0 and head.inference == self._inference + 1:
                    if head.message >= len(self._incoming):
                        raise PeerError(f"the other side begins plan {head.message}, which it did not announce")
                    with self._changed:
                        self._arrived, self.sent, self.timed = {}, [], []
                        self._plan, self._started = head.message, head.inference
                        self._changed.notify_all()
                elif head.kind == DONE and head.inference == self._inference and self._report is None:
                    report = self.channel.json(head, None)
                    with self._changed:
                        self._report = report
                        self._changed.notify_all()
                elif head.kind == PROBE and max(head.size, head.message) <= MOST_PROBE:
                    came = self._fill(head, [memoryview(bytearray(head.size))])
                    self._queue.put(_Order(ECHO, 0, 0, head.message, {"seconds": came.seconds}))
                elif head.kind == ECHO and self._probing is not None and _SPENT.size <= head.size <= MOST_PROBE:
                    self._receive_echo(head)
                else:
                    raise PeerError("the other side sends what is not its turn")
        except PeerError as error:
            self._fail(error)

    def _receive(self, head: Head) -> None:
        current, incoming = max(self._inference, self._started), self._incoming[self._plan]
        if head.message not in incoming or head.message in self._arrived or head.inference != current:
            raise PeerError(f"the other side sends message {head.message}, which is not in the plan or not its turn")
        size = sum(map(len, incoming[head.message]))
        if head.size != size:
            raise PeerError(f"the other side sends {head.size} bytes for message {head.message}; the plan says {size}")
        came = self._fill(head, incoming[head.message])
        with self._changed:
            self.timed.append(came)
            self._arrived[head.message] = time.perf_counter()
            self._changed.notify_all()

    def _receive_echo(self, head: Head) -> None:
        raw = bytearray(head.size)
        came = self._fill(head, [memoryview(raw)])
        with self._changed:
            assert self._probing is not None
            up = Timed(self._probed_bytes, float(_SPENT.unpack_from(raw)[0]))
            self._echo = Echo(time.perf_counter() - self._probing, up, came)
            self._probing = None
            self._changed.notify_all()

    def _fill(self, head: Head, views: Sequence[memoryview]) -> Timed:
        """The bytes after a head, not before they are due."""
        begin = time.perf_counter()
        for view in views:
            self.channel.fill(view)
        if not head.due:
            return Timed(head.size, time.perf_counter() - begin)
        wait = head.due - time.perf_counter()
        if wait > LONGEST_HOLD_S:
            raise PeerError("the other side holds a message back for too long")
        time.sleep(max(0.0, wait))
        return Timed(head.size, head.spent)


def _views(side: ReadySide, message: tuple[Buffer, ...]) -> list[memoryview]:
    return [side.buffers[buffer.name].reshape(-1).view(np.uint8).data for buffer in message]
