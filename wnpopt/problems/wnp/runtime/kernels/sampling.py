"""Realised worlds in compiled code: the nominal one with noise, outages, slow and failed cores, late releases."""

from __future__ import annotations

import math

import numpy as np

from wnpopt.backends.compiled import compiled
from wnpopt.problems.wnp.instance import IntArray
from wnpopt.problems.wnp.runtime.kernels.random import normals, stream, uniform

FloatArray = np.ndarray[tuple[int, ...], np.dtype[np.float64]]

_RATE, _TICKS, _TRANSFER, _OUTAGE, _CORE, _RELEASE = 1, 2, 3, 4, 5, 6
_NEVER = 2**60


@compiled
def sample(
    seed: int,
    number: int,
    # the nominal world
    rates: IntArray,
    block: IntArray,
    nominal_ticks: IntArray,
    nominal_width: IntArray,
    nominal_release: IntArray,
    nominal_slot: IntArray,
    # the deviations
    noise: FloatArray,
    outage: FloatArray,
    outage_blocks: IntArray,
    cores: FloatArray,
    late: FloatArray,
    late_members: IntArray,
    late_modalities: IntArray,
    # the realised world
    bits: IntArray,
    ticks: IntArray,
    width: IntArray,
    release: IntArray,
    release_slot: IntArray,
    fails: IntArray,
) -> None:
    """Write world ``number`` into the last arrays.

    ``rates`` (K, N, B) are the nominal bits of a slot, ``block`` (T,) the coherence block of each slot.
    ``noise`` (6,): rates' sigma, their correlation from slot to slot, the share of their variance that all resource
    blocks of a modality have in common, ticks' sigma, transfers' sigma, transfers' mean delay in ticks.
    ``outage`` (L, 5): probability, modality or -1, first slot or -1 for any, mean slots, factor; ``outage_blocks``
    (L, N) are 1 for the resource blocks concerned. ``cores`` (C, 4): probability, core or -1 for any, factor of its
    ticks, or 0 for a failure, and the ticks within which it fails. ``late`` (D, 3): probability, mean ticks, mean
    slots; ``late_members`` (D, I) and ``late_modalities`` (D, K) are 1 for what is late.
    """
    kinds, width_n, slots = bits.shape
    for k in range(kinds):
        for n in range(width_n):
            for t in range(slots):
                bits[k, n, t] = rates[k, n, block[t]]
    sigma, rho, common = noise[0], noise[1], noise[2]
    if sigma > 0:
        key = stream(seed, number, _RATE)
        fresh = math.sqrt(1.0 - rho * rho)
        joint, own = sigma * math.sqrt(common), sigma * math.sqrt(1.0 - common)
        bias = 0.5 * sigma * sigma
        shared = np.empty(slots)
        pairs = (slots + 1) // 2
        series = np.empty(2 * pairs)
        for k in range(kinds):
            for n in range(-1, width_n):
                if n >= 0 and own == 0.0:
                    level = 0.0
                    for t in range(slots):
                        bits[k, n, t] = int(bits[k, n, t] * shared[t])
                    continue
                first = (k * (width_n + 1) + n + 1) * pairs
                for p in range(pairs):
                    series[2 * p], series[2 * p + 1] = normals(key, first + p)
                level = series[0]
                for t in range(slots):
                    if t > 0:
                        level = rho * level + fresh * series[t]
                    if n < 0:
                        shared[t] = math.exp(joint * level - bias)
                    else:
                        bits[k, n, t] = int(bits[k, n, t] * shared[t] * math.exp(own * level))
    key = stream(seed, number, _OUTAGE)
    for o in range(outage.shape[0]):
        if uniform(key, 4 * o) >= outage[o, 0]:
            continue
        length = math.ceil(-math.log(uniform(key, 4 * o + 1)) * outage[o, 3])
        first = int(outage[o, 2])
        if first < 0:
            first = int(uniform(key, 4 * o + 2) * slots)
        for k in range(kinds):
            if outage[o, 1] >= 0 and k != int(outage[o, 1]):
                continue
            for n in range(width_n):
                if outage_blocks[o, n] > 0:
                    for t in range(first, min(slots, first + length)):
                        bits[k, n, t] = int(bits[k, n, t] * outage[o, 4])
    count, chips = ticks.shape
    factor = np.ones(chips)
    fails[:] = _NEVER
    key = stream(seed, number, _CORE)
    for c in range(cores.shape[0]):
        if uniform(key, 4 * c) >= cores[c, 0]:
            continue
        m = int(cores[c, 1])
        if m < 0:
            m = min(chips - 1, int(uniform(key, 4 * c + 1) * chips))
        if cores[c, 2] > 0:
            factor[m] *= cores[c, 2]
        else:
            fails[m] = min(fails[m], int(uniform(key, 4 * c + 2) * cores[c, 3]))
    key = stream(seed, number, _TICKS)
    for i in range(count):
        work = 1.0
        if noise[3] > 0:
            z, _ = normals(key, i)
            work = math.exp(noise[3] * z - 0.5 * noise[3] * noise[3])
        for m in range(chips):
            ticks[i, m] = nominal_ticks[i, m]
            if nominal_ticks[i, m] > 0 and (work != 1.0 or factor[m] != 1.0):
                ticks[i, m] = max(1, math.ceil(nominal_ticks[i, m] * work * factor[m]))
    key = stream(seed, number, _TRANSFER)
    for e in range(width.size):
        width[e] = nominal_width[e]
        if noise[4] > 0 and width[e] > 0:
            z, _ = normals(key, 2 * e)
            width[e] = max(1, math.ceil(width[e] * math.exp(noise[4] * z - 0.5 * noise[4] * noise[4])))
        if noise[5] > 0:
            width[e] += int(-math.log(uniform(key, 4 * e + 2)) * noise[5])
    release[:], release_slot[:] = nominal_release, nominal_slot
    key = stream(seed, number, _RELEASE)
    for d in range(late.shape[0]):
        if uniform(key, 4 * d) >= late[d, 0]:
            continue
        wait = -math.log(uniform(key, 4 * d + 1))
        for i in range(count):
            if late_members[d, i] > 0:
                release[i] += math.ceil(wait * late[d, 1])
        for k in range(kinds):
            if late_modalities[d, k] > 0:
                release_slot[k] += math.ceil(wait * late[d, 2])
