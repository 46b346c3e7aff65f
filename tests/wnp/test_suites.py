"""The stored suites: their instances load, their index is complete, its values and bounds are consistent."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import wnpopt
from tests.wnp.brute import optimum
from wnpopt.core.budget import Budget
from wnpopt.problems.wnp.bounds import bounds
from wnpopt.problems.wnp.instance import WnpInstance

SUITES = Path(__file__).resolve().parents[2] / "instances" / "wnp"


def entries(suite: str) -> list[dict[str, object]]:
    rows: list[dict[str, object]] = json.loads((SUITES / suite / "index.json").read_text())
    return rows


@pytest.mark.parametrize("suite", sorted(p.name for p in SUITES.iterdir() if p.is_dir()))
def test_the_index_is_complete(suite: str) -> None:
    rows = entries(suite)
    files = sorted(p.name for p in (SUITES / suite).glob("*.json") if p.name != "index.json")
    assert sorted(str(row["file"]) for row in rows) == files
    for row in rows:
        assert set(row) - {"method", "version", "date", "instance_hash"} == {"file", "best", "bound", "proved", "how"}
        best, bound = row["best"], row["bound"]
        assert isinstance(best, int | float)
        assert isinstance(bound, int | float)
        assert bound <= best * (1 + 1e-9)  # joules are no integers
        assert row["proved"] == (bound >= best * (1 - 1e-6))


def test_tiny_has_24_and_exhaustion_agrees() -> None:
    rows = entries("tiny")
    assert len(rows) == 24
    for row in rows:
        instance = wnpopt.load(SUITES / "tiny" / str(row["file"]))
        assert isinstance(instance, WnpInstance)
        assert optimum(instance) == row["best"]


@pytest.mark.parametrize("suite", ["tiny", "small", "medium", "real"])
def test_pacs_and_bounds_against_the_index(suite: str) -> None:
    for row in entries(suite):
        instance = wnpopt.load(SUITES / suite / str(row["file"]))
        assert isinstance(instance, WnpInstance)
        best = row["best"]
        assert isinstance(best, int | float)
        result = wnpopt.solve(instance, "pacs")
        assert result.objective is not None
        assert row["bound"] <= result.objective  # type: ignore[operator]
        assert all(bound.value <= best for bound in bounds(instance, Budget()))


@pytest.mark.parametrize("row", entries("small")[::3], ids=lambda r: str(r["file"]))
@pytest.mark.parametrize("method", ["cpsat", "lbbd"])
def test_two_exact_methods_prove_the_small_ones(row: dict[str, object], method: str) -> None:
    instance = wnpopt.load(SUITES / "small" / str(row["file"]))
    result = wnpopt.solve(instance, method, time_limit=60, threads=2)
    assert (result.status, result.objective) == ("optimal", row["best"])


@pytest.mark.slow
@pytest.mark.parametrize("row", entries("medium"), ids=lambda r: str(r["file"]))
def test_auto_proves_the_medium_ones(row: dict[str, object]) -> None:
    instance = wnpopt.load(SUITES / "medium" / str(row["file"]))
    result = wnpopt.solve(instance, time_limit=90, threads=2)
    assert result.bound is not None
    assert result.objective is not None
    assert result.bound <= row["best"] <= result.objective  # type: ignore[operator]
    if result.status == "optimal":
        assert result.objective == row["best"]
