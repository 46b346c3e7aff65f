"""Ctrl-C as a request to finish, not as an exception in the middle of a solver."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

_active: threading.Event | None = None


@contextmanager
def graceful_interrupt(*, terminate: bool = False) -> Iterator[threading.Event]:
    """Within the block SIGINT (and SIGTERM, with ``terminate``) sets the event that the block gets.

    A second SIGINT raises ``KeyboardInterrupt`` as usual. Nested blocks share one event. Outside the main thread,
    where Python delivers no signals, the event is simply never set.
    """
    global _active  # noqa: PLW0603 -- signal handlers belong to the process
    if _active is not None:
        yield _active
        return
    event = threading.Event()
    if threading.current_thread() is not threading.main_thread():
        yield event
        return

    def handle(number: int, frame: FrameType | None) -> None:
        if event.is_set() and number == signal.SIGINT:
            signal.default_int_handler(number, frame)
        event.set()

    wanted = [signal.SIGINT, signal.SIGTERM] if terminate else [signal.SIGINT]
    # A handler that was not installed from Python (None: an embedding program's) could not be put back.
    numbers = [number for number in wanted if signal.getsignal(number) is not None]
    previous = {number: signal.signal(number, handle) for number in numbers}
    _active = event
    try:
        yield event
    finally:
        _active = None
        for number, handler in previous.items():
            signal.signal(number, handler)


def was_interrupted(error: BaseException | None) -> bool:
    """True if ``error`` comes of Ctrl-C: what is written in C makes errors of its own of one that meets its import."""
    for _ in range(20):
        if error is None or isinstance(error, KeyboardInterrupt):
            return error is not None
        error = error.__cause__ or error.__context__
    return False
