"""Messages between a run and its process: what has come is read at once, whatever the time that is left."""

from __future__ import annotations

import socket
from collections.abc import Iterator

import pytest

from wnpopt.backends.isolation.frames import ClosedError, Frames


@pytest.fixture
def ends() -> Iterator[tuple[Frames, Frames]]:
    one, other = socket.socketpair()
    with one, other:
        yield Frames(one), Frames(other)


def test_no_time_is_enough_for_a_message_that_has_come(ends: tuple[Frames, Frames]) -> None:
    """A child hears its parent's stop so: else every Ctrl-C would wait until the child is killed."""
    parent, child = ends
    assert child.receive(0) is None
    parent.send(b"stop")
    assert child.receive(0) == b"stop"
    assert child.receive(0) is None


def test_several_messages_come_one_by_one(ends: tuple[Frames, Frames]) -> None:
    parent, child = ends
    for content in (b"", b"a", b"b" * 1000):
        parent.send(content)
    assert [child.receive(0) for _ in range(4)] == [b"", b"a", b"b" * 1000, None]


def test_half_a_message_is_none_yet(ends: tuple[Frames, Frames]) -> None:
    parent, child = ends
    whole = b"\x00\x00\x00\x04stop"
    parent._socket.sendall(whole[:6])
    assert child.receive(0) is None
    parent._socket.sendall(whole[6:])
    assert child.receive(0) == b"stop"


def test_a_closed_end_is_told(ends: tuple[Frames, Frames]) -> None:
    parent, child = ends
    parent.close()
    with pytest.raises(ClosedError):
        child.receive(0)
