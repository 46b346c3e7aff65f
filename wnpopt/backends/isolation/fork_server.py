"""Where children come from: a process that has imported the heavy libraries and forks on request.

A child that was killed is replaced in milliseconds, and the caller's process never forks itself. Unlike
:mod:`multiprocessing`'s fork server this one never imports the user's main script, so ``wnpopt.batch`` needs no
``if __name__ == "__main__"``, and it may be used inside the daemonic workers of a cluster.
"""

from __future__ import annotations

import contextlib
import ctypes
import fcntl
import gc
import importlib
import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
import traceback
import warnings
import weakref
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from wnpopt.backends.isolation.frames import ClosedError, Frames
from wnpopt.core.errors import SolverError

_BOOT = (
    "import json, sys; sys.path[:] = json.loads(sys.argv[2]); "
    "from wnpopt.backends.isolation.fork_server import main; main()"
)
_PR_SET_CHILD_SUBREAPER = 36
_REAP_S = 5.0
_ANSWER_S = 120.0  # a server that says nothing for so long hangs; its imports take seconds
_THREADS = ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS")
_MODULES = {
    "numba": "numba",
    "ortools": "ortools.sat.python.cp_model",
    "pyomo": "pyomo.repn.plugins.standard_form",
    "highspy": "highspy",
    "cvxpy": "cvxpy",
}
"""What to import ahead for a library that a method names."""


_servers: weakref.WeakSet[ForkServer] = weakref.WeakSet()


@dataclass(frozen=True)
class Child:
    """A worker's process id, the connection to it, and what it wrote to standard error."""

    pid: int
    frames: Frames
    log: IO[bytes]


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
        self._process: subprocess.Popen[bytes] | None = None
        self._control: socket.socket | None = None
        self._closed = False
        self._answered = False
        _servers.add(self)

    def start(self) -> None:
        """Begin to import ahead, if that has not begun; returns at once."""
        with self._lock, contextlib.suppress(OSError):
            if not self._closed and self._control is None:
                self._start()

    def fork(self) -> Child:
        """A new worker; a dead server is replaced first. Raises :class:`ClosedError` after :meth:`close`."""
        with contextlib.ExitStack() as undone:
            try:
                ours, theirs = map(undone.enter_context, socket.socketpair())
                log = undone.enter_context(tempfile.TemporaryFile())
                fcntl.fcntl(log, fcntl.F_SETFL, os.O_APPEND)  # it may be cut while the child writes
                answer = self._ask_twice({"fork": True}, [theirs.fileno(), log.fileno()])
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

    def bury(self, child: Child) -> int | None:
        """Kill what is left of a worker; its exit status as :func:`os.waitstatus_to_exitcode` gives it, if known.

        The server does it: for its own child, not yet waited for, the process id cannot mean another process.
        """
        child.frames.close()
        with self._lock:
            if self._control is None:
                return None  # the server is dead, and its children with it
            try:
                return self._ask({"bury": child.pid}, []).get("status")
            except ClosedError:
                return None

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
        settings = {"handler": self._handler, "libraries": self._libraries, "memory_bytes": self._memory_bytes}
        arguments = [str(theirs.fileno()), json.dumps([entry for entry in sys.path if isinstance(entry, str)]),
                     json.dumps(settings)]  # fmt: skip
        # One thread for linear algebra: the solvers' threads are what the user counts.
        environment = {**dict.fromkeys(_THREADS, "1"), **os.environ}
        self._process = subprocess.Popen(
            [sys.executable, "-P", "-c", _BOOT, *arguments],
            pass_fds=[theirs.fileno()],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            env=environment,
            start_new_session=True,  # Ctrl-C in the terminal is for the batch alone
        )
        self._answered = False
        theirs.close()
        ours.settimeout(_ANSWER_S)
        self._control = ours
        return ours

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


def _forget_after_fork() -> None:
    """In the child of a fork: the parent's servers are not ours to talk to, nor may we hold their connections open."""
    for server in list(_servers):
        server._disown()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_forget_after_fork)


