"""The sweeps of SLIDE: users served against bandwidth and deadline, with rho beside them.

"SLIDE: Simultaneous Model Downloading and Inference at the Wireless Network Edge" (Qu, Li, Chen, Chen, Zhou). rho, the
compute time of a served user over its deadline, decides what simultaneous downloading can gain.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from types import MappingProxyType
from typing import cast

from wnpopt.core.suite import Measure, Point, Preset, Solved, Suite, Trial, Values, by_label
from wnpopt.problems.slide.generate import generate
from wnpopt.problems.slide.instance import SlideInstance
from wnpopt.problems.slide.plots.timeline import timelines
from wnpopt.problems.slide.solution import SlideSolution

_CELL: Mapping[str, int | float | str] = MappingProxyType(
    {
        "users": 120, "mix": "resnet50", "bandwidth_hz": 4e8, "deadline_s": 1.0, "deadline_spread": 0.15,
        "energy_scale": 0.0, "device": "phone", "jitter": 0.1, "compute_scale": 0.016,
    }
)  # fmt: skip
"""120 phones ask for ResNet-50 with 8-bit weights within about 1 s, in a cell of 400 MHz; their speed gives rho the
size that the paper's gains need (see docs/slide.md)."""


def _bandwidth(point: Point) -> SlideInstance:
    return generate({**_CELL, "bandwidth_hz": point.x * 1e6}, point.seed)


def _deadline(point: Point) -> SlideInstance:
    return generate({**_CELL, "deadline_s": point.x}, point.seed)


def _served(trial: Trial[Solved]) -> Values:
    return by_label(trial, lambda attempt: attempt.objective)


def _rho(trial: Trial[Solved]) -> Values:
    """The mean of rho over the users that a run serves; unknown where it serves nobody."""
    instance = cast(SlideInstance, trial.instance)
    found: dict[str, tuple[float, ...]] = {}
    for attempt, solution in trial.solutions:
        shares = [line.rho for line in timelines(instance, cast(SlideSolution, solution))]
        if shares:
            found[attempt.label] = (*found.get(attempt.label, ()), math.fsum(shares) / len(shares))
    return found


def _gain(trial: Trial[Solved]) -> Values:
    """Per cent more users than by downloading first; unknown where that serves nobody."""
    reference = trial.value("dai")
    if reference is None or reference <= 0:
        return {}

    def gained(attempt: Solved) -> float | None:
        if attempt.objective is None or attempt.method == "dai":
            return None
        return 100 * (attempt.objective / reference - 1)

    return {f"{label} against dai": values for label, values in by_label(trial, gained).items()}


MEASURES = (
    Measure("served", "Users served", "users served", _served),
    Measure("rho", "Mean rho of the users served", "compute time / deadline", _rho),
    Measure("gain", "Users gained over downloading first", "gain in %", _gain),
)

# Users count alike here: greedy is optimal, and proves it. So no search is needed.
_HEURISTICS, _SEARCHES = ("greedy", "dai", "equal", "random"), ()


def _presets(quick: tuple[float, ...], full: tuple[float, ...]) -> Mapping[str, Preset]:
    return MappingProxyType(
        {"quick": Preset(quick, tuple(range(5)), None), "full": Preset(full, tuple(range(20)), None)}
    )


SUITES = (
    Suite(
        "slide-bandwidth", "SLIDE: users served against bandwidth", "slide", "bandwidth", "MHz",
        _presets((100.0, 200.0, 400.0, 800.0), (100.0, 150.0, 200.0, 300.0, 400.0, 500.0, 600.0, 700.0, 800.0)),
        _HEURISTICS, _SEARCHES, _bandwidth, MEASURES,
    ),
    Suite(
        "slide-deadline", "SLIDE: users served against the deadline", "slide", "median deadline", "s",
        _presets((0.7, 0.8, 1.0, 1.5, 3.0), (0.7, 0.8, 0.9, 1.0, 1.25, 1.5, 1.75, 2.0, 2.5, 3.0)),
        _HEURISTICS, _SEARCHES, _deadline, MEASURES,
    ),
)  # fmt: skip
"""The two suites of the family slide."""
