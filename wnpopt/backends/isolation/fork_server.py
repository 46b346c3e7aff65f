"""Where children come from: a process that has imported the heavy libraries and forks on request.

A child that was killed is replaced in milliseconds, and the caller's process never forks itself. Unlike
:mod:`multiprocessing`'s fork server this one never imports the user's main script, so ``wnpopt.batch`` needs no
``if __name__ == "__main__"``, and it may be used inside the daemonic workers of a cluster.
"""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
import weakref
from collections.abc import Sequence
from dataclasses import dataclass
from typing import IO, Protocol

from wnpopt.backends.isolation.frames import ClosedError, Frames
from wnpopt.backends.isolation.server import branch_off
from wnpopt.core.errors import SolverError

_BOOT = (
    "import json, sys; sys.path[:] = json.loads(sys.argv[2]); from wnpopt.backends.isolation.server import main; main()"
)
_LOOK_S = 0.002
_ANSWER_S = 120.0  # a server that says nothing for so long hangs; its imports take seconds
THREADS = ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS")


class _Process(Protocol):
    """What is asked of a server's process."""

    def wait(self, timeout: float | None = None) -> int:
        """Wait for its end; raises :class:`subprocess.TimeoutExpired`."""

    def kill(self) -> None:
        """SIGKILL."""


@dataclass(frozen=True)
class _Branch:
    """A process that was forked from this one."""

    pid: int

    def wait(self, timeout: float | None = None) -> int:
        end = None if timeout is None else time.monotonic() + timeout
        while True:
            try:
                ended, status = os.waitpid(self.pid, 0 if end is None else os.WNOHANG)
            except ChildProcessError:  # somebody else has waited for all children of this process
                return 0
            if ended:
                return os.waitstatus_to_exitcode(status)
            if end is not None and time.monotonic() >= end:
                raise subprocess.TimeoutExpired(str(self.pid), timeout or 0.0)
            time.sleep(_LOOK_S)

    def kill(self) -> None:
        os.kill(self.pid, signal.SIGKILL)


_servers: weakref.WeakSet[ForkServer] = weakref.WeakSet()


@dataclass(frozen=True)
class Child:
    """A worker's process id, the connection to it, and what it wrote to standard error."""

    pid: int
    frames: Frames
    log: IO[bytes]


@dataclass(frozen=True)
class Exit:
    """How a worker ended: its exit status as :func:`os.waitstatus_to_exitcode` gives it, None if it is not known, and
    the line of standard error that tells most.
    """

    status: int | None
    last_words: str

    def __str__(self) -> str:
        if self.status is None:
            ended = "died"
        elif self.status >= 0:
            ended = f"ended with exit code {self.status}"
        else:
            ended = f"died of {_signal_name(-self.status)}"
            if -self.status == signal.SIGKILL:
                ended += " (killed from outside, perhaps for want of memory)"
        return ended + (f"; its last words: {self.last_words}" if self.last_words else "")


