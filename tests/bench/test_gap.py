"""Gap tables and means against formulas computed another way, and the cases that must not be averaged away."""

from __future__ import annotations

from decimal import Decimal, localcontext

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.bench.record_factory import hash_of, record
from wnpopt.bench.analysis.gap import (
    contradiction_table,
    failure_table,
    gap_table,
    gap_views,
    instance_table,
    seed_table,
)
from wnpopt.bench.analysis.means import mean, median, shifted_geometric_mean
from wnpopt.bench.analysis.runs import Runs, state_of
from wnpopt.bench.analysis.table import Cell, Table, shown, to_csv, to_latex
from wnpopt.bench.store.record import Failure, Parameters, Record, Reference
from wnpopt.core.bound import Sense


def rows(table: Table) -> list[dict[str, Cell]]:
    keys = [column.key for column in table.columns]
    assert len(set(keys)) == len(keys)
    return [dict(zip(keys, row, strict=True)) for row in table.rows]


def gaps(*records: Record) -> dict[str, dict[str, Cell]]:
    """The rows of the gap table by label."""
    return {str(row["label"]): row for row in rows(gap_table(Runs.of(records)))}


@given(
    st.lists(st.floats(min_value=0, max_value=1e7), min_size=1, max_size=40), st.sampled_from([1.0, 0.01, 10.0, 1e-3])
)
def test_shifted_geometric_mean_is_its_formula(values: list[float], shift: float) -> None:
    with localcontext(prec=80):
        product = Decimal(1)
        for value in values:
            product *= Decimal(value) + Decimal(shift)
        exact = float(product ** (Decimal(1) / len(values)) - Decimal(shift))
    assert shifted_geometric_mean(values, shift) == pytest.approx(exact, rel=1e-12, abs=1e-15)


def test_shifted_geometric_mean_keeps_small_times() -> None:
    """The formula as it is written loses nine digits here."""
    assert shifted_geometric_mean([1e-9, 3e-9], 1.0) == pytest.approx(2e-9, rel=1e-8)


@given(st.lists(st.floats(min_value=-1e6, max_value=1e6), min_size=1))
def test_median_has_as_many_on_either_side(values: list[float]) -> None:
    middle = median(values)
    assert middle is not None
    assert sum(v < middle for v in values) <= len(values) / 2
    assert sum(v > middle for v in values) <= len(values) / 2


def test_nothing_has_no_mean() -> None:
    assert mean([]) is None
    assert median([]) is None
    assert shifted_geometric_mean([], 1.0) is None


def test_a_row_of_the_gap_table() -> None:
    found = gaps(
        record("a", "exact", objective=100, bound=100, time=1.0),
        record("b", "exact", objective=200, bound=150, time=3.0),
        record("a", "fast", objective=110, time=0.5),
        record("b", "fast", objective=180, time=0.25),
    )
    exact, fast = found["exact"], found["fast"]
    assert exact["runs"] == 2
    assert exact["time_mean_s"] == pytest.approx((2 * 4) ** 0.5 - 1)
    assert (exact["time_min_s"], exact["time_median_s"], exact["time_max_s"]) == (1.0, 2.0, 3.0)
    assert exact["gap_mean"] == pytest.approx((0 + 50 / 200) / 2)
    assert exact["gap_worst"] == pytest.approx(0.25)
    assert (exact["proved"], exact["best"]) == (0.5, 0.5)
    # to the best bound of all runs, though this method proves none
    assert fast["gap_mean"] == pytest.approx((10 / 110 + 30 / 180) / 2)
    assert (fast["gap_unknown"], fast["proved"], fast["best"], fast["unsolved"]) == (0, 0.0, 0.5, 0)


