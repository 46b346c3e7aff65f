"""One bad record costs itself: the others are read, reported, tabled, verified, and a batch goes on."""

from __future__ import annotations

import json
import os
import shutil
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest

from tests.bench.record_factory import record
from wnpopt.bench.batch.run import batch
from wnpopt.bench.report.page import write_report
from wnpopt.bench.store import record as records
from wnpopt.bench.store.record import SCHEMA, Record, RecordError, decode
from wnpopt.bench.store.store import DamageWarning, Store, StoreWarning
from wnpopt.cli.main import main

FROZEN = Path(__file__).parent / "data" / "store-1"
GOOD = record("a", objective=5, bound=4)
LINE = msgspec.json.encode(GOOD)


def edited(edit: Callable[[dict[str, Any]], object]) -> bytes:
    data = json.loads(LINE)
    edit(data)
    return json.dumps(data).encode()


def result(**fields: object) -> bytes:
    return edited(lambda data: data["result"].update(fields))


NESTED = b"[" * 100_000 + b"]" * 100_000
BAD = {
    "escape codes for a number": result(objective="\x1b[2J\x1b[31m"),
    "a text for a trace": result(trace="\x1b]0;title\x07"),
    "numbers for points": result(trace=[1, 2]),
    "a point without a time": result(trace=[{"objective": 1.0, "bound": None}]),
    "texts in a trace": result(trace=[{"time_s": "0", "objective": 1.0, "bound": None}]),
    "a list of versions": result(versions=["wnpopt"]),
    "a number for a version": result(versions={"wnpopt": 3}),
    "broken violations": result(violations=[{"rule": 1}]),
    "an unknown status": result(status="splendid"),
    "a termination with an escape code": result(termination="\x1b[1m"),
    "a family that is a path": result(family="../../x"),
    "a family with an escape code": result(family="\x1b[1mwnp"),
    "a hash that is a path": edited(lambda data: data["key"].update(instance_hash="../../../etc/passwd")),
    "a solution that is a path": edited(lambda data: data.update(solution="../runs/x")),
    "no key": edited(lambda data: data.pop("key")),
    "no result": edited(lambda data: data.pop("result")),
    "no status": edited(lambda data: data["result"].pop("status")),
    "null": b"null",
    "a list": b"[]",
    "NaN": LINE.replace(b'"gap":0.2', b'"gap":NaN'),
    "Infinity": LINE.replace(b'"gap":0.2', b'"gap":Infinity'),
    "beyond all floats": LINE.replace(b'"gap":0.2', b'"gap":1e999'),
    "an integer of 400 digits": LINE.replace(b'"gap":0.2', b'"gap":1' + b"0" * 400),
    "a seed of 40 digits": edited(lambda data: data["key"].update(seed=10**40)),
    "a negative seed": edited(lambda data: data["key"].update(seed=-1)),
    "no threads": edited(lambda data: data["key"].update(threads=0)),
    "true for a number": result(objective=True),
    "a finish that is no time": edited(lambda data: data.update(finished="yesterday\x1b[0m")),
    "an unknown failure": edited(lambda data: data.update(failure="sulked")),
    "a schema that is none": edited(lambda data: data.update(schema="2")),
    "schema 0": edited(lambda data: data.update(schema=0)),
    "a nested field": LINE[:-1] + b',"more":' + NESTED + b"}",
    "a nested trace": LINE.replace(b'"trace":[', b'"trace":[' + NESTED + b","),
    "no UTF-8": LINE.replace(b'"message":"', b'"message":"\xff'),
    "half a pair": LINE.replace(b'"message":"', b'"message":"\\ud800'),
    "null bytes": b"\0" * 100,
    "two records": LINE + LINE,
}


@pytest.mark.parametrize("name", BAD)
def test_a_line_that_is_no_record(name: str) -> None:
    assert BAD[name] != LINE
    with pytest.raises(RecordError, match="is no record"):
        decode(BAD[name])


def test_a_record_of_a_newer_format_is_named() -> None:
    newer = edited(lambda data: data.update(schema=SCHEMA + 1))
    other = json.dumps({"schema": 99, "run": "quite another form"}).encode()
    for line, number in ((newer, SCHEMA + 1), (other, 99)):
        with pytest.raises(RecordError, match=f"is of the record format {number}, this version knows those up to"):
            decode(line)


def test_what_this_version_does_not_know_in_a_record_is_passed_over() -> None:
    assert decode(LINE[:-1] + b',"mood":"good"}') == GOOD


