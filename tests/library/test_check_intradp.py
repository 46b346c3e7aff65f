"""instances/check.py on intradp instances small enough to be followed by hand: each rule at its limit and beyond."""

from __future__ import annotations

import copy
import json
from pathlib import Path

import pytest

from tests.intradp.hand import ENERGY, EXPECTED, INSTANCE, LATENCY, PLAN, branching, window
from tests.library.referee import CHECK
from tests.mutations import Change, drop, put

LARGEST = 2**53
DATA = Path(__file__).parents[1] / "intradp" / "data"
COSTS = put("objective", value="energy")
NO_CUTS = (put("segment_s", value={}), put("link", "latency_s", value=0))


def judged(
    changes: tuple[Change, ...] = (), ends: list[int] | None = None, begins: list[int] | None = None
) -> tuple[float | None, list[str]]:
    instance, plan = copy.deepcopy(INSTANCE), copy.deepcopy(PLAN)
    for change in changes:
        change(instance)
    if ends is not None:
        plan["device_end"] = ends
    if begins is not None:
        plan["server_begin"] = begins
    result: tuple[float | None, list[str]] = CHECK.referee(instance, plan)
    return result


@pytest.mark.parametrize(
    ("changes", "ends", "begins", "value"),
    [
        ((), None, None, LATENCY),
        ((put("deadline_s", value=LATENCY),), None, None, LATENCY),
        ((COSTS,), None, None, ENERGY),
        # the defaults of powers, segments and overheads
        ((COSTS, put("power_w", "launch", value=None)), None, None, ENERGY - 2 * 2),
        ((COSTS, put("operators", 1, "device", "compute_w", value=None)), None, None, ENERGY - 2),
        ((COSTS, put("operators", 1, "device", "compute_w", value=0)), None, None, ENERGY - 6),
        (NO_CUTS, None, None, 8 + 0.25 + 0.125 + 0.75 + 1 + 1),
        ((*NO_CUTS, COSTS), None, None, 4 * 1.5 + 3 * 2 + 2 * 1 + 1 * (3.5 + 1) + 0.25 * (11.125 - 4.5 - 4.5)),
        # all on the device: nothing is partial, nothing is sent
        ((), [4, 4, 2, 2], [4, 4, 2, 2], 7),
        ((COSTS,), [4, 4, 2, 2], [4, 4, 2, 2], 4 * 1 + 3 * 4 + 2 * 2),
        ((put("transfers", value="small"),), None, None, LATENCY),
        # all on the server: input and y's two rows, 8 and 4 bytes
        ((), [4, 0, 0, 2], [4, 0, 0, 2], 8.25 + 0.5 + 0.125 + 1.25 + 1 + 0.125 + 2 + 0.5 + 0.25),
        ((COSTS,), [4, 0, 0, 2], [4, 0, 0, 2], 4 * 0.5 + 1 * 10 + 0.25 * (14 - 10.5)),
        # both compute all: nothing is missed on the device
        ((), [4, 4, 2, 2], [4, 0, 0, 2], 0.25 + 5 + 2),
        # every row of the window's source, whatever is computed
        ((put("operators", 2, "inputs", 0, "window", value="all"),), [4, 4, 2, 2], [4, 4, 1, 2], 0.25 + 5 + 2),
        # rows 2 and 3 of x for y's row 0, after an upsampling of 2 and a crop of 4
        ((window(2, kernel=4, padding=-4, upsample=2),), [4, 2, 1, 2], [4, 1, 1, 2],
         10 + 0.125 + 8 / 2 + 0.5 + 0.25 + 1 + 0.25),
        # all four rows of x go to the server, 16 bytes until 21.25, for its one row of y
        ((put("operators", 2, "inputs", 0, "window", value="all"),), [4, 4, 1, 2], [4, 4, 1, 2],
         21.75 + 0.125 + 1 + 0.125 + 1 + 0.5 + 0.25),
        # rows 0 and 1 of x for y's row 1: the device's row 0 after the input, 4 bytes from 8.25 on
        ((window(2, stride=1, upsample=2),), None, None, 12.75 + 0.125 + 1 + 0.125 + 1 + 0.5 + 0.25),
        # row 2 of x for y's row 0, of ceil(5 / 2); rows 2 and 3, of ceil(7 / 2)
        ((window(2, kernel=1, padding=-4, upsample=2),), None, None, 10 + 0.125 + 4 / 2 + 0.5 + 0.25 + 1 + 0.25),
        ((window(2, kernel=3, padding=-4, upsample=2),), None, None, 10 + 0.125 + 8 / 2 + 0.5 + 0.25 + 1 + 0.25),
        # the server waits for nothing: from 0 to 3.25 with its cut and its message, 3.75 with the link's latency
        ((window(1, kernel=-3), put("operators", 1, "device", "full_s", value=1)), None, None, 3.75 + 0.25),
        # a window that leaves the tensor on both sides, or needs nothing of it
        ((window(1, kernel=99, padding=50),), None, None, LATENCY),
        ((window(1, kernel=0),), None, None, LATENCY - 4),  # rows 0 and 1 are all that the server needs
        ((window(1, kernel=-3),), None, None, 3.5 + 1 + 0.25),
        # the server needs rows 1 and 2 of the input alone: row 1 of x through a window of 2 without padding
        ((window(1, kernel=2, padding=0),), [4, 4, 2, 2], [4, 3, 2, 2], 0.25 + 5 + 2),
    ],
)  # fmt: skip
def test_plans_are_worth_what_they_take(
    changes: tuple[Change, ...], ends: list[int] | None, begins: list[int] | None, value: float
) -> None:
    worth, broken = judged(changes, ends, begins)
    assert (worth, broken) == (pytest.approx(value, rel=1e-15), [])


