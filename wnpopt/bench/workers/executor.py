"""Where tasks run: on this machine, or on a cluster. Both take tasks and put what happens to them into one queue."""

from __future__ import annotations

import queue
import threading
from dataclasses import dataclass
from functools import partial
from typing import Protocol

from wnpopt.backends.isolation.fork_server import ForkServer
from wnpopt.bench.workers.process import HANDLER, CancelledError, Limits, WorkerProcess
from wnpopt.bench.workers.task import Note, Reply, Task


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened to the task with this ``ticket``, on worker ``slot``; a reply is the last of its task."""

    ticket: int
    slot: int
    what: Note | Reply | Exception


class Executor(Protocol):
    """Runs tasks somewhere; used by one thread."""

    @property
    def slots(self) -> int:
        """How many tasks can be under way at once, now."""
        ...

    @property
    def needs_content(self) -> bool:
        """True if the workers may not see our files, so that tasks have to carry them."""
        ...

    def submit(self, ticket: int, task: Task) -> None:
        """Take a task; it begins when a worker is free."""
        ...

    def next_event(self, timeout: float) -> Event | None:
        """What happened next, or None if nothing did within ``timeout`` seconds."""
        ...

    def close(self) -> None:
        """Give up what is under way and end the workers."""
        ...


class LocalExecutor:
    """A thread for each worker process of this machine."""

    needs_content = False

    def __init__(self, workers: int, limits: Limits, libraries: tuple[str, ...] = ()) -> None:
        self.slots = workers
        self._server = ForkServer(HANDLER, libraries, limits.memory_bytes)
        self._tasks: queue.SimpleQueue[tuple[int, Task] | None] = queue.SimpleQueue()
        self._events: queue.SimpleQueue[Event] = queue.SimpleQueue()
        self._workers = [WorkerProcess(self._server, limits) for _ in range(workers)]
        self._threads = [
            threading.Thread(target=self._serve, args=(slot, worker), name=f"wnpopt-worker-{slot}", daemon=True)
            for slot, worker in enumerate(self._workers)
        ]
        for thread in self._threads:
            thread.start()

    def submit(self, ticket: int, task: Task) -> None:
        """See :class:`Executor`."""
        self._tasks.put((ticket, task))

    def next_event(self, timeout: float) -> Event | None:
        """See :class:`Executor`."""
        try:
            return self._events.get(timeout=timeout)
        except queue.Empty:
            return None

    def close(self) -> None:
        """See :class:`Executor`."""
        for worker in self._workers:
            worker.cancel()
        for _ in self._threads:
            self._tasks.put(None)
        for thread in self._threads:
            thread.join()
        self._server.close()

    def _serve(self, slot: int, worker: WorkerProcess) -> None:
        try:
            while (job := self._tasks.get()) is not None:
                ticket, task = job
                try:
                    what: Reply | Exception = worker.perform(task, partial(self._tell, ticket, slot))
                except CancelledError:
                    return
                except Exception as error:  # a defect of ours: the batch shall hear of it, not wait for ever
                    what = error
                self._events.put(Event(ticket, slot, what))
        finally:
            worker.close()

    def _tell(self, ticket: int, slot: int, note: Note) -> None:
        self._events.put(Event(ticket, slot, note))