def test_views_have_every_column_of_the_gap_table() -> None:
    table = gap_table(Runs.of([record("a", objective=3, bound=2), record("b", failure=Failure.CRASH)]))
    views = gap_views(table)
    assert [view.name for view in views] == ["gaps-time", "gaps-quality", "gaps-failures"]
    together: dict[str, Cell] = {}
    for view in views:
        together |= rows(view)[0]
    assert together == rows(table)[0]


def test_failed_and_empty_runs_count_with_their_limit() -> None:
    found = gaps(
        record("a", "m", objective=5, bound=5, time=2.0, time_limit=20.0),
        record("b", "m", failure=Failure.CRASH, time=None, time_limit=20.0),
        record("c", "m", time=20.5, time_limit=20.0),
    )["m"]
    assert (found["time_min_s"], found["time_median_s"], found["time_max_s"]) == (2.0, 20.0, 20.0)
    assert (found["unsolved"], found["failed_crash"], found["gap_unknown"]) == (1, 1, 2)
    assert found["proved"] == pytest.approx(1 / 3)


def test_without_a_limit_the_longest_time_of_the_instance_counts() -> None:
    found = gaps(
        record("a", "slow", objective=5, time=30.0, time_limit=None),
        record("a", "slow", 1, objective=5, time=20.0, time_limit=None),
        record("a", "bad", failure=Failure.MEMORY, time=1.0, time_limit=None),
        record("b", "bad", failure=Failure.MEMORY, time=None, time_limit=None),
    )
    assert found["bad"]["time_max_s"] == found["bad"]["time_min_s"] == 30.0
    assert found["bad"]["primal_integral"] is None


@pytest.mark.parametrize("kind", list(Failure))
def test_each_kind_of_failure_has_a_column(kind: Failure) -> None:
    family = None if kind is Failure.INVALID else "wnp"
    found = gaps(
        record("a", "m", failure=kind, time=None, family=family, sense=None if family is None else "min"),
        record("b", "m", objective=3, time=1.0),
    )["m"]
    assert {name: found[f"failed_{name}"] for name in Failure} == {name: int(name is kind) for name in Failure}
    assert found["unsolved"] == 0


def test_an_invalid_file_counts_as_a_failure_and_nowhere_else() -> None:
    found = gaps(
        record("a", "m", objective=3, bound=3, time=1.0),
        record("broken", "m", failure=Failure.INVALID, time=None, family=None, sense=None),
    )["m"]
    assert (found["runs"], found["failed_invalid"], found["proved"], found["time_max_s"]) == (2, 1, 1.0, 1.0)
    assert (found["gap_unknown"], found["unsolved"]) == (0, 0)
    only = gaps(record("broken", "m", failure=Failure.INVALID, time=None, family=None, sense=None))["m"]
    assert [only[key] for key in ("time_mean_s", "gap_mean", "proved", "best", "primal_integral")] == [None] * 5


def test_proved_infeasible_is_an_answer() -> None:
    found = gaps(record("a", "m", status="infeasible", time=1.5), record("a", "h", time=0.1))
    assert (found["m"]["proved"], found["m"]["best"], found["m"]["unsolved"]) == (1.0, 1.0, 0)
    assert found["m"]["time_max_s"] == 1.5
    assert (found["h"]["proved"], found["h"]["best"], found["h"]["unsolved"]) == (0.0, 0.0, 1)


def test_a_failed_run_has_no_value() -> None:
    """What a rejected run claims counts nowhere, not even as the best known."""
    runs = Runs.of([
        record("a", "liar", objective=1, failure=Failure.ERROR, verified=False),
        record("a", "m", objective=10, bound=8),
    ])  # fmt: skip
    found = {row["label"]: row for row in rows(gap_table(runs))}
    assert (found["liar"]["gap_unknown"], found["liar"]["proved"], found["liar"]["best"]) == (1, 0.0, 0.0)
    assert found["m"]["best"] == 1.0
    assert rows(instance_table(runs))[0]["best"] == 10


