"""One small random change of a wnp instance, for the adversarial search."""

from __future__ import annotations

import numpy as np

from wnpopt.core.perturbation import Range, change, pick, replaced
from wnpopt.problems.wnp.instance import Edge, Subgraph, WnpInstance


def perturb(instance: WnpInstance, rng: np.random.Generator, origin: WnpInstance) -> WnpInstance:
    """``instance`` with one entry (or one coherence block of a modality's rates) changed.

    Ticks, payloads, rates, bytes and hop_ticks stay within a factor of 5 of the range that they have in ``origin``;
    the number of edges within a quarter of its. Names, sizes, slots, cores and the mesh stay. After Coleman and
    Krishnamachari, "PISA: An adversarial approach to comparing task graph scheduling algorithms", IPDPS 2025, whose
    changes are the weights of tasks, dependencies, nodes and links, and a dependency more or less.
    """
    move = _Moves(instance, rng, origin)
    return change(
        instance,
        rng,
        (
            move.ticks, move.ticks, move.payload, move.rate, move.block, move.bytes, move.hop, move.connect,
            move.disconnect, move.exchange,
        ),
    )  # fmt: skip


def edge_range(origin: WnpInstance) -> tuple[int, int]:
    """The least and the greatest number of edges that a changed ``origin`` may have."""
    count = len(origin.edges)
    slack = max(1, count // 4)
    return max(0, count - slack), count + slack


class _Moves:
    """The changes; each returns None where there is nothing to change."""

    def __init__(self, instance: WnpInstance, rng: np.random.Generator, origin: WnpInstance) -> None:
        self._instance, self._rng, self._origin = instance, rng, origin

    def ticks(self) -> WnpInstance | None:
        """A subgraph's ticks on a core that can run it."""
        i = pick(len(self._instance.subgraphs), self._rng)
        row = self._instance.subgraphs[i].ticks
        m = pick(len(row), self._rng)
        value = row[m]
        if value is None:
            return None
        allowed = Range.around(t for s in self._origin.subgraphs for t in s.ticks if t is not None)
        return self._with_subgraph(i, ticks=replaced(row, m, allowed.integer(value, self._rng)))

    def payload(self) -> WnpInstance | None:
        """A modality's payload."""
        modalities = self._instance.modalities
        if not modalities:
            return None
        k = pick(len(modalities), self._rng)
        allowed = Range.around(m.payload_bits for m in self._origin.modalities)
        payload = allowed.integer(modalities[k].payload_bits, self._rng)
        changed = modalities[k].model_copy(update={"payload_bits": payload})
        return self._instance.model_copy(update={"modalities": replaced(modalities, k, changed)})

    def rate(self) -> WnpInstance | None:
        """One modality's rate on one resource block in one coherence block."""
        rates = self._instance.rates
        if rates.size == 0:
            return None
        place = tuple(pick(size, self._rng) for size in rates.shape)
        changed = rates.copy()
        changed[place] = self._rate_range().integer(int(rates[place]), self._rng)
        return self._with_rates(changed)

    def block(self) -> WnpInstance | None:
        """A modality's rates on all resource blocks in one coherence block, by one factor."""
        rates = self._instance.rates
        if rates.size == 0:
            return None
        k, b = pick(rates.shape[0], self._rng), pick(rates.shape[2], self._rng)
        allowed = self._rate_range()
        factor = np.exp(0.5 * self._rng.standard_normal())
        changed = rates.copy()
        changed[k, :, b] = np.clip(np.rint(rates[k, :, b] * factor), np.floor(allowed.low), np.ceil(allowed.high))
        return self._with_rates(changed)

    def bytes(self) -> WnpInstance | None:
        """An edge's bytes."""
        edges = self._instance.edges
        if not edges:
            return None
        e = pick(len(edges), self._rng)
        size = self._byte_range().integer(edges[e].bytes, self._rng)
        return self._with_edges(replaced(edges, e, edges[e].model_copy(update={"bytes": size})))

    def hop(self) -> WnpInstance | None:
        """The ticks of a hop."""
        chip = self._instance.chip
        hop = Range.around([self._origin.chip.hop_ticks]).integer(chip.hop_ticks, self._rng)
        return self._instance.model_copy(update={"chip": chip.model_copy(update={"hop_ticks": hop})})

    def connect(self) -> WnpInstance | None:
        """An edge more, along a topological order; its bytes are of the range of the others'."""
        edges, names = self._instance.edges, [s.name for s in self._instance.subgraphs]
        if len(names) < 2 or not edges or len(edges) >= edge_range(self._origin)[1]:
            return None
        first, last = sorted(int(p) for p in self._rng.choice(len(names), size=2, replace=False))
        source, target = (names[int(self._instance.order[p])] for p in (first, last))
        if any((e.source, e.target) == (source, target) for e in edges):
            return None
        like = edges[pick(len(edges), self._rng)].bytes
        edge = Edge(source=source, target=target, bytes=self._byte_range().integer(like, self._rng))
        return self._with_edges((*edges, edge))

    def disconnect(self) -> WnpInstance | None:
        """An edge less."""
        edges = self._instance.edges
        if not edges or len(edges) <= edge_range(self._origin)[0]:
            return None
        e = pick(len(edges), self._rng)
        return self._with_edges(edges[:e] + edges[e + 1 :])

    def exchange(self) -> WnpInstance | None:
        """Two subgraphs read each other's modality."""
        subgraphs = self._instance.subgraphs
        i, j = pick(len(subgraphs), self._rng), pick(len(subgraphs), self._rng)
        mine, other = subgraphs[i].modality, subgraphs[j].modality
        if mine == other:
            return None
        swapped = replaced(subgraphs, i, subgraphs[i].model_copy(update={"modality": other}))
        swapped = replaced(swapped, j, subgraphs[j].model_copy(update={"modality": mine}))
        return self._instance.model_copy(update={"subgraphs": swapped})

    def _rate_range(self) -> Range:
        rates = self._origin.rates
        return Range.around([int(rates.min()), int(rates.max())])

    def _byte_range(self) -> Range:
        return Range.around(e.bytes for e in self._origin.edges)

    def _with_subgraph(self, i: int, **fields: object) -> WnpInstance:
        changed: Subgraph = self._instance.subgraphs[i].model_copy(update=fields)
        return self._instance.model_copy(update={"subgraphs": replaced(self._instance.subgraphs, i, changed)})

    def _with_rates(self, rates: np.typing.NDArray[np.int64]) -> WnpInstance:
        radio = self._instance.radio.model_copy(update={"bits_per_slot": rates.tolist()})
        return self._instance.model_copy(update={"radio": radio})

    def _with_edges(self, edges: tuple[Edge, ...]) -> WnpInstance:
        return self._instance.model_copy(update={"edges": edges})
