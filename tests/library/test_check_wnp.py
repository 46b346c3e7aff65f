"""instances/check.py on a wnp instance small enough to be followed by hand: each rule at its limit and beyond."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from tests.library.referee import CHECK
from tests.mutations import Change, drop, put

LARGEST = 2**53
INSTANCE: dict[str, Any] = {
    "kind": "wnp", "schema_version": 1, "name": "hand", "tick_s": 0.5,
    "radio": {"slot_ticks": 10, "slots": 3, "block_slots": 2, "bits_per_slot": [[[5, 3], [2, 0]], [[1, 1], [4, 2]]]},
    "modalities": [
        {"name": "m0", "payload_bits": 9, "transmit_j_per_rb_slot": 0.25},
        {"name": "m1", "payload_bits": 4, "release_slot": 1, "transmit_j_per_rb_slot": 0.5},
    ],
    "chip": {
        "cores": [
            {"name": "c0", "x": -1, "y": 4, "active_w": 2, "idle_w": 0.25},
            {"name": "c1", "x": 1, "y": 3, "active_w": 3, "idle_w": 0.5},
        ],
        "hop_ticks": 3, "bytes_per_tick": 4, "joule_per_byte_hop": 0.125,
    },
    "subgraphs": [
        {"name": "a", "modality": "m0", "ticks": [5, 8], "job": "j0"},
        {"name": "b", "modality": "m1", "ticks": [6, 4], "job": "j1"},
        {"name": "c", "ticks": [7, None], "job": "j0"},
    ],
    "edges": [{"from": "a", "to": "c", "bytes": 40}, {"from": "b", "to": "c", "bytes": 5}],
    "jobs": [{"name": "j0", "release_ticks": 3, "weight": 2}, {"name": "j1", "release_ticks": 20}],
}  # fmt: skip
PLAN: dict[str, Any] = {
    "kind": "wnp-solution", "instance": "hand", "rb": [[0, 0], [0, 1]], "core": {"a": "c0", "b": "c1", "c": "c0"},
    "start": {"a": 20, "b": 20, "c": 35},
}  # fmt: skip
"""m0 has 7 and 12 bits after slots 0 and 1, m1 has 4 after slot 1. b ends at 24; 5 bytes over 3 hops take 11 ticks."""

BUS = put("chip", "exclusive_bus", value=True)
ON_BUS = put("transfer_start", value={"b->c": 24})
ENERGY = put("objective", value="energy")
NO_JOBS = (put("jobs", value=[]), *(put("subgraphs", i, "job", value=None) for i in range(3)))
NOTHING_SENT = (
    put("modalities", value=[]), put("radio", "bits_per_slot", value=[]),
    *(put("subgraphs", i, "modality", value=None) for i in range(2)),
)  # fmt: skip


def changed(data: dict[str, Any], *changes: Change) -> dict[str, Any]:
    data = copy.deepcopy(data)
    for change in changes:
        change(data)
    return data


def judged(instance: tuple[Change, ...], plan: tuple[Change, ...]) -> tuple[float | None, list[str]]:
    result: tuple[float | None, list[str]] = CHECK.referee(changed(INSTANCE, *instance), changed(PLAN, *plan))
    return result


@pytest.mark.parametrize(
    ("instance", "plan", "value"),
    [
        ((), (), 42),
        ((put("objective", value="weighted_latency"),), (), 2 * (42 - 3) + (24 - 20)),
        # cores 12 and 4 ticks busy, 30 and 38 idle; m0 is sent three times; 5 bytes over 3 hops
        ((ENERGY,), (), 0.5 * (2 * 12 + 0.25 * 30 + 3 * 4 + 0.5 * 38) + 0.25 * 3 + 0.5 + 0.125 * 5 * 3),
        # a hop at least, even where the cores stand at one place
        (
            (ENERGY, put("chip", "cores", 1, "x", value=-1), put("chip", "cores", 1, "y", value=4)),
            (),
            0.5 * (2 * 12 + 0.25 * 30 + 3 * 4 + 0.5 * 38) + 0.25 * 3 + 0.5 + 0.125 * 5 * 1,
        ),
        ((put("makespan_limit_ticks", value=42),), (), 42),
        ((put("makespan_limit_ticks", value=43), put("jobs", 0, "deadline_ticks", value=43)), (), 42),
        # of each job its own subgraphs: j0 ends at 24, j1 at 42
        ((put("objective", value="weighted_latency"), put("subgraphs", 0, "job", value="j1"),
          put("subgraphs", 1, "job", value="j0"), put("subgraphs", 2, "job", value="j1"),
          put("jobs", 1, "release_ticks", value=0)), (), 2 * (24 - 3) + 42),
        # from tick 0 on, without job and without anything to send
        ((*NO_JOBS, put("modalities", 0, "payload_bits", value=0)), (put("start", "a", value=0),), 42),
        (NO_JOBS + NOTHING_SENT, (put("rb", value=[]), put("start", value={"a": 0, "b": 0, "c": 15})), 22),
        ((put("jobs", 0, "deadline_ticks", value=42), put("jobs", 1, "deadline_ticks", value=24)), (), 42),
        ((put("jobs", 1, "release_ticks", value=20),), (), 42),
        ((put("subgraphs", 2, "release_ticks", value=35),), (), 42),
        ((BUS,), (ON_BUS,), 42),
        # nothing to send: there from the start
        ((put("modalities", 0, "payload_bits", value=0),), (put("rb", value=[[None, None], [None, 1]]),), 42),
        # bits of what is sent in the last slot, of its own block
        (
            (put("modalities", 1, "payload_bits", value=2),),
            (put("rb", value=[[0, 0], [0, None], [None, 1]]), put("start", "b", value=30), put("start", "c", value=45)),
            52,
        ),
        # a subgraph of no ticks at the end and at the begin of another one on its core
        ((put("subgraphs", 1, "ticks", 0, value=0),), (put("core", "b", value="c0"), put("start", "b", value=25)), 42),
        ((put("subgraphs", 1, "ticks", 0, value=0),), (put("core", "b", value="c0"), put("start", "b", value=20)), 42),
    ],
)  # fmt: skip
def test_plans_at_the_limits_are_accepted(instance: tuple[Change, ...], plan: tuple[Change, ...], value: float) -> None:
    assert judged(instance, plan) == (value, [])


@pytest.mark.parametrize(
    ("instance", "plan", "value", "told"),
    [
        ((), (put("instance", value="other"),), 42, ["the solution is of the instance other"]),
        ((), (put("instance", value="a"),), 42, ["the solution is of the instance a"]),
        # radio
        ((), (put("rb", value=[[0, 0], [0, 1], [], [None, None]]),), 42,
         ["rb: 4 slots are used, there are 3", "rb[2]: has 0 entries, there are 2 resource blocks"]),
        ((), (put("rb", value=[[0, 0], [0, 1], [None, None], [0, 0], [0, 0]]),), 42,
         ["rb: 5 slots are used, there are 3"]),
        ((), (put("rb", 1, value=[0, 1, 0, 0]),), 42, ["rb[1]: has 4 entries, there are 2 resource blocks"]),
        ((), (put("rb", value=[[0, 0], [0, 1], [None, 3]]),), 42, ["rb[2][1]: there is no modality 3"]),
        ((), (put("rb", 1, value=[0, 1, None]),), 42, ["rb[1]: has 3 entries, there are 2 resource blocks"]),
        ((), (put("rb", value=[[0, 0], [0, 1], [None, 2]]),), 42, ["rb[2][1]: there is no modality 2"]),
        ((), (put("rb", 0, 1, value=1),), 42, ["rb[0][1]: m1 is released in slot 1"]),
        ((), (put("rb", 1, 1, value=None),), 42, ["start[b]: m1 never arrives in full"]),
        ((put("modalities", 0, "payload_bits", value=13),), (), 42, ["start[a]: m0 never arrives in full"]),
        # what is sent beyond the resource blocks or the slots brings no bits
        ((put("modalities", 0, "payload_bits", value=13),), (put("rb", 0, value=[0, 0, 0]),), 42,
         ["rb[0]: has 3 entries, there are 2 resource blocks", "start[a]: m0 never arrives in full"]),
        ((put("modalities", 0, "payload_bits", value=13),), (put("rb", value=[[0, 0], [0, 1], [1, 1], [0, 0]]),), 42,
         ["rb: 4 slots are used, there are 3", "start[a]: m0 never arrives in full"]),
        ((), (put("start", "a", value=19), put("start", "b", value=17)), 42,
         ["start[a]: m0 arrives 1 ticks later", "start[b]: m1 arrives 3 ticks later",
          "start[b]: is released 3 ticks later"]),
        (NOTHING_SENT, (put("rb", value=[[]]),), 42, ["rb: without modalities it is []"]),
        # where and when
        ((), (put("core", "x", value="c0"), put("start", "y", value=0)), None,
         ["core[x]: there is no such subgraph", "start[y]: there is no such subgraph"]),
        ((), (drop("core", "a"), drop("start", "b")), None,
         ["subgraph a: has no core or no start", "subgraph b: has no core or no start"]),
        ((), (put("core", "a", value="c9"),), None, ["core[a]: there is no core c9"]),
        ((), (put("core", "c", value="c1"),), None, ["core[c]: cannot run on c1"]),
        ((put("subgraphs", 2, "release_ticks", value=37),), (), 42, ["start[c]: is released 2 ticks later"]),
        ((put("jobs", 0, "release_ticks", value=22), put("subgraphs", 0, "release_ticks", value=21)), (), 42,
         ["start[a]: is released 2 ticks later"]),
        ((), (put("core", "b", value="c0"), put("start", "b", value=22)), 42,
         ["core c0: b begins 3 ticks before a ends"]),
        # after a long one a short one within it, and one that begins before the long one ends
        ((put("subgraphs", 0, "ticks", 0, value=17),), (put("core", "b", value="c0"), put("start", "b", value=21)), 42,
         ["core c0: b begins 16 ticks before a ends", "core c0: c begins 2 ticks before a ends",
          "edge a->c: c starts 2 ticks too early"]),
        # no ticks, strictly inside another one
        ((put("subgraphs", 1, "ticks", 0, value=0),), (put("core", "b", value="c0"), put("start", "b", value=24)), 42,
         ["core c0: b begins 1 ticks before a ends"]),
        # transfers
        ((), (put("start", "c", value=34),), 41, ["edge b->c: c starts 1 ticks too early"]),
        ((), (put("core", "b", value="c0"), put("start", "b", value=31)), 42,
         ["core c0: c begins 2 ticks before b ends", "edge b->c: c starts 2 ticks too early"]),
        ((), (ON_BUS,), 42, ["transfer_start: is given exactly when the bus is exclusive"]),
        ((), (put("transfer_start", value={"x": 0}),), 42,
         ["transfer_start: is given exactly when the bus is exclusive"]),
        ((BUS,), (), 42, ["transfer_start: is given exactly when the bus is exclusive"]),
        ((BUS,), (put("transfer_start", value={}),), 42, ["transfer b->c: has no start"]),
        ((BUS,), (put("transfer_start", value={"b->c": 24, "a->c": 30, "x": 0}),), 42,
         ["transfer a->c: there is none", "transfer x: there is none"]),
        ((BUS,), (put("transfer_start", value={"b->c": 23}),), 42, ["transfer b->c: begins 1 ticks before b ends"]),
        ((BUS,), (put("transfer_start", value={"b->c": 27}),), 42, ["transfer b->c: ends 3 ticks after c starts"]),
        ((BUS, put("subgraphs", 2, "ticks", value=[7, 7]), put("edges", 0, "bytes", value=5)),
         (put("core", value={"a": "c0", "b": "c0", "c": "c1"}), put("start", value={"a": 20, "b": 25, "c": 50}),
          put("transfer_start", value={"a->c": 25, "b->c": 35})), 57,
         ["the bus: b->c begins 1 ticks before a->c ends"]),
        # limits
        ((put("makespan_limit_ticks", value=41),), (), 42, ["makespan: 1 ticks above its limit"]),
        ((put("makespan_limit_ticks", value=0),), (), 42, ["makespan: 42 ticks above its limit"]),
        ((put("jobs", 0, "deadline_ticks", value=40), put("jobs", 1, "deadline_ticks", value=0)), (), 42,
         ["job j0: ends 2 ticks after its deadline", "job j1: ends 24 ticks after its deadline"]),
        ((put("energy_limit_j", value=30),), (), 42, ["energy: 4.375 J above its limit"]),
        ((put("energy_limit_j", value=0),), (), 42, ["energy: 34.375 J above its limit"]),
    ],
)  # fmt: skip
def test_plans_beyond_the_limits_are_rejected(
    instance: tuple[Change, ...], plan: tuple[Change, ...], value: float | None, told: list[str]
) -> None:
    assert judged(instance, plan) == (value, told)


def test_an_energy_limit_holds_within_its_tolerance() -> None:
    used = judged((ENERGY,), ())[0]
    assert used == 34.375
    for off, accepted in ((0.9e-9, True), (1.1e-9, False)):
        assert (judged((put("energy_limit_j", value=used / (1 + off)),), ())[1] == []) is accepted


def test_an_energy_beyond_any_number_is_no_value() -> None:
    """The instance's own horizon stays finite; a plan that waits for 2^52 ticks does not."""
    heavy = (put("chip", "cores", 0, "idle_w", value=1e300), put("chip", "cores", 1, "idle_w", value=1e300))
    late = put("start", value={name: begin + 2**52 for name, begin in PLAN["start"].items()})
    assert judged(heavy, (late,)) == (2**52 + 42, [])
    assert judged((*heavy, put("energy_limit_j", value=1e308)), (late,))[1] == ["energy: inf J above its limit"]
    assert judged((ENERGY, *heavy), (late,)) == (None, ["energy: is beyond any number"])


