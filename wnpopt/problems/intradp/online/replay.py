"""Strategies on the same stretch of a bandwidth trace: what each of their inferences takes."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from wnpopt.core.errors import InputError
from wnpopt.problems.intradp.instance import IntradpInstance
from wnpopt.problems.intradp.online.adaptive import Controller, Estimator
from wnpopt.problems.intradp.online.planners import check_plan
from wnpopt.problems.intradp.online.simulate import BandwidthTrace, TimedPlan
from wnpopt.problems.intradp.online.table import PlanTable
from wnpopt.problems.intradp.solution import IntradpSolution

FloatArray = npt.NDArray[np.float64]
Strategy = PlanTable | IntradpSolution
"""A table, of which a controller picks a plan for each request; or one plan for all of them."""

MOST_REQUESTS = 10_000_000


@dataclass(frozen=True)
class Requests:
    """When inferences are asked for, so that every strategy sees the same stretch of the trace.

    Either all that are released within ``seconds``, or ``count`` of them at a ``period_s``. They are released every
    ``period_s`` (one that is released while another runs waits for it), or each ``gap_s`` after the end of the one
    before: a slow strategy then has fewer of them.
    """

    seconds: float | None = None
    count: int | None = None
    period_s: float | None = None
    gap_s: float = 0.0

    def __post_init__(self) -> None:
        if (self.seconds is None) == (self.count is None):
            raise InputError("found both or none; either seconds or a number of requests is needed", where="seconds")
        if self.seconds is not None and not 0 < self.seconds < math.inf:
            raise InputError(f"found {self.seconds}; a finite number above 0 is needed", where="seconds")
        if self.count is not None and not 1 <= self.count <= MOST_REQUESTS:
            raise InputError(f"found {self.count}; 1 to {MOST_REQUESTS} are needed", where="requests")
        if self.count is not None and self.period_s is None:
            told = "is needed with a number of requests, else strategies would see different stretches of the trace"
            raise InputError(told, where="period")
        if self.period_s is not None and not 0 < self.period_s < math.inf:
            raise InputError(f"found {self.period_s}; a finite number above 0 is needed", where="period")
        if not 0 <= self.gap_s < math.inf:
            raise InputError(f"found {self.gap_s}; a finite number of at least 0 is needed", where="gap")
        if self.period_s is not None and self.gap_s > 0:
            raise InputError("does not go with a period; one of the two is needed", where="gap")
        if self.seconds is not None and self.period_s is not None and self.seconds / self.period_s > MOST_REQUESTS:
            raise InputError(f"makes more than {MOST_REQUESTS} requests; a longer one is needed", where="period")

    @property
    def stretch_s(self) -> float:
        """The length of the stretch."""
        if self.seconds is not None:
            return self.seconds
        assert self.count is not None
        assert self.period_s is not None
        return self.count * self.period_s

    def _release(self, index: int, free: float) -> float | None:
        """When the next one is released after ``index`` others, the side being free at ``free``; None: no more."""
        if self.count is not None and index >= self.count:
            return None
        release = index * self.period_s if self.period_s is not None else free + (self.gap_s if index else 0.0)
        return release if self.seconds is None or release < self.seconds else None


@dataclass(frozen=True)
class Setup:
    """How strategies are replayed.

    ``estimator``, ``window``, ``alpha`` and ``hysteresis`` are those of :class:`Controller`, which knows the trace up
    to the beginning of a request. A change of the plan takes the device ``switch_s`` first, at launch power.
    ``deadline_s`` is for the time from release to end; None: the instance's.
    """

    requests: Requests
    estimator: Estimator = "harmonic"
    window: int = 5
    alpha: float = 0.3
    hysteresis: float = 0.0
    switch_s: float = 0.0
    deadline_s: float | None = None

    def __post_init__(self) -> None:
        if not 0 <= self.switch_s < math.inf:
            raise InputError(f"found {self.switch_s}; a finite number of at least 0 is needed", where="switch")
        if self.deadline_s is not None and not 0 < self.deadline_s < math.inf:
            raise InputError(f"found {self.deadline_s}; a finite number above 0 is needed", where="deadline")


@dataclass(frozen=True)
class StrategyRun:
    """What happened to each request of a strategy, read-only arrays (R,).

    ``latency_s`` is from the beginning (a change of the plan included) to the end, ``response_s`` from the release.
    ``sending_s`` of it some message was on the link. ``plan`` is the bandwidth (MB/s) that its plan was made for (nan:
    a single plan). ``elapsed_s`` is from 0 to the end of the stretch, or of the last request if that is later, and
    ``standby_j`` what the device takes in that time between requests.
    """

    released_s: FloatArray
    began_s: FloatArray
    latency_s: FloatArray
    energy_j: FloatArray
    sending_s: FloatArray
    plan: FloatArray
    switches: int
    deadline_s: float | None
    elapsed_s: float
    standby_j: float

    @property
    def response_s(self) -> FloatArray:
        """From release to end."""
        return self.began_s - self.released_s + self.latency_s

    @property
    def misses(self) -> int | None:
        """Requests that ended after their deadline (relative tolerance 1e-9); None without one."""
        if self.deadline_s is None:
            return None
        return int((self.response_s > self.deadline_s * (1 + 1e-9)).sum())

    def summary(self) -> dict[str, float | int | None]:
        """Of latency, response and energy mean, 50th, 95th and 99th percentile and worst; shares and counts."""
        count = len(self.latency_s)
        made: dict[str, float | int | None] = {"requests": count}
        for name, values in (
            ("latency_s", self.latency_s), ("response_s", self.response_s), ("energy_j", self.energy_j),
        ):  # fmt: skip
            made[f"{name}_mean"] = float(values.mean())
            for percent in (50, 95, 99):
                made[f"{name}_p{percent}"] = float(np.quantile(values, percent / 100))
            made[f"{name}_worst"] = float(values.max())
        total, joules = float(self.latency_s.sum()), float(self.energy_j.sum())
        misses = self.misses
        return made | {
            "sending_share": float(self.sending_s.sum()) / total if total > 0 else 0.0,
            "deadline_s": self.deadline_s,
            "misses": misses,
            "miss_share": None if misses is None else misses / count,
            "switches": self.switches,
            "elapsed_s": self.elapsed_s,
            "total_energy_j": joules + self.standby_j,
            "mean_power_w": (joules + self.standby_j) / self.elapsed_s,
        }


def replay_strategies(
    instance: IntradpInstance, strategies: Mapping[str, Strategy], trace: BandwidthTrace, setup: Setup
) -> dict[str, StrategyRun]:
    """Each strategy on ``trace`` from its beginning (over and over, where it is shorter than the stretch).

    The bandwidth goes on changing while an inference runs. The instance's rates are ignored, its efficiency is not;
    plans may have been made for an instance with other costs. Raises :class:`InputError` for a plan that ``instance``
    has not, naming the strategy.
    """
    if not strategies:
        raise InputError("found none; a table or a plan is needed", where="strategies")
    for name, strategy in strategies.items():
        entries = [strategy] if isinstance(strategy, IntradpSolution) else _solutions(strategy, instance.name)
        for plan in entries:
            try:
                check_plan(instance, plan)
            except InputError as error:
                raise InputError(error.what, where=name) from None
    return {name: _replayed(instance, strategy, trace, setup) for name, strategy in strategies.items()}


def _solutions(table: PlanTable, name: str) -> list[IntradpSolution]:
    if table.instance != name:
        raise InputError(f"found a table of {table.instance}; one of {name} is needed")
    return list(dict.fromkeys(entry.solution(name) for entry in table.plans))


def _replayed(instance: IntradpInstance, strategy: Strategy, trace: BandwidthTrace, setup: Setup) -> StrategyRun:
    table = None if isinstance(strategy, IntradpSolution) else strategy
    controller = None
    if table is not None:
        controller = Controller(
            table, setup.estimator, window=setup.window, alpha=setup.alpha, hysteresis=setup.hysteresis
        )
    entries = () if table is None else table.plans
    plans = {entry.megabytes_per_s: entry.solution(instance.name) for entry in entries}
    timed: dict[IntradpSolution, TimedPlan] = {}
    power = instance.power_w
    launch_w = power.compute if power.launch is None else power.launch
    rows: list[tuple[float, float, float, float, float, float]] = []
    free, seen, switches = 0.0, -1, 0
    before: IntradpSolution | None = None
    while True:
        release = setup.requests._release(len(rows), free)
        if release is None:
            break
        if len(rows) >= MOST_REQUESTS:
            raise InputError(f"there are more than {MOST_REQUESTS} requests; a gap or a period is needed", where="gap")
        begin = max(release, free)
        made_for = math.nan
        if controller is None:
            assert isinstance(strategy, IntradpSolution)
            plan = strategy
        else:
            while (seen + 1) * trace.step_s <= begin:
                seen += 1
                controller.observe(trace.at(seen) / 1e6)
            made_for = controller.plan().megabytes_per_s
            plan = plans[made_for]
        changing = setup.switch_s if before is not None and plan != before else 0.0
        switches += before is not None and plan != before
        before = plan
        if plan not in timed:
            timed[plan] = TimedPlan(instance, plan)
        made = timed[plan].infer(trace, begin + changing)
        latency = changing + made.latency_s
        rows.append((release, begin, latency, changing * launch_w + made.energy_j, made.sending_s, made_for))
        free = begin + latency
        if latency == 0 and setup.requests.period_s is None and setup.requests.gap_s == 0:
            raise InputError("an inference takes no time, so there is no end of them; a gap is needed", where="gap")
    columns = [np.array(column, dtype=np.float64) for column in zip(*rows, strict=True)]
    for column in columns:
        column.setflags(write=False)
    elapsed = max(setup.requests.stretch_s, free)
    idle = max(0.0, elapsed - float(columns[2].sum()))
    deadline = instance.deadline_s if setup.deadline_s is None else setup.deadline_s
    return StrategyRun(
        columns[0], columns[1], columns[2], columns[3], columns[4], columns[5], switches, deadline, elapsed,
        idle * power.standby,
    )  # fmt: skip
