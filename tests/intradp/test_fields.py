"""The optional fields of intradp: one meaning in the verifier, the kernels, the replay on a trace and every method."""

from __future__ import annotations

from itertools import combinations
from typing import Any

import numpy as np
import pytest

from tests.intradp.fields import FIELDS, with_fields
from tests.intradp.tiny import priced, random_plan, random_solution, tiny
from wnpopt import solve
from wnpopt.core.errors import InputError, UnsupportedError
from wnpopt.problems.intradp.imports.fuse import fuse
from wnpopt.problems.intradp.instance import IntradpInstance
from wnpopt.problems.intradp.kernels.problem import Problem
from wnpopt.problems.intradp.methods.milp import refuse
from wnpopt.problems.intradp.online.simulate import BandwidthTrace, simulate
from wnpopt.problems.intradp.verify import replay

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
def test_methods_are_exact_or_refuse(fields: tuple[str, ...], objective: str) -> None:
    for seed in range(3):
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
