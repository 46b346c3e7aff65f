"""One small random change of a slide instance, for the adversarial search."""

from __future__ import annotations

import numpy as np

from wnpopt.core.perturbation import NumberMove, Range, Walk, change
from wnpopt.problems.slide.instance import SlideInstance

_LINKS = "users.*.link"
_any_weight = NumberMove("users.*.weight", whole=True)


def perturb(instance: SlideInstance, rng: np.random.Generator, origin: SlideInstance) -> SlideInstance:
    """``instance`` with one number changed.

    That is a user's deadline, link (spectral efficiency, or gain), energy limit or weight, the bandwidth, the cache,
    or a layer's bits or flop; each stays within a factor of 5 of the range that it has in ``origin`` (layers: of the
    range in their own model). Limits that ``origin`` does not set stay unset, integral weights stay integral; names
    and sizes, devices, what users may be served with, and the objective stay.
    """
    return change(
        instance,
        rng,
        origin,
        {
            NumberMove("users.*.deadline_s"): 2,
            _link: 2,
            NumberMove("users.*.energy_j"): 1,
            _weight: 2,
            NumberMove("bandwidth_hz"): 1,
            NumberMove("cache_bits"): 1,
            NumberMove("models.*.layers.*.bits", within="models.*"): 1,
            NumberMove("models.*.layers.*.flop", within="models.*"): 1,
        },
    )


def _link(walk: Walk[SlideInstance]) -> SlideInstance:
    """A user's spectral efficiency, or the gain of a link of fixed power."""
    place, link = walk.pick(_LINKS)
    field = "spectral_efficiency" if link.spectral_efficiency > 0 else "gain"
    allowed = Range.around(value for other in walk.known(_LINKS) if (value := getattr(other, field)) > 0)
    return walk.put({place: link.to_data() | {field: allowed.real(getattr(link, field), walk.rng)}})


def _weight(walk: Walk[SlideInstance]) -> SlideInstance | None:
    """A user's weight, where weights count."""
    return _any_weight(walk) if walk.instance.objective == "weighted" else None
