"""The verifier on instances that can be followed by hand: every violation, every bar of a replay, every joule."""

from __future__ import annotations

import copy
from dataclasses import FrozenInstanceError, fields
from typing import Any

import pytest

from tests.intradp.hand import ENERGY, INSTANCE, LATENCY, PLAN, branching, window
from tests.mutations import Change, put
from wnpopt.core.errors import InputError
from wnpopt.problems.intradp.instance import Input, IntradpInstance
from wnpopt.problems.intradp.solution import IntradpSolution
from wnpopt.problems.intradp.verify import RULES, Execution, Message, Segment, needed_rows, replay, verify

Rows = list[int] | None
Broken = list[tuple[str, str, float]]
COSTS = put("objective", value="energy")
NO_CUTS = (put("segment_s", value={}), put("link", "latency_s", value=0))
SMALL = put("transfers", value="small")
ALL_DEVICE, ALL_SERVER = ([4, 4, 2, 2], [4, 4, 2, 2]), ([4, 0, 0, 2], [4, 0, 0, 2])


def posed(*changes: Change) -> IntradpInstance:
    data = copy.deepcopy(INSTANCE)
    for change in changes:
        change(data)
    return IntradpInstance.from_data(data)


def plan(ends: Rows = None, begins: Rows = None, instance: str = "hand") -> IntradpSolution:
    data: dict[str, Any] = PLAN | {"instance": instance}
    return IntradpSolution.from_data(
        data | ({"device_end": ends} if ends else {}) | ({"server_begin": begins} if begins else {})
    )


@pytest.mark.parametrize(
    ("changes", "rows", "latency", "energy"),
    [
        ((), (None, None), LATENCY, ENERGY),
        ((put("power_w", "launch", value=None),), (None, None), LATENCY, ENERGY - 2 * 2),
        ((put("operators", 1, "device", "compute_w", value=None),), (None, None), LATENCY, ENERGY - 2),
        ((put("operators", 1, "device", "compute_w", value=0),), (None, None), LATENCY, ENERGY - 6),
        (NO_CUTS, (None, None), 11.125, 4 * 1.5 + 3 * 2 + 2 * 1 + 1 * (3.5 + 1) + 0.25 * (11.125 - 4.5 - 4.5)),
        ((), ALL_DEVICE, 7, 4 * 1 + 3 * 4 + 2 * 2),
        ((SMALL,), ALL_DEVICE, 7, 4 * 1 + 3 * 4 + 2 * 2),
        # 8 bytes up from 0.25, x and y in full, 4 bytes down from 11.25
        ((), ALL_SERVER, 14, 4 * (0.25 + 0.25) + 1 * (8 + 2) + 0.25 * (14 - 0.5 - 10)),
        # what is on the air when all is done counts no longer: the server computes what nobody reads
        ((), ([4, 4, 2, 2], [4, 0, 0, 2]), 7.25, 4 * (0.25 + 1) + 3 * 4 + 2 * 2),
        # the server waits for rows that come too late for it to be any use
        ((put("operators", 2, "inputs", 0, "window", value="all"),), ([4, 4, 2, 2], [4, 4, 1, 2]), 7.5 - 0.25,
         4 * (1 + 0.25) + 3 * 4 + 2 * 2),
        ((window(1, kernel=0),), (None, None), LATENCY - 4, 16 + 1 + 0.25 * (8.875 - 5 - 1)),
        ((window(1, kernel=-3),), (None, None), 4.75,
         4 * (1.5 + 0.25) + 3 * 2 + 2 * 1),
    ],
)  # fmt: skip
def test_latency_and_energy(
    changes: tuple[Change, ...], rows: tuple[Rows, Rows], latency: float, energy: float
) -> None:
    instance, solution = posed(*changes), plan(*rows)
    replayed = replay(instance, solution)
    assert (replayed.latency_s, replayed.energy_j) == (latency, pytest.approx(energy, rel=1e-15))
    certificate = verify(instance, solution)
    assert (certificate.objective, certificate.violations) == (latency, ())
    assert verify(posed(COSTS, *changes), solution).objective == replayed.energy_j


