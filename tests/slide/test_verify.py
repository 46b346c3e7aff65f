"""For each rule a mutated solution that the verifier rejects for that rule; the columnar verifier says the same."""

from __future__ import annotations

import math

import pytest

import wnpopt
from tests.slide.tiny import mixes, tiny_instance
from wnpopt.problems.slide import SlideInstance, SlideSolution
from wnpopt.problems.slide.columnar.allocation import allocation_of
from wnpopt.problems.slide.columnar.verify import verify_columns
from wnpopt.problems.slide.verify import RULES, verify

USER = {
    "deadline_s": 1.0,
    "energy_j": 2.0,
    "frequency_hz": [1e8, 1e9],
    "flop_per_cycle": 10.0,
    "energy_per_flop_hz2": 1e-28,
    "receive_w": 0.5,
    "min_accuracy": 0.6,
}
"""With model "a" at 1 GHz: 1 s at 1e7 bit/s, 1e-28 * 1e18 * 5e9 + 0.5 * 0.5 J."""


def example(**fields: object) -> SlideInstance:
    layers = [{"bits": 2e6, "flop": 4e9}, {"bits": 3e6, "flop": 1e9}]
    data: dict[str, object] = {
        "kind": "slide",
        "schema_version": 1,
        "name": "example",
        "bandwidth_hz": 1e7,
        "models": [
            {"name": "a", "accuracy": 0.7, "layers": layers},
            {"name": "b", "accuracy": 0.5, "layers": layers},
        ],
        "users": [
            {**USER, "name": "u0", "link": {"spectral_efficiency": 2.0}, "models": ["a"], "weight": 3},
            {**USER, "name": "u1", "link": {"power_w": 0.1, "gain": 1e-10, "noise_w_per_hz": 4e-21}, "min_accuracy": 0},
        ],
    }
    return SlideInstance.from_data({**data, **fields})


def plan(*served: tuple[str, str, float, float], instance: str = "example") -> SlideSolution:
    return SlideSolution.from_data(
        {
            "kind": "slide-solution",
            "instance": instance,
            "served": [{"user": u, "model": m, "bandwidth_hz": b, "frequency_hz": f} for u, m, b, f in served],
        }
    )


GOOD = ("u0", "a", 5e6, 1e9)
OTHER = ("u1", "a", 4e6, 1e9)
MUTATIONS = {
    "instance-name": (example(), plan(GOOD, instance="other")),
    "user-unknown": (example(), plan(GOOD, ("nobody", "a", 1e6, 1e9))),
    "user-twice": (example(), plan(GOOD, GOOD)),
    "model-unknown": (example(), plan(("u0", "c", 5e6, 1e9))),
    "model-choice": (example(), plan(("u0", "b", 5e6, 1e9))),
    "accuracy": (example(), plan(("u0", "b", 5e6, 1e9))),
    "bandwidth": (example(), plan(("u0", "a", 0.0, 1e9))),
    "frequency": (example(), plan(("u0", "a", 5e6, 1e9 * (1 + 2e-9)))),
    "deadline": (example(), plan(("u0", "a", 1.5e6, 1e9))),
    "energy": (example(users=[{**example().to_data()["users"][0], "energy_j": 0.7}]), plan(GOOD)),  # type: ignore[index]
    "resource-block": (example(resource_block_hz=180e3), plan(("u0", "a", 30.5 * 180e3, 1e9))),
    "multicast-bandwidth": (example(delivery="multicast"), plan(GOOD, ("u1", "a", 4.9e6, 1e9))),
    "total-bandwidth": (example(), plan(("u0", "a", 6e6, 1e9), ("u1", "a", 4e6 * (1 + 1e-7), 1e9))),
    "cache": (example(cache_bits=4e6), plan(GOOD)),
}


def test_every_rule_has_a_mutation() -> None:
    assert set(MUTATIONS) == set(RULES)
    assert all(RULES.values())


@pytest.mark.parametrize("rule", RULES)
def test_mutation_is_rejected(rule: str) -> None:
    instance, solution = MUTATIONS[rule]
    certificate = verify(instance, solution)
    assert not certificate.accepted
    assert rule in {violation.rule for violation in certificate.violations}
    assert all(math.isfinite(violation.amount) and violation.amount > 0 for violation in certificate.violations)


