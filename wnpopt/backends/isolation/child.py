"""The child process: a message at a time to its handler, until its parent is gone."""

from __future__ import annotations

import contextlib
import faulthandler
import os
import resource
import signal
import socket
import sys
import threading
import time
from collections.abc import Callable
from importlib import import_module
from typing import cast

from wnpopt.backends.isolation.frames import ClosedError, Frames
from wnpopt.backends.isolation.processes import adopt_orphans, die_with_parent, kill_strays

_PATIENCE_S = 0.2  # for threads that are about to end

Handler = Callable[[bytes, Frames, Callable[[], None]], bytes]
"""``handler(message, frames, mark)`` returns the reply. It may send messages before that, and receive some, over
``frames``; it calls ``mark`` when what comes next is other people's code: what that leaves changed in the process
(working directory, environment, threads, children) ends the process after the reply."""


def work(handler: str, channel: socket.socket, log: int, memory_bytes: int | None, parent: int) -> None:
    """Serve messages from ``channel``; standard error goes to the file ``log``, where a crash leaves its last words."""
    _isolate(log, memory_bytes, parent)
    module, _, name = handler.partition(":")
    handle = cast(Handler, getattr(import_module(module), name))
    frames = Frames(channel)
    own = os.getpid()
    before: tuple[object, ...] = ()

    def mark() -> None:
        nonlocal before
        before = _state()

    try:
        while True:
            message = frames.receive()
            assert message is not None  # without a timeout there is a message or an exception
            os.ftruncate(log, 0)
            os.lseek(log, 0, os.SEEK_SET)
            before = _state()
            try:
                reply = handle(message, frames, mark)
            finally:
                if os.getpid() != own:
                    os._exit(1)  # a process that the method forked, and that did not end where it should have
            frames.send(reply)
            if _state() != before or _company():
                kill_strays(set())
                return  # what the method changed or left running shall not be the next run's trouble
    except ClosedError:
        return


def _state() -> tuple[object, ...]:
    """What a method can change for all that comes after it in this process."""
    try:
        place = os.getcwd()
    except OSError:  # it was deleted
        place = ""
    limits = tuple(resource.getrlimit(which) for which in (resource.RLIMIT_NOFILE, resource.RLIMIT_AS))
    alarms = [signal.getitimer(which) for which in (signal.ITIMER_REAL, signal.ITIMER_VIRTUAL, signal.ITIMER_PROF)]
    armed = tuple(left > 0 for left, _ in alarms)
    return place, dict(os.environ), limits, armed, sys.getrecursionlimit()


def _company() -> bool:
    """True if a thread or a process that a method started goes on without it."""
    end = time.monotonic() + _PATIENCE_S
    for thread in threading.enumerate():
        if thread is not threading.current_thread():
            thread.join(max(0.0, end - time.monotonic()))
            if thread.is_alive():
                return True
    with contextlib.suppress(ChildProcessError):
        while os.waitpid(-1, os.WNOHANG) != (0, 0):
            pass
        return True
    return False


def _isolate(log: int, memory_bytes: int | None, parent: int) -> None:
    """A process whose end harms nobody else, and that ends with its parent."""
    os.setsid()
    die_with_parent(parent)
    adopt_orphans()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGCHLD, signal.SIGPIPE):
        signal.signal(number, signal.SIG_IGN if number == signal.SIGINT else signal.SIG_DFL)
    nothing = os.open(os.devnull, os.O_RDWR)
    os.dup2(nothing, 0)
    os.dup2(nothing, 1)
    os.dup2(log, 2)
    sys.stdin, sys.stdout = os.fdopen(0, closefd=False), os.fdopen(1, "w", closefd=False)
    sys.stderr = os.fdopen(2, "w", 1, closefd=False, errors="backslashreplace")  # last words are not to wait
    faulthandler.enable(sys.stderr)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    with contextlib.suppress(OSError), open("/proc/self/oom_score_adj", "w") as score:
        score.write("1000")  # if the machine runs out of memory, a worker goes first
    if memory_bytes is not None:
        # The limit itself is on resident memory and watched from outside. This one stops what would take the
        # machine's memory in one go, between two looks; address space is reserved freely, hence the distance.
        roof = 4 * memory_bytes + (8 << 30)
        _, hard = resource.getrlimit(resource.RLIMIT_AS)
        resource.setrlimit(resource.RLIMIT_AS, (roof if hard < 0 else min(roof, hard), hard))
