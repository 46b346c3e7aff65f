"""What the verifier says to the tick: accepted at each limit, rejected one beyond it, told where and by how much."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from wnpopt.core.errors import InputError
from wnpopt.problems.wnp.instance import WnpInstance, has_integer_objective
from wnpopt.problems.wnp.solution import WnpSolution
from wnpopt.problems.wnp.state import WnpState
from wnpopt.problems.wnp.verify import RULES, STATE_RULES, arrivals, energy, job_ends, makespan, transfer_ticks, verify

Data = dict[str, Any]
Broken = list[tuple[str, str, float]]

# Slots of 10 ticks, blocks of 2 slots; two resource blocks. a carries 5 + 3 bits a slot in block 0, 1 + 2 in block 1.
# Cores that are 3 hops (c0, c1), 5 hops (c1, c2) and 4 hops (c0, c2) from each other.
INSTANCE: Data = {
    "kind": "wnp",
    "schema_version": 1,
    "name": "three-cores",
    "tick_s": 0.5,
    "radio": {"slot_ticks": 10, "slots": 4, "block_slots": 2, "bits_per_slot": [[[5, 1], [3, 2]], [[4, 6], [6, 4]]]},
    "modalities": [{"name": "a", "payload_bits": 8}, {"name": "b", "payload_bits": 10}],
    "chip": {
        "cores": [{"name": "c0", "x": 0, "y": 0}, {"name": "c1", "x": 2, "y": 1}, {"name": "c2", "x": -1, "y": 3}],
        "hop_ticks": 2,
        "bytes_per_tick": 4,
    },
    "subgraphs": [
        {"name": "p", "modality": "a", "ticks": [7, 9, 8]},
        {"name": "q", "modality": "b", "ticks": [6, None, 5]},
        {"name": "r", "modality": None, "ticks": [5, 4, 3]},
    ],
    "edges": [{"from": "p", "to": "r", "bytes": 9}, {"from": "q", "to": "r", "bytes": 4}],
}
# a arrives at 10, b (4 + 6 bits in slot 1) at 20; p on c1 10..19, its 9 bytes take 3 * 2 + 3 ticks: 28;
# q on c0 20..26, r on c0 28..33.
PLAN: Data = {
    "kind": "wnp-solution",
    "instance": "three-cores",
    "rb": [[0, 0], [1, 1]],
    "core": {"p": "c1", "q": "c0", "r": "c0"},
    "start": {"p": 10, "q": 20, "r": 28},
}
STATE: Data = {
    "kind": "wnp-state",
    "instance": "three-cores",
    "now_ticks": 0,
    "slot": 0,
    "delivered_bits": {},
    "begun": {},
    "transfers_begun": {},
}


def instance(**changes: Any) -> WnpInstance:
    """The instance with other fields; ``chip`` is changed and not replaced."""
    data = copy.deepcopy(INSTANCE)
    data["chip"].update(changes.pop("chip", {}))
    return WnpInstance.from_data({**data, **changes})


def plan(**changes: Any) -> WnpSolution:
    """The plan with other fields; of ``core`` and ``start`` those that are named."""
    data = copy.deepcopy(PLAN)
    for name in ("core", "start"):
        data[name].update(changes.pop(name, {}))
    return WnpSolution.from_data({**data, **changes})


def state(**changes: Any) -> WnpState:
    return WnpState.from_data({**STATE, **changes})


def broken(made: WnpInstance, solution: WnpSolution, fixed: WnpState | None = None) -> Broken:
    return [(v.rule, v.where, v.amount) for v in verify(made, solution, fixed).violations]


def test_the_plan_itself_keeps_every_rule() -> None:
    assert broken(instance(), plan()) == []
    assert verify(instance(), plan()).objective == makespan(instance(), plan()) == 33


# --- the radio ---

RADIO: dict[str, tuple[Data, Broken]] = {
    "another instance": ({"instance": "two"}, [("instance-name", "instance two", 1)]),
    "as many slots as there are": ({"rb": [[0, 0], [1, 1], [None, None], [0, 1]]}, []),
    "two slots too many": ({"rb": [[0, 0], [1, 1], *[[None, None]] * 4]}, [("rb-slots", "rb[4]", 2)]),
    "a wide row": ({"rb": [[0, 0, None], [1, 1]]}, [("rb-width", "rb[0]", 1)]),
    "a narrow row": ({"rb": [[0, 0], [1, 1], []]}, [("rb-width", "rb[2]", 2)]),
    "what stands beside the width brings nothing": (
        {"rb": [[0, None, 0], [1, 1]]},
        [("rb-width", "rb[0]", 1), ("delivery", "modality a", 3)],
    ),
    "what stands beyond the slots brings nothing": (
        {"rb": [[0, None], [1, 1], *[[None, None]] * 2, [0, 0]]},
        [("rb-slots", "rb[4]", 1), ("delivery", "modality a", 3)],
    ),
    "modalities that are not": (
        {"rb": [[0, 0], [1, 1], [2, 4]]},
        [("rb-modality", "rb[2][0]", 1), ("rb-modality", "rb[2][1]", 3)],
    ),
    "rates by block": ({"rb": [[0, None], [1, 1], [0, None]]}, [("delivery", "modality a", 2)]),
    "nothing": ({"rb": []}, [("delivery", "modality a", 8), ("delivery", "modality b", 10)]),
    "before it has arrived": ({"start": {"p": 9, "q": 18}}, [("arrival", "start[p]", 1), ("arrival", "start[q]", 2)]),
}


@pytest.mark.parametrize("case", RADIO)
def test_the_radio_s_rules(case: str) -> None:
    changes, expected = RADIO[case]
    assert broken(instance(), plan(**changes)) == expected


def test_without_modalities_no_slot_may_be_used() -> None:
    subgraphs = [{"name": "p", "ticks": [7, 9, 8]}]
    made = instance(modalities=[], radio={**INSTANCE["radio"], "bits_per_slot": []}, subgraphs=subgraphs, edges=[])
    solution = {**PLAN, "core": {"p": "c0"}, "start": {"p": 0}}
    assert broken(made, WnpSolution.from_data({**solution, "rb": []})) == []
    assert broken(made, WnpSolution.from_data({**solution, "rb": [[]]})) == [("rb-slots", "rb[0]", 1)]


def test_a_modality_may_be_carried_from_its_release_slot_on() -> None:
    modalities = [{**INSTANCE["modalities"][0], "release_slot": 2}, INSTANCE["modalities"][1]]
    made = instance(modalities=modalities, radio={**INSTANCE["radio"], "bits_per_slot": [[[5, 5]] * 2, [[5, 5]] * 2]})
    later = {"start": {"p": 30, "r": 48}}
    assert broken(made, plan(rb=[[1, 1], [None, None], [0, 0]], **later)) == []
    early = plan(rb=[[1, 1], [0, None], [0, 0]], **later)
    assert broken(made, early) == [("rb-release", "rb[1][0]", 1)]
    assert broken(made, plan(rb=[[0, None], [0, 1], [0, 1]], **later))[0] == ("rb-release", "rb[0][0]", 2)
    # What was sent in slots that are over was sent, whatever the plan says now.
    over = state(now_ticks=20, slot=2, delivered_bits={"b": 10}, begun={"q": {"core": "c0", "start": 20}})
    assert broken(made, early, over) == []
    assert broken(made, early, state(slot=1)) == [("rb-release", "rb[1][0]", 1), ("delivery", "modality b", 10)]


def test_arrivals_are_the_ends_of_slots() -> None:
    made = instance(modalities=[*INSTANCE["modalities"][:1], {"name": "b", "payload_bits": 0}])
    assert arrivals(made, plan(rb=[])) == [None, 0]
    assert arrivals(made, plan(rb=[[0, 0]])) == [10, 0]
    assert arrivals(made, plan(rb=[[0, None], [None, None], [0, 0]])) == [30, 0]
    assert arrivals(instance(), plan(rb=[[None, 1], [1, 0], [0, 0], [0, 0]])) == [40, 20]
    assert arrivals(instance(), plan(rb=[[1, 0], [1, 0], [0, 0], [1, 0]])) == [30, 40]


def test_arrivals_from_a_state_on() -> None:
    """What has been delivered counts, at now if it is all; what slots before the state's would bring does not."""
    solution = plan(rb=[[0, 0], [0, 1], [1, 1], [0, 0]])
    assert arrivals(instance(), solution, state(now_ticks=15, slot=1, delivered_bits={"a": 8})) == [15, 30]
    assert arrivals(instance(), solution, state(now_ticks=15, slot=1, delivered_bits={"a": 3, "b": 10})) == [20, 15]
    assert arrivals(instance(), solution, state(now_ticks=15, slot=2, delivered_bits={"a": 5})) == [40, 30]
    assert arrivals(instance(), solution, state(now_ticks=15, slot=2, delivered_bits={"a": 4})) == [None, 30]
    late = state(now_ticks=15, slot=2, delivered_bits={"a": 4, "b": 9})
    assert broken(instance(), plan(rb=solution.rb, start={"p": 40, "q": 50, "r": 60}), late) == [
        ("delivery", "modality a", 1)
    ]
    nothing = instance(modalities=[{**m, "payload_bits": 0} for m in INSTANCE["modalities"]])
    assert arrivals(nothing, plan(rb=[]), state(now_ticks=15, slot=2)) == [0, 0]
    assert broken(nothing, plan(rb=[])) == []


