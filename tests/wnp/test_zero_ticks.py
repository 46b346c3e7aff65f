"""Subgraphs of no ticks: CP-SAT gets no interval without length, and the rule for them holds all the same."""

from __future__ import annotations

import random

import pytest

import wnpopt
from tests.wnp.brute import optimum
from tests.wnp.tiny import tiny_data
from wnpopt.backends.narrow import _has
from wnpopt.problems.wnp.formulations.cpsat import compile_cpsat, compile_master
from wnpopt.problems.wnp.instance import WnpInstance
from wnpopt.problems.wnp.kernels.problem import Problem


def many_zeros(seed: int) -> WnpInstance:
    data = tiny_data(seed)
    rng = random.Random(f"zeros-{seed}")
    for subgraph in data["subgraphs"]:  # type: ignore[attr-defined]
        subgraph["ticks"] = [None if t is None else 0 if rng.random() < 0.5 else t for t in subgraph["ticks"]]
    return WnpInstance.from_data(data)


ABORTED = WnpInstance.from_data(
    {
        "kind": "wnp",
        "schema_version": 1,
        "name": "aborted",
        "radio": {
            "slot_ticks": 1,
            "slots": 3,
            "block_slots": 1,
            "bits_per_slot": [[[7, 7, 7]], [[0, 0, 0]], [[0, 0, 11]]],
        },
        "modalities": [{"name": f"m{k}", "payload_bits": bits} for k, bits in enumerate([19, 0, 7])],
        "chip": {
            "cores": [{"name": "c0", "x": 0, "y": 0}, {"name": "c1", "x": -3, "y": 0}, {"name": "c2", "x": 0, "y": 5}],
            "hop_ticks": 1,
            "bytes_per_tick": 16,
        },
        "subgraphs": [
            {"name": "g0", "modality": "m1", "ticks": [1, 1, 0]},
            {"name": "g2", "modality": "m0", "ticks": [None, 0, None]},
        ],
        "edges": [],
    }
)
"""CP-SAT 9.14 ended the process over this one's interval without length."""


def inside(ticks: list[list[int | None]], edges: list[tuple[int, int]], hop: int) -> WnpInstance:
    return WnpInstance.from_data(
        {
            "kind": "wnp",
            "schema_version": 1,
            "name": "inside",
            "radio": {"slot_ticks": 1, "slots": 1, "block_slots": 1, "bits_per_slot": []},
            "modalities": [],
            "chip": {
                "cores": [{"name": f"c{m}", "x": m, "y": 0} for m in range(len(ticks[0]))],
                "hop_ticks": hop,
                "bytes_per_tick": 1,
            },
            "subgraphs": [{"name": f"g{i}", "modality": None, "ticks": row} for i, row in enumerate(ticks)],
            "edges": [{"from": f"g{i}", "to": f"g{j}", "bytes": 0} for i, j in edges],
        }
    )


@pytest.mark.parametrize("method", ["cpsat", "lbbd", "auto", "milp"])
def test_the_one_that_aborted(method: str) -> None:
    result = wnpopt.solve(ABORTED, method, warm_start="none", threads=1, isolate=False)
    assert (result.status, result.objective) == ("optimal", 3)


@pytest.mark.parametrize("method", ["cpsat", "lbbd", "milp"])
def test_what_takes_no_time_does_not_stand_inside_another(method: str) -> None:
    # g1 may run on c0 alone, between g0 (c1, 5 ticks) and g2 (c1, 5 ticks); g3 takes c0 for 20 ticks. So either g3
    # waits for g1 (5 + 20), or the chain waits for g3 (20 + 5): 10 would need g1 inside g3.
    ticks: list[list[int | None]] = [[None, 5], [0, None], [None, 5], [20, None]]
    result = wnpopt.solve(inside(ticks, [(0, 1), (1, 2)], 0), method, warm_start="none", threads=1, isolate=False)
    assert (result.status, result.objective) == ("optimal", 25)


@pytest.mark.parametrize("first", range(0, 60, 20))
@pytest.mark.parametrize("method", ["cpsat", "lbbd"])
def test_against_exhaustion(method: str, first: int) -> None:
    for seed in range(first, first + 20):
        instance = many_zeros(seed)
        best = optimum(instance)
        for start in ("none", "auto"):
            result = wnpopt.solve(instance, method, warm_start=start, threads=1, isolate=False)
            if best is None:
                assert result.status == "infeasible", (seed, start, result.message)
            else:
                assert (result.status, result.objective) == ("optimal", best), (seed, start, result.message)
            assert result.warm_start != "rejected", (seed, start)


def test_no_interval_is_without_length() -> None:
    for seed in range(60):
        problem = Problem.of(many_zeros(seed))
        if problem.uplink.alone() is None:
            continue
        for compiled in (compile_cpsat(problem), compile_master(problem, None, 0, [], [])):
            assert compiled is not None
            intervals = [c.interval for c in compiled.model.proto.constraints if _has(c, "interval")]
            assert all(interval.size.offset > 0 for interval in intervals)
