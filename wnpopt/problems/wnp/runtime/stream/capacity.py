"""How many requests a second no policy exceeds in the long run: what cores and radio can do at most."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from wnpopt.problems.wnp.runtime.stream.templates import Template

_MOST_SLOTS = 10**5


def capacity_per_s(templates: Sequence[Template]) -> float | None:
    """An upper bound of the requests a second, for the templates' shares; None where nothing bounds them.

    Cores: every subgraph on its fastest core, and the work divided evenly. Radio: for any price u of a bit of each
    modality, what a request needs is worth sum u * payload, and a slot of a resource block brings at most the largest
    u * rate; u is one over the mean rate. Both are bounds of every schedule, whoever finds it.
    """
    weight = np.array([template.weight for template in templates])
    share = weight / weight.sum()
    base = templates[0].instance
    work = [float(np.where(t.instance.ticks < 0, np.inf, t.instance.ticks).min(axis=1).sum()) for t in templates]
    ticks = float((share * work).sum()) / len(base.chip.cores)
    radio = _radio_slots(templates, share) * base.radio.slot_ticks
    least = max(ticks, radio)
    return 1.0 / (least * base.tick_s) if least > 0 else None


def _radio_slots(templates: Sequence[Template], share: np.ndarray[tuple[int, ...], np.dtype[np.float64]]) -> float:
    """Slots that a request needs at least, on average; 0 where the tables repeat together too seldom to be read."""
    period = math.lcm(*(template.slots for template in templates))
    sending = [(t, s) for t, s in zip(templates, share, strict=True) if t.index.size]
    if not sending or period > _MOST_SLOTS:
        return 0.0
    needs, best = 0.0, np.zeros((sending[0][0].instance.resource_blocks, period))
    for template, part in sending:
        rates = template.rates(0, period).astype(np.float64)
        price = 1.0 / rates.mean(axis=(1, 2))
        needs += float(part * (price * template.payload).sum())
        best = np.maximum(best, (rates * price[:, None, None]).max(axis=0))
    # Rounded down a little, so that floating point does not lift the bound's reciprocal.
    return needs / float(best.sum(axis=0).mean()) * (1 - 1e-9)
