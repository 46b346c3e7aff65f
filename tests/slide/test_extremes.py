"""Extreme finite numbers: an instance is refused with a path, or it is solved and verified; nothing else happens."""

from __future__ import annotations

import math

import numpy as np
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import wnpopt
from wnpopt.core.errors import InputError
from wnpopt.problems.slide import FAMILY, SlideInstance, SlideSolution
from wnpopt.problems.slide.columnar.allocation import allocation_of
from wnpopt.problems.slide.columnar.verify import verify_columns
from wnpopt.problems.slide.verify import link_rate

TINY, HUGE = 5e-324, 1.7976931348623157e308
EXTREME = st.sampled_from([TINY, 1e-310, 1e-200, 1e-30, 1.0, 20.0, 1e9, 1e30, 1e200, 1e307, HUGE])
ANY = st.one_of(EXTREME, st.floats(min_value=TINY, max_value=HUGE, allow_subnormal=True))
NOUGHT = st.one_of(st.just(0.0), ANY)
ORDINARY = {
    "bandwidth_hz": 2e7,
    "bits": 1e6,
    "flop": 1e9,
    "deadline_s": 0.5,
    "low": 1e8,
    "high": 1e9,
    "flop_per_cycle": 20.0,
    "energy_per_flop_hz2": 1e-28,
    "accuracy": 0.7,
}


@st.composite
def instances(draw: st.DrawFn) -> dict[str, object]:
    """Ordinary instances of which some numbers are extreme, whatever the mix of variants."""

    def number(field: str, extreme: st.SearchStrategy[float] = ANY) -> float:
        return draw(extreme) if draw(st.integers(0, 3)) == 0 else ORDINARY[field]

    def link() -> dict[str, float]:
        if draw(st.booleans()):
            return {"spectral_efficiency": draw(st.one_of(st.just(4.0), ANY))}
        power = {"power_w": 0.1, "gain": 1e-12, "noise_w_per_hz": 4e-21}
        return {key: draw(ANY) if draw(st.integers(0, 3)) == 0 else value for key, value in power.items()}

    models = [
        {
            "name": f"m{j}",
            "accuracy": number("accuracy", NOUGHT),
            "layers": [{"bits": number("bits", NOUGHT), "flop": number("flop", NOUGHT)} for _ in range(2)],
        }
        for j in range(draw(st.integers(1, 2)))
    ]
    users = []
    for u in range(draw(st.integers(0, 3))):
        low, high = sorted([number("low"), number("high")])
        users.append(
            {
                "name": f"u{u}",
                "deadline_s": number("deadline_s", NOUGHT),
                "energy_j": draw(st.one_of(st.none(), st.just(0.3), NOUGHT)),
                "link": link(),
                "frequency_hz": [low, high],
                "flop_per_cycle": number("flop_per_cycle"),
                "energy_per_flop_hz2": number("energy_per_flop_hz2", NOUGHT),
                "receive_w": draw(st.one_of(st.just(0.0), st.just(0.5), ANY)),
                "min_accuracy": draw(st.one_of(st.just(0.0), NOUGHT)),
                "weight": draw(st.one_of(st.just(1.0), NOUGHT)),
            }
        )
    return {
        "kind": "slide",
        "schema_version": 1,
        "name": "extreme",
        "bandwidth_hz": number("bandwidth_hz"),
        "resource_block_hz": draw(st.one_of(st.none(), st.just(180e3), ANY)),
        "delivery": draw(st.sampled_from(["unicast", "multicast"])),
        "cache_bits": draw(st.one_of(st.none(), st.just(3e6), NOUGHT)),
        "objective": draw(st.sampled_from(["count", "weighted"])),
        "models": models,
        "users": users,
    }


def _loaded(data: dict[str, object]) -> SlideInstance | None:
    try:
        return SlideInstance.from_data(data)
    except InputError:
        return None


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(instances(), ANY, ANY)
def test_extreme_numbers_are_refused_or_solved(data: dict[str, object], width: float, frequency: float) -> None:
    instance = _loaded(data)
    if instance is None:
        return
    with np.errstate(all="ignore"):
        result = wnpopt.solve(instance, "greedy", time_limit=None, threads=1)
        assert result.objective is None or math.isfinite(result.objective)
        assert result.bound is None or result.objective is None or result.bound >= result.objective
        served = tuple(
            {"user": user.name, "model": instance.models[0].name, "bandwidth_hz": width, "frequency_hz": frequency}
            for user in instance.users
        )
        solution = SlideSolution.from_data({"kind": "slide-solution", "instance": "extreme", "served": served})
        certificate = FAMILY.verify(instance, solution)
        assert all(math.isfinite(violation.amount) for violation in certificate.violations), certificate
        columns = verify_columns(instance.columns, allocation_of(instance.columns, solution))
    assert columns.accepted == certificate.accepted
    assert all(math.isfinite(violation.amount) for violation in columns.violations), columns


DEVICE = {"frequency_hz": [1e8, 1e9], "flop_per_cycle": 20.0, "energy_per_flop_hz2": 0.0}
SMALL = {"name": "m", "accuracy": 1.0, "layers": [{"bits": 1e3, "flop": 1.0}]}


def of_one_user(bandwidth_hz: float, **user: object) -> SlideInstance:
    entry = {"name": "u", **DEVICE, **user}
    return SlideInstance.from_data(
        {
            "kind": "slide",
            "schema_version": 1,
            "name": "one",
            "bandwidth_hz": bandwidth_hz,
            "models": [SMALL],
            "users": [entry],
        }
    )


def in_the_least_band(instance: SlideInstance) -> SlideSolution:
    served = [{"user": "u", "model": "m", "bandwidth_hz": TINY, "frequency_hz": 1e9}]
    return SlideSolution.from_data({"kind": "slide-solution", "instance": instance.name, "served": served})


def test_a_band_of_the_least_number_there_is_divides_nothing_by_zero() -> None:
    instance = of_one_user(TINY, deadline_s=1.0, link={"power_w": 0.1, "gain": 1e-12, "noise_w_per_hz": 1e-21})
    assert link_rate(instance.users[0], TINY) > 0
    found = FAMILY.verify(instance, in_the_least_band(instance)).violations
    assert [violation.rule for violation in found] == ["deadline"]
    assert wnpopt.solve(instance, "greedy").objective == 0


def test_a_rate_that_underflows_carries_nothing() -> None:
    """5e-324 Hz at 0.1 bit/s/Hz is 0 bit/s: the deadline is missed, however late it is."""
    instance = of_one_user(1e6, deadline_s=HUGE, link={"spectral_efficiency": 0.1})
    solution = in_the_least_band(instance)
    assert not FAMILY.verify(instance, solution).accepted
    assert not verify_columns(instance.columns, allocation_of(instance.columns, solution)).accepted


def test_who_needs_next_to_nothing_is_served_in_some_bandwidth() -> None:
    """1e3 bits in 1e300 s: the least bandwidth is far below the least share of the band that is given out."""
    instance = of_one_user(1e6, deadline_s=1e300, link={"spectral_efficiency": 1e30})
    for method in ("greedy", "dp", "equal", "random", "auto"):
        result = wnpopt.solve(instance, method, time_limit=20)
        assert (result.objective, result.bound) == (1, 1)
