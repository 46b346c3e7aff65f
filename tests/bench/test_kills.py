"""Real kills at random moments, of workers, fork server and batch: nothing is lost, nothing is made twice."""

from __future__ import annotations

import contextlib
import os
import random
import signal
import time
import warnings
from collections import Counter
from pathlib import Path

import pytest

import wnpopt
from tests.bench.kill_rig import Answer, Rig, answers, kill
from tests.samples import ordinarily
from wnpopt.bench.batch.run import batch
from wnpopt.bench.store.recheck import recheck
from wnpopt.bench.store.record import Failure
from wnpopt.bench.store.store import Store, StoreWarning

METHODS = "rtfs,slow,pacs"
linux = pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="finds processes in /proc")
pytestmark = linux


@pytest.fixture
def undisturbed(folder: Path, tmp_path: Path, trouble: Path) -> dict[tuple[str, str, int], Answer]:
    """What the store says after a batch that nobody disturbs."""
    del trouble
    assert batch(folder, METHODS.split(","), tmp_path / "calm", time_limit=20, workers=2).complete
    return answers(tmp_path / "calm")


def records_of(out: Path) -> Counter[tuple[str, str]]:
    """How often the store has each run, lines that count only."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", StoreWarning)
        return Counter((r.key.instance_hash, r.key.method) for r in Store.open(out).records())


def batch_is_killed(folder: Path, out: Path, site: Path, kills: int, seed: int) -> None:
    """SIGKILL the batch ``kills`` times at random moments, each time after it made some progress; resume to the end."""
    chance = random.Random(seed)
    for number in range(kills):
        rig = Rig(folder, out, METHODS, site)
        done = sum(records_of(out).values()) if (out / "runs").exists() else 0
        rig.wait_for(min(done + chance.randint(0, 2), 17), out)
        time.sleep(chance.random() * 0.2)
        rig.kill()
        assert rig.all_gone(), f"kill {number}: workers outlived the batch"
    code, _, err = Rig(folder, out, METHODS, site).finish()
    assert code == 0, err


def workers_are_killed(folder: Path, out: Path, site: Path, kills: int, seed: int) -> int:
    """SIGKILL random workers during batches until ``kills`` are done; the number of runs that were lost to them."""
    chance = random.Random(seed)
    done = failed = 0
    while done < kills:
        rig = Rig(folder, out, METHODS, site, "--rerun", "failed", "--seeds", f"0,{chance.randint(1, 10**6)}")
        while rig.process.poll() is None and done < kills:
            time.sleep(0.05 + 0.3 * chance.random())
            victims = rig.workers()
            if victims:
                kill(chance.choice(victims))
                done += 1
        code, _, err = rig.finish()
        assert code in (0, 1), err
        failed += err.count(": crash: the worker died of SIGKILL")
        assert rig.all_gone()
    return failed


def compare(folder: Path, out: Path, undisturbed: dict[tuple[str, str, int], Answer]) -> None:
    """The store holds what the undisturbed one does, each run once but for failures that were repeated."""
    found = {key: answer for key, answer in answers(out).items() if key in undisturbed}
    assert found == undisturbed
    assert all(check.accepted for check in recheck(Store(out)))
    assert len(list((out / "instances").iterdir())) == len(list(folder.iterdir()))
    assert not list(out.rglob("*.tmp"))  # what a kill left half-written went when the batch went on


def test_the_batch_is_killed(
    folder: Path, tmp_path: Path, trouble_site: Path, undisturbed: dict[tuple[str, str, int], Answer]
) -> None:
    out = tmp_path / "out"
    batch_is_killed(folder, out, trouble_site, kills=1, seed=1)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", StoreWarning)
        compare(folder, out, undisturbed)
    assert set(records_of(out).values()) == {1}


@pytest.mark.slow
def test_a_worker_is_killed(
    folder: Path, tmp_path: Path, trouble_site: Path, undisturbed: dict[tuple[str, str, int], Answer]
) -> None:
    out = tmp_path / "out"
    workers_are_killed(folder, out, trouble_site, kills=3, seed=2)
    assert batch(folder, METHODS.split(","), out, time_limit=20, workers=2, rerun="failed").complete
    compare(folder, out, undisturbed)


@pytest.mark.slow
def test_twenty_four_kills(
    folder: Path, tmp_path: Path, trouble_site: Path, undisturbed: dict[tuple[str, str, int], Answer]
) -> None:
    """Twelve of the batch, twelve of workers, in one store."""
    out = tmp_path / "out"
    batch_is_killed(folder, out, trouble_site, kills=12, seed=3)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", StoreWarning)
        assert set(records_of(out).values()) == {1}
        assert workers_are_killed(folder, out, trouble_site, kills=12, seed=4) > 0
        assert batch(folder, METHODS.split(","), out, time_limit=20, workers=2, rerun="failed").complete
        compare(folder, out, undisturbed)


@pytest.mark.usefixtures("trouble")
def test_a_stopped_worker_is_killed_and_replaced(folder: Path, tmp_path: Path, trouble_site: Path) -> None:
    """SIGSTOP: the process is there and says nothing, not even half a message."""
    out = tmp_path / "out"
    rig = Rig(folder, out, "slow", trouble_site, "--grace", "1.5", "--time-limit", "0.5", "--workers", "1")
    rig.wait_for(1, out)
    (victim,) = rig.workers()
    # Between two runs nothing limits it for minutes: then it goes on for a moment and is stopped again.
    while victim in rig.workers():
        with contextlib.suppress(ProcessLookupError):
            os.kill(victim, signal.SIGSTOP)
        end = time.monotonic() + 5.0
        while victim in rig.workers() and time.monotonic() < end:
            time.sleep(0.05)
        with contextlib.suppress(ProcessLookupError):
            os.kill(victim, signal.SIGCONT)
        time.sleep(0.03)
    code, _, err = rig.finish()
    assert code == 1
    assert "timeout: killed after " in err
    failures = Counter(r.failure for r in Store.open(out).latest().values())
    assert set(failures) == {None, Failure.TIMEOUT}  # on a busy machine others may take too long, too
    assert sum(failures.values()) == 6


@pytest.mark.usefixtures("trouble")
def test_the_fork_server_is_killed(folder: Path, tmp_path: Path, trouble_site: Path) -> None:
    out = tmp_path / "out"
    rig = Rig(folder, out, "slow,rtfs", trouble_site, "--seeds", "0,1")  # so many that it is not over before
    rig.wait_for(2, out)
    (server,) = [pid for pid, role in rig.offspring().items() if role == "server"]
    kill(server)
    code, _, err = rig.finish()
    assert code in (0, 1), err
    failures = Counter(r.failure for r in Store.open(out).latest().values())
    assert sum(failures.values()) == 24
    assert failures[Failure.CRASH] <= 2
    assert failures[None] >= 22


@pytest.mark.usefixtures("trouble")
@pytest.mark.parametrize("number", ordinarily(1, [signal.SIGINT, signal.SIGTERM]))
def test_ctrl_c_keeps_what_is_finished(folder: Path, tmp_path: Path, trouble_site: Path, number: int) -> None:
    out = tmp_path / "out"
    rig = Rig(folder, out, "slow,hang", trouble_site)
    rig.wait_for(2, out)
    os.kill(rig.process.pid, number)
    code, told, err = rig.finish()
    assert (code, rig.all_gone()) == (1, True), err
    assert "interrupted; what was finished is kept" in told
    kept = Store.open(out).latest()
    assert len(kept) >= 2
    assert all(record.failure is None for record in kept.values())  # nobody waited for a hanging run's limit


def test_the_api_needs_no_main_guard(folder: Path, tmp_path: Path) -> None:
    """A script without ``if __name__ == "__main__"``, as people write them."""
    import subprocess
    import sys

    script = tmp_path / "script.py"
    script.write_text(
        f"import wnpopt\nprint(wnpopt.batch({str(folder)!r}, ['rtfs'], {str(tmp_path / 'out')!r}, workers=2).ran)\n"
    )
    done = subprocess.run([sys.executable, script], capture_output=True, text=True, timeout=120, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, "6\n", "")
    assert wnpopt.Store.open(tmp_path / "out").frame()["verified"].all()
