"""How many slots an optimum may need: what follows costs nothing, however many slots an instance has."""

from __future__ import annotations

import numpy as np

from wnpopt.problems.wnp.instance import IntArray, WnpInstance, is_plain

FEW = 4096
"""Up to so many slots are kept as they are: nothing is gained by less."""


def useful_slots(instance: WnpInstance) -> int:
    """The slots after which some optimum has delivered everything; all of them where nothing less is proved.

    Two bounds. (1) Serve one modality after the other, K times over, and once more: the ends F_1, F_2, .. F_{K+1} of
    these rounds cut time into K + 1 parts, so that one part (F_i, F_{i+1}] has no arrival of an optimum. What arrives
    after it may be served within it, one after the other: nothing that arrives before F_i uses it. So all have arrived
    by F_{K+1}, none later than before. (2) No reader of an optimum starts later than a makespan that is reached: F_1,
    then one subgraph after the other with every transfer over the longest way. Neither holds where modalities or
    subgraphs are released later, or where what counts is not the makespan alone.
    """
    radio = instance.radio
    if radio.slots <= FEW or not is_plain(instance):
        return radio.slots
    index = np.flatnonzero(instance.needed & (instance.payloads > 0))
    if index.size == 0:
        return 1
    speed = instance.rates[index].sum(axis=1)
    rounds = _rounds(speed, instance.payloads[index], instance.block_length)
    if not rounds:
        return radio.slots
    ticks = np.where(instance.ticks < 0, np.iinfo(np.int64).max, instance.ticks).min(axis=1)
    work = sum(map(int, ticks)) + sum(map(int, instance.edge_ticks))
    moves = len(instance.edges) * int(instance.hops.max()) * instance.chip.hop_ticks
    slots = min(radio.slots, rounds[0] + (work + moves) // radio.slot_ticks)
    return min(slots, rounds[-1]) if len(rounds) > index.size else slots


def _rounds(speed: IntArray, payload: IntArray, length: IntArray) -> list[int]:
    """The slots at which round after round ends, of K + 1, as long as they end at all.

    ``speed`` (K, B) is what all resource blocks bring in a slot.
    """
    ends: list[int] = []
    at, block, gone = 0, 0, 0  # slots so far; the block that goes on, and how many of its slots are gone
    for _ in range(payload.size + 1):
        for k in range(payload.size):
            missing = int(payload[k])
            while missing > 0:
                if block == length.size:
                    return ends
                left = int(length[block]) - gone
                rate = int(speed[k, block])
                if rate * left < missing:
                    missing -= rate * left
                    at += left
                    block, gone = block + 1, 0
                else:
                    needed = -(-missing // rate)
                    missing = 0
                    at += needed
                    gone += needed
        ends.append(at)
    return ends