def test_what_a_run_had_before_it_failed_is_known_and_no_answer_of_its_own() -> None:
    """A verified plan is one, and a proved bound too, whatever became of the run; it stays a failure."""
    runs = Runs.of([
        record("a", "crashed", objective=9, bound=8.5, failure=Failure.CRASH),
        record("a", "m", objective=10, bound=8),
    ])  # fmt: skip
    (known,) = runs.known.values()
    assert (known.best, known.bound, known.contradiction) == (9, 8.5, None)
    assert known.record is not None
    assert known.record.key.method == "crashed"
    found = {row["label"]: row for row in rows(gap_table(runs))}
    assert (found["crashed"]["gap_unknown"], found["crashed"]["best"], found["crashed"]["failed_crash"]) == (1, 0.0, 1)
    assert (found["m"]["best"], found["m"]["gap_mean"]) == (0.0, pytest.approx(0.15))


@pytest.mark.parametrize(
    ("objective", "bound", "sense", "state"),
    [
        (2_000_000, 1_999_999, "min", "open"),
        (2_000_000, 1_999_999.000001, "min", "open"),
        (2_000_000, 1_999_999.00001, "min", "proved"),
        (2_000_000, 2_000_000, "min", "proved"),
        (2_000_000, 2_000_000.5, "min", "contradiction"),
        (2_000_000, 2_000_001, "min", "contradiction"),
        (2_000_000, 2_000_001, "max", "open"),
        (2_000_000, 2_000_000.9, "max", "proved"),
        (2_000_000, 1_999_999, "max", "contradiction"),
    ],
)
def test_integers_are_told_apart_whatever_their_size(objective: int, bound: float, sense: Sense, state: str) -> None:
    """A relative tolerance would call an integer proved one tick beside its bound, and a contradiction proved."""
    status = "optimal" if state == "proved" else "feasible"
    made = record("a", "m", objective=objective, bound=bound, sense=sense, status=status, integral=True)
    runs = Runs.of([made])
    (known,) = runs.known.values()
    assert state_of(known, runs.all) == state
    assert runs.all[0].proved is (state == "proved")
    if state == "open":
        lying = Runs.of([msgspec.structs.replace(made, result=msgspec.structs.replace(made.result, status="optimal"))])
        assert not lying.all[0].proved
    near = Runs.of([made, record("a", "other", objective=objective + (1 if sense == "min" else -1), sense=sense)])
    assert {a.label: a.reaches_best for a in near.all} == {"m": True, "other": False}


def test_the_index_counts_as_known() -> None:
    found = gaps(record("a", "m", objective=10, reference=Reference(best=8, bound=8)))["m"]
    assert found["gap_mean"] == pytest.approx(0.2)
    assert found["best"] == 0.0


@pytest.mark.parametrize("sense", ["min", "max"])
def test_a_contradiction_cannot_be_overlooked(sense: str) -> None:
    sign = 1 if sense == "min" else -1
    runs = Runs.of([
        record("a", "liar", objective=100, bound=100, sense=sense),  # type: ignore[arg-type]
        record("a", "m", objective=100 - 10 * sign, sense=sense),  # type: ignore[arg-type]
    ])  # fmt: skip
    table = gap_table(runs)
    assert "CONTRADICTED: 1" in table.note
    (row,) = rows(contradiction_table(runs))
    assert row["instance"] == "a"
    assert "liar" in str(row["what"])
    assert [r["proved"] for r in rows(table)] == [0.0, 0.0]
    assert [r["gap_mean"] for r in rows(table)] == [None, None]


def test_a_value_contradicts_a_proof_of_infeasibility() -> None:
    runs = Runs.of([record("a", "liar", status="infeasible"), record("a", "m", objective=7)])
    (row,) = rows(contradiction_table(runs))
    assert "infeasible" in str(row["what"])
    assert {r["label"]: (r["proved"], r["best"]) for r in rows(gap_table(runs))} == {"liar": (0, 0), "m": (0, 1)}