@pytest.mark.parametrize(
    ("changes", "ends", "begins", "value", "told"),
    [
        ((put("deadline_s", value=12),), None, None, LATENCY, ["latency: 0.875 s above the deadline"]),
        ((put("deadline_s", value=0), COSTS), None, None, ENERGY, ["latency: 12.875 s above the deadline"]),
        ((), [4, 2, 1], None, None, ["device_end, server_begin: one entry for each of 4 operators is needed"]),
        ((), [4, 2, 1, 2, 2], None, None, ["device_end, server_begin: one entry for each of 4 operators is needed"]),
        ((), None, [4, 1, 1], None, ["device_end, server_begin: one entry for each of 4 operators is needed"]),
        ((), None, [4, 1, 1, 2, 2], None, ["device_end, server_begin: one entry for each of 4 operators is needed"]),
        ((), [4, 5, 3, 2], None, None,
         ["x: 0 <= server_begin <= device_end <= 4 is needed", "y: 0 <= server_begin <= device_end <= 2 is needed"]),
        ((), [4, 2, 1, 2], [4, 3, 1, 2], None, ["x: 0 <= server_begin <= device_end <= 4 is needed"]),
        ((), [3, 2, 1, 2], [3, 1, 1, 2], None, ["in: all its rows are on the device and none on the server"]),
        ((), [4, 2, 1, 2], [4, 1, 1, 1], None, ["out: all its rows are on the device and none on the server"]),
        ((), [4, 2, 1, 1], [3, 1, 1, 1], None,
         ["in: all its rows are on the device and none on the server",
          "out: all its rows are on the device and none on the server"]),
        # x, of 16 bytes, where the input has 8: to the device, and to the server
        ((put("transfers", value="small"),), [4, 2, 2, 2], [4, 1, 2, 2], 10 + 0.125 + 4 + 0.5 + 0.25 + 2,
         ["x: only tensors no larger than the input may be sent"]),
        ((put("transfers", value="small"),), [4, 4, 1, 2],
         [4, 4, 1, 2], 5 + 0.25 + 8 + 0.5 + 0.125 + 1 + 0.125 + 1 + 0.75,
         ["x: only tensors no larger than the input may be sent"]),
    ],
)  # fmt: skip
def test_plans_beyond_the_limits_are_rejected(
    changes: tuple[Change, ...], ends: list[int] | None, begins: list[int] | None, value: float | None, told: list[str]
) -> None:
    assert judged(changes, ends, begins) == (None if value is None else pytest.approx(value, rel=1e-15), told)


@pytest.mark.parametrize("name", ["other", "a"])
def test_of_another_instance(name: str) -> None:
    assert CHECK.referee(INSTANCE, PLAN | {"instance": name}) == (LATENCY, [f"the solution is of the instance {name}"])


@pytest.mark.parametrize(("off", "accepted"), [(0.9e-9, True), (1.1e-9, False)])
def test_a_deadline_holds_within_its_tolerance(off: float, accepted: bool) -> None:
    assert (judged((put("deadline_s", value=LATENCY / (1 + off)),))[1] == []) is accepted


