"""The server that makes workers, begun before it is known for what: it imports while the command line is still read."""

from __future__ import annotations

import atexit
import os
from importlib import import_module

from wnpopt.backends.isolation.fork_server import THREADS, ForkServer
from wnpopt.core.garbage import no_garbage_collection
from wnpopt.core.interrupt import was_interrupted

HANDLER = "wnpopt.solving.serve:handle"

_servers: list[ForkServer] = []


def begin() -> None:
    """Import what this process and every run need, and begin beside it what runs alone do; the server ends with it."""
    for name in THREADS:  # NumPy looks at them when it is imported; as in a server of its own
        os.environ.setdefault(name, "1")
    try:
        with no_garbage_collection():
            for module in ("numpy", "wnpopt.api", HANDLER.partition(":")[0]):
                import_module(module)
    except Exception as error:  # what is wrong is told where it is needed
        if was_interrupted(error):
            raise KeyboardInterrupt from error
    server = ForkServer(HANDLER)
    atexit.register(server.close)
    server.branch()
    _servers.append(server)


def begun() -> ForkServer | None:
    """The server that :func:`begin` has started, once."""
    return _servers.pop() if _servers else None