def test_small_values_contradict_too() -> None:
    """Seconds and joules of a few thousandths: a slack in absolute terms would hide a wrong bound."""
    runs = Runs.of([record("a", "liar", objective=0.0067, bound=0.00660090), record("a", "m", objective=0.0066008)])
    assert len(contradiction_table(runs).rows) == 1


def test_without_contradiction_there_is_no_row_and_no_warning() -> None:
    runs = Runs.of([record("a", "m", objective=10, bound=10), record("a", "h", objective=11, bound=10 + 1e-9)])
    assert contradiction_table(runs).rows == ()
    assert "CONTRADICTED" not in gap_table(runs).note


def test_labels_and_suites_have_rows_of_their_own() -> None:
    runs = Runs.of([
        record("a", "m", objective=1, file="x/s/a.json"),
        record("b", "m", objective=1, file="x/t/b.json", parameters=Parameters(warm_start="none")),
    ])  # fmt: skip
    assert [(row["suite"], row["label"]) for row in rows(gap_table(runs))] == [
        ("x/s", "m from auto"), ("x/t", "m from none"),
    ]  # fmt: skip


def test_instance_rows() -> None:
    runs = Runs.of([
        *(record("a", "m", s, objective=v, bound=50, time=t) for s, v, t in ((0, 100, 1), (1, 80, 3), (2, 90, 5))),
        record("a", "h", objective=125, time=0.5),
        record("b", "h", objective=4, time=0.5),
        record("c", "other", objective=4, family="slide", sense="max"),
    ])  # fmt: skip
    a, b = rows(instance_table(runs, "wnp"))
    assert (a["instance"], a["best"], a["bound"], a["gap"], a["found_by"]) == ("a", 80, 50, 30 / 80, "m")
    assert (a["m: gap"], a["m: median gap"], a["m: time_s"]) == (30 / 80, 40 / 90, 3)
    assert a["h: gap"] == 75 / 125
    assert "h: median gap" not in a
    assert (b["bound"], b["gap"], b["h: gap"], b["m: gap"], b["m: time_s"]) == (None, None, None, None, None)
    assert "other: gap" not in a
    assert (a["state"], b["state"]) == ("open", "open")
    assert [row["instance"] for row in rows(instance_table(runs))] == ["a", "b", "c"]
    index = Runs.of([record("a", "m", objective=5, reference=Reference(4, 3))])
    assert rows(instance_table(index))[0]["found_by"] == "the index"


@pytest.mark.parametrize(("sense", "expected"), [("min", (1, 2, 3)), ("max", (3, 2, 1))])
def test_spread_over_seeds(sense: str, expected: tuple[int, ...]) -> None:
    runs = Runs.of([
        *(record("a", "m", s, objective=v, time=s + 1.0, sense=sense) for s, v in ((0, 2), (1, 3), (2, 1))),  # type: ignore[arg-type]
        record("a", "m", 3, failure=Failure.TIMEOUT, time=None, sense=sense),  # type: ignore[arg-type]
        record("a", "once", objective=9, sense=sense),  # type: ignore[arg-type]
    ])  # fmt: skip
    (row,) = rows(seed_table(runs))
    assert (row["label"], row["seeds"], row["answers"]) == ("m", 4, 3)
    assert (row["value_best"], row["value_median"], row["value_worst"]) == expected
    assert (row["time_min_s"], row["time_median_s"], row["time_max_s"]) == (1.0, 2.5, 10.0)


def test_states_of_instances() -> None:
    runs = Runs.of([
        record("a", objective=3, bound=3),
        record("b", "x", objective=3), record("b", "y", objective=4, bound=3),
        record("c", status="infeasible"),
        record("d", objective=3, bound=1),
        record("e"), record("f", failure=Failure.CRASH),
        record("g", "x", objective=3), record("g", "y", objective=4, bound=4),
    ])  # fmt: skip
    assert [row["state"] for row in rows(instance_table(runs))] == [
        "proved", "proved", "infeasible", "open", "unsolved", "failed", "contradiction",
    ]  # fmt: skip