def main() -> None:
    """The server's process: fork and reap as asked until the connection closes, then end with all children."""
    _open_standard()
    control = socket.socket(fileno=int(sys.argv[1]))
    settings = json.loads(sys.argv[3])
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    adopt_orphans()
    _preload(settings["handler"], settings["libraries"])
    gc.collect()
    gc.freeze()  # what is there already stays shared with the children
    children: set[int] = set()
    try:
        while True:
            request, handles, _, _ = socket.recv_fds(control, 4096, 2)
            for handle in handles:
                os.set_inheritable(handle, False)  # what a method starts shall not keep the connection open
            if not request:
                return
            asked = json.loads(request)
            if "fork" in asked:
                answer = _fork(control, handles, settings["handler"], settings["memory_bytes"])
                if "pid" in answer:
                    children.add(answer["pid"])
            elif asked["bury"] in children:
                _kill(asked["bury"])
                answer = _reap(asked["bury"])
                children.discard(asked["bury"])
                kill_strays(children)
            else:
                answer = {}  # of a server before this one: by now its number may be anybody's
            control.sendall(json.dumps(answer).encode())
    except OSError:
        return
    finally:
        for pid in children:
            _kill(pid)
            _reap(pid)
        kill_strays(set())
        control.close()


def _preload(handler: str, libraries: Sequence[str]) -> None:
    """Import ahead what the methods name; what does not load is told of by the run that needs it."""
    from wnpopt.core import registry

    for module in ("wnpopt.api", "wnpopt.backends.isolation.child", handler.partition(":")[0]):
        with contextlib.suppress(Exception):
            importlib.import_module(module)
    for name in registry.family_names():
        with contextlib.suppress(Exception):
            registry.methods(name)
    for library in libraries:
        with contextlib.suppress(Exception):
            importlib.import_module(_MODULES.get(library, library))


def _fork(control: socket.socket, handles: list[int], handler: str, memory_bytes: int | None) -> dict[str, int]:
    from wnpopt.backends.isolation.child import work

    parent = os.getpid()
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)  # of idle threads that a library started
            pid = os.fork()
    except OSError as error:
        _close(handles)
        return {"error": error.errno or 0}
    if pid == 0:
        code = 1
        try:
            control.close()
            work(handler, socket.socket(fileno=handles[0]), handles[1], memory_bytes, parent)
            code = 0
        except BaseException:
            traceback.print_exc()
        finally:
            with contextlib.suppress(Exception):
                sys.stderr.flush()
            os._exit(code)
    _close(handles)
    return {"pid": pid}


def _above_standard(connection: socket.socket) -> socket.socket:
    """The same connection with a handle above 2: a daemon may have closed its standard streams."""
    if connection.fileno() > 2:
        return connection
    with connection:
        return socket.socket(fileno=fcntl.fcntl(connection.fileno(), fcntl.F_DUPFD_CLOEXEC, 3))


def _open_standard() -> None:
    """Where a standard stream is closed, open nothing in its place: another handle would get its number."""
    for number in range(3):
        try:
            os.fstat(number)
        except OSError:
            os.open(os.devnull, os.O_RDWR)


def _close(handles: list[int]) -> None:
    for handle in handles:
        os.close(handle)


def _kill(pid: int) -> None:
    """SIGKILL for a worker and for whatever it has started (it leads a session of its own)."""
    for kill in (os.killpg, os.kill):
        with contextlib.suppress(OSError):
            kill(pid, signal.SIGKILL)


def adopt_orphans() -> None:
    """Become the parent of descendants whose own parent ends, so that none gets away (Linux)."""
    if sys.platform.startswith("linux"):
        ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_CHILD_SUBREAPER, 1)


def children_of(pid: int) -> set[int]:
    """The living and unburied children of a process; none where that cannot be told."""
    found: set[int] = set()
    with contextlib.suppress(OSError, ValueError):
        for task in Path(f"/proc/{pid}/task").iterdir():
            found.update(map(int, (task / "children").read_bytes().split()))
    return found


def kill_strays(workers: set[int]) -> None:
    """Kill the children of this process that are no ``workers``, and the orphans that come to it by that."""
    end = time.monotonic() + _REAP_S
    while time.monotonic() < end and (strays := children_of(os.getpid()) - workers):
        for pid in strays:
            _kill(pid)
            _reap(pid)


def _reap(pid: int) -> dict[str, int]:
    """The exit status of a child that is dead or about to be; nothing if it is no child or does not end."""
    end = time.monotonic() + _REAP_S
    while time.monotonic() < end:
        try:
            found, status = os.waitpid(pid, os.WNOHANG)
        except ChildProcessError:
            return {}
        if found:
            return {"status": os.waitstatus_to_exitcode(status)}
        time.sleep(0.002)
    return {}
