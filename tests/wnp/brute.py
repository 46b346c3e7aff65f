"""The optimum of tiny wnp instances by exhaustion.

Plain Python that shares nothing with the package but the instance class.
"""

from __future__ import annotations

from itertools import product

from wnpopt.problems.wnp.instance import WnpInstance


def arrival_vectors(instance: WnpInstance) -> list[tuple[int, ...]]:
    """All Pareto-minimal vectors of arrival slots (0 for modalities that need none).

    Empty if nothing can be delivered in time.
    """
    radio = instance.radio
    needed = {s.modality for s in instance.subgraphs}
    payload = [m.payload_bits if m.name in needed else 0 for m in instance.modalities]
    modalities = range(len(payload))
    width = len(radio.bits_per_slot[0]) if radio.bits_per_slot else 0
    # state: bits delivered so far (capped at the payload) -> arrival vectors that reach it
    first = tuple(0 for _ in modalities)
    states = {(first, tuple(0 if p == 0 else -1 for p in payload))}
    done: set[tuple[int, ...]] = set()
    for slot in range(radio.slots):
        block = slot // radio.block_slots
        following = set()
        for got, arrived in states:
            open_ones = [k for k in modalities if got[k] < payload[k]]
            if not open_ones:
                done.add(arrived)
                continue
            for choice in set(product(open_ones, repeat=width)):
                new_got, new_arrived = list(got), list(arrived)
                for n, k in enumerate(choice):
                    new_got[k] = min(payload[k], new_got[k] + radio.bits_per_slot[k][n][block])
                for k in open_ones:
                    if new_got[k] == payload[k]:
                        new_arrived[k] = slot + 1
                following.add((tuple(new_got), tuple(new_arrived)))
        states = following
    done |= {arrived for got, arrived in states if list(got) == payload}
    return sorted(v for v in done if not any(w != v and all(a <= b for a, b in zip(w, v, strict=True)) for w in done))


def optimum(instance: WnpInstance) -> int | None:
    """Least makespan over all arrivals, core choices and orders; None if the instance is infeasible."""
    vectors = arrival_vectors(instance)
    if not vectors:
        return None
    best: list[int] = [2**62]
    number = {m.name: k for k, m in enumerate(instance.modalities)}
    names = [s.name for s in instance.subgraphs]
    inputs = [[(names.index(e.source), e.bytes) for e in instance.edges if e.target == name] for name in names]
    chip = instance.chip

    def extend(left: frozenset[int], where: dict[int, int], end: dict[int, int], free: list[int]) -> None:
        if max(end.values(), default=0) >= best[0]:
            return
        if not left:
            best[0] = max(end.values())
            return
        for i in sorted(left):
            if any(j in left for j, _ in inputs[i]):
                continue
            for m, ticks in enumerate(instance.subgraphs[i].ticks):
                if ticks is None:
                    continue
                begin = max(free[m], release[i])
                for j, size in inputs[i]:
                    a, b = chip.cores[where[j]], chip.cores[m]
                    hops = abs(a.x - b.x) + abs(a.y - b.y)
                    move = 0 if where[j] == m else chip.hop_ticks * hops + -(-size // chip.bytes_per_tick)
                    begin = max(begin, end[j] + move)
                after = list(free)
                after[m] = begin + ticks
                extend(left - {i}, {**where, i: m}, {**end, i: begin + ticks}, after)

    for vector in vectors:
        release = [
            0 if s.modality is None else vector[number[s.modality]] * instance.radio.slot_ticks
            for s in instance.subgraphs
        ]
        extend(frozenset(range(len(names))), {}, {}, [0] * len(chip.cores))
    return best[0]
