"""Sides that differ by up to 10^9, and graphs on which bounds once took for ever."""

from __future__ import annotations

import importlib.util
import random
import sys
import threading
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest

from tests.intradp.tiny import tiny
from tests.samples import ordinarily
from wnpopt.api import solve
from wnpopt.backends.stopping import never
from wnpopt.core.budget import Budget
from wnpopt.core.errors import InputError
from wnpopt.core.method import Context
from wnpopt.core.result import Status
from wnpopt.core.trace import Trace
from wnpopt.problems.intradp.bounds import bounds
from wnpopt.problems.intradp.formulations.horizon import all_read, horizon_of
from wnpopt.problems.intradp.instance import IntradpInstance
from wnpopt.problems.intradp.kernels.heads import Front
from wnpopt.problems.intradp.kernels.problem import Problem
from wnpopt.problems.intradp.methods import milp
from wnpopt.problems.intradp.methods.enumerate import refuse
from wnpopt.problems.intradp.search.beam import run_labels
from wnpopt.problems.intradp.search.plans import RANGE_WORK, layer_cut, on_server
from wnpopt.problems.intradp.solution import IntradpSolution
from wnpopt.problems.intradp.verify import verify

SAME = {"kernel": 3, "stride": 1, "padding": 1}
UNTIMED = ("device-only", "server-only", "min-cut", "layer-cut", "spso-ga", "de")


