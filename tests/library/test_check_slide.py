"""instances/check.py on a slide instance small enough to be followed by hand: each rule at its limit and beyond."""

from __future__ import annotations

import copy
import math

import pytest

from tests.library.referee import CHECK
from tests.mutations import Change, append, put
from tests.slide.hand import GENEROUS, INSTANCE, MULTICAST, USER, U, V, W, plan


def judged(changes: tuple[Change, ...], *served: tuple[str, str, float, float]) -> tuple[float | None, list[str]]:
    instance = copy.deepcopy(INSTANCE)
    for change in changes:
        change(instance)
    result: tuple[float | None, list[str]] = CHECK.referee(instance, plan(*served))
    return result


def rated(link: dict[str, float], band: float) -> float:
    return float(CHECK.rate(link, band))


def test_rates() -> None:
    assert rated({"spectral_efficiency": 2.5}, 4e6) == 1e7
    fixed = {"power_w": 3.0, "gain": 0.5, "noise_w_per_hz": 0.25}
    assert rated(fixed, 2.0) == pytest.approx(2 * math.log2(1 + 3), rel=1e-15)
    assert rated(fixed, 6.0) == pytest.approx(6 * math.log2(1 + 1), rel=1e-15)
    # of a wide band log2(1 + x) alone would keep no digit
    assert rated(fixed, 1e20) == pytest.approx(6 / math.log(2), rel=1e-12)
    assert rated(fixed, 0.0) == 0.0
    # beyond any number: 1e300 * 1e7 / 1e-3 over 1e-5 Hz
    strong = {"power_w": 1e200, "gain": 1e100, "noise_w_per_hz": 1e-7}
    assert rated(strong, 1e-5) == pytest.approx(1e-5 * (307 + 5) * math.log2(10), rel=1e-14)
    assert rated({"power_w": 1e100, "gain": 1e200, "noise_w_per_hz": 1e-7}, 1e-5) == rated(strong, 1e-5)


def test_blocks() -> None:
    for blocks, whole in (
        (1.0, True), (3.0, True), (1e9, True), (1 + 0.9e-9, True), (1 - 0.9e-9, True), (1 + 1.1e-9, False),
        (1 - 1.1e-9, False), (4 + 3.9e-9, True), (4 + 4.1e-9, False), (0.0, False), (1e-12, False), (0.5, False),
        (1.5, False), (math.inf, False), (1e308, True),
    ):  # fmt: skip
        assert CHECK.whole_blocks(blocks) is whole, blocks


@pytest.mark.parametrize(
    ("changes", "served", "value"),
    [
        ((), (), 0),
        ((), (U, V), 2),
        ((put("objective", value="weighted"),), (U, V), 3.25),
        ((put("objective", value="weighted"), put("users", 2, "weight", value=0.1)), (U, V, ("w", "a", 1e6, 1e9)),
         3.35),
        # the second layer is there 0.25 s after the first one is computed
        ((put("users", 2, "deadline_s", value=1.375),), (("w", "a", 2e6, 1e9),), 1),
        ((put("users", 0, "energy_j", value=0.75),), (U,), 1),
        ((put("bandwidth_hz", value=9e6),), (U, V), 2),
        ((put("cache_bits", value=5e6),), (U, V), 2),
        ((put("cache_bits", value=13e6),), (U, ("v", "b", 4e6, 1e8)), 2),
        ((put("resource_block_hz", value=1e6),), (U, V), 2),
        ((MULTICAST,), (("u", "a", 1e7, 1e9), ("v", "a", 1e7, 1e9)), 2),
        ((MULTICAST,), (("u", "a", 5e6, 1e9), ("v", "b", 5e6, 1e9)), 2),
        # the widest is what is sent, and the weakest link what all receive
        ((MULTICAST, put("bandwidth_hz", value=5e6)),
         (("u", "a", 5e6 * (1 - 0.9e-9), 1e9), ("v", "a", 5e6, 1e9)), 2),
        ((), (("w", "a", 5e6, 1e8),), 1),
        ((put("users", 2, "models", value=["b", "a"]),), (W,), 1),
    ],
)  # fmt: skip
def test_plans_at_the_limits_are_accepted(
    changes: tuple[Change, ...], served: tuple[tuple[str, str, float, float], ...], value: float
) -> None:
    assert judged(changes, *served) == (value, [])


