"""A Dask cluster over loopback: a scheduler and workers, each a process that a test may kill."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Cluster:
    """The address of a scheduler, its process, and its workers' (of a worker with a nanny the nanny's)."""

    address: str
    scheduler: subprocess.Popen[bytes]
    workers: list[subprocess.Popen[bytes]]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def wait_for(port: int) -> None:
    """Until something listens there; a scheduler takes seconds to start, on a busy machine many."""
    end = time.monotonic() + 120
    while True:
        try:
            return socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            assert time.monotonic() < end
            time.sleep(0.05)


@contextmanager
def cluster(site: Path, workers: int = 2, *, nanny: bool = False) -> Iterator[Cluster]:
    """A scheduler and its workers; without nannies what is killed stays dead."""
    port = free_port()
    address = f"tcp://127.0.0.1:{port}"
    environment = os.environ | {"PYTHONPATH": str(site)}
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, "env": environment}
    dask = [sys.executable, "-m", "distributed.cli.dask_scheduler", "--host", "127.0.0.1", "--port", str(port),
            "--no-dashboard"]  # fmt: skip
    started = [subprocess.Popen(dask, **quiet)]  # type: ignore[call-overload]
    for _ in range(workers):
        command = [sys.executable, "-m", "distributed.cli.dask_worker", address, "--host", "127.0.0.1",
                   "--nthreads", "1", "--nanny" if nanny else "--no-nanny", "--no-dashboard"]  # fmt: skip
        started.append(subprocess.Popen(command, **quiet))  # type: ignore[call-overload]
    try:
        wait_for(port)
        yield Cluster(address, started[0], started[1:])
    finally:
        for process in started:
            if nanny and process is not started[0]:  # a nanny that is killed would leave its worker behind
                process.terminate()
                with suppress(subprocess.TimeoutExpired):
                    process.wait(30)
            with suppress(ProcessLookupError):
                os.kill(process.pid, signal.SIGKILL)
            process.wait()
