"""One small random change of a wnp instance, for the adversarial search."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

import numpy as np

from wnpopt.core.perturbation import (
    Addition,
    Exchange,
    Move,
    NumberMove,
    Range,
    Removal,
    Walk,
    change,
    moves_of_optional,
    pick,
)
from wnpopt.problems.wnp.instance import Edge, WnpInstance

_RATES = "radio.bits_per_slot.*.*.*"

_OPTIONAL: Mapping[str, float | None] = MappingProxyType(
    {
        "subgraphs.*.release_ticks": 0,
        "jobs.*.release_ticks": 0,
        "jobs.*.weight": 1,
        "jobs.*.deadline_ticks": None,
        "makespan_limit_ticks": None,
        "energy_limit_j": None,
        "chip.cores.*.active_w": 0.0,
        "chip.cores.*.idle_w": 0.0,
        "chip.joule_per_byte_hop": 0.0,
        "modalities.*.transmit_j_per_rb_slot": 0.0,
    }
)
"""Optional fields with their defaults."""


def perturb(instance: WnpInstance, rng: np.random.Generator, origin: WnpInstance) -> WnpInstance:
    """``instance`` with one entry (or one coherence block of a modality's rates) changed.

    Ticks, payloads, rates, bytes and hop_ticks stay within a factor of 5 of the range that they have in ``origin``;
    the number of edges within a quarter of its. So do releases, weights, deadlines, limits, powers and energies that
    ``origin`` has; two subgraphs may change jobs, and modalities are released before the last slot. Names, sizes,
    slots, cores, the mesh, the kind of bus and the objective stay. After Coleman and
    Krishnamachari, "PISA: An adversarial approach to comparing task graph scheduling algorithms", IPDPS 2025, whose
    changes are the weights of tasks, dependencies, nodes and links, and a dependency more or less.
    """
    moves: dict[Move[WnpInstance], int] = {
        NumberMove("subgraphs.*.ticks.*"): 2,
        NumberMove("modalities.*.payload_bits"): 1,
        NumberMove(_RATES): 1,
        _block: 1,
        NumberMove("edges.*.bytes"): 1,
        NumberMove("chip.hop_ticks"): 1,
        Addition("edges", _edge): 1,
        Removal("edges"): 1,
        Exchange("subgraphs.*.modality"): 1,
    }
    moves |= moves_of_optional(origin, _OPTIONAL)
    if any(modality.release_slot for modality in origin.modalities):
        moves[_release_slot] = 1
    if origin.jobs:
        moves[Exchange("subgraphs.*.job")] = 1
    return change(instance, rng, origin, moves)


def _release_slot(walk: Walk[WnpInstance]) -> WnpInstance | None:
    """A modality's release, which leaves it a slot at least."""
    made = NumberMove("modalities.*.release_slot")(walk)
    late = made is None or any(m.release_slot >= made.radio.slots for m in made.modalities)
    return None if late else made


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