@pytest.mark.parametrize("rule", sorted(set(RULES) - {"instance-name", "user-unknown", "model-unknown"}))
def test_columns_are_judged_alike(rule: str) -> None:
    instance, solution = MUTATIONS[rule]
    certificate = verify_columns(instance.columns, allocation_of(instance.columns, solution))
    assert {v.rule for v in certificate.violations} == {v.rule for v in verify(instance, solution).violations}


def test_unmutated_plans_are_accepted() -> None:
    assert verify(example(), plan(GOOD, OTHER)).objective == 2
    assert verify(example(objective="weighted"), plan(GOOD, OTHER)).objective == 4
    assert verify(example(), plan()).objective == 0
    assert verify(example(), plan()).accepted
    assert verify(example(), plan(GOOD, OTHER)).accepted
    assert verify(example(resource_block_hz=180e3), plan(("u0", "a", 28 * 180e3, 1e9))).accepted
    shared = plan(("u0", "a", 1e7, 1e9), ("u1", "a", 1e7, 1e9))
    assert verify(example(delivery="multicast"), shared).accepted
    assert not verify(example(), shared).accepted
    # The weakest link sets the rate for all: u1 alone is quick enough, beside a weak u0 it is not.
    weak = [
        {**u, "link": {"spectral_efficiency": 0.2} if u["name"] == "u0" else u["link"], "deadline_s": d}
        for u, d in zip(example().to_data()["users"], (9.0, 1.0), strict=True)
    ]  # type: ignore[call-overload]
    assert {v.where for v in verify(example(delivery="multicast", users=weak), shared).violations} == {"served[1] (u1)"}


@pytest.mark.parametrize(
    ("field", "within", "beyond"),
    [("bandwidth_hz", 0.9e-9, 1.1e-9), ("deadline_s", 0.9e-9, 1.1e-9), ("energy_j", 0.9e-9, 1.1e-9)],
)
def test_limits_hold_within_their_tolerance(field: str, within: float, beyond: float) -> None:
    # 5e6 bits at 1e7 bit/s are there after 0.5 s; the first layer is computed 0.2 + 0.4 s, the second 0.1 s more.
    exact = {"bandwidth_hz": 5e6, "deadline_s": 0.7, "energy_j": 1e-28 * 1e18 * 5e9 + 0.5 * 0.5}
    for off, accepted in ((within, True), (beyond, False)):
        value = exact[field] / (1 + off)
        fields: dict[str, object] = {"bandwidth_hz": value} if field == "bandwidth_hz" else {}
        user = {**example().to_data()["users"][0]}  # type: ignore[index]
        if field != "bandwidth_hz":
            user[field] = value
        instance = example(users=[user], **fields)
        assert verify(instance, plan(GOOD)).accepted is accepted
        assert verify_columns(instance.columns, allocation_of(instance.columns, plan(GOOD))).accepted is accepted


def test_both_judges_agree_on_answers_and_on_damaged_ones() -> None:
    for variants, seed in mixes(150):
        instance = tiny_instance(variants, seed)
        solution = wnpopt.solve(instance, "greedy").solution
        assert isinstance(solution, SlideSolution)
        for factor in (1.0, 0.999):
            damaged = solution.model_copy(
                update={
                    "served": tuple(
                        s.model_copy(update={"bandwidth_hz": s.bandwidth_hz * factor}) for s in solution.served
                    )
                }
            )
            one = verify(instance, damaged)
            two = verify_columns(instance.columns, allocation_of(instance.columns, damaged))
            assert one.objective == pytest.approx(two.objective)
            assert {v.rule for v in one.violations} == {v.rule for v in two.violations}
            assert one.accepted is (factor == 1.0 or not solution.served)


def test_extreme_numbers_are_rejected_not_crashed_on() -> None:
    for width, frequency in ((1e308, 1e9), (1e-300, 1e9), (5e6, 1e308), (5e6, 0.0), (0.0, 0.0)):
        certificate = verify(example(), plan(("u0", "a", width, frequency), ("u1", "a", width, frequency)))
        assert not certificate.accepted
        assert all(math.isfinite(violation.amount) for violation in certificate.violations)
