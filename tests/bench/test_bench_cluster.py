"""A batch on a real Dask cluster over loopback: a scheduler and two workers, one of them killed in the middle."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest
from kill_rig import answers

from wnpopt.bench.batch import batch
from wnpopt.bench.record import Record
from wnpopt.bench.store import Store
from wnpopt.core.errors import InputError

pytest.importorskip("distributed", reason="the extra dask is not installed")
# Dask's own; and sockets that a cluster which is torn down leaves to the garbage collector.
pytestmark = [
    pytest.mark.filterwarnings("ignore::DeprecationWarning:distributed.*"),
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@contextmanager
def cluster(site: Path, workers: int = 2) -> Iterator[tuple[str, list[subprocess.Popen[bytes]]]]:
    """The address of a scheduler, and its workers' processes (without nannies: what is killed stays dead)."""
    port = free_port()
    address = f"tcp://127.0.0.1:{port}"
    environment = os.environ | {"PYTHONPATH": str(site)}
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, "env": environment}
    dask = [sys.executable, "-m", "distributed.cli.dask_scheduler", "--host", "127.0.0.1", "--port", str(port),
            "--no-dashboard"]  # fmt: skip
    started = [subprocess.Popen(dask, **quiet)]  # type: ignore[call-overload]
    for _ in range(workers):
        command = [sys.executable, "-m", "distributed.cli.dask_worker", address, "--host", "127.0.0.1",
                   "--nthreads", "1", "--no-nanny", "--no-dashboard"]  # fmt: skip
        started.append(subprocess.Popen(command, **quiet))  # type: ignore[call-overload]
    try:
        yield address, started[1:]
    finally:
        for process in started:
            with suppress(ProcessLookupError):
                os.kill(process.pid, signal.SIGKILL)
            process.wait()


@pytest.mark.usefixtures("trouble")
def test_a_worker_of_the_cluster_dies(folder: Path, tmp_path: Path, trouble_site: Path) -> None:
    """Nothing is lost and nothing is there twice; and a run that crashes costs only itself there too."""
    methods = ["slow", "rtfs", "segfault"]
    calm, out = tmp_path / "calm", tmp_path / "out"
    batch(folder, methods, calm, time_limit=20, workers=2)
    seen: list[Record] = []
    with cluster(trouble_site) as (address, workers):

        def strike(record: Record) -> None:
            seen.append(record)
            if len(seen) == 5:
                workers[0].send_signal(signal.SIGKILL)

        summary = batch(folder, methods, out, time_limit=20, dask=address, on_record=strike)
        assert workers[0].wait(timeout=10) == -signal.SIGKILL
        assert workers[1].poll() is None
        assert (summary.ran, summary.failed, summary.left) == (18, 3, 0)
        assert Counter(r.key for r in Store.open(out).records()) == Counter(dict.fromkeys({r.key for r in seen}, 1))
        assert answers(out) == answers(calm)
        again = batch(folder, methods, out, time_limit=20, dask=address)
        assert (again.ran, again.stored) == (0, 18)


@pytest.mark.usefixtures("trouble")
def test_what_is_given_up_does_not_go_on_on_the_cluster(folder: Path, tmp_path: Path, trouble_site: Path) -> None:
    with cluster(trouble_site, workers=1) as (address, (worker,)):
        summary = batch(folder / "w1.json", ["hang"], tmp_path / "out", dask=address, total_time=6)
        assert (summary.end, summary.ran) == ("total_time", 0)
        end = time.monotonic() + 20
        while time.monotonic() < end and busy(worker.pid):
            time.sleep(0.2)
        assert not busy(worker.pid)


def busy(pid: int) -> bool:
    """True if a descendant of the process is running (not sleeping)."""
    states = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            with suppress(OSError, ValueError):
                state, parent = (entry / "stat").read_text().rpartition(")")[2].split()[:2]
                states[int(entry.name)] = (state, int(parent))
    family = {pid}
    for _ in range(4):
        family |= {child for child, (_, parent) in states.items() if parent in family}
    return any(states[member][0] == "R" for member in family - {pid} if member in states)


def test_a_cluster_in_this_process(folder: Path, tmp_path: Path) -> None:
    summary = batch(folder, ["rtfs", "auto"], tmp_path / "out", time_limit=20, workers=2, dask="local")
    assert (summary.ran, summary.complete) == (12, True)
    assert all(record.failure is None for record in Store.open(tmp_path / "out").latest().values())


def test_nobody_answers(folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("wnpopt.bench.cluster.CONNECT_S", 1.0)
    for address in (f"tcp://127.0.0.1:{free_port()}", "nonsense://x"):
        with pytest.raises(InputError, match="dask: no Dask scheduler answers at"):
            batch(folder, ["rtfs"], tmp_path / "out", dask=address)
