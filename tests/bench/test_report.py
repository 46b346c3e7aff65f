"""What the report says and writes, without a browser."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.bench.record_factory import hash_of, record
from tests.bench.report_store import failed, tiny_store
from wnpopt.bench.analysis.runs import Runs, state_of
from wnpopt.bench.report.data import overview_of, suite_table, with_figures
from wnpopt.bench.report.figures import MOST_POINTS, curve_of, thinned
from wnpopt.bench.report.page import write_report
from wnpopt.bench.store.record import Failure, Reference
from wnpopt.bench.store.store import Store, write_records
from wnpopt.cli.main import main
from wnpopt.core.errors import InputError, one_line
from wnpopt.core.trace import TracePoint
from wnpopt.plotting.page import embedded

pytest.importorskip("plotly", reason="the extra plot is not installed")


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Store:
    return tiny_store(tmp_path_factory.mktemp("report") / "results", count=2)


def data_of(page: Path, name: str = "data") -> dict[str, object]:
    """The JSON in the page's element of this id."""
    found = re.search(
        rf'<script type="application/json" id="{name}">(.*?)</script>', page.read_text(encoding="utf-8"), re.DOTALL
    )
    assert found
    data = json.loads(found[1])
    assert isinstance(data, dict)
    return data


# What the page holds


def test_the_page_needs_nothing_else_and_is_the_same_for_a_copy_of_the_store(store: Store, tmp_path: Path) -> None:
    first, second = tmp_path / "a.html", tmp_path / "b.html"
    write_report(store, first)
    shutil.copytree(store.path, tmp_path / "copy")
    write_report(Store.open(tmp_path / "copy"), second)
    assert first.read_bytes() == second.read_bytes()
    text = first.read_text(encoding="utf-8")
    # The only elements that could fetch something are the two inline scripts and the data.
    assert not re.search(r"<(?:link|img|iframe|script)\b[^>]*\b(?:src|href)=", text.partition("<script>")[0])
    assert text.count("</script>") == text.count('<script type="application/json"') + 2
    assert "default-src 'none'" in text


def test_the_list_has_every_instance_and_run(store: Store, tmp_path: Path) -> None:
    page = tmp_path / "report.html"
    overview = write_report(store, page)
    data = data_of(page)
    records = store.latest()
    rows = data["instances"]
    assert isinstance(rows, list)
    assert overview.instances == len(rows) == len({key.instance_hash for key in records}) == 6
    assert overview.runs == sum(len(row["runs"]) for row in rows) == len(records)
    assert overview.failed == overview.invalid == overview.contradictions == 0
    labels = data["labels"]
    assert isinstance(labels, list)
    found = {
        (row["hash"], labels[run[0]], run[1], run[2], run[3]) for row in rows for run in row["runs"]
    }  # fmt: skip
    assert found == {
        (r.key.instance_hash, r.key.method, r.key.seed, r.result.status, r.result.objective) for r in records.values()
    }


def test_every_figure_has_a_schedule_and_the_traces_of_its_runs(store: Store, tmp_path: Path) -> None:
    page = tmp_path / "report.html"
    write_report(store, page)
    rows = data_of(page)["instances"]
    assert isinstance(rows, list)
    assert sorted(row["figure"] for row in rows) == list(range(6))
    for row in rows:
        figure = data_of(page, f"figure-{row['figure']}")
        assert figure["problem"] == ""
        assert figure["alarming"] is False
        chart, curves = figure["chart"], figure["curves"]
        assert isinstance(chart, dict)
        assert isinstance(curves, list)
        assert len(curves) == len(row["runs"])
        assert row["unit"]
        for curve, run in zip(curves, row["runs"], strict=True):
            assert curve["label"] == run[0]
            assert curve["objective"][-1] == run[3]


@pytest.mark.parametrize(("most", "expected"), [(0, 0), (4, 4), (None, 6), (1000, 6)])
def test_figures_are_made_for_as_many_instances_as_asked(
    store: Store, tmp_path: Path, most: int | None, expected: int
) -> None:
    page = tmp_path / "report.html"
    write_report(store, page, figures=most)
    assert page.read_text(encoding="utf-8").count('id="figure-') == expected
    rows = data_of(page)["instances"]
    assert isinstance(rows, list)
    assert sum(row["figure"] is not None for row in rows) == expected


