"""One property of an instance changed, all else left as it is: what the sweeps of the O-WiN paper vary.

Points of a sweep that share a seed then share the network, the channel and the chip, and a curve shows the property and
nothing else.
"""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

from wnpopt.core.errors import InputError
from wnpopt.problems.wnp.instance import Radio, Subgraph, WnpInstance

FloatArray = npt.NDArray[np.float64]


def first_cores(instance: WnpInstance, count: int) -> WnpInstance:
    """The chip's first ``count`` cores alone, at their places.

    Raises :class:`InputError` where there are fewer, or where a subgraph can run on none of them.
    """
    _check_count(count, len(instance.chip.cores), "cores")
    chip = instance.chip.model_copy(update={"cores": instance.chip.cores[:count]})
    subgraphs = tuple(s.model_copy(update={"ticks": s.ticks[:count]}) for s in instance.subgraphs)
    # Through its data: an error then is one about an instance, with a path.
    return WnpInstance.from_data(
        instance.to_data() | {"chip": chip.to_data(), "subgraphs": [s.to_data() for s in subgraphs]}
    )


def first_resource_blocks(instance: WnpInstance, count: int) -> WnpInstance:
    """The first ``count`` resource blocks alone, so a narrower part of the same channel.

    Raises :class:`InputError` where there are fewer. Whether the payloads still fit is not looked at.
    """
    _check_count(count, instance.resource_blocks, "resource blocks")
    rates = tuple(blocks[:count] for blocks in instance.radio.bits_per_slot)
    return instance.model_copy(update={"radio": _with_rates(instance.radio, rates)})


def scaled_compute(instance: WnpInstance, factor: float) -> WnpInstance:
    """Every subgraph's ticks on every core multiplied by ``factor``, rounded up; radio and mesh as they are."""
    if not 0 < factor < math.inf:
        raise InputError(f"found {factor}; a number above 0 is needed", where="factor")
    return _with_work(instance, np.full(len(instance.subgraphs), factor))


def heterogeneous(instance: WnpInstance, sigma: float, seed: int) -> WnpInstance:
    """Payloads, and independently the work of the branches, spread over the modalities.

    The payload of modality k is multiplied by exp(sigma z_k), and the ticks of the subgraphs that depend on modality k
    alone by exp(sigma y_k), with z and y standard normal from ``seed`` alone. Both are scaled so that the payloads'
    multipliers have mean 1 and the branches keep their total work. ``sigma`` 0 changes nothing.
    """
    if not 0 <= sigma <= 10:
        raise InputError(f"found {sigma}; a number of 0 to 10 is needed", where="sigma")
    if sigma == 0 or not instance.modalities:
        return instance
    count = len(instance.modalities)
    payload, work = np.exp(sigma * np.random.default_rng([seed, 0x686574]).standard_normal((2, count)))
    payload /= payload.mean()
    modalities = tuple(
        m.model_copy(update={"payload_bits": max(min(1, m.payload_bits), math.floor(m.payload_bits * w))})
        for m, w in zip(instance.modalities, payload.tolist(), strict=True)
    )
    branch = branches(instance)
    mean_ticks = np.array([np.mean([t for t in s.ticks if t is not None]) for s in instance.subgraphs])
    factors = np.array([1.0 if k is None else work[k] for k in branch])
    inside = np.array([k is not None for k in branch])
    if (mean_ticks[inside] * factors[inside]).sum() > 0:
        factors[inside] *= mean_ticks[inside].sum() / (mean_ticks[inside] * factors[inside]).sum()
    return _with_work(instance.model_copy(update={"modalities": modalities}), factors)


def branches(instance: WnpInstance) -> tuple[int | None, ...]:
    """The modality that each subgraph depends on, itself or through others; None where it is none or several."""
    position = {s.name: i for i, s in enumerate(instance.subgraphs)}
    modality = {m.name: k for k, m in enumerate(instance.modalities)}
    depends = [{modality[s.modality]} if s.modality is not None else set() for s in instance.subgraphs]
    after: list[list[int]] = [[] for _ in depends]
    for edge in instance.edges:
        after[position[edge.source]].append(position[edge.target])
    for i in instance.order:
        for j in after[i]:
            depends[j] |= depends[i]
    return tuple(next(iter(found)) if len(found) == 1 else None for found in depends)


def _check_count(count: int, most: int, what: str) -> None:
    if not 1 <= count <= most:
        raise InputError(f"found {count}; 1 to {most} {what} are needed", where="count")


def _with_rates(radio: Radio, rates: tuple[tuple[tuple[int, ...], ...], ...]) -> Radio:
    return radio.model_copy(update={"bits_per_slot": rates})


def _with_work(instance: WnpInstance, factors: FloatArray) -> WnpInstance:
    """Ticks multiplied, rounded up, and at least 1 where they were."""

    def times(subgraph: Subgraph, factor: float) -> Subgraph:
        ticks = tuple(None if t is None else max(min(1, t), math.ceil(t * factor)) for t in subgraph.ticks)
        return subgraph.model_copy(update={"ticks": ticks})

    subgraphs = tuple(times(s, f) for s, f in zip(instance.subgraphs, factors.tolist(), strict=True))
    return instance.model_copy(update={"subgraphs": subgraphs})
