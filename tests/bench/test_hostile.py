"""Hostile surroundings: files that are none, names that are no UTF-8, methods that leave something behind."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import pytest

import wnpopt
from wnpopt.backends.isolation.fork_server import Child, ForkServer
from wnpopt.bench.batch.jobs import JobQueue, RunGrid
from wnpopt.bench.batch.run import batch
from wnpopt.bench.batch.sources import find
from wnpopt.bench.store.recheck import recheck
from wnpopt.bench.store.record import Failure, Record
from wnpopt.bench.store.store import Store, write_records
from wnpopt.bench.workers.process import HANDLER, Limits, WorkerProcess
from wnpopt.bench.workers.task import Identified, Identify
from wnpopt.cli.batch.progress import line
from wnpopt.cli.main import main
from wnpopt.core import registry
from wnpopt.core.errors import InputError, SolverError

linux = pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="looks at processes in /proc")


NAP = "4321.5"
NAMES = ("wander", "stray", "daemon", "background", "starve", "clear", "signal", "quit", "verbose", "kids")
METHODS = f"""
import os, resource, signal as signals, subprocess, sys, threading, time
from wnpopt.core.method import Method
from wnpopt.problems.wnp.methods.rtfs import METHOD as RTFS

def wander():
    os.chdir("/")

def stray():  # a forked child that comes back into the worker
    if os.fork() == 0:
        time.sleep(0.1)
        raise RuntimeError("child")

def daemon():  # twice forked, in a session of its own, with whatever handles it inherits
    if os.fork() == 0:
        os.setsid()
        if os.fork() == 0:
            os.execvp("sleep", ["sleep", "{NAP}"])
        os._exit(0)

def background():  # long after the run's answer, also on a busy machine
    threading.Thread(target=lambda: (time.sleep(0.5), os._exit(7)), daemon=True).start()

def starve():
    resource.setrlimit(resource.RLIMIT_NOFILE, (3, 3))

def clear():
    os.environ.clear()
    sys.setrecursionlimit(100)

def signal():
    os.kill(os.getpid(), 40)

def quit():
    sys.exit("no luck")

def verbose():
    raise RuntimeError("x" * 1_000_000)

def kids():
    code = "x = bytearray(b'1') * (1 << 30); import time; time.sleep(9)"
    subprocess.run([sys.executable, "-c", code])

def method(name):
    def run(instance, run):
        if instance.name[-1] in "13579":
            globals()[name]()
        return RTFS.run(instance, run)
    return Method("wnp", name, name, "nothing", run)

for name in {NAMES}:
    globals()[name.upper()] = method(name)
"""


def install(site: Path) -> None:
    """Make ``site`` look like an installed package with these methods."""
    (site / "hostile.py").write_text(METHODS)
    meta = site / "hostile-1.0.dist-info"
    meta.mkdir()
    (meta / "METADATA").write_text("Metadata-Version: 2.1\nName: hostile\nVersion: 1.0\n")
    rows = [f"wnp.{name} = hostile:{name.upper()}" for name in NAMES]
    (meta / "entry_points.txt").write_text("[wnpopt.methods]\n" + "\n".join(rows) + "\n")


@pytest.fixture
def hostile(tmp_path: Path) -> Iterator[None]:
    """The hostile methods, registered in this process and in those that it starts."""
    site = tmp_path / "site"
    site.mkdir()
    install(site)
    sys.path.insert(0, str(site))
    registry.forget()
    yield
    sys.path.remove(str(site))
    registry.forget()


def failures(out: Path) -> dict[tuple[str, str], Record]:
    return {(r.result.instance, r.key.method): r for r in Store.open(out).latest().values() if r.failure is not None}


@pytest.mark.slow
@linux
@pytest.mark.usefixtures("hostile")
def test_what_a_method_leaves_behind_is_no_other_runs_trouble(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Only the runs that die themselves fail; no answer of a forked child is taken for another run's."""
    monkeypatch.chdir(tmp_path)  # relative paths: a worker that went elsewhere would not find them
    for name in ("w3", "w4", "w5"):
        (folder / f"{name}.json").unlink()
    out = Path("out")
    methods = [*NAMES, "rtfs"]
    summary = batch(folder.name, methods, out, time_limit=5, grace=5, memory=0.75, workers=1)
    assert summary.ran == 3 * len(methods)
    failed = failures(out)
    assert set(failed) == {("w1", method) for method in ("signal", "quit", "verbose", "kids")}
    assert "died of signal 40" in failed["w1", "signal"].result.message
    assert failed["w1", "quit"].result.message.endswith("its last words: SystemExit: no luck")
    assert failed["w1", "verbose"].failure is Failure.ERROR
    assert len(failed["w1", "verbose"].result.message) < 3000
    assert failed["w1", "kids"].failure is Failure.MEMORY
    assert all(check.accepted for check in recheck(Store(out)))
    assert not [p for p in Path("/proc").glob("[0-9]*/cmdline") if NAP.encode() in _bytes(p)]


