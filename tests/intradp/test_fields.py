"""The optional fields of intradp: one meaning in the verifier, the kernels, the replay on a trace and every method."""

from __future__ import annotations

import json
from collections.abc import Callable
from itertools import combinations, product
from math import inf
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.intradp.fields import FIELDS, with_fields
from tests.intradp.tiny import priced, random_plan, random_solution, tiny
from tests.samples import ordinarily
from wnpopt import load, solve
from wnpopt.core import registry
from wnpopt.core.errors import InputError, UnsupportedError
from wnpopt.problems.intradp.generate import generate
from wnpopt.problems.intradp.imports.fuse import fuse
from wnpopt.problems.intradp.instance import IntradpInstance
from wnpopt.problems.intradp.kernels.problem import Problem
from wnpopt.problems.intradp.methods.milp import refuse
from wnpopt.problems.intradp.online.simulate import BandwidthTrace, simulate
from wnpopt.problems.intradp.solution import IntradpSolution
from wnpopt.problems.intradp.verify import replay

SUITE = Path(__file__).resolve().parents[2] / "instances" / "intradp" / "tiny-fields"
ROWS: list[dict[str, Any]] = json.loads((SUITE / "index.json").read_text())
GIVEN_BY: dict[str, Callable[[IntradpInstance], bool]] = {
    "efficiency": lambda instance: instance.link.efficiency < 1,
    "partial": lambda instance: any(operator.device.partial_s > 0 for operator in instance.operators),
    "segment": lambda instance: instance.segment_s.device > 0,
    "launch-power": lambda instance: instance.power_w.launch is not None,
    "compute-power": lambda instance: any(operator.device.compute_w is not None for operator in instance.operators),
}
HASHES = (
    "5afb5f9260f3aa54e19910011964219d933c942eec395426f78e53b98f450710",
    "c99a6d15617d018d1943589a25245d67b2d7f7f149f044c195c6ff34993db6bf",
)

SETS = [*((field,) for field in FIELDS), *combinations(FIELDS, 2), FIELDS]

LOCAL = {"kernel": 1, "stride": 1, "padding": 0}


def two_operators(**changes: Any) -> IntradpInstance:
    """An input of 4 rows, an operator of 4 rows (1 s + 2 s a row; a tenth of that on the server), the output."""
    free = {"fixed_s": 0.0, "full_s": 0.0}
    data: dict[str, Any] = {
        "kind": "intradp",
        "schema_version": 1,
        "name": "two",
        "operators": [
            {"name": "in", "units": 4, "output_bytes": 8, "inputs": [], "device": free, "server": free},
            {
                "name": "op",
                "units": 4,
                "output_bytes": 4,
                "inputs": [{"from": "in", "window": LOCAL}],
                "device": {"fixed_s": 1.0, "full_s": 9.0, **changes.pop("device", {})},
                "server": {"fixed_s": 0.1, "full_s": 0.9, **changes.pop("server", {})},
            },
            {
                "name": "out",
                "units": 4,
                "output_bytes": 0,
                "inputs": [{"from": "op", "window": LOCAL}],
                "device": free,
                "server": free,
            },
        ],
        "link": {"uplink_bytes_per_s": 4.0, "downlink_bytes_per_s": 2.0, **changes.pop("link", {})},
        "power_w": {"compute": 3.0, "communicate": 2.0, "standby": 1.0, **changes.pop("power_w", {})},
        **changes,
    }
    return IntradpInstance.from_data(data)


def split(instance: IntradpInstance, end: int) -> tuple[float, float]:
    """(latency, energy) of rows [0, end) on the device and the others on the server."""
    replayed = replay(instance, Problem.of(instance).solution([4, end, 4], [4, end, 4]))
    return replayed.latency_s, replayed.energy_j


