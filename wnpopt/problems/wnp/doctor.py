"""A tiny instance whose optimum was found by exhaustion, for ``wnpopt doctor``."""

from __future__ import annotations

from wnpopt.core.family import KnownCase

KNOWN = KnownCase(
    instance={
        "kind": "wnp",
        "schema_version": 1,
        "name": "doctor",
        "radio": {
            "slot_ticks": 10,
            "slots": 5,
            "block_slots": 2,
            "bits_per_slot": [[[278, 466, 559], [192, 380, 410]], [[269, 137, 198], [331, 195, 202]]],
        },
        "modalities": [{"name": "m0", "payload_bits": 892}, {"name": "m1", "payload_bits": 797}],
        "chip": {
            "cores": [{"name": "c0", "x": 0, "y": 0}, {"name": "c1", "x": 1, "y": 0}],
            "hop_ticks": 5,
            "bytes_per_tick": 64,
        },
        "subgraphs": [
            {"name": "m0.0", "modality": "m0", "ticks": [34, 25]},
            {"name": "m0.1", "modality": None, "ticks": [9, 7]},
            {"name": "m1.0", "modality": "m1", "ticks": [None, 10]},
            {"name": "m1.1", "modality": None, "ticks": [4, 10]},
            {"name": "fuse", "modality": None, "ticks": [20, 26]},
        ],
        "edges": [
            {"from": "m0.0", "to": "m0.1", "bytes": 1950},
            {"from": "m1.0", "to": "m1.1", "bytes": 9056},
            {"from": "m0.1", "to": "fuse", "bytes": 8952},
            {"from": "m1.1", "to": "fuse", "bytes": 5073},
        ],
    },
    optimum=98,
)