def _bytes(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError:
        return b""


@linux
def test_an_idle_worker_that_dies_costs_no_run(folder: Path) -> None:
    server = ForkServer(HANDLER)
    worker = WorkerProcess(server, Limits())
    task = _task(folder / "w0.json")
    assert isinstance(worker.perform(task, lambda _: None), Identified)
    child = worker._child
    assert isinstance(child, Child)
    os.kill(child.pid, 9)
    assert isinstance(worker.perform(task, lambda _: None), Identified)
    worker.close()
    server.close()


def _task(file: Path) -> Identify:
    from wnpopt.bench.batch.sources import fingerprint

    return Identify(str(file), fingerprint(str(file)))


def test_handles_beyond_the_first_1024(folder: Path) -> None:
    import resource

    if resource.getrlimit(resource.RLIMIT_NOFILE)[0] < 1200:
        pytest.skip("the system allows too few open files")
    held = [os.open(os.devnull, os.O_RDONLY) for _ in range(1100)]
    server = ForkServer(HANDLER)
    worker = WorkerProcess(server, Limits())
    try:
        assert isinstance(worker.perform(_task(folder / "w0.json"), lambda _: None), Identified)
    finally:
        worker.close()
        server.close()
        for handle in held:
            os.close(handle)


def test_no_worker_can_be_started(folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """That is said once, not stored as a failure of every run."""
    monkeypatch.setattr("wnpopt.backends.isolation.fork_server._BOOT", "raise SystemExit(1)")
    with pytest.raises(SolverError, match="no worker can be started"):
        batch(folder, ["rtfs"], tmp_path / "out", workers=1)
    assert not list((tmp_path / "out" / "runs").iterdir())


@linux
@pytest.mark.usefixtures("in_process")
def test_files_that_are_none(folder: Path, tmp_path: Path) -> None:
    for name in ("w1", "w2", "w3", "w4", "w5"):
        (folder / f"{name}.json").unlink()
    os.mkfifo(folder / "pipe.json")
    os.mkfifo(folder / "index.json")
    (folder / "zero.json").symlink_to("/dev/zero")
    (folder / "loop.json").symlink_to("loop.json")
    (folder / "folder.json").mkdir()
    (folder / "kind.json").write_text('{"kind": "\\ud800-solution"}')
    (folder / "new\nline.json").write_text("{")
    raw = os.fsencode(folder)
    Path(os.fsdecode(raw + b"/bad\xff.json")).symlink_to("nowhere")
    (folder / "w0.json").rename(os.fsdecode(raw + b"/w\xfe0.json"))
    seen: list[Record] = []
    out = tmp_path / "out"
    summary = batch(folder, ["rtfs"], out, workers=1, on_record=seen.append)
    assert (summary.ran, summary.instances, summary.failed, summary.passed_over) == (7, 1, 6, 1)
    assert all(r.failure in (None, Failure.INVALID) for r in seen)
    assert all("\n" not in line(r) + r.result.message for r in seen)
    assert {Path(r.file).name for r in Store(out).latest().values()} == {
        "pipe.json", "zero.json", "loop.json", "kind.json", "new\nline.json", r"bad\xff.json", r"w\xfe0.json"
    }  # fmt: skip
    again = batch(folder, ["rtfs"], out, workers=1)
    assert (again.ran, again.stored) == (0, 7)


def test_hidden_is_what_is_hidden_inside_the_source(tmp_path: Path) -> None:
    place = tmp_path / ".data"
    (place / ".git").mkdir(parents=True)
    for name in ("a.json", ".b.json", ".git/c.json"):
        (place / name).write_text("{}")
    assert find([place], tmp_path / "out").files == (str(place / "a.json"),)
    assert find([place], tmp_path / "out").passed_over == 2
    assert find([f"{place}/*.json"], tmp_path / "out").files == (str(place / "a.json"),)


@pytest.mark.parametrize("source", ["x" * 300, "a\0b"])
def test_a_source_that_is_no_path(source: str, tmp_path: Path) -> None:
    with pytest.raises(InputError):
        find([source], tmp_path)


class Changing:
    """An executor that changes or removes each file while it is read."""

    slots = 1
    needs_content = False

    def __init__(self, change: Callable[[Path], object]) -> None:
        self.change, self.told = change, 0

    def submit(self, ticket: int, task: Any) -> None:
        self.told = ticket
        self.change(Path(task.file))

    def next_event(self, timeout: float) -> None:
        del timeout

    def close(self) -> None:
        return


@pytest.mark.parametrize(
    ("change", "words"),
    [(lambda f: f.write_text(f.read_text() + " "), "is being changed"), (Path.unlink, "cannot be read")],
)
def test_a_file_that_changes_or_goes(folder: Path, tmp_path: Path, change: Any, words: str) -> None:
    from wnpopt.bench.store.record import Parameters
    from wnpopt.bench.workers.executor import Event

    file = folder / "w0.json"
    identity = Identified(wnpopt.load(file).instance_hash, "w0", "wnp", "min")
    store = Store.create(tmp_path / "out")
    executor = Changing(change)
    with JobQueue(store, [str(file)], RunGrid(("rtfs",), (0,), 1.0, 1, Parameters()), ()) as jobs:
        for _ in range(10):
            if jobs.finished:
                break
            jobs.feed(executor)
            if jobs._assigned:
                jobs.take(Event(executor.told, 0, identity))
            while jobs.next_record() is not None:
                pass
        assert jobs.finished
    (told,) = store.latest().values()
    assert words in told.result.message


@pytest.mark.usefixtures("in_process")
def test_a_clock_that_was_set_back(folder: Path, tmp_path: Path) -> None:
    out, file = tmp_path / "out", folder / "w0.json"
    batch(file, ["rtfs"], out, workers=1)
    (made,) = Store(out).latest().values()
    failed = msgspec.structs.replace(made, failure=Failure.CRASH, finished="2999" + made.finished[4:])
    write_records(Store(out), [failed])
    assert batch(file, ["rtfs"], out, workers=1, rerun="failed").ran == 1
    assert batch(file, ["rtfs"], out, workers=1, rerun="failed").ran == 0


@pytest.mark.usefixtures("in_process")
def test_numbers_of_numpy_and_a_method_alone(folder: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    seeds: Any = np.arange(2)
    assert batch(folder / "w0.json", "rtfs", out, seeds=seeds, workers=1).ran == 2
    assert batch(folder / "w0.json", ["rtfs"], out, seeds=(0, 1), workers=1).stored == 2


@pytest.mark.parametrize(
    "arguments", [{"seeds": [0.5]}, {"threads": 1.5}, {"warm_start": "nonsense"}, {"out": "out\udcff"}, {"out": "a\0b"}]
)
def test_arguments_that_no_record_can_hold(folder: Path, tmp_path: Path, arguments: dict[str, Any]) -> None:
    with pytest.raises(InputError):
        batch(folder, ["rtfs"], **({"out": tmp_path / "out"} | arguments))
    assert not (tmp_path / "out").exists()


def test_a_store_that_cannot_be_locked(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "out" / ".lock").mkdir(parents=True)
    with pytest.raises(InputError, match="cannot be written"):
        batch(folder, ["rtfs"], tmp_path / "out", workers=1)


@pytest.mark.usefixtures("in_process")
@pytest.mark.parametrize(
    "change",
    [
        {"verified": False, "objective": 1.0},
        {"objective": None},
        {"gap": 0.0},
        {"method": "auto"},
        {"seed": 7},
        {"instance_hash": "0" * 64},
    ],
)
def test_a_record_that_contradicts_itself_is_found_out(folder: Path, tmp_path: Path, change: dict[str, Any]) -> None:
    out = tmp_path / "out"
    batch(folder / "w0.json", ["rtfs"], out, workers=1)
    (file,) = (out / "runs").iterdir()
    data = json.loads(file.read_text())
    assert all(check.accepted for check in recheck(Store(out)))
    data["result"] |= change
    file.write_text(json.dumps(data) + "\n")
    assert [check.accepted for check in recheck(Store(out))] == [False]


@pytest.mark.usefixtures("in_process")
def test_a_damaged_line_is_no_verified_store(folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A last line that a kill cut is no damage."""
    out = tmp_path / "out"
    batch(folder / "w0.json", ["rtfs"], out, seeds=(0, 1), workers=1)
    (file,) = (out / "runs").iterdir()
    whole = file.read_bytes()
    file.write_bytes(whole[:-1])
    assert main(["verify", "--store", str(out)]) == 0
    file.write_bytes(b"x" + whole)
    assert main(["verify", "--store", str(out)]) == 2
    captured = capsys.readouterr()
    assert "line 1 is no record" in captured.err
    assert "1 solutions verified: 1 accepted" in captured.out
