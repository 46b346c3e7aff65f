"""Pricing of transmissions where links are of both kinds, against a plain sweep: ties, Shannon's limit, any scale."""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt
import pytest

from wnpopt.backends.stopping import never
from wnpopt.problems.slide.kernels.link import bands_at
from wnpopt.problems.slide.kernels.rectangle import price_mixed

Array = npt.NDArray[np.float64]
COUNT = 150


class Links:
    """Users with links of both kinds and a price of the band, from a seed."""

    def __init__(self, seed: int) -> None:
        rng = np.random.default_rng(seed)
        count, scale = int(rng.integers(1, 60)), float(10 ** rng.uniform(-12, 12))
        self.rate = scale * 10 ** rng.uniform(0, rng.choice([0.01, 0.5, 2]), count)
        if seed % 3 == 0:
            self.rate = scale * rng.integers(1, 5, count).astype(float)
        linear = rng.random(count) < rng.choice([0.0, 0.3, 0.5, 1.0])
        self.efficiency = np.where(linear, 10 ** rng.uniform(-4, 2, count), 0.0)
        strength = 10 ** rng.uniform(-0.4, rng.choice([0.1, 2, 15, 40]), count)
        if seed % 4 == 0:  # near Shannon's limit
            strength = math.log(2) * (1 + 10 ** rng.uniform(-15, -1, count))
        self.snr = np.where(linear, 0.0, self.rate * strength)
        if seed % 5 == 0 and linear.any() and not linear.all():  # one of each kind that cost the same
            u, v = int(np.argmax(linear)), int(np.argmin(linear))
            hz = bands_at(float(self.rate[u]), np.zeros(1), self.snr[[v]])[0]
            self.efficiency[u] = self.rate[u] / hz if 0 < hz < math.inf else self.efficiency[u]
        self.gain = rng.random(count) * (rng.random(count) < 0.8)
        self.levels = np.unique(self.rate)
        costs = np.concatenate([bands_at(rate, self.efficiency, self.snr) for rate in self.levels])
        costs = costs[np.isfinite(costs)]
        capacity = float(np.quantile(costs, rng.random())) if costs.size else scale
        self.block = capacity / int(rng.integers(1, 20)) if seed % 2 else 0.0
        self.capacity = float(math.floor(capacity / self.block)) if self.block else capacity
        self.slack, self.least = 1e-12, max(capacity * 1e-18, 5e-324)
        self.price = float(rng.choice([0, 10 ** rng.uniform(-2, 1)])) * self.gain.sum() / self.capacity
        self.box = np.array([0.0, np.inf, -np.inf, np.inf])
        if rng.random() < 0.5:
            self.box[:2] = np.sort(rng.choice(self.levels, 2))
        if rng.random() < 0.5 and (all_costs := -self.plain()[:, 2]).size:
            self.box[2:] = np.sort(-rng.choice(all_costs, 2))
        self.tolerance = 1e-9 * (self.gain.sum() + self.price * self.capacity)
        self.need_share = float(rng.random())

    def plain(self) -> Array:
        """Worth, rate and negative cost of every transmission in the box, (n, 3)."""
        rows = []
        for rate in self.levels[(self.levels >= self.box[0]) & (self.levels <= self.box[1])]:
            users = self.rate <= rate
            cost = bands_at(rate, self.efficiency[users], self.snr[users])
            if self.block:
                cost = np.maximum(1.0, np.ceil(cost / (self.block * (1 + self.slack)) * (1 - 1e-12)))
            cost = np.maximum(cost, self.least)
            for each in cost[(cost <= self.capacity) & (-cost >= self.box[2]) & (-cost <= self.box[3])]:
                worth = math.fsum(self.gain[users][cost <= each]) - self.price * each
                rows.append((worth, rate, -each))
        return np.array(rows).reshape(-1, 3)

    def priced(self, need: float = -math.inf) -> tuple[Array, Array, int]:
        """By the kernel."""
        linear, fixed = np.flatnonzero(self.efficiency > 0), np.flatnonzero(self.efficiency == 0)
        linear = linear[np.argsort(-self.efficiency[linear], kind="stable")]
        fixed = fixed[np.argsort(-self.snr[fixed], kind="stable")]
        return price_mixed(
            self.rate, self.efficiency, self.snr, linear, fixed, self.gain, self.levels, self.price,
            self.capacity, self.box, -math.inf, need, 3, self.block, self.slack, self.least, never(),
        )  # fmt: skip


@pytest.mark.parametrize("start", range(0, COUNT, 50))
def test_the_best_transmission_and_the_box_of_those_worth_enough(start: int) -> None:
    priced = 0
    for seed in range(start, start + 50):
        with np.errstate(all="ignore"):
            links = Links(seed)
            every = links.plain()
        best = float(links.priced()[0][:, 0].max())
        if not len(every):
            assert best == -math.inf, seed
            continue
        priced += 1
        most = float(every[:, 0].max())
        assert abs(best - most) <= links.tolerance, seed
        need = most - 0.3 * links.need_share * abs(most)
        _, hull, survivors = links.priced(need)
        surely, perhaps = every[every[:, 0] >= need + links.tolerance], every[every[:, 0] >= need - links.tolerance]
        if len(surely):
            assert survivors > 0, seed
            for low, high, at in ((0, 1, 1), (2, 3, 2)):
                digits = 1e-9 * abs(surely[:, at]).max()
                assert hull[low] <= surely[:, at].min() + digits, seed
                assert hull[high] >= surely[:, at].max() - digits, seed
        if survivors:
            assert perhaps[:, 1].min() <= hull[0], seed
            assert hull[1] <= perhaps[:, 1].max(), seed
    assert priced > 25