def test_a_modality_has_arrived_with_its_last_bit() -> None:
    """One bit less than all is not all, whether slots or a state brought it; more than all is all."""
    long = instance(modalities=[{"name": "a", "payload_bits": 9}, INSTANCE["modalities"][1]])
    assert arrivals(long, plan(rb=[[0, 0], [1, 1]])) == [None, 20]
    assert arrivals(long, plan(rb=[[0, 0], [1, 1], [0, None]])) == [30, 20]
    assert arrivals(long, plan(rb=[]), state(now_ticks=5, delivered_bits={"a": 8, "b": 9})) == [None, None]
    assert arrivals(long, plan(rb=[[None, 0], [1, 1]]), state(now_ticks=5)) == [None, 20]
    assert arrivals(long, plan(rb=[]), state(now_ticks=5, delivered_bits={"a": 10, "b": 11})) == [5, 5]
    assert arrivals(long, plan(rb=[[0, 0]]), state(now_ticks=5)) == [None, None]


# --- cores and starts ---

MAPPING: dict[str, tuple[Data, Broken]] = {
    "cores that are not": ({"core": {"p": "c7"}}, [("core-unknown", "core[p] = c7", 1)]),
    "a subgraph that is not": ({"core": {"z": "c0"}}, [("core-unknown", "core[z]", 1)]),
    "a core that cannot": ({"core": {"q": "c1"}}, [("core-forbidden", "core[q] = c1", 1)]),
    "a start of what is not": ({"start": {"z": 0}}, [("start-unknown", "start[z]", 1)]),
}


