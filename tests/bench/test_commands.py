"""``wnpopt batch``, ``verify --store``, ``bench`` and ``report`` as a user calls them."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest

import wnpopt
from wnpopt.bench.store.store import Store
from wnpopt.cli.main import main

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def cli(capsys: pytest.CaptureFixture[str]) -> Run:
    """Run the command line in this process: (exit code, stdout, stderr)."""

    def run(*arguments: object) -> tuple[int, str, str]:
        capsys.readouterr()
        code = main([str(argument) for argument in arguments])
        captured = capsys.readouterr()
        return code, captured.out, captured.err

    return run


@pytest.fixture
def out(folder: Path, tmp_path: Path, in_process: None) -> Path:
    """A store of twelve runs."""
    del in_process
    wnpopt.batch(folder, ["rtfs", "auto"], tmp_path / "out", time_limit=20, workers=2)
    return tmp_path / "out"


def test_batch(cli: Run, folder: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    arguments = ("batch", folder, "--methods", "rtfs, auto", "--out", out, "--workers", 2, "--time-limit", 20)
    code, text, err = cli(*arguments, "--seeds", "0:2")
    assert code == 0
    lines = err.splitlines()
    assert len(lines) == 24
    run = r"\[\d+(/~?\d+)?\] w\d (rtfs|auto) seed [01]"
    shape = re.compile(run + r": (optimal|feasible) \d+, gap [0-9.]+ %, [0-9.]+ m?s")
    assert [line for line in lines if shape.fullmatch(line)] == lines
    assert "6 instances in 6 files: 24 runs made, 0 were there already" in text
    code, text, err = cli(*arguments, "--json")
    assert (code, err) == (0, "")
    told = json.loads(text)
    assert (told["ran"], told["stored"], told["complete"], told["end"]) == (0, 12, True, "finished")


@pytest.mark.usefixtures("trouble", "in_process")
def test_batch_with_failures(cli: Run, folder: Path, tmp_path: Path) -> None:
    (folder / "bad.json").write_text('{"kind": "wnp"}')
    out = tmp_path / "out"
    code, text, err = cli("batch", folder, "--methods", "fail,lie", "--out", out)
    assert code == 1
    assert "3 runs failed" not in text
    assert "8 runs failed (--rerun failed repeats them)" in text
    assert "runs of files that are no valid instance: 2" in text
    assert err.count("bad.json: schema_version: missing field") == 1
    assert "Traceback" not in err
    code, text, _ = cli("batch", folder, "--methods", "rtfs", "--out", out)
    assert code == 0  # every valid instance has an answer
    code, text, _ = cli("batch", folder, "--methods", "fail", "--out", out, "--rerun", "failed")
    assert (code, "4 runs made, 3 were there already" in text) == (1, True)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--methods", "best"], "methods: found 'best'; the methods are"),
        (["--methods", ","], "methods: found none"),
        (["--seeds", "a"], "--seeds: found 'a'; integers as in 0,1,5 or 0:10 are needed"),
        (["--seeds", "5:5"], "seeds: found none"),
        (["--rerun", "never"], "rerun: found 'never'; one of failed, outdated, all is needed"),
        (["--workers", "none"], "found 'none'; an integer is needed"),
        (["--memory", "-1"], "memory: found -1"),
        (["--dask", "tcp://127.0.0.1:9"], "dask: no Dask scheduler answers"),
    ],
)
def test_bad_arguments_are_one_line(
    cli: Run, folder: Path, tmp_path: Path, arguments: list[str], words: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("wnpopt.bench.workers.cluster.CONNECT_S", 0.5)
    code, text, err = cli("batch", folder, "--out", tmp_path / "out", *arguments)
    assert (code, text) == (2, "")
    assert words in err
    assert len(err.splitlines()) == 1


@pytest.mark.usefixtures("in_process")
def test_oversubscription_is_warned_of(cli: Run, folder: Path, tmp_path: Path) -> None:
    code, _, err = cli("batch", folder / "w0.json", "--methods", "rtfs", "--out", tmp_path / "out", "--workers", 2,
                       "--threads", 4096)  # fmt: skip
    assert code == 0
    assert err.startswith("wnpopt: warning: 2 workers with 4096 threads each are more than the ")


def test_verify_a_store(cli: Run, out: Path) -> None:
    code, text, err = cli("verify", "--store", out)
    assert (code, err) == (0, "")
    assert text == "12 solutions verified: 12 accepted, 0 violated, 0 unreadable; records checked: 12\n"
    assert json.loads(cli("verify", "--store", out, "--json")[1]) == {
        "runs": 12, "checked": 12, "violated": [], "unreadable": []
    }  # fmt: skip


def test_a_tampered_store_is_found_out(cli: Run, out: Path) -> None:
    """Solutions, instances and records cannot be changed without `verify --store` noticing."""
    store = Store(out)
    record = next(r for r in store.latest().values() if r.key.method == "rtfs")
    assert record.solution is not None

    def later(data: dict[str, dict[str, int]]) -> None:
        data["start"].update({name: start + 1 for name, start in data["start"].items()})

    solution, instance = store.solution_path(record.solution), store.instance_path(record.key.instance_hash)
    for path, change, words in (
        (solution, lambda d: d["start"].update(dict.fromkeys(d["start"], 0)), "violated: "),
        (
            solution,
            lambda d: d["start"].update({k: v + 1 for k, v in d["start"].items()}),
            "is not the one that was stored",
        ),
        (instance, lambda d: d["chip"].update(hop_ticks=0), "the instance is not the one that was solved"),
    ):
        whole = path.read_text()
        data = json.loads(whole)
        change(data)
        path.write_text(json.dumps(data))
        code, text, _ = cli("verify", "--store", out)
        assert code == 1, words
        assert words in text
        path.write_text(whole)
    (file, *_) = [f for f in store.runs.iterdir() if record.solution in f.read_text()]
    whole = file.read_text()
    line = next(row for row in whole.splitlines() if record.solution in row and '"method":"rtfs"' in row)
    better = line.replace(f'"objective":{record.result.objective}', '"objective":1.0', 1)
    assert better != line
    file.write_text(whole.replace(line, better))
    code, text, _ = cli("verify", "--store", out)
    assert (code, "the record says 1" in text) == (1, True)
    file.write_text(whole)
    solution.unlink()
    code, text, err = cli("verify", "--store", out)
    assert (code, "no such file" in err) == (2, True)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["verify", "--store", "nowhere"], "nowhere: no such directory; a folder that `wnpopt batch --out` wrote"),
        (["verify", "--store", ".", "x.json"], "--store: takes no INSTANCE, SOLUTION and --fixed beside it"),
        (["verify"], "INSTANCE: is missing"),
        (["bench", "nothing"], "nothing: is no folder of results and no suite; the suites are"),
        (["bench", "."], "is no store: it has no folder runs"),
        (["bench", "owin-cores", "--preset", "slow"], "slow"),
        (["bench", "owin-cores", "--formats", "csv"], "--formats: goes with a folder of results, not with a suite"),
        (["bench", "owin-cores", "--profile-target", "proved"], "--profile-target: goes with a folder of results"),
        (["bench", "owin-cores", "--update-index"], "--update-index: goes with a folder of results"),
        (["bench", ".", "--preset", "slow"], "--preset: goes with a suite, not with a folder of results"),
        (["bench", ".", "--time-limit", "3"], "--time-limit: goes with a suite"),
        (["bench", ".", "--rerun", "failed"], "--rerun: goes with a suite"),
        (["report", "."], "is no store"),
    ],
)
def test_no_store(cli: Run, arguments: list[str], words: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    code, text, err = cli(*arguments)
    assert (code, text) == (2, "")
    assert words in err
    assert len(err.splitlines()) == 1


def test_bench_and_report(cli: Run, out: Path, tmp_path: Path) -> None:
    code, text, err = cli("bench", out)
    assert (code, err) == (0, "")
    assert "rtfs" in text
    pytest.importorskip("plotly", reason="the extra plot is not installed")
    code, text, err = cli("report", out, "-o", tmp_path / "page.html")
    assert (code, err) == (0, "")
    assert (tmp_path / "page.html").stat().st_size > 1e6
