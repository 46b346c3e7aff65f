"""From the columnar form back to the JSON form."""

from __future__ import annotations

import math
from itertools import pairwise

import numpy as np

from wnpopt.problems.slide.columnar.checks import POWER
from wnpopt.problems.slide.columnar.columns import AS_IN_JSON, SlideColumns
from wnpopt.problems.slide.instance import SlideInstance


def to_instance(columns: SlideColumns) -> SlideInstance:
    """The JSON instance of these columns (a million users take a minute and gigabytes: that is what this form
    avoids)."""
    models = [
        {
            "name": str(columns.model_names[j]),
            "accuracy": float(columns.accuracy[j]),
            "layers": [
                {"bits": bits, "flop": flop}
                for bits, flop in zip(columns.bits[first:end].tolist(), columns.flop[first:end].tolist(), strict=True)
            ],
        }
        for j, (first, end) in enumerate(pairwise(columns.layer_start.tolist()))
    ]
    return SlideInstance.from_data(
        {
            "kind": "slide",
            "schema_version": 1,
            "name": columns.name,
            "bandwidth_hz": columns.bandwidth_hz,
            "resource_block_hz": columns.resource_block_hz,
            "delivery": "multicast" if columns.multicast else "unicast",
            "cache_bits": columns.cache_bits,
            "objective": "weighted" if columns.weighted else "count",
            "models": models,
            "users": [_user(columns, index) for index in range(columns.users)],
        }
    )


def _user(columns: SlideColumns, index: int) -> dict[str, object]:
    def value(field: str) -> float:
        return float(getattr(columns, field)[index])

    accepted = columns.allowed[index] if columns.allowed.size else np.ones(1, dtype=np.bool_)
    linear, limited = columns.efficiency[index] > 0, columns.energy_j[index] < math.inf
    return {
        "name": columns.user_name(index),
        "energy_j": value("energy_j") if limited else None,
        "link": {"spectral_efficiency": value("efficiency")} if linear else {field: value(field) for field in POWER},
        "frequency_hz": (value("frequency_min_hz"), value("frequency_max_hz")),
        **{field: value(field) for field in AS_IN_JSON},
        "models": None if accepted.all() else tuple(columns.model_names[accepted].tolist()),
    }