@pytest.mark.parametrize("case", MAPPING)
def test_the_mapping_s_rules_leave_no_objective(case: str) -> None:
    changes, expected = MAPPING[case]
    certificate = verify(instance(), plan(**changes))
    assert broken(instance(), plan(**changes)) == expected
    assert certificate.objective is None
    with pytest.raises(InputError, match="lack a core or a start, so the solution has no makespan") as raised:
        makespan(instance(), plan(**changes))
    assert raised.value.where == "core"


def test_what_lacks_a_core_hides_nothing_of_others() -> None:
    data = copy.deepcopy(PLAN)
    del data["core"]["p"]
    data["core"]["r"] = "c7"
    expected = [("core-missing", "core[p]", 1), ("core-unknown", "core[r] = c7", 1)]
    assert broken(instance(), WnpSolution.from_data(data)) == expected


def test_every_rule_that_is_told_is_described() -> None:
    assert set(STATE_RULES) == {"fixed"}
    assert not set(RULES) & set(STATE_RULES)
    assert all(text for text in (RULES | STATE_RULES).values())


@pytest.mark.parametrize("field", ["core", "start"])
def test_what_is_missing_is_named(field: str) -> None:
    data = copy.deepcopy(PLAN)
    del data[field]["p"], data[field]["r"]
    missing = [(f"{field}-missing", f"{field}[p]", 1), (f"{field}-missing", f"{field}[r]", 1)]
    assert broken(instance(), WnpSolution.from_data(data)) == missing