def ready(slots: int = 1) -> tuple[Change, ...]:
    """Changes to an instance that nothing but its radio makes long."""
    return put("radio", "slots", value=slots), put("radio", "bits_per_slot", value=[[[5], [2]], [[1], [4]]])


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ((put("modalities", 1, "name", value="m0"),), "modalities[1]: 'm0' stands there twice"),
        ((put("chip", "cores", 1, "name", value="c0"),), "chip.cores[1]: 'c0' stands there twice"),
        ((put("subgraphs", 1, "name", value="a"),), "subgraphs[1]: 'a' stands there twice"),
        ((put("jobs", 1, "name", value="j0"),), "jobs[1]: 'j0' stands there twice"),
        ((put("edges", 1, "from", value="a"),), "edges[1]: ('a', 'c') stands there twice"),
        ((put("radio", "bits_per_slot", value=[[[1, 1]]]),),
         "radio.bits_per_slot: has 1 entries; one for each of 2 modalities is needed"),
        ((put("radio", "bits_per_slot", value=[[[1, 1]]] * 3),),
         "radio.bits_per_slot: has 3 entries; one for each of 2 modalities is needed"),
        ((put("radio", "bits_per_slot", 1, value=[[1, 1]] * 3),),
         "radio.bits_per_slot[1]: has 3 entries; 2, as the first, are needed"),
        ((drop("radio", "bits_per_slot", 1, 1),), "radio.bits_per_slot[1]: has 1 entries; 2, as the first, are needed"),
        ((put("radio", "slots", value=2),), "radio.bits_per_slot[0][0]: has 2 entries; 1 coherence blocks are needed"),
        ((put("radio", "slots", value=5),), "radio.bits_per_slot[0][0]: has 2 entries; 3 coherence blocks are needed"),
        ((put("radio", "bits_per_slot", 1, 1, value=[1]),),
         "radio.bits_per_slot[1][1]: has 1 entries; 2 coherence blocks are needed"),
        ((put("subgraphs", 1, "ticks", value=[1, 1, 1]),), "subgraphs[1].ticks: needs one entry for each core"),
        ((put("subgraphs", 0, "job", value="j1"), put("subgraphs", 2, "job", value="j1")),
         "jobs[0]: no subgraph belongs to it"),
        ((put("subgraphs", 1, "ticks", value=[1]),), "subgraphs[1].ticks: needs one entry for each core"),
        ((put("subgraphs", 2, "ticks", value=[None, None]),),
         "subgraphs[2].ticks: is null for every core; one at least must be able to run it"),
        ((put("subgraphs", 1, "modality", value="j0"),), "subgraphs[1].modality: there is no modality 'j0'"),
        ((put("subgraphs", 1, "job", value="m0"),), "subgraphs[1].job: there is no job 'm0'"),
        ((put("edges", 1, "to", value="x"),), "edges[1].to: there is no subgraph 'x'"),
        ((put("edges", 1, "from", value="x"),), "edges[1].from: there is no subgraph 'x'"),
        ((put("edges", 0, "to", value="a"),), "edges: form a cycle"),
        ((put("edges", 0, value={"from": "c", "to": "b", "bytes": 0}),), "edges: form a cycle"),
        ((put("subgraphs", 1, "job", value="j0"),), "jobs[1]: no subgraph belongs to it"),
        ((put("jobs", value=[]), *(put("subgraphs", i, "job", value=None) for i in range(3)),
          put("objective", value="weighted_latency")), "objective: the weighted latency needs jobs"),
        # sums: just within 2^53 the next test takes
        ((*ready(2), put("radio", "slot_ticks", value=2**52 + 1)),
         f"radio.slots: the sum is {LARGEST + 2}; at most 2^53 is possible"),
        ((put("modalities", 0, "payload_bits", value=LARGEST - 3),),
         f"modalities: the sum is {LARGEST + 1}; at most 2^53 is possible"),
        ((put("radio", "bits_per_slot", 1, 0, 0, value=2**51), put("radio", "bits_per_slot", 1, 1, 1, value=2**51)),
         f"radio.bits_per_slot[1]: the sum is {3 * 2**52}; at most 2^53 is possible"),
        # 30 + work 8 + 6 + 7 + moves of 3 hops: 9 + 10 and 9 + 2
        ((put("subgraphs", 2, "release_ticks", value=LARGEST - 50),
          put("jobs", value=[]), *(put("subgraphs", i, "job", value=None) for i in range(3))),
         f"subgraphs: the sum is {LARGEST + 1}; at most 2^53 is possible"),
        ((put("jobs", 1, "weight", value=LARGEST // 81 - 1),),
         f"jobs: the sum is {(LARGEST // 81 + 1) * 81}; at most 2^53 is possible"),
        ((put("tick_s", value=1e307),), "tick_s: the sum overflows; a finite number is needed"),
        ((put("chip", "cores", 0, "active_w", value=1e307),), "chip: the sum overflows; a finite number is needed"),
        # as much active as idle, for 10^200 s a tick; energies that overflow together alone
        ((put("chip", "cores", 0, "active_w", value=1e307), put("chip", "cores", 0, "idle_w", value=1e307)),
         "chip: the sum overflows; a finite number is needed"),
        ((put("tick_s", value=1e200), put("chip", "cores", 0, "active_w", value=1e107)),
         "chip: the sum overflows; a finite number is needed"),
        ((put("modalities", 1, "transmit_j_per_rb_slot", value=1.5e308 / 6),
          put("chip", "joule_per_byte_hop", value=1.5e308 / 135)),
         "chip: the sum overflows; a finite number is needed"),
        ((put("modalities", 1, "transmit_j_per_rb_slot", value=1.5e308 / 6),
          put("chip", "cores", 0, "active_w", value=1.5e308 / 40.5)),
         "chip: the sum overflows; a finite number is needed"),
        ((put("chip", "joule_per_byte_hop", value=1.5e308 / 45), put("chip", "cores", 1, "x", value=-1),
          put("modalities", 1, "transmit_j_per_rb_slot", value=1.5e308 / 6),
          put("chip", "cores", 1, "y", value=4)), "chip: the sum overflows; a finite number is needed"),
        ((put("chip", "cores", 1, "idle_w", value=1e307),), "chip: the sum overflows; a finite number is needed"),
        ((put("modalities", 1, "transmit_j_per_rb_slot", value=1.7e308 / 5),),
         "chip: the sum overflows; a finite number is needed"),
        ((put("chip", "joule_per_byte_hop", value=1.7e308 / 100),),
         "chip: the sum overflows; a finite number is needed"),
    ],
)  # fmt: skip
def test_what_is_no_instance(changes: tuple[Change, ...], told: str) -> None:
    with pytest.raises(CHECK.BadInputError) as caught:
        CHECK.wnp_instance(changed(INSTANCE, *changes))
    assert str(caught.value) == told


