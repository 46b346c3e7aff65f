"""A clock that is set back or forth by hours: nothing is lost, nothing lasts longer, and only names tell the time."""

from __future__ import annotations

import ast
import os
import tempfile
import time
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

import wnpopt
from tests.architecture.sources import ROOT
from tests.hardening.inputs import Inputs
from wnpopt.backends.solvers import program
from wnpopt.bench.batch.run import batch
from wnpopt.bench.store import store as stores
from wnpopt.bench.store.store import Store

LIBRARY = Inputs(Path())
WALL = {"time.time", "time.time_ns", "time.localtime", "time.gmtime", "datetime.now", "datetime.utcnow", "date.today"}
MAY_ASK = {"bench/store/store.py", "backends/solvers/program.py", "core/drafts.py"}
"""Who looks at the clock on the wall: for the names of files and the age of what was left behind."""


def test_durations_are_of_clocks_that_only_go_on() -> None:
    asking = set()
    for path in ROOT.rglob("*.py"):
        source = path.read_text()
        if "import time" not in source and "time import" not in source:
            continue
        for node in ast.walk(ast.parse(source)):
            if isinstance(node, ast.Attribute) and ast.unparse(node) in WALL:
                asking.add(path.relative_to(ROOT).as_posix())
            if isinstance(node, ast.ImportFrom) and node.module == "time":
                assert not {alias.name for alias in node.names} & {"time", "time_ns", "localtime", "gmtime"}, path
    assert asking == MAY_ASK


class JumpingClock:
    """A datetime whose ``now`` jumps by hours, back and forth."""

    fromisoformat = staticmethod(datetime.fromisoformat)

    def __init__(self, *hours: float) -> None:
        self.asked = 0
        self._hours = hours

    def now(self, zone: object) -> datetime:
        assert zone is UTC
        self.asked += 1
        return datetime(2026, 3, 1, tzinfo=UTC) + timedelta(hours=self._hours[self.asked % len(self._hours)])


@pytest.mark.parametrize("hours", [(0.0,), (0.0, 7.0, -9.0), (5.0, 4.0, 3.0, 2.0, 1.0, 0.0)])
def test_a_batch_while_the_clock_jumps(
    hours: tuple[float, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each run is there once; what is run again counts, though its clock says it was before."""
    from tests.bench.in_process import InProcess

    clock = JumpingClock(*hours)
    monkeypatch.setattr("wnpopt.bench.batch.run.LocalExecutor", InProcess)
    monkeypatch.setattr(stores, "datetime", clock)
    monkeypatch.setattr(time, "time", lambda: 1e9 + 3600.0 * hours[clock.asked % len(hours)])
    out = tmp_path / "out"
    files = [str(file) for file in LIBRARY.tiny[:2]]
    assert batch(files, ["rtfs"], out, workers=1).complete
    first = Store.open(out).latest()
    assert clock.asked >= 3
    assert set(Counter(record.key for record in Store.open(out).records()).values()) == {1}
    assert all(0 <= (record.result.runtime_s or 0.0) < 60 for record in first.values())
    assert batch(files, ["rtfs"], out, workers=1).ran == 0
    clock._hours = tuple(hour - 48 for hour in hours)
    assert batch(files, ["rtfs"], out, workers=1, rerun="all").ran == 2
    second = Store.open(out).latest()
    assert second.keys() == first.keys()
    assert all(second[key].finished > first[key].finished for key in first)
    assert len(list(Store.open(out).records())) == 4


def test_files_of_the_future_and_of_the_past_are_read_alike(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from tests.bench.in_process import InProcess

    monkeypatch.setattr("wnpopt.bench.batch.run.LocalExecutor", InProcess)
    out, file = tmp_path / "out", tmp_path / "w.json"
    file.write_bytes(LIBRARY.tiny[0].read_bytes())
    assert batch(file, ["rtfs"], out, workers=1).ran == 1
    for moment in (0.0, 4e9):
        for path in (file, *out.rglob("*")):
            os.utime(path, (moment, moment))
        assert batch(file, ["rtfs"], out, workers=1).ran == 0


@pytest.mark.skipif(not Path("/proc/self").exists(), reason="processes are looked for in /proc")
def test_a_run_keeps_its_folder_whatever_the_clock_says(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Left folders go after a day; a clock that jumps makes none of a living process look left."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    with program.folder_of_run() as own:
        for hours in (1000.0, -1000.0):
            os.utime(own, (time.time() + 3600 * hours, time.time() + 3600 * hours))
            with program.folder_of_run() as other:
                assert own.is_dir()
                assert other != own
    left = tmp_path / f"{program._FOLDER}{2**22 + 7}-x"  # beyond the largest process id
    left.mkdir()
    for hours, stays in ((1000.0, True), (0.0, True), (-25.0, False)):
        os.utime(left, (time.time() + 3600 * hours, time.time() + 3600 * hours))
        with program.folder_of_run():
            assert left.is_dir() == stays


def test_a_solve_while_the_clock_jumps(monkeypatch: pytest.MonkeyPatch) -> None:
    instance = wnpopt.load(LIBRARY.tiny[0])
    calm = wnpopt.solve(instance, "pacs", isolate=False)
    jumps = iter(range(10**9))
    monkeypatch.setattr(time, "time", lambda: 1e9 - 3600.0 * next(jumps))
    result = wnpopt.solve(instance, "pacs", isolate=False)
    assert (result.objective, result.status) == (calm.objective, calm.status)
    assert 0 <= result.runtime_s < 60
    assert [point.time_s for point in result.trace] == sorted(point.time_s for point in result.trace)
