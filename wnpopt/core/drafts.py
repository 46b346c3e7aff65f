"""Hidden files that become others once they are whole, and the end of those whose process was killed.

A draft is locked as long as somebody writes it, and a lock ends with its process, however that ends (flock(2)): a draft
without a lock is one that a kill left behind, and the next process that writes into its folder removes it. Where the
file system knows no locks, all stay.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import os
import re
import secrets
import socket
import stat
import time
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import BinaryIO

_NAME = re.compile(r"\..*\.wnpopt-([0-9a-f]{8})-[0-9a-f]{16}\.tmp", re.DOTALL)
_DAY_S = 86_400.0
_tidied: set[str] = set()


@contextlib.contextmanager
def replacement(target: Path) -> Iterator[BinaryIO]:
    """A stream whose content becomes that of ``target`` when the block ends; where it raises, ``target`` is as it was.

    Raises ``OSError``.
    """
    with draft(target) as (stream, hidden):
        yield stream
        stream.flush()
        os.fsync(stream.fileno())
        # A draft is private; an output is as readable as the user's umask says.
        umask = os.umask(0)
        os.umask(umask)
        hidden.chmod(0o666 & ~umask)
        hidden.replace(target)


@contextlib.contextmanager
def draft(target: Path) -> Iterator[tuple[BinaryIO, Path]]:
    """A new file beside ``target`` that its user alone may read, and its path, which is gone when the block ends.

    The first one of a process in a folder calls :func:`tidy`. Raises ``OSError``.
    """
    folder = os.path.abspath(target.parent)
    if folder not in _tidied:
        _tidied.add(folder)
        tidy(target.parent)
    handle, hidden = _locked(target)
    with os.fdopen(handle, "wb") as stream:  # closed last, and with it the lock ends
        try:
            yield stream, hidden
        finally:
            hidden.unlink(missing_ok=True)


def tidy(folder: Path) -> None:
    """Remove the drafts in ``folder`` that killed processes of this user left; what may be anything else stays."""
    with contextlib.suppress(OSError):
        for name in os.listdir(folder):
            found = _NAME.fullmatch(name) if name[0] == "." else None
            if found is not None:
                _remove_if_left(folder / name, of_this_system=found[1] == _system())


def _locked(target: Path) -> tuple[int, Path]:
    while True:
        hidden = target.parent / f".{target.name[:40]}.wnpopt-{_system()}-{secrets.token_hex(8)}.tmp"
        handle = os.open(hidden, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
        with contextlib.suppress(OSError):  # no locks here: then nobody takes it for one that was left
            fcntl.flock(handle, fcntl.LOCK_EX)
        if hidden.exists():
            return handle, hidden
        os.close(handle)  # somebody tidied up between its making and its lock


def _remove_if_left(hidden: Path, *, of_this_system: bool) -> None:
    # An OSError: it is being written, or has become what it should, or is another user's, or nothing is known of locks.
    with contextlib.suppress(OSError):
        handle = os.open(hidden, os.O_RDWR | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
        try:
            known = os.fstat(handle)
            # Some network file systems keep locks to the system that asked: what another one writes has a day.
            old = of_this_system or time.time() - known.st_mtime > _DAY_S
            if old and stat.S_ISREG(known.st_mode) and known.st_uid == os.geteuid():
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
                hidden.unlink()
        finally:
            os.close(handle)


@cache
def _system() -> str:
    """This running system, which knows of all locks of its processes: its boot (containers share it), else its name."""
    try:
        told = Path("/proc/sys/kernel/random/boot_id").read_text()
    except OSError:
        told = socket.gethostname()
    return hashlib.sha256(told.encode()).hexdigest()[:8]
