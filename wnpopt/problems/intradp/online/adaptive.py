"""The controller at run time and the replay of bandwidth traces: which plan when, and what it then takes."""

from __future__ import annotations

import csv
from collections import deque
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Literal

import numpy as np
import numpy.typing as npt

from wnpopt.core.errors import InputError
from wnpopt.problems.intradp.instance import IntradpInstance
from wnpopt.problems.intradp.online.simulate import BandwidthTrace, simulate
from wnpopt.problems.intradp.online.table import Entry, PlanTable

Estimator = Literal["last", "mean", "smooth", "harmonic"]
FloatArray = npt.NDArray[np.float64]


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
        if estimator not in ("last", "mean", "smooth", "harmonic"):
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


@dataclass(frozen=True)
class Distribution:
    """What a strategy took over all requests: seconds and joules of each, read-only arrays."""

    latency_s: FloatArray
    energy_j: FloatArray

    def summary(self) -> dict[str, float]:
        """Mean, median, 95th percentile and maximum of both."""
        found: dict[str, float] = {}
        for name, values in (("latency_s", self.latency_s), ("energy_j", self.energy_j)):
            found |= {
                f"{name}_mean": float(values.mean()),
                f"{name}_median": float(np.median(values)),
                f"{name}_p95": float(np.quantile(values, 0.95)),
                f"{name}_max": float(values.max()),
            }
        return found


def replay_trace(
    instance: IntradpInstance,
    tables: Mapping[str, PlanTable],
    trace: BandwidthTrace,
    *,
    requests: int,
    estimator: Estimator = "harmonic",
    hysteresis: float = 0.0,
) -> dict[str, Distribution]:
    """Run ``requests`` inferences one after the other through ``trace`` with each strategy's table.

    The bandwidth goes on changing while an inference runs; the controller has seen the trace up to the request.
    """
    results = {}
    for strategy, table in tables.items():
        controller = Controller(table, estimator, hysteresis=hysteresis)
        now, seen = 0.0, -1
        latency, energy = np.zeros(requests), np.zeros(requests)
        for i in range(requests):
            while (seen + 1) * trace.step_s <= now:
                seen += 1
                controller.observe(trace.at(seen) / 1e6)
            plan = controller.plan().solution(instance.name)
            latency[i], energy[i] = simulate(instance, plan, trace, now)
            now += latency[i]
        for values in (latency, energy):
            values.setflags(write=False)
        results[strategy] = Distribution(latency, energy)
    return results


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


def read_trace(path: str | Path) -> BandwidthTrace:
    """A CSV with a header and two columns, seconds (evenly spaced) and MB/s; raises :class:`InputError`."""
    file = str(path)
    try:
        with Path(path).open(newline="", encoding="utf-8") as stream:
            rows = list(csv.reader(stream))[1:]
        times, rates = [float(row[0]) for row in rows], [float(row[1]) for row in rows]
    except (OSError, ValueError, IndexError) as error:
        raise InputError(f"is no trace of two columns, seconds and MB/s: {error}", file=file) from None
    return _trace(times, rates, file)


def _trace(times: list[float], rates: Iterable[float], file: str) -> BandwidthTrace:
    if len(times) < 2:
        raise InputError("has fewer than 2 rows", file=file)
    step = times[1] - times[0]
    if step <= 0 or any(abs(b - a - step) > 1e-6 * max(1.0, b) for a, b in pairwise(times)):
        raise InputError("its times are not evenly spaced", file=file)
    return BandwidthTrace(step, tuple(rate * 1e6 for rate in rates))