def alone(*intervals: tuple[str, int, int], **changes: Any) -> tuple[WnpInstance, Data]:
    """Subgraphs of certain lengths on core c0, and their starts."""
    subgraphs = [{"name": name, "ticks": [end - begin] * 3} for name, begin, end in intervals]
    made = instance(subgraphs=subgraphs, edges=[], **changes)
    return made, {**PLAN, "rb": [], "core": {n: "c0" for n, *_ in intervals}, "start": {n: b for n, b, _ in intervals}}


OVERLAPS: list[tuple[list[tuple[str, int, int]], Broken]] = [
    ([("u", 0, 5), ("v", 5, 9)], []),
    ([("u", 0, 5), ("v", 4, 9)], [("overlap", "core c0: u and v", 1)]),
    ([("u", 3, 5), ("v", 0, 4)], [("overlap", "core c0: v and u", 1)]),
    # What ends last is what the next one meets.
    (
        [("u", 0, 10), ("v", 2, 3), ("w", 5, 6)],
        [("overlap", "core c0: u and v", 8), ("overlap", "core c0: u and w", 5)],
    ),
    (
        [("u", 0, 5), ("v", 2, 5), ("w", 4, 6)],
        [("overlap", "core c0: u and v", 3), ("overlap", "core c0: v and w", 1)],
    ),
    ([("u", 0, 0), ("v", 0, 4), ("w", 4, 4)], []),
    ([("z", 0, 9), ("a", 9, 12), ("b", 12, 13)], []),
    ([("u", 0, 4), ("v", 3, 3)], [("overlap", "core c0: u and v", 1)]),
]


@pytest.mark.parametrize(("intervals", "expected"), OVERLAPS)
def test_a_core_runs_one_at_a_time(intervals: list[tuple[str, int, int]], expected: Broken) -> None:
    made, data = alone(*intervals)
    assert broken(made, WnpSolution.from_data(data)) == expected
    data["core"] = {name: f"c{index}" for index, name in enumerate(data["core"])}
    assert broken(made, WnpSolution.from_data(data)) == []


def test_transfers_take_hops_and_bytes_rounded_up() -> None:
    made = instance(edges=[{"from": "p", "to": "r", "bytes": 0}, {"from": "q", "to": "r", "bytes": 5}])
    ticks = {(s, t): [transfer_ticks(made, e, s, t) for e in (0, 1)] for s in ("c0", "c1", "c2") for t in ("c0", "c1")}
    assert ticks == {
        ("c0", "c0"): [0, 0],
        ("c0", "c1"): [6, 8],
        ("c1", "c0"): [6, 8],
        ("c1", "c1"): [0, 0],
        ("c2", "c0"): [8, 10],
        ("c2", "c1"): [10, 12],
    }


def test_inputs_have_to_be_there() -> None:
    assert broken(instance(), plan(start={"r": 26})) == [("precedence", "edge p->r", 2)]
    assert broken(instance(), plan(start={"r": 25})) == [
        ("overlap", "core c0: q and r", 1),
        ("precedence", "edge p->r", 3),
        ("precedence", "edge q->r", 1),
    ]


def test_a_subgraph_without_a_modality_hides_nothing_of_others() -> None:
    made = instance(subgraphs=INSTANCE["subgraphs"][::-1])
    assert broken(made, plan(start={"p": 9, "q": 20})) == [("arrival", "start[p]", 1)]


def test_releases_are_a_subgraph_s_own_and_its_job_s() -> None:
    def released(own: int, job: int) -> WnpInstance:
        subgraphs = copy.deepcopy(INSTANCE["subgraphs"])
        subgraphs[0].update(release_ticks=own, job="j")
        subgraphs[1].update(release_ticks=own)
        return instance(subgraphs=subgraphs, jobs=[{"name": "j", "release_ticks": job}])

    assert broken(released(10, 10), plan()) == []
    assert broken(released(0, 11), plan()) == [("release", "start[p]", 1)]
    assert broken(released(22, 11), plan()) == [("release", "start[p]", 12), ("release", "start[q]", 2)]
    assert broken(released(20, 11), plan(), state(now_ticks=19, begun=BEGUN)) == []
    # What has not begun is released in a state as without one.
    assert broken(released(22, 11), plan(), state(now_ticks=19, begun=BEGUN)) == [("release", "start[q]", 2)]


# --- the bus ---


