"""A link of a given rate over a socket that is faster: every chunk leaves at the time at which the link has carried
it."""

from __future__ import annotations

import socket
import time
from collections.abc import Iterable

LEAST_CHUNK, MOST_CHUNK = 1448, 1 << 18
"""Bytes of a chunk: what a frame carries, and what a socket takes at once."""

_CHUNK_S = 1e-3
_SPIN_S = 2e-5


def chunk_size(bytes_per_s: float) -> int:
    """Bytes that a link carries in a millisecond, within limits."""
    return int(min(MOST_CHUNK, max(LEAST_CHUNK, bytes_per_s * _CHUNK_S)))


def wait_until(due: float) -> None:
    """Until ``due`` (:func:`time.perf_counter`)."""
    left = due - time.perf_counter()
    if left > _SPIN_S:
        time.sleep(left)


def send_paced(connection: socket.socket, pieces: Iterable[memoryview], begin: float, bytes_per_s: float | None) -> int:
    """Send all pieces, the k-th byte at ``begin + k / bytes_per_s``; None: as fast as it goes. Returns the bytes.

    Due times are absolute, so that what is late once does not make everything after it late. Raises :class:`OSError`
    where the other side is gone or reads nothing for as long as the socket's timeout.
    """
    size = MOST_CHUNK if bytes_per_s is None else chunk_size(bytes_per_s)
    sent = 0
    for piece in pieces:
        for at in range(0, len(piece), size):
            chunk = piece[at : at + size]
            sent += len(chunk)
            if bytes_per_s is not None:
                wait_until(begin + sent / bytes_per_s)
            connection.sendall(chunk)
    return sent
