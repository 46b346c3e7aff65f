"""The children of this process that wait for work, and the server that makes new ones.

A child that has ended a run well is kept: it has loaded the libraries and the machine code. All of this belongs to one
process: what a fork of it inherits is forgotten there.
"""

from __future__ import annotations

import atexit
import contextlib
import os
import queue
import sys
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, field

from wnpopt.backends.isolation.fork_server import Child, Exit, ForkServer
from wnpopt.backends.isolation.frames import ClosedError
from wnpopt.core.budget import usable_cores
from wnpopt.core.errors import SolverError
from wnpopt.core.registry import AnyMethod
from wnpopt.solving.early import HANDLER, begun
from wnpopt.solving.messages import WARM, decode
from wnpopt.solving.notice import tell_compiling

WARM_UP_S = 600.0
"""Imports and compiling, before a run's clock starts; a child that needs longer hangs."""

REHEARSAL_S = 5.0
"""For the rehearsal of a small run (:mod:`wnpopt.solving.serve`), which is to end by itself after some tenths."""

_LOOK_S = 0.02
_SPARED = ("pyomo", "highspy", "cvxpy", "clarabel")  # half a second's work, which small instances seldom need
_TRIES = 3
MOST_RUNS = 500
"""What leaked in so many runs is not charged to the next one."""


@dataclass(eq=False)
class Worker:
    """A child, the server that made it, and what it has become: warm for these methods, after so many runs."""

    child: Child
    server: ForkServer
    warm: set[tuple[str, str]] = field(default_factory=set)
    runs: int = 0


