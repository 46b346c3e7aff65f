"""The process that children are forked from: it has imported the heavy libraries, forks on request, and reaps."""

from __future__ import annotations

import contextlib
import gc
import importlib
import json
import os
import signal
import socket
import sys
import traceback
import warnings
from collections.abc import Mapping, Sequence
from typing import Any, NoReturn

from wnpopt.backends.isolation.child import work
from wnpopt.backends.isolation.processes import adopt_orphans, kill, kill_strays, reap
from wnpopt.core.garbage import no_garbage_collection

_MODULES = {
    "numba": "numba",
    "ortools": "wnpopt.backends.isolation.cpsat",
    "pyomo": "pyomo.repn.plugins.standard_form",
    "highspy": "highspy",
    "cvxpy": "cvxpy",
}
"""What to import ahead for a library that a method names."""


def main() -> None:
    """A server in a process of its own, see :meth:`wnpopt.backends.isolation.fork_server.ForkServer.start`."""
    serve(socket.socket(fileno=int(sys.argv[1])), json.loads(sys.argv[3]))


def branch_off(control: socket.socket, parents: socket.socket, settings: Mapping[str, Any]) -> NoReturn:
    """A server in a process that was just forked, signals blocked: it lets go of what it shares with its parent."""
    try:
        parents.close()
        os.setsid()  # Ctrl-C in the terminal is not for it
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, (signal.SIGINT, signal.SIGTERM))
        null = os.open(os.devnull, os.O_RDWR)
        os.dup2(null, 0)
        os.dup2(null, 1)
        for handle in map(int, os.listdir("/proc/self/fd")):
            with contextlib.suppress(OSError):  # the one that listed them
                if handle > 2 and os.get_inheritable(handle):  # whoever started us waits for the end of a pipe, say
                    os.close(handle)
        serve(control, settings)
    finally:
        os._exit(1)


def serve(control: socket.socket, settings: Mapping[str, Any]) -> None:
    """Fork and reap as asked until the connection closes, then end with all children, and with this process."""
    _open_standard()
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    adopt_orphans()
    _preload(settings["handler"], settings["libraries"])
    gc.freeze()  # what is there already stays shared with the children
    children: set[int] = set()
    code = 0
    try:
        while True:
            request, handles, _, _ = socket.recv_fds(control, 4096, 2)
            for handle in handles:
                os.set_inheritable(handle, False)  # what a method starts shall not keep the connection open
            if not request:
                return
            asked = json.loads(request)
            if "fork" in asked:
                import_ahead(asked["libraries"])
                answer = _fork(control, handles, settings["handler"], settings["memory_bytes"])
                if "pid" in answer:
                    children.add(answer["pid"])
            elif asked["end"] in children:
                kill(asked["end"])
                answer = reap(asked["end"])
                children.discard(asked["end"])
                kill_strays(children)
            else:
                answer = {}  # of a server before this one: by now its number may be anybody's
            control.sendall(json.dumps(answer).encode())
    except OSError:
        pass
    except BaseException:
        code = 1
        traceback.print_exc()
    finally:
        for pid in children:
            kill(pid)
            reap(pid)
        kill_strays(set())
        control.close()
        with contextlib.suppress(Exception):
            sys.stderr.flush()
        os._exit(code)  # whoever closed the connection waits, and taking all these modules down takes 0.1 s


def _preload(handler: str, libraries: Sequence[str]) -> None:
    """Import the handler, what every run needs, and the libraries; modules stay, so nothing of it is garbage."""
    with no_garbage_collection():
        _preload_all(handler)
    import_ahead(libraries)


def _preload_all(handler: str) -> None:
    from wnpopt.core import registry

    for module in ("wnpopt.api", handler.partition(":")[0]):
        with contextlib.suppress(Exception):
            importlib.import_module(module)
    for name in registry.family_names():
        with contextlib.suppress(Exception):
            registry.methods(name)


def import_ahead(libraries: Sequence[str]) -> None:
    """Import what methods name; what does not load is told of by the run that needs it."""
    with no_garbage_collection():
        for library in libraries:
            with contextlib.suppress(Exception):
                importlib.import_module(_MODULES.get(library, library))


def _fork(control: socket.socket, handles: list[int], handler: str, memory_bytes: int | None) -> dict[str, int]:
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
