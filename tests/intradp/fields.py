"""The contract's optional fields of intradp, drawn at random."""

from __future__ import annotations

from typing import Any

import numpy as np

from wnpopt.problems.intradp.instance import IntradpInstance

FIELDS = ("link.efficiency", "partial_s", "segment_s", "power_w.launch", "compute_w")


def with_fields(instance: IntradpInstance, seed: int, fields: tuple[str, ...] | None = None) -> IntradpInstance:
    """``instance`` with values in ``fields``, or in some that the seed chooses, one at least."""
    rng = np.random.default_rng([seed, 0x66])
    if fields is None:
        fields = tuple(field for field in FIELDS if rng.random() < 0.5) or (FIELDS[seed % len(FIELDS)],)
    data: dict[str, Any] = instance.to_data()
    operators = data["operators"][1:-1]
    if "link.efficiency" in fields:
        data["link"]["efficiency"] = float(rng.choice([0.5, 0.89, 0.3]))
    if "partial_s" in fields:
        for operator in operators:
            for side in ("device", "server"):
                if rng.random() < 0.7:
                    operator[side]["partial_s"] = float(rng.integers(0, 12))
    if "segment_s" in fields:
        data["segment_s"] = {"device": float(rng.integers(0, 4)), "server": float(rng.integers(0, 3))}
    if "power_w.launch" in fields:
        data["power_w"]["launch"] = float(rng.choice([1.0, 6.1, 20.0]))
    if "compute_w" in fields:
        for operator in operators:
            if rng.random() < 0.6:
                operator["device"]["compute_w"] = float(rng.choice([0.5, 9.0, 16.6]))
    return IntradpInstance.from_data(data)