def test_every_bar() -> None:
    replayed = replay(posed(), plan())
    assert replayed.device == (
        Execution(0, (0, 4), 0, 0), Execution(1, (0, 2), 0.25, 3.75), Execution(2, (0, 1), 3.75, 4.75),
        Execution(3, (0, 2), LATENCY, LATENCY),
    )  # fmt: skip
    assert replayed.server == (Execution(1, (1, 4), 8.875, 10), Execution(2, (1, 2), 10, 11))
    assert replayed.uplink == (Message(0, (0, 4), 8, 0.25, 8.25, 8.75),)
    assert replayed.downlink == (Message(2, (1, 2), 2, 11.125, 12.125, 12.625),)
    assert replayed.device_segments == (Segment(0, False, 1, 0, 0.25), Segment(3, True, 1, 12.625, LATENCY))
    assert replayed.server_segments == (Segment(1, True, 1, 8.75, 8.875), Segment(2, False, 1, 11, 11.125))
    assert [segment.event for segment in replayed.server_segments] == ["join", "cut"]
    without = replay(posed(*NO_CUTS), plan())
    assert (without.device_segments, without.server_segments) == ((), ())
    assert without.uplink == (Message(0, (0, 4), 8, 0, 8, 8),)


FIRST, SECOND = {"kernel": 1, "stride": 1, "padding": 1}, {"kernel": 1, "stride": 1, "padding": 0}


def test_messages_are_sent_once_and_joined_once() -> None:
    """Two operators of the server miss rows of one tensor, the output misses rows of two."""
    solution = IntradpSolution(instance="branching", device_end=(2, 1, 1, 2), server_begin=(2, 1, 1, 2))
    instance = IntradpInstance.from_data(branching([FIRST, SECOND]))
    replayed = replay(instance, solution)
    assert replayed.uplink == (Message(0, (0, 2), 4, 0.125, 4.125, 4.125),)
    assert replayed.server == (Execution(1, (1, 2), 4.375, 4.875), Execution(2, (1, 2), 5.125, 5.625))
    # the second waits for the first's place on the link
    assert replayed.downlink == (Message(1, (1, 2), 1, 5.125, 7.125, 7.125), Message(2, (1, 2), 1, 7.125, 9.125, 9.125))
    assert replayed.server_segments == (
        Segment(1, True, 1, 4.125, 4.375), Segment(1, False, 1, 4.875, 5.125), Segment(2, False, 1, 5.625, 5.875),
    )  # fmt: skip
    assert replayed.device_segments == (Segment(0, False, 1, 0, 0.125), Segment(3, True, 2, 9.125, 9.375))
    assert replayed.latency_s == 9.375
    assert replayed.energy_j == 4 * (0.125 + 1 + 1 + 0.25) + 2 * (2 + 4) + 1 * (9.375 - 2.375 - 6)
    # the other way round: the device misses rows of the tensors of two operators, each read by two
    swapped = replay(IntradpInstance.from_data(branching([SECOND, FIRST])), solution)
    assert swapped.uplink == replayed.uplink


def test_two_readers_of_what_the_device_misses() -> None:
    """o1 and o2 read o0's second row, which the server has: it is joined once, before o1, and o2 waits for nothing."""
    data = branching([SECOND, SECOND, SECOND])
    for i in (2, 3):
        data["operators"][i]["inputs"] = [{"from": "o0", "window": "all"}]
    solution = IntradpSolution(instance="branching", device_end=(2, 1, 2, 2, 2), server_begin=(2, 1, 2, 2, 2))
    replayed = replay(IntradpInstance.from_data(data), solution)
    # up 2 bytes until 2.125, joined until 2.375, o0 until 2.875, cut; down 1 byte until 5.125; o0 is at the output too
    assert replayed.device == (
        Execution(0, (0, 2), 0, 0), Execution(1, (0, 1), 0.125, 1.125), Execution(2, (0, 2), 5.25, 7.25),
        Execution(3, (0, 2), 7.25, 9.25), Execution(4, (0, 2), 9.25, 9.25),
    )  # fmt: skip
    assert replayed.device_segments == (Segment(0, False, 1, 0, 0.125), Segment(2, True, 1, 5.125, 5.25))
    assert replayed.energy_j == 4 * (0.125 + 1 + 0.125 + 4) + 2 * (1 + 2) + 1 * (9.25 - 5.25 - 3)


