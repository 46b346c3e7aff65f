"""The sweeps of O-WiN: makespan against heterogeneity, cores, subcarriers and the scale of the compute latency.

"Orchestrating Multimodal DNN Workloads in Wireless Neural Processing", arXiv 2603.02109. The sizes and ranges are ours:
4 modalities and 40 subgraphs, which exact methods nearly solve.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from types import MappingProxyType
from typing import cast

from wnpopt.core.suite import Measure, Point, Suite, Trial, Values, presets
from wnpopt.problems.wnp.generate import generate
from wnpopt.problems.wnp.instance import WnpInstance
from wnpopt.problems.wnp.vary import first_cores, first_resource_blocks, heterogeneous, scaled_compute

SUBCARRIERS = 12
"""Of a resource block."""
SIGMA = 1.0
"""Heterogeneity of the modalities where something else is swept."""

_CELL: Mapping[str, int | float | str] = MappingProxyType(
    {
        "subgraphs": 40, "cores": 4, "modalities": 4, "resource_blocks": 24, "slots": 60, "block_slots": 10,
        "heterogeneity": 0.0, "ctr": 0.5,
    }
)  # fmt: skip
# The same work for every part of the largest chip, the same payloads for every part of the widest band.
_LARGEST_CHIP = MappingProxyType({**_CELL, "cores": 16, "ctr": 0.125})
_WIDEST_BAND = MappingProxyType({**_CELL, "resource_blocks": 48, "slots": 120, "load": 0.15, "ctr": 1.0})


@cache
def _base(seed: int, *cell: tuple[str, int | float | str]) -> WnpInstance:
    return generate(dict(cell), seed)


def _spread(cell: Mapping[str, int | float | str], seed: int, sigma: float = SIGMA) -> WnpInstance:
    return heterogeneous(_base(seed, *cell.items()), sigma, seed)


def _heterogeneity(point: Point) -> WnpInstance:
    return _spread(_CELL, point.seed, point.x)


def _cores(point: Point) -> WnpInstance:
    return first_cores(_spread(_LARGEST_CHIP, point.seed), int(point.x))


def _subcarriers(point: Point) -> WnpInstance:
    return first_resource_blocks(_spread(_WIDEST_BAND, point.seed), int(point.x) // SUBCARRIERS)


def _latency_scale(point: Point) -> WnpInstance:
    return scaled_compute(_spread(_CELL, point.seed), point.x)


def _makespan(trial: Trial) -> Values:
    """Milliseconds of every method, and of the best bound that is known."""
    return trial.objectives(1000 * cast(WnpInstance, trial.instance).tick_s)


def _reduction(trial: Trial) -> Values:
    """By how many per cent of the makespan of rtfs each other method is below it, and any method can be at most."""
    return trial.against("rtfs", lambda value, reference: 100 * (1 - value / reference), "at most (best bound)")


MEASURES = (
    Measure("makespan", "Makespan", "makespan in ms", _makespan),
    Measure("reduction", "Makespan saved over rtfs", "reduction in %", _reduction),
)

_HEURISTICS, _SEARCHES = ("rtfs", "pacs"), ("auto",)
_SEEDS, _LIMITS = (3, 20), (3.0, 60.0)

HETEROGENEITY = Suite(
    "owin-heterogeneity", "O-WiN: makespan against the heterogeneity of the modalities", "wnp",
    "heterogeneity", "sigma",
    presets(
        (0.0, 0.75, 1.5, 2.25), (0.0, 0.25, 0.5, 0.75, 1.0, 1.25, 1.5, 1.75, 2.0, 2.25, 2.5), _SEEDS, _LIMITS
    ),
    _HEURISTICS, _SEARCHES, _heterogeneity, MEASURES,
)  # fmt: skip

CORES = Suite(
    "owin-cores", "O-WiN: makespan against the number of cores", "wnp", "cores", "",
    presets((2.0, 4.0, 8.0, 16.0), (1.0, 2.0, 3.0, 4.0, 6.0, 8.0, 12.0, 16.0), _SEEDS, _LIMITS),
    _HEURISTICS, _SEARCHES, _cores, MEASURES,
)  # fmt: skip

SUBCARRIER_COUNT = Suite(
    "owin-subcarriers", "O-WiN: makespan against the number of subcarriers", "wnp", "subcarriers", "",
    presets(
        (144.0, 240.0, 384.0, 576.0), (144.0, 192.0, 240.0, 288.0, 384.0, 480.0, 576.0), _SEEDS, _LIMITS
    ),
    _HEURISTICS, _SEARCHES, _subcarriers, MEASURES,
)  # fmt: skip

LATENCY_SCALE = Suite(
    "owin-latency-scale", "O-WiN: makespan against the scale of the compute latency", "wnp",
    "scale of the compute latency", "",
    presets((0.25, 0.5, 1.0, 2.0), (0.125, 0.25, 0.5, 0.75, 1.0, 1.5, 2.0, 3.0, 4.0), _SEEDS, _LIMITS),
    _HEURISTICS, _SEARCHES, _latency_scale, MEASURES,
)  # fmt: skip
