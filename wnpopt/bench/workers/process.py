"""One run at a time in a process of its own, under limits that nothing inside can escape."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field

import msgspec

from wnpopt.backends.isolation.fork_server import Child, ForkServer
from wnpopt.backends.isolation.frames import ClosedError
from wnpopt.backends.isolation.processes import resident
from wnpopt.bench.store.record import Failure
from wnpopt.bench.workers.task import (
    MESSAGES,
    Broken,
    Improved,
    Incumbent,
    Message,
    Note,
    Perform,
    Performed,
    Proved,
    Reply,
    Rescue,
    Started,
    Task,
)
from wnpopt.core.trace import kept

HANDLER = "wnpopt.bench.workers.perform:handle"
"""What a worker process does with a message, see :data:`wnpopt.backends.isolation.child.Handler`."""

LOOK_S = 0.05
"""Seconds between two looks at a worker's memory and time."""

WARM_UP_S = 300.0
"""Seconds for imports and for compiling before a run's clock starts (once a machine: machine code is cached)."""

IDENTIFY_S = 120.0
"""Seconds for reading a file, and for judging what a broken run had found."""

RUNS_A_WORKER = 500
LOG_BYTES = 16 << 20
_POINTS = 4096
_DRAIN_S = 0.2  # a run above its limit that has much to say is heard for so long


class CancelledError(Exception):
    """The batch is over: the task under way was given up."""


@dataclass(frozen=True)
class Limits:
    """What one run may take.

    A run is killed ``grace_s`` seconds above its own time limit (None: never), or when it holds more than
    ``memory_bytes`` of resident memory (None: no limit).
    """

    grace_s: float | None = 30.0
    memory_bytes: int | None = None


