"""The sweeps of SLIDE: users served against bandwidth, deadline and number of users, with rho beside them.

"SLIDE: Simultaneous Model Downloading and Inference at the Wireless Network Edge" (Qu, Li, Chen, Chen, Zhou). rho, the
compute time of a served user over its deadline, decides what simultaneous downloading can gain.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from types import MappingProxyType
from typing import cast

from wnpopt.core.suite import Measure, Point, SolvedRun, Suite, Trial, Values, presets
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


def _users(point: Point) -> SlideInstance:
    return generate({**_CELL, "users": int(point.x)}, point.seed)


_SHARED: Mapping[str, int | float | str] = MappingProxyType({"delivery": "multicast", "accuracy_share": 0.7})
"""Any of three vision networks will do, but most users ask for more accuracy than the least; who gets the same network
shares its transmission."""


def _shared(point: Point) -> SlideInstance:
    return generate({**_SHARED, "users": int(point.x)}, point.seed)


def _served(trial: Trial) -> Values:
    return trial.by_label(lambda run: run.objective)


def _rho(trial: Trial) -> Values:
    """The mean of rho over the users that a run serves; unknown where it serves nobody."""
    instance = cast(SlideInstance, trial.instance)

    def mean_rho(run: SolvedRun) -> float | None:
        if run.solution is None:
            return None
        shares = [line.rho for line in timelines(instance, cast(SlideSolution, run.solution))]
        return math.fsum(shares) / len(shares) if shares else None

    return trial.by_label(mean_rho)


def _gain(trial: Trial) -> Values:
    """Per cent more users than by downloading first; unknown where that serves nobody."""
    return trial.against("dai", lambda users, reference: 100 * (users / reference - 1))


MEASURES = (
    Measure("served", "Users served", "users served", _served),
    Measure("rho", "Mean rho of the users served", "compute time / deadline", _rho),
    Measure("gain", "Users gained over downloading first", "gain in %", _gain),
)

# Users count alike here: greedy is optimal, and proves it. So no search is needed.
_HEURISTICS, _SEARCHES = ("greedy", "dai", "equal", "random", "max-frequency"), ()


_SEEDS = (5, 20)

BANDWIDTH = Suite(
    "slide-bandwidth", "SLIDE: users served against bandwidth", "slide", "bandwidth", "MHz",
    presets(
        (100.0, 200.0, 400.0, 800.0), (100.0, 150.0, 200.0, 300.0, 400.0, 500.0, 600.0, 700.0, 800.0), _SEEDS
    ),
    _HEURISTICS, _SEARCHES, _bandwidth, MEASURES,
)  # fmt: skip

DEADLINE = Suite(
    "slide-deadline", "SLIDE: users served against the deadline", "slide", "median deadline", "s",
    presets((0.7, 0.8, 1.0, 1.5, 3.0), (0.7, 0.8, 0.9, 1.0, 1.25, 1.5, 1.75, 2.0, 2.5, 3.0), _SEEDS),
    _HEURISTICS, _SEARCHES, _deadline, MEASURES,
)  # fmt: skip

USERS = Suite(
    "slide-users", "SLIDE: users served against the number of users", "slide", "users", "",
    presets((20.0, 60.0, 120.0, 240.0), (20.0, 40.0, 60.0, 80.0, 120.0, 160.0, 200.0, 240.0), _SEEDS),
    _HEURISTICS, _SEARCHES, _users, MEASURES,
)  # fmt: skip

# Equal parts and random order are of users with a band each: they refuse multicast.
MULTICAST = Suite(
    "slide-multicast", "SLIDE: users served with shared transmissions", "slide", "users", "",
    presets((200.0, 1000.0), (200.0, 1000.0, 5000.0, 20000.0), (2, 3), (10.0, 60.0)),
    ("greedy",), ("auto", "dai", "max-frequency"), _shared, MEASURES,
)  # fmt: skip
