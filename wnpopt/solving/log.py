"""The log of a run, for a file or the terminal: what the method does and what its solvers say, line by line."""

from __future__ import annotations

import contextlib
import io
import os
import sys
import threading
import time
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import TextIO

from wnpopt.core.errors import InputError
from wnpopt.core.phase import Phase
from wnpopt.core.result import Result, relative_gap
from wnpopt.core.text import number, one_line, percent
from wnpopt.core.trace import TracePoint
from wnpopt.solving.request import Hooks, Request


class RunLog:
    """Writes lines as they come, from any thread; what it is given first goes on to the caller's own hooks.

    A disk that fills up in the middle costs the rest of the log, not the run; the caller is warned.
    """

    def __init__(self, stream: TextIO, file: str = "-") -> None:
        self._stream, self._file = stream, file
        self._failure: OSError | None = None
        self._lock = threading.Lock()
        self._began = time.perf_counter()

    def hooks(self, given: Hooks) -> Hooks:
        """``given``, with this log beside them."""

        def point(new: TracePoint) -> object:
            gap = percent(relative_gap(new.objective, new.bound))
            self.write("wnpopt", f"incumbent {number(new.objective, 9)}, bound {number(new.bound, 9)}, gap {gap}")
            return None if given.point is None else given.point(new)

        def phase(new: Phase) -> None:
            self.write("wnpopt", f"phase: {new}")
            if given.phase is not None:
                given.phase(new)

        return Hooks(point, given.solution, given.bound, phase, lambda line: self.write("solver", line))

    def begin(self, request: Request) -> None:
        """What is asked; raises :class:`InputError` where nothing can be written."""
        solver = request.solver
        asked = [f"{request.instance.name}: method {request.method}", f"seed {request.seed}"]
        asked.append(f"{request.threads} threads" if request.threads > 1 else "1 thread")
        asked.append("no time limit" if request.time_limit is None else f"time limit {request.time_limit:g} s")
        if solver.name is not None:
            asked.append(f"solver {solver.name}")
        asked += [f"{name}={value}" for name, value in solver.options]
        self.write("wnpopt", ", ".join(asked))
        if self._failure is not None:
            raise InputError(f"cannot be written: {self._failure.strerror}", where="log")

    def end(self, result: Result) -> None:  # type: ignore[type-arg]
        """What came of it."""
        told = f"{result.status}, {result.termination}: objective {number(result.objective, 15)}"
        told += f", bound {number(result.bound, 15)}, gap {percent(result.gap)}"
        self.write("wnpopt", f"{told}; {result.message}" if result.message else told)
        if self._failure is not None:
            warnings.warn(f"{self._file}: the log is cut: {self._failure.strerror}", UserWarning, stacklevel=3)

    def write(self, who: str, line: str) -> None:
        """A line; nothing after one that could not be written."""
        with self._lock:
            if self._failure is not None:
                return
            try:
                self._stream.write(f"{time.perf_counter() - self._began:9.3f}  {who:6}  {one_line(line.rstrip())}\n")
                self._stream.flush()
            except OSError as error:
                self._failure = error


@contextlib.contextmanager
def opened(log: str | os.PathLike[str] | None) -> Iterator[RunLog | None]:
    """The log in the file ``log`` ("-": on stderr), None for none; :class:`InputError` where it cannot be written."""
    if log is None:
        yield None
        return
    if log == "-":
        yield RunLog(sys.stderr)
        return
    with contextlib.ExitStack() as closing:
        try:
            raw = closing.enter_context(Path(log).open("wb", buffering=0))
        except (OSError, ValueError) as error:
            reason = getattr(error, "strerror", None) or error
            raise InputError(f"cannot be written: {reason}", where="log", file=os.fspath(log)) from None
        # Nothing is held back: what a full disk did not take would be written, and fail, again when it is closed.
        yield RunLog(io.TextIOWrapper(raw, "utf-8", "backslashreplace", write_through=True), os.fspath(log))
