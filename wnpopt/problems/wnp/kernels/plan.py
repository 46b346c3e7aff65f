"""The compute side of wnp as arrays, and the longest paths through it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from wnpopt.backends.compiled import compiled
from wnpopt.problems.wnp.instance import IntArray, WnpInstance

Arrays = tuple[IntArray, IntArray, IntArray, IntArray, IntArray, IntArray]
BoolArray = np.ndarray[tuple[int, ...], np.dtype[np.bool_]]

FAR = 2**60
"""Stands for "never" in arrays of ticks; sums of a few of these stay below 2^63."""


@dataclass(frozen=True)
class Plan:
    """The DNN and the chip: ``ticks`` (I, M) with FAR where a subgraph cannot run, edges in CSR form.

    ``hop`` (M, M) are the ticks of the hops between two cores, ``width`` (E,) an edge's own ticks between different
    cores; ``into``/``outof`` list edge numbers by subgraph, ``order`` is a topological order.
    """

    ticks: IntArray
    order: IntArray
    source: IntArray
    target: IntArray
    width: IntArray
    hop: IntArray
    into_at: IntArray
    into: IntArray
    outof_at: IntArray
    outof: IntArray
    modality: IntArray

    @staticmethod
    def of(instance: WnpInstance) -> Plan:
        """The compute side of ``instance``."""
        ticks = np.where(instance.ticks < 0, FAR, instance.ticks)
        # Copies, also of a single edge: a read-only view of the instance's array would be another type to compile for.
        source, target = (np.array(column) for column in instance.edge_index.T)
        count = len(instance.subgraphs)
        into_at, into = _csr(target, count)
        outof_at, outof = _csr(source, count)
        hop = np.ascontiguousarray(instance.hops * instance.chip.hop_ticks)
        return Plan(
            np.ascontiguousarray(ticks),
            instance.order,
            source,
            target,
            instance.edge_ticks,
            hop,
            into_at,
            into,
            outof_at,
            outof,
            instance.modality_index,
        )

    @cached_property
    def forward(self) -> Arrays:
        """What a pass along the edges reads: ticks, sources, widths, hops, and the edges into each subgraph."""
        return self.ticks, self.source, self.width, self.hop, self.into_at, self.into

    @cached_property
    def backward(self) -> Arrays:
        """What a pass against the edges reads: ticks, targets, widths, hops, and the edges out of each subgraph."""
        return self.ticks, self.target, self.width, self.hop, self.outof_at, self.outof

    @cached_property
    def able(self) -> BoolArray:
        """Where each subgraph can run, shape (I, M)."""
        return self.ticks < FAR

    def least(self, values: IntArray) -> IntArray:
        """The least of ``values`` (I, M) over the cores that can run each subgraph, shape (I,)."""
        return np.asarray(np.where(self.able, values, FAR).min(axis=1))

    def reachable(self) -> BoolArray:
        """Entry (i, j) is True if a path leads from i to j, so that precedence orders the two, shape (I, I)."""
        count = self.order.size
        reach = np.zeros((count, count), dtype=np.bool_)
        for i in self.order[::-1]:
            for e in self.outof[self.outof_at[i] : self.outof_at[i + 1]]:
                j = self.target[e]
                reach[i] |= reach[j]
                reach[i, j] = True
        return reach


def _csr(node: IntArray, count: int) -> tuple[IntArray, IntArray]:
    at = np.zeros(count + 1, dtype=np.int64)
    np.cumsum(np.bincount(node, minlength=count), out=at[1:])
    return at, np.argsort(node, kind="stable").astype(np.int64)


@compiled
def heads(
    ticks: IntArray,
    source: IntArray,
    width: IntArray,
    hop: IntArray,
    into_at: IntArray,
    into: IntArray,
    order: IntArray,
    release: IntArray,
) -> IntArray:
    """Earliest start of each subgraph on each core if no core were ever busy, shape (I, M), for releases (I,)."""
    count, cores = ticks.shape
    head = np.zeros((count, cores), dtype=np.int64)
    for i in order:
        for m in range(cores):
            begin = release[i]
            for e in into[into_at[i] : into_at[i + 1]]:
                j = source[e]
                earliest = FAR
                for c in range(cores):
                    move = 0 if c == m else hop[c, m] + width[e]
                    if ticks[j, c] < FAR:
                        earliest = min(earliest, head[j, c] + ticks[j, c] + move)
                begin = max(begin, earliest)
            head[i, m] = begin
    return head


@compiled
def tails(
    ticks: IntArray,
    target: IntArray,
    width: IntArray,
    hop: IntArray,
    outof_at: IntArray,
    outof: IntArray,
    order: IntArray,
) -> IntArray:
    """Least ticks from each subgraph's end on each core to the end of all, if no core were ever busy, shape (I, M)."""
    count, cores = ticks.shape
    tail = np.zeros((count, cores), dtype=np.int64)
    for i in order[::-1]:
        for m in range(cores):
            rest = 0
            for e in outof[outof_at[i] : outof_at[i + 1]]:
                j = target[e]
                least = FAR
                for c in range(cores):
                    move = 0 if c == m else hop[m, c] + width[e]
                    if ticks[j, c] < FAR:
                        least = min(least, move + ticks[j, c] + tail[j, c])
                rest = max(rest, least)
            tail[i, m] = rest
    return tail
