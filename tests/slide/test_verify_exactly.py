"""The verifier on an instance that can be followed by hand: every violation's rule, place and amount, to the digit."""

from __future__ import annotations

import copy
import math
from typing import Any

import numpy as np
import pytest

from tests.mutations import Change, put
from tests.slide.hand import GENEROUS, INSTANCE, MULTICAST, U, V, W, plan
from wnpopt.core.certificate import Certificate
from wnpopt.problems.slide import verify as file
from wnpopt.problems.slide.columnar.allocation import allocation_of
from wnpopt.problems.slide.columnar.verify import verify_columns
from wnpopt.problems.slide.instance import SlideInstance, User
from wnpopt.problems.slide.solution import SlideSolution

Entry = tuple[str, str, float, float]
Broken = list[tuple[str, str, float]]


def posed(*changes: Change) -> SlideInstance:
    data = copy.deepcopy(INSTANCE)
    for change in changes:
        change(data)
    return SlideInstance.from_data(data)


def solution(*served: Entry, instance: str = "hand") -> SlideSolution:
    return SlideSolution.from_data(plan(*served, instance=instance))


def judged(certificate: Certificate) -> tuple[float | None, Broken]:
    return certificate.objective, [(v.rule, v.where, v.amount) for v in certificate.violations]


WEAK = (
    MULTICAST, put("users", 0, "link", value={"spectral_efficiency": 0.05}), put("users", 0, "deadline_s", value=99),
    put("users", 0, "energy_j", value=None),
)  # fmt: skip
HUGE = 1.7976931347e308
CASES: list[tuple[tuple[Change, ...], tuple[Entry, ...], float | None, Broken]] = [
    ((), (), 0, []),
    ((), (U, V), 2, []),
    ((put("objective", value="weighted"),), (U, V), 3.25, []),
    # unknown or twice: there is no value; who comes after is judged
    ((), (("x", "a", 1e6, 1e9), U, U, W, ("w", "a", 1e6, 1e9)), None,
     [("user-unknown", "served[0].user = x", 1), ("user-twice", "served[2].user = u", 1),
      ("user-twice", "served[4].user = w", 1)]),
    ((), (("x", "a", 1e6, 1e9), ("u", "a", 0, 1e9)), None,
     [("user-unknown", "served[0].user = x", 1), ("bandwidth", "served[1].bandwidth_hz", 1),
      ("deadline", "served[1] (u)", 1e308)]),
    ((), (W, W, ("u", "a", 0, 1e9)), None,
     [("user-twice", "served[1].user = w", 1), ("bandwidth", "served[2].bandwidth_hz", 1),
      ("deadline", "served[2] (u)", 1e308)]),
    ((), (("w", "c", 1e6, 1e9), ("v", "a", 0, 1e9)), None,
     [("model-unknown", "served[0].model = c", 1), ("bandwidth", "served[1].bandwidth_hz", 1),
      ("deadline", "served[1] (v)", 1e308)]),
    # the user's choice
    ((), (("u", "b", 4e6, 1e8),), 1,
     [("model-choice", "served[0].model = b", 1), ("accuracy", "served[0].model = b", 0.25),
      ("deadline", "served[0] (u)", 1 - 0.825)]),
    ((put("users", 0, "models", value=["b"]),), (U,), 1, [("model-choice", "served[0].model = a", 1)]),
    ((put("users", 0, "models", value=None), put("users", 0, "min_accuracy", value=0.75)), (U,), 1,
     [("accuracy", "served[0].model = a", 0.25)]),
    # the device
    ((put("users", 2, "deadline_s", value=1.375),), (("w", "a", 2e6, 1e9),), 1, []),
    ((put("users", 2, "deadline_s", value=1.25),), (("w", "a", 2e6, 1e9),), 1, [("deadline", "served[0] (w)", 0.125)]),
    ((put("users", 0, "deadline_s", value=0),), (U,), 1, [("deadline", "served[0] (u)", 0.825)]),
    ((put("users", 0, "energy_j", value=0.5),), (V, U), 2, [("energy", "served[1] (u)", 0.25)]),
    ((put("users", 0, "energy_j", value=0),), (U,), 1, [("energy", "served[0] (u)", 0.75)]),
    ((GENEROUS[0], put("users", 0, "energy_j", value=0.25)), (("u", "a", 5e6, 5e8),), 1,
     [("energy", "served[0] (u)", 0.125)]),
    (GENEROUS, (("u", "a", 5e6, 5e7),), 1,
     [("frequency", "served[0].frequency_hz", 5e7), ("deadline", "served[0] (u)", 3.7)]),
    (GENEROUS, (("u", "a", 5e6, 1.5e9),), 1, [("frequency", "served[0].frequency_hz", 5e8)]),
    ((), (("u", "a", 5e6, 0),), 1, [("frequency", "served[0].frequency_hz", 1e8)]),
    ((put("users", 2, "frequency_hz", value=[0.75, 1e9]), put("users", 2, "flop_per_cycle", value=1e10)),
     (("w", "a", 5e6, 0.75),), 1, []),
    ((), (("u", "a", 5e6, 0.5), ("w", "a", 0.5, 1e9)), 2,
     [("frequency", "served[0].frequency_hz", 1e8 - 0.5),
      ("deadline", "served[0] (u)", 0.2 + 1.25e9 - 0.825), ("deadline", "served[1] (w)", 5e6 + 0.125 - 9)]),
    ((), (("u", "a", 0, 1e9), ("w", "a", 0.25, 1e9)), 2,
     [("bandwidth", "served[0].bandwidth_hz", 1), ("deadline", "served[0] (u)", 1e308),
      ("deadline", "served[1] (w)", 1e7 + 0.125 - 9)]),
    # bandwidths
    ((put("bandwidth_hz", value=9e6),), (U, V), 2, []),
    ((put("bandwidth_hz", value=8e6),), (U, V), 2, [("total-bandwidth", "served", 1e6)]),
    ((MULTICAST, put("bandwidth_hz", value=5.5e6)), (U, ("v", "a", 5.5e6, 1e9)), 2,
     [("multicast-bandwidth", "served[0].bandwidth_hz", 5e5)]),
    ((MULTICAST, *GENEROUS), (("u", "a", 1e7, 1e9), ("v", "a", 1e7, 1e9), ("w", "a", 1e7, 1e9)), 3, []),
    ((MULTICAST, *GENEROUS), (("u", "a", 1e7, 1e9), ("v", "b", 1e7, 1e9)), 2, [("total-bandwidth", "served", 1e7)]),
    ((MULTICAST,), (("u", "a", 5e6, 1e9), ("v", "b", 5e6, 1e9)), 2, []),
    # v receives at the rate of u's weak link: 5e5 bit/s; 4 s, then 6 s more for the second layer
    (WEAK, (("u", "a", 1e7, 1e9), ("v", "a", 1e7, 1e9)), 2, [("deadline", "served[1] (v)", 10.125 - 0.825)]),
    (WEAK, (("v", "a", 1e7, 1e9), ("u", "a", 1e7, 1e9)), 2, [("deadline", "served[0] (v)", 10.125 - 0.825)]),
    ((put("resource_block_hz", value=1e6),), (U, V), 2, []),
    ((put("resource_block_hz", value=2e6),), (("w", "a", 2e6, 1e9), ("v", "b", 4e6, 1e9), U), 3,
     [("resource-block", "served[2].bandwidth_hz", 1e6), ("total-bandwidth", "served", 1e6)]),
    ((put("resource_block_hz", value=1e6),), (("w", "a", 1.75e6, 1e9),), 1,
     [("resource-block", "served[0].bandwidth_hz", 2.5e5)]),
    # some bandwidth is one block at least
    ((put("resource_block_hz", value=8e6),), (("w", "a", 2e6, 1e9),), 1,
     [("resource-block", "served[0].bandwidth_hz", 6e6)]),
    # cache
    ((put("cache_bits", value=5e6),), (U, V), 2, []),
    ((put("cache_bits", value=4e6),), (U, V), 2, [("cache", "served", 1e6)]),
    ((put("cache_bits", value=0),), (U, ("v", "b", 4e6, 1e8)), 2, [("cache", "served", 1.3e7)]),
    ((put("cache_bits", value=13e6),), (U, ("v", "b", 4e6, 1e8)), 2, []),
    # numbers beyond any number
    ((), (("w", "a", 1e308, 1e9), ("u", "a", 1.7e308, 1e9)), 2, [("total-bandwidth", "served", 1e308)]),
    ((put("bandwidth_hz", value=HUGE),
      *(put("users", i, "link", value={"spectral_efficiency": 0.5}) for i in range(3))),
     (("u", "a", HUGE, 1e9), ("w", "a", 1e308, 1e9)), 2, [("total-bandwidth", "served", 1e308)]),
    ((put("resource_block_hz", value=1e-5),), (("w", "a", 1e308, 1e9),), 1,
     [("resource-block", "served[0].bandwidth_hz", 1e308), ("total-bandwidth", "served", 1e308)]),
    (GENEROUS, (("u", "a", 5e6, 1e200),), 1,
     [("frequency", "served[0].frequency_hz", 1e200), ("energy", "served[0] (u)", 1e308)]),
    ((put("users", 2, "flop_per_cycle", value=0.01),), (("w", "a", 5e6, 5e-324),), 1,
     [("frequency", "served[0].frequency_hz", 1e8), ("deadline", "served[0] (w)", 1e308)]),
    # without any work only the download takes time
    ((put("users", 2, "flop_per_cycle", value=0.01), put("users", 2, "min_accuracy", value=0)),
     (("w", "b", 5e6, 5e-324),), 1, [("frequency", "served[0].frequency_hz", 1e8)]),
    ((put("users", 2, "link", value={"spectral_efficiency": 0.5}),), (("w", "a", 5e-324, 1e9),), 1,
     [("deadline", "served[0] (w)", 1e308)]),
    ((put("users", 2, "deadline_s", value=HUGE),), (("w", "a", 1e-302, 1e9),), 1,
     [("deadline", "served[0] (w)", 1e308)]),
    ((put("users", 0, "deadline_s", value=HUGE), put("users", 0, "energy_j", value=HUGE),
      put("users", 0, "receive_w", value=1e10)), (("u", "a", 1e-300, 1e9),), 1, [("energy", "served[0] (u)", 1e308)]),
]  # fmt: skip


