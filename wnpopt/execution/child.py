"""Processes that do a part of an execution: a line of JSON each way, sockets for tensors; they end with their parent.

A child hears of its parent's end by its stdin, whatever that ended by, and is killed where it does not end in time.
"""

from __future__ import annotations

import json
import os
import queue
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from typing import Any, Self

from wnpopt.core.errors import WnpoptError
from wnpopt.core.text import one_line


class ExecutionError(WnpoptError):
    """A process that takes part in an execution is gone, silent or wrong; nothing of it is left running."""


class ChildProcess:
    """A process that runs ``python -m MODULE`` and answers lines of JSON with lines of JSON.

    It inherits ``sockets`` (their numbers are given in its first line) and takes the name for what is said of it.
    """

    def __init__(self, module: str, name: str, sockets: Mapping[str, socket.socket], **first: Any) -> None:
        self.name = name
        numbers = {key: one.fileno() for key, one in sockets.items()}
        self._process = subprocess.Popen(
            [sys.executable, "-m", module],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            pass_fds=tuple(numbers.values()),
            text=True,
        )
        for one in sockets.values():
            one.close()
        self._lines: queue.SimpleQueue[str | None] = queue.SimpleQueue()
        threading.Thread(target=self._read, daemon=True).start()
        self.tell({"sockets": numbers, **first})

    @property
    def pid(self) -> int:
        return self._process.pid

    def tell(self, words: Mapping[str, Any]) -> None:
        """A line to the process; where it is gone, :meth:`hear` says so."""
        assert self._process.stdin is not None
        with suppress(OSError):
            self._process.stdin.write(json.dumps(words) + "\n")
            self._process.stdin.flush()

    def hear(self, within_s: float) -> dict[str, Any]:
        """The next line of the process; raises :class:`ExecutionError` if there is none in time, or it is an error."""
        try:
            line = self._lines.get(timeout=max(0.0, within_s))
        except queue.Empty:
            raise ExecutionError(f"{self.name} said nothing for {within_s:.3g} s") from None
        if line is None:
            raise ExecutionError(f"{self.name} ended before it was done")
        told: dict[str, Any] = json.loads(line)
        if "error" in told:
            raise ExecutionError(f"{self.name}: {told['error']}")
        return told

    def end(self, within_s: float = 5.0) -> None:
        assert self._process.stdin is not None
        with suppress(OSError):
            self._process.stdin.close()
        try:
            self._process.wait(within_s)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def _read(self) -> None:
        assert self._process.stdout is not None
        with self._process.stdout as stream:
            for line in stream:
                self._lines.put(line)
        self._lines.put(None)


class ChildProcesses:
    """Processes that live no longer than the ``with`` block."""

    def __init__(self) -> None:
        self._all: list[ChildProcess] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        for child in self._all:  # all at once: each is told before the first is waited for
            threading.Thread(target=child.end, daemon=True).start()
        for child in self._all:
            child.end()

    def start(self, module: str, name: str, sockets: Mapping[str, socket.socket], **first: Any) -> ChildProcess:
        child = ChildProcess(module, name, sockets, **first)
        self._all.append(child)
        return child


def hear_all(children: Sequence[ChildProcess], within_s: float) -> list[dict[str, Any]]:
    """A line of each."""
    until = time.perf_counter() + within_s
    return [child.hear(until - time.perf_counter()) for child in children]


@contextmanager
def as_child() -> Iterator[tuple[dict[str, Any], Callable[[], dict[str, Any]], Callable[[Mapping[str, Any]], None]]]:
    """In the process: its first line, what returns each further one, and what answers.

    The process ends at once when its parent is gone. What goes wrong is told as a line with ``error``.
    """
    lines: queue.SimpleQueue[str] = queue.SimpleQueue()
    out = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)  # whatever a library prints is no answer

    def read() -> None:
        for line in sys.stdin:
            lines.put(line)
        os._exit(0)

    def answer(words: Mapping[str, Any]) -> None:
        out.write(json.dumps(words) + "\n")
        out.flush()

    threading.Thread(target=read, daemon=True).start()
    try:
        yield json.loads(lines.get()), lambda: dict(json.loads(lines.get())), answer
    except Exception as error:
        with suppress(OSError):
            answer({"error": one_line(str(error) or type(error).__name__)})
