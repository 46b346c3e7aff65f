"""One broken solution for each rule of the verifier, and solutions that only look broken."""

from __future__ import annotations

import copy
from collections.abc import Callable

import pytest

import wnpopt
from tests.mutations import Data, drop, put
from wnpopt.problems.wnp.instance import WnpInstance
from wnpopt.problems.wnp.solution import WnpSolution
from wnpopt.problems.wnp.verify import RULES, verify

INSTANCE: Data = {
    "kind": "wnp",
    "schema_version": 1,
    "name": "two-cores",
    "radio": {"slot_ticks": 10, "slots": 4, "block_slots": 3, "bits_per_slot": [[[5, 5], [3, 3]], [[4, 4], [6, 6]]]},
    "modalities": [{"name": "a", "payload_bits": 8}, {"name": "b", "payload_bits": 10}],
    "chip": {
        "cores": [{"name": "c0", "x": 0, "y": 0}, {"name": "c1", "x": 1, "y": 1}],
        "hop_ticks": 2,
        "bytes_per_tick": 4,
    },
    "subgraphs": [
        {"name": "p", "modality": "a", "ticks": [7, 9]},
        {"name": "q", "modality": "b", "ticks": [6, None]},
        {"name": "r", "modality": None, "ticks": [5, 5]},
    ],
    "edges": [{"from": "p", "to": "r", "bytes": 9}, {"from": "q", "to": "r", "bytes": 0}],
}
# a: 5 + 3 in slot 0 -> arrives at 10; b: 4 + 6 in slot 1 -> arrives at 20
# p on c1 10..19; its 9 bytes take 2 hops * 2 + 3 = 7 -> 26; q on c0 20..26; r on c0 26..31
SOLUTION: Data = {
    "kind": "wnp-solution",
    "instance": "two-cores",
    "rb": [[0, 0], [1, 1]],
    "core": {"p": "c1", "q": "c0", "r": "c0"},
    "start": {"p": 10, "q": 20, "r": 26},
}


def instance(**chip: object) -> WnpInstance:
    data = copy.deepcopy(INSTANCE)
    data["chip"].update(chip)  # type: ignore[attr-defined]
    return WnpInstance.from_data(data)


def solution(change: Callable[[Data], None] | None = None) -> WnpSolution:
    data = copy.deepcopy(SOLUTION)
    if change is not None:
        change(data)
    return WnpSolution.from_data(data)


def test_the_correct_solution_is_accepted() -> None:
    certificate = verify(instance(), solution())
    assert certificate.violations == ()
    assert certificate.objective == 31


# rule -> (mutation, amount)
MUTATIONS: dict[str, tuple[Callable[[Data], None], float]] = {
    "instance-name": (put("instance", value="another"), 1),
    "rb-slots": (put("rb", value=[[0, 0], [1, 1], [None, None], [None, None], [None, None]]), 1),
    "rb-width": (put("rb", 1, value=[1, 1, None]), 1),
    "rb-modality": (put("rb", value=[[0, 0], [1, 1], [2, None]]), 1),
    "delivery": (put("rb", 1, 1, value=None), 6),
    "core-missing": (drop("core", "p"), 1),
    "core-unknown": (put("core", "p", value="c7"), 1),
    "core-forbidden": (put("core", "q", value="c1"), 1),
    "start-missing": (drop("start", "r"), 1),
    "start-unknown": (put("start", "z", value=3), 1),
    "arrival": (put("start", "p", value=9), 1),
    "overlap": (put("start", "r", value=25), 1),
    "precedence": (put("start", "p", value=11), 1),
    "bus-field": (put("transfer_start", value={"p->r": 19}), 1),
}

BUS_MUTATIONS: dict[str, tuple[Callable[[Data], None], float]] = {
    "bus-transfers": (put("transfer_start", value={}), 1),
    "bus-early": (put("transfer_start", "p->r", value=18), 1),
    "bus-late": (put("transfer_start", "p->r", value=20), 1),
}


@pytest.mark.parametrize("rule", MUTATIONS)
def test_each_rule_rejects_its_mutation(rule: str) -> None:
    change, amount = MUTATIONS[rule]
    certificate = verify(instance(), solution(change))
    assert not certificate.accepted
    broken = [v for v in certificate.violations if v.rule == rule]
    assert broken, certificate.violations
    assert broken[0].amount == amount


def with_bus(data: Data) -> None:
    data["transfer_start"] = {"p->r": 19}


@pytest.mark.parametrize("rule", BUS_MUTATIONS)
def test_each_bus_rule_rejects_its_mutation(rule: str) -> None:
    change, amount = BUS_MUTATIONS[rule]

    def both(data: Data) -> None:
        with_bus(data)
        change(data)

    certificate = verify(instance(exclusive_bus=True), solution(both))
    broken = [v for v in certificate.violations if v.rule == rule]
    assert broken, certificate.violations
    assert broken[0].amount == amount


