"""A store and a search of earlier versions, kept as they were written: read, reported, verified and gone on with."""

from __future__ import annotations

import json
import shutil
from collections import Counter
from pathlib import Path

import pytest

from wnpopt import api
from wnpopt.bench.adversarial.archive import HISTORY
from wnpopt.bench.adversarial.search import SearchSummary, adversarial
from wnpopt.bench.analysis.gap import failure_table
from wnpopt.bench.analysis.runs import Runs, state_of
from wnpopt.bench.analysis.sweep import charts
from wnpopt.bench.batch.run import batch
from wnpopt.bench.report.page import write_report
from wnpopt.bench.store.integrality import Integrality
from wnpopt.bench.store.recheck import recheck
from wnpopt.bench.store.record import SCHEMA
from wnpopt.bench.store.store import Store
from wnpopt.cli.main import main

FROZEN = Path(__file__).parent / "data" / "store-1"


@pytest.fixture
def out(tmp_path: Path) -> Path:
    return Path(shutil.copytree(FROZEN, tmp_path / "out"))


def test_what_it_says() -> None:
    records = list(Store.open(FROZEN).latest().values())
    assert len(records) == 54
    assert {(record.schema, record.integral, record.package) for record in records} == {(1, None, None)}
    runs = Runs.in_store(Store(FROZEN))
    states = {k.name: state_of(k, [a for a in runs.all if a.known is k]) for k in runs.known.values()}
    assert states == dict.fromkeys(("w0", "w1", "cell", "chain", "never"), "proved") | {
        "slide-bandwidth-100-s0": "proved", "slide-bandwidth-400-s0": "proved"
    }  # fmt: skip
    assert {k.family: k.integral for k in runs.known.values()} == {"wnp": True, "slide": True, "intradp": False}
    failed = Counter(str(row[3]) for row in failure_table(runs).rows)
    assert failed == {"invalid": 12, "crash": 1, "memory": 1, "error": 2, "refused": 1, "timeout": 1}
    assert len(charts(Store(FROZEN), runs)) > 0


def test_it_is_verified() -> None:
    assert Counter((check.accepted, check.certificate is not None) for check in recheck(Store.open(FROZEN))) == {
        (True, True): 30, (True, False): 24
    }  # fmt: skip


def test_its_report_and_tables(out: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    overview = write_report(Store.open(out), tmp_path / "report.html", tables=tmp_path / "tables")
    assert (overview.instances, overview.proved, overview.runs, overview.failed) == (7, 7, 54, 18)
    assert overview.contradictions == 0
    assert (tmp_path / "tables" / "gaps.csv").is_file()
    assert main(["bench", str(out), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)


@pytest.mark.usefixtures("in_process")
def test_a_batch_goes_on_with_it(out: Path, tmp_path: Path) -> None:
    """Known runs are known; new ones are written beside them in today's format."""
    source = tmp_path / "instances"
    shutil.copytree(out / "instances", source)
    wnp = [file for file in source.iterdir() if json.loads(file.read_text())["kind"] == "wnp"]
    assert len(wnp) == 3
    first = batch(wnp, ["rtfs", "auto"], out, seeds=(0, 1), time_limit=10, workers=1)
    assert (first.ran, first.stored) == (0, 12)
    more = batch(wnp, ["rtfs"], out, seeds=(2,), time_limit=10, workers=1)
    assert (more.ran, more.stored, more.failed) == (3, 0, 0)
    assert Counter(record.schema for record in Store(out).latest().values()) == {1: 54, SCHEMA: 3}
    assert all(check.accepted for check in recheck(Store(out)))


def test_an_old_record_whose_instance_is_gone(out: Path) -> None:
    """Whether slide's objective is an integer depends on the instance; without it that is not known, and said."""
    store = Store(out)
    record = next(r for r in store.latest().values() if r.result.instance == "cell")
    assert Integrality(store)(record)
    store.instance_path(record.key.instance_hash).unlink()
    with pytest.warns(UserWarning, match="not known, taken for a real number"):
        assert not Integrality(store)(record)


SEARCH = Path(__file__).parent / "data" / "adversarial-1"
"""Of ``rtfs`` against ``pacs`` from wnp's tiny-14: 3 restarts of 12 steps, seed 1, the 2 worst kept."""


def _search_on(out: Path) -> SearchSummary:
    start = api.load(Path(__file__).resolve().parents[2] / "instances" / "wnp" / "tiny" / "tiny-14.json")
    return adversarial([start], "rtfs", "pacs", out=out, steps=12, restarts=3, seed=1, top=2)


def test_the_files_of_a_finished_search_follow_from_its_history(tmp_path: Path) -> None:
    """Nothing is searched again, and what is written is what was written then."""
    shutil.copy(SEARCH / HISTORY, tmp_path)
    summary = _search_on(tmp_path)
    told = json.loads((SEARCH / "summary.json").read_text())
    assert (summary.restarts_finished, summary.evaluated, summary.accepted) == (3, told["evaluated"], told["accepted"])
    assert [entry.score.ratio for entry in summary.worst] == [entry["score"]["ratio"] for entry in told["worst"]]
    assert json.loads((tmp_path / "summary.json").read_text()) | {"versions": told["versions"]} == told
    kept = {file.name: file.read_bytes() for file in SEARCH.glob("worst-*.json")}
    assert len(kept) == 6
    assert {file.name: file.read_bytes() for file in tmp_path.glob("*-*.json")} == kept


def test_a_search_that_was_killed_goes_on(tmp_path: Path) -> None:
    """Cut in the middle of a line of its last restart: that one begins anew, what was kept before stays."""
    lines = (SEARCH / HISTORY).read_bytes().splitlines(keepends=True)
    (tmp_path / HISTORY).write_bytes(b"".join(lines[:30]) + lines[30][:50])
    summary = _search_on(tmp_path)
    assert summary.complete
    written = (tmp_path / HISTORY).read_bytes().splitlines(keepends=True)
    assert written[:30] == lines[:30]
    assert written[30] == lines[30][:50] + b"\n"
    assert 3.0597014925373136 in [entry.score.ratio for entry in summary.worst]  # of the first restart