def test_values_by_hand() -> None:
    """Two rows on the device take 5 s. Rows 2 and 3 take 1 s up, 0.5 s on the server, 1 s down: ready at 2.5 s."""
    assert split(two_operators(), 2) == pytest.approx((5.0, 15.0))
    # Half the rate: 2 s up, 0.5 s, 2 s down: 4.5 s; nothing of the radio beyond the device's 5 s.
    assert split(two_operators(link={"efficiency": 0.5}), 2) == pytest.approx((5.0, 15.0))
    # A fifth: 5 s up, 0.5 s, 5 s down: 10.5 s; 5 s of receiving alone, 0.5 s of nothing.
    assert split(two_operators(link={"efficiency": 0.2}), 2) == pytest.approx((10.5, 15 + 10 + 0.5))
    # Cutting the operator costs the device half a second, not where it computes all rows.
    partial = two_operators(device={"partial_s": 0.5})
    assert split(partial, 2) == pytest.approx((5.5, 16.5))
    assert split(partial, 4) == pytest.approx((9.0, 27.0))
    # The device sends one message (0.25 s before its operator can start) and receives one (0.25 s before the output).
    assert split(two_operators(segment_s={"device": 0.25, "server": 0}), 2) == pytest.approx((5.5, 16.5))
    # The server joins one and sends one: 0.25 + 1 + 0.25 + ... = 3 s, behind the device's 5 s.
    assert split(two_operators(segment_s={"device": 0, "server": 0.25}), 2) == pytest.approx((5.0, 15.0))
    assert split(two_operators(segment_s={"device": 0, "server": 1.5}), 2) == pytest.approx((5.5, 15 + 1.0))
    # 1 s of the device's 5 s at 10 W.
    assert split(two_operators(power_w={"launch": 10.0}), 2) == pytest.approx((5.0, 22.0))
    # The other 4 s at 7 W.
    assert split(two_operators(device={"compute_w": 7.0}), 2) == pytest.approx((5.0, 31.0))
    everything = two_operators(
        device={"compute_w": 7.0, "partial_s": 0.5}, power_w={"launch": 10.0}, segment_s={"device": 0.25, "server": 0}
    )
    assert split(everything, 2) == pytest.approx((6.0, 10 * (1 + 0.5 + 0.5) + 7 * 4))


@pytest.mark.parametrize("fields", SETS)
def test_kernel_and_verifier_agree(fields: tuple[str, ...]) -> None:
    rng = np.random.default_rng(3)
    for seed in range(12):
        instance = with_fields(tiny(seed), seed, fields)
        problem = Problem.of(instance)
        for _ in range(8):
            solution = random_solution(instance, rng)
            a = np.array(solution.device_end, np.int32)
            b = np.array(solution.server_begin, np.int32)
            replayed = replay(instance, solution)
            assert priced(problem.arrays, a, b) == pytest.approx((replayed.latency_s, replayed.energy_j), rel=1e-9)


@pytest.mark.parametrize("fields", SETS)
def test_a_trace_of_one_rate_gives_the_plan(fields: tuple[str, ...]) -> None:
    rng = np.random.default_rng(4)
    for seed in range(12):
        data: dict[str, Any] = with_fields(tiny(seed), seed, fields).to_data()
        rate = data["link"]["downlink_bytes_per_s"] = data["link"]["uplink_bytes_per_s"]
        instance = IntradpInstance.from_data(data)
        a, b = random_plan(Problem.of(instance).arrays, rng, 3)
        solution = Problem.of(instance).solution(a, b)
        replayed = replay(instance, solution)
        found = simulate(instance, solution, BandwidthTrace(1.0, (rate,)))
        assert found == pytest.approx((replayed.latency_s, replayed.energy_j), rel=1e-9)


@pytest.mark.parametrize("objective", ["latency", "energy"])
@pytest.mark.parametrize("fields", SETS)
@pytest.mark.parametrize("seeds", ordinarily(1, [range(1), range(1, 3)]))
def test_methods_are_exact_or_refuse(seeds: range, fields: tuple[str, ...], objective: str) -> None:
    for seed in seeds:
        instance = with_fields(tiny(seed, 5_000, objective=objective), seed, fields)
        best = solve(instance, "enumerate", time_limit=None, isolate=False)
        assert best.objective is not None
        for method in ("device-only", "server-only", "min-cut", "layer-cut", "de", "search", "auto", "milp"):
            if method == "milp" and refuse(instance) is not None:
                assert objective == "energy" or {"partial_s", "segment_s"} & set(fields)
                with pytest.raises(UnsupportedError, match=r"does not support|supports latency only"):
                    solve(instance, method, time_limit=60, isolate=False)
                continue
            result = solve(instance, method, time_limit=60, isolate=False)
            if result.objective is not None:
                assert result.objective >= best.objective * (1 - 1e-9)
            if result.bound is not None:
                assert result.bound <= best.objective * (1 + 1e-9)
            if method in ("search", "auto"):
                assert result.objective == pytest.approx(best.objective, rel=1e-6)
                assert result.status.value == "optimal"


