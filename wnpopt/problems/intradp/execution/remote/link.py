"""A connection in use: messages are sent and received by threads of their own while the side computes."""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from wnpopt.problems.intradp.execution.remote.channel import (
    DONE,
    START,
    TENSORS,
    FrameChannel,
    Head,
    PeerError,
)
from wnpopt.problems.intradp.execution.segments import Buffer
from wnpopt.problems.intradp.execution.side import ReadySide

LONGEST_HOLD_S = 120.0
"""What an emulated link may hold a message back for."""


@dataclass(frozen=True)
class Pace:
    """An emulated direction: bytes a second, and the seconds that a message needs beyond its bytes."""

    bytes_per_s: float
    latency_s: float = 0.0


@dataclass(frozen=True, slots=True)
class Sent:
    """A message as its sender saw it: put into the queue, on the link until."""

    message: int
    start: float
    end: float


class SharedLink:
    """Both directions of one side. ``pace`` emulates the direction that this side sends in.

    Whatever goes wrong is kept and raised as :class:`PeerError` by whoever waits next; nothing arrives afterwards.
    """

    def __init__(self, channel: FrameChannel, side: ReadySide, pace: Pace | None = None) -> None:
        self.channel, self.pace = channel, pace
        self._outgoing = {u: _views(side, message) for u, message in side.program.sends.items()}
        self._incoming = {u: _views(side, message) for u, message in side.program.receives.items()}
        self._sizes = {u: sum(map(len, views)) for u, views in self._incoming.items()}
        self._changed = threading.Condition()
        self._failed: PeerError | None = None
        self._arrived: dict[int, float] = {}
        self._report: dict[str, Any] | None = None
        self._inference = 0
        self._started = 0
        self._queue: queue.SimpleQueue[tuple[int, int, dict[str, Any]] | None] = queue.SimpleQueue()
        self._free = 0.0
        self.sent: list[Sent] = []
        for work in (self._send_all, self._receive_all):
            threading.Thread(target=work, daemon=True).start()

    @property
    def arrived(self) -> Mapping[int, float]:
        """When each message of this inference was there, by operator."""
        return dict(self._arrived)

    def begin(self) -> int:
        """On the device: a new inference, of which the server is told."""
        self._inference += 1
        self._arrived, self._report, self.sent = {}, None, []
        self._queue.put((START, 0, {}))
        return self._inference

    def wait_begin(self) -> None:
        """On the server: the next inference begins."""
        with self._changed:
            self._changed.wait_for(lambda: self._failed is not None or self._started > self._inference)
            if self._failed is not None:
                raise self._failed
            self._inference = self._started

    def put(self, message: int) -> None:
        """Send an operator's message; its buffers must stay as they are until the other side has them."""
        self._queue.put((TENSORS, message, {}))

    def wait(self, message: int, until: float) -> None:
        """Until an operator's message is there, or the time ``until`` has come."""
        self._wait(lambda: message in self._arrived, until)

    def wait_done(self, until: float) -> dict[str, Any]:
        """On the device: the server's report that its part is over."""
        self._wait(lambda: self._report is not None, until)
        assert self._report is not None
        return self._report

    def close(self) -> None:
        """Both threads end by themselves; nothing is written into the side's buffers from now on."""
        self._queue.put(None)
        self.channel.close()

    def done(self, report: dict[str, Any]) -> None:
        """On the server: everything of this inference is computed; sent after all that was put, with its times."""
        self._queue.put((DONE, 0, report))

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
        try:
            while (order := self._queue.get()) is not None:
                kind, message, report = order
                if kind == DONE:
                    sent = [[one.message, one.start, one.end] for one in self.sent]
                    self.channel.say(report | {"sent": sent}, None, DONE, self._inference)
                    continue
                views = self._outgoing[message] if kind == TENSORS else []
                size, start, due = sum(map(len, views)), time.perf_counter(), 0.0
                if self.pace is not None and kind == TENSORS:
                    start = max(self._free, start)
                    self._free = start + size / self.pace.bytes_per_s
                    due = self._free + self.pace.latency_s
                self.channel.send(Head(kind, self._inference, message, size, due), views)
                if kind == TENSORS:
                    end = time.perf_counter() if self.pace is None else self._free
                    self.sent.append(Sent(message, start, end))
        except PeerError as error:
            self._fail(error)

    def _receive_all(self) -> None:
        try:
            while True:
                head = self.channel.head()
                if head.kind == TENSORS:
                    self._receive(head)
                elif head.kind == START and head.size == 0 and head.inference == self._inference + 1:
                    with self._changed:
                        self._arrived, self.sent = {}, []
                        self._started = head.inference
                        self._changed.notify_all()
                elif head.kind == DONE and head.inference == self._inference and self._report is None:
                    report = self.channel.json(head, None)
                    with self._changed:
                        self._report = report
                        self._changed.notify_all()
                else:
                    raise PeerError("the other side sends what is not its turn")
        except PeerError as error:
            self._fail(error)

    def _receive(self, head: Head) -> None:
        current = max(self._inference, self._started)
        if head.message not in self._incoming or head.message in self._arrived or head.inference != current:
            raise PeerError(f"the other side sends message {head.message}, which is not in the plan or not its turn")
        if head.size != self._sizes[head.message]:
            raise PeerError(
                f"the other side sends {head.size} bytes for message {head.message}; the plan says "
                f"{self._sizes[head.message]}"
            )
        for view in self._incoming[head.message]:
            self.channel.fill(view)
        if head.due:
            wait = head.due - time.perf_counter()
            if wait > LONGEST_HOLD_S:
                raise PeerError("the other side holds a message back for too long")
            time.sleep(max(0.0, wait))
        with self._changed:
            self._arrived[head.message] = time.perf_counter()
            self._changed.notify_all()


def _views(side: ReadySide, message: tuple[Buffer, ...]) -> list[memoryview]:
    return [side.buffers[buffer.name].reshape(-1).view(np.uint8).data for buffer in message]
