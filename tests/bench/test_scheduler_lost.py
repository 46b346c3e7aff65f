"""A batch whose Dask scheduler is killed or stands still, and whose workers are killed and come again."""

from __future__ import annotations

import logging
import os
import signal
import threading
from collections import Counter
from pathlib import Path
from types import SimpleNamespace

import pytest

from tests.bench.cluster_rig import cluster
from tests.bench.kill_rig import Rig, answers
from wnpopt.backends.isolation.processes import children_of
from wnpopt.bench.batch.run import batch
from wnpopt.bench.store.record import Record
from wnpopt.bench.store.store import Store
from wnpopt.bench.workers import cluster as dask
from wnpopt.bench.workers.process import Limits
from wnpopt.core.errors import SolverError

pytest.importorskip("distributed", reason="the extra dask is not installed")
pytestmark = [
    pytest.mark.filterwarnings("ignore::DeprecationWarning:distributed.*"),
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]
METHODS = ["slow", "rtfs"]


def once_each(out: Path, seen: list[Record]) -> None:
    """The store has what was told, each run once, and every line is whole."""
    assert Counter(r.key for r in Store.open(out).records()) == Counter({r.key: 1 for r in seen})


@pytest.mark.slow
@pytest.mark.usefixtures("trouble")
@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGSTOP])
def test_the_scheduler_is_lost(
    folder: Path, tmp_path: Path, trouble_site: Path, number: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The batch ends with a message; what was finished is kept, and the next one, without the cluster, goes on."""
    calm, out = tmp_path / "calm", tmp_path / "out"
    batch(folder, METHODS, calm, time_limit=20, workers=2)
    seen: list[Record] = []
    with cluster(trouble_site) as there:

        def strike(record: Record) -> None:
            seen.append(record)
            if len(seen) == 3:
                monkeypatch.setattr(dask, "ANSWER_S", 2.0)  # before, a busy machine may take longer
                there.scheduler.send_signal(number)

        with pytest.raises(SolverError, match=r"the Dask scheduler at tcp://.*: what is finished is kept"):
            batch(folder, METHODS, out, time_limit=20, dask=there.address, on_record=strike)
        there.scheduler.send_signal(signal.SIGCONT)
    assert 3 <= len(seen) < 12
    once_each(out, seen)
    again = batch(folder, METHODS, out, time_limit=20, workers=2, on_record=seen.append)
    assert (again.ran + again.stored, again.complete) == (12, True)
    once_each(out, seen)
    assert answers(out) == answers(calm)


@pytest.mark.slow
def test_the_command_line_tells_of_a_lost_scheduler(folder: Path, tmp_path: Path, trouble_site: Path) -> None:
    out = tmp_path / "out"
    with cluster(trouble_site, workers=1) as there:
        rig = Rig(folder, out, "slow,rtfs", trouble_site, "--dask", there.address)
        rig.wait_for(1, out)
        there.scheduler.kill()
        code, _, err = rig.finish()
    assert code == 3
    assert "Traceback" not in err
    (line,) = [line for line in err.splitlines() if line.startswith("wnpopt: ")]
    assert line.endswith("is lost: what is finished is kept, and the same command goes on from there")
    assert rig.all_gone()


@pytest.mark.slow
@pytest.mark.usefixtures("trouble")
def test_a_nanny_starts_its_worker_anew(folder: Path, tmp_path: Path, trouble_site: Path) -> None:
    out = tmp_path / "out"
    seen: list[Record] = []
    with cluster(trouble_site, workers=1, nanny=True) as there:
        (nanny,) = there.workers

        def strike(record: Record) -> None:
            seen.append(record)
            if len(seen) in (3, 7):
                for pid in children_of(nanny.pid):
                    if b"spawn_main" in Path(f"/proc/{pid}/cmdline").read_bytes():
                        os.kill(pid, signal.SIGKILL)

        summary = batch(folder, METHODS, out, time_limit=20, dask=there.address, on_record=strike)
    assert (summary.ran, summary.failed, summary.complete) == (12, 0, True)
    once_each(out, seen)


class _Workers:
    """Stands for worker processes: which there are, and which are closed."""

    def __init__(self) -> None:
        self.open = 0

    def __call__(self, *_: object) -> _Workers:
        self.open += 1
        return self

    def close(self) -> None:
        self.open -= 1

    def cancel(self) -> None:
        """Nothing is under way."""


def test_processes_of_a_batch_that_asks_no_more_end_by_themselves(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of a client that was killed nobody tells the workers of the cluster."""
    import distributed

    workers = _Workers()
    rested = threading.Event()
    server = SimpleNamespace(close=rested.set)
    monkeypatch.setattr(dask, "WorkerProcess", workers)
    monkeypatch.setattr(dask, "ForkServer", lambda *_: server)
    monkeypatch.setattr(dask, "IDLE_S", 0.01)
    monkeypatch.setattr(distributed, "get_worker", lambda: SimpleNamespace(state=SimpleNamespace(nthreads=2)))
    order = dask.Order("batch", None, None, ())
    pool = dask._pool_of(order)
    first, second = pool.take(), pool.take()
    pool.put_back(first)
    assert pool._rest is None  # one is still at work
    pool.put_back(second)
    assert rested.wait(60)
    assert workers.open == 0
    assert "batch" not in dask._pools
    assert dask._pool_of(order) is not pool  # and begins anew
    dask.abandon("batch")
    assert "batch" not in dask._pools


class _Client:
    """Stands for Dask's client: what it says when it is asked for the workers' threads."""

    def __init__(self, *answers: object) -> None:
        self._answers = iter(answers)
        self.scheduler = SimpleNamespace(ncores=None)
        self.cluster = None

    def sync(self, *_: object, **__: object) -> object:
        answer = next(self._answers)
        if isinstance(answer, Exception):
            raise answer
        return answer

    def close(self) -> None:
        """It holds nothing."""


def executor_of(monkeypatch: pytest.MonkeyPatch, *answers: object) -> dask.ClusterExecutor:
    monkeypatch.setattr(dask, "_SLOTS_S", 0.0)
    monkeypatch.setattr(dask, "ALONE_S", 0.0)
    monkeypatch.setattr(dask, "_connect", lambda *_: _Client(*answers))
    return dask.ClusterExecutor("tcp://host:8786", 1, Limits())


def test_a_cluster_without_a_worker_is_told_of_once(monkeypatch: pytest.MonkeyPatch) -> None:
    executor = executor_of(monkeypatch, {"a": 2}, {}, {}, {}, {"a": 1, "b": 1}, {}, {})
    assert executor.slots == 2
    assert executor.slots == 0
    with pytest.warns(UserWarning, match="tcp://host:8786 has had no worker for 0 s: the batch waits for one"):
        assert executor.slots == 0
    assert executor.slots == 0
    assert executor.slots == 2
    assert executor.slots == 0
    with pytest.warns(UserWarning, match="no worker"):
        assert executor.slots == 0
    executor.close()


@pytest.mark.parametrize(
    ("error", "words"),
    [(TimeoutError(), "says nothing for 30 s"), (OSError("gone"), "is lost"), (RuntimeError(), "is lost")],
)
def test_a_client_that_has_lost_its_scheduler(
    error: Exception, words: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """One line, whatever Dask's client raises and logs; its loggers are afterwards as they were."""
    level = logging.getLogger("distributed.client").level
    executor = executor_of(monkeypatch, error)
    logging.getLogger("distributed.client").error("reconnecting")
    with pytest.raises(SolverError) as told:
        executor.slots  # noqa: B018
    assert str(told.value) == (
        f"the Dask scheduler at tcp://host:8786 {words}: "
        "what is finished is kept, and the same command goes on from there"
    )
    executor.close()
    assert caplog.records == []
    assert logging.getLogger("distributed.client").level == level


class _Future:
    """Stands for a task of Dask's that has failed, or whose answer cannot be fetched."""

    def __init__(self, status: str, error: Exception) -> None:
        self.status = status
        self._error = error

    def result(self) -> bytes:
        raise self._error


class _Answered(_Future):
    """Stands for a task that answered something else."""

    def result(self) -> bytes:
        return b"nonsense"


def test_a_scheduler_that_is_lost_while_an_answer_is_fetched(monkeypatch: pytest.MonkeyPatch) -> None:
    """What Dask raises depends on how far it had come."""
    from concurrent.futures import CancelledError

    from distributed import KilledWorker
    from distributed.comm import CommClosedError

    def told(future: _Future) -> str:
        executor._arrived(1, future)  # type: ignore[arg-type]
        event = executor.next_event(10)
        assert event is not None
        return str(event.what)

    executor = executor_of(monkeypatch)
    for future in (
        _Future("cancelled", CancelledError("gone")),
        _Future("finished", CommClosedError("in <TCP>: Stream is closed")),
        _Future("finished", OSError("Timed out trying to connect")),
        _Future("lost", RuntimeError("IOLoop is closed")),
    ):
        assert told(future) == (
            "the Dask scheduler at tcp://host:8786 is lost: "
            "what is finished is kept, and the same command goes on from there"
        )
    # What the tasks themselves raise is no matter of the scheduler.
    assert told(_Future("error", OSError("no\nroom"))) == "the cluster failed: OSError: no\\nroom"
    assert told(_Answered("finished", OSError())).startswith("the cluster failed: DecodeError: ")
    assert "every worker of the cluster that ran this died, 4 times" in told(
        _Future("error", KilledWorker("key", "worker", 3))
    )
    executor.close()
