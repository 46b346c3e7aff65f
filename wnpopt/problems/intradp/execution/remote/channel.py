"""Frames over a socket: a fixed head that says what follows and how long it is, then exactly that."""

from __future__ import annotations

import json
import select
import socket
import ssl
import struct
import threading
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

PROTOCOL = 2
"""Raised whenever a frame or its meaning changes: two sides of different numbers do not talk."""

TALK, START, TENSORS, DONE, PROBE, ECHO = 1, 2, 3, 4, 5, 6
"""What follows a head: JSON of the greeting; nothing (an inference of the plan ``message`` begins); the bytes of a
message's tensors; the server's times in JSON (its part of an inference is over); bytes that tell how quick the link is,
and the answer to them."""

_HEAD = struct.Struct("<4sBxxxIIQdd")
_MAGIC = b"wnpo"
MOST_TALK = 1 << 24
_SLICE_S = 0.2


class PeerError(Exception):
    """The other side is gone, silent, or says what it may not say."""


@dataclass(frozen=True, slots=True)
class Head:
    """What a frame is; ``due`` is the time at which an emulated link has brought it and ``spent`` the seconds that its
    bytes take there, both 0 on a real one."""

    kind: int
    inference: int
    message: int
    size: int
    due: float = 0.0
    spent: float = 0.0


class FrameChannel:
    """One end of a connection. One thread may send while another one receives."""

    def __init__(self, connection: socket.socket) -> None:
        self._socket = connection
        # TLS keeps one state for both directions: it is touched by one thread at a time, and never while waiting.
        self._lock = threading.Lock()
        self._closed = False
        connection.setblocking(False)
        with suppress(OSError):
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)

    def send(self, head: Head, parts: Sequence[memoryview] = (), within_s: float | None = None) -> None:
        """A whole frame, or :class:`PeerError`; ``within_s`` None: until the other side reads or is gone."""
        packed = _HEAD.pack(_MAGIC, head.kind, head.inference, head.message, head.size, head.due, head.spent)
        deadline = None if within_s is None else time.perf_counter() + within_s
        for part in (memoryview(packed), *parts):
            at = 0
            while at < len(part):
                at += self._try(lambda rest=part[at:]: self._socket.send(rest), True, deadline)

    def head(self, within_s: float | None = None) -> Head:
        """The head of the next frame."""
        raw = memoryview(bytearray(_HEAD.size))
        self.fill(raw, within_s)
        magic, kind, inference, message, size, due, spent = _HEAD.unpack(raw)
        if magic != _MAGIC:
            raise PeerError("the other side speaks another protocol")
        return Head(kind, inference, message, size, due, spent)

    def fill(self, view: memoryview, within_s: float | None = None) -> None:
        """Exactly as many bytes as ``view`` has."""
        deadline = None if within_s is None else time.perf_counter() + within_s
        at = 0
        while at < len(view):
            got = self._try(lambda rest=view[at:]: self._socket.recv_into(rest), False, deadline)
            if not got:
                raise PeerError("the other side closed the connection")
            at += got

    def say(self, words: Mapping[str, Any], within_s: float | None, kind: int = TALK, inference: int = 0) -> None:
        """An object as JSON."""
        raw = json.dumps(words).encode()
        self.send(Head(kind, inference, 0, len(raw)), [memoryview(raw)], within_s)

    def listen(self, within_s: float | None, most: int = MOST_TALK) -> dict[str, Any]:
        """The object that the other side says; :class:`PeerError` for anything else."""
        head = self.head(within_s)
        if head.kind != TALK:
            raise PeerError("the other side sends what was not asked for")
        return self.json(head, within_s, most)

    def json(self, head: Head, within_s: float | None, most: int = MOST_TALK) -> dict[str, Any]:
        """The object that follows ``head``."""
        if head.size > most:
            raise PeerError(f"the other side announces {head.size} bytes where at most {most} are possible")
        raw = bytearray(head.size)
        self.fill(memoryview(raw), within_s)
        try:
            found = json.loads(raw)
        except (ValueError, RecursionError):  # the latter: brackets without end
            found = None
        if not isinstance(found, dict):
            raise PeerError("the other side sends what is no JSON object")
        return found

    def close(self) -> None:
        """Whoever waits here is woken with :class:`PeerError`."""
        self._closed = True
        with suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)
        with suppress(OSError):
            self._socket.close()

    def _try(self, step: Any, sending: bool, deadline: float | None) -> int:
        while True:
            if self._closed:
                raise PeerError("the connection was closed")
            wants_write = sending
            try:
                with self._lock:
                    return int(step())
            except ssl.SSLWantReadError:
                wants_write = False
            except ssl.SSLWantWriteError:
                wants_write = True
            except (BlockingIOError, InterruptedError):
                pass
            except (OSError, ValueError) as error:
                raise PeerError(f"the connection broke: {_told(error)}") from None
            left = _SLICE_S if deadline is None else min(_SLICE_S, deadline - time.perf_counter())
            if left <= 0:
                raise PeerError("the other side is silent")
            try:
                waiting = [self._socket]
                select.select([] if wants_write else waiting, waiting if wants_write else [], [], left)
            except (OSError, ValueError):
                raise PeerError("the connection was closed") from None


def _told(error: BaseException) -> str:
    return (getattr(error, "strerror", None) or str(error) or type(error).__name__).lower()