@pytest.mark.parametrize("name", sorted(EXPECTED))
def test_the_contracts_examples(name: str) -> None:
    """With a skip, an upsampling and a global operator; latency and energy as they were worked out."""
    instance = json.loads((DATA / f"{name}.json").read_text())
    plan = json.loads((DATA / f"{name}.solution.json").read_text())
    latency, energy, _ = EXPECTED[name]
    assert CHECK.referee(instance | {"objective": "latency"}, plan) == (pytest.approx(latency, rel=1e-13), [])
    assert CHECK.referee(instance | {"objective": "energy"}, plan) == (pytest.approx(energy, rel=1e-12), [])


def test_messages_are_sent_once_and_joined_once() -> None:
    """Two operators on the server miss the same tensor: one message of all the rows that they miss."""
    first, second = {"kernel": 1, "stride": 1, "padding": 1}, {"kernel": 1, "stride": 1, "padding": 0}
    plan = {"kind": "intradp-solution", "instance": "branching"} | {
        "device_end": [2, 1, 1, 2],
        "server_begin": [2, 1, 1, 2],
    }
    # o0's row 1 needs row 0, o1's row 1 needs row 1: 4 bytes from 0.125 to 4.125. The server joins it before o0 alone,
    # and is done with o0 at 4.875; a cut, 1 byte until 7.125. It computes o1 until 5.625, a cut, and the queue is
    # free at 7.125: until 9.125. The device joins both messages.
    assert CHECK.referee(branching([first, second]), plan) == (9.125 + 2 * 0.125, [])
    # busy: cut, o0, o1, joins; the link alone from 2.125 to 4.125 and from 5.125 to 9.125
    energy = 4 * (0.125 + 1 + 1 + 0.25) + 2 * (2 + 4) + 1 * (9.375 - 2.375 - 6)
    assert CHECK.referee(branching([first, second], objective="energy"), plan) == (energy, [])
    # o0 reads nothing at all; o1 row 1: 2 bytes until 2.125, joined before o1, which ends at 2.875
    assert CHECK.referee(branching([{**first, "kernel": 0}, second]), plan) == (2.875 + 0.25 + 2 + 2 * 0.125, [])


def test_whose_rows_are_missed() -> None:
    """The output reads o0, which the device has, and then o1, half of which is the server's."""
    first, second = {"kernel": 1, "stride": 1, "padding": 1}, {"kernel": 1, "stride": 1, "padding": 0}
    plan = {
        "kind": "intradp-solution",
        "instance": "branching",
        "device_end": [2, 2, 1, 2],
        "server_begin": [2, 2, 1, 2],
    }
    assert CHECK.referee(branching([second, second]), plan) == (2.875 + 0.25 + 2 + 0.125, [])
    # o0 misses the second row of the input, o1 the first: one message of both
    plan |= {"device_end": [2, 1, 1, 2], "server_begin": [2, 1, 1, 2]}
    assert CHECK.referee(branching([second, first]), plan) == (9.375, [])


def test_two_readers_of_what_the_device_misses() -> None:
    """o1 and o2 read o0's second row, which the server has: it is joined once, before o1."""
    second = {"kernel": 1, "stride": 1, "padding": 0}
    data = branching([second, second, second], objective="energy")
    for i in (2, 3):
        data["operators"][i]["inputs"] = [{"from": "o0", "window": "all"}]
    plan = {"kind": "intradp-solution", "instance": "branching"} | {
        "device_end": [2, 1, 2, 2, 2],
        "server_begin": [2, 1, 2, 2, 2],
    }
    assert CHECK.referee(data, plan) == (4 * (0.125 + 1 + 0.125 + 4) + 2 * (1 + 2) + 1 * (9.25 - 5.25 - 3), [])
    assert CHECK.referee(data | {"objective": "latency"}, plan) == (9.25, [])


def test_the_uplink_is_a_queue() -> None:
    """Two tensors to the server, and the device cuts the second while the link is busy with the first."""
    second = {"kernel": 1, "stride": 1, "padding": 0}
    data = branching(
        [second, second], objective="energy", link={"uplink_bytes_per_s": 0.5, "downlink_bytes_per_s": 0.5}
    )
    data["operators"][2]["inputs"].append({"from": "o0", "window": "all"})
    plan = {
        "kind": "intradp-solution",
        "instance": "branching",
        "device_end": [2, 2, 1, 2],
        "server_begin": [2, 2, 1, 2],
    }
    assert CHECK.referee(data, plan) == (4 * (0.125 + 2 + 0.125 + 1 + 0.125) + 2 * (4.875 + 2) + 1.25, [])
    assert CHECK.referee(data | {"objective": "latency"}, plan) == (11.5, [])


