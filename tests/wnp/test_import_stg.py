"""``wnpopt import stg``: task graphs as chip-only instances."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

import wnpopt
from tests.refusals import refused_with
from wnpopt.cli.main import main
from wnpopt.problems.wnp.instance import WnpInstance

SHARED = Path(__file__).resolve().parents[3] / "shared/data/stg"
PLAIN = " 3\n 0 0 0\n 1 4 1 0\n 2 3 1 0\n 3 5 2 1 2\n 4 0 1 3\n"
COSTLY = " 3\n 0 0 0\n 1 4 1 0 0\n 2 3 1 0 0\n 3 5 2 1 6 2 6\n 4 0 1 3 0\n"


def imported(text: str, tmp_path: Path, cores: int) -> WnpInstance:
    source, out = tmp_path / "graph.stg", tmp_path / "instance.json"
    source.write_text(text)
    assert main(["import", "stg", str(source), "--cores", str(cores), "-o", str(out)]) == 0
    instance = wnpopt.load(out)
    assert isinstance(instance, WnpInstance)
    return instance


def test_identical_cores_no_radio_no_hops(tmp_path: Path) -> None:
    instance = imported(PLAIN, tmp_path, 3)
    assert instance.name == "graph-3"
    assert (instance.modalities, instance.chip.hop_ticks, len(instance.chip.cores)) == ((), 0, 3)
    assert [s.ticks for s in instance.subgraphs] == [(4, 4, 4), (3, 3, 3), (5, 5, 5)]
    assert [e.bytes for e in instance.edges] == [0, 0]


@pytest.mark.parametrize(
    ("text", "cores", "optimum"), [(PLAIN, 1, 12), (PLAIN, 2, 9), (COSTLY, 1, 12), (COSTLY, 2, 12)]
)
def test_optima(text: str, cores: int, optimum: int, tmp_path: Path) -> None:
    """Two tasks in parallel save 3, but not if the transfer that this needs costs 6."""
    result = wnpopt.solve(imported(text, tmp_path, cores), "auto", threads=1)
    assert (result.status, result.objective) == ("optimal", optimum)


@pytest.mark.skipif(not SHARED.is_dir(), reason="the Standard Task Graph Set is not here")
def test_published_optima(tmp_path: Path) -> None:
    """Three published optima, from the file to the answer."""
    with (SHARED / "optima.csv").open(newline="") as stream:
        rows = list(csv.DictReader(stream))[:3]
    for row in rows:
        instance = imported((SHARED / row["file"]).read_text(), tmp_path, int(row["processors"]))
        result = wnpopt.solve(instance, "auto", threads=1, time_limit=20)
        assert (result.status, result.objective) == ("optimal", int(row["upper"]))


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "empty"),
        (b"three\n", "three"),
        (b" 3\n 0 0 0\n 1 4 1 0\n", "task 2"),
        (b" 1\n 0 0 0\n 1 4 1 1\n 2 0 1 1\n", "cycle"),
        (b" 1\n 0 0 0\n 1 99999999999999999999 1 0\n 2 0 1 1\n", "2^53"),
        (b" 1\n 0 0 0\n 1 -4 1 0\n 2 0 1 1\n", "negative"),
        (b"\xff\xfe", "ASCII"),
        (b"\xff\xfe\x00", "NUL"),
        (b"999999999\n 0 0 0\n", "task 1"),
    ],
)
def test_hostile_files(content: bytes, words: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    source, out = tmp_path / "graph.stg", tmp_path / "instance.json"
    source.write_bytes(content)
    refused_with(capsys, ["import", "stg", str(source), "--cores", "2", "-o", str(out)], [str(source), words])
    assert not out.exists()


@pytest.mark.parametrize(("cores", "words"), [("0", "cores"), ("-1", "cores"), ("99999999", "4096"), ("two", "two")])
def test_numbers_of_cores(cores: str, words: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    source = tmp_path / "graph.stg"
    source.write_text(PLAIN)
    refused_with(capsys, ["import", "stg", str(source), "--cores", cores, "-o", str(tmp_path / "o.json")], [words])
