"""Random wnp instances of a given size: multimodal networks on a mesh of unequal cores behind a fading uplink.

Every instance is a function of its options and its seed alone.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

import numpy as np
import numpy.typing as npt

from wnpopt.core.errors import InputError
from wnpopt.core.options import Option, checked, name_of, option, options_of, read
from wnpopt.problems.wnp.generate_fields import LATER, add_fields
from wnpopt.problems.wnp.instance import IntArray, WnpInstance

FloatArray = npt.NDArray[np.float64]


_MOST = 10**6
"""Of anything that is counted."""


@dataclass(frozen=True)
class Shape:
    """Options of the generator.

    ``heterogeneity`` spreads the payloads, and independently the work of the branches, over the modalities
    (log-normal with this standard deviation): a lidar's points are few and dear, a camera's pixels many and cheap.
    ``ctr`` is total work over all cores against the radio's time for all payloads. ``load`` is the part of the radio's
    slots that the payloads take when the modalities share time evenly by weight: below 1 they can all be delivered.
    """

    subgraphs: int = option(12, "number of subgraphs", least=1, most=_MOST)
    cores: int = option(3, "number of cores, on a square mesh", least=1, most=_MOST)
    modalities: int = option(3, "number of modalities; 0 for a chip-only instance", least=0, most=_MOST)
    resource_blocks: int = option(12, "number of resource blocks", least=1, most=_MOST)
    slots: int = option(20, "number of slots", least=1, most=_MOST)
    block_slots: int = option(5, "slots of a coherence block", least=1, most=_MOST)
    slot_ticks: int = option(500, "ticks of a slot", least=1, most=_MOST)
    heterogeneity: float = option(
        0.5, "spread of payloads and branch work over the modalities, 0 for equal ones", least=0, most=1e3
    )
    core_spread: float = option(0.3, "spread of a subgraph's ticks over the cores", least=0, most=1e3)
    ctr: float = option(0.5, "compute-to-transmission ratio", least=0, most=1e3)
    load: float = option(0.6, "share of the radio's slots that the payloads fill", least=0, most=1e3)
    forbidden: float = option(0.0, "chance that a core cannot run a subgraph", least=0, most=1)
    skip_edges: float = option(0.2, "chance of an edge that skips a subgraph within a branch", least=0, most=1)
    bus: str = option(
        "parallel", "transfers between cores: all at once, or one at a time", choices=("parallel", "exclusive")
    )
    radio_release: float = option(0.0, "latest release of a modality, as a share of the slots", least=0, most=1)
    release: float = option(
        0.0, "latest release of a first subgraph or job, as a share of the radio's time", least=0, most=1e3
    )
    jobs: int = option(
        0, "inference requests that share radio and chip; 0 for one that has no name", least=0, most=_MOST
    )
    objective: str = option("makespan", "what is minimised", choices=("makespan", "weighted_latency", "energy"))
    deadline_slack: float = option(
        0.0, "deadlines: times the radio's time and an even share of the work; 0: none", least=0, most=1e3
    )
    limit_slack: float = option(0.0, "limit of the makespan, likewise; 0: none", least=0, most=1e3)
    core_w: float = option(0.0, "mean power of a busy core in W; idle it takes a fifth", least=0, most=1e6)
    slot_uj: float = option(0.0, "mean energy of an RB in a slot in uJ", least=0, most=1e9)
    byte_hop_nj: float = option(0.0, "energy of a byte a hop in nJ", least=0, most=1e9)
    energy_slack: float = option(
        0.0, "limit of the energy: times that of the fastest cores; 0: none", least=0, most=1e3
    )


PRESET = Option(
    "preset",
    "",
    "realistic networks, chip and radio instead (--subgraphs goes with it)",
    choices=("factory-robots", "vehicle-perception", "phone-assistant"),
)
"""The kinds that :mod:`~wnpopt.problems.wnp.presets` draws; named here so that listing options loads nothing."""

OPTIONS = (PRESET, *options_of(Shape))


def generate(options: Mapping[str, int | float | str], seed: int) -> WnpInstance:
    """The instance of ``options`` (see :data:`OPTIONS`) and ``seed``.

    Raises :class:`InputError` naming a bad option.
    """
    shape = read(Shape, options, ignored=("name", "preset"))
    if options.get("preset"):
        return _of_preset(options, shape.subgraphs, seed)
    if shape.subgraphs <= shape.modalities:
        raise InputError(
            f"found {shape.subgraphs}; more subgraphs than modalities ({shape.modalities}) are needed",
            where="subgraphs",
        )
    rng = np.random.default_rng([seed, 0x776E70])
    dimensions = f"{shape.subgraphs}x{shape.cores}x{shape.modalities}-{shape.resource_blocks}x{shape.slots}"
    rates = _rates(shape, rng)
    payload = _payloads(shape, rates, rng)
    work = _lognormal(rng, shape.heterogeneity, shape.modalities)
    members, edges = _network(shape, work, rng)
    names = [f"fuse.{i}" if k is None else f"m{k}.{i}" for i, (k, _) in enumerate(members)]
    ticks = _ticks(shape, work, members, rng)
    data: dict[str, Any] = {
        "kind": "wnp",
        "schema_version": 1,
        "name": name_of(options, f"wnp-{dimensions}-h{shape.heterogeneity:g}-s{seed}"),
        "source": f"generated: {_told(shape)}, seed {seed}",
        "tick_s": 1e-6,
        "radio": {
            "slot_ticks": shape.slot_ticks,
            "slots": shape.slots,
            "block_slots": shape.block_slots,
            "bits_per_slot": rates.tolist(),
        },
        "modalities": [{"name": f"m{k}", "payload_bits": int(d)} for k, d in enumerate(payload)],
        "chip": _chip(shape),
        "subgraphs": [{"name": names[i], "modality": reads, "ticks": ticks[i]} for i, (_, reads) in enumerate(members)],
        "edges": [{"from": names[i], "to": names[j], "bytes": size} for i, j, size in edges],
    }
    add_fields(data, shape, [k for k, _ in members], seed)
    return WnpInstance.from_data(data)


def _told(shape: Shape) -> str:
    """The options; of those that came later only the ones that say something, so that a seed's file stays the same."""
    values = [
        (f.name, getattr(shape, f.name))
        for f in fields(shape)
        if f.name not in LATER or getattr(shape, f.name) != f.default
    ]
    return ", ".join(f"{name} {value if isinstance(value, str) else format(value, 'g')}" for name, value in values)


