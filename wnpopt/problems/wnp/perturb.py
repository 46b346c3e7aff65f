"""One small random change of a wnp instance, for the adversarial search."""

from __future__ import annotations

import numpy as np

from wnpopt.core.perturbation import Addition, Exchange, NumberMove, Range, Removal, Walk, change, pick
from wnpopt.problems.wnp.instance import Edge, WnpInstance

_RATES = "radio.bits_per_slot.*.*.*"


def perturb(instance: WnpInstance, rng: np.random.Generator, origin: WnpInstance) -> WnpInstance:
    """``instance`` with one entry (or one coherence block of a modality's rates) changed.

    Ticks, payloads, rates, bytes and hop_ticks stay within a factor of 5 of the range that they have in ``origin``;
    the number of edges within a quarter of its. Names, sizes, slots, cores and the mesh stay. After Coleman and
    Krishnamachari, "PISA: An adversarial approach to comparing task graph scheduling algorithms", IPDPS 2025, whose
    changes are the weights of tasks, dependencies, nodes and links, and a dependency more or less.
    """
    return change(
        instance,
        rng,
        origin,
        {
            NumberMove("subgraphs.*.ticks.*"): 2,
            NumberMove("modalities.*.payload_bits"): 1,
            NumberMove(_RATES): 1,
            _block: 1,
            NumberMove("edges.*.bytes"): 1,
            NumberMove("chip.hop_ticks"): 1,
            Addition("edges", _edge): 1,
            Removal("edges"): 1,
            Exchange("subgraphs.*.modality"): 1,
        },
    )


def _block(walk: Walk[WnpInstance]) -> WnpInstance | None:
    """A modality's rates on all resource blocks in one coherence block, by one factor."""
    rates = walk.instance.table.copy()
    if rates.size == 0:
        return None
    k, b = pick(rates.shape[0], walk.rng), pick(rates.shape[2], walk.rng)
    allowed = Range.around(walk.known(_RATES))
    factor = np.exp(0.5 * walk.rng.standard_normal())
    rates[k, :, b] = np.clip(np.rint(rates[k, :, b] * factor), np.floor(allowed.low), np.ceil(allowed.high))
    return walk.put({("radio", "bits_per_slot"): rates.tolist()})


def _edge(walk: Walk[WnpInstance]) -> Edge | None:
    """An edge that is not there yet, along a topological order; its bytes are of the range of the others'."""
    edges, names = walk.instance.edges, [s.name for s in walk.instance.subgraphs]
    if len(names) < 2 or not edges:
        return None
    first, last = sorted(int(p) for p in walk.rng.choice(len(names), size=2, replace=False))
    source, target = (names[int(walk.instance.order[p])] for p in (first, last))
    if any((e.source, e.target) == (source, target) for e in edges):
        return None
    like = edges[pick(len(edges), walk.rng)].bytes
    size = Range.around(walk.known("edges.*.bytes")).integer(like, walk.rng)
    return Edge(source=source, target=target, bytes=size)
