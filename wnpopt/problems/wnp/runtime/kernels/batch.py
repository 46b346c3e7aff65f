"""Many simulations of one plan that nobody changes: sample a world, execute, measure, without Python in between."""

from __future__ import annotations

import numpy as np

from wnpopt.backends.compiled import compiled
from wnpopt.problems.wnp.instance import IntArray
from wnpopt.problems.wnp.runtime.kernels.engine import advance
from wnpopt.problems.wnp.runtime.kernels.measures import measure
from wnpopt.problems.wnp.runtime.kernels.sampling import FloatArray, sample


@compiled
def simulate(
    seed: int,
    first: int,
    # the instance
    source: IntArray,
    target: IntArray,
    outof_at: IntArray,
    outof: IntArray,
    hops: IntArray,
    size_bytes: IntArray,
    payload: IntArray,
    needed: IntArray,
    hop_ticks: int,
    slot_ticks: int,
    exclusive: bool,
    modality: IntArray,
    job: IntArray,
    # worlds
    rates: IntArray,
    block: IntArray,
    nominal_ticks: IntArray,
    nominal_width: IntArray,
    nominal_release: IntArray,
    nominal_slot: IntArray,
    noise: FloatArray,
    outage: FloatArray,
    outage_blocks: IntArray,
    cores: FloatArray,
    late: FloatArray,
    late_members: IntArray,
    late_modalities: IntArray,
    sampled: bool,
    bits: IntArray,
    ticks: IntArray,
    width: IntArray,
    release: IntArray,
    release_slot: IntArray,
    fails: IntArray,
    # the plan
    core: IntArray,
    earliest: IntArray,
    before: IntArray,
    after: IntArray,
    send_earliest: IntArray,
    send_before: IntArray,
    send_after: IntArray,
    table: IntArray,
    due: IntArray,
    waits: IntArray,
    keeps_table: bool,
    # the results
    rows: IntArray,
    busy: IntArray,
    carrying: IntArray,
    arrivals: IntArray,
    slack: IntArray,
    job_end: IntArray,
    byte_hops: IntArray,
) -> None:
    """Simulate the worlds ``first``, ``first`` + 1, ... and write a row a world into the last arrays.

    Arguments are those of ``sample``, ``advance`` and ``measure``; ``arrivals`` (runs, K), ``byte_hops`` (runs,).
    ``bits`` to ``fails`` have a first axis more: they are the worlds, a row each, where those are ``sampled`` already,
    else room for one.
    """
    count, chips = nominal_ticks.shape
    edges, kinds, width_n, slots = source.size, payload.size, rates.shape[1], block.size
    where, start, end = (
        np.empty(count, dtype=np.int64),
        np.empty(count, dtype=np.int64),
        np.empty(count, dtype=np.int64),
    )
    sent, there, sent_to = (
        np.empty(edges, dtype=np.int64),
        np.empty(edges, dtype=np.int64),
        np.empty(edges, dtype=np.int64),
    )
    delivered = np.empty(kinds, dtype=np.int64)
    carried = np.empty((slots, width_n), dtype=np.int64)
    lost = np.empty(chips, dtype=np.int64)
    clock = np.empty(4, dtype=np.int64)
    nothing = np.zeros((1, 1), dtype=np.int64)
    for r in range(rows.shape[0]):
        at = r if sampled else 0
        if not sampled:
            sample(
                seed, first + r, rates, block, nominal_ticks, nominal_width, nominal_release, nominal_slot,
                noise, outage, outage_blocks, cores, late, late_members, late_modalities,
                bits[0], ticks[0], width[0], release[0], release_slot[0], fails[0],
            )  # fmt: skip
        where[:], start[:], end[:] = -1, -1, -1
        sent[:], there[:], sent_to[:] = -1, -1, -1
        delivered[:], carried[:], lost[:], clock[:] = 0, -1, 0, 0
        for k in range(kinds):
            arrivals[r, k] = 0 if payload[k] == 0 else -1
        advance(
            source, target, outof_at, outof, hops, size_bytes, payload, needed,
            hop_ticks, slot_ticks, exclusive,
            bits[at], ticks[at], width[at], release[at], release_slot[at], fails[at],
            core, earliest, before, after, send_earliest, send_before, send_after, table, due, waits, keeps_table,
            False, False, earliest, earliest, nothing, 0, due,
            where, start, end, sent, there, sent_to, delivered, arrivals[r], carried, lost, clock,
        )  # fmt: skip
        measure(
            modality, slot_ticks, job, where, start, end, sent, there, arrivals[r], carried, lost,
            rows[r], busy[r], carrying[r], slack[r], job_end[r],
        )  # fmt: skip
        byte_hops[r] = clock[3]