def test_a_stored_solution_that_the_verifier_rejects_is_an_alarm(store: Store, tmp_path: Path) -> None:
    copy = tmp_path / "results"
    shutil.copytree(store.path, copy)
    chosen = next(r for r in store.latest().values() if r.key.method == "pacs" and r.solution)
    best = Runs.of(store.latest().values()).known[chosen.key.instance_hash].record
    assert best is not None
    assert best.solution is not None
    path = Store(copy).solution_path(best.solution)
    solution = json.loads(path.read_text(encoding="utf-8"))
    solution["start"] = dict.fromkeys(solution["start"], 0)
    path.write_text(json.dumps(solution), encoding="utf-8")
    page = tmp_path / "report.html"
    write_report(Store.open(copy), page)
    ((place, told),) = data_of(page)["alarms"]  # type: ignore[misc]
    rows = data_of(page)["instances"]
    assert isinstance(rows, list)
    assert rows[place]["hash"] == best.key.instance_hash
    assert "the verifier rejects" in told
    assert "overlap" in told or "arrival" in told
    assert data_of(page, f"figure-{rows[place]['figure']}")["chart"] is None


@pytest.mark.parametrize("damage", ["missing", "not JSON", "another family's"])
def test_a_solution_that_cannot_be_read_costs_its_figure_only(store: Store, tmp_path: Path, damage: str) -> None:
    copy = tmp_path / "results"
    shutil.copytree(store.path, copy)
    runs = Runs.of(store.latest().values())
    known = next(known for known in runs.known.values() if known.family == "slide")
    assert known.record is not None
    assert known.record.solution is not None
    path = Store(copy).solution_path(known.record.solution)
    if damage == "missing":
        path.unlink()
    elif damage == "not JSON":
        path.write_bytes(b"{")
    else:
        path.write_bytes(b'{"kind": "intradp-solution", "instance": "a", "device_end": [], "server_begin": []}')
    page = tmp_path / "report.html"
    write_report(Store.open(copy), page)
    rows = data_of(page)["instances"]
    assert isinstance(rows, list)
    figures = {row["hash"]: data_of(page, f"figure-{row['figure']}") for row in rows}
    broken = {key for key, figure in figures.items() if figure["chart"] is None}
    assert known.instance_hash in broken
    # Two instances with one and the same solution share its file.
    assert broken == {k.instance_hash for k in runs.known.values() if k.record and k.record.solution == path.stem}
    assert figures[known.instance_hash]["problem"]
    assert figures[known.instance_hash]["curves"]


# What is gathered


def test_the_states_of_instances() -> None:
    runs = Runs.of([
        record("proved", objective=5.0, bound=5.0),
        record("together", "a", objective=5.0, bound=3.0),
        record("together", "b", objective=7.0, bound=5.0),
        record("open", objective=5.0, bound=4.0),
        record("boundless", objective=5.0),
        record("infeasible", status="infeasible"),
        record("nothing", status="unknown"),
        record("failed", failure=Failure.CRASH),
        record("contradiction", "a", objective=5.0),
        record("contradiction", "b", objective=7.0, bound=7.0),
        record("broken", failure=Failure.INVALID, family=None, sense=None),
    ])  # fmt: skip
    states = {runs.known[key].name: state_of(runs.known[key], own) for key, own in runs.by_instance.items()}
    assert states == {
        "proved": "proved", "together": "proved", "open": "open", "boundless": "open", "infeasible": "proved",
        "nothing": "unsolved", "failed": "failed", "contradiction": "contradiction",
    }  # fmt: skip
    overview = overview_of(runs)
    assert (overview.instances, overview.invalid, overview.runs) == (8, 1, 11)
    assert (overview.proved, overview.contradictions, overview.failed) == (3, 1, 2)
    assert overview.failures == (("crash", 1), ("invalid", 1))
    (row,) = suite_table(runs).rows
    assert row == ("suite", 8, 3, 2, 2, 1, 11, 2, 2)