class WorkerPool:
    """Hands out workers; from any thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._idle: list[Worker] = []
        self._busy: set[Worker] = set()
        self._server: ForkServer | None = None
        self._retired: set[ForkServer] = set()  # with runs that are under way
        self._closings = 0
        self._path: list[str] = []
        self._preparing: threading.Thread | None = None

    def prepare(self, method: AnyMethod, *, small: bool = False) -> None:
        """Begin to make a worker ready for ``method``, beside whatever the caller does; returns at once.

        A caller that reads an instance first finds libraries and machine code loaded after that. For a ``small``
        instance the worker begins without libraries for models: the run may well end without (see
        :mod:`wnpopt.solving.serve`, where they are imported otherwise, before its clock starts).
        """
        spared = _SPARED if small and method.ours else ()
        libraries = [name for name in method.modules if name not in spared]
        with self._lock:
            if self._preparing is None and not self._idle:
                made = (method, libraries)
                thread = threading.Thread(target=self._prepare, args=made, name="wnpopt-prepare", daemon=True)
                with contextlib.suppress(RuntimeError):  # there can be no more threads: the run tells of it
                    thread.start()
                    self._preparing = thread

    def take(self, method: AnyMethod, stop: threading.Event) -> Worker | None:
        """A worker for a run of ``method``, best one that is warm for it; to be given back or ended.

        None once ``stop`` is set. Raises :class:`SolverError` if there can be none.
        """
        preparing = self._preparing
        while preparing is not None and preparing.is_alive():
            preparing.join(_LOOK_S)
            if stop.is_set():
                return None
        self._preparing = None
        idle = self._take_idle(method)
        if idle is not None:
            return idle
        # In a thread: the server answers when its imports are done, and Ctrl-C shall not wait for them.
        made: queue.SimpleQueue[Worker | Exception] = queue.SimpleQueue()
        thread = threading.Thread(target=self._hire, args=(method, made, stop), name="wnpopt-hire", daemon=True)
        try:
            thread.start()
        except RuntimeError as error:  # there can be no more threads
            raise SolverError(f"no process can be started: {error}") from None
        while True:
            with contextlib.suppress(queue.Empty):
                found = made.get(timeout=_LOOK_S)
                if isinstance(found, Worker):
                    return found
                if not stop.is_set():
                    raise found
            if stop.is_set():
                return None

    def _take_idle(self, method: AnyMethod) -> Worker | None:
        wanted = (method.family, method.name)
        self._started(method.modules)
        with self._lock:
            for worker in sorted(self._idle, key=lambda entry: wanted not in entry.warm):
                self._idle.remove(worker)
                if not worker.child.frames.waiting():  # an idle one has nothing to say, unless it is dead
                    self._busy.add(worker)
                    return worker
                worker.server.end(worker.child)
        return None

    def _hire(self, method: AnyMethod, made: queue.SimpleQueue[Worker | Exception], stop: threading.Event) -> None:
        try:
            worker = self._new(method.modules)
        except Exception as error:
            made.put(error if isinstance(error, SolverError) else SolverError(f"no process can be started: {error}"))
        else:
            if stop.is_set():  # perhaps nobody waits for it any more
                self._keep(worker)
                made.put(SolverError("interrupted"))
            else:
                made.put(worker)

    def _new(self, libraries: Sequence[str]) -> Worker:
        """A fresh one, busy. Raises :class:`SolverError`."""
        closings = self._closings
        for _ in range(_TRIES):
            if self._closings != closings:
                break  # for good: at the end of the process, say
            server = self._started(libraries)
            with contextlib.suppress(ClosedError):  # another thread has just replaced it
                worker = Worker(server.fork(), server)
                with self._lock:
                    if server is self._server:
                        self._busy.add(worker)
                        return worker
                worker.server.end(worker.child)
        raise SolverError("no process can be started: the pool was closed")

    def _keep(self, worker: Worker) -> None:
        with self._lock:
            if worker.server is self._server:
                self._busy.discard(worker)
                self._idle.append(worker)
                return
        self.end(worker)

    def _prepare(self, method: AnyMethod, libraries: Sequence[str]) -> None:
        # What goes wrong here goes wrong again in the run, where it is told.
        with contextlib.suppress(Exception):
            worker = self._new(libraries)
            try:
                frames = worker.child.frames
                frames.send(WARM + f"{method.family} {method.name}".encode())
                end = time.monotonic() + WARM_UP_S
                while (message := frames.receive(end - time.monotonic())) is not None:
                    if decode(message).get("say") == "warm":
                        break
                    tell_compiling()
                else:
                    raise SolverError("it hangs before it has begun")
            except Exception:
                self.end(worker)
                return
            worker.warm.add((method.family, method.name))
            self._keep(worker)

    def give_back(self, worker: Worker) -> None:
        """Keep a worker whose run ended well."""
        worker.runs += 1
        with self._lock:
            room = worker.runs < MOST_RUNS and len(self._idle) < max(2, usable_cores())
            if room and worker.server is self._server:
                self._busy.discard(worker)
                self._idle.append(worker)
                return
        self.end(worker)

    def end(self, worker: Worker) -> Exit:
        """Kill a worker; how it ended."""
        ended = worker.server.end(worker.child)
        with self._lock:
            self._busy.discard(worker)
            over = worker.server in self._retired and not any(w.server is worker.server for w in self._busy)
            if over:
                self._retired.discard(worker.server)
        if over:
            worker.server.close()
        return ended

    def close(self) -> None:
        """End the server and with it all workers."""
        with self._lock:
            self._closings += 1
            self._busy.clear()
            self._dismiss()
            for server in self._retired:
                server.close()
            self._retired.clear()

    def _dismiss(self) -> None:
        """No more runs for this server; it ends with the last one that is under way."""
        for worker in self._idle:
            worker.child.frames.close()
            worker.child.log.close()
        self._idle.clear()
        server, self._server = self._server, None
        if server is not None and any(worker.server is server for worker in self._busy):
            self._retired.add(server)
        elif server is not None:
            server.close()

    def _started(self, libraries: Sequence[str]) -> ForkServer:
        with self._lock:
            if self._server is not None and self._path != sys.path:
                self._dismiss()  # what can be imported has changed, and with it perhaps what there is
            if self._server is None:
                self._server, self._path = begun() or ForkServer(HANDLER), list(sys.path)
                self._server.need(libraries)
            return self._server

    def forget(self) -> None:
        """In a forked child: the workers are the parent's; holding on to their connections would keep them alive."""
        self._lock = threading.Lock()
        for worker in [*self._idle, *self._busy]:
            worker.child.frames.close()
            worker.child.log.close()
        self._idle, self._busy, self._retired = [], set(), set()
        self._server, self._preparing = None, None


POOL = WorkerPool()
atexit.register(POOL.close)
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=POOL.forget)
