"""Utilisation over time: which share of the cores, of the resource blocks and of the mesh is in use when."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from wnpopt.problems.wnp.runtime.execution import PlanExecution
from wnpopt.problems.wnp.runtime.setting import Setting

BINS = 120

FloatArray = np.ndarray[tuple[int, ...], np.dtype[np.float64]]


@dataclass(frozen=True)
class UtilisationTimeline:
    """Means over executions, by ``edges`` (B + 1,) in ticks.

    ``cores`` and ``blocks`` (B,) are shares of the cores and resource blocks in use, ``transfers`` (B,) how many
    transfers are under way.
    """

    edges: FloatArray
    cores: FloatArray
    blocks: FloatArray
    transfers: FloatArray


def timeline(setting: Setting, executions: Sequence[PlanExecution], last: float) -> UtilisationTimeline:
    """The mean over ``executions`` from 0 to ``last`` ticks."""
    edges = np.linspace(0.0, max(last, 1.0), BINS + 1)
    cores, blocks, transfers = np.zeros(BINS), np.zeros(BINS), np.zeros(BINS)
    slot = setting.instance.radio.slot_ticks
    for done in executions:
        ended = done.end >= 0
        cores += _cover(edges, done.start[ended], done.end[ended])
        sent = done.sent >= 0
        transfers += _cover(edges, done.sent[sent], done.there[sent])
        used = (done.carried >= 0).sum(axis=1)
        slots = np.flatnonzero(used)
        blocks += _cover(edges, slots * slot, (slots + 1) * slot, used[slots])
    step, count = edges[1] - edges[0], max(1, len(executions))
    width = max(1, setting.instance.resource_blocks)
    return UtilisationTimeline(
        edges,
        cores / (step * count * len(setting.instance.chip.cores)),
        blocks / (step * count * width),
        transfers / (step * count),
    )


def _cover(edges: FloatArray, begin: object, end: object, weight: object = 1.0) -> FloatArray:
    """How much of each bin is covered by the intervals, added up."""
    start, finish = np.asarray(begin, dtype=np.float64), np.asarray(end, dtype=np.float64)
    weights = np.broadcast_to(np.asarray(weight, dtype=np.float64), start.shape)
    # The cover up to t is the sum of min(t, end) - min(t, begin).
    up_to = [float((weights * (np.minimum(t, finish) - np.minimum(t, start))).sum()) for t in edges]
    return np.diff(np.array(up_to))