def test_a_line_of_a_hundred_megabytes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(records, "LONGEST", 1 << 20)
    with pytest.raises(RecordError, match="it has 2 MiB, a record at most 1"):
        decode(result(message="x" * (2 << 20)))
    assert decode(result(message="x" * 1000)).result.message == "x" * 1000


@pytest.fixture
def out(tmp_path: Path) -> Path:
    """The frozen store with all these lines in it, between its own."""
    place = Path(shutil.copytree(FROZEN, tmp_path / "out"))
    file = place / "runs" / "2.jsonl"
    lines = file.read_bytes().splitlines()
    newer = edited(lambda data: data.update(schema=SCHEMA + 1))
    file.write_bytes(b"\n".join([*lines[:3], *BAD.values(), newer, *lines[3:]]) + b"\n")
    (place / "runs" / "folder.jsonl").mkdir()
    os.mkfifo(place / "runs" / "pipe.jsonl")
    (place / "runs" / "loop.jsonl").symlink_to("loop.jsonl")
    return place


def test_every_bad_line_is_named_and_the_others_are_read(out: Path) -> None:
    with pytest.warns(DamageWarning) as caught:
        found = Store.open(out).latest()
    assert found == Store(FROZEN).latest()
    told = [str(entry.message) for entry in caught]
    assert len(told) == len(BAD) + 4
    for number in range(4, 4 + len(BAD) + 1):
        assert sum(f"2.jsonl: line {number} is" in line for line in told) == 1
    assert sum("is no regular file" in line for line in told) == 3


def test_report_tables_and_verify_do_without_them(
    out: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", StoreWarning)
        assert write_report(Store.open(out), tmp_path / "a.html") == write_report(Store(FROZEN), tmp_path / "b.html")
        assert (tmp_path / "a.html").read_bytes() == (tmp_path / "b.html").read_bytes()
    assert main(["bench", str(FROZEN), "--json"]) == 0
    clean = json.loads(capsys.readouterr().out)
    assert main(["bench", str(out), "--json"]) == 0
    captured = capsys.readouterr()
    shown = json.loads(captured.out)
    assert (shown["runs"], shown["tables"], shown["profiles"]) == (54, clean["tables"], clean["profiles"])
    assert len(shown["warnings"]) == len(BAD) + 4
    assert "\x1b" not in captured.err + captured.out
    assert main(["verify", "--store", str(out)]) == 2  # damage is told of
    captured = capsys.readouterr()
    assert "30 solutions verified: 30 accepted, 0 violated, 0 unreadable" in captured.out
    assert "\x1b" not in captured.err + captured.out


@pytest.mark.usefixtures("in_process")
def test_a_batch_goes_on_beside_them(out: Path, tmp_path: Path) -> None:
    (wnp,) = [f for f in (out / "instances").iterdir() if json.loads(f.read_text())["name"] == "w0"]
    source = shutil.copy(wnp, tmp_path / "w0.json")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", StoreWarning)
        summary = batch(source, ["rtfs"], out, seeds=(0, 1, 2), time_limit=10, workers=1)
    assert (summary.ran, summary.stored, summary.complete) == (1, 2, True)


def changed(out: Path, edit: Callable[[Record], Record]) -> Record:
    """Append a changed copy of a run of wnp, under another seed."""
    from wnpopt.bench.store.store import write_records

    run = next(r for r in Store(out).latest().values() if (r.key.method, r.result.instance) == ("rtfs", "w0"))
    made = edit(msgspec.structs.replace(run, key=msgspec.structs.replace(run.key, seed=9)))
    write_records(Store(out), [made])
    return made


@pytest.mark.usefixtures("in_process")
@pytest.mark.parametrize("fields", [{"sense": "max"}, {"family": "slide"}, {"family": "tsp"}, {"sense": None}])
def test_a_record_that_contradicts_what_the_others_say_the_instance_is(tmp_path: Path, fields: dict[str, Any]) -> None:
    """It neither stops a report or a batch, nor turns the instance's other runs upside down."""
    out = Path(shutil.copytree(FROZEN, tmp_path / "out"))
    changed(out, lambda r: msgspec.structs.replace(r, result=msgspec.structs.replace(r.result, **fields)))
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        overview = write_report(Store.open(out), tmp_path / "report.html")
        source = tmp_path / "source"
        shutil.copytree(out / "instances", source)
        assert batch(source, ["rtfs", "greedy"], out, time_limit=10, workers=1).stored > 0
    assert (overview.instances, overview.proved, overview.contradictions) == (7, 7, 0)
    if fields != {"sense": None}:  # of that one nothing was believed before
        assert any("the others are wnp, min" in str(entry.message) for entry in caught)
    assert main(["verify", "--store", str(out)]) in (1, 2)
