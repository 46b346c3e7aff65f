"""Batches: resumed, never repeated, and each trouble costs the run that it befalls."""

from __future__ import annotations

import json
import os
import shutil
from collections import Counter
from pathlib import Path

import msgspec
import pytest

import wnpopt
from tests.bench import trouble_package
from tests.bench.rescued import TOLD, check_what_was_known
from tests.drafts import left
from wnpopt.bench.batch.run import Summary, batch
from wnpopt.bench.batch.snapshot import Snapshot
from wnpopt.bench.store.recheck import recheck
from wnpopt.bench.store.record import Failure, Key, Package, Parameters, Record, Reference
from wnpopt.bench.store.store import Store, write_records
from wnpopt.core import registry
from wnpopt.core.errors import InputError

ROOT = Path(__file__).resolve().parents[2]


def latest(out: Path) -> dict[Key, Record]:
    return Store.open(out).latest()


def test_every_method_and_seed_on_every_instance(folder: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    for name in ("w3", "w4", "w5"):
        (folder / f"{name}.json").unlink()
    seen: list[Record] = []
    summary = wnpopt.batch(
        folder, ["rtfs", "pacs", "auto"], out, seeds=(0, 1), time_limit=20, workers=2, on_record=seen.append
    )
    assert summary == Summary(out, "finished", 3, 0, 3, 18, 0, 0, 0, 0, (), complete=True)
    records = latest(out)
    assert len(records) == len(seen) == 18
    assert {(r.result.instance, k.method, k.seed) for k, r in records.items()} == {
        (f"w{n}", method, seed) for n in range(3) for method in ("rtfs", "pacs", "auto") for seed in (0, 1)
    }
    for key, record in records.items():
        instance = wnpopt.load(record.file)
        assert key.instance_hash == instance.instance_hash == record.result.instance_hash
        alone = wnpopt.solve(instance, key.method, time_limit=20, threads=1, seed=key.seed)
        assert (record.result.objective, record.result.status) == (alone.objective, alone.status)
        assert record.result.verified
        solution = Store(out).solution(record)
        assert solution is not None
        assert wnpopt.verify(instance, solution).objective == record.result.objective
        if key.method == "rtfs":
            assert solution == alone.solution
    assert [check.accepted for check in recheck(Store(out))] == [True] * 18


@pytest.mark.usefixtures("in_process")
def test_a_second_batch_repeats_nothing_and_makes_what_is_new(folder: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    batch(folder, ["rtfs"], out, workers=1)
    before = {file: file.read_bytes() for file in (out / "runs").iterdir()}
    kept = sorted(out.rglob("*"))
    for place in (out, out / "instances", out / "solutions"):
        left(place)
    again = batch(str(folder / "*.json"), ["rtfs"], out, workers=1)
    assert (again.ran, again.stored, again.complete) == (0, 6, True)
    assert sorted(out.rglob("*")) == kept
    assert {file: file.read_bytes() for file in (out / "runs").iterdir()} == before
    more = batch(folder, ["rtfs", "pacs"], out, workers=1, seeds=(0,))
    assert (more.ran, more.stored) == (6, 6)
    # Every part of the key makes another run.
    assert batch(folder, ["rtfs"], out, workers=1, seeds=(1,)).ran == 6
    assert batch(folder, ["rtfs"], out, workers=1, time_limit=5).ran == 6
    assert batch(folder, ["rtfs"], out, workers=1, time_limit=None).ran == 6
    assert batch(folder, ["rtfs"], out, workers=1, threads=2).ran == 6
    assert batch(folder, ["rtfs"], out, workers=1, deterministic=True).ran == 6
    assert batch(folder, ["rtfs"], out, workers=1, warm_start="none").ran == 6
    assert len(latest(out)) == 48
    assert {k.parameters for k in latest(out)} == {
        Parameters(), Parameters(deterministic=True), Parameters(warm_start="none")
    }  # fmt: skip


@pytest.mark.usefixtures("in_process")
def test_a_store_moved_elsewhere_goes_on(folder: Path, tmp_path: Path) -> None:
    batch(folder, ["rtfs"], tmp_path / "out", workers=1)
    shutil.move(tmp_path / "out", tmp_path / "moved")
    shutil.move(folder, tmp_path / "elsewhere")
    assert batch(tmp_path / "elsewhere", ["rtfs"], tmp_path / "moved", workers=1).stored == 6
    assert all(check.accepted for check in recheck(Store(tmp_path / "moved")))


@pytest.mark.usefixtures("in_process")
def test_an_edited_instance_is_another_one_and_a_renamed_one_is_not(folder: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    batch(folder, ["rtfs"], out, workers=1)
    data = json.loads((folder / "w0.json").read_text())
    data["name"] = "other"
    (folder / "w9.json").write_text(json.dumps(data))
    data["subgraphs"][0]["ticks"][0] += 1
    (folder / "w0.json").write_text(json.dumps(data))
    summary = batch(folder, ["rtfs", "pacs"], out, workers=1)
    assert (summary.instances, summary.stored, summary.ran) == (7, 6, 8)
    assert all(check.accepted for check in recheck(Store(out)))


@pytest.mark.usefixtures("in_process")
def test_files_that_are_no_instance(folder: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    (folder / "deep").mkdir()
    (folder / "deep" / "bad.json").write_text('{"kind": "wnp", "schema_version": 1, "name": "x"}')
    (folder / "deep" / "cut.json").write_text('{"kind": "wn')
    (folder / "deep" / "same.json").write_text('{"kind": "wn')
    (folder / "deep" / "strange.json").write_text('{"kind": "tsp"}')
    (folder / "dangling.json").symlink_to(tmp_path / "nowhere")
    (folder / "index.json").write_text("[]")
    (folder / "graph.json").write_text('{"kind": "graph"}')
    wnpopt.save(_solution(folder), folder / "plan.json")
    (folder / ".hidden.json").write_text("{")
    told: list[Record] = []
    summary = batch([folder, folder / "w0.json"], ["rtfs", "auto"], out, workers=2, on_record=told.append)
    assert (summary.files, summary.instances, summary.passed_over) == (13, 6, 4)
    assert (summary.invalid, summary.ran, summary.failed) == (8, 20, 8)
    assert summary.complete  # every valid instance has an answer
    bad = {Path(r.file).name: r for r in told if r.failure is not None}
    assert sorted(bad) in (["bad.json", "cut.json", "dangling.json", "strange.json"],
                           ["bad.json", "dangling.json", "same.json", "strange.json"])  # fmt: skip
    for name, words in {
        "bad.json": "radio: missing field",
        "strange.json": 'kind: found "tsp"; one of intradp, slide, wnp is needed',
        "dangling.json": "cannot be read",
    }.items():
        record = bad[name]
        assert record.failure is Failure.INVALID
        assert (record.result.status, record.result.termination) == ("unknown", "error")
        assert (record.result.family, record.result.objective, record.result.gap) == (None, None, None)
        assert words in record.result.message
        assert record.result.message.startswith(record.file)
    assert bad["bad.json"].key.instance_hash == bad["bad.json"].file_sha256
    again = batch(folder, ["rtfs", "auto"], out, workers=2)
    assert (again.ran, again.stored, again.invalid) == (0, 20, 8)


def _solution(folder: Path) -> wnpopt.core.document.Solution:  # type: ignore[name-defined]
    solution = wnpopt.solve(wnpopt.load(folder / "w0.json"), "rtfs").solution
    assert solution is not None
    return solution


@pytest.mark.usefixtures("in_process")
def test_methods_run_on_the_families_that_have_them(folder: Path, tmp_path: Path) -> None:
    wnpopt.save(registry.family("slide").generate({"users": 4}, 0), folder / "cell.json")
    both = batch(folder, ["rtfs", "greedy", "auto"], tmp_path / "a", workers=2)
    assert (both.ran, both.unsuited, both.complete) == (14, (), True)
    one = batch(folder, ["rtfs"], tmp_path / "b", workers=2)
    assert (one.ran, one.unsuited, one.complete) == (6, ("slide",), False)


KINDS = {
    "segfault": (Failure.CRASH, "SIGSEGV"),
    "abort": (Failure.CRASH, "no luck"),
    "leave": (Failure.CRASH, "exit code 3"),
    "hang": (Failure.TIMEOUT, "killed after"),
    "devour": (Failure.MEMORY, "above the limit of 0.75 GiB"),
    "fail": (Failure.ERROR, r"RuntimeError: no\nluck (trouble_package.py:"),
    "lie": (Failure.ERROR, "the verifier rejected the solution of lie"),
    "picky": (Failure.REFUSED, "modalities: an odd last digit is not supported"),
    "slow": (None, ""),
}


@pytest.mark.usefixtures("trouble")
def test_trouble_costs_the_run_that_it_befalls(folder: Path, tmp_path: Path) -> None:
    assert set(KINDS) == {*trouble_package.NAMES, "picky"}
    for name in ("w2", "w3", "w4", "w5"):
        (folder / f"{name}.json").unlink()
    out = tmp_path / "out"
    quick = [name for name in KINDS if name != "hang"]
    summary = batch(folder, quick, out, time_limit=20, memory=0.75, workers=2)
    assert (summary.ran, summary.failed, summary.complete) == (16, 7, True)
    summary = batch(folder, ["hang"], out, time_limit=0.5, grace=1.5, workers=2)
    assert (summary.ran, summary.failed, summary.complete) == (2, 1, False)
    for key, record in latest(out).items():
        failure, words = KINDS[key.method]
        if record.result.instance == "w0" or failure is None:
            assert record.failure is None, record.result.message
            assert record.result.verified
        else:
            assert record.failure is failure, record.result.message
            assert words in record.result.message
            assert "\n" not in record.result.message
            assert (record.result.status, record.result.termination) == ("unknown", "error")
            assert record.result.objective is None
            assert record.solution is None


@pytest.mark.slow
@pytest.mark.usefixtures("trouble")
def test_what_was_known_before_the_trouble_is_kept(folder: Path, tmp_path: Path) -> None:
    out, file = tmp_path / "out", folder / "w1.json"
    quick = [name for name in TOLD if name != "tell_hang"]
    summary = batch(file, quick, out, time_limit=20, memory=0.75, workers=2)
    assert (summary.ran, summary.failed, summary.complete) == (4, 4, False)
    assert batch(file, ["tell_hang"], out, time_limit=0.5, grace=0.5, workers=1).failed == 1
    check_what_was_known(out, folder)
    assert batch(file, quick, out, time_limit=20, workers=2).ran == 0
    assert batch(file, ["tell_abort"], out, time_limit=20, workers=2, rerun="failed").ran == 1  # it is a failure


@pytest.mark.usefixtures("trouble", "in_process")
def test_rerun_failed_and_outdated(folder: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    first = batch(folder, ["fail", "slow"], out, workers=2)
    assert (first.failed, first.complete) == (3, True)
    assert batch(folder, ["fail"], out, workers=2).ran == 0
    assert batch(folder, ["fail"], out, workers=2, rerun="failed").ran == 3
    assert len(list(Store(out).records())) == 15
    assert len(latest(out)) == 12
    assert batch(folder, ["fail"], out, workers=2, rerun="outdated").ran == 0
    old = [_made_by(record, "0.0.9") for record in latest(out).values() if record.key.method == "slow"][:2]
    new = [_made_by(record, "99.0") for record in latest(out).values() if record.key.method == "slow"][2:3]
    write_records(Store(out), [*old, *new])
    assert batch(folder, ["slow"], out, workers=2).outdated == 2
    assert batch(folder, ["slow"], out, workers=2, rerun=["outdated", "failed"]).ran == 2
    assert batch(folder, ["slow"], out, workers=2, rerun="all").ran == 6


@pytest.mark.usefixtures("in_process")
def test_another_version_of_a_methods_package_makes_its_runs_outdated(
    folder: Path, tmp_path: Path, trouble: Path
) -> None:
    out, file = tmp_path / "out", folder / "w0.json"
    assert batch(file, ["slow", "rtfs"], out, workers=1).ran == 2
    assert {k.method: r.package for k, r in latest(out).items()} == {
        "slow": Package("trouble", "1.0"), "rtfs": Package("wnpopt", wnpopt.__version__)
    }  # fmt: skip
    metadata = trouble / "trouble-1.0.dist-info" / "METADATA"
    before = metadata.read_text()
    metadata.write_text(before.replace("Version: 1.0", "Version: 1.1"))
    registry.forget()
    try:
        again = batch(file, ["slow", "rtfs"], out, workers=1)
        assert (again.ran, again.outdated) == (0, 1)
        assert batch(file, ["slow", "rtfs"], out, workers=1, rerun="outdated").ran == 1
        assert {str(r.package) for r in latest(out).values()} == {"trouble 1.1", f"wnpopt {wnpopt.__version__}"}
        assert batch(file, ["slow", "rtfs"], out, workers=1, rerun="outdated").ran == 0
        assert Store(out).frame().set_index("method")["package"]["slow"] == "trouble 1.1"
    finally:
        metadata.write_text(before)


def _made_by(record: Record, version: str) -> Record:
    versions = msgspec.Raw(msgspec.json.encode({"wnpopt": version}))
    result = msgspec.structs.replace(record.result, versions=versions)
    later = record.finished.replace(record.finished[:4], "2999") if version == "99.0" else record.finished
    return msgspec.structs.replace(record, result=result, finished=later)


@pytest.mark.usefixtures("trouble", "in_process")
def test_not_complete_when_an_instance_has_only_failures(folder: Path, tmp_path: Path) -> None:
    summary = batch(folder, ["fail"], tmp_path / "out", workers=2)
    assert (summary.failed, summary.complete) == (3, False)


@pytest.mark.usefixtures("in_process")
def test_the_index_beside_an_instance_is_remembered(tmp_path: Path) -> None:
    out = tmp_path / "out"
    batch(ROOT / "instances" / "wnp" / "tiny" / "tiny-14.json", ["rtfs"], out, workers=1)
    (record,) = latest(out).values()
    assert record.reference == Reference(134.0, 134.0)


@pytest.mark.usefixtures("trouble")
def test_total_time_ends_the_batch_and_it_goes_on(folder: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    first = batch(folder, ["slow", "hang"], out, total_time=4, time_limit=60, workers=1)
    assert (first.end, first.complete) == ("total_time", False)
    assert first.left > 0
    assert all(record.failure is None for record in latest(out).values())  # what was given up is no failure
    second = batch(folder, ["slow"], out, time_limit=60, workers=2)
    assert second.complete


@pytest.mark.usefixtures("in_process")
def test_one_batch_at_a_time(folder: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"

    def again(_: Record) -> None:
        with pytest.raises(InputError, match="another batch is writing"):
            batch(folder, ["rtfs"], out)

    assert batch(folder, ["rtfs"], out, workers=1, on_record=again).ran == 6


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"methods": []}, "methods: found none"),
        ({"methods": ["best"]}, "methods: found 'best'; the methods are intradp:"),
        ({"seeds": [-1]}, "seeds: found -1"),
        ({"seeds": []}, "seeds: found none"),
        ({"time_limit": -1}, "time_limit: found -1"),
        ({"time_limit": float("nan")}, "time_limit: found nan"),
        ({"workers": 0}, "workers: found 0"),
        ({"threads": 0}, "threads: found 0"),
        ({"memory": 0}, "memory: found 0"),
        ({"total_time": -2}, "total_time: found -2"),
        ({"rerun": "never"}, "rerun: found 'never'; one of failed, outdated, all is needed"),
        ({"seeds": [True]}, "seeds: found True"),
        ({"workers": 1.0}, "workers: found 1.0"),
        ({"deterministic": 1}, "deterministic: found 1"),
        ({"sources": "nothing-here"}, "nothing-here: no such file"),
        ({"sources": "nothing-*.json"}, "holds no file"),
        ({"sources": []}, "sources: found none"),
    ],
)
def test_bad_arguments(folder: Path, tmp_path: Path, arguments: dict[str, object], words: str) -> None:
    given: dict[str, object] = {"sources": folder, "methods": ["rtfs"], "out": tmp_path / "out"} | arguments
    with pytest.raises(InputError) as caught:
        batch(**given)  # type: ignore[arg-type]
    assert words in str(caught.value)
    assert not (tmp_path / "out").exists()


@pytest.mark.usefixtures("folder")
def test_a_hostile_working_directory_is_not_imported(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "json.py").write_text("raise SystemExit('imported')")
    monkeypatch.chdir(tmp_path)
    assert batch("instances", ["rtfs"], "out", workers=1).complete
    assert Counter(Path(record.file).parts[0] for record in latest(Path("out")).values()) == {"instances": 6}
    assert os.listdir("out/solutions")


@pytest.mark.usefixtures("in_process")
def test_oversubscription_is_a_warning(folder: Path, tmp_path: Path) -> None:
    with pytest.warns(UserWarning, match=r"2 workers with 4096 threads each are more than the \d+ cores"):
        assert batch(folder / "w0.json", ["rtfs"], tmp_path / "out", workers=2, threads=4096).complete


@pytest.mark.usefixtures("trouble")
def test_how_far_it_is(folder: Path, tmp_path: Path) -> None:
    """Snapshots count every run once, name those under way, and know the time to go from what runs took."""
    seen: list[Snapshot] = []
    assert batch(folder, ["slow", "picky"], tmp_path / "out", workers=1, on_progress=seen.append).ran == 12
    assert seen[0].eta_s is None  # nothing is done yet
    assert all(shot.done + shot.stored <= shot.total for shot in seen)
    assert [shot.done for shot in seen] == sorted(shot.done for shot in seen)
    assert {run.method for shot in seen for run in shot.running} >= {"slow"}
    assert {run.instance for shot in seen for run in shot.running} <= {f"w{n}" for n in range(6)}
    last = seen[-1]
    assert (last.done, last.total, last.failed, last.exact, last.running) == (12, 12, 3, True, ())
    assert last.eta_s == 0
    # One worker, runs of at least 0.15 s: what is left of them is at least that much to go.
    for shot in seen:
        if shot.exact and shot.eta_s is not None and shot.done <= 4:
            assert shot.eta_s > 0.15
