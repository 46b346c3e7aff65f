"""An executor without processes: for tests that are not about them, and would only wait for them to start."""

from __future__ import annotations

from collections import deque

from wnpopt.bench.workers.executor import Event
from wnpopt.bench.workers.perform import do
from wnpopt.bench.workers.task import Incumbent, Note, Proved, Task


class InProcess:
    """See :class:`wnpopt.bench.workers.executor.Executor`; does a task when its events are asked for."""

    slots = 1
    needs_content = False

    def __init__(self, *_: object) -> None:
        self._tasks: deque[tuple[int, Task]] = deque()
        self._events: deque[Event] = deque()

    def submit(self, ticket: int, task: Task) -> None:
        self._tasks.append((ticket, task))

    def next_event(self, timeout: float) -> Event | None:
        del timeout
        if not self._events and self._tasks:
            ticket, task = self._tasks.popleft()

            def hear(note: Note) -> None:
                if not isinstance(note, Incumbent | Proved):  # those are for whoever outlives the run
                    self._events.append(Event(ticket, 0, note))

            reply = do(task, hear)
            self._events.append(Event(ticket, 0, reply))
        return self._events.popleft() if self._events else None

    def close(self) -> None:
        return
