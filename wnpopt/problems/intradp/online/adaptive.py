"""The controller at run time, which says which plan when; and random traces of bandwidths."""

from __future__ import annotations

from collections import deque
from typing import Literal

import numpy as np

from wnpopt.core.errors import InputError
from wnpopt.problems.intradp.online.simulate import BandwidthTrace
from wnpopt.problems.intradp.online.table import Entry, PlanTable

Estimator = Literal["last", "mean", "smooth", "harmonic"]
ESTIMATORS: tuple[Estimator, ...] = ("last", "mean", "smooth", "harmonic")


class Controller:
    """Picks a plan from what it has seen of the bandwidth.

    ``estimator``: the last value, the mean or harmonic mean of the last ``window``, or exponential smoothing with
    weight ``alpha``. The plan changes only when the table expects the new one to be better by ``hysteresis``
    (relative) than what the table says of the one in use.
    """

    def __init__(
        self,
        table: PlanTable,
        estimator: Estimator = "harmonic",
        *,
        window: int = 5,
        alpha: float = 0.3,
        hysteresis: float = 0.0,
    ) -> None:
        if estimator not in ESTIMATORS:
            raise InputError(f"found {estimator!r}; last, mean, smooth or harmonic is needed", where="estimator")
        if window < 1 or not 0 < alpha <= 1 or hysteresis < 0:
            raise InputError("window >= 1, 0 < alpha <= 1 and hysteresis >= 0 are needed", where="controller")
        self._table, self._kind = table, estimator
        self._seen: deque[float] = deque(maxlen=window)
        self._smooth: float | None = None
        self._alpha, self._hysteresis = alpha, hysteresis
        self._entry: Entry = table.plans[0]

    def observe(self, megabytes_per_s: float) -> None:
        """A measurement of the bandwidth."""
        self._seen.append(megabytes_per_s)
        before = self._smooth
        self._smooth = megabytes_per_s if before is None else before + self._alpha * (megabytes_per_s - before)

    def estimate(self) -> float:
        """The bandwidth expected now in MB/s; 0 before any measurement."""
        if not self._seen:
            return 0.0
        if self._kind == "last":
            return self._seen[-1]
        if self._kind == "smooth":
            assert self._smooth is not None
            return self._smooth
        if self._kind == "mean":
            return sum(self._seen) / len(self._seen)
        if min(self._seen) <= 0:
            return 0.0
        return len(self._seen) / sum(1 / value for value in self._seen)

    def plan(self) -> Entry:
        """The plan to use now."""
        wanted = self._table.at(self.estimate())
        now, new = self._cost(self._entry), self._cost(wanted)
        # A bandwidth below that of the plan in use makes the table's word on it worthless: change at once.
        if wanted.megabytes_per_s < self._entry.megabytes_per_s or new < now * (1 - self._hysteresis):
            self._entry = wanted
        return self._entry

    def _cost(self, entry: Entry) -> float:
        return entry.latency_s if self._table.objective == "latency" else entry.energy_j


def random_trace(
    seconds: float,
    seed: int,
    *,
    mean_megabytes_per_s: float = 12.0,
    spread: float = 0.5,
    memory: float = 0.95,
    fades_per_s: float = 0.05,
    fade_s: float = 1.0,
    fade_depth: float = 0.1,
    step_s: float = 0.1,
) -> BandwidthTrace:
    """A log-normal first-order autoregressive bandwidth with fades (exponential gaps, constant depth and length)."""
    rng = np.random.default_rng([seed, 0x74726163])
    count = max(1, round(seconds / step_s))
    noise = rng.normal(0.0, spread, count)
    level = np.zeros(count)
    level[0] = noise[0]
    for i in range(1, count):
        level[i] = memory * level[i - 1] + np.sqrt(1 - memory**2) * noise[i]
    rate = mean_megabytes_per_s * 1e6 * np.exp(level - spread**2 / 2)
    for i in np.flatnonzero(rng.random(count) < fades_per_s * step_s).tolist():
        rate[i : i + max(1, int(fade_s / step_s))] *= fade_depth
    return BandwidthTrace(step_s, tuple(float(r) for r in rate))