@pytest.mark.parametrize(
    ("changes", "served", "value", "told"),
    [
        ((), (U, ("x", "a", 1e6, 1e9)), None, ["served[1]: there is no such user or model"]),
        ((), (("u", "c", 1e6, 1e9),), None, ["served[0]: there is no such user or model"]),
        ((), (W, W), 1, ["served[1]: w is served twice"]),
        ((), (("u", "b", 1e7, 1e9),), 1, ["u: does not accept b", "u: b is not accurate enough"]),
        ((put("users", 0, "deadline_s", value=0.8),), (U,), 1, ["u: 0.025 s after the deadline"]),
        ((put("users", 2, "deadline_s", value=1.25),), (("w", "a", 2e6, 1e9),), 1, ["w: 0.125 s after the deadline"]),
        ((put("users", 0, "deadline_s", value=0),), (U,), 1, ["u: 0.825 s after the deadline"]),
        ((put("users", 0, "deadline_s", value=0.5),), (("u", "a", 4e6, 1e9),), 1,
         ["u: 0.375 s after the deadline", "u: 0.0625 J above the limit"]),
        ((put("users", 0, "energy_j", value=0.5),), (U,), 1, ["u: 0.25 J above the limit"]),
        ((put("users", 0, "energy_j", value=0),), (U,), 1, ["u: 0.75 J above the limit"]),
        # a quarter of the energy for computing at half the frequency
        ((GENEROUS[0], put("users", 0, "energy_j", value=0.25)), (("u", "a", 5e6, 5e8),), 1,
         ["u: 0.125 J above the limit"]),
        ((put("bandwidth_hz", value=8e6),), (U, V), 2, ["bandwidth: 1e+06 Hz above the limit"]),
        ((put("cache_bits", value=4e6),), (U, V), 2, ["cache: 1e+06 bits above the limit"]),
        ((put("cache_bits", value=0),), (U, ("v", "b", 4e6, 1e8)), 2, ["cache: 1.3e+07 bits above the limit"]),
        ((put("resource_block_hz", value=2e6),), (U,), 1, ["u: 5000000.0 Hz is no whole number of resource blocks"]),
        ((MULTICAST,), (U, ("v", "a", 5.5e6, 1e9)), 2, ["u: has less bandwidth than others with a"]),
        ((MULTICAST,), (("u", "a", 1e7, 1e9), ("v", "b", 1e7, 1e9)), 2, ["bandwidth: 1e+07 Hz above the limit"]),
        # under unicast all is sent twice
        ((), (("u", "a", 1e7, 1e9), ("v", "a", 1e7, 1e9)), 2, ["bandwidth: 1e+07 Hz above the limit"]),
        ((MULTICAST, put("users", 0, "link", value={"spectral_efficiency": 0.05}),
          put("users", 0, "deadline_s", value=99), put("users", 0, "energy_j", value=None)),
         (("u", "a", 1e7, 1e9), ("v", "a", 1e7, 1e9)), 2,
         ["v: 9.3 s after the deadline"]),
        (GENEROUS, (("u", "a", 5e6, 5e7),), 1,
         ["u: a frequency of 5e+07 Hz is out of range", "u: 3.7 s after the deadline"]),
        (GENEROUS, (("u", "a", 5e6, 2e9),), 1, ["u: a frequency of 2e+09 Hz is out of range"]),
        ((), (("u", "a", 0, 1e9),), 1, ["u: without bandwidth or frequency nothing is done in time"]),
        ((), (("u", "a", 5e6, 0),), 1,
         ["u: a frequency of 0 Hz is out of range", "u: without bandwidth or frequency nothing is done in time"]),
        # who comes after one without bandwidth is looked at too
        ((put("users", 2, "deadline_s", value=0),), (("u", "a", 0, 1e9), W), 2,
         ["u: without bandwidth or frequency nothing is done in time", "w: 0.825 s after the deadline"]),
    ],
)  # fmt: skip
def test_plans_beyond_the_limits_are_rejected(
    changes: tuple[Change, ...], served: tuple[tuple[str, str, float, float], ...], value: float | None, told: list[str]
) -> None:
    assert judged(changes, *served) == (value, told)


@pytest.mark.parametrize("name", ["other", "a"])
def test_of_another_instance(name: str) -> None:
    told = [f"the solution is of the instance {name}"]
    assert CHECK.referee(INSTANCE, plan(U, instance=name)) == (1, told)