def test_the_uplink_is_a_queue() -> None:
    """Two tensors to the server: the second is ready before the first is there."""
    data = branching([SECOND, SECOND])
    data["operators"][2]["inputs"].append({"from": "o0", "window": "all"})
    solution = IntradpSolution(instance="branching", device_end=(2, 2, 1, 2), server_begin=(2, 2, 1, 2))
    replayed = replay(IntradpInstance.from_data(data), solution)
    assert replayed.uplink == (
        Message(0, (1, 2), 2, 0.125, 2.125, 2.125), Message(1, (0, 2), 2, 2.25, 4.25, 4.25),
    )  # fmt: skip
    assert replayed.server == (Execution(2, (1, 2), 4.75, 5.25),)
    assert replayed.server_segments[0] == Segment(2, True, 2, 4.25, 4.75)
    slow = IntradpInstance.from_data(data | {"link": {"uplink_bytes_per_s": 0.5, "downlink_bytes_per_s": 0.5}})
    late = replay(slow, solution)
    # The device cuts at 2.125 while the link is busy: alone from 3.25 to 8.125 and from 9.375 to 11.375.
    assert (late.latency_s, late.energy_j) == (11.5, 4 * (0.125 + 2 + 0.125 + 1 + 0.125) + 2 * (4.875 + 2) + 1.25)
    assert late.uplink == (
        Message(0, (1, 2), 2, 0.125, 4.125, 4.125), Message(1, (0, 2), 2, 4.125, 8.125, 8.125),
    )  # fmt: skip


VIOLATIONS: list[tuple[tuple[Change, ...], tuple[Rows, Rows], float | None, Broken]] = [
    ((put("deadline_s", value=LATENCY),), (None, None), LATENCY, []),
    ((put("deadline_s", value=12),), (None, None), LATENCY, [("deadline", "latency", 0.875)]),
    ((put("deadline_s", value=0), COSTS), (None, None), ENERGY, [("deadline", "latency", LATENCY)]),
    ((), ([4, 2, 1], None), None, [("device-length", "device_end", 1)]),
    ((), ([4, 2, 1, 2, 2, 2], [4, 1, 1]), None,
     [("device-length", "device_end", 2), ("server-length", "server_begin", 1)]),
    ((), (None, [4, 1, 1, 2, 2]), None, [("server-length", "server_begin", 1)]),
    ((), ([4, 6, 1, 2], None), None, [("rows", "operator x", 2)]),
    ((), ([4, 2, 1, 2], [4, 4, 2, 2]), None, [("rows", "operator x", 2), ("rows", "operator y", 1)]),
    ((), ([4, 7, 3, 2], [4, 7, 1, 2]), None, [("rows", "operator x", 3), ("rows", "operator y", 1)]),
    ((), ([3, 2, 1, 2], [1, 1, 1, 2]), None, [("input", "operator in", 4)]),
    ((), ([4, 2, 1, 1], [4, 1, 1, 0]), None, [("output", "operator out", 3)]),
    ((), ([4, 2, 1, 1], [3, 1, 1, 1]), None, [("input", "operator in", 1), ("output", "operator out", 2)]),
    ((), ([5, 2, 1, 2], [4, 1, 1, 2]), None, [("rows", "operator in", 1)]),
    ((SMALL,), (None, None), LATENCY, []),
    ((SMALL,), ([4, 2, 2, 2], [4, 1, 2, 2]), 16.875, [("transfers", "downlink of x", 8)]),
    ((SMALL,), ([4, 4, 1, 2], [4, 4, 1, 2]), 16.75, [("transfers", "uplink of x", 8)]),
    ((SMALL, put("operators", 1, "output_bytes", value=8)), ([4, 4, 1, 2], [4, 4, 1, 2]), 12.75, []),
]  # fmt: skip


@pytest.mark.parametrize(("changes", "rows", "objective", "broken"), VIOLATIONS)
def test_every_violation(
    changes: tuple[Change, ...], rows: tuple[Rows, Rows], objective: float | None, broken: Broken
) -> None:
    instance, solution = posed(*changes), plan(*rows)
    certificate = verify(instance, solution)
    assert certificate.objective == (None if objective is None else pytest.approx(objective, rel=1e-15))
    assert [(v.rule, v.where, v.amount) for v in certificate.violations] == broken
    if objective is None:
        with pytest.raises(InputError) as caught:
            replay(instance, solution)
        assert str(caught.value) == f"the plan cannot be executed: {certificate.violations[0]}"


@pytest.mark.parametrize("name", ["other", "a"])
def test_of_another_instance(name: str) -> None:
    certificate = verify(posed(), plan(instance=name))
    assert certificate.objective == LATENCY
    assert [(v.rule, v.where, v.amount) for v in certificate.violations] == [("instance-name", f"instance {name}", 1)]


