"""Disks that are full, fill up or can only be read, as ``scripts/full_disk.py`` tries them with every command."""

from __future__ import annotations

import errno
import os
import resource
import runpy
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

import wnpopt
from tests.bench.in_process import InProcess
from tests.hardening.inputs import Inputs
from tests.samples import ordinarily
from wnpopt.bench.batch.run import batch
from wnpopt.bench.store.store import Store
from wnpopt.bench.sweep.axes import Axis
from wnpopt.bench.sweep.run import sweep
from wnpopt.core.errors import InputError
from wnpopt.core.jsonio import replacing, write_atomic
from wnpopt.problems.intradp.execution.remote.greeting import read_key

LIBRARY = Inputs(Path())
SCRIPT = Path(__file__).parents[2] / "scripts" / "full_disk.py"


class FullDisk:
    """Every ``fsync`` from the ``last`` one on fails: what was written before it is on disk, the rest is not."""

    def __init__(self, last: int, number: int) -> None:
        self.calls, self._last, self._number, self._real = 0, last, number, os.fsync

    def __call__(self, handle: Any) -> None:
        self.calls += 1
        if self.calls > self._last:
            raise OSError(self._number, os.strerror(self._number))
        self._real(handle)


@contextmanager
def no_file_beyond(size: int) -> Iterator[None]:
    """Within the block the system takes no more than so many bytes of a file."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


@pytest.mark.parametrize("number", ordinarily(1, [errno.ENOSPC, errno.EDQUOT, errno.EIO]))
def test_a_batch_goes_on_wherever_the_disk_was_full(
    number: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """At each thing that it puts on disk in turn: one message, no half of anything, and each run once at the end."""
    monkeypatch.setattr("wnpopt.bench.batch.run.LocalExecutor", InProcess)
    files = [str(file) for file in LIBRARY.tiny[:2]]
    ended = 0
    for last in range(40):
        out = tmp_path / str(last)
        with monkeypatch.context() as patched:
            disk = FullDisk(last, number)
            patched.setattr(os, "fsync", disk)
            told = ""
            try:
                batch(files, ["rtfs"], out, workers=1)
            except InputError as error:
                told = str(error)
        if not told:
            ended = disk.calls
            break
        assert f"cannot be written: {os.strerror(number)}" in told
        assert not list(out.rglob("*.tmp"))
        kept = list(Store.open(out).records())
        assert all(wnpopt.load(path) for path in (out / "instances").iterdir())
        assert all(wnpopt.load_solution(path) for path in (out / "solutions").iterdir())
        again = batch(files, ["rtfs"], out, workers=1)
        assert (again.complete, again.ran + again.stored, again.stored) == (True, 2, len(kept))
        assert set(Counter(record.key for record in Store.open(out).records()).values()) == {1}
    assert ended > 4


@pytest.mark.slow
def test_a_sweep_whose_tables_do_not_fit_has_its_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("wnpopt.bench.batch.run.LocalExecutor", InProcess)
    instance, axes = wnpopt.load(LIBRARY.tiny[0]), [Axis("chip.hop_ticks", (0, 1))]
    genuine = write_atomic

    def full(path: Any, content: bytes) -> None:
        if Path(path).name == "sweep.md":
            raise InputError("cannot be written: No space left on device", file=str(path))
        genuine(path, content)

    with monkeypatch.context() as patched:
        patched.setattr("wnpopt.bench.sweep.run.write_atomic", full)
        with pytest.raises(InputError, match=r"sweep\.md: cannot be written: No space left"):
            sweep(instance, axes, ["rtfs"], tmp_path, workers=1)
    made = sweep(instance, axes, ["rtfs"], tmp_path, workers=1)
    assert (made.summary.ran, made.summary.stored) == (0, 2)


@pytest.mark.parametrize("was", [None, b"as it was"])
def test_a_file_that_does_not_fit_is_what_it_was(was: bytes | None, tmp_path: Path) -> None:
    from wnpopt.problems.slide.columnar.allocation import allocation_of
    from wnpopt.problems.slide.columnar.columns import SlideColumns, save_columns

    instance: Any = wnpopt.load(sorted((LIBRARY.tiny[0].parents[2] / "slide" / "tiny").glob("tiny-*.json"))[0])
    columns = SlideColumns.of(instance)
    solution: Any = wnpopt.solve(instance, "greedy", isolate=False).solution
    file = tmp_path / "file"
    if was is not None:
        file.write_bytes(was)
    writers: list[Callable[[], object]] = [
        lambda: write_atomic(file, b"x" * 100), lambda: save_columns(columns, file),
        lambda: allocation_of(columns, solution).save(file), lambda: wnpopt.save(instance, file),
    ]  # fmt: skip
    for write in writers:
        with no_file_beyond(40), pytest.raises(InputError, match="file: cannot be written: File too large"):
            write()
        assert list(tmp_path.iterdir()) == ([] if was is None else [file])
        assert was is None or file.read_bytes() == was

    def half() -> None:
        with replacing(file) as stream:
            stream.write(b"half")
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        half()
    assert list(tmp_path.iterdir()) == ([] if was is None else [file])
    for write in writers:
        write()
        assert file.read_bytes() != was


def test_half_a_key_is_no_key(tmp_path: Path) -> None:
    """A key that did not fit is not there, and the next server makes one."""
    file = tmp_path / "run.key"
    with no_file_beyond(20), pytest.raises(InputError, match="no key can be read: file too large"):
        read_key(file, make=True)
    assert list(tmp_path.iterdir()) == []
    assert len(read_key(file, make=True)) == 64


@pytest.mark.slow
@pytest.mark.skipif(not runpy.run_path(str(SCRIPT))["possible"](), reason="no file system can be mounted here")
@pytest.mark.parametrize(
    ("command", "states"),
    [("solve", "full,read-only,temporary"), ("batch", "4 KiB,read-only"), ("run-intradp", "full"), ("export", "full")],
)
def test_commands_on_a_small_disk(command: str, states: str) -> None:
    if command == "run-intradp":
        pytest.importorskip("onnxruntime", reason="the extra run is not installed")
    done = subprocess.run(
        [sys.executable, str(SCRIPT), "--commands", command, "--states", states], capture_output=True, text=True,
        check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert done.stdout.endswith(": 0 wrong\n")