def _script() -> ModuleType:
    path = Path(__file__).resolve().parents[2] / "scripts" / "intradp_extremes.py"
    spec = importlib.util.spec_from_file_location("intradp_extremes", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["intradp_extremes"] = module
    spec.loader.exec_module(module)
    return module


def network(edges: list[list[int]], *, units: int = 1, window: object = "all", **fields: object) -> IntradpInstance:
    """Equal operators, operator v reading those of ``edges[v]``."""
    last = len(edges) - 1
    operators = []
    for v, sources in enumerate(edges):
        device, server = (0.0, 0.0) if v in (0, last) else (1e-3, 1e-4)
        operators.append(
            {
                "name": f"o{v}",
                "units": units,
                "output_bytes": 1e5,
                "inputs": [{"from": f"o{u}", "window": window} for u in sources],
                "device": {"fixed_s": device / 10, "full_s": device},
                "server": {"fixed_s": server / 10, "full_s": server},
            }
        )
    data = {
        "kind": "intradp",
        "schema_version": 1,
        "name": "network",
        "operators": operators,
        "link": {"uplink_bytes_per_s": 1e7, "downlink_bytes_per_s": 1e7},
        "power_w": {"compute": 13.35, "communicate": 4.25, "standby": 4.04},
        **fields,
    }
    return IntradpInstance.from_data(data)


def random_dag(count: int, reads: int, back: int, seed: int) -> list[list[int]]:
    """Each operator reads up to ``reads`` of the ``back`` before it."""
    rng = random.Random(seed)
    edges: list[list[int]] = [[]]
    for v in range(1, count):
        lo = max(0, v - back)
        edges.append(sorted(rng.sample(range(lo, v), min(reads, v - lo))))
    edges[-1] = sorted({*edges[-1], count - 2})
    return edges


@pytest.mark.parametrize("first", ordinarily(1, [0, 6, 20, 26]))
def test_no_wrong_optimum_however_far_apart_the_sides_are(first: int) -> None:
    script = _script()
    for seed in range(first, first + 6):
        instance = script.instance_of(seed, 300, objective="energy" if seed % 5 == 4 else "latency")
        best = script.truth(instance)
        for method in script.METHODS:
            for warm_start in ("auto", "none"):
                if method == "milp" and instance.objective == "energy":
                    continue
                found = script.faults(instance, best, method, warm_start, 120)
                assert [fault for fault in found if not fault.startswith("open")] == [], (seed, method, warm_start)
                if method != "search":
                    assert found == [], (seed, method, warm_start)


@pytest.mark.parametrize("seeds", ordinarily(1, [([5027, 5227, 5526, 5911, 5000, 5001],), (list(range(5002, 5030)),)]))
def test_no_bound_is_beyond_the_optimum(seeds: list[int]) -> None:
    """The first four once had one: what was received was asked for what computing it would have read."""
    script = _script()
    for seed in seeds:
        for objective in ("latency", "energy"):
            instance = script.instance_of(seed, 2000, objective=objective)
            best = script.truth(instance)
            for limit in (None, 60.0):
                for bound in bounds(instance, Budget(limit)):
                    assert bound.value <= best * (1 + 1e-12), (seed, objective, limit, bound)


@pytest.mark.slow
def test_five_hundred_of_them() -> None:
    script = _script()
    for seed in range(5000, 5500):
        instance = script.instance_of(seed, 2000, objective="energy" if seed % 5 == 4 else "latency")
        best = script.truth(instance)
        for method in script.METHODS:
            if method == "milp" and instance.objective == "energy":
                continue
            for warm_start in ("auto", "none"):
                found = script.faults(instance, best, method, warm_start, 120)
                assert [fault for fault in found if not fault.startswith("open")] == [], (seed, method, warm_start)


def fast_server() -> IntradpInstance:
    """The server is faster by up to 10^15 where it counts; the best plan lets it compute one operator of two."""
    free = {"fixed_s": 0.0, "full_s": 0.0}
    window = {"kernel": 2, "stride": 2, "padding": 0, "upsample": 2}
    first = {"device": {"fixed_s": 0.0, "full_s": 4.416225665161993e-10}, "server": {"fixed_s": 0.0, "full_s": 1.0}}
    second = {
        "device": {"fixed_s": 499166.20282069355, "full_s": 998332.4056413871},
        "server": {"fixed_s": 0.0, "full_s": 1e-9},
    }
    operators = [
        {"name": "o0", "units": 2, "output_bytes": 5.0, "inputs": [], "device": free, "server": free},
        {"name": "o1", "units": 3, "output_bytes": 10.0, "inputs": [{"from": "o0", "window": window}], **first},
        {"name": "o2", "units": 2, "output_bytes": 5.0, "inputs": [{"from": "o1", "window": "all"}], **second},
        {
            "name": "o3",
            "units": 2,
            "output_bytes": 1e6,
            "inputs": [{"from": "o2", "window": "all"}],
            "device": free,
            "server": free,
        },
    ]
    data = {
        "kind": "intradp",
        "schema_version": 1,
        "name": "fast-server",
        "operators": operators,
        "link": {"uplink_bytes_per_s": 1e6, "downlink_bytes_per_s": 1e6, "latency_s": 1.0},
        "power_w": {"compute": 10.0, "communicate": 0.0, "standby": 0.0},
    }
    return IntradpInstance.from_data(data)


@pytest.mark.parametrize("warm_start", ["auto", "none"])
def test_milp_where_the_server_is_a_million_times_faster(warm_start: str) -> None:
    result = solve(fast_server(), "milp", time_limit=120, threads=1, warm_start=warm_start)
    assert result.status is Status.OPTIMAL
    assert result.objective == pytest.approx(2.0000116679610818, rel=1e-9)
    assert result.bound is not None
    assert result.bound <= 2.0000116679610818


def test_highs_alone_finds_the_optimum_and_never_bounds_beyond_it() -> None:
    """Without the heads and the second prover, which would hide a wrong model."""
    script = _script()
    settled = 0
    for seed in range(100, 112):
        instance = script.instance_of(seed, 600)
        best = script.truth(instance)
        horizon = horizon_of(instance)
        if best == 0:
            continue

        def verified(solution: IntradpSolution, instance: IntradpInstance = instance) -> float | None:
            certificate = verify(instance, solution)
            return certificate.objective if certificate.accepted else None

        budget = Budget(120)
        trace = Trace("min", budget)
        report, answer, _ = milp._solve(instance, horizon, Context(budget, trace, None, (), verified), 0.0)
        assert report is not None
        assert answer is not None
        assert verified(answer[1]) == pytest.approx(best, rel=1e-6)
        told = trace.best_bound()
        assert told is None or told.value <= best
        for bound in milp._bounds(instance, horizon, report, best):
            assert bound.value <= best
            settled += bound.value >= best * (1 - 1e-6)
    assert settled > 4


def test_the_horizon_is_a_plan_s_and_its_unit_a_power_of_two() -> None:
    horizon = horizon_of(fast_server())
    assert horizon.solution is not None
    assert 512 <= horizon.seconds / horizon.unit < 1024
    assert np.frexp(horizon.unit)[0] == 0.5
    # Row 2 of o1 is read by "all", both rows of o2 as well.
    assert all_read(fast_server())
    odd = {"kernel": 1, "stride": 2, "padding": 0}
    assert not all_read(network([[], [0], [1], [2]], units=4, window=odd))


def test_energy_where_the_device_mostly_waits() -> None:
    """Times 10^9 apart: the busy energy is a sum of durations, not a difference of times."""
    for seed in range(8):
        instance = _script().instance_of(seed, 300, objective="energy")
        result = solve(instance, "auto", time_limit=120, threads=1)
        assert "defect" not in result.message
        assert result.status is Status.OPTIMAL


@pytest.mark.parametrize("method", [*UNTIMED, "search", "auto", "milp"])
def test_a_graph_on_which_bounds_never_ended(method: str) -> None:
    """73 operators, each reading 2 of the 20 before: any answer within the limit, with a bound."""
    instance = network(random_dag(73, 2, 20, 0))
    result = solve(instance, method, time_limit=1, threads=1)
    assert result.objective is not None
    assert result.bound is not None
    assert 0 < result.bound <= result.objective


@pytest.mark.parametrize(
    ("edges", "units"),
    [
        (random_dag(300, 8, 50, 1), 1),
        (random_dag(150, 5, 30, 2), 14),
        ([list(range(v)) for v in range(80)], 4),
        ([[], *([v - 1, v // 2] for v in range(1, 200))], 4),
    ],
    ids=["dag", "dag-with-rows", "dense", "long-skips"],
)
def test_heads_look_at_few_sets_and_stay_bounds(edges: list[list[int]], units: int) -> None:
    instance = network([sorted(set(e)) for e in edges], units=units, window="all" if units == 1 else SAME)
    problem = Problem.of(instance)
    front = Front(problem.arrays)
    assert front.sets <= 6 * problem.count + 300
    hurried = Front(problem.arrays, hurry=lambda: True)
    assert hurried.sets <= problem.count
    known = layer_cut(problem).value
    assert 0 < hurried.heads.device[-1] <= known * (1 + 1e-12)
    assert 0 < front.heads.device[-1] <= known * (1 + 1e-12)
    raised = never()
    raised[0] = 1
    assert (Front(problem.arrays, flag=raised).heads.device == 0).all()


def test_heads_of_many_rows_stay_bounds(monkeypatch: pytest.MonkeyPatch) -> None:
    """Cuts that are not tried count with what all of them take at least."""
    from wnpopt.problems.intradp.kernels import heads

    monkeypatch.setattr(heads, "STEPS", 1)
    monkeypatch.setattr(heads, "REACH", 1)
    weaker = 0
    for seed in range(30):
        instance = tiny(seed, 2000)
        optimum = solve(instance, "enumerate", time_limit=None).objective
        assert optimum is not None
        problem = Problem.of(instance)
        with monkeypatch.context() as exact:
            exact.setattr(heads, "STEPS", 10**9)
            best = Front(problem.arrays).heads
        front = Front(problem.arrays)
        weaker += bool((front.heads.device < best.device).any())
        assert front.heads.device[-1] <= optimum * (1 + 1e-12)
        found = run_labels(problem, 1000, np.inf, Budget(None), front=front)
        assert found.bound <= optimum * (1 + 1e-12), seed
    assert weaker > 2


@pytest.mark.parametrize("effort", [1, 2_000, 200_000])
def test_labels_that_stop_early_still_prove_something(effort: int) -> None:
    for seed in range(8):
        instance = _script().instance_of(seed, 2000)
        optimum = solve(instance, "enumerate", time_limit=None).objective
        assert optimum is not None
        found = run_labels(Problem.of(instance), 50, np.inf, Budget(None), effort=effort)
        assert found.bound <= optimum * (1 + 1e-12)
        again = run_labels(Problem.of(instance), 50, np.inf, Budget(None), effort=effort)
        assert found.bound == again.bound


def test_a_raised_flag_ends_labels_with_a_bound() -> None:
    raised = never()
    raised[0] = 1
    found = run_labels(Problem.of(fast_server()), 50, np.inf, Budget(None), flag=raised)
    assert found.device_end is None
    assert found.bound == 0.0


@pytest.mark.slow
def test_bounds_without_a_limit_are_the_same_every_time() -> None:
    instance = network(random_dag(60, 3, 15, 5), units=8, window=SAME)
    first, second = (bounds(instance, Budget(None)) for _ in range(2))
    assert first == second
    assert [bound.source for bound in first] == ["heads", "labels", "directions"]


def test_ranges_of_a_large_network_are_tried_on_a_grid(monkeypatch: pytest.MonkeyPatch) -> None:
    from wnpopt.problems.intradp.search import plans

    instance = network([[], *([v - 1] for v in range(1, 120))])
    problem = Problem.of(instance)
    every = min((on_server(problem, i, j, "").value for i in range(1, 119) for j in range(i + 1, 120)), default=1.0)
    assert layer_cut(problem).value == pytest.approx(min(every, plans.device_only(problem).value), rel=1e-12)
    assert RANGE_WORK > 120 * 120 * 500
    monkeypatch.setattr(plans, "RANGE_WORK", 1)
    rough = layer_cut(problem).value
    assert rough >= layer_cut(problem).value
    assert rough <= min(plans.device_only(problem).value, plans.server_only(problem).value)


def test_kernels_see_a_flag_that_is_raised_while_they_work() -> None:
    """Without it this would take hours: it ends because a timer raises the flag."""
    from wnpopt.problems.intradp.search.plans import annealed, device_only

    problem = Problem.of(network(random_dag(100, 5, 20, 3), units=8, window=SAME))
    annealed(problem, device_only(problem), 10, 0.02, np.random.default_rng(0))  # compiles
    flag = never()
    timer = threading.Timer(0.2, lambda: flag.__setitem__(0, 1))
    timer.start()
    plan = annealed(problem, device_only(problem), 10**12, 0.02, np.random.default_rng(0), flag)
    timer.join()
    assert plan.feasible


@pytest.mark.parametrize(
    ("change", "where"),
    [
        ({"schema_version": True}, "schema_version"),
        ({"schema_version": 1.0}, "schema_version"),
        ({"link": {"uplink_bytes_per_s": 5e-324, "downlink_bytes_per_s": 1e6}}, "operators"),
        ({"link": {"uplink_bytes_per_s": 1e6, "downlink_bytes_per_s": 5e-324}}, "operators"),
        ({"link": {"uplink_bytes_per_s": 1e6, "downlink_bytes_per_s": 1e6, "latency_s": 1e308}}, "operators"),
        ({"power_w": {"compute": 1e308, "communicate": 1.0, "standby": 1.0}}, "power_w"),
        ({"power_w": {"compute": 1.0, "communicate": 1.0, "standby": 1e308}}, "power_w"),
    ],
)
def test_numbers_whose_sums_overflow_are_input_errors(change: dict[str, object], where: str) -> None:
    data = fast_server().to_data() | change
    with pytest.raises(InputError) as raised:
        IntradpInstance.from_data(data)
    assert raised.value.where == where


def test_the_smallest_numbers_are_numbers() -> None:
    data = fast_server().to_data()
    data["link"] = {"uplink_bytes_per_s": 1e-290, "downlink_bytes_per_s": 1e-290}
    for operator in data["operators"]:  # type: ignore[attr-defined]
        operator["output_bytes"] = 5e-324
        for side in ("device", "server"):
            operator[side] = {key: min(value, 5e-324) for key, value in operator[side].items()}
    instance = IntradpInstance.from_data(data)
    for method in (*UNTIMED, "search", "milp", "enumerate", "auto"):
        result = solve(instance, method, time_limit=120, threads=1)
        assert result.objective is not None
        assert "defect" not in result.message
        assert result.termination != "error"


def test_more_plans_than_a_float_can_count() -> None:
    instance = network([[], *([v - 1] for v in range(1, 400))], units=100, window=SAME)
    refused = refuse(instance)
    assert refused is not None
    assert "10^" in refused[1]