def on_bus(**transfers: int) -> Data:
    """r on c2 gets both inputs over the bus: 10 * 1 + 9 bytes from c1, 4 hops and 4 bytes from c0."""
    return {"transfer_start": {f"{k}->r": v for k, v in transfers.items()}, "core": {"r": "c2"}}


BUS: dict[str, tuple[Data, int, Broken]] = {
    # p ends at 19: its transfer takes 5 * 2 + 3 = 13; q ends at 26: 4 * 2 + 1 = 9.
    "back to back": (on_bus(p=19, q=32), 41, []),
    "with a pause": (on_bus(p=20, q=35), 44, []),
    "late": (on_bus(p=19, q=32), 40, [("bus-late", "transfer q->r", 1)]),
    "early": (on_bus(p=18, q=32), 41, [("bus-early", "transfer p->r", 1)]),
    "one in the other": (on_bus(p=19, q=30), 41, [("bus-overlap", "transfers p->r and q->r", 2)]),
    "the other way round": (on_bus(q=26, p=33), 46, [("bus-overlap", "transfers q->r and p->r", 2)]),
    "missing": (on_bus(p=19), 41, [("bus-transfers", "transfer q->r", 1)]),
    "missing, and the next one late": (
        on_bus(q=30),
        38,
        [("bus-late", "transfer q->r", 1), ("bus-transfers", "transfer p->r", 1)],
    ),
    "one that is none": (
        {**on_bus(p=19, q=32), "transfer_start": {"p->r": 19, "q->r": 32, "r->q": 50}},
        41,
        [("bus-transfers", "transfer r->q", 1)],
    ),
}


@pytest.mark.parametrize("case", BUS)
def test_the_bus_s_rules(case: str) -> None:
    changes, begin, expected = BUS[case]
    made = instance(chip={"exclusive_bus": True})
    assert broken(made, plan(**changes, start={"r": begin})) == expected
    assert broken(made, plan(**changes, start={"r": begin}), state()) == expected


def test_transfers_are_told_exactly_where_there_is_a_bus() -> None:
    assert broken(instance(), plan(**on_bus(p=19, q=32), start={"r": 41})) == [("bus-field", "transfer_start", 1)]
    assert broken(instance(chip={"exclusive_bus": True}), plan()) == [("bus-field", "transfer_start", 1)]
    # The one on a single core is none.
    assert broken(instance(chip={"exclusive_bus": True}), plan(transfer_start={"p->r": 19})) == []
    other = plan(transfer_start={"q->r": 26}, core={"r": "c1"}, start={"r": 33})
    assert broken(instance(chip={"exclusive_bus": True}), other) == []
    assert broken(instance(chip={"exclusive_bus": True}), plan(transfer_start={"p->r": 19, "q->r": 28})) == [
        ("bus-transfers", "transfer q->r", 1)
    ]


def crowded(*transfers: tuple[int, int]) -> tuple[WnpInstance, WnpSolution]:
    """Transfers of given starts and ends from c0 to c1, each between two subgraphs of no ticks."""
    names = "abcdef"[: len(transfers)]
    edges = [{"from": n, "to": n.upper(), "bytes": 4 * (t - s)} for n, (s, t) in zip(names, transfers, strict=True)]
    made = instance(
        chip={"exclusive_bus": True, "hop_ticks": 0},
        subgraphs=[{"name": n, "ticks": [0, 0, 0]} for n in (*names, *names.upper())],
        edges=edges,
    )
    solution = {
        **PLAN,
        "rb": [],
        "core": {n: "c0" if n in names else "c1" for n in (*names, *names.upper())},
        "start": {n: 0 if n in names else 99 for n in (*names, *names.upper())},
        "transfer_start": {f"{n}->{n.upper()}": s for n, (s, _) in zip(names, transfers, strict=True)},
    }
    return made, WnpSolution.from_data(solution)


def test_transfers_of_no_ticks_stand_between_others_and_not_in_them() -> None:
    assert broken(*crowded((0, 4), (4, 4), (4, 6), (6, 6))) == []
    assert broken(*crowded((0, 4), (3, 3))) == [("bus-overlap", "transfers a->A and b->B", 1)]
    assert broken(*crowded((0, 9), (2, 3), (5, 6))) == [
        ("bus-overlap", "transfers a->A and b->B", 7),
        ("bus-overlap", "transfers a->A and c->C", 4),
    ]
    assert broken(*crowded((0, 5), (2, 5), (4, 6))) == [
        ("bus-overlap", "transfers a->A and b->B", 3),
        ("bus-overlap", "transfers b->B and c->C", 1),
    ]


