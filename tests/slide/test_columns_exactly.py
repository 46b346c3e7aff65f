"""The judge of solutions in columns against numbers that can be followed by hand: rules, worst places, amounts."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from tests.mutations import Change, put
from tests.slide.hand import GENEROUS, MULTICAST, U, V, W
from tests.slide.test_verify_exactly import CASES, HUGE, Broken, Entry, posed, solution
from wnpopt.core.certificate import Certificate
from wnpopt.problems.slide.columnar.allocation import Allocation, allocation_of
from wnpopt.problems.slide.columnar.verify import verify_columns
from wnpopt.problems.slide.verify import TOLERANCE


def told(changes: tuple[Change, ...], *served: Entry) -> Certificate:
    columns = posed(*changes).columns
    return verify_columns(columns, allocation_of(columns, solution(*served)))


def place(where: str) -> int:
    return int(where.removeprefix("served[").partition("]")[0])


@pytest.mark.parametrize(("changes", "served", "objective", "broken"), [case for case in CASES if case[2] is not None])
def test_the_worst_of_each_rule(
    changes: tuple[Change, ...], served: tuple[Entry, ...], objective: float, broken: Broken
) -> None:
    """What the judge of documents says of every place, here of the worst one and with their number."""
    certificate = told(changes, *served)
    assert certificate.objective == objective
    rules: dict[str, Broken] = {}
    for entry in broken:
        rules.setdefault(entry[0], []).append(entry)
    assert {violation.rule for violation in certificate.violations} == set(rules)
    for violation in certificate.violations:
        entries = rules[violation.rule]
        assert violation.amount == pytest.approx(max(amount for *_, amount in entries), rel=1e-9, abs=0)
        if violation.rule in ("total-bandwidth", "cache"):
            assert violation.where == "served"
        else:
            worst = [where for _, where, amount in entries if amount == max(amount for *_, amount in entries)]
            assert place(violation.where) == place(worst[0])
            assert violation.where.endswith(f"] (and {len(entries) - 1} more)")


def indexed(*rows: tuple[int, int, float, float]) -> Allocation:
    user, model, width, frequency = zip(*rows, strict=True)
    return Allocation(
        np.array(user, np.int64), np.array(model, np.int64), np.array(width, float), np.array(frequency, float)
    )


def rules(certificate: Certificate) -> list[tuple[str, str, float]]:
    return [(v.rule, v.where, v.amount) for v in certificate.violations]


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ([(0, 0), (-1, 0)], [("user-unknown", "served[1] (and 0 more)", 1.0)]),
        ([(3, 0), (1, 0), (7, 0)], [("user-unknown", "served[0] (and 1 more)", 1.0)]),
        ([(2, 0), (0, 0), (2, 1), (1, 0)], [("user-twice", "served[0] (and 1 more)", 1.0)]),
        ([(0, 0), (1, -1)], [("model-unknown", "served[1] (and 0 more)", 1.0)]),
        ([(0, 2)], [("model-unknown", "served[0] (and 0 more)", 1.0)]),
        (
            [(0, 0), (0, 5)],
            [("user-twice", "served[0] (and 1 more)", 1.0), ("model-unknown", "served[1] (and 0 more)", 1.0)],
        ),
        (
            [(9, 9), (9, 9)],
            [("user-unknown", "served[0] (and 1 more)", 1.0), ("model-unknown", "served[0] (and 1 more)", 1.0)],
        ),
    ],
)
def test_who_is_not_there(rows: list[tuple[int, int]], expected: list[tuple[str, str, float]]) -> None:
    """There is no value then, and nothing else is looked at."""
    certificate = verify_columns(posed().columns, indexed(*((u, m, 0.0, 0.0) for u, m in rows)))
    assert certificate.objective is None
    assert rules(certificate) == expected


def test_the_ends_of_the_numbers_of_users_and_models() -> None:
    last = indexed((2, 0, 5e6, 1e9), (0, 0, 4.9e6, 1e9))
    certificate = verify_columns(posed(*GENEROUS).columns, last)
    assert (certificate.objective, certificate.accepted) == (2, True)
    other = verify_columns(posed(put("users", 2, "min_accuracy", value=0)).columns, indexed((2, 1, 5e6, 1e9)))
    assert (other.objective, other.accepted) == (1, True)


def test_the_worst_place_is_told_and_how_many_there_are() -> None:
    wide = put("bandwidth_hz", value=2e7)
    everyone = tuple(put("users", i, "models", value=["b"]) for i in range(3))
    assert rules(told((wide, *everyone), W, U, V)) == [("model-choice", "served[0] (and 2 more)", 1.0)]
    accurate = (
        put("users", 0, "min_accuracy", value=0.75), put("users", 1, "min_accuracy", value=1),
        put("users", 2, "min_accuracy", value=0.5),
    )  # fmt: skip
    assert rules(told((wide, *accurate), W, V, U)) == [("accuracy", "served[1] (and 1 more)", 0.5)]
    assert rules(told(accurate, U, V, W)) == [
        ("accuracy", "served[1] (and 1 more)", 0.5), ("total-bandwidth", "served", 4e6),
    ]  # fmt: skip
    late = tuple(put("users", i, "deadline_s", value=0.5 - i / 4) for i in range(3))
    times = told(late, U, ("w", "a", 4e6, 1e9))
    assert [(v.rule, v.where) for v in times.violations] == [("deadline", "served[1] (and 1 more)")]
    assert times.violations[0].amount == pytest.approx(0.25 + 0.5 + 0.125)
    blocks = (put("resource_block_hz", value=2e6), *GENEROUS)
    assert rules(told(blocks, ("u", "a", 5.25e6, 1e9), ("w", "a", 1.25e6, 1e9), ("v", "b", 3.5e6, 1e9)))[0] == (
        "resource-block", "served[0] (and 2 more)", 0.75e6,
    )  # fmt: skip
    shared = told((MULTICAST, *GENEROUS), ("u", "a", 4e6, 1e9), ("v", "a", 5e6, 1e9), ("w", "a", 3e6, 1e9))
    assert rules(shared)[-1] == ("multicast-bandwidth", "served[2] (and 1 more)", 2e6)
    high = told(GENEROUS, ("u", "a", 5e6, 0.5e8), ("w", "a", 5e6, 3e9))
    assert rules(high)[0] == ("frequency", "served[1] (and 1 more)", 2e9)


def test_limits_are_met_to_the_last_bit() -> None:
    beyond, below = 1 + TOLERANCE, 1 - TOLERANCE
    for frequency, within in (
        (1e9 * beyond, True), (math.nextafter(1e9 * beyond, 2e9), False),
        (1e8 * below, True), (math.nextafter(1e8 * below, 0), False),
    ):  # fmt: skip
        assert told(GENEROUS, ("u", "a", 5e6, frequency)).accepted is within
    band = (put("bandwidth_hz", value=5e6),)
    assert told(band, ("w", "a", 5e6 * beyond, 1e9)).accepted
    assert not told(band, ("w", "a", math.nextafter(5e6 * beyond, 6e6), 1e9)).accepted
    for accuracy, within in ((0.5 * below, True), (math.nextafter(0.5 * below, 0), False)):
        assert told((put("models", 0, "accuracy", value=accuracy),), U).accepted is within
    wide = ("v", "a", 5e6, 1e9)
    assert told((MULTICAST, *GENEROUS), ("u", "a", 5e6 * below, 1e9), wide).accepted
    for bits, within in ((8e6 * beyond, True), (math.nextafter(8e6 * beyond, 9e6), False)):
        full = (put("models", 1, "layers", 0, "bits", value=bits), put("cache_bits", value=8e6))
        assert told(full, ("v", "b", 9e6, 1e9)).accepted is within
    # Receiving takes all of the time and of the energy.
    receiving = (
        put("users", 0, "models", value=["b"]), put("users", 0, "min_accuracy", value=0),
        put("users", 0, "link", value={"spectral_efficiency": 1}), put("users", 0, "receive_w", value=1),
        put("users", 0, "energy_per_flop_hz2", value=0),
    )  # fmt: skip
    for field, other in (("deadline_s", "energy_j"), ("energy_j", "deadline_s")):
        limited = (*receiving, put("users", 0, field, value=1), put("users", 0, other, value=9))
        for bits, within in ((1 + TOLERANCE, True), (math.nextafter(1 + TOLERANCE, 2), False)):
            certificate = told((*limited, put("models", 1, "layers", 0, "bits", value=bits)), ("u", "b", 1.0, 1e9))
            assert certificate.accepted is within
    # A limit of 0 is exact, and none at all is kept by whatever is spent.
    nothing = (*receiving, put("users", 0, "deadline_s", value=9))
    for limit, watts, accepted in ((0, 0, True), (0, 5e-324, False), (None, 1e308, True), (HUGE, 1e308, False)):
        changes = (*nothing, put("users", 0, "energy_j", value=limit), put("users", 0, "receive_w", value=watts))
        certificate = told(changes, ("u", "b", 4e6, 1e9))
        assert certificate.accepted is accepted, (limit, watts)
    assert rules(told((*nothing, put("users", 0, "energy_j", value=0), put("users", 0, "receive_w", value=5e-324)),
                      ("u", "b", 4e6, 1e9))) == [("energy", "served[0] (and 0 more)", 1e-300)]  # fmt: skip


def test_rates_of_fixed_powers() -> None:
    """v sends 2^26 W/Hz: over as many Hz log2(1 + 1) bits a second and Hz, and over next to none more and more."""

    def in_time(width: float, deadline: float, link: dict[str, Any]) -> bool:
        changes = (
            put("users", 1, "link", value=link), put("users", 1, "deadline_s", value=deadline),
            put("users", 1, "energy_j", value=None), put("bandwidth_hz", value=1e30),
            put("users", 1, "models", value=["b"]),
        )  # fmt: skip
        return told(changes, ("v", "b", width, 1e9)).accepted

    for width, link, rate in (
        (4e6, {"spectral_efficiency": 2.5}, 1e7),
        (2.0, {"power_w": 3.0, "gain": 0.5, "noise_w_per_hz": 0.25}, 4.0),
        (6.0, {"power_w": 3.0, "gain": 0.5, "noise_w_per_hz": 0.25}, 6.0),
        (1e20, {"power_w": 3.0, "gain": 0.5, "noise_w_per_hz": 0.25}, 6 / math.log(2)),
        (1e-5, {"power_w": 1e200, "gain": 1e100, "noise_w_per_hz": 1e-7}, 1e-5 * 312 * math.log2(10)),
    ):
        assert in_time(width, 8e6 / rate * (1 + 1e-8), link)
        assert not in_time(width, 8e6 / rate * (1 - 1e-8), link)


def test_weights_and_counts_are_values() -> None:
    weighted = (put("objective", value="weighted"),)
    assert [told(weighted, *served).objective for served in ((), (U,), (V,), (U, V))] == [0, 3, 0.25, 3.25]
    assert [told((), *served).objective for served in ((), (U,), (U, V))] == [0, 1, 2]
    assert isinstance(told((), U).objective, float)


def test_a_caller_that_raises_on_overflow() -> None:
    with np.errstate(all="raise"):
        assert not told((), ("w", "a", 5e-324, 1e9)).accepted


def judged(row: tuple[int, int, float, float], *changes: Change) -> list[tuple[str, str, float]]:
    return rules(verify_columns(posed(*changes).columns, indexed(row)))


def test_numbers_that_no_document_holds() -> None:
    """Arrays may come from anywhere."""
    nothing = [("bandwidth", "served[0] (and 0 more)", 1.0), ("deadline", "served[0] (and 0 more)", 1e308)]
    assert judged((0, 0, -5e6, 1e9)) == judged((0, 0, 0.0, 1e9)) == nothing
    assert judged((1, 0, 0.0, 1e9)) == nothing
    assert judged((0, 0, 0.0, 1e9), MULTICAST) == judged((1, 0, 0.0, 1e9), MULTICAST) == nothing
    assert [rule for rule, *_ in judged((0, 0, math.nan, 1e9))] == ["bandwidth", "deadline", "total-bandwidth"]
    for frequency in (-1e12, 0.0, math.nan):
        assert [rule for rule, *_ in judged((0, 0, 0.25, frequency))] == ["frequency"]


def test_each_is_judged_by_its_own_model() -> None:
    """In b w would be in time: 0.8 s."""
    late = put("users", 2, "deadline_s", value=0.81)
    quick = ("v", "b", 5e6, 1e9)
    for served, at in (((W, quick), 0), ((quick, W), 1)):
        (violation,) = told((late, put("users", 1, "deadline_s", value=9)), *served).violations
        assert (violation.rule, violation.where) == ("deadline", f"served[{at}] (and 0 more)")
        assert violation.amount == pytest.approx(0.015)


def test_a_layer_of_one_operation_takes_time_too() -> None:
    slow = (
        put("users", 2, "flop_per_cycle", value=1e-8), put("users", 2, "min_accuracy", value=0),
        put("models", 1, "layers", 0, "flop", value=1),
    )  # fmt: skip
    for deadline, accepted in ((0.91, True), (0.89, False)):
        assert told((*slow, put("users", 2, "deadline_s", value=deadline)), ("w", "b", 5e6, 1e9)).accepted is accepted


@pytest.mark.parametrize("blocks", [1, 5, 1e6])
def test_blocks_are_whole_within_their_tolerance(blocks: float) -> None:
    band = (put("resource_block_hz", value=1e6), put("bandwidth_hz", value=1e13), *GENEROUS)
    for off in (-1.1e-9, -0.9e-9, 0.9e-9, 1.1e-9):
        certificate = told(band, ("w", "a", 1e6 * blocks * (1 + off), 1e9))
        assert certificate.accepted is (abs(off) < 1e-9)
