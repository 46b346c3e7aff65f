"""The sweeps of Intra-DP: latency and energy against bandwidth and the server's speed, for each network.

"Intra-DP: A High Performance Collaborative Inference System for Mobile Edge Computing" (MobiCom 2025, submission 676):
bandwidths of 0 to 50 MB/s (section 3.2; Figure 17), servers (section 6.3.3; Figure 19), networks (section 5.2.1),
powers (Table 2). Plans are those of least latency; the energy is what the device needs to execute them.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import cast

from wnpopt.core.suite import Measure, Point, Preset, Solved, Suite, Trial, Values, by_label
from wnpopt.problems.intradp.imports.network import PAPER_NETWORKS, network_instance
from wnpopt.problems.intradp.instance import IntradpInstance
from wnpopt.problems.intradp.solution import IntradpSolution
from wnpopt.problems.intradp.verify import replay

INDOORS_BYTES_PER_S = 93e6 / 8
"""Average bandwidth indoors: 93 Mbit/s (Intra-DP, section 2.2)."""
SCATTER = 0.1
"""Seeds stand for profiles: operator times are log-normal around the roofline's with this standard deviation."""


def _bandwidth(point: Point) -> IntradpInstance:
    return network_instance(str(point.variant), bytes_per_s=point.x * 1e6, scatter=SCATTER, seed=point.seed)


def _server(point: Point) -> IntradpInstance:
    return network_instance(
        str(point.variant),
        bytes_per_s=INDOORS_BYTES_PER_S,
        server_speed=point.x,
        scatter=SCATTER,
        seed=point.seed,
    )


def _latency(trial: Trial[Solved]) -> Values:
    """Milliseconds, and the best bound on them: the objective of these instances is the latency."""
    found = by_label(trial, lambda attempt: None if attempt.objective is None else 1000 * attempt.objective)
    if trial.bound is not None:
        found["best bound"] = (1000 * trial.bound,)
    return found


def _energy(trial: Trial[Solved]) -> Values:
    """Joules of the device when it executes the plan."""
    instance = cast(IntradpInstance, trial.instance)
    found: dict[str, tuple[float, ...]] = {}
    for attempt, solution in trial.solutions:
        energy = replay(instance, cast(IntradpSolution, solution)).energy_j
        found[attempt.label] = (*found.get(attempt.label, ()), energy)
    return found


MEASURES = (
    Measure("latency", "Latency", "latency in ms", _latency),
    Measure("energy", "The device's energy", "energy in J", _energy),
)

_HEURISTICS, _SEARCHES = ("device-only", "server-only", "min-cut", "layer-cut"), ("auto",)


def _presets(quick: tuple[float, ...], full: tuple[float, ...]) -> Mapping[str, Preset]:
    return MappingProxyType({"quick": Preset(quick, (0, 1), 2.0), "full": Preset(full, tuple(range(5)), 20.0)})


SUITES = (
    Suite(
        "intradp-bandwidth", "Intra-DP: latency and energy against bandwidth", "intradp", "bandwidth", "MB/s",
        _presets((5.0, 10.0, 15.0, 20.0, 30.0, 50.0), tuple(float(x) for x in range(1, 51))),
        _HEURISTICS, _SEARCHES, _bandwidth, MEASURES, PAPER_NETWORKS,
    ),
    Suite(
        "intradp-server", "Intra-DP: latency and energy against the server's speed", "intradp",
        "server speed", "1: RTX 3080",
        _presets((0.1, 0.4, 1.0, 4.0), (0.05, 0.1, 0.2, 0.4, 0.6, 1.0, 2.0, 4.0)),
        _HEURISTICS, _SEARCHES, _server, MEASURES, PAPER_NETWORKS,
    ),
)  # fmt: skip
"""The two suites of the family intradp."""