def best_by_the_verifier(instance: IntradpInstance) -> float:
    """The optimum, of all plans, by the verifier alone."""
    sides = [[(op.units, op.units)] for op in instance.operators]
    for i, operator in enumerate(instance.operators[1:-1], 1):
        sides[i] = [(a, b) for a in range(operator.units + 1) for b in range(a + 1)]
    best = inf
    for plan in product(*sides):
        ends, begins = zip(*plan, strict=True)
        replayed = replay(instance, IntradpSolution(instance=instance.name, device_end=ends, server_begin=begins))
        best = min(best, replayed.latency_s if instance.objective == "latency" else replayed.energy_j)
    return best


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row["file"])
def test_the_suite_has_the_optima_of_all_plans(row: dict[str, Any]) -> None:
    instance = load(SUITE / row["file"])
    assert isinstance(instance, IntradpInstance)
    assert row["proved"]
    assert best_by_the_verifier(instance) == pytest.approx(row["best"], rel=1e-9)
    for method in ("search", "auto"):
        result = solve(instance, method, time_limit=60, threads=1, isolate=False)
        assert result.objective == pytest.approx(row["best"], rel=1e-6)
        assert result.bound is not None
        assert result.bound <= row["best"] * (1 + 1e-9)


def test_the_suite_has_each_field_and_each_pair_and_is_what_doctor_solves() -> None:
    names = {Path(row["file"]).stem.removeprefix("tiny-") for row in ROWS}
    fields = tuple(GIVEN_BY)
    assert names == {*fields, *("+".join(pair) for pair in combinations(fields, 2)), "all"}
    known = [(case.instance, case.optimum) for case in registry.family("intradp").cases]
    assert known == [(json.loads((SUITE / row["file"]).read_text()), row["best"]) for row in ROWS]
    for name in names:
        instance = load(SUITE / f"tiny-{name}.json")
        assert isinstance(instance, IntradpInstance)
        given = fields if name == "all" else name.split("+")
        assert {field for field, is_given in GIVEN_BY.items() if is_given(instance)} == set(given)


def test_the_generator_gives_what_it_gave() -> None:
    """Its options are off by default; then nothing is drawn for them. Hashes are those of version 0.1's generator."""
    assert generate({}, 3).instance_hash == HASHES[0]
    assert generate({"shape": "dense", "objective": "energy", "slack": 0.9}, 8).instance_hash == HASHES[1]
    options = {"efficiency": 0.5, "partial": 0.2, "segment": 0.1, "launch_w": 6.0, "power_spread": 0.3}
    made, plain = generate(options, 3), generate({}, 3)
    assert made == generate(options, 3)
    assert made.link.efficiency == 0.5
    assert made.power_w.launch == 6.0
    for operator, other in zip(made.operators, plain.operators, strict=True):
        assert operator.device.full_s == other.device.full_s
        assert operator.inputs == other.inputs
        assert operator.device.partial_s == pytest.approx(10 * operator.server.partial_s)
    partial = [operator.device.partial_s for operator in made.operators[1:-1]]
    assert 0 < min(partial) < max(partial) <= 2 * 0.2 * 0.1 / len(made.operators)
    assert len({operator.device.compute_w for operator in made.operators[1:-1]}) > 3
    assert made.segment_s.device == pytest.approx(10 * made.segment_s.server)


def test_fusing_keeps_the_fields() -> None:
    rng = np.random.default_rng(9)
    fused_any = 0
    for seed in range(0, 240, 3):  # chains
        instance = with_fields(tiny(seed), seed)
        fused = fuse(instance)
        fused_any += len(fused.instance.operators) < len(instance.operators)
        small = Problem.of(fused.instance)
        solution = small.solution(*random_plan(small.arrays, rng, 2))
        one, other = replay(fused.instance, solution), replay(instance, fused.unfuse(solution))
        assert (one.latency_s, one.energy_j) == pytest.approx((other.latency_s, other.energy_j), rel=1e-9)
    assert fused_any >= 2


def test_defaults_leave_files_and_hashes_alone() -> None:
    plain = two_operators()
    spelt = two_operators(
        link={"efficiency": 1},
        device={"partial_s": 0, "compute_w": None},
        server={"partial_s": 0},
        power_w={"launch": None},
        segment_s={"device": 0, "server": 0},
    )
    assert spelt.to_data() == plain.to_data()
    assert spelt.instance_hash == plain.instance_hash
    assert "segment_s" not in plain.to_data()
    assert two_operators(segment_s={"device": 0.5}).to_data()["segment_s"] == {"device": 0.5, "server": 0.0}


@pytest.mark.parametrize(
    ("changes", "where"),
    [
        ({"link": {"efficiency": 0}}, "link.efficiency"),
        ({"link": {"efficiency": 1.5}}, "link.efficiency"),
        ({"device": {"partial_s": -1}}, "operators[1].device.partial_s"),
        ({"server": {"compute_w": 1.0}}, "operators[1].server.compute_w"),
        ({"segment_s": {"device": -1}}, "segment_s.device"),
        ({"power_w": {"launch": -1}}, "power_w.launch"),
    ],
)
def test_bad_values_are_named(changes: dict[str, Any], where: str) -> None:
    with pytest.raises(InputError) as caught:
        two_operators(**changes)
    assert caught.value.where == where
