"""The server that makes workers, begun before it is known for what: it imports while the command line is still read."""

from __future__ import annotations

import atexit

from wnpopt.backends.isolation.fork_server import ForkServer

HANDLER = "wnpopt.solving.serve:handle"

_servers: list[ForkServer] = []


def begin() -> None:
    """Begin to import what every method needs; returns at once. The server ends with this process."""
    server = ForkServer(HANDLER)
    atexit.register(server.close)
    server.start()
    _servers.append(server)


def begun() -> ForkServer | None:
    """The server that :func:`begin` has started, once."""
    return _servers.pop() if _servers else None