def test_the_overview_has_the_times_and_all_versions() -> None:
    old = record("a", finished="2026-01-01T00:00:00.000000+00:00")
    new = record("b", finished="2026-03-01T00:00:00.000000+00:00")
    versions = msgspec.Raw(b'{"wnpopt":"0.2.0","numpy":"2.0"}')
    new = msgspec.structs.replace(new, result=msgspec.structs.replace(new.result, versions=versions))
    runs = Runs.of([new, old])
    overview = overview_of(runs)
    assert (overview.first, overview.last) == (old.finished, new.finished)
    assert overview.versions == (("numpy", ("2.0",)), ("wnpopt", ("0.1.0", "0.2.0")))


def test_figures_go_to_contradictions_then_unknown_then_large_gaps_and_suites_take_turns() -> None:
    records = [
        record("contra", "a", objective=5.0), record("contra", "b", objective=7.0, bound=7.0),
        record("boundless", objective=5.0), record("wide", objective=10.0, bound=1.0),
        record("narrow", objective=10.0, bound=9.0),
    ]  # fmt: skip
    records += [
        record(f"{suite}{n}", objective=1.0, bound=1.0, file=f"{suite}/{n}.json") for suite in "xy" for n in "012"
    ]
    runs = Runs.of(records)
    chosen = with_figures(runs, None)
    names = [runs.known[key].name for key in chosen]
    assert names == ["contra", "boundless", "wide", "narrow", "x0", "y0", "x1", "y1", "x2", "y2"]
    assert with_figures(runs, 3) == chosen[:3]


def test_the_index_can_know_a_better_value(store: Store, tmp_path: Path) -> None:
    records = store.latest().values()
    chosen = next(r for r in records if r.key.method == "pacs" and r.result.objective and r.result.bound is not None)
    assert chosen.result.objective is not None
    copy = tmp_path / "results"
    shutil.copytree(store.path, copy)
    shutil.rmtree(copy / "runs")
    weak = msgspec.structs.replace(
        chosen,
        reference=Reference(chosen.result.objective - 1, None),
        result=msgspec.structs.replace(chosen.result, status="feasible", bound=None, gap=None),
    )
    write_records(Store.create(copy), [weak])
    page = tmp_path / "report.html"
    write_report(Store.open(copy), page)
    figure = data_of(page, "figure-0")
    assert "is the index's" in str(figure["problem"])
    assert figure["chart"] is not None


# Traces


@given(st.lists(st.tuples(st.booleans(), st.booleans()), min_size=1, max_size=700), st.integers(4, 50))
def test_a_thinned_trace_keeps_its_ends_and_first_values(known: list[tuple[bool, bool]], most: int) -> None:
    points = [TracePoint(float(i), 1.0 if o else None, 2.0 if b else None) for i, (o, b) in enumerate(known)]
    kept = thinned(points, most)
    assert kept == sorted(set(kept))
    assert len(kept) <= max(most, 1)
    assert {0, len(points) - 1} <= set(kept)
    for name in ("objective", "bound"):
        first = next((i for i, p in enumerate(points) if getattr(p, name) is not None), None)
        assert first is None or first in kept
    if len(points) <= most:
        assert kept == list(range(len(points)))


def test_a_trace_ends_with_what_was_verified() -> None:
    long = [(0.001 * i, 1000.0 - i, float(i)) for i in range(900)]
    curve = curve_of(record(objective=50.0, bound=40.0, time=2.5, trace=long), 3)
    assert curve is not None
    assert MOST_POINTS - 2 <= len(curve.time_s) <= MOST_POINTS
    assert (curve.time_s[0], curve.objective[0]) == (0.0, 1000.0)
    assert (curve.time_s[-1], curve.objective[-1], curve.bound[-1]) == (2.5, 50.0, 40.0)
    assert curve.label == 3
    late = curve_of(record(objective=5.0, bound=4.0, time=0.5, trace=[(0.2, 6.0, None), (0.9, 5.0, 4.0)]), 0)
    assert late is not None
    assert (late.time_s, late.objective, late.bound) == ((0.2, 0.5), (6.0, 5.0), (None, 4.0))
    assert curve_of(record(trace=[], time=1.0), 0) is None
    crashed = curve_of(failed(record(objective=5.0, trace=[(1.0, 7.0, None)]), Failure.CRASH, ""), 0)
    assert crashed is not None
    assert crashed.objective == (7.0,)


# Safety and files

HOSTILE = ["</script>", "<!--<script>", "\u2028", "&lt;", "\u202e\x1b[31m", '\\"\\n\n', "\\u202e", "\x7f\x80\U000e0041"]