def test_every_failed_run_is_listed() -> None:
    runs = Runs.of([
        record("a", "m", 3, failure=Failure.TIMEOUT, time=None, message="killed after 70 s"),
        record("b", "m", objective=1),
    ])  # fmt: skip
    assert failure_table(runs).rows == (("suite/a.json", "m", 3, "timeout", "killed after 70 s"),)


def test_no_runs_make_empty_tables() -> None:
    runs = Runs.of([])
    for table in (gap_table(runs), instance_table(runs), seed_table(runs), failure_table(runs)):
        assert table.rows == ()
        assert to_csv(table).count("\n") == 1
        assert r"\end{tabular}" in to_latex(table)


@given(st.permutations(range(6)))
def test_the_order_of_the_records_does_not_matter(order: list[int]) -> None:
    records = [
        record(name, method, seed, objective=10.0 + seed, bound=9, time=1.0 + seed)
        for name in "ab"
        for method, seed in (("m", 0), ("m", 1), ("h", 0))
    ]
    expected = to_csv(gap_table(Runs.of(records)))
    assert to_csv(gap_table(Runs.of([records[i] for i in order]))) == expected


def test_huge_percentages_stay_short() -> None:
    assert shown(5e12, "percent") == "5.0e+14 %"
    assert shown(0.0123, "percent") == "1.23 %"


def test_instances_are_told_apart_by_content() -> None:
    same = hash_of("a")
    runs = Runs.of([
        record("a", "m", objective=10, bound=10, instance_hash=same),
        record("copy", "h", objective=20, instance_hash=same),
    ])  # fmt: skip
    assert len(instance_table(runs).rows) == 1
    assert {row["label"]: row["gap_mean"] for row in rows(gap_table(runs))} == {"m": 0, "h": 0.5}


def _of_content(made: Record, content: str, finished: int) -> Record:
    moment = f"2026-01-01T00:00:{finished:02d}.000000+00:00"
    return msgspec.structs.replace(made, file="suite/a.json", file_sha256=hash_of(content), finished=moment)


def test_a_file_that_was_mended_is_no_failure_any_more() -> None:
    broken = _of_content(record("a", failure=Failure.INVALID, family=None, sense=None, time=None), "broken", 1)
    good = _of_content(record("mended", objective=12, bound=10), "good", 2)
    for order in ((broken, good), (good, broken)):
        runs = Runs.of(order)
        assert [run.record for run in runs.all] == [good]
        assert rows(failure_table(runs)) == []
    # Broken again, or for the first time, after it was right: that counts, and so does what was run before.
    again = msgspec.structs.replace(broken, finished="2026-01-02T00:00:00.000000+00:00")
    runs = Runs.of([good, again])
    assert {run.record.file_sha256 for run in runs.all} == {good.file_sha256, broken.file_sha256}
    assert gaps(good, again)["m"]["failed_invalid"] == 1
    elsewhere = msgspec.structs.replace(good, file="suite/b.json")
    assert gaps(broken, elsewhere)["m"]["failed_invalid"] == 1


def test_files_that_held_other_instances_are_told_of() -> None:
    """Both count; who changes an instance and runs it again in the same store is to know."""
    before = _of_content(record("before", objective=12, bound=10), "before", 1)
    after = _of_content(record("after", objective=15, bound=10), "after", 2)
    runs = Runs.of([before, after, record("b", objective=12, bound=10)])
    assert runs.rewritten == 1
    assert "CHANGED: 1 file(s)" in gap_table(runs).note
    renamed = msgspec.structs.replace(before, key=msgspec.structs.replace(before.key, seed=1), file_sha256=hash_of("x"))
    same = Runs.of([before, renamed])
    assert same.rewritten == 0
    assert "CHANGED" not in gap_table(same).note