@pytest.mark.parametrize(("changes", "served", "objective", "broken"), CASES)
def test_every_violation(
    changes: tuple[Change, ...], served: tuple[Entry, ...], objective: float | None, broken: Broken
) -> None:
    instance, answer = posed(*changes), solution(*served)
    worth, told = judged(file.verify(instance, answer))
    assert worth == objective
    assert [entry[:2] for entry in told] == [entry[:2] for entry in broken]
    for (_, _, amount), (_, _, expected) in zip(told, broken, strict=True):
        assert amount == pytest.approx(expected, rel=1e-9, abs=0)


@pytest.mark.parametrize(("changes", "served", "objective", "broken"), CASES)
def test_arrays_say_the_same(
    changes: tuple[Change, ...],
    served: tuple[Entry, ...],
    objective: float | None,
    broken: Broken,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Of many users arrays tell who is in order: no more, and no fewer, than looked at one by one."""
    instance, answer = posed(*changes), solution(*served)
    one_by_one = file.verify(instance, answer)
    monkeypatch.setattr(file, "_MANY", 1)
    assert file.verify(instance, answer) == one_by_one
    if objective is None:
        return
    users, models = {u.name: u for u in instance.users}, {m.name: m for m in instance.models}
    known = [(i, users[s.user], models[s.model], s) for i, s in enumerate(answer.served)]
    rates = file.transmission_rates(instance, [entry[1:] for entry in known])
    wrong = {where for rule, where, _ in broken if rule in ("bandwidth", "frequency", "deadline", "energy")}
    right = [
        f"served[{i}].bandwidth_hz" not in wrong
        and f"served[{i}].frequency_hz" not in wrong
        and f"served[{i}] ({user.name})" not in wrong
        for i, user, _, _ in known
    ]
    assert file._devices_pass(known, rates) == right
    columns = verify_columns(instance.columns, allocation_of(instance.columns, answer))
    assert columns.objective == objective
    assert {v.rule for v in columns.violations} == {rule for rule, _, _ in broken}


@pytest.mark.parametrize("name", ["other", "a"])
def test_of_another_instance(name: str) -> None:
    told = judged(file.verify(posed(), solution(U, instance=name)))
    assert told == (1, [("instance-name", f"instance {name}", 1)])


@pytest.mark.parametrize("many", [1, 1000])
@pytest.mark.parametrize("off", [-1.1e-9, -0.9e-9, 0.9e-9, 1.1e-9])
def test_limits_hold_within_their_tolerance(off: float, many: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(file, "_MANY", many)

    def accepted(changes: tuple[Change, ...], *served: Entry) -> bool:
        instance = posed(*changes)
        answer = file.verify(instance, solution(*served)).accepted
        columns = instance.columns
        assert verify_columns(columns, allocation_of(columns, solution(*served))).accepted is answer
        return answer

    within = abs(off) < 1e-9
    for change, served in (
        (put("users", 0, "deadline_s", value=0.825 / (1 + off)), (U,)),
        (put("users", 0, "energy_j", value=0.75 / (1 + off)), (U,)),
        (put("bandwidth_hz", value=9e6 / (1 + off)), (U, V)),
        (put("cache_bits", value=5e6 / (1 + off)), (U, V)),
        (put("users", 0, "min_accuracy", value=0.5 * (1 + off)), (U,)),
    ):
        assert accepted((change,), *served) is (within or off < 0)
    assert accepted(GENEROUS, ("u", "a", 5e6, 1e9 * (1 + off))) is (within or off < 0)
    assert accepted(GENEROUS, ("u", "a", 5e6, 1e8 * (1 + off))) is (within or off > 0)
    narrower = ("u", "a", 5e6 * (1 - abs(off)), 1e9)
    assert accepted((MULTICAST, *GENEROUS), narrower, ("v", "a", 5e6, 1e9)) is within
    block = (put("resource_block_hz", value=1e6), *GENEROUS)
    assert accepted(block, ("u", "a", 5e6 * (1 + off), 1e9)) is within
    assert accepted(block, ("w", "a", 1e6 * (1 + off), 1e9)) is within


def test_limits_are_met_to_the_last_bit() -> None:
    """At (1 + tolerance) times a limit exactly, and at the limit itself where it is 0."""
    beyond, below = 1 + file.TOLERANCE, 1 - file.TOLERANCE
    for frequency in (1e9 * beyond, 1e8 * below):
        assert file.verify(posed(*GENEROUS), solution(("u", "a", 5e6, frequency))).accepted
        known = [(0, posed(*GENEROUS).users[0], posed().models[0], solution(("u", "a", 5e6, frequency)).served[0])]
        assert file._devices_pass(known, [1e7]) == [True]
    assert file.verify(posed(put("bandwidth_hz", value=5e6)), solution(("w", "a", 5e6 * beyond, 1e9))).accepted
    accurate = posed(put("users", 0, "min_accuracy", value=0.5), put("models", 0, "accuracy", value=0.5 * below))
    assert file.verify(accurate, solution(U)).accepted
    narrower = ("u", "a", 5e6 * below, 1e9)
    assert file.verify(posed(MULTICAST, *GENEROUS), solution(narrower, ("v", "a", 5e6, 1e9))).accepted
    full = (put("models", 1, "layers", 0, "bits", value=8e6 * beyond), put("cache_bits", value=8e6))
    assert file.verify(posed(*full), solution(("v", "b", 9e6, 1e9))).accepted
    for limit, amount, within in (
        (1.0, beyond, True), (1.0, math.nextafter(beyond, 2), False), (0.0, 0.0, True), (0.0, 5e-324, False),
        (HUGE, math.inf, False), (HUGE, HUGE, True), (1.0, math.nan, False),
    ):  # fmt: skip
        assert file._within(amount, limit) is within
    assert (file._quotient(3.0, 1.5), file._quotient(3.0, 0.5)) == (2.0, 6.0)
    assert file._quotient(3.0, 5e-324) == math.inf
    assert (file._quotient(1e-300, 0.0), file._quotient(0.0, 0.0)) == (math.inf, 0.0)
    assert file._finite(1e307) == 1e307
    assert file._finite(math.inf) == file._finite(math.nan) == 1e308
    assert file._sum([0.1] * 10) == 1.0
    assert file._sum([HUGE, HUGE]) == math.inf


def user(**link: float) -> User:
    return posed(put("users", 0, "link", value=link)).users[0]


def test_rates_latencies_and_energies() -> None:
    assert file.link_rate(user(spectral_efficiency=2.5), 4e6) == 1e7
    fixed = user(power_w=3.0, gain=0.5, noise_w_per_hz=0.25)
    assert file.link_rate(fixed, 2.0) == pytest.approx(4, rel=1e-15)
    assert file.link_rate(fixed, 6.0) == pytest.approx(6, rel=1e-15)
    assert file.link_rate(fixed, 0.5) == pytest.approx(0.5 * math.log2(13), rel=1e-15)
    assert file.link_rate(fixed, 1e20) == pytest.approx(6 / math.log(2), rel=1e-12)
    assert file.link_rate(fixed, 0.0) == 0.0
    strong = user(power_w=1e200, gain=1e100, noise_w_per_hz=1e-7)
    assert file.link_rate(strong, 1e-5) == pytest.approx(1e-5 * 312 * math.log2(10), rel=1e-14)
    model = posed().models[0]
    one = posed().users[0]
    assert file.latency(one, model, 1e7, 1e9) == pytest.approx(0.825, rel=1e-15)
    assert file.latency(one, model, 4e6, 1e9) == pytest.approx(1.375, rel=1e-15)
    assert file.energy(one, model, 1e7, 1e9) == pytest.approx(0.75, rel=1e-15)
    assert file.energy(one, model, 1e6, 5e8) == pytest.approx(0.125 + 2.5, rel=1e-15)


def test_of_many_users_each_is_told() -> None:
    """Two models, users with and without a limit on energy, right and wrong ones in turn."""
    instance = posed(put("users", 0, "models", value=None), put("users", 0, "min_accuracy", value=0))
    u, v, w = instance.users
    a, b = instance.models
    entries: list[tuple[Any, Any, float, float, bool]] = [
        (u, a, 5e6, 1e9, True), (w, b, 5e6, 1e9, True), (u, a, 4e6, 1e9, False), (w, a, 5e6, 1e8, True),
        (u, b, 5e6, 1e9, True), (u, b, 5e6, 1e8, True), (u, a, 5e6, 0.9e9, False),
        (w, a, 0.0, 1e9, False), (w, a, 5e6, 0.0, False),
        (v, a, 5e6, 1e9, True), (v, b, 5e6, 1.1e9, False), (w, b, 5e6, 1e8, True), (w, b, 5e6, 0.9e8, False),
        (w, a, 0.75, 1e9, False), (w, a, 5e5, 1e9, True),
    ]  # fmt: skip
    served = solution(*((user.name, model.name, width, hz) for user, model, width, hz, _ in entries)).served
    known = [(i, user, model, served[i]) for i, (user, model, *_) in enumerate(entries)]
    rates = [2 * width for _, _, width, _, _ in entries]
    with np.errstate(all="raise"):  # whatever the caller has set
        assert file._devices_pass(known, rates) == [right for *_, right in entries]
    # to the last bit: where receiving takes all of the time and of the energy
    free = u.model_copy(update={"deadline_s": 9.0, "energy_j": 9.0, "receive_w": 1.0, "energy_per_flop_hz2": 0.0})
    for bits, right in ((1 + 1e-9, True), (math.nextafter(1 + 1e-9, 2), False)):
        one = b.model_copy(update={"layers": (b.layers[0].model_copy(update={"bits": bits}),)})
        for limited in (free.model_copy(update={"deadline_s": 1.0}), free.model_copy(update={"energy_j": 1.0})):
            assert file._devices_pass([(0, limited, one, served[1])], [1.0]) == [right]
    slow = [(0, w.model_copy(update={"deadline_s": 1e9}), b, served[1])]
    for rate, right in ((0.5, True), (5e-324, False), (0.0, False)):
        assert file._devices_pass(slow, [rate]) == [right]