# --- limits and objectives ---


def with_jobs(**second: Any) -> Data:
    """p is a job of its own, q and r are another."""
    subgraphs = copy.deepcopy(INSTANCE["subgraphs"])
    for subgraph, job in zip(subgraphs, ("one", "two", "two"), strict=True):
        subgraph["job"] = job
    jobs = [{"name": "one", "weight": 2, "release_ticks": 3}, {"name": "two", "weight": 5, **second}]
    return {"subgraphs": subgraphs, "jobs": jobs}


def test_deadlines_are_met_by_the_last_subgraph_of_a_job() -> None:
    assert broken(instance(**with_jobs(deadline_ticks=33)), plan()) == []
    assert broken(instance(**with_jobs(deadline_ticks=34)), plan()) == []
    assert broken(instance(**with_jobs(deadline_ticks=31)), plan()) == [("deadline", "job two", 2)]
    assert job_ends(instance(**with_jobs()), {"p": 19, "q": 26, "r": 33}) == {"one": 19, "two": 33}


def test_the_latency_of_a_job_counts_from_its_release() -> None:
    made = instance(**with_jobs(release_ticks=20), objective="weighted_latency")
    assert verify(made, plan()).objective == 2 * (19 - 3) + 5 * (33 - 20)


def test_the_makespan_s_limit() -> None:
    assert broken(instance(makespan_limit_ticks=33), plan()) == []
    assert broken(instance(makespan_limit_ticks=34), plan()) == []
    assert broken(instance(makespan_limit_ticks=31), plan()) == [("makespan-limit", "makespan", 2)]


def powered(**changes: Any) -> WnpInstance:
    """Powers, prices of slots and of bytes over hops that are sums of powers of two."""
    cores = [
        {**core, "active_w": active, "idle_w": idle}
        for core, active, idle in zip(INSTANCE["chip"]["cores"], (4.0, 8.0, 2.0), (1.0, 0.5, 0.25), strict=True)
    ]
    prices = [{**m, "transmit_j_per_rb_slot": j} for m, j in zip(INSTANCE["modalities"], (16.0, 32.0), strict=True)]
    chip = {"cores": cores, "joule_per_byte_hop": 2.0}
    return instance(modalities=prices, chip=chip, objective="energy", **changes)


# c0 works 6 + 5 of 33 ticks of 0.5 s, c1 9, c2 none; two slots on both resource blocks; 9 bytes over 3 hops.
JOULE = 0.5 * (4 * 11 + 1 * 22 + 8 * 9 + 0.5 * 24 + 0.25 * 33) + 2 * 16 + 2 * 32 + 2 * 9 * 3


def test_energy_is_that_of_cores_slots_and_bytes_over_hops() -> None:
    assert verify(powered(), plan()).objective == energy(powered(), plan()) == JOULE
    wasteful = plan(rb=[[0, 0], [1, 1], [1, None], [0, 1]])
    assert verify(powered(), wasteful).objective == JOULE + 16 + 2 * 32
    # On c2: 5 hops and 4 hops for the bytes of p and q; r begins at 26 + 9 = 35 and ends at 38.
    moved = 0.5 * (4 * 6 + 1 * 32 + 8 * 9 + 0.5 * 29 + 2 * 3 + 0.25 * 35) + 2 * 16 + 2 * 32 + 2 * (9 * 5 + 4 * 4)
    assert verify(powered(), plan(core={"r": "c2"}, start={"r": 35})).objective == moved


def test_all_objectives_but_energy_are_integers() -> None:
    assert has_integer_objective(instance())
    assert has_integer_objective(instance(**with_jobs(), objective="weighted_latency"))
    assert not has_integer_objective(powered())


def test_bytes_between_cores_in_one_place_count_one_hop() -> None:
    cores = [{"name": f"c{m}", "x": 1, "y": 1} for m in range(3)]
    made = instance(chip={"cores": cores, "joule_per_byte_hop": 2.0}, objective="energy")
    assert verify(made, plan()).objective == 18
    assert verify(made, plan(core={"p": "c0"}, start={"q": 20, "r": 26})).objective == 0