def test_a_cut_while_the_link_is_busy() -> None:
    """Cuts count as busy, each from when the device is free and for its own time, whatever the server does."""
    nothing, second = {"kernel": -3, "stride": 1, "padding": 0}, {"kernel": 1, "stride": 1, "padding": 0}
    slow = {"uplink_bytes_per_s": 0.5, "downlink_bytes_per_s": 0.5}
    data = branching([nothing, second, second], objective="energy", link=slow)
    data["operators"][1]["server"] = {"fixed_s": 0, "full_s": 100}
    data["operators"][3]["inputs"].append({"from": "o1", "window": "all"})
    plan = {"kind": "intradp-solution", "instance": "branching"} | {
        "device_end": [2, 1, 2, 1, 2],
        "server_begin": [2, 1, 2, 1, 2],
    }
    # Uplink 0.125 to 4.125 and to 8.125; device: cut, o0, o1 until 3.125, a cut, o2 until 4.25. The server has o0's row
    # at 50 and o2's at 50.25 + 2 * 0.25 + 0.5, and cuts: downlink 50.25 to 52.25 and to 54.25; two joins.
    energy = 4 * (0.125 + 1 + 2 + 0.125 + 1 + 0.25) + 2 * (8.125 - 4.25 + 4) + 1 * (54.5 - 4.5 - 7.875)
    assert CHECK.referee(data, plan) == (pytest.approx(energy, rel=1e-15), [])
    # a device that does nothing after its cut, and a server whose cuts take longer
    worth, _ = judged((COSTS, put("segment_s", "server", value=0.5)), [4, 0, 0, 2], [4, 0, 0, 2])
    assert worth == 4 * 0.5 + 1 * 10 + 0.25 * (14 + 0.75 - 0.5 - 10)


def test_rounding_makes_no_standby_less_than_nothing() -> None:
    """Busy times that add up to more than the latency, by a rounding."""
    changes = (
        put("operators", 1, "device", value={"fixed_s": 0, "full_s": 0.6}),
        put("operators", 2, "device", value={"fixed_s": 0.7, "full_s": 1.5}),
        put("power_w", "standby", value=1e15), COSTS,
    )  # fmt: skip
    worth, _ = judged(changes, [4, 4, 2, 2], [4, 4, 2, 2])
    assert worth == pytest.approx(2 * 0.6 + 4 * 0.7 + 2 * 0.8, rel=1e-12)


def test_the_length_outside() -> None:
    outside = CHECK.length_outside
    assert outside([], [], 9) == 0
    assert outside([(1, 3), (2, 5)], [], 9) == 4
    assert outside([(1, 3), (4, 6)], [(2, 5)], 9) == 2
    assert outside([(1, 8)], [(2, 3), (4, 5)], 9) == 5
    assert outside([(1, 8)], [(0, 9)], 9) == 0
    assert outside([(1, 8)], [], 5) == 4
    assert outside([(6, 8)], [(0, 7)], 5) == 0
    assert outside([(2, 2)], [], 5) == 0
    assert outside([(1, 3)], [(0, 1), (3, 4)], 5) == 2
    assert outside([(0, 4)], [(1, 2), (1, 3)], 5) == 2
    assert outside([(0, 4)], [(0, 9)], 3) == 0


def overflowing(operator: int, **fields: float) -> tuple[Change, ...]:
    return tuple(put("operators", operator, *field.split("__"), value=value) for field, value in fields.items())


