"""Plan tables, the controller, trace replay, and the figures."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from tests.intradp.fields import with_fields
from tests.intradp.tiny import random_solution, tinies, tiny
from wnpopt.core.errors import InputError
from wnpopt.problems.intradp.generate import generate
from wnpopt.problems.intradp.instance import IntradpInstance
from wnpopt.problems.intradp.online.adaptive import Controller
from wnpopt.problems.intradp.online.simulate import BandwidthTrace, simulate
from wnpopt.problems.intradp.online.table import METHODS, PlanTable, at_bandwidth, build_table, parse_grid
from wnpopt.problems.intradp.solution import IntradpSolution
from wnpopt.problems.intradp.verify import replay, verify


def test_table_is_verified_proved_and_monotone() -> None:
    instance = generate({"shape": "chain", "operators": 14, "units": 24}, 1)
    grid = [0.0, 0.2, 0.5, 1.0, 2.0, 4.0]
    table = build_table(instance, grid, time_limit=120)
    assert [entry.megabytes_per_s for entry in table.plans] == grid
    latencies = [entry.latency_s for entry in table.plans]
    assert latencies == sorted(latencies, reverse=True)
    assert latencies[-1] < latencies[0]
    for entry in table.plans[1:]:
        here = at_bandwidth(instance, entry.megabytes_per_s)
        assert verify(here, entry.solution(instance.name)).objective == entry.latency_s
        assert entry.bound is not None
        assert entry.bound == pytest.approx(entry.latency_s, rel=1e-7)
    assert PlanTable.from_data(table.to_data()) == table
    assert table.at(0.7).megabytes_per_s == 0.5
    cuts = build_table(instance, grid, method="layer-cut")
    assert all(a.latency_s <= b.latency_s for a, b in zip(table.plans, cuts.plans, strict=True))


@pytest.mark.parametrize(("objective", "least"), [("latency", 8.0), ("energy", 16.0)])
def test_without_a_link_the_server_may_have_rows_that_read_nothing(objective: str, least: float) -> None:
    """Of 8 rows the last two lie in the padding, and nobody reads them: 8 s (of 10) with a server, link or no link."""
    zero = {"fixed_s": 0, "full_s": 0}
    window = {"kernel": 1, "stride": 1, "padding": 2}
    data: dict[str, Any] = {
        "kind": "intradp", "schema_version": 1, "name": "padded", "objective": objective,
        "operators": [
            {"name": "in", "units": 4, "output_bytes": 8, "inputs": [], "device": zero, "server": zero},
            {"name": "pad", "units": 8, "output_bytes": 8, "inputs": [{"from": "in", "window": window}],
             "device": {"fixed_s": 2, "full_s": 10}, "server": {"fixed_s": 0, "full_s": 1}},
            {"name": "out", "units": 6, "output_bytes": 8, "device": zero, "server": zero,
             "inputs": [{"from": "pad", "window": {"kernel": 1, "stride": 1, "padding": 0}}]},
        ],
        "link": {"uplink_bytes_per_s": 1e-6, "downlink_bytes_per_s": 1e-6},
        "power_w": {"compute": 2, "communicate": 1, "standby": 0.5},
    }  # fmt: skip
    instance = IntradpInstance.from_data(data)
    better = IntradpSolution(instance="padded", device_end=(4, 6, 6), server_begin=(4, 6, 6))
    assert verify(instance, better).objective == least
    (entry,) = build_table(instance, [0.0]).plans
    assert entry.bound is None or entry.bound <= least
    # Where every row reads something, everything on the device is the only plan, and so the best one.
    data["operators"][1]["inputs"][0]["window"] = {"kernel": 3, "stride": 1, "padding": 1}
    data["operators"][1]["units"], data["operators"][2]["units"] = 4, 4
    (entry,) = build_table(IntradpInstance.from_data(data), [0.0]).plans
    assert entry.bound == entry.value(objective)


def test_a_table_of_a_network_with_skips_is_proved() -> None:
    """Each row starts from the plan of the one before, and is no worse; proved without a time limit."""
    instance = generate({"shape": "residual", "operators": 24, "units": 28, "launch": 0.1}, 2)
    table = build_table(instance, [1.0, 4.0, 16.0], time_limit=None)
    latencies = [entry.latency_s for entry in table.plans]
    assert latencies == sorted(latencies, reverse=True)
    for entry in table.plans:
        assert entry.bound == pytest.approx(entry.latency_s, rel=1e-7)


def test_a_changed_instance_has_its_own_hash() -> None:
    instance = generate({"shape": "chain", "operators": 8, "units": 8}, 1)
    before = instance.instance_hash
    other = at_bandwidth(instance, 3.0)
    assert other.instance_hash != before
    assert other.instance_hash == type(other).from_data(other.to_data()).instance_hash


def test_grid() -> None:
    assert parse_grid("1:3") == [1, 2, 3]
    assert parse_grid("0:1:0.5") == [0, 0.5, 1]
    assert parse_grid("4,2") == [2, 4]
    for wrong in ("", "3:1", "1:2:0", "a", "-1:2", "nan", "1:2:3:4", "1:inf", "0:1e9", "0:1:1e-9"):
        with pytest.raises(InputError):
            parse_grid(wrong)


def test_a_constant_trace_is_the_contract() -> None:
    rng = np.random.default_rng(0)
    for instance in tinies(60, first=7000, most_plans=10**7):
        rate = instance.link.uplink_bytes_per_s
        here = at_bandwidth(instance, rate / 1e6)
        for step in (0.3, 1e3):
            solution = random_solution(instance, rng)
            replayed = replay(here, solution)
            found = simulate(here, solution, BandwidthTrace(step, (rate,) * 3), 2.1)
            assert found == pytest.approx((replayed.latency_s, replayed.energy_j), rel=1e-9, abs=1e-9)


def test_trace_time() -> None:
    trace = BandwidthTrace(1.0, (10.0, 0.0, 5.0))
    assert trace.finish(0.5, 5.0) == 1.0
    assert trace.finish(0.5, 7.5) == 2.5
    assert trace.finish(0.0, 15.0) == 3.0
    assert trace.finish(0.0, 1500.0) == pytest.approx(300.0)
    with pytest.raises(InputError):
        BandwidthTrace(1.0, (0.0,))


def test_controller() -> None:
    instance = generate({"shape": "chain", "operators": 10, "units": 12}, 2)
    table = build_table(instance, [0.0, 0.5, 1.0, 2.0], method="layer-cut")
    controller = Controller(table, "harmonic", window=2)
    assert controller.plan().megabytes_per_s == 0
    for seen in (2.0, 0.5):
        controller.observe(seen)
    assert controller.estimate() == pytest.approx(0.8)
    stays = Controller(table, "last", hysteresis=10.0)
    stays.observe(2.0)
    assert stays.plan().megabytes_per_s == 0
    with pytest.raises(InputError):
        Controller(table, "psychic")  # type: ignore[arg-type]


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("fields", [(), ("link.efficiency", "partial_s", "segment_s", "power_w.launch", "compute_w")])
def test_every_method_makes_tables_with_optional_fields_too(method: str, fields: tuple[str, ...]) -> None:
    plain = tiny(4, most_plans=3000, transfers="any")
    instance = with_fields(plain, 4, fields) if fields else plain
    grid = [0.0, 1e-6, 4e-6]
    if method == "milp" and fields:
        with pytest.raises(InputError, match="milp"):
            build_table(instance, grid, method=method)
        return
    table = build_table(instance, grid, method=method, time_limit=20)
    assert [entry.megabytes_per_s for entry in table.plans] == grid
    assert table.network == instance
    best = build_table(instance, grid, method="enumerate")
    for entry, least in zip(table.plans[1:], best.plans[1:], strict=True):
        here = at_bandwidth(instance, entry.megabytes_per_s)
        assert verify(here, entry.solution(instance.name)).objective == entry.value(instance.objective)
        assert entry.value(instance.objective) >= least.value(instance.objective) * (1 - 1e-9)
        if method in ("search", "auto", "milp"):
            assert entry.value(instance.objective) == pytest.approx(least.value(instance.objective), rel=1e-6)
        if entry.bound is not None:
            assert entry.bound <= least.value(instance.objective) * (1 + 1e-9)
    assert PlanTable.from_data(table.to_data()) == table


def test_a_method_that_may_not_send_says_so() -> None:
    instance = tiny(4, transfers="small")
    with pytest.raises(InputError) as caught:
        build_table(instance, [1e-6], method="server-only")
    assert caught.value.where == "transfers"


def test_a_table_of_another_instance_is_refused() -> None:
    instance = tiny(1)
    data = build_table(instance, [1e-6, 2e-6], method="device-only").to_data()
    older = dict(data)
    del older["network"]
    assert PlanTable.from_data(older).network is None
    assert "network" not in PlanTable.from_data(older).to_data()
    with pytest.raises(InputError) as caught:
        PlanTable.from_data(data | {"instance_hash": "0" * 64})
    assert caught.value.where == "network"
    plans: Any = data["plans"]
    with pytest.raises(InputError) as caught:
        PlanTable.from_data(data | {"plans": plans[::-1]})
    assert caught.value.where == "plans[1].megabytes_per_s"