def test_the_energy_s_limit() -> None:
    assert broken(powered(energy_limit_j=JOULE), plan()) == []
    assert broken(powered(energy_limit_j=JOULE / (1 + 0.9e-9)), plan()) == []
    assert [v[:2] for v in broken(powered(energy_limit_j=JOULE / (1 + 1.2e-9)), plan())] == [("energy-limit", "energy")]
    assert broken(powered(energy_limit_j=JOULE - 4), plan()) == [("energy-limit", "energy", 4)]
    assert broken(powered(energy_limit_j=0), plan()) == [("energy-limit", "energy", JOULE)]
    assert broken(instance(energy_limit_j=0), plan()) == []


@pytest.mark.parametrize("watts", [1e293, 7e292])  # one core's product overflows; the sum of three that do not
@pytest.mark.parametrize("fields", [{"objective": "energy"}, {"energy_limit_j": 1.7976931348623157e308}])
def test_an_energy_beyond_any_number_is_within_no_limit(watts: float, fields: Data) -> None:
    chip = {"cores": [{**core, "idle_w": watts} for core in INSTANCE["chip"]["cores"]]}
    late = plan(start={"r": 2**52})
    assert [v[:2] for v in broken(instance(chip=chip, **fields), late)] == [("energy-limit", "energy")]
    assert verify(instance(chip=chip, objective="energy"), late).objective is None


# --- from a state on ---


def test_what_has_not_begun_starts_no_earlier_than_now() -> None:
    assert broken(instance(), plan(), state(now_ticks=10)) == []
    assert broken(instance(), plan(), state(now_ticks=13)) == [("fixed", "start[p]", 3)]
    # And ends by its own ticks all the same.
    late = [("fixed", "start[p]", 30), ("fixed", "start[q]", 20), ("fixed", "start[r]", 12)]
    assert broken(instance(), plan(), state(now_ticks=40)) == late


def test_what_has_begun_stays_as_it_was() -> None:
    def begun(core: str, start: int) -> WnpState:
        return state(now_ticks=19, begun={"p": {"core": core, "start": start, "end": 19}})

    assert broken(instance(), plan(), begun("c1", 10)) == []
    assert broken(instance(), plan(), begun("c0", 10)) == [("fixed", "core[p] = c1", 1)]
    assert broken(instance(), plan(), begun("c2", 10)) == [("fixed", "core[p] = c1", 1)]
    assert broken(instance(), plan(), begun("c1", 8))[0] == ("fixed", "start[p]", 2)
    assert broken(instance(), plan(), begun("c1", 12)) == [("fixed", "start[p]", 2)]


def test_what_has_begun_needs_no_arrival_and_no_input() -> None:
    """It has: the plan may tell what was otherwise than it happened."""
    begun = {n: {"core": c, "start": s, "end": e} for n, c, s, e in (("p", "c1", 3, 5), ("r", "c0", 4, 6))}
    happened = state(now_ticks=6, begun=begun)
    assert broken(instance(), plan(start={"p": 3, "r": 4}), happened) == []
    # What has not begun needs them all the same.
    more = [*INSTANCE["edges"], {"from": "p", "to": "q", "bytes": 9}]
    made = instance(edges=more)
    late = {**BEGUN, "r": {"core": "c0", "start": 19}}
    assert broken(made, plan(start={"q": 27, "r": 19}), state(now_ticks=19, begun=late)) == [
        ("precedence", "edge p->q", 1)
    ]


def test_an_end_is_as_it_was_and_not_before_now() -> None:
    def ended(end: int | None, now: int) -> WnpState:
        return state(now_ticks=now, delivered_bits={"b": 10}, begun={"p": {"core": "c1", "start": 10, "end": end}})

    later = plan(start={"q": 40, "r": 60})
    assert broken(instance(), later, ended(30, 30)) == []
    # It ended at 30, 31 or later instead of 19, and 9 ticks on the way follow.
    ready = plan(start={"q": 30, "r": 39})
    assert broken(instance(), ready, ended(30, 30)) == []
    assert broken(instance(), ready, ended(12, 30)) == []
    assert broken(instance(), plan(start={"q": 32, "r": 39}), ended(31, 31)) == [("precedence", "edge p->r", 1)]
    assert broken(instance(), plan(start={"q": 32, "r": 39}), ended(None, 31)) == [("precedence", "edge p->r", 1)]
    assert broken(instance(), plan(start={"r": 28}), ended(None, 12)) == []
    assert broken(instance(), plan(start={"r": 27}), ended(None, 12)) == [("precedence", "edge p->r", 1)]
    assert verify(instance(), plan(start={"q": 30, "r": 40}), ended(None, 30)).objective == 45


