"""What a batch's worker process does with a message: one task."""

from __future__ import annotations

import contextlib
from collections.abc import Callable

import msgspec

from wnpopt.backends.isolation.frames import ClosedError, Frames
from wnpopt.bench.workers.perform import do
from wnpopt.bench.workers.task import TASKS, Note, Started

HANDLER = "wnpopt.bench.workers.handler:handle"


def handle(message: bytes, frames: Frames, mark: Callable[[], None]) -> bytes:
    """The encoded reply to an encoded task; notes of its progress go out on the way."""

    def tell(note: Note) -> None:
        if isinstance(note, Started):
            mark()
        with contextlib.suppress(ClosedError):  # the main loop finds out by itself
            frames.send(msgspec.json.encode(note))

    return msgspec.json.encode(do(TASKS.decode(message), tell))
