"""Messages over a socket: four bytes of length, then JSON. Reading never blocks for longer than it is told to."""

from __future__ import annotations

import select
import socket
import struct
import threading
import time

_LENGTH = struct.Struct("!I")


class ClosedError(Exception):
    """The other end is gone."""


class Frames:
    """One end of a connection; sending may be done from several threads, receiving from one."""

    def __init__(self, connection: socket.socket) -> None:
        self._socket = connection
        self._poll = select.poll()  # select() knows only the first 1024 handles of a process
        self._poll.register(connection, select.POLLIN)
        self._buffer = bytearray()
        self._lock = threading.Lock()

    def send(self, content: bytes) -> None:
        """Send a message; raises :class:`ClosedError`."""
        try:
            with self._lock:
                self._socket.sendall(_LENGTH.pack(len(content)) + content)
        except OSError:
            raise ClosedError from None

    def receive(self, timeout: float | None = None) -> bytes | None:
        """The next message, or None if none is complete within ``timeout`` seconds; raises :class:`ClosedError`.

        What is there already is always looked at, so that 0 seconds are enough for a message that has come.
        """
        end = None if timeout is None else time.monotonic() + timeout
        over = False
        while True:
            message = self._take()
            if message is not None or over:
                return message
            left = None if end is None else max(0.0, end - time.monotonic())
            over = left == 0.0
            if not self._poll.poll(None if left is None else 1000 * left):
                return None
            try:
                received = self._socket.recv(1 << 20)
            except OSError:
                raise ClosedError from None
            if not received:
                raise ClosedError
            self._buffer += received

    def fileno(self) -> int:
        """The handle to wait on; it is readable when :meth:`receive` has something to look at."""
        return self._socket.fileno()

    def waiting(self) -> bool:
        """True if something has come that :meth:`receive` has not read."""
        return bool(self._poll.poll(0))

    def close(self) -> None:
        """Close this end."""
        self._socket.close()

    def _take(self) -> bytes | None:
        if len(self._buffer) < _LENGTH.size:
            return None
        (length,) = _LENGTH.unpack_from(self._buffer)
        if len(self._buffer) < _LENGTH.size + length:
            return None
        message = bytes(self._buffer[_LENGTH.size : _LENGTH.size + length])
        del self._buffer[: _LENGTH.size + length]
        return message
