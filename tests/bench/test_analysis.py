"""``wnpopt.analyse``: what the tables say, as data frames."""

from __future__ import annotations

import csv
import dataclasses
import json
import math
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest

import wnpopt
from tests.bench.record_factory import record
from tests.bench.report_store import tiny_store
from tests.bench.suite_store import small, solved_store
from wnpopt.bench.analysis.analysis import Analysis
from wnpopt.bench.analysis.table import Column, Table
from wnpopt.bench.store.record import Failure
from wnpopt.bench.store.store import Store, StoreWarning, write_records
from wnpopt.cli.bench.tables import show
from wnpopt.core.errors import InputError


@pytest.fixture
def analysis(tmp_path: Path) -> Analysis:
    store = Store.create(tmp_path / "store")
    write_records(store, [
        record("a", "exact", objective=10.0, bound=10.0, time=4.0),
        record("a", "fast", objective=12.0, time=1.0),
        record("a", "fast", 1, objective=11.0, time=2.0),
        record("b", "exact", objective=5.0, bound=4.0, time=3.0),
        record("b", "fast", failure=Failure.CRASH, time=None, message="signal 11"),
        record("u", "exact", family="slide", sense="max", objective=3.0, bound=3.0, time=1.0),
        record("u", "fast", family="slide", sense="max", objective=2.0, bound=4.0, time=1.0),
        record("bad", "fast", failure=Failure.INVALID, family=None, sense=None),
    ])  # fmt: skip
    return wnpopt.analyse(store.path)


def test_gaps(analysis: Analysis) -> None:
    gaps = analysis.gaps.set_index("label")
    assert gaps.loc["exact", "runs"] == 3
    assert gaps.loc["fast", ["runs", "failed_crash", "failed_invalid"]].tolist() == [5, 1, 1]
    assert gaps.loc["exact", "time_median_s"] == 3.0
    assert gaps.loc["exact", "gap_worst"] == pytest.approx(0.2)  # of 5 to the bound 4
    assert gaps.loc["fast", "gap_worst"] == pytest.approx(0.5)  # of 2 to the bound 3
    assert gaps.loc["exact", "proved"] == pytest.approx(2 / 3)
    assert {str(dtype) for dtype in gaps.dtypes} == {"object", "Int64", "float64"}


def test_instances_of_all_families(analysis: Analysis) -> None:
    instances = analysis.instances.set_index("instance")
    assert instances["family"].to_dict() == {"a": "wnp", "b": "wnp", "u": "slide"}
    assert instances["state"].to_dict() == {"a": "proved", "b": "open", "u": "proved"}
    assert instances.loc["a", ["best", "bound", "gap", "fast: gap", "fast: time_s"]].tolist() == pytest.approx(
        [10.0, 10.0, 0.0, 1 / 11, 1.5]
    )
    assert math.isnan(instances.loc["b", "fast: gap"])


def test_seeds_failures_and_contradictions(analysis: Analysis) -> None:
    (seeds,) = analysis.seeds.to_dict("records")
    assert (seeds["instance"], seeds["label"], seeds["seeds"]) == ("a", "fast", 2)
    assert (seeds["value_best"], seeds["value_median"], seeds["value_worst"]) == (11.0, 11.5, 12.0)
    failures = analysis.failures
    assert sorted(failures["kind"]) == ["crash", "invalid"]
    assert "signal 11" in failures["message"].tolist()
    assert analysis.contradictions.empty
    assert list(analysis.contradictions) == ["suite", "instance", "hash", "what"]


def test_profiles_are_step_functions(analysis: Analysis) -> None:
    """Of a (seed 0) and b exact proves a alone, and has the best values; fast is 1.2 times as long, 1.5 on u."""
    time, quality = analysis.time_profile, analysis.quality_profile
    assert list(time) == ["family", "label", "factor", "share"]
    assert list(quality) == ["family", "label", "ratio", "share"]

    def steps(frame: pd.DataFrame, family: str, label: str) -> list[tuple[float, float]]:
        own = frame[(frame["family"] == family) & (frame["label"] == label)]
        return [tuple(row) for row in own.iloc[:, 2:].to_numpy().tolist()]

    assert steps(time, "wnp", "exact") == [(1.0, 0.5)]
    assert steps(time, "wnp", "fast") == [(1.0, 0.0)]
    assert steps(quality, "wnp", "exact") == [(1.0, 1.0)]
    assert steps(quality, "wnp", "fast") == [(1.0, 0.0), (1.2, 0.5)]
    assert steps(quality, "slide", "fast") == [(1.0, 0.0), (1.5, 1.0)]


def test_the_target_of_the_time_profile(analysis: Analysis, tmp_path: Path) -> None:
    """Within 20 % of the best fast is done on a, and first."""
    within = wnpopt.analyse(tmp_path / "store", profile_target=0.2).time_profile
    own = within[within["family"] == "wnp"]
    assert own[own["label"] == "fast"][["factor", "share"]].to_numpy().tolist() == [[1.0, 0.5]]
    assert own[own["label"] == "exact"][["factor", "share"]].to_numpy().tolist() == [[1.0, 0.5], [4.0, 1.0]]
    assert analysis.profile_target == "proved"
    for target in (-1, math.inf, math.nan, True, "soon", None):
        with pytest.raises(InputError, match="profile_target: found"):
            wnpopt.analyse(tmp_path / "store", profile_target=target)  # type: ignore[arg-type]


