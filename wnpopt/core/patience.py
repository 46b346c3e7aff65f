"""How long a run in a child process may go on beyond its limit before it is killed: longer in checks of its answer."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

_seconds = 0.0


def patience_s() -> float:
    """How much longer than everybody waits [s]."""
    return _seconds


@contextmanager
def patience(seconds: float) -> Iterator[None]:
    """Within the block, in all threads, a run that is over its limit is killed so much later than it would be.

    For checks of what a run ends with, on a machine that is slow or has other things to do.
    """
    global _seconds  # noqa: PLW0603 -- a run has no other way of knowing in whose checks it is
    before, _seconds = _seconds, seconds
    try:
        yield
    finally:
        _seconds = before
