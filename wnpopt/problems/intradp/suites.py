"""The sweeps of Intra-DP: latency and energy against bandwidth and the server's speed, for each network.

"Intra-DP: A High Performance Collaborative Inference System for Mobile Edge Computing" (MobiCom 2025, submission 676):
bandwidths of 0 to 50 MB/s (section 3.2; Figure 17), servers (section 6.3.3; Figure 19), networks (section 5.2.1),
powers (Table 2). Plans are those of least latency; the energy is what the device needs to execute them.
"""

from __future__ import annotations

from typing import cast

from wnpopt.core.suite import Measure, Point, SolvedRun, Suite, Trial, Values, presets
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


def _latency(trial: Trial) -> Values:
    """Milliseconds, and the best bound on them: the objective of these instances is the latency."""
    return trial.objectives(1000)


def _energy(trial: Trial) -> Values:
    """Joules of the device when it executes the plan."""
    instance = cast(IntradpInstance, trial.instance)

    def joules(run: SolvedRun) -> float | None:
        return None if run.solution is None else replay(instance, cast(IntradpSolution, run.solution)).energy_j

    return trial.by_label(joules)


MEASURES = (
    Measure("latency", "Latency", "latency in ms", _latency),
    Measure("energy", "The device's energy", "energy in J", _energy),
)

_HEURISTICS, _SEARCHES = ("device-only", "server-only", "min-cut", "layer-cut"), ("auto",)
_SEEDS, _LIMITS = (2, 5), (2.0, 20.0)

BANDWIDTH = Suite(
    "intradp-bandwidth", "Intra-DP: latency and energy against bandwidth", "intradp", "bandwidth", "MB/s",
    presets((5.0, 10.0, 15.0, 20.0, 30.0, 50.0), tuple(float(x) for x in range(1, 51)), _SEEDS, _LIMITS),
    _HEURISTICS, _SEARCHES, _bandwidth, MEASURES, PAPER_NETWORKS,
)  # fmt: skip

SERVER = Suite(
    "intradp-server", "Intra-DP: latency and energy against the server's speed", "intradp",
    "server speed", "1: RTX 3080",
    presets((0.1, 0.4, 1.0, 4.0), (0.05, 0.1, 0.2, 0.4, 0.6, 1.0, 2.0, 4.0), _SEEDS, _LIMITS),
    _HEURISTICS, _SEARCHES, _server, MEASURES, PAPER_NETWORKS,
)  # fmt: skip
