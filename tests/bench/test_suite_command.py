"""``wnpopt bench SUITE``: batches of small suites, and what is printed."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType

import pytest

from tests.bench.suite_store import small
from wnpopt.bench.analysis.sweep import Line, SweepChart
from wnpopt.bench.store.record import Reference
from wnpopt.bench.store.store import Store
from wnpopt.bench.suites import packaged
from wnpopt.cli.bench.suite import run_suite
from wnpopt.cli.bench.sweeps import show_charts
from wnpopt.cli.main import main
from wnpopt.cli.terminal import console
from wnpopt.core.errors import InputError
from wnpopt.core.suite import Suite, SuitePreset

pytestmark = pytest.mark.usefixtures("in_process")


@pytest.fixture
def only(monkeypatch: pytest.MonkeyPatch) -> dict[str, Suite]:
    """A registry of two small suites, under the names of real ones."""
    found = {
        "slide-deadline": small("slide-deadline", (0.8, 2.0)),
        "intradp-bandwidth": small("intradp-bandwidth", (20.0,), variants=("vgg-19",), limit=5.0),
    }
    monkeypatch.setenv("COLUMNS", "160")  # headings are not folded
    monkeypatch.setattr("wnpopt.bench.suites.materialise.suites", lambda: found)
    monkeypatch.setattr("wnpopt.bench.analysis.sweep.suites", lambda: found)
    return found


def keys(out: Path) -> list[tuple[str, float | None]]:
    return sorted((key.method, key.time_limit_s) for key in Store.open(out).latest())


def test_a_suite_runs_once_and_shows_its_sweeps(
    only: dict[str, Suite], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run_suite("slide-deadline", out=tmp_path, workers=1) == 0
    first = capsys.readouterr().out
    assert "10 runs made" in first
    assert "Users served against median deadline" in first
    assert "greedy against dai" in first
    assert run_suite("slide-deadline", out=tmp_path, workers=1) == 0
    second = capsys.readouterr().out
    assert "0 runs made, 10 were there already" in second
    assert first.partition("Users served")[2] == second.partition("Users served")[2]
    assert {key for key, _ in keys(tmp_path)} == set(only["slide-deadline"].methods)


def test_heuristics_run_without_a_limit_and_searches_with_one(
    only: dict[str, Suite], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run_suite("intradp-bandwidth", out=tmp_path, workers=1) == 0
    heuristics = [(method, None) for method in sorted(only["intradp-bandwidth"].heuristics)]
    assert keys(tmp_path) == [("auto", 5.0), *heuristics]
    text = capsys.readouterr().out
    assert "vgg-19: Latency against bandwidth: latency in ms" in text
    # Of both batches, in one line.
    assert "1 instance in 1 file: 5 runs made, 0 were there already" in text
    assert run_suite("intradp-bandwidth", out=tmp_path, workers=1, time_limit=4.0) == 0
    assert keys(tmp_path) == [("auto", 4.0), ("auto", 5.0), *heuristics]
    text = capsys.readouterr().out
    assert "auto 4 s" in text
    assert "1 run made, 4 were there already" in text


@pytest.mark.usefixtures("only")
def test_a_batch_that_ends_early_says_so(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run_suite("intradp-bandwidth", out=tmp_path, workers=1, total_time=0.0) == 1
    assert "the total time is over" in capsys.readouterr().out
    assert not [key for key, _ in keys(tmp_path) if key == "auto"]


def test_a_failure_is_told_by_the_exit_code(
    only: dict[str, Suite], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    refused = small("slide-deadline", (1.0,), methods=("equal",))
    original = refused.make
    # Multicast is what `equal` refuses.
    only["slide-deadline"] = replace(
        refused, make=lambda point: original(point).model_copy(update={"delivery": "multicast"})
    )
    assert run_suite("slide-deadline", out=tmp_path, workers=1) == 1
    assert "1 run failed" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("name", "options", "told"),
    [
        ("owin", {}, "the suites are slide-deadline"),
        ("slide-deadline", {"preset": "slow"}, "quick"),
        ("slide-deadline", {"time_limit": 3.0}, "no time limit"),
        ("intradp-bandwidth", {"time_limit": -1.0}, "found -1.0"),
        ("intradp-bandwidth", {"total_time": -1.0}, "found -1.0"),
    ],
)
@pytest.mark.usefixtures("only")
def test_bad_arguments_are_refused_before_anything_is_written(
    name: str, options: dict[str, float], told: str, tmp_path: Path
) -> None:
    with pytest.raises(InputError, match=told):
        run_suite(name, out=tmp_path / "store", **options)  # type: ignore[arg-type]
    assert not (tmp_path / "store").exists()


def test_unknown_values_are_dashes_and_spreads_are_shown(capsys: pytest.CaptureFixture[str]) -> None:
    line = Line("pacs", (1.0, 2.0, 4.0), (None, 3.0, 5.0), (None, 2.5, 5.0), (None, 3.5, 5.0), (0, 2, 1))
    show_charts(console(), [SweepChart("c", "Makespan against cores", "cores", "makespan in ms", (line,))])
    rows = [row.split() for row in capsys.readouterr().out.splitlines()]
    assert ["1", "-"] in rows
    assert ["2", "3"] in rows
    assert ["2.5..3.5"] in rows
    assert ["4", "5"] in rows
    assert ["1", "of", "2"] in rows
    assert not any("0" in row for row in rows)


def test_wide_charts_are_shown_in_parts_and_no_number_is_cut(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "100")
    labels = [
        f"{method} against rtfs" for method in ("device-only", "server-only", "layer-cut", "auto 2 s", "auto 20 s")
    ]
    lines = tuple(
        Line(f"{label}{k}", (0.5, 10.0), (12345.6, 999.96), (1000.4, 0.12344), (23456.0, 2000.0), (19, 20))
        for label in labels
        for k in (1, 2)
    )
    show_charts(console(), [SweepChart("c", "vgg-19: Latency", "bandwidth (MB/s)", "latency in ms", lines)])
    out = capsys.readouterr().out
    assert max(len(row.rstrip()) for row in out.splitlines()) <= 100
    assert "…" not in out
    words = out.split()
    for number in ("12346", "1000..23456", "1000", "0.123..2000"):
        assert words.count(number) == len(lines), number
    assert out.count("19 of 20") == len(lines)
    assert words.count("0.5") == out.count("bandwidth") > 1


def test_the_presets_of_the_registry_are_left_alone() -> None:
    changed = small("slide-deadline", (0.8,))
    assert isinstance(changed.presets, MappingProxyType)
    assert changed.presets["quick"] == SuitePreset((0.8,), (0,), 5.0)


@pytest.fixture
def library(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A library with a suite of two families, of one instance each."""
    root = Path(__file__).resolve().parents[2] / "instances"
    for file in ("wnp/tiny/tiny-00.json", "slide/tiny/tiny-accuracy-1400.json"):
        (tmp_path / "library" / file).parent.mkdir(parents=True)
        shutil.copy(root / file, tmp_path / "library" / file)
        rows = [row for row in json.loads((root / file).with_name("index.json").read_text()) if row["file"] in file]
        (tmp_path / "library" / file).with_name("index.json").write_text(json.dumps(rows))
    folders = {f"{f.parent.name}/{f.name}": f for f in sorted((tmp_path / "library").glob("*/*"))}
    monkeypatch.setattr("wnpopt.bench.suites.packaged.library_suites", lambda: folders)
    packaged._files.cache_clear()
    monkeypatch.chdir(tmp_path)
    yield tmp_path
    packaged._files.cache_clear()