def test_rules_are_told() -> None:
    assert set(RULES) == {"instance-name", *(rule for *_, broken in VIOLATIONS for rule, _, _ in broken)}
    assert all(RULES.values())


def test_what_a_replay_says_stays_so() -> None:
    replayed = replay(posed(), plan())
    for record in (replayed, replayed.device[0], replayed.uplink[0], replayed.device_segments[0]):
        assert not hasattr(record, "__dict__")
        with pytest.raises(FrozenInstanceError):
            setattr(record, fields(record)[0].name, 1)


@pytest.mark.parametrize(("off", "accepted"), [(0.9e-9, True), (1.1e-9, False)])
def test_a_deadline_holds_within_its_tolerance(off: float, accepted: bool) -> None:
    assert verify(posed(put("deadline_s", value=LATENCY / (1 + off))), plan()).accepted is accepted


def test_a_deadline_is_met_to_the_last_bit() -> None:
    """At (1 + 1e-9) times the deadline exactly: 4 + 4e-9 s of computing where 4 s are allowed."""
    data = branching([SECOND], deadline_s=4.0)
    data["operators"][1]["device"]["full_s"] = 4 * (1 + 1e-9)
    solution = IntradpSolution(instance="branching", device_end=(2, 2, 2), server_begin=(2, 2, 2))
    assert verify(IntradpInstance.from_data(data), solution).accepted


@pytest.mark.parametrize(
    ("kernel", "stride", "padding", "upsample", "rows", "needed"),
    [
        (3, 1, 1, 1, (0, 2), (0, 3)),
        (3, 1, 1, 1, (1, 4), (0, 5)),
        (3, 1, 1, 1, (9, 10), (8, 10)),
        (2, 2, 0, 1, (1, 3), (2, 6)),
        (3, 2, 1, 1, (2, 3), (3, 6)),
        (2, 1, 0, 2, (1, 2), (0, 2)),
        (2, 1, 0, 2, (2, 3), (1, 2)),
        (1, 1, 0, 3, (3, 7), (1, 3)),
        (4, 1, -4, 2, (0, 1), (2, 4)),
        (0, 1, 0, 1, (0, 1), None),
        (0, 1, 0, 1, (0, 2), (0, 1)),
        (-3, 1, 0, 1, (0, 3), None),
        (1, 1, 5, 1, (0, 3), None),
        (1, 1, -12, 1, (0, 3), None),
        (1, 1, -10, 1, (0, 1), None),
        (1, 1, -9, 1, (0, 1), (9, 10)),
        (99, 1, 50, 1, (3, 4), (0, 10)),
        (3, 1, 1, 1, (2, 2), None),
        (3, 1, 1, 1, (3, 2), None),
    ],
)
def test_windows(
    kernel: int, stride: int, padding: int, upsample: int, rows: tuple[int, int], needed: tuple[int, int] | None
) -> None:
    numbers = {"kernel": kernel, "stride": stride, "padding": padding, "upsample": upsample}
    edge = Input.model_validate({"from": "in", "window": numbers})
    assert needed_rows(edge, rows, 10) == needed
    everything = Input.model_validate({"from": "in", "window": "all"})
    assert needed_rows(everything, rows, 10) == ((0, 10) if rows[0] < rows[1] else None)


def test_energies_of_waits_that_are_much_longer() -> None:
    """Busy times are sums of durations: beside 10^12 s of waiting a difference would have lost the millionths."""
    data = copy.deepcopy(INSTANCE)
    data["link"]["latency_s"] = 1e12
    data["power_w"]["standby"] = data["power_w"]["communicate"] = 0
    replayed = replay(IntradpInstance.from_data(data), plan())
    assert replayed.latency_s > 2e12
    assert replayed.energy_j == 16


def test_rounding_makes_no_standby_less_than_nothing() -> None:
    """The busy times add up to 4e-16 s more than the latency: times 10^15 W that would be half a joule."""
    instance = posed(
        put("operators", 1, "device", value={"fixed_s": 0, "full_s": 0.4}),
        put("operators", 2, "device", value={"fixed_s": 0.8, "full_s": 1.7000000000000002}),
        put("power_w", "standby", value=1e15),
    )
    assert replay(instance, plan(*ALL_DEVICE)).energy_j == pytest.approx(2 * 0.4 + 4 * 0.8 + 2 * 0.9, rel=1e-12)