NO_POWER = (*(put("power_w", f, value=0) for f in INSTANCE["power_w"]), drop("operators", 1, "device", "compute_w"))
SUM = "the sum overflows; a finite number is needed"


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ((put("operators", 2, "name", value="x"),), "operators[2]: 'x' stands there twice"),
        ((put("operators", 1, "inputs", 0, "from", value="y"),),
         "operators[1].inputs[0].from: no operator 'y' is listed before"),
        ((put("operators", 1, "inputs", 0, "from", value="x"),),
         "operators[1].inputs[0].from: no operator 'x' is listed before"),
        ((put("operators", 0, "inputs", value=[{"from": "in", "window": "all"}]),),
         "operators[0].inputs[0].from: no operator 'in' is listed before"),
        ((window(1, stride=2**51, kernel=3),),
         f"operators[1].inputs[0].window: the sum is {LARGEST + 4}; at most 2^53 is possible"),
        ((window(2, kernel=-LARGEST),),
         f"operators[2].inputs[0].window: the sum is {LARGEST + 4}; at most 2^53 is possible"),
        ((window(2, padding=-LARGEST),),
         f"operators[2].inputs[0].window: the sum is {LARGEST + 6}; at most 2^53 is possible"),
        ((put("operators", 1, "device", "fixed_s", value=6),), "operators[1].device.fixed_s: is above full_s"),
        ((put("operators", 1, "server", "fixed_s", value=6),), "operators[1].server.fixed_s: is above full_s"),
        ((put("operators", 0, "device", value={"fixed_s": 0, "full_s": 1}),),
         "operators[0].device: the input and the output cost nothing"),
        ((put("operators", 3, "server", value={"fixed_s": 0, "full_s": 1}),),
         "operators[3].server: the input and the output cost nothing"),
        ((put("operators", 3, "server", value={"fixed_s": 0, "full_s": 0, "partial_s": 1}),),
         "operators[3].server: the input and the output cost nothing"),
        ((put("link", "uplink_bytes_per_s", value=5e-324),), "link.efficiency: no rate is left"),
        ((put("link", "downlink_bytes_per_s", value=5e-324),), "link.efficiency: no rate is left"),
        ((put("link", "downlink_bytes_per_s", value=1e-307),), f"operators: {SUM}"),
        ((put("link", "uplink_bytes_per_s", value=1e-307),), f"operators: {SUM}"),
        ((put("link", "latency_s", value=3e307),), f"operators: {SUM}"),
        ((put("segment_s", "device", value=3e307),), f"operators: {SUM}"),
        ((put("segment_s", "server", value=3e307),), f"operators: {SUM}"),
        (overflowing(1, device__full_s=1e308, server__full_s=1e308), f"operators: {SUM}"),
        (overflowing(1, device__partial_s=1e308, server__partial_s=1e308), f"operators: {SUM}"),
        (overflowing(1, device__full_s=1e308), f"operators: {SUM}"),
        ((put("link", "latency_s", value=1.5e307), put("segment_s", value={"device": 1.5e307})), f"operators: {SUM}"),
        (overflowing(2, device__full_s=8e307, device__partial_s=1.2e308), f"operators: {SUM}"),
        (overflowing(1, server__full_s=1e308), f"operators: {SUM}"),
        (overflowing(1, device__full_s=5e307), f"operators: {SUM}"),
        (overflowing(2, output_bytes=1e308), f"operators: {SUM}"),
        ((*overflowing(1, output_bytes=5e307), put("link", "uplink_bytes_per_s", value=4e307),
          put("link", "downlink_bytes_per_s", value=4e307)), f"operators: {SUM}"),
        *(((put("power_w", field, value=1e306),), f"power_w: {SUM}") for field in INSTANCE["power_w"]),
        ((put("operators", 1, "device", "compute_w", value=1e306),), f"power_w: {SUM}"),
    ],
)  # fmt: skip
def test_what_is_no_instance(changes: tuple[Change, ...], told: str) -> None:
    with pytest.raises(CHECK.BadInputError) as caught:
        judged(changes)
    assert str(caught.value) == told


@pytest.mark.parametrize(
    "changes",
    [
        (window(1, stride=2**51 - 1),),
        (window(2, kernel=4 - LARGEST),),
        (window(2, padding=6 - LARGEST),),
        (put("operators", 1, "device", "fixed_s", value=5),),
        (put("link", "downlink_bytes_per_s", value=1e-300),),
        (put("power_w", "compute", value=1e305),),
        (put("power_w", "compute", value=1.7e308 / 3 / 81.125),),
        (*NO_POWER, put("link", "latency_s", value=2e307)),
        (*NO_POWER, put("operators", 1, "output_bytes", value=8e306), put("link", "downlink_bytes_per_s", value=0.2)),
        (*NO_POWER, *overflowing(1, device__full_s=4e307)),
        (*overflowing(1, output_bytes=4e307), put("link", "uplink_bytes_per_s", value=4e307),
         put("link", "downlink_bytes_per_s", value=4e307)),
    ],
)  # fmt: skip
def test_what_is_an_instance(changes: tuple[Change, ...]) -> None:
    instance = copy.deepcopy(INSTANCE)
    for change in changes:
        change(instance)
    CHECK.intradp_instance(instance)
