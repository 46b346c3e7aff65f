"""Strategies one after the other on the same link, or on the same stretch of a bandwidth trace."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from statistics import fmean

from wnpopt.core.errors import InputError
from wnpopt.execution.network import Array
from wnpopt.execution.unsplit import UnsplitNetwork, largest_difference
from wnpopt.problems.intradp.execution.remote.adaptive import AdaptiveRunner
from wnpopt.problems.intradp.execution.remote.device import DeviceRunner, RunInference
from wnpopt.problems.intradp.execution.remote.pace import Pace
from wnpopt.problems.intradp.online.adaptive import Controller
from wnpopt.problems.intradp.online.simulate import BandwidthTrace

LEAD_S = 0.5
"""From connecting to the beginning of a trace; longer where that was not enough."""

MOST_LEADS = 5


@dataclass(frozen=True)
class Following:
    """A strategy that follows the link: a controller's plans, and where they are among the runner's."""

    controller: Controller
    place: Mapping[float, int | None]


RunStrategy = int | None | Following
"""One of the runner's plans, None for the device alone, or plans that follow the link."""


@dataclass(frozen=True)
class Stretch:
    """How long a strategy runs: ``seconds``, or ``count`` inferences; ``gap_s`` between two."""

    seconds: float | None = None
    count: int | None = None
    gap_s: float = 0.0


@dataclass(frozen=True)
class StrategyRecord:
    """Of each inference the seconds since the beginning, its own, and the bandwidth (MB/s) that its plan was made for
    (nan: a single plan). ``alone`` are those that the device had to finish, and why."""

    began_s: tuple[float, ...]
    latency_s: tuple[float, ...]
    made_for: tuple[float, ...]
    alone: tuple[tuple[int, str], ...]
    deviation: float
    switches: int

    def summary(self) -> dict[str, float | int]:
        """Mean, percentiles and worst latency, and counts."""
        ordered = sorted(self.latency_s)
        found: dict[str, float | int] = {"requests": len(ordered), "mean_s": fmean(ordered)}
        for percent in (50, 95):
            found[f"p{percent}_s"] = ordered[min(len(ordered) - 1, int(percent / 100 * len(ordered)))]
        return found | {
            "worst_s": ordered[-1], "alone": len(self.alone), "switches": self.switches, "deviation": self.deviation,
        }  # fmt: skip


def compare(
    runner: DeviceRunner,
    strategies: Mapping[str, RunStrategy],
    stretch: Stretch,
    *,
    paces: tuple[Pace, Pace] | None = None,
    trace: BandwidthTrace | None = None,
    seed: int = 0,
    on_inference: Callable[[str, int, RunInference], None] = lambda _name, _number, _made: None,
) -> dict[str, StrategyRecord]:
    """Run each strategy, all outputs compared with the unsplit network's.

    With a ``trace`` each begins at its beginning, in both directions of the emulated link ``paces``. Raises
    :class:`InputError` where the server cannot be reached again in time for that.
    """
    inputs = runner.model.network.random_inputs(seed)
    expected = UnsplitNetwork(runner.model.network).outputs(inputs)
    found = {}
    for name, strategy in strategies.items():
        begin = time.perf_counter()
        if trace is not None:
            assert paces is not None
            begin = _from_the_beginning(runner, paces, trace)
        found[name] = _recorded(runner, name, strategy, stretch, begin, inputs, expected, on_inference)
    return found


def _from_the_beginning(runner: DeviceRunner, paces: tuple[Pace, Pace], trace: BandwidthTrace) -> float:
    """Connect so that the trace begins after it, wait for that time, and return it."""
    lead, share = LEAD_S, runner.model.instance.link.efficiency
    for _ in range(MOST_LEADS):
        begin = time.perf_counter() + lead
        up, down = (replace(pace, trace=trace, origin_s=begin, efficiency=share) for pace in paces)
        runner.relink((up, down))
        left = begin - time.perf_counter()
        if left >= 0:
            time.sleep(left)
            return begin
        lead *= 3
    raise InputError("the server is too slow to be ready for the beginning of the trace", where="--trace")


def _recorded(
    runner: DeviceRunner,
    name: str,
    strategy: RunStrategy,
    stretch: Stretch,
    begin: float,
    inputs: Mapping[str, Array],
    expected: Mapping[str, Array],
    on_inference: Callable[[str, int, RunInference], None],
) -> StrategyRecord:
    following = None
    if isinstance(strategy, Following):
        following = AdaptiveRunner(runner, strategy.controller, strategy.place)
    began, latencies, made_for = [], [], []
    alone: list[tuple[int, str]] = []
    deviation = 0.0
    for number in _turns(stretch, begin):
        start = time.perf_counter()
        if following is not None:
            made, rate = following.infer(inputs)
        else:
            assert not isinstance(strategy, Following)
            made, rate = runner.infer(inputs, strategy), math.nan
        began.append(start - begin)
        latencies.append(made.latency_s)
        made_for.append(rate)
        if made.alone is not None:
            alone.append((number, made.alone))
        deviation = max(deviation, largest_difference(made.outputs, expected))
        on_inference(name, number, made)
    switches = 0 if following is None else following.switches
    return StrategyRecord(tuple(began), tuple(latencies), tuple(made_for), tuple(alone), deviation, switches)


def _turns(stretch: Stretch, begin: float) -> Iterator[int]:
    number = 0
    while stretch.count is None or number < stretch.count:
        if number and stretch.gap_s:
            time.sleep(stretch.gap_s)
        if number and stretch.seconds is not None and time.perf_counter() - begin >= stretch.seconds:
            return
        yield number
        number += 1
