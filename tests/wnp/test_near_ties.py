"""Makespans that differ by a few ticks in 10^5 to 10^7: solvers' tolerances do not decide, integers do."""

from __future__ import annotations

import runpy
from collections.abc import Callable
from pathlib import Path

import pytest

import wnpopt
from wnpopt.problems.wnp.formulations.milp import divisor_of, unit_of
from wnpopt.problems.wnp.instance import WnpInstance
from wnpopt.problems.wnp.kernels.problem import Problem

VERDICT: Callable[..., str] = runpy.run_path(str(Path(__file__).parents[2] / "scripts" / "near_ties.py"))["verdict"]
METHODS = ["milp", "cpsat", "lbbd", "auto"]


def chip_only(ticks: list[list[int | None]], edges: list[tuple[int, int, int]], **chip: int) -> WnpInstance:
    cores = [{"name": f"c{m}", "x": 0, "y": 0} for m in range(len(ticks[0]))]
    return WnpInstance.from_data(
        {
            "kind": "wnp",
            "schema_version": 1,
            "name": "near",
            "radio": {"slot_ticks": 10, "slots": 1, "block_slots": 2, "bits_per_slot": []},
            "modalities": [],
            "chip": {"cores": cores, "hop_ticks": 0, "bytes_per_tick": 1} | chip,
            "subgraphs": [{"name": f"g{i}", "modality": None, "ticks": row} for i, row in enumerate(ticks)],
            "edges": [{"from": f"g{i}", "to": f"g{j}", "bytes": size} for i, j, size in edges],
        }
    )


TEN = 10_000_000
SEEN = chip_only([[TEN - 3, TEN], [TEN, TEN], [7, None], [TEN, TEN], [None, TEN]], [(1, 4, 16), (3, 4, 0)], hop_ticks=0)
"""HiGHS 1.12 called 20000016 optimal."""


@pytest.mark.parametrize("start", ["none", "auto"])
@pytest.mark.parametrize("method", METHODS)
def test_what_was_called_optimal_wrongly(method: str, start: str) -> None:
    result = wnpopt.solve(SEEN, method, warm_start=start, threads=1, isolate=False)
    assert (result.status, result.objective, result.bound) == ("optimal", 20_000_004, 20_000_004)


@pytest.mark.parametrize("method", METHODS)
def test_loads_that_highs_1_16_told_apart_wrongly(method: str) -> None:
    """With tolerances of 1e-9 it called 10059 optimal."""
    loads = [[10012, 10006, 504], [106, 10011, 10018], [109, 10010, 10012], [10011, 52, 10018], [10012, 10013, 10013]]
    rows: list[list[int | None]] = [list(row) for row in loads]
    result = wnpopt.solve(chip_only(rows, []), method, warm_start="none", threads=1, isolate=False)
    assert (result.status, result.objective) == ("optimal", 10_058)


@pytest.mark.parametrize("start", ["none", "auto"])
def test_a_sample(start: str) -> None:
    found = {
        (seed, method): VERDICT(seed, method, start, limit=60.0, isolate=False)
        for seed in range(12)
        for method in METHODS
    }
    assert set(found.values()) <= {"optimal", "infeasible"}, found


@pytest.mark.slow
@pytest.mark.parametrize("first", range(1000, 1300, 50))
@pytest.mark.parametrize("method", METHODS)
def test_a_larger_sample(method: str, first: int) -> None:
    for seed in range(first, first + 50):
        for start in ("none", "auto"):
            word = VERDICT(seed, method, start, limit=60.0, isolate=False)
            assert word in ("optimal", "infeasible"), (seed, start, word)


def test_the_milps_unit_is_exact_in_floating_point() -> None:
    """Up to 10^5 ticks it is a tick; beyond, a divisor of all times, times a power of two."""
    problem = Problem.of(SEEN)
    assert divisor_of(problem) == 1
    assert unit_of(problem, 100_000) == 1
    assert unit_of(problem, 100_001) == 2
    assert unit_of(problem, 3 * TEN) == 512
    even = Problem.of(chip_only([[300_000, 600_000], [900_000, 900_000]], [(0, 1, 1_200_000)], hop_ticks=0))
    assert divisor_of(even) == 300_000
    assert unit_of(even, 3_000_000) == 300_000
