"""Processes of this machine: what they hold, and how none gets away."""

from __future__ import annotations

import contextlib
import ctypes
import os
import signal
import sys
import time
from pathlib import Path

_PR_SET_PDEATHSIG = 1
_PR_SET_CHILD_SUBREAPER = 36
_REAP_S = 5.0


def resident(pid: int, depth: int = 4) -> int | None:
    """Resident memory of a process in bytes, with that of the processes that it started; None of one that has ended
    and was not yet waited for, 0 where it cannot be told.
    """
    import psutil  # a hundredth of a second, which most processes do without

    try:
        process = psutil.Process(pid)
        if process.status() in (psutil.STATUS_ZOMBIE, psutil.STATUS_DEAD):
            return None
        held = int(process.memory_info().rss)
    except psutil.Error:
        return 0
    return held + sum(resident(child, depth - 1) or 0 for child in (children_of(pid) if depth else ()))


def children_of(pid: int) -> set[int]:
    """The children of a process that live or were not yet waited for; none where that cannot be told.

    psutil would read about every process of the machine for it, and this is asked many times a second.
    """
    children: set[int] = set()
    with contextlib.suppress(OSError, ValueError):
        for task in Path(f"/proc/{pid}/task").iterdir():
            children.update(map(int, (task / "children").read_bytes().split()))
    return children


def adopt_orphans() -> None:
    """Become the parent of descendants whose own parent ends, so that none gets away (Linux)."""
    if sys.platform.startswith("linux"):
        ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_CHILD_SUBREAPER, 1)


def die_with_parent(parent: int) -> None:
    """Ask the kernel for SIGKILL when the process ``parent`` ends (Linux; elsewhere the closed channel has to do)."""
    if not sys.platform.startswith("linux"):
        return
    ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:  # it ended before we asked
        os._exit(1)


def kill(pid: int) -> None:
    """SIGKILL for a worker and for whatever it has started (it leads a session of its own)."""
    for send in (os.killpg, os.kill):
        with contextlib.suppress(OSError):
            send(pid, signal.SIGKILL)


def kill_strays(workers: set[int]) -> None:
    """Kill the children of this process that are no ``workers``, and the orphans that come to it by that."""
    end = time.monotonic() + _REAP_S
    while time.monotonic() < end and (strays := children_of(os.getpid()) - workers):
        for pid in strays:
            kill(pid)
            reap(pid)


def reap(pid: int) -> dict[str, int]:
    """The exit status of a child that is dead or about to be; nothing if it is no child or does not end."""
    end = time.monotonic() + _REAP_S
    while time.monotonic() < end:
        try:
            ended, status = os.waitpid(pid, os.WNOHANG)
        except ChildProcessError:
            return {}
        if ended:
            return {"status": os.waitstatus_to_exitcode(status)}
        time.sleep(0.002)
    return {}
