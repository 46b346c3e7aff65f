"""The sweeps of Intra-DP: latency and energy against bandwidth and the server's speed, for each network.

"Intra-DP: A High Performance Collaborative Inference System for Mobile Edge Computing" (MobiCom 2025, submission 676):
bandwidths of 0 to 50 MB/s (section 3.2; Figure 17), servers (section 6.3.3; Figure 19), networks (section 5.2.1),
powers (Table 2). Plans are those of least latency; the energy is what the device needs to execute them.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import cast

import numpy as np

from wnpopt.core.suite import Measure, Point, SolvedRun, Suite, Trial, Values, presets
from wnpopt.problems.intradp.imports.network import PAPER_NETWORKS, network_instance
from wnpopt.problems.intradp.instance import IntradpInstance
from wnpopt.problems.intradp.online.adaptive import random_trace
from wnpopt.problems.intradp.online.simulate import BandwidthTrace, simulate
from wnpopt.problems.intradp.solution import IntradpSolution
from wnpopt.problems.intradp.verify import replay

INDOORS_BYTES_PER_S = 93e6 / 8
"""Average bandwidth indoors: 93 Mbit/s (Intra-DP, section 2.2)."""
OUTDOORS_BYTES_PER_S = 73e6 / 8
"""Average bandwidth outdoors: 73 Mbit/s (Intra-DP, section 2.2)."""
TRACE_S, REQUESTS = 300.0, 40
"""Length of the traces (five minutes, Intra-DP, section 2.2), and how many requests begin in them, evenly spaced."""
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


def _sending(trial: Trial) -> Values:
    """Percent of the latency in which the link sends."""
    instance = cast(IntradpInstance, trial.instance)

    def share(run: SolvedRun) -> float | None:
        if run.solution is None:
            return None
        replayed = replay(instance, cast(IntradpSolution, run.solution))
        spans = sorted((m.start_s, min(m.end_s, replayed.latency_s)) for m in (*replayed.uplink, *replayed.downlink))
        covered, total = 0.0, 0.0
        for start, end in spans:
            total += max(0.0, end - max(start, covered))
            covered = max(covered, end)
        return 100 * total / replayed.latency_s if replayed.latency_s > 0 else None

    return trial.by_label(share)


def _on_device(trial: Trial) -> Values:
    """Percent of the network's time on the device that stays there: 100 is device-only, about 0 server-only."""
    instance = cast(IntradpInstance, trial.instance)
    whole = sum(operator.device.full_s for operator in instance.operators)

    def share(run: SolvedRun) -> float | None:
        if run.solution is None or whole <= 0:
            return None
        ends = cast(IntradpSolution, run.solution).device_end
        parts = (op.device.full_s * end / op.units for op, end in zip(instance.operators, ends, strict=True))
        return 100 * sum(parts) / whole

    return trial.by_label(share)


@cache
def environment(name: str, bytes_per_s: float) -> BandwidthTrace:
    """Five minutes with this mean: "indoors" it varies by a quarter, "outdoors" twice as much and drops near zero."""
    if name == "indoors":
        made = random_trace(TRACE_S, 1, spread=0.25, fades_per_s=0.01, fade_depth=0.3)
    else:
        made = random_trace(TRACE_S, 2, spread=0.5, fades_per_s=0.05, fade_depth=0.02)
    scale = bytes_per_s / float(np.mean(made.bytes_per_s))
    return BandwidthTrace(made.step_s, tuple(rate * scale for rate in made.bytes_per_s))


def _outside(name: str, quantity: int, factor: float) -> Callable[[Trial], Values]:
    """Mean latency (``quantity`` 0) or energy (1), times ``factor``, over requests at the same moments for all runs."""

    def values(trial: Trial) -> Values:
        instance = cast(IntradpInstance, trial.instance)
        trace = environment(name, instance.link.uplink_bytes_per_s)

        def mean(run: SolvedRun) -> float | None:
            if run.solution is None:
                return None
            plan = cast(IntradpSolution, run.solution)
            starts = (TRACE_S * i / REQUESTS for i in range(REQUESTS))
            return factor * float(np.mean([simulate(instance, plan, trace, start)[quantity] for start in starts]))

        return trial.by_label(mean)

    return values


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

PAPER = Suite(
    "intradp-paper", "Intra-DP: the paper's comparison", "intradp", "mean bandwidth", "MB/s",
    presets(
        (5.0, OUTDOORS_BYTES_PER_S / 1e6, INDOORS_BYTES_PER_S / 1e6, 30.0),
        tuple(sorted((*(float(x) for x in range(1, 51)), OUTDOORS_BYTES_PER_S / 1e6, INDOORS_BYTES_PER_S / 1e6))),
        (1, 3), (10.0, 30.0),
    ),
    ("device-only", "server-only", "layer-cut", "spso-ga"), _SEARCHES, _bandwidth,
    (
        *MEASURES,
        Measure("sending", "Share of sending", "% of the latency", _sending),
        Measure("device-share", "What stays on the device", "% of its time for all", _on_device),
        Measure("latency-indoors", "Latency indoors", "mean latency in ms", _outside("indoors", 0, 1000.0)),
        Measure("energy-indoors", "Energy indoors", "mean energy in J", _outside("indoors", 1, 1.0)),
        Measure("latency-outdoors", "Latency outdoors", "mean latency in ms", _outside("outdoors", 0, 1000.0)),
        Measure("energy-outdoors", "Energy outdoors", "mean energy in J", _outside("outdoors", 1, 1.0)),
    ),
    PAPER_NETWORKS,
)  # fmt: skip