def test_limits_are_met_to_the_last_bit() -> None:
    """At (1 + tolerance) times a limit exactly."""
    above, below = 1 + 1e-9, 1 - 1e-9
    fast = put("users", 0, "frequency_hz", value=[1e8, 4e9])
    for changes, served in (
        (GENEROUS, [("u", "a", 5e6, 1e9 * above)]),
        (GENEROUS, [("u", "a", 5e6, 1e8 * below)]),
        ((*GENEROUS, fast), [("u", "a", 5e6, 4e9 * above)]),
        ((MULTICAST, *GENEROUS), [("u", "a", 5e6 * below, 1e9), ("v", "a", 5e6, 1e9)]),
        ((put("models", 0, "accuracy", value=0.5 * below),), [U]),
        ((put("bandwidth_hz", value=5e6),), [("w", "a", 5e6 * above, 1e9)]),
    ):
        assert judged(changes, *served)[1] == []


@pytest.mark.parametrize("off", [-1.1e-9, -0.9e-9, 0.9e-9, 1.1e-9])
def test_limits_hold_within_their_tolerance(off: float) -> None:
    within = abs(off) < 1e-9
    for change, used, served in (
        (put("users", 0, "deadline_s", value=0.825 / (1 + off)), 0.825, (U,)),
        (put("users", 0, "energy_j", value=0.75 / (1 + off)), 0.75, (U,)),
        (put("bandwidth_hz", value=9e6 / (1 + off)), 9e6, (U, V)),
        (put("cache_bits", value=5e6 / (1 + off)), 5e6, (U, V)),
        (put("users", 0, "min_accuracy", value=0.5 * (1 + off)), 0.5, (U,)),
    ):
        assert (judged((change,), *served)[1] == []) is (within or off < 0), used
    frequencies = GENEROUS
    assert (judged(frequencies, ("u", "a", 5e6, 1e9 * (1 + off)))[1] == []) is (within or off < 0)
    assert (judged(frequencies, ("u", "a", 5e6, 1e8 * (1 + off)))[1] == []) is (within or off > 0)
    narrower = ("u", "a", 5e6 * (1 - abs(off)), 1e9)
    assert (judged((MULTICAST, *GENEROUS), narrower, ("v", "a", 5e6, 1e9))[1] == []) is within


@pytest.mark.parametrize(
    ("changes", "served", "told"),
    [
        ((), (("u", "a", 1e308, 1e9), ("w", "a", 1.7e308, 1e9)), ["bandwidth: inf Hz above the limit"]),
        # where the limit with its tolerance overflows
        ((put("bandwidth_hz", value=1.7976931347e308), *(put("users", i, "link", value={"spectral_efficiency": 0.5})
          for i in range(3))), (("u", "a", 1.7976931347e308, 1e9), ("w", "a", 1e308, 1e9)),
         ["bandwidth: inf Hz above the limit"]),
        ((put("resource_block_hz", value=1e-5),), (("u", "a", 1e308, 1e9),),
         ["u: 1e+308 Hz is no whole number of resource blocks", "bandwidth: 1e+308 Hz above the limit"]),
        ((), (("u", "a", 5e6, 1e200),), ["u: a frequency of 1e+200 Hz is out of range", "u: inf J above the limit"]),
        ((put("users", 0, "frequency_hz", value=[1e8, 1e200]), put("users", 0, "energy_per_flop_hz2", value=0)),
         (("u", "a", 5e6, 1e200),), []),
        ((put("users", 0, "flop_per_cycle", value=0.01),), (("u", "a", 5e6, 5e-324),),
         ["u: a frequency of 4.94066e-324 Hz is out of range", "u: inf s after the deadline"]),
        ((), (("u", "a", 1e-300, 1e9),), ["u: 2.5e+306 s after the deadline", "u: 1.25e+306 J above the limit"]),
        ((put("users", 0, "link", "spectral_efficiency", value=0.5),), (("u", "a", 5e-324, 1e9),),
         ["u: without bandwidth or frequency nothing is done in time"]),
        # of a model without any work only the download takes time, at whatever speed
        ((put("users", 2, "min_accuracy", value=0), put("users", 2, "flop_per_cycle", value=0.01)),
         (("w", "b", 5e6, 5e-324),), ["w: a frequency of 4.94066e-324 Hz is out of range"]),
    ],
)  # fmt: skip
def test_extreme_numbers_are_judged(
    changes: tuple[Change, ...], served: tuple[tuple[str, str, float, float], ...], told: list[str]
) -> None:
    assert judged(changes, *served) == (len(served), told)