@given(st.text(st.characters(exclude_categories=["Cs"])) | st.sampled_from(HOSTILE))
def test_embedded_text_cannot_end_its_element_and_comes_back_as_it_is_shown(text: str) -> None:
    code = embedded({"text": text, "list": [text, f"a{text}b"], "number": 1})
    assert code.isprintable()
    assert not set(code) & set("<>&")
    assert json.loads(code) == {"text": one_line(text), "list": [one_line(text), one_line(f"a{text}b")], "number": 1}


def test_tables_are_written_as_csv_and_latex(store: Store, tmp_path: Path) -> None:
    write_report(store, tmp_path / "report.html", tables=tmp_path / "new/tables")
    names = {path.name for path in (tmp_path / "new/tables").iterdir()}
    for name in ("suites", "gaps", "failures", "contradictions", "instances", "profile-quality-wnp"):
        assert {f"{name}.csv", f"{name}.tex"} <= names
    lines = (tmp_path / "new/tables/instances.csv").read_text(encoding="utf-8").splitlines()
    assert len(lines) == 1 + 6


def test_tables_that_cannot_be_written_leave_no_page(store: Store, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(InputError, match="cannot be made"):
        write_report(store, tmp_path / "r.html", tables=tmp_path / "file")
    assert not (tmp_path / "r.html").exists()


def test_an_empty_store_has_a_report(tmp_path: Path) -> None:
    overview = write_report(Store.create(tmp_path / "results"), tmp_path / "report.html", tables=tmp_path / "tables")
    assert (overview.instances, overview.runs, overview.first) == (0, 0, None)
    assert data_of(tmp_path / "report.html")["instances"] == []


def test_what_cannot_be_written_is_said_and_leaves_nothing(store: Store, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="cannot be written"):
        write_report(store, tmp_path / "no/report.html")
    with pytest.raises(InputError, match="at least 0"):
        write_report(store, tmp_path / "report.html", figures=-1)
    (tmp_path / "file").write_text("")
    with pytest.raises(InputError, match="cannot be made"):
        write_report(store, tmp_path / "report.html", tables=tmp_path / "file/tables")


def test_the_command_writes_page_and_tables(store: Store, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    page, tables = tmp_path / "page.html", tmp_path / "tables"
    assert main(["report", str(store.path), "-o", str(page), "--tables", str(tables), "--figures", "2"]) == 0
    out = capsys.readouterr().out
    assert out.startswith(f"{page}: 6 instances, ")
    assert "FAILED" not in out
    assert page.read_text(encoding="utf-8").count('id="figure-') == 2
    assert (tables / "gaps.csv").exists()
    assert main(["report", str(store.path), "-o", str(page), "--figures", "all"]) == 0
    assert page.read_text(encoding="utf-8").count('id="figure-') == 6


def test_the_command_tells_of_failures(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    runs = [
        record("a", objective=1.0, bound=3.0),
        failed(record("b"), Failure.TIMEOUT, "killed"),
    ]  # fmt: skip
    store = Store.create(tmp_path / "results")
    write_records(store, runs)
    (store.runs / "z.jsonl").write_bytes(b'{"cut')
    assert main(["report", str(store.path), "-o", str(tmp_path / "report.html")]) == 0
    captured = capsys.readouterr()
    assert captured.out.rstrip().endswith("2 runs, 1 FAILED, 1 CONTRADICTION")
    told = "line 1 is cut; the run that it belongs to will be repeated; skipped"
    assert captured.err == f"wnpopt: warning: {store.runs / 'z.jsonl'}: {told}\n"
    rows = data_of(tmp_path / "report.html")["instances"]
    assert isinstance(rows, list)
    assert {row["hash"] for row in rows} == {hash_of("a"), hash_of("b")}


@pytest.mark.parametrize("arguments", [
    ["nowhere"], [".", "--figures", "-1"], [".", "--figures", "some"], [".", "--figures", "²"],
    [".", "-o", "no/such/report.html"], ["."],
])  # fmt: skip
def test_bad_arguments_are_one_line(
    arguments: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["report", *arguments]) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert len(captured.err.splitlines()) == 1
    assert list(tmp_path.iterdir()) == []