def test_a_transfer_that_has_begun_counts_from_its_start() -> None:
    """Where there is no bus: 9 ticks from 22 on, though p ended at 19; on one core there is no transfer."""
    begun = {"p": {"core": "c1", "start": 10, "end": 19}}
    sent = state(now_ticks=23, begun=begun, transfers_begun={"p->r": 22}, delivered_bits={"b": 10})
    assert broken(instance(), plan(start={"q": 23, "r": 31}), sent) == []
    assert broken(instance(), plan(start={"q": 23, "r": 30}), sent) == [("precedence", "edge p->r", 1)]
    # q -> r is on one core: what a state tells of it is not looked at.
    begun = {"p": {"core": "c1", "start": 10, "end": 19}, "q": {"core": "c0", "start": 20, "end": 26}}
    told = state(now_ticks=28, begun=begun, transfers_begun={"p->r": 19, "q->r": 28})
    assert broken(instance(), plan(), told) == []
    assert broken(instance(), plan(start={"r": 27}), told) == [
        ("fixed", "start[r]", 1),
        ("precedence", "edge p->r", 1),
    ]
    # Whichever core has the lesser name: 4 hops and a byte's tick from c0 to c2.
    told = state(now_ticks=30, begun=begun, transfers_begun={"p->r": 19, "q->r": 29})
    assert broken(instance(), plan(core={"r": "c2"}, start={"r": 38}), told) == []
    assert broken(instance(), plan(core={"r": "c2"}, start={"r": 37}), told) == [("precedence", "edge q->r", 1)]


BEGUN: Data = {"p": {"core": "c1", "start": 10, "end": 19}}
RUNS: Data = {"core": "c0", "start": 20}
TO_R: Data = on_bus(p=20, q=33)


@pytest.mark.parametrize(
    ("sent", "begun", "now", "expected"),
    [
        ({"p->r": 20}, BEGUN, 20, []),
        ({"p->r": 20}, {**BEGUN, "q": RUNS}, 21, []),
        ({"p->r": 22}, {**BEGUN, "q": RUNS}, 22, [("fixed", "transfer p->r", 2)]),
        ({"p->r": 19}, BEGUN, 20, [("fixed", "transfer p->r", 1)]),
        ({}, BEGUN, 20, []),
        ({}, {**BEGUN, "q": RUNS}, 22, [("fixed", "transfer p->r", 2)]),
        # Both ends have begun: how the bytes came no longer matters.
        ({}, {**BEGUN, "q": {**RUNS, "end": 26}, "r": {"core": "c2", "start": 42}}, 50, []),
    ],
)
def test_transfers_on_a_bus_that_have_begun(sent: Data, begun: Data, now: int, expected: Broken) -> None:
    fixed = state(now_ticks=now, begun=begun, transfers_begun=sent, delivered_bits={"b": 10, "a": 8})
    made = instance(chip={"exclusive_bus": True})
    assert broken(made, plan(**TO_R, start={"r": 42}), fixed) == expected


def test_the_bus_before_now_is_no_matter() -> None:
    """Transfers to what has begun are past: neither their times nor that they share the bus is judged again."""
    begun = {**BEGUN, "q": {"core": "c0", "start": 20, "end": 26}, "r": {"core": "c2", "start": 30, "end": 33}}
    fixed = state(now_ticks=40, begun=begun, delivered_bits={"a": 8, "b": 10})
    made = instance(chip={"exclusive_bus": True})
    assert broken(made, plan(**on_bus(p=5, q=6), start={"r": 30}), fixed) == []
    assert broken(made, plan(**on_bus(p=5), start={"r": 30}), fixed) == [("bus-transfers", "transfer q->r", 1)]
