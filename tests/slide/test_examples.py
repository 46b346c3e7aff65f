"""The examples that settle the contract's meaning: every exact method finds their optimum and proves it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import wnpopt
from wnpopt.core.errors import UnsupportedError
from wnpopt.core.result import Status

DATA = Path(__file__).parent / "data"
CASES = [(entry["file"], entry["optimum"]) for entry in json.loads((DATA / "index.json").read_text())]


@pytest.mark.parametrize(("file", "optimum"), CASES)
@pytest.mark.parametrize("method", ["auto", "milp", "dp"])
def test_optimum_is_found_and_proved(file: str, optimum: float, method: str) -> None:
    instance = wnpopt.load(DATA / file)
    try:
        result = wnpopt.solve(instance, method, threads=1)
    except UnsupportedError as error:
        refused = (method, "multicast" in file, error.where.partition(".")[2])
    else:
        refused = None
    if refused is not None:
        assert refused == ("dp", True, "models")
        return
    assert result.objective == optimum
    assert result.status is Status.OPTIMAL
    assert result.message in ("", "the start meets a known bound: no solver was needed")


@pytest.mark.parametrize(("file", "optimum"), CASES)
@pytest.mark.parametrize("method", ["greedy", "convex", "dai", "equal", "random", "max-frequency"])
def test_others_are_verified_and_bounded(file: str, optimum: float, method: str) -> None:
    instance = wnpopt.load(DATA / file)
    try:
        result = wnpopt.solve(instance, method, threads=1)
    except UnsupportedError as error:
        refused = error.where
    else:
        refused = None
    if refused is not None:
        assert refused in ("delivery", "cache_bits", "resource_block_hz")
        return
    assert result.verified
    assert result.objective is not None
    assert result.bound is not None
    assert result.objective <= optimum <= result.bound * (1 + 1e-9)
    assert (result.status is Status.OPTIMAL) <= (result.objective == optimum)


@pytest.mark.parametrize("method", ["greedy", "dp", "dai", "equal", "random", "max-frequency"])
def test_same_seed_same_bytes(method: str) -> None:
    instance = wnpopt.load(DATA / "slide-weighted-201.json")
    first, second = (wnpopt.solve(instance, method, seed=3).solution for _ in range(2))
    assert first is not None
    assert first.to_data() == second.to_data()


def test_examples_are_the_shared_ones() -> None:
    shared = Path(__file__).parents[3] / "shared" / "examples" / "slide"
    if not shared.is_dir():
        pytest.skip("../shared/examples is not here")
    for file, _ in CASES:
        assert (shared / file).read_bytes() == (DATA / file).read_bytes()