@pytest.mark.parametrize(
    "changes",
    [
        (),
        (put("radio", "slots", value=4),),
        (*ready(2), put("radio", "slot_ticks", value=2**51), put("jobs", value=[]),
         *(put("subgraphs", i, "job", value=None) for i in range(3))),
        (put("modalities", 0, "payload_bits", value=LARGEST - 4),),
        (put("radio", "bits_per_slot", 1, 0, 0, value=2**51), put("radio", "bits_per_slot", 1, 1, 1, value=2**49)),
        (put("subgraphs", 2, "release_ticks", value=LARGEST - 51),
         put("jobs", value=[]), *(put("subgraphs", i, "job", value=None) for i in range(3))),
        (put("jobs", 1, "weight", value=LARGEST // 81 - 2),),
        (put("tick_s", value=1e305), put("chip", "cores", 0, "active_w", value=0.01)),
        (put("edges", value=[]), put("jobs", value=[]), *(put("subgraphs", i, "job", value=None) for i in range(3))),
        (put("modalities", value=[]), put("radio", "bits_per_slot", value=[]),
         *(put("subgraphs", i, "modality", value=None) for i in range(2))),
        # one hop at least would be counted where all cores stand at one place
        (put("chip", "joule_per_byte_hop", value=1.7e308 / 45), put("chip", "cores", 1, "x", value=-1),
         put("chip", "cores", 1, "y", value=4)),
    ],
)  # fmt: skip
def test_what_is_an_instance(changes: tuple[Change, ...]) -> None:
    CHECK.wnp_instance(changed(INSTANCE, *changes))


def test_intervals_that_overlap() -> None:
    told = ["the bus: b begins 2 ticks before a ends", "the bus: c begins 1 ticks before a ends"]
    assert CHECK.overlaps("the bus", [(4, 6, "c"), (0, 5, "a"), (3, 5, "b"), (6, 6, "d")]) == told
