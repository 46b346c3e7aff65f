"""Random tiny instances that cover the corners.

Short last blocks, forbidden cores, zero payloads, no modality, infeasible ones.
"""

from __future__ import annotations

import random

from wnpopt.problems.wnp.instance import WnpInstance


def tiny_data(seed: int) -> dict[str, object]:
    """The JSON object of the tiny instance number ``seed``."""
    rng = random.Random(f"wnp-tiny-{seed}")
    modalities = rng.choice([0, 1, 1, 2, 2, 2, 3])
    blocks_of = rng.choice([1, 2, 3])
    slots = rng.randint(1, 5 if modalities < 3 else 4)
    width = rng.randint(1, 2)
    blocks = -(-slots // blocks_of)
    cores = rng.randint(1, 3)
    count = rng.randint(1, 5)
    rate = rng.choice([1, 9, 40])
    table = [[[rng.randint(0, rate) for _ in range(blocks)] for _ in range(width)] for _ in range(modalities)]
    payloads = []
    for plane in table:
        capacity = sum(row[t // blocks_of] for row in plane for t in range(slots))
        share = rng.choice([0, 0.2, 0.4, 0.5, 0.7, 1.1 if rng.random() < 0.3 else 0.3])
        payloads.append(int(capacity * share) if rng.random() < 0.9 else 0)
    subgraphs = []
    for i in range(count):
        ticks: list[int | None] = [rng.choice([0, rng.randint(1, 30), rng.randint(1, 30)]) for _ in range(cores)]
        for m in range(cores):
            if rng.random() < 0.2 and sum(t is not None for t in ticks) > 1:
                ticks[m] = None
        modality = f"m{rng.randrange(modalities)}" if modalities and rng.random() < 0.5 else None
        subgraphs.append({"name": f"g{i}", "modality": modality, "ticks": ticks})
    edges = [
        {"from": f"g{i}", "to": f"g{j}", "bytes": rng.choice([0, rng.randint(1, 200)])}
        for j in range(count)
        for i in range(j)
        if rng.random() < 0.35
    ]
    return {
        "kind": "wnp",
        "schema_version": 1,
        "name": f"tiny-{seed}",
        "radio": {
            "slot_ticks": rng.randint(1, 20),
            "slots": slots,
            "block_slots": blocks_of,
            "bits_per_slot": table,
        },
        "modalities": [{"name": f"m{k}", "payload_bits": p} for k, p in enumerate(payloads)],
        "chip": {
            "cores": [{"name": f"c{m}", "x": rng.randint(0, 2), "y": rng.randint(0, 2)} for m in range(cores)],
            "hop_ticks": rng.choice([0, 1, 4]),
            "bytes_per_tick": rng.choice([1, 16]),
        },
        "subgraphs": subgraphs,
        "edges": edges,
    }


def tiny_instance(seed: int) -> WnpInstance:
    """The tiny instance number ``seed``."""
    return WnpInstance.from_data(tiny_data(seed))