def share_of_memory(workers: int) -> int | None:
    """Nine tenths of this machine's memory, divided by ``workers``, in bytes; None where it cannot be told."""
    try:
        return int(0.9 * os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") / workers)
    except (ValueError, OSError):
        return None


@dataclass
class _Known:
    """What a run has told so far, in case that it tells no more."""

    incumbents: tuple[Incumbent, ...] = ()
    bound: Proved | None = None
    points: list[Improved] = field(default_factory=list)

    def hear(self, note: Note) -> None:
        if isinstance(note, Incumbent):
            self.incumbents = kept(self.incumbents, note)
        elif isinstance(note, Proved):
            self.bound = note
        elif isinstance(note, Improved):
            self.points.append(note)
            if len(self.points) > _POINTS:
                self.points = [*self.points[:-1:2], note]

    def rescue(self, task: Perform, broken: Broken) -> Rescue | None:
        """What is to be judged; None if nothing is known."""
        if not self.incumbents and self.bound is None:
            return None
        return Rescue(task, broken, tuple(reversed(self.incumbents)), self.bound, tuple(self.points))


class WorkerProcess:
    """A worker that is replaced when it dies; used by one thread, :meth:`cancel` by any."""

    def __init__(self, server: ForkServer, limits: Limits) -> None:
        self._server = server
        self._limits = limits
        self._child: Child | None = None
        self._runs = 0
        self._cancelled = threading.Event()

    def perform(self, task: Task, listener: Callable[[Note], None]) -> Reply:
        """The answer to ``task``, whatever becomes of the process. Raises :class:`CancelledError`."""
        if self._cancelled.is_set():
            raise CancelledError
        if self._runs >= RUNS_A_WORKER:
            self.close()  # what leaked in hundreds of runs is not charged to the next one
        used, known = self._child is not None, _Known()
        reply = self._ask(task, listener, used, known)
        if reply is None:
            # It ended before it began with this task: a task before is to blame, or somebody who kills what is idle.
            self.close()
            reply = self._ask(task, listener, False, known)
        assert reply is not None
        if isinstance(reply, Broken) and isinstance(task, Perform):
            return self._rescued(task, reply, known)
        return reply

    def _rescued(self, task: Perform, broken: Broken, known: _Known) -> Reply:
        """What a broken run had found, judged in a fresh worker; ``broken`` itself if there is nothing to judge."""
        rescue = known.rescue(task, broken)
        if rescue is None:
            return broken
        self.close()
        judged = self._ask(rescue, lambda _note: None, False, _Known())
        return judged if isinstance(judged, Performed) else broken

    def _ask(self, task: Task, listener: Callable[[Note], None], used: bool, known: _Known) -> Reply | None:
        """The answer; None if the worker was ``used`` before and is dead before it begins."""
        began, limit = time.monotonic(), WARM_UP_S
        started = False
        looked = began
        overdue: float | None = None
        try:
            child = self._child = self._child or self._server.fork()
            child.frames.send(msgspec.json.encode(task))
            self._runs += 1
            while True:
                message = child.frames.receive(LOOK_S)
                if self._cancelled.is_set():
                    self.close()
                    raise CancelledError
                if message is not None:
                    try:
                        decoded: Message = MESSAGES.decode(message)
                    except (msgspec.MsgspecError, ValueError, RecursionError):
                        self.close()
                        elapsed = time.monotonic() - began
                        return Broken(Failure.CRASH, "killed: the worker said what cannot be read", elapsed)
                    if isinstance(decoded, Started):
                        began, limit, started = time.monotonic(), self._limit(task), True
                    if not isinstance(decoded, Note):
                        return decoded
                    if started:  # else a thread of the run before that this worker did tells of that
                        known.hear(decoded)
                        if isinstance(decoded, Started | Improved):
                            listener(decoded)
                    if time.monotonic() - looked < LOOK_S:
                        continue
                looked = time.monotonic()
                held = resident(child.pid)
                if held is None and not child.frames.waiting():
                    raise ClosedError  # a process that it left behind holds the connection open
                _trim(child)
                elapsed = looked - began
                if elapsed > limit:
                    overdue = looked if overdue is None else overdue
                    if message is not None and looked - overdue < _DRAIN_S:
                        continue  # what it said in time, while nobody listened, counts
                    self.close()
                    return _late(task, limit, elapsed, started)
                allowed = self._limits.memory_bytes
                if allowed is not None and held is not None and held > allowed:
                    self.close()
                    what = f"killed: {_gib(held)} of resident memory, above the limit of {_gib(allowed)}"
                    return Broken(Failure.MEMORY, what, elapsed)
        except ClosedError:
            if self._cancelled.is_set():
                raise CancelledError from None
            if used and not started:
                return None
            return self._post_mortem(time.monotonic() - began if started else None)

    def cancel(self) -> None:
        """Give up the task under way; it ends with :class:`CancelledError` within a moment."""
        self._cancelled.set()

    def close(self) -> None:
        """Kill the worker; the next task gets a new one."""
        if self._child is not None:
            self._server.end(self._child)
            self._child = None
        self._runs = 0

    def _limit(self, task: Task) -> float:
        if not isinstance(task, Perform):
            return IDENTIFY_S
        seconds, grace = task.key.time_limit_s, self._limits.grace_s
        return float("inf") if seconds is None or grace is None else seconds + grace

    def _post_mortem(self, elapsed: float | None) -> Broken:
        """What a worker died of."""
        if self._child is None:
            return Broken(Failure.CRASH, "the worker could not be started", elapsed)
        ended = self._server.end(self._child)
        self._child, self._runs = None, 0
        out_of_memory = "bad_alloc" in ended.last_words or "MemoryError" in ended.last_words
        return Broken(Failure.MEMORY if out_of_memory else Failure.CRASH, f"the worker {ended}", elapsed)


def _late(task: Task, limit: float, elapsed: float, started: bool) -> Broken:
    if not started:
        return Broken(Failure.TIMEOUT, f"killed: importing and compiling took more than {limit:g} s", None)
    if isinstance(task, Perform):
        asked = f", its time limit is {task.key.time_limit_s:g} s"
        return Broken(Failure.TIMEOUT, f"killed after {elapsed:.1f} s{asked}", elapsed)
    return Broken(Failure.TIMEOUT, f"killed: reading the file took more than {limit:g} s", elapsed)


def _trim(child: Child) -> None:
    """Keep what a worker writes to standard error from filling the disk."""
    handle = child.log.fileno()
    if os.fstat(handle).st_size > LOG_BYTES:
        os.ftruncate(handle, 0)


def _gib(number: int) -> str:
    return f"{number / 2**30:.2f} GiB"
