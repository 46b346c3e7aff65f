"""Instances whose answer is known without solving: what the problem reduces to when a side of it vanishes."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import wnpopt
from wnpopt.problems.wnp.instance import WnpInstance

SHARED = Path(__file__).resolve().parents[3] / "shared"
QUIET = settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def make(
    ticks: list[list[int | None]],
    edges: list[tuple[int, int, int]] | None = None,
    *,
    reads: dict[int, str] | None = None,
    payloads: list[int] | None = None,
    rates: list[list[list[int]]] | None = None,
    slots: int = 1,
    block_slots: int = 1,
    hop: int = 0,
) -> WnpInstance:
    cores = len(ticks[0])
    return WnpInstance.from_data(
        {
            "kind": "wnp",
            "schema_version": 1,
            "name": "special",
            "radio": {"slot_ticks": 10, "slots": slots, "block_slots": block_slots, "bits_per_slot": rates or []},
            "modalities": [{"name": f"m{k}", "payload_bits": p} for k, p in enumerate(payloads or [])],
            "chip": {
                "cores": [{"name": f"c{m}", "x": m, "y": 0} for m in range(cores)],
                "hop_ticks": hop,
                "bytes_per_tick": 8,
            },
            "subgraphs": [
                {"name": f"g{i}", "modality": (reads or {}).get(i), "ticks": row} for i, row in enumerate(ticks)
            ],
            "edges": [{"from": f"g{i}", "to": f"g{j}", "bytes": b} for i, j, b in edges or []],
        }
    )


def proved(instance: WnpInstance, method: str = "auto") -> float:
    result = wnpopt.solve(instance, method, time_limit=60, threads=2)
    assert result.status == "optimal", result.message
    assert result.objective is not None
    return result.objective


@QUIET
@given(
    payload=st.integers(1, 400),
    rates=st.lists(st.integers(0, 30), min_size=1, max_size=5),
    ticks=st.lists(st.integers(0, 50), min_size=1, max_size=4),
)
def test_one_modality_on_one_core_is_arrival_plus_work(payload: int, rates: list[int], ticks: list[int]) -> None:
    """Alone on the radio: ceil(payload / sum of rates) slots; then everything on the one core."""
    instance = make(
        [[t] for t in ticks],
        reads=dict.fromkeys(range(len(ticks)), "m0"),
        payloads=[payload],
        rates=[[[r] for r in rates]],
        slots=50,
        block_slots=50,
    )
    speed = sum(rates)
    if speed * 50 < payload:
        result = wnpopt.solve(instance)
        assert result.status == "infeasible"
        assert result.solution is None
    else:
        assert proved(instance) == 10 * -(-payload // speed) + sum(ticks)


@QUIET
@given(st.lists(st.integers(1, 40), min_size=2, max_size=7))
def test_zero_payloads_leave_the_chip_alone(ticks: list[int]) -> None:
    plain = make([[t, t] for t in ticks])
    free = make([[t, t] for t in ticks], reads={0: "m0", 1: "m0"}, payloads=[0], rates=[[[3]]], slots=4, block_slots=4)
    assert proved(plain) == proved(free)


def test_identical_machines_are_partitioned() -> None:
    """Two cores, no edges: the least makespan is the best partition (3, 3, 2, 2, 2 -> 6)."""
    assert proved(make([[3, 3], [3, 3], [2, 2], [2, 2], [2, 2]])) == 6


def test_a_chain_stays_where_moving_does_not_pay() -> None:
    edges = [(0, 1, 80), (1, 2, 80)]
    assert proved(make([[5, 4], [5, 4], [5, 9]], edges, hop=3)) == 15
    assert proved(make([[5, 4], [5, 4], [5, 1]], edges, hop=3)) == 9


def test_equal_rates_share_the_radio_by_work() -> None:
    """Two modalities of 4 slots each on one block: the one with the longer tail goes first (4 + 30, 8 + 5 slots)."""
    instance = make(
        [[300, 300], [50, 50]],
        reads={0: "m0", 1: "m1"},
        payloads=[40, 40],
        rates=[[[10]], [[10]]],
        slots=8,
        block_slots=8,
    )
    assert proved(instance) == 10 * 4 + 300


@pytest.mark.skipif(not (SHARED / "data" / "stg").is_dir(), reason="the Standard Task Graph Set is not here")
@pytest.mark.parametrize("processors", [2, 4])
def test_published_optima_of_standard_task_graphs(processors: int) -> None:
    """STG (Kasahara Laboratory, Waseda University): identical processors, no communication."""
    folder = SHARED / "data" / "stg"
    with (folder / "optima.csv").open() as stream:
        rows = [r for r in csv.DictReader(stream) if r["file"].startswith("50/") and int(r["processors"]) == processors]
    for row in rows[:2]:
        tasks, edges = read_stg(folder / row["file"])
        instance = make([[t] * processors for t in tasks], [(i, j, 0) for i, j in edges])
        result = wnpopt.solve(instance, time_limit=3, threads=2)
        assert result.bound is not None
        assert result.objective is not None
        assert result.bound <= int(row["upper"])
        assert result.objective >= int(row["lower"])
        if result.status == "optimal":
            assert int(row["lower"]) <= result.objective <= int(row["upper"])


def read_stg(path: Path) -> tuple[list[int], list[tuple[int, int]]]:
    """Durations and edges without the two dummy tasks of no duration at the start and the end."""
    lines = [line.split() for line in path.read_text().splitlines() if line.strip() and not line.startswith("#")]
    count = int(lines[0][0])
    rows = {int(w[0]): (int(w[1]), [int(x) for x in w[3:]]) for w in lines[1 : count + 3]}
    real = [i for i in rows if 0 < i <= count]
    place = {task: index for index, task in enumerate(real)}
    edges = [(place[p], place[i]) for i in real for p in rows[i][1] if p in place]
    return [rows[i][0] for i in real], edges


@pytest.mark.skipif(not (SHARED / "examples").is_dir(), reason="the shared examples are not here")
def test_shared_examples() -> None:
    import json

    for entry in json.loads((SHARED / "examples" / "index.json").read_text()):
        if not entry["file"].startswith("wnp/"):
            continue
        instance = wnpopt.load(SHARED / "examples" / entry["file"])
        assert isinstance(instance, WnpInstance)
        for method in ("milp", "cpsat", "lbbd", "auto"):
            assert proved(instance, method) == entry["optimum"]
