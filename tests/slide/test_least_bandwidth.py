"""Least bandwidths in closed form against bisection on the recursion."""

from __future__ import annotations

import math

import numpy as np
import pytest

from tests.slide.oracle import bandwidth, least_rates
from wnpopt.problems.slide import SlideInstance
from wnpopt.problems.slide.instance import Model, User
from wnpopt.problems.slide.kernels.hull import hull_rows
from wnpopt.problems.slide.kernels.link import band
from wnpopt.problems.slide.kernels.needs import Needs


def instance_of(seed: int, users: int, models: int, *, energy: str) -> SlideInstance:
    """Random pairs; ``energy``: "loose", "binding" (f_min or f_max), "exact" (nothing but f_min is allowed)."""
    rng = np.random.default_rng([seed, 77])
    table = []
    for j in range(models):
        layers = int(rng.integers(1, 30))
        bits = rng.lognormal(13, 1.5, layers) * (rng.random(layers) > 0.25)
        flop = rng.lognormal(19, 1.5, layers) * (rng.random(layers) > 0.2)
        if j % 3 == 0:
            bits[: layers // 2] = 0.0
        bits[-1] = max(bits[-1], 1e5)
        flop[0] = max(flop[0], 1e6)
        table.append(
            {
                "name": f"m{j}",
                "accuracy": 0.5,
                "layers": [{"bits": b, "flop": f} for b, f in zip(bits.tolist(), flop.tolist(), strict=True)],
            }
        )
    people = []
    for u in range(users):
        low = float(rng.uniform(1e8, 5e8))
        high = low if rng.random() < 0.1 else low * float(rng.uniform(1, 6))
        coefficient = float(rng.uniform(0.5e-28, 2e-28))
        total = math.fsum(layer["flop"] for layer in table[u % models]["layers"])  # type: ignore[index]
        least = coefficient * low * low * total
        limit = {"loose": None, "binding": least * float(rng.uniform(1.0, 40.0)), "exact": least}[energy]
        receive = 0.0 if energy == "exact" or rng.random() < 0.3 else float(rng.uniform(0.01, 2))
        people.append(
            {
                "name": f"u{u}",
                "deadline_s": float(rng.lognormal(-0.5, 0.8)),
                "energy_j": limit,
                "link": {"spectral_efficiency": float(rng.uniform(0.5, 7))},
                "frequency_hz": [low, high],
                "flop_per_cycle": float(rng.lognormal(3.5, 1)),
                "energy_per_flop_hz2": coefficient,
                "receive_w": receive,
            }
        )
    return SlideInstance.from_data(
        {"kind": "slide", "schema_version": 1, "name": "pairs", "bandwidth_hz": 1e300, "models": table, "users": people}
    )


@pytest.mark.parametrize("energy", ["loose", "binding", "exact"])
def test_ten_thousand_pairs(energy: str) -> None:
    users, models = 560, 6
    instance = instance_of(5, users, models, energy=energy)
    pairs: list[tuple[User, Model]] = [(u, m) for u in instance.users for m in instance.models]
    rates = least_rates([u for u, _ in pairs], [m for _, m in pairs])
    needs = Needs.of(instance.columns)
    inverse = needs.inverse_rate.ravel()
    with np.errstate(divide="ignore"):
        found = 1.0 / inverse
    feasible = np.isfinite(rates)
    assert np.count_nonzero(feasible) > (100 if energy == "exact" else 800)
    assert (~feasible).any()
    assert np.array_equal(feasible, np.isfinite(found))
    assert np.abs(found[feasible] / rates[feasible] - 1).max() < 1e-9
    width = rates.reshape(users, models) / instance.columns.efficiency[:, None]
    both = feasible.reshape(users, models)
    assert np.abs(needs.costs[both] / width[both] - 1).max() < 1e-9


@pytest.mark.parametrize("energy", ["loose", "binding", "exact"])
def test_least_rate_is_feasible_at_its_frequency(energy: str) -> None:
    from tests.slide.oracle import finish

    instance = instance_of(6, 100, 5, energy=energy)
    needs = Needs.of(instance.columns)
    user, model = np.nonzero(needs.inverse_rate > 0)
    frequency = needs.frequencies(user, model)
    for u, j, f in zip(user.tolist(), model.tolist(), frequency.tolist(), strict=True):
        who, what = instance.users[u], instance.models[j]
        rate = 1.0 / needs.inverse_rate[u, j]
        assert who.frequency_hz[0] <= f <= who.frequency_hz[1]
        assert finish(who, what, rate, f) <= who.deadline_s * (1 + 1e-12)
        spent = who.energy_per_flop_hz2 * f * f * what.flop + who.receive_w * what.bits / rate
        assert who.energy_j is None or spent <= who.energy_j * (1 + 1e-11)


def test_hull_rows_are_enough_and_few() -> None:
    rng = np.random.default_rng(0)
    instance = instance_of(7, 1, 40, energy="loose")
    hull = hull_rows(instance.columns)
    assert hull.bits.size < sum(len(model.layers) for model in instance.models) / 2
    for j, model in enumerate(instance.models):
        few = slice(hull.start[j], hull.start[j + 1])
        downloaded = np.cumsum([layer.bits for layer in model.layers])
        left = np.cumsum([layer.flop for layer in reversed(model.layers)])[::-1]
        for y, x in rng.lognormal(0, 8, (200, 2)) / (model.bits, model.flop):
            latency = (downloaded * y + left * x).max()
            assert (hull.bits[few] * y + hull.flop[few] * x).max() == pytest.approx(latency, rel=1e-12)


def test_fixed_power_bandwidth_keeps_its_digits() -> None:
    rng = np.random.default_rng(1)
    link = {"power_w": 0.1, "gain": 1e-11, "noise_w_per_hz": 4e-21}
    user = User.from_data(
        {
            "name": "u",
            "deadline_s": 1.0,
            "link": link,
            "frequency_hz": [1e9, 1e9],
            "flop_per_cycle": 1.0,
            "energy_per_flop_hz2": 0.0,
        }
    )
    limit = user.link.snr_hz / math.log(2)
    for share in [*rng.uniform(1e-4, 0.999, 200).tolist(), 1e-6, 1 - 1e-6]:
        wanted = bandwidth(user, limit * share)
        tolerance = max(1e-11, 1e-15 / (1 - share) * 10)
        assert band(limit * share, 0.0, user.link.snr_hz) == pytest.approx(wanted, rel=tolerance)
    assert band(limit * (1 + 1e-9), 0.0, user.link.snr_hz) == math.inf
    assert band(limit, 0.0, user.link.snr_hz) == math.inf


def test_the_bandwidth_of_very_strong_links() -> None:
    """A strong link carries the rate in next to no bandwidth: the inverse keeps its digits there, too."""
    from wnpopt.problems.slide.kernels.link import bands_at

    snr = 10.0 ** np.arange(-2, 120)
    for rate in (1.0, 1e6):
        usable = snr[rate * math.log(2) / snr < 0.9]
        width = bands_at(rate, np.zeros(usable.size), usable)
        carried = width * np.log1p(usable / width) / math.log(2)
        assert np.abs(carried / rate - 1).max() < 1e-12