def _of_preset(options: Mapping[str, int | float | str], subgraphs: int, seed: int) -> WnpInstance:
    from wnpopt.problems.wnp.presets import generate_preset  # networks and radio: only where they are asked for

    preset = str(checked(PRESET, options["preset"], PRESET.name))
    for name in options:
        if name not in {"preset", "subgraphs", "name"}:
            raise InputError(f"does not go with the preset {preset}, which sets it", where=name)
    made = generate_preset(preset, seed, subgraphs if "subgraphs" in options else None)
    return made.model_copy(update={"name": name_of(options, made.name)})


def _lognormal(rng: np.random.Generator, sigma: float, count: int) -> FloatArray:
    """Multipliers of mean 1, spread by ``sigma``."""
    draw = np.exp(sigma * rng.standard_normal(count))
    return np.asarray(draw / draw.mean() if count else draw)


def _rates(shape: Shape, rng: np.random.Generator) -> IntArray:
    """Bits a slot of frequency- and time-selective Rayleigh fading: truncated Shannon over 180 kHz and 0.5 ms."""
    blocks = -(-shape.slots // shape.block_slots)
    size = (shape.modalities, shape.resource_blocks, blocks)
    taps = min(6, shape.resource_blocks)
    mean_db = rng.uniform(8.0, 22.0, shape.modalities)
    decay = np.exp(-np.arange(taps) / 2.0)
    gain = (rng.standard_normal((shape.modalities, blocks, taps, 2)) @ [1, 1j]) * np.sqrt(decay / decay.sum() / 2)
    response = np.fft.fft(gain, n=max(2 * shape.resource_blocks, taps), axis=2)[:, :, : shape.resource_blocks]
    snr = 10 ** (mean_db[:, None, None] / 10) * np.abs(response.transpose(0, 2, 1)) ** 2
    bits = np.floor(180e3 * 0.5e-3 * np.minimum(np.log2(1 + snr), 7.4)).astype(np.int64)
    return np.asarray(bits.reshape(size))


def _payloads(shape: Shape, rates: IntArray, rng: np.random.Generator) -> IntArray:
    """Payloads that time sharing alone would deliver in the part ``load`` of the slots.

    So every load below 1 is feasible.
    """
    if shape.modalities == 0:
        return np.zeros(0, dtype=np.int64)
    length = np.minimum(shape.block_slots, shape.slots - np.arange(rates.shape[2]) * shape.block_slots)
    capacity = (rates * length).sum(axis=(1, 2))
    weight = _lognormal(rng, shape.heterogeneity, shape.modalities)
    payload = np.floor(shape.load * capacity * weight / weight.sum()).astype(np.int64)
    return np.asarray(np.maximum(1, payload))


def _network(
    shape: Shape, branch: FloatArray, rng: np.random.Generator
) -> tuple[list[tuple[int | None, str | None]], list[tuple[int, int, int]]]:
    """Branches of chains with skips and forks, joined by a fusion chain.

    (modality, what it reads) by subgraph, and edges.
    """
    fusion = max(1, shape.subgraphs // 6) if shape.modalities else shape.subgraphs
    left = shape.subgraphs - fusion
    lengths = _split(left, branch) if shape.modalities else []
    members: list[tuple[int | None, str | None]] = []
    edges: list[tuple[int, int, int]] = []

    def connect(i: int, j: int) -> None:
        edges.append((i, j, int(rng.integers(256, 16384))))

    ends: list[int] = []
    for k, length in enumerate(lengths):
        first = len(members)
        for position in range(length):
            index = first + position
            members.append((k, f"m{k}" if position == 0 else None))
            if position == 0:
                continue
            # Most subgraphs follow the one before; some fork from an earlier one, as parallel branches of a block do.
            parent = index - 1 if position == 1 or rng.random() > 0.35 else index - 2
            connect(parent, index)
            if parent == index - 1 and position > 1 and rng.random() < shape.skip_edges:
                connect(index - 2, index)
        has_child = {i for i, _, _ in edges}
        ends += [i for i in range(first, first + length) if i not in has_child]
    first = len(members)
    for position in range(fusion):
        index = first + position
        members.append((None, None))
        if position == 0:
            for end in ends:
                connect(end, index)
        elif shape.modalities:
            connect(index - 1, index)
        else:
            for parent in sorted(rng.choice(index, size=min(index, int(rng.integers(1, 4))), replace=False)):
                connect(int(parent), index)
    return members, edges


def _split(total: int, weights: FloatArray) -> list[int]:
    """``total`` subgraphs over the branches, at least one each, in proportion to the square root of their work."""
    share = np.sqrt(weights) / np.sqrt(weights).sum() * (total - weights.size)
    lengths = np.floor(share).astype(int) + 1
    for k in np.argsort(-(share - np.floor(share)), kind="stable")[: total - lengths.sum()]:
        lengths[k] += 1
    return [int(length) for length in lengths]


def _ticks(
    shape: Shape, branch: FloatArray, members: list[tuple[int | None, str | None]], rng: np.random.Generator
) -> list[list[int | None]]:
    """Ticks by subgraph and core.

    A branch has its share of the work, the total follows the compute-to-transmission ratio.
    """
    count = len(members)
    work = rng.lognormal(0.0, 0.5, count)
    length = [sum(1 for owner, _ in members if owner == k) for k in range(shape.modalities)]
    if length:
        mean_length = sum(length) / len(length)
        work *= [1.0 if k is None else branch[k] * mean_length / length[k] for k, _ in members]
    radio_ticks = shape.slot_ticks * shape.slots * shape.load if shape.modalities else 40.0 * count
    base = shape.ctr * radio_ticks * shape.cores / count * work / work.mean()
    speed = _lognormal(rng, shape.core_spread, shape.cores)
    affinity = np.exp(shape.core_spread * rng.standard_normal((count, shape.cores)))
    ticks = np.maximum(1, np.ceil(base[:, None] / speed * affinity)).astype(np.int64)
    allowed = rng.random((count, shape.cores)) >= shape.forbidden
    allowed[np.arange(count), rng.integers(0, shape.cores, count)] = True
    return [[int(t) if ok else None for t, ok in zip(*rows, strict=True)] for rows in zip(ticks, allowed, strict=True)]


def _chip(shape: Shape) -> dict[str, object]:
    side = int(np.ceil(np.sqrt(shape.cores)))
    return {
        "cores": [{"name": f"c{m}", "x": m % side, "y": m // side} for m in range(shape.cores)],
        "hop_ticks": 5,
        "bytes_per_tick": 64,
    }
