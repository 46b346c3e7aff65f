"""The suites beyond small and medium: their sizes, their indexes, and that seeds give them bit for bit."""

from __future__ import annotations

import json
import runpy
import subprocess
import sys
from pathlib import Path

import pytest

import wnpopt
from wnpopt.problems.wnp.instance import WnpInstance

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "instances/wnp"
SUITES = ("large", "xlarge", "real", "real-exports", "chip-only")
SIZES = {"large": (100, 8, 6, 50, 100), "xlarge": (200, 16, 8, 100, 200)}


def instances(suite: str) -> list[tuple[Path, WnpInstance]]:
    found = []
    for path in sorted((FOLDER / suite).glob("*.json")):
        if path.name != "index.json":
            loaded = wnpopt.load(path)
            assert isinstance(loaded, WnpInstance)
            found.append((path, loaded))
    return found


@pytest.mark.parametrize("suite", SUITES)
def test_the_index_names_every_file_and_is_consistent(suite: str) -> None:
    rows = json.loads((FOLDER / suite / "index.json").read_text())
    stored = instances(suite)
    assert sorted(row["file"] for row in rows) == [path.name for path, _ in stored]
    for row in rows:
        assert set(row) - {"method", "version", "date", "instance_hash"} == {"file", "best", "bound", "proved", "how"}
        assert 0 < row["bound"] <= row["best"]
        assert row["proved"] == (row["bound"] == row["best"])
        assert row["how"]
    for path, instance in stored:
        assert instance.name == path.stem
        assert instance.source


@pytest.mark.parametrize("suite", SIZES)
def test_sizes(suite: str) -> None:
    for _, i in instances(suite):
        assert (
            len(i.subgraphs), len(i.chip.cores), len(i.modalities), i.resource_blocks, i.radio.slots
        ) == SIZES[suite]  # fmt: skip


def test_real_instances_are_multimodal_from_10_to_100_subgraphs() -> None:
    stored = [i for _, i in instances("real")]
    assert len(stored) >= 8
    counts = sorted(len(i.subgraphs) for i in stored)
    assert counts[0] == 10
    assert 95 <= counts[-1] <= 100
    for instance in stored:
        assert len(instance.modalities) >= 2
        assert bool(instance.needed.all())
        prefixes = {s.name.partition(".")[0] for s in instance.subgraphs}
        assert prefixes == {m.name for m in instance.modalities} | {"fusion"}


def test_chip_only_instances_have_no_radio() -> None:
    stored = [i for _, i in instances("chip-only")]
    assert len(stored) >= 4
    assert all(i.modalities == () and i.rates.size == 0 for i in stored)


@pytest.mark.parametrize("suite", SUITES)
def test_no_heuristic_contradicts_the_index(suite: str) -> None:
    """No answer is below a stored bound, and no bound above a stored value."""
    rows = json.loads((FOLDER / suite / "index.json").read_text())
    for row in rows:
        result = wnpopt.solve(wnpopt.load(FOLDER / suite / row["file"]), "pacs", threads=1)
        assert result.objective is not None
        assert result.objective >= row["bound"]
        assert result.bound is not None
        assert result.bound <= row["best"]


def test_seeds_give_the_files_bit_for_bit() -> None:
    # All suites are compared by `make suites`.
    command = [sys.executable, "scripts/suites.py", "wnp", "--check", "--suites", "large,xlarge,chip-only"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, "0 files differ\n", "")


def test_the_better_of_two_rows_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "path", [str(ROOT / "scripts"), *sys.path])
    better = runpy.run_path(str(ROOT / "scripts/suites.py"))["better"]

    def row(best: int, bound: int, how: str) -> dict[str, object]:
        return {"file": "x", "best": best, "bound": bound, "proved": best == bound, "how": how}

    assert better(None, row(9, 5, "a")) == row(9, 5, "a")
    assert better(row(8, 5, "a"), row(9, 6, "b")) == row(8, 6, "b")
    assert better(row(8, 6, "a"), row(9, 5, "b")) == row(8, 6, "a")
    assert better(row(8, 6, "a"), row(9, 8, "b")) == row(8, 8, "b")
    whose = {"method": "c", "version": "1", "date": "2026-01-01"}
    assert better(row(8, 6, "a") | whose, row(8, 8, "b")) == row(8, 8, "b") | whose
    assert better(row(9, 6, "a") | whose, row(8, 6, "b")) == row(8, 6, "b")
