"""Pieces of tensors from process to process: a head that says what follows and when an emulated link has brought it."""

from __future__ import annotations

import socket
import struct
from collections.abc import Iterable
from dataclasses import dataclass

_HEAD = struct.Struct("<IQd")


@dataclass(frozen=True, slots=True)
class PieceHead:
    """``index`` says of what the following ``size`` bytes are; ``due`` (:func:`time.perf_counter`, one machine) is when
    they count as there."""

    index: int
    size: int
    due: float


def send_piece(connection: socket.socket, index: int, pieces: Iterable[memoryview], due: float) -> None:
    parts = list(pieces)
    connection.sendall(_HEAD.pack(index, sum(map(len, parts)), due))
    for part in parts:
        connection.sendall(part)


def receive_head(connection: socket.socket) -> PieceHead:
    """The next head; raises :class:`OSError` where the connection is closed."""
    raw = memoryview(bytearray(_HEAD.size))
    receive_into(connection, raw)
    return PieceHead(*_HEAD.unpack(raw))


def receive_into(connection: socket.socket, view: memoryview) -> None:
    """Exactly as many bytes as ``view`` has."""
    at = 0
    while at < len(view):
        got = connection.recv_into(view[at:])
        if not got:
            raise OSError("the other side closed the connection")
        at += got
