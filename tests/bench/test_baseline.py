"""``wnpopt bench NEW --baseline OLD``: what two stores have in common, and what has changed in it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.bench.record_factory import record
from wnpopt.bench.analysis.baseline import StoreComparison, compare_runs
from wnpopt.bench.analysis.runs import Runs
from wnpopt.bench.store.record import Failure, Record
from wnpopt.bench.store.store import Store, write_records
from wnpopt.cli.main import main


def compared(new: list[Record], old: list[Record]) -> StoreComparison:
    return compare_runs(Runs.of(new), Runs.of(old))


def only(comparison: StoreComparison) -> dict[str, object]:
    (row,) = comparison.table.records()
    return dict(row)


def test_a_store_against_itself_changes_nothing() -> None:
    runs = [record(name, objective=10 + i, bound=10, time=1.0) for i, name in enumerate("abc")]
    row = only(compared(runs, runs))
    assert row["pairs"] == 3
    assert (row["gap_change"], row["gap_least"], row["gap_most"]) == (0, 0, 0)
    assert (row["time_ratio"], row["ratio_least"], row["ratio_most"]) == (1, 1, 1)
    assert (row["values_better"], row["values_worse"], row["proofs_gained"], row["proofs_lost"]) == (0, 0, 0, 0)
    assert row["proved_old"] == row["proved_new"] == 1


def test_gap_time_and_proofs_with_their_spread() -> None:
    old = [
        record("a", objective=20, bound=10, time=1.0),
        record("b", objective=16, bound=8, time=3.0),
        record("c", objective=10, bound=10, time=0.0),
    ]
    new = [
        record("a", objective=10, bound=10, time=0.0),
        record("b", objective=20, bound=8, time=7.0),
        record("c", objective=10, bound=8, time=0.0),
    ]
    row = only(compared(new, old))
    # To the best bound of either store: 1/2, 1/2, 0 before, and 0, 12/20, 0 now.
    assert row["gap_old"] == pytest.approx(1 / 3)
    assert row["gap_new"] == pytest.approx(0.2)
    assert (row["gap_least"], row["gap_median"], row["gap_most"]) == pytest.approx((-0.5, 0.0, 0.1))
    assert (row["values_better"], row["values_worse"]) == (1, 1)
    assert (row["ratio_least"], row["ratio_median"], row["ratio_most"]) == (0.5, 1.0, 2.0)
    assert row["time_ratio"] == pytest.approx(1.0)
    assert (row["proved_old"], row["proved_new"], row["proofs_gained"], row["proofs_lost"]) == (1, 1, 1, 1)


def test_for_a_maximum_more_is_better() -> None:
    old = [record("a", objective=5, bound=10, sense="max", family="slide")]
    new = [record("a", objective=8, bound=10, sense="max", family="slide")]
    row = only(compared(new, old))
    assert (row["values_better"], row["values_worse"]) == (1, 0)
    assert row["gap_change"] == pytest.approx(2 / 8 - 5 / 5)


def test_only_equal_keys_are_compared() -> None:
    old = [record("a", objective=5, bound=5), record("a", objective=5, seed=1), record("b", objective=5)]
    new = [record("a", objective=5, bound=5), record("a", objective=5, time_limit=60.0), record("c", objective=5)]
    comparison = compared(new, old)
    assert only(comparison)["pairs"] == 1
    assert (comparison.only_new, comparison.only_old) == (2, 2)


def test_failures_count_with_their_limit_and_as_lost_values() -> None:
    old = [record("a", objective=5, bound=5, time=1.0)]
    new = [record("a", failure=Failure.CRASH, time=0.1, time_limit=10.0)]
    row = only(compared(new, old))
    assert (row["failed_old"], row["failed_new"], row["values_worse"], row["proofs_lost"]) == (0, 1, 1, 1)
    assert row["ratio_median"] == pytest.approx(11 / 2)
    assert row["gap_new"] is None


def test_a_value_that_beats_the_other_stores_bound_is_told() -> None:
    comparison = compared([record("a", objective=5, bound=5)], [record("a", objective=9, bound=9)])
    (told,) = comparison.contradictions
    assert "the bound 9 of one store is contradicted by the value 5 of the other" in told
    row = only(comparison)
    assert (row["proved_old"], row["proved_new"], row["gap_new"]) == (0, 0, None)


@pytest.fixture
def stores(tmp_path: Path) -> tuple[str, str]:
    """A new store and an old one."""
    for name, value in (("old", 12), ("new", 10)):
        store = Store.create(tmp_path / name)
        write_records(store, [record("a", objective=value, bound=10), record(name, objective=1)], label="m")
    return str(tmp_path / "new"), str(tmp_path / "old")


def test_the_command(stores: tuple[str, str], tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    new, old = stores
    assert main(["bench", new, "--baseline", old, "--out", str(tmp_path / "t")]) == 0
    text = capsys.readouterr().out
    assert "1 runs are only in" in text
    assert "-16.67 %" in text
    assert (tmp_path / "t" / "baseline.csv").read_text().startswith("suite,label,pairs,gap_old")
    assert main(["bench", new, "--baseline", old, "--json"]) == 0
    data = json.loads(capsys.readouterr().out)
    assert data["rows"][0]["proofs_gained"] == 1
    assert (data["only_new"], data["only_old"]) == (1, 1)
    assert main(["bench", new, "--baseline", new + "x"]) == 2
    assert main(["bench", new, "--baseline", old, "--update-index"]) == 2
    assert main(["bench", "owin-cores", "--baseline", old]) == 2
    assert "--baseline: goes with a folder of results, not with a suite" in capsys.readouterr().err


def test_stores_without_a_common_run_say_so(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for name in ("a", "b"):
        write_records(Store.create(tmp_path / name), [record(name, objective=1)], label="m")
    assert main(["bench", str(tmp_path / "a"), "--baseline", str(tmp_path / "b")]) == 0
    assert "have no run in common" in capsys.readouterr().out