@pytest.mark.usefixtures("library")
def test_a_suite_of_the_library_runs_where_nothing_is(capsys: pytest.CaptureFixture[str]) -> None:
    """Of every family its own heuristic and `auto`, against the best that the index knows."""
    assert main(["bench", "tiny", "--methods", "rtfs,greedy", "--workers", "1"]) == 0
    out, told = capsys.readouterr()
    assert "tiny: 2 instances by rtfs, greedy in results/tiny" in told
    assert "2 runs made, 0 were there already" in out
    best = {record.file.split("/")[-3]: record.reference for record in Store.open("results/tiny").records()}
    assert best["wnp"] == Reference(26, 26)
    assert main(["bench", "wnp/tiny", "--methods", "rtfs", "--workers", "1"]) == 0
    assert [method for method, _ in keys(Path("results/wnp-tiny"))] == ["rtfs"]


@pytest.mark.usefixtures("library")
def test_what_goes_with_a_suite_of_the_library(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["bench", "tiny", "--preset", "full"]) == 2
    assert "--preset: goes with a suite that has presets" in capsys.readouterr().err
    assert main(["bench", "owin-cores", "--methods", "rtfs"]) == 2
    assert "--methods: goes with a suite of the library" in capsys.readouterr().err
    assert main(["bench", "huge"]) == 2
    assert "owin-cores, owin-subcarriers, owin-latency-scale" in (told := capsys.readouterr().err)
    assert "slide/tiny, wnp/tiny" in told
    assert packaged.methods_of(packaged.suites_called("tiny")) == ("greedy", "pacs", "auto")