def test_the_commands_show_the_same(analysis: Analysis, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """What ``bench --json`` and ``--out`` give is what the object has."""
    assert show(tmp_path / "store", out=tmp_path / "command", json=True) == 0
    told = json.loads(capsys.readouterr().out)
    data = json.loads(json.dumps(analysis.to_data()))
    assert {key: told[key] for key in data} == data
    analysis.write(tmp_path / "api")
    written = {path.name: path.read_bytes() for path in (tmp_path / "api").iterdir()}
    pictures = (".svg", ".pdf")  # the command's alone
    told = {path.name: path.read_bytes() for path in (tmp_path / "command").iterdir() if path.suffix not in pictures}
    assert written == told
    for name, frame in (("gaps", analysis.gaps), ("seeds", analysis.seeds), ("failures", analysis.failures)):
        with (tmp_path / "api" / f"{name}.csv").open() as stream:
            rows = list(csv.DictReader(stream))
        assert list(frame) == list(rows[0])
        assert len(frame) == len(rows)


def test_sweeps(tmp_path: Path) -> None:
    store, records = solved_store(tmp_path, small("slide-deadline", (0.8, 2.0), (0, 1), methods=("greedy", "dai")))
    sweeps = wnpopt.analyse(store).sweeps
    served = sweeps[(sweeps["chart"] == "slide-deadline-served") & (sweeps["line"] == "greedy")]
    assert served["x"].tolist() == [0.8, 2.0]
    values = [r.result.objective for r in records if r.key.method == "greedy"]
    assert served["mean"].tolist() == [sum(pair) / 2 for pair in (values[:2], values[2:])]  # type: ignore[arg-type]
    assert served["count"].tolist() == [2, 2]
    assert set(served["parameter"]) == {"median deadline (s)"}
    assert set(sweeps["family"]) == {"slide"}


def test_an_analysis_is_frozen_and_its_frames_are_copies(analysis: Analysis) -> None:
    with pytest.raises(dataclasses.FrozenInstanceError):
        analysis.profile_target = 0.1  # type: ignore[misc]
    own = analysis.gaps
    own["runs"] = 0
    assert analysis.gaps["runs"].sum() == 8


def test_an_empty_store_has_empty_frames(tmp_path: Path) -> None:
    analysis = wnpopt.analyse(Store.create(tmp_path))
    for frame in (analysis.gaps, analysis.instances, analysis.seeds, analysis.failures, analysis.contradictions,
                  analysis.time_profile, analysis.quality_profile, analysis.sweeps):  # fmt: skip
        assert frame.empty
        assert len(frame.columns) >= 4


@pytest.mark.parametrize(("store", "told"), [("nowhere", "no such directory"), (None, "store"), (3, "store")])
def test_what_is_no_store_is_refused(store: object, told: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(InputError, match=told):
        wnpopt.analyse(store)  # type: ignore[arg-type]


def test_what_is_skipped_is_warned_of(analysis: Analysis, tmp_path: Path) -> None:
    (tmp_path / "store" / "runs" / "zz.jsonl").write_bytes(b'{"key": {"instance')
    with pytest.warns(StoreWarning, match="is cut"):
        again = wnpopt.analyse(tmp_path / "store")
    assert again.to_data() == analysis.to_data()


@pytest.mark.parametrize("command", ["bench", "report"])
def test_tables_of_a_store_import_its_families_only(command: str, tmp_path: Path) -> None:
    """Of the other families the descriptions alone; and no solver, and no pandas."""
    if command == "report":
        pytest.importorskip("plotly", reason="the extra plot is not installed")
    tiny_store(tmp_path / "store", families=("wnp",), count=1)
    options = ["-o", str(tmp_path / "page.html")] if command == "report" else ["--out", str(tmp_path / "tables")]
    modules = imported([command, str(tmp_path / "store"), *options])
    others = {name for name in modules if name.startswith(("wnpopt.problems.slide.", "wnpopt.problems.intradp."))}
    assert others == set()
    assert not {"ortools", "highspy", "cvxpy", "pandas"} & modules


def test_the_tables_of_a_suite_import_its_family_only(tmp_path: Path) -> None:
    store, _ = solved_store(tmp_path, small("slide-deadline", (2.0,), methods=("greedy",)))
    modules = imported(["bench", str(store.path)])
    assert "wnpopt.problems.slide.suites" in modules
    assert not {name for name in modules if name.startswith(("wnpopt.problems.wnp.", "wnpopt.problems.intradp."))}


def test_pacs_imports_no_cp_sat() -> None:
    file = Path(__file__).resolve().parents[2] / "instances" / "wnp" / "tiny" / "tiny-00.json"
    modules = imported(["solve", str(file), "--method", "pacs"])
    assert "wnpopt.problems.wnp.methods.pacs" in modules
    assert "ortools" not in modules
    assert not {name for name in modules if "cpsat" in name}


def imported(arguments: list[str]) -> set[str]:
    """The modules that a command has imported when it ends."""
    program = (
        "import json, sys\n"
        "from wnpopt.cli.main import main\n"
        "code = main(sys.argv[1:])\n"
        "print('\\n' + json.dumps(sorted(sys.modules)))\n"
        "sys.exit(code)\n"
    )
    done = subprocess.run([sys.executable, "-c", program, *arguments], capture_output=True, text=True, check=True)
    return set(json.loads(done.stdout.splitlines()[-1]))


def test_columns_of_one_name_stay_two_columns() -> None:
    """Labels are part of the columns' names, and anybody's."""
    columns = (Column("m: gap", "m gap", "percent"), Column("m: gap", "m gap", "count"))
    frame = Table("t", "T", columns, ((0.5, 1), (None, None))).frame()
    assert list(frame) == ["m: gap", "m: gap"]
    assert [str(dtype) for dtype in frame.dtypes] == ["float64", "Int64"]
    assert frame.isna().sum().tolist() == [1, 1]
