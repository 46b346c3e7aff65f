"""Frames of the link of ``run`` and ``serve`` taken to pieces and put together, and a connection that is played."""

from __future__ import annotations

import struct
from collections.abc import Iterable

HEAD = struct.Struct("<4sBxxxIIQdd")
Frame = tuple[bytes, bytes]
"""A head and its body."""


def frame(kind: int, body: bytes, inference: int = 0, message: int = 0, due: float = 0.0, spent: float = 0.0) -> bytes:
    return HEAD.pack(b"wnpo", kind, inference, message, len(body), due, spent) + body


def split(data: bytes) -> list[Frame]:
    """The frames in ``data``; the last body may be cut."""
    frames: list[Frame] = []
    while len(data) >= HEAD.size:
        size = HEAD.unpack(data[: HEAD.size])[4]
        frames.append((data[: HEAD.size], data[HEAD.size : HEAD.size + size]))
        data = data[HEAD.size + size :]
    return frames


def joined(frames: Iterable[Frame], *, keep_sizes: bool) -> bytes:
    """``frames`` after each other, each head with its body's size unless what it says is to be kept."""
    parts: list[bytes] = []
    for head, body in frames:
        fields = HEAD.unpack(head)
        size = fields[4] if keep_sizes else len(body)
        parts += [HEAD.pack(*fields[:4], size, *fields[5:]), body]
    return b"".join(parts)


class PlayedSocket:
    """What a peer sends is ``data``, whatever is said to it; then it closes the connection."""

    def __init__(self, data: bytes) -> None:
        self._rest = memoryview(data)

    def setblocking(self, _flag: bool) -> None:
        pass

    def setsockopt(self, *_option: int) -> None:
        pass

    def send(self, part: memoryview) -> int:
        return len(part)

    def sendall(self, part: bytes) -> None:
        pass

    def recv_into(self, view: memoryview) -> int:
        size = min(len(view), len(self._rest))
        view[:size] = self._rest[:size]
        self._rest = self._rest[size:]
        return size

    def shutdown(self, _how: int) -> None:
        pass

    def close(self) -> None:
        self._rest = memoryview(b"")
