"""A batch on a real Dask cluster over loopback: a scheduler and two workers, one of them killed in the middle."""

from __future__ import annotations

import gc
import signal
import socket
import threading
import time
import warnings
from collections import Counter
from contextlib import suppress
from pathlib import Path

import pytest

from tests.bench.cluster_rig import cluster, free_port
from tests.bench.kill_rig import answers
from tests.bench.rescued import TOLD, check_what_was_known
from wnpopt.bench.batch.run import batch
from wnpopt.bench.store.record import Record
from wnpopt.bench.store.store import Store
from wnpopt.core.errors import InputError

pytest.importorskip("distributed", reason="the extra dask is not installed")
# Dask's own; and sockets that a cluster which is torn down leaves to the garbage collector.
pytestmark = [
    pytest.mark.filterwarnings("ignore::DeprecationWarning:distributed.*"),
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]


@pytest.mark.slow
@pytest.mark.usefixtures("trouble")
def test_a_worker_of_the_cluster_dies(folder: Path, tmp_path: Path, trouble_site: Path) -> None:
    """Nothing is lost and nothing is there twice; and a run that crashes costs only itself there too."""
    methods = ["slow", "rtfs", "segfault"]
    calm, out = tmp_path / "calm", tmp_path / "out"
    batch(folder, methods, calm, time_limit=20, workers=2)
    seen: list[Record] = []
    with cluster(trouble_site) as dask:

        def strike(record: Record) -> None:
            seen.append(record)
            if len(seen) == 5:
                dask.workers[0].send_signal(signal.SIGKILL)

        summary = batch(folder, methods, out, time_limit=20, dask=dask.address, on_record=strike)
        assert (summary.end, summary.ran, summary.failed, summary.left) == ("finished", 18, 3, 0)
        assert dask.workers[0].wait(timeout=60) == -signal.SIGKILL
        assert dask.workers[1].poll() is None
        assert Counter(r.key for r in Store.open(out).records()) == Counter(dict.fromkeys({r.key for r in seen}, 1))
        assert answers(out) == answers(calm)
        again = batch(folder, methods, out, time_limit=20, dask=dask.address)
        assert (again.ran, again.stored) == (0, 18)


@pytest.mark.slow
@pytest.mark.usefixtures("trouble")
def test_what_is_given_up_does_not_go_on_on_the_cluster(folder: Path, tmp_path: Path, trouble_site: Path) -> None:
    with cluster(trouble_site, workers=1) as dask:
        (worker,) = dask.workers
        summary = batch(folder / "w1.json", ["hang"], tmp_path / "out", dask=dask.address, total_time=6)
        assert (summary.end, summary.ran) == ("total_time", 0)
        end = time.monotonic() + 60
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
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        summary = batch(folder, ["rtfs", "auto"], tmp_path / "out", time_limit=20, workers=2, dask="local")
        gc.collect()
    assert not [str(w.message) for w in caught if issubclass(w.category, ResourceWarning)]  # all was closed
    assert (summary.ran, summary.complete) == (12, True)
    assert all(record.failure is None for record in Store.open(tmp_path / "out").latest().values())


@pytest.mark.slow
@pytest.mark.usefixtures("trouble")
def test_what_was_known_before_the_trouble_is_kept_on_a_cluster_too(folder: Path, tmp_path: Path) -> None:
    methods = [method for method in TOLD if method != "tell_hang"]
    summary = batch(folder / "w1.json", methods, tmp_path / "out", time_limit=20, memory=0.75, workers=2, dask="local")
    assert (summary.ran, summary.failed) == (len(methods), len(methods))
    check_what_was_known(tmp_path / "out", folder)


def test_nobody_answers(folder: Path, tmp_path: Path) -> None:
    for address in (f"tcp://127.0.0.1:{free_port()}", f"127.0.0.1:{free_port()}", "tcp://nobody.invalid:8786"):
        with pytest.raises(InputError, match="dask: no Dask scheduler answers at"):
            batch(folder, ["rtfs"], tmp_path / "out", dask=address)


@pytest.mark.parametrize(
    "address", ["nonsense", "nonsense://x", "tcp://host", "tcp://:8786", "tcp://h:99999", "", "ä:b"]
)
def test_what_is_no_address(folder: Path, tmp_path: Path, address: str) -> None:
    with pytest.raises(InputError, match=r"the address of a Dask scheduler such as tcp://10.0.0.1:8786, or local"):
        batch(folder, ["rtfs"], tmp_path / "out", dask=address)


@pytest.mark.parametrize("words", [b"", b"HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n", b"\xff" * 64])
def test_something_else_answers(
    folder: Path, tmp_path: Path, words: bytes, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    """Whatever listens there, silent or not, it is said in one line, without the complaints of a dying client."""
    monkeypatch.setattr("wnpopt.bench.workers.cluster.CONNECT_S", 1.0)
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve() -> None:
            with suppress(OSError):
                connections = []
                while True:
                    connections.append(server.accept()[0])
                    connections[-1].sendall(words)

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        with pytest.raises(InputError, match="no Dask scheduler answers at"):
            batch(folder, ["rtfs"], tmp_path / "out", dask=f"tcp://127.0.0.1:{server.getsockname()[1]}")
        server.shutdown(socket.SHUT_RDWR)
    thread.join()
    gc.collect()
    assert "Traceback" not in capfd.readouterr().err