LARGE = 1.2e308


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ((put("models", 1, "name", value="a"),), "models[1]: 'a' stands there twice"),
        ((put("users", 2, "name", value="u"),), "users[2]: 'u' stands there twice"),
        ((put("resource_block_hz", value=1e7 / (2**53 + 2)),),
         "resource_block_hz: more than 2^53 blocks are in the band"),
        ((put("models", 0, "layers", 0, "bits", value=LARGE), put("models", 0, "layers", 1, "bits", value=LARGE)),
         "models[0].layers: the sum overflows; a finite number is needed"),
        ((put("models", 0, "layers", 0, "flop", value=LARGE), put("models", 0, "layers", 1, "flop", value=LARGE)),
         "models[0].layers: the sum overflows; a finite number is needed"),
        ((put("models", 0, "layers", 0, "bits", value=LARGE), put("models", 1, "layers", 0, "bits", value=LARGE)),
         "models: the sum overflows; a finite number is needed"),
        ((put("models", 0, "layers", 0, "flop", value=LARGE), put("models", 1, "layers", 0, "flop", value=LARGE)),
         "models: the sum overflows; a finite number is needed"),
        ((put("models", 1, "layers", 0, "bits", value=0),), "models[1].layers: has 0 bits in all"),
        ((put("users", 1, "frequency_hz", value=[1e9, 1e8]),),
         "users[1].frequency_hz: the least and the greatest frequency are needed, in this order"),
        ((put("users", 1, "frequency_hz", value=[1e9]),),
         "users[1].frequency_hz: the least and the greatest frequency are needed, in this order"),
        ((put("users", 1, "frequency_hz", value=[1e8, 1e9, 1e9]),),
         "users[1].frequency_hz: the least and the greatest frequency are needed, in this order"),
        ((put("users", 1, "models", value=["b", "c"]),), "users[1].models: there is no model 'c'"),
        ((put("users", 1, "models", value=["b", "b"]),), "users[1].models[1]: 'b' stands there twice"),
        ((put("users", 0, "link", "spectral_efficiency", value=1e302),),
         "users[0].link: the sum overflows; a finite number is needed"),
        ((put("users", 0, "link", "spectral_efficiency", value=1e-320), put("bandwidth_hz", value=1e-10)),
         "users[0].link: the rate is 0"),
        ((put("users", 1, "link", value={"power_w": 1e-200, "gain": 1e-200, "noise_w_per_hz": 1e-300}),),
         "users[1].link: the rate is 0"),
        ((put("users", 1, "link", value={"power_w": 1e200, "gain": 1e200, "noise_w_per_hz": 1e300}),),
         "users[1].link: the sum overflows; a finite number is needed"),
        ((put("users", 1, "link", value={"power_w": 1e200, "gain": 1, "noise_w_per_hz": 1e-300}),),
         "users[1].link: the sum overflows; a finite number is needed"),
        ((put("users", 1, "flop_per_cycle", value=1e300),),
         "users[1].flop_per_cycle: the sum overflows; a finite number is needed"),
        ((put("users", 1, "flop_per_cycle", value=1e-300), put("users", 1, "frequency_hz", value=[1e-50, 1e9])),
         "users[1].flop_per_cycle: times the frequency is 0"),
        ((put("users", 1, "weight", value=LARGE), put("users", 0, "weight", value=LARGE)),
         "users: the sum overflows; a finite number is needed"),
    ],
)  # fmt: skip
def test_what_is_no_instance(changes: tuple[Change, ...], told: str) -> None:
    with pytest.raises(CHECK.BadInputError) as caught:
        judged(changes)
    assert str(caught.value) == told


@pytest.mark.parametrize(
    "changes",
    [
        (put("resource_block_hz", value=1e7 / 2**53),),
        (put("models", 0, "layers", 0, "bits", value=0),),
        (put("users", 1, "frequency_hz", value=[1e8, 1e8]),),
        (put("users", 1, "frequency_hz", value=[1e-320, 1e9]),),
        (put("users", 1, "link", value={"power_w": 1e-20, "gain": 1e-20, "noise_w_per_hz": 1}),),
        (put("users", value=[]),),
    ],
)
def test_what_is_an_instance(changes: tuple[Change, ...]) -> None:
    assert judged(changes) == (0, [])


def test_more_users_than_are_served_are_no_matter() -> None:
    assert judged((append("users", {**USER, "name": "x"}),), U) == (1, [])
