"""A solver's program: run beside us, heard line by line, told to end in time, and never left behind."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from wnpopt.core.budget import Budget
from wnpopt.core.errors import SolverError

_POLL_S = 0.02
_GRACE_S = 0.4
"""So long a program that was told to end may take to write what it has."""

_FOLDER = "wnpopt-solver-"
_DAY_S = 86400.0


def run_program(
    command: Sequence[str], folder: Path, budget: Budget, hear: Callable[[str], None], *, gentle: bool
) -> str:
    """What the program prints, each line to ``hear`` too; it has ended when this returns.

    Once the budget is exhausted it gets SIGINT if it is ``gentle`` (it then writes what it has), and is killed a moment
    later. Raises :class:`SolverError` if it cannot be started.
    """
    lines: list[str] = []
    read, write = _channel()
    try:
        process = subprocess.Popen(command, cwd=folder, stdin=subprocess.DEVNULL, stdout=write, stderr=write)
    except OSError as error:
        os.close(read)
        raise SolverError(f"{command[0]} cannot be started: {error.strerror}") from None
    finally:
        os.close(write)

    def listen() -> None:
        # A terminal whose other side is closed is an error, and the end.
        with open(read, encoding="utf-8", errors="replace") as stream, contextlib.suppress(OSError):
            for line in stream:
                lines.append(line)
                hear(line)

    reader = threading.Thread(target=listen, daemon=True, name="wnpopt-solver-log")
    reader.start()
    try:
        told: float | None = None
        while process.poll() is None:
            if budget.exhausted():
                now = time.perf_counter()
                if told is None and gentle:
                    process.send_signal(signal.SIGINT)
                if (told is not None and now - told > _GRACE_S) or not gentle:
                    process.kill()
                told = now if told is None else told
            time.sleep(_POLL_S)
    finally:
        if process.poll() is None:
            process.kill()
        process.wait()
        reader.join()
    return "".join(lines)


def _channel() -> tuple[int, int]:
    """Both sides of what a program writes to: a terminal, for a pipe gets its lines late, in blocks."""
    try:
        return os.openpty()
    except OSError:
        return os.pipe()


@contextlib.contextmanager
def folder_of_run() -> Iterator[Path]:
    """A folder for a run's files; those that killed processes of ours left behind go with it."""
    _sweep()
    with tempfile.TemporaryDirectory(prefix=f"{_FOLDER}{os.getpid()}-") as folder:
        yield Path(folder)


def _sweep() -> None:
    """Remove folders that are older than a day and whose process is gone."""
    if not Path("/proc/self").exists():
        return
    for left in Path(tempfile.gettempdir()).glob(f"{_FOLDER}*"):
        pid = left.name.removeprefix(_FOLDER).partition("-")[0]
        with contextlib.suppress(OSError):
            known = left.stat()
            ours = known.st_uid == os.getuid() and time.time() - known.st_mtime > _DAY_S
            if ours and pid.isdigit() and not Path(f"/proc/{pid}").exists():
                shutil.rmtree(left, ignore_errors=True)
