"""Identical cores: recognised, modelled as one cumulative resource, and given their cores afterwards."""

from __future__ import annotations

from typing import Any, cast

import numpy as np
import pytest

import wnpopt
from tests.wnp.brute import optimum
from tests.wnp.tiny import tiny_data
from wnpopt.problems.wnp.formulations.cpsat import compile_master
from wnpopt.problems.wnp.instance import WnpInstance
from wnpopt.problems.wnp.kernels.identical import assigned, cores_are_identical
from wnpopt.problems.wnp.kernels.plan import Plan
from wnpopt.problems.wnp.kernels.problem import Problem


def identical(seed: int) -> WnpInstance:
    """The tiny instance of ``seed`` with identical cores: radio, subgraphs of no ticks and all."""
    data: dict[str, Any] = cast("dict[str, Any]", tiny_data(seed))
    cores = len(data["chip"]["cores"])
    for subgraph in data["subgraphs"]:
        ticks = next(t for t in subgraph["ticks"] if t is not None)
        subgraph["ticks"] = [ticks] * cores
    for edge in data["edges"]:
        edge["bytes"] = 0
    data["chip"]["hop_ticks"] = 0
    return WnpInstance.from_data(data)


@pytest.mark.parametrize("first", range(0, 60, 20))
def test_lbbd_proves_what_exhaustion_finds(first: int) -> None:
    for seed in range(first, first + 20):
        instance = identical(seed)
        assert cores_are_identical(Plan.of(instance))
        result = wnpopt.solve(instance, "lbbd", warm_start="none", threads=1, isolate=False)
        best = optimum(instance)
        assert (result.status, result.objective) == (("infeasible", None) if best is None else ("optimal", best)), seed


def test_the_master_has_no_core_choices() -> None:
    problem = Problem.of(identical(3))
    master = compile_master(problem, None, 0, [], [])
    assert master is not None
    assert not [name for name in master.variables if name.startswith("a[")]


def test_one_slower_core_or_a_transfer_that_takes_time_is_not_identical() -> None:
    data = cast("dict[str, Any]", identical(1).to_data())
    while len(data["chip"]["cores"]) < 2:
        data["chip"]["cores"].append({"name": "more", "x": 1, "y": 0})
        for subgraph in data["subgraphs"]:
            subgraph["ticks"] *= 2
    assert cores_are_identical(Plan.of(WnpInstance.from_data(data)))
    slower = cast("dict[str, Any]", WnpInstance.from_data(data).to_data())
    slower["subgraphs"][0]["ticks"] = [t + m for m, t in enumerate(slower["subgraphs"][0]["ticks"])]
    assert not cores_are_identical(Plan.of(WnpInstance.from_data(slower)))
    data["subgraphs"] = [{"name": n, "modality": None, "ticks": [3, 3]} for n in ("one", "two")]
    data["chip"]["cores"] = data["chip"]["cores"][:2]
    data["edges"] = [{"from": "one", "to": "two", "bytes": 8}]
    assert not cores_are_identical(Plan.of(WnpInstance.from_data(data)))


def test_a_subgraph_of_no_ticks_never_stands_inside_another() -> None:
    """At 5 both cores are busy; what takes no time waits for its successor's start."""
    plan = Plan.of(
        WnpInstance.from_data(
            {
                "kind": "wnp",
                "schema_version": 1,
                "name": "instants",
                "radio": {"slot_ticks": 1, "slots": 1, "block_slots": 1, "bits_per_slot": []},
                "modalities": [],
                "chip": {
                    "cores": [{"name": f"c{m}", "x": m, "y": 0} for m in range(2)],
                    "hop_ticks": 0,
                    "bytes_per_tick": 1,
                },
                "subgraphs": [
                    {"name": name, "modality": None, "ticks": [t, t]}
                    for name, t in (("a", 9), ("b", 8), ("n", 0), ("c", 4))
                ],
                "edges": [{"from": "n", "to": "c", "bytes": 0}],
            }
        )
    )
    core, start = assigned(plan, np.array([0, 0, 5, 8]))
    assert start.tolist() == [0, 0, 8, 8]
    assert core[2] == core[3] == core[1] != core[0]