class ForkServer:
    """The parent's handle; may be used from several threads. Starts its process when it is first needed.

    ``handler`` (``package.module:function``, see :data:`wnpopt.backends.isolation.child.Handler`) answers the messages
    that children get; ``libraries`` are those that methods name (``Method.modules``), imported ahead; ``memory_bytes``
    is each child's limit. A process that was forked from the parent gets nothing of this: it has to make its own.
    """

    def __init__(self, handler: str, libraries: Sequence[str] = (), memory_bytes: int | None = None) -> None:
        self._handler = handler
        self._libraries = tuple(libraries)
        self._memory_bytes = memory_bytes
        self._lock = threading.Lock()
        self._process: _Process | None = None
        self._control: socket.socket | None = None
        self._closed = False
        self._answered = False
        _servers.add(self)

    def start(self) -> None:
        """Begin to import ahead, if that has not begun; returns at once."""
        with self._lock, contextlib.suppress(OSError):
            if not self._closed and self._control is None:
                self._start()

    def branch(self) -> None:
        """Begin as :meth:`start` does, but with all that this process has imported; returns at once.

        Only where this process has one thread, as it has at its beginning: what locks others hold nobody would release.
        """
        if not _is_alone():
            return self.start()
        with self._lock, contextlib.suppress(OSError):
            if not self._closed and self._control is None:
                ours, theirs = map(_above_standard, socket.socketpair())
                held = signal.pthread_sigmask(signal.SIG_BLOCK, (signal.SIGINT, signal.SIGTERM))  # not for both
                try:
                    pid = os.fork()
                    if pid == 0:
                        branch_off(theirs, ours, self._settings())
                finally:
                    signal.pthread_sigmask(signal.SIG_SETMASK, held)
                theirs.close()
                self._take(_Branch(pid), ours)

    def need(self, libraries: Sequence[str]) -> None:
        """Have these imported, too, before the next child is forked, if the server was started without them."""
        self._libraries = tuple(dict.fromkeys((*self._libraries, *libraries)))

    def fork(self) -> Child:
        """A new worker; a dead server is replaced first. Raises :class:`ClosedError` after :meth:`close`."""
        with contextlib.ExitStack() as undone:
            try:
                ours, theirs = map(undone.enter_context, socket.socketpair())
                log = undone.enter_context(tempfile.TemporaryFile())
                fcntl.fcntl(log, fcntl.F_SETFL, os.O_APPEND)  # it may be cut while the child writes
                request = {"fork": True, "libraries": self._libraries}
                answer = self._ask_twice(request, [theirs.fileno(), log.fileno()])
            except OSError as error:
                raise SolverError(f"no worker can be started: {error.strerror or error}") from None
            if "error" in answer:
                raise SolverError(f"no worker can be started: {os.strerror(answer['error'])}")
            undone.pop_all()
            theirs.close()
            return Child(answer["pid"], Frames(ours), log)

    def _ask_twice(self, request: dict[str, object], handles: list[int]) -> dict[str, int]:
        """The answer, if need be of a new server."""
        with self._lock:
            try:
                return self._ask(request, handles)
            except ClosedError:
                if self._closed:
                    raise
            self._stop()
            try:
                return self._ask(request, handles)
            except ClosedError:
                if self._closed:
                    raise
                # It would be so for every run: that is no failure of an instance.
                raise SolverError("no worker can be started: the process that makes them ends at once") from None

    def end(self, child: Child) -> Exit:
        """Kill what is left of a worker, and close what belongs to it.

        The server does it: for its own child, not yet waited for, the process id cannot mean another process.
        """
        child.frames.close()
        status = None
        with self._lock, contextlib.suppress(ClosedError):
            if self._control is not None:  # else the server is dead, and its children with it
                status = self._ask({"end": child.pid}, []).get("status")
        if child.log.closed:
            return Exit(status, "")  # Ctrl-C may have come when it had just been ended
        with child.log:
            return Exit(status, _last_words(child.log))

    def close(self) -> None:
        """End the server and every child that it forked; whoever waits for its answer gets :class:`ClosedError`."""
        self._closed = True
        control = self._control
        if control is not None:
            with contextlib.suppress(OSError):
                control.shutdown(socket.SHUT_RDWR)  # or it would take as long as the server's imports
        with self._lock:
            self._stop()

    def _disown(self) -> None:
        self._lock = threading.Lock()  # whoever held it is not in this process
        if self._control is not None:
            self._control.close()
        if isinstance(self._process, subprocess.Popen):
            self._process.returncode = 0  # it is the parent's to wait for: nobody shall be warned of it here
        self._control, self._process = None, None

    def _ask(self, request: dict[str, object], handles: list[int]) -> dict[str, int]:
        if self._closed:
            raise ClosedError
        control = self._control or self._start()
        try:
            socket.send_fds(control, [json.dumps(request).encode()], handles)
            answer = control.recv(4096)
        except OSError:
            raise ClosedError from None
        if not answer:
            raise ClosedError
        self._answered = True
        decoded: dict[str, int] = json.loads(answer)
        return decoded

    def _start(self) -> socket.socket:
        if not sys.executable:
            raise FileNotFoundError("sys.executable does not say where Python is")
        ours, theirs = map(_above_standard, socket.socketpair())
        arguments = [str(theirs.fileno()), json.dumps([entry for entry in sys.path if isinstance(entry, str)]),
                     json.dumps(self._settings())]  # fmt: skip
        # One thread for linear algebra: the solvers' threads are what the user counts.
        environment = {**dict.fromkeys(THREADS, "1"), **os.environ}
        process = subprocess.Popen(
            [sys.executable, "-P", "-c", _BOOT, *arguments],
            pass_fds=[theirs.fileno()],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            env=environment,
            start_new_session=True,  # Ctrl-C in the terminal is for the batch alone
        )
        theirs.close()
        return self._take(process, ours)

    def _take(self, process: _Process, control: socket.socket) -> socket.socket:
        self._answered = False
        control.settimeout(_ANSWER_S)
        self._process, self._control = process, control
        return control

    def _settings(self) -> dict[str, object]:
        return {"handler": self._handler, "libraries": self._libraries, "memory_bytes": self._memory_bytes}

    def _stop(self) -> None:
        if self._control is not None:
            self._control.close()
            self._control = None
        if self._process is not None:
            # It ends, and kills its children, when the connection closes; this is for one that hangs, or that still
            # imports and has no children yet.
            try:
                self._process.wait(timeout=2.0 if self._answered else 0.0)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()
            self._process = None


def _is_alone() -> bool:
    """True if this process has one thread, those of native libraries counted."""
    try:
        return len(os.listdir("/proc/self/task")) == 1
    except OSError:  # not Linux: nobody knows
        return False


def _forget_after_fork() -> None:
    """In the child of a fork: the parent's servers are not ours to talk to, nor may we hold their connections open."""
    for server in list(_servers):
        server._disown()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_forget_after_fork)


def _above_standard(connection: socket.socket) -> socket.socket:
    """The same connection with a handle above 2: a daemon may have closed its standard streams."""
    if connection.fileno() > 2:
        return connection
    with connection:
        return socket.socket(fileno=fcntl.fcntl(connection.fileno(), fcntl.F_DUPFD_CLOEXEC, 3))


def _signal_name(number: int) -> str:
    """SIGABRT for 6; the real-time ones have no names."""
    try:
        return signal.Signals(number).name
    except ValueError:
        return f"signal {number}"


def _last_words(log: IO[bytes]) -> str:
    """The first line of a native crash's report, else the last line."""
    handle = log.fileno()
    size = os.fstat(handle).st_size
    text = os.pread(handle, 20_000, max(0, size - 20_000)).decode(errors="replace")
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    fatal = next((line for line in lines if line.startswith(("Fatal Python error", "terminate called"))), None)
    what = next((line for line in lines if line.startswith("what()")), "")
    return (f"{fatal} {what}".strip() if fatal else lines[-1] if lines else "")[:300]
