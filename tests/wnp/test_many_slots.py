"""The number of slots costs nothing: those after which everything has arrived anyway are left out, provably."""

from __future__ import annotations

import random

import numpy as np
import pytest

import wnpopt
from tests.wnp.brute import optimum
from tests.wnp.tiny import tiny_data
from wnpopt.core.errors import UnsupportedError
from wnpopt.problems.wnp.instance import WnpInstance
from wnpopt.problems.wnp.kernels import horizon
from wnpopt.problems.wnp.kernels.slots import arrival_slots, slot_table
from wnpopt.problems.wnp.kernels.uplink import Arrivals, Uplink


def instance(slots: int, block_slots: int, payload: int = 60, slot_ticks: int = 3, modalities: int = 2) -> WnpInstance:
    blocks = -(-slots // block_slots) if modalities else 0
    return WnpInstance.from_data(
        {
            "kind": "wnp",
            "schema_version": 1,
            "name": "slots",
            "radio": {
                "slot_ticks": slot_ticks,
                "slots": slots,
                "block_slots": block_slots,
                "bits_per_slot": [[[3 + k] * blocks, [2] * blocks] for k in range(modalities)],
            },
            "modalities": [{"name": f"m{k}", "payload_bits": payload} for k in range(modalities)],
            "chip": {
                "cores": [{"name": "c0", "x": 0, "y": 0}, {"name": "c1", "x": 1, "y": 0}],
                "hop_ticks": 2,
                "bytes_per_tick": 1,
            },
            "subgraphs": [
                {
                    "name": f"g{i}",
                    "modality": f"m{i % modalities}" if modalities else None,
                    "ticks": [30 + i, 30 + 2 * i],
                }
                for i in range(5)
            ],
            "edges": [{"from": "g0", "to": "g4", "bytes": 5}],
        }
    )


@pytest.mark.parametrize("slots", [2**22, 2**31, 2**50])
@pytest.mark.parametrize("method", ["rtfs", "pacs", "cpsat", "lbbd", "auto"])
def test_the_answer_is_that_of_few_slots(method: str, slots: int) -> None:
    few = wnpopt.solve(instance(60, 60), method, threads=1, isolate=False)
    many = wnpopt.solve(instance(slots, slots), method, threads=1, isolate=False)
    assert many.objective == few.objective
    assert many.status == few.status
    assert many.solution is not None
    assert len(many.solution.rb) <= 60  # type: ignore[attr-defined]


def test_a_chip_only_instance_does_not_care() -> None:
    result = wnpopt.solve(instance(2**31, 1, modalities=0), "lbbd", threads=1, isolate=False)
    assert result.status == "optimal"


@pytest.mark.parametrize("method", ["rtfs", "pacs", "cpsat", "lbbd", "milp", "auto"])
def test_what_needs_too_many_is_refused_by_name(method: str) -> None:
    with pytest.raises(UnsupportedError, match=r"radio\.slots"):
        wnpopt.solve(instance(2**31, 2**31, payload=2**30), method)


def test_payloads_beyond_all_slots_are_infeasible_however_many_there_are() -> None:
    result = wnpopt.solve(instance(2**31, 2**31, payload=2**40), "rtfs")
    assert result.status == "infeasible"


def test_no_optimum_needs_the_slots_that_are_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(horizon, "FEW", 0)
    shorter = 0
    for seed in range(250):
        data = tiny_data(seed)
        whole = WnpInstance.from_data(data)
        kept = horizon.useful_slots(whole)
        assert 1 <= kept <= whole.radio.slots
        if kept == whole.radio.slots or not whole.modalities:
            continue
        shorter += 1
        blocks = -(-kept // whole.radio.block_slots)
        data["radio"]["slots"] = kept  # type: ignore[index]
        data["radio"]["bits_per_slot"] = [[row[:blocks] for row in plane] for plane in whole.radio.bits_per_slot]  # type: ignore[index]
        assert optimum(WnpInstance.from_data(data)) == optimum(whole), seed
    assert shorter > 20


def test_the_table_is_that_of_slot_by_slot() -> None:
    """The table and the arrivals against a plain walk over all slots."""
    for seed in range(40):
        rng = random.Random(seed)
        slots, block = rng.randint(3, 30), rng.randint(1, 7)
        link = Uplink.of(instance(slots, block, payload=rng.randint(1, 40)))
        deadline = np.array([rng.randint(1, slots) for _ in range(link.count)])
        count = np.zeros(link.rates.shape, dtype=np.int64)
        for n in range(link.rates.shape[1]):
            for b, length in enumerate(link.block_length.tolist()):
                first = rng.randint(0, length)
                count[:, n, b] = first, rng.randint(0, length - first)
        arrivals = Arrivals(0, deadline, count)
        order = sorted(range(link.count), key=lambda k: deadline[k])
        rows: list[list[int | None]] = [[None] * link.rates.shape[1] for _ in range(slots)]
        for n in range(link.rates.shape[1]):
            for b, start in enumerate(link.block_start.tolist()):
                cells = [k for k in order for _ in range(count[k, n, b])]
                for offset, k in enumerate(cells):
                    rows[start + offset][n] = k
        got, arrived = [0] * link.count, [slots] * link.count
        for t, row in enumerate(rows):
            before = list(got)
            for n, k in enumerate(row):
                if k is not None:
                    if got[k] >= link.payload[k]:
                        row[n] = None
                    got[k] += int(link.rates[k, n, t // block])
            for k in range(link.count):
                if before[k] < link.payload[k] <= got[k]:
                    arrived[k] = t + 1
        while rows and all(k is None for k in rows[-1]):
            rows.pop()
        assert slot_table(link, arrivals, link.rates.shape[1]) == tuple(map(tuple, rows))
        assert arrival_slots(link, arrivals).tolist() == arrived
