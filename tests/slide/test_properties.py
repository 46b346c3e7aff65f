"""What must hold of every instance: more never hurts, units do not matter, no limit is overrun."""

from __future__ import annotations

import math

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import wnpopt
from tests.slide.tiny import VARIANTS, tiny_instance
from wnpopt.problems.slide import SlideInstance, SlideSolution

variants = st.frozensets(st.sampled_from(VARIANTS), max_size=4)
seeds = st.integers(0, 10_000)
relaxed = settings(max_examples=60, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])


def changed(instance: SlideInstance, **fields: object) -> SlideInstance:
    return SlideInstance.from_data({**instance.to_data(), **fields})


def best(instance: SlideInstance) -> float:
    result = wnpopt.solve(instance, "auto", threads=1)
    assert result.objective is not None
    return result.objective


@given(variants, seeds, st.floats(1.0, 3.0))
@relaxed
def test_more_bandwidth_never_serves_fewer(chosen: frozenset[str], seed: int, factor: float) -> None:
    instance = tiny_instance(chosen, seed, users=8)
    assert best(changed(instance, bandwidth_hz=instance.bandwidth_hz * factor)) >= best(instance) * (1 - 1e-12)


@given(variants, seeds, st.floats(1.0, 2.0))
@relaxed
def test_later_deadlines_never_serve_fewer(chosen: frozenset[str], seed: int, factor: float) -> None:
    instance = tiny_instance(chosen, seed, users=8)
    users = [{**u, "deadline_s": u["deadline_s"] * factor} for u in instance.to_data()["users"]]  # type: ignore[attr-defined]
    assert best(changed(instance, users=users)) >= best(instance) * (1 - 1e-12)


@given(variants, seeds, st.floats(-3, 3), st.floats(-3, 3), st.floats(-3, 3), st.floats(-3, 3))
@relaxed
def test_units_do_not_matter(
    chosen: frozenset[str], seed: int, bits_log: float, flop_log: float, cycle_log: float, time_log: float
) -> None:
    bit, flop, cycle, second = 10**bits_log, 10**flop_log, 10**cycle_log, 10**time_log
    instance = tiny_instance(chosen, seed, users=8)
    data = instance.to_data()
    hertz = bit / second

    def link(given: dict[str, float]) -> dict[str, float]:
        # The rate of a fixed power scales with both the band and power * gain / noise.
        return given if "spectral_efficiency" in given else {**given, "gain": given["gain"] * hertz}

    models = [
        {**m, "layers": [{"bits": x["bits"] * bit, "flop": x["flop"] * flop} for x in m["layers"]]}
        for m in data["models"]  # type: ignore[attr-defined]
    ]
    users = [
        {
            **u,
            "deadline_s": u["deadline_s"] * second,
            "link": link(u["link"]),
            "frequency_hz": [f * cycle / second for f in u["frequency_hz"]],
            "flop_per_cycle": u["flop_per_cycle"] * flop / cycle,
            "energy_per_flop_hz2": u["energy_per_flop_hz2"] / flop * (second / cycle) ** 2,
            "receive_w": u["receive_w"] / second,
        }
        for u in data["users"]  # type: ignore[attr-defined]
    ]
    scaled = changed(
        instance,
        bandwidth_hz=instance.bandwidth_hz * hertz,
        resource_block_hz=None if instance.resource_block_hz is None else instance.resource_block_hz * hertz,
        cache_bits=None if instance.cache_bits is None else instance.cache_bits * bit,
        models=models,
        users=users,
    )
    assert best(scaled) == pytest.approx(best(instance), rel=1e-12)


@given(variants, seeds, st.sampled_from([1e-9, 2e-9, 1e-8, 1e-10]))
@relaxed
def test_tight_budgets_are_never_overrun(chosen: frozenset[str], seed: int, less: float) -> None:
    instance = tiny_instance(chosen, seed, users=8)
    first = wnpopt.solve(instance, "auto", threads=1)
    used = total_bandwidth(instance, first.solution)
    if used == 0:
        return
    tight = changed(instance, bandwidth_hz=used * (1 - less))
    assert isinstance(first.solution, SlideSolution)
    within_tolerance = wnpopt.verify(tight, first.solution).accepted
    assert within_tolerance == (less < 1e-9) or less == 1e-9
    for method in ("auto", "greedy", "milp"):
        result = wnpopt.solve(tight, method, threads=1)
        assert result.verified, method
        assert not result.violations
        assert total_bandwidth(tight, result.solution) <= tight.bandwidth_hz * (1 + 3e-12)
        assert result.bound is not None
        assert result.objective is not None
        assert result.bound >= result.objective * (1 - 1e-12)
        if within_tolerance:
            # What the verifier accepts is within the bound, also what no method of ours would return.
            assert first.objective is not None
            assert result.bound >= first.objective * (1 - 1e-12)


@given(variants, seeds)
@relaxed
def test_an_optimum_fits_its_own_bandwidth(chosen: frozenset[str], seed: int) -> None:
    instance = tiny_instance(chosen, seed, users=8)
    first = wnpopt.solve(instance, "auto", threads=1)
    used = total_bandwidth(instance, first.solution)
    if used > 0:
        assert best(changed(instance, bandwidth_hz=used)) == pytest.approx(first.objective, rel=1e-12)


def total_bandwidth(instance: SlideInstance, solution: object) -> float:
    assert isinstance(solution, SlideSolution)
    if instance.delivery == "unicast":
        return math.fsum(entry.bandwidth_hz for entry in solution.served)
    return math.fsum({entry.model: entry.bandwidth_hz for entry in solution.served}.values())


@pytest.mark.parametrize("delivery", ["unicast", "multicast"])
@pytest.mark.parametrize("block", [None, 180e3, 2e5])
@pytest.mark.parametrize("users", [1, 2, 3, 7])
def test_limits_met_exactly_are_met(delivery: str, block: float | None, users: int) -> None:
    """Every user needs exactly its part of the band, all of its energy, and the deadline to the digit."""
    width = 1e6 if block is None else 5 * block
    frequency, work = 1.1e9, 3e8
    one = {
        "deadline_s": 0.3 + 3e8 / (7.0 * frequency),
        "energy_j": 1.3e-28 * frequency**2 * work + 0.7 * 0.3,
        "link": {"spectral_efficiency": 3.7},
        "frequency_hz": [frequency, frequency],
        "flop_per_cycle": 7.0,
        "energy_per_flop_hz2": 1.3e-28,
        "receive_w": 0.7,
        "min_accuracy": 0.7,
    }
    layers = [{"bits": 0.3 * 3.7 * width, "flop": work}]
    models = [{"name": f"m{u}", "accuracy": 0.7, "layers": layers} for u in range(users)]
    instance = SlideInstance.from_data(
        {
            "kind": "slide",
            "schema_version": 1,
            "name": "exact",
            "bandwidth_hz": users * width,
            "resource_block_hz": block,
            "delivery": delivery,
            "cache_bits": users * layers[0]["bits"],
            "models": models,
            "users": [{**one, "name": f"u{u}", "models": [f"m{u}"]} for u in range(users)],
        }
    )
    for method in ("auto", "greedy", "milp"):
        result = wnpopt.solve(instance, method, threads=1)
        assert result.objective == users, method
        assert result.status == "optimal", method
