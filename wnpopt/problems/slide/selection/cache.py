"""A limit on the models that are served: which sets of models fit."""

from __future__ import annotations

import math

import numpy as np

from wnpopt.problems.slide.columnar.columns import BoolArray
from wnpopt.problems.slide.kernels.needs import Needs

MOST_MODELS = 16
"""Sets are enumerated up to this many usable models."""


def open_sets(needs: Needs) -> list[BoolArray] | None:
    """The largest sets of usable models that fit in the cache, each (J,); None if there are too many models.

    Enough to look at: serving fewer models than may be served is never better.
    """
    columns = needs.columns
    usable = np.isfinite(needs.costs).any(axis=0)
    sizes = columns.model_bits
    usable &= sizes <= needs.cache
    if math.fsum(sizes[usable]) <= needs.cache:
        return [usable]
    members = np.flatnonzero(usable)
    if members.size > MOST_MODELS:
        return None
    count = 1 << members.size
    size = np.zeros(count)
    for position, j in enumerate(members):
        size[1 << position : 2 << position] = size[: 1 << position] + sizes[j]
    # Sums in another order may differ in the last digit; the slack of the limit is far larger.
    fitting = size <= needs.cache
    found = []
    for mask in np.flatnonzero(fitting).tolist():
        if any(not mask >> p & 1 and fitting[mask | 1 << p] for p in range(members.size)):
            continue
        chosen = np.zeros(columns.models, dtype=np.bool_)
        chosen[[j for position, j in enumerate(members) if mask >> position & 1]] = True
        found.append(chosen)
    return found