def test_the_bus_carries_one_transfer_at_a_time() -> None:
    data = copy.deepcopy(INSTANCE)
    data["chip"]["exclusive_bus"] = True  # type: ignore[index]
    data["subgraphs"] = [{"name": n, "modality": None, "ticks": [5, 5]} for n in "abcd"]
    data["edges"] = [{"from": "a", "to": "c", "bytes": 9}, {"from": "b", "to": "d", "bytes": 9}]
    made = WnpInstance.from_data(data)
    plan = {
        "kind": "wnp-solution",
        "instance": "two-cores",
        "rb": [],
        "core": {"a": "c0", "b": "c1", "c": "c1", "d": "c0"},
        "start": {"a": 0, "b": 0, "c": 12, "d": 19},
        "transfer_start": {"a->c": 5, "b->d": 12},
    }
    assert verify(made, WnpSolution.from_data(plan)).objective == 24
    assert verify(made, WnpSolution.from_data(plan)).accepted
    early = {**plan, "transfer_start": {"a->c": 5, "b->d": 11}, "start": {"a": 0, "b": 0, "c": 12, "d": 18}}
    broken = verify(made, WnpSolution.from_data(early)).violations
    assert [v.rule for v in broken] == ["bus-overlap"]
    assert broken[0].amount == 1


def with_job(**fields: object) -> Callable[[Data], None]:
    def change(data: Data) -> None:
        data["jobs"] = [{"name": "all", **fields}]
        for subgraph in data["subgraphs"]:
            subgraph["job"] = "all"

    return change


def with_power(limit: float) -> Callable[[Data], None]:
    """Over the plan's 31 ticks of 1 us: c0 works 20 and c1 11."""

    def change(data: Data) -> None:
        for core, (active, idle) in zip(data["chip"]["cores"], [(3.0, 1.0), (5.0, 2.0)], strict=True):
            core.update(active_w=active, idle_w=idle)
        data["energy_limit_j"] = limit

    return change


FIELD_RULES: dict[str, tuple[Callable[[Data], None], float | None]] = {
    "rb-release": (put("modalities", 0, "release_slot", value=1), 1),
    "release": (put("subgraphs", 1, "release_ticks", value=10**3), None),
    "deadline": (with_job(deadline_ticks=30), 1),
    "makespan-limit": (put("makespan_limit_ticks", value=30), 1),
    "energy-limit": (with_power(1e-9), None),
}


@pytest.mark.parametrize("rule", FIELD_RULES)
def test_each_rule_of_an_optional_field_rejects(rule: str) -> None:
    change, amount = FIELD_RULES[rule]
    data = copy.deepcopy(INSTANCE)
    change(data)
    broken = [v for v in verify(WnpInstance.from_data(data), solution()).violations if v.rule == rule]
    assert broken
    assert amount is None or broken[0].amount == amount


def test_every_rule_has_a_mutation() -> None:
    assert set(MUTATIONS) | set(BUS_MUTATIONS) | {"bus-overlap"} | set(FIELD_RULES) == set(RULES)


def test_a_bus_needs_its_field() -> None:
    rules = {v.rule for v in verify(instance(exclusive_bus=True), solution()).violations}
    assert rules == {"bus-field"}


@pytest.mark.parametrize(
    "change",
    [
        put("rb", value=[[0, 0], [1, 1], [None, 0], [1, 1]]),  # more than is needed, later
        put("start", value={"p": 10, "q": 20, "r": 40}),  # a late start
    ],
)
def test_waste_is_no_violation(change: Callable[[Data], None]) -> None:
    assert verify(instance(), solution(change)).accepted


def test_an_unread_modality_need_not_arrive() -> None:
    data = copy.deepcopy(INSTANCE)
    data["subgraphs"][1]["modality"] = None  # type: ignore[index]
    made = WnpInstance.from_data(data)
    assert verify(made, solution(put("rb", value=[[0, 0]]))).accepted


def test_arrival_is_the_end_of_the_slot() -> None:
    """5 bits on one resource block in slot 0, the rest in slot 1: the modality is there at 20, not before."""
    late = put("rb", value=[[0, None], [0, None], [1, 1]])

    def moved(data: Data) -> None:
        late(data)
        data["start"] = {"p": 20, "q": 30, "r": 36}

    assert verify(instance(), solution(moved)).accepted

    def early(data: Data) -> None:
        moved(data)
        data["start"]["p"] = 19  # type: ignore[index]

    assert [v.rule for v in verify(instance(), solution(early)).violations] == ["arrival"]


def test_zero_ticks_fit_between_but_not_inside() -> None:
    data = copy.deepcopy(INSTANCE)
    data["subgraphs"] = [
        {"name": "long", "modality": None, "ticks": [10, 10]},
        {"name": "nothing", "modality": None, "ticks": [0, 0]},
    ]
    data["edges"] = []
    made = WnpInstance.from_data(data)
    for start, accepted in ((0, True), (10, True), (25, True), (5, False)):
        plan = WnpSolution.from_data(
            {
                "kind": "wnp-solution",
                "instance": "two-cores",
                "rb": [],
                "core": {"long": "c0", "nothing": "c0"},
                "start": {"long": 0, "nothing": start},
            }
        )
        assert verify(made, plan).accepted is accepted


def test_a_verified_objective_is_recomputed() -> None:
    assert wnpopt.verify(instance(), solution(put("start", "r", value=100))).objective == 105
