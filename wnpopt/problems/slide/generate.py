"""Random slide instances: a cell with users at random distances, device classes, deadlines and a mix of models.

Every instance is a function of its options and its seed alone.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, fields
from types import MappingProxyType

import numpy as np
import numpy.typing as npt

from wnpopt.core.errors import InputError
from wnpopt.core.options import name_of, option, options_of, read
from wnpopt.problems.slide.instance import SlideInstance
from wnpopt.problems.slide.networks import MIXES, layer_table, table_names

FloatArray = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Device:
    """A class of devices: frequency range, FLOP a cycle, joule per FLOP and Hz^2, energy for one task, receiver."""

    low_hz: float
    high_hz: float
    flop_per_cycle: float
    energy_per_flop_hz2: float
    energy_j: float
    receive_w: float


DEVICES: Mapping[str, Device] = MappingProxyType(
    {
        "phone": Device(2.0e8, 1.3e9, 1000.0, 1.2e-29, 2.0, 1.0),
        "glasses": Device(2.0e8, 9.0e8, 400.0, 2.0e-29, 1.2, 0.8),
        "laptop": Device(3.0e8, 2.0e9, 2000.0, 1.0e-29, 6.0, 1.2),
    }
)
"""Orders of magnitude of what neural processors of such devices do."""

_CARRIER_HZ = 3.5e9
_NOISE_W_PER_HZ = 10 ** ((-174 + 7 - 30) / 10)
"""Thermal noise at 290 K and a receiver's noise figure of 7 dB."""
_LEAST_EFFICIENCY, _MOST_EFFICIENCY = 0.15, 7.4
"""Range of 5G's modulation and coding, in bit/s/Hz."""


MOST = 10**6
"""Of users, models, layers: beyond that JSON is the wrong form, see :mod:`wnpopt.problems.slide.columnar.columns`."""


@dataclass(frozen=True)
class Shape:
    """Options of the generator."""

    users: int = option(20, "number of users", least=0, most=MOST)
    mix: str = option(
        "vision", "models to provision: a mix, or one network", choices=(*sorted(MIXES), "synthetic", *table_names())
    )
    bits_per_weight: float = option(8.0, "bits of a weight of the networks", above=0)
    bandwidth_hz: float = option(1e8, "bandwidth of the cell", above=0)
    resource_block_hz: float = option(0.0, "width of a resource block, 0 for a band that divides continuously", least=0)
    delivery: str = option("unicast", "how models are sent", choices=("unicast", "multicast"))
    link: str = option(
        "efficiency",
        "rates by spectral efficiency, by a fixed transmit power (a concave rate), or one user so and the next so",
        choices=("efficiency", "power", "mixed"),
    )
    weighted: int = option(0, "1 for weights of 1 to 10, 0 to count users", least=0, most=1)
    requested: int = option(0, "1 if every user asks for one model, 0 if any will do", least=0, most=1)
    longest_list: int = option(
        0, "most models of a user's list: 1 to so many at random, 0 if there are no lists", least=0, most=MOST
    )
    cache_share: float = option(0.0, "cache as a share of all models' bits, 0 for no limit", least=0)
    deadline_s: float = option(1.5, "median deadline", above=0)
    deadline_spread: float = option(0.4, "spread of the deadlines (log-normal)", least=0)
    energy_scale: float = option(1.0, "scale of the energy limits, 0 for none", least=0)
    receive_scale: float = option(0.0, "scale of the receivers' power, 0 for none", least=0)
    accuracy_share: float = option(0.0, "chance that a user asks for more than the least accurate model", least=0)
    compute_scale: float = option(1.0, "scale of the devices' FLOP a cycle: small ones raise rho", above=0)
    device: str = option("mixed", "class of the users' devices", choices=(*DEVICES, "mixed"))
    jitter: float = option(
        0.3, "relative spread of a device's frequency, FLOP a cycle and energy within its class", least=0, most=0.8
    )
    radius_m: float = option(250.0, "radius of the cell", above=10, most=5000)
    models: int = option(3, "number of models of the synthetic mix", least=1, most=MOST)
    layers: int = option(12, "layers of a model of the synthetic mix", least=1, most=MOST)


OPTIONS = options_of(Shape)


def generate(options: Mapping[str, int | float | str], seed: int) -> SlideInstance:
    """The instance of ``options`` (see :data:`OPTIONS`) and ``seed``.

    Raises :class:`InputError` naming a bad option.
    """
    shape = read(Shape, options, ignored=("name",))
    rng = np.random.default_rng([seed, 0x736C69])
    models = _models(shape, rng)
    total = math.fsum(layer["bits"] for _, _, layers in models for layer in layers)
    data: dict[str, object] = {
        "kind": "slide",
        "schema_version": 1,
        "name": name_of(options, f"slide-{shape.mix}-{shape.users}-s{seed}"),
        "source": f"generated: {', '.join(f'{name} {getattr(shape, name)}' for name in _told(shape))}, seed {seed}",
        "bandwidth_hz": shape.bandwidth_hz,
        "resource_block_hz": shape.resource_block_hz or None,
        "delivery": shape.delivery,
        "cache_bits": shape.cache_share * total if shape.cache_share > 0 else None,
        "objective": "weighted" if shape.weighted else "count",
        "models": [{"name": name, "accuracy": accuracy, "layers": layers} for name, accuracy, layers in models],
        "users": _users(shape, models, rng),
    }
    return SlideInstance.from_data(data)


def _told(shape: Shape) -> list[str]:
    """Options that an instance's source names: an option that came later only where it is used, so that stored sources
    stay as they are."""
    return [entry.name for entry in fields(shape) if entry.name != "longest_list" or shape.longest_list]


_Models = list[tuple[str, float, list[dict[str, float]]]]


def _models(shape: Shape, rng: np.random.Generator) -> _Models:
    if shape.mix != "synthetic":
        tables = [layer_table(name) for name in MIXES.get(shape.mix, (shape.mix,))]
        return [
            (
                table.name,
                table.accuracy,
                [{"bits": weights * shape.bits_per_weight, "flop": flop} for weights, flop in table.layers],
            )
            for table in tables
        ]
    models: _Models = []
    for j in range(shape.models):
        bits = rng.lognormal(0.0, 1.0, shape.layers) * (rng.random(shape.layers) > 0.2)
        flop = rng.lognormal(0.0, 1.0, shape.layers) * (rng.random(shape.layers) > 0.1)
        bits[-1] = max(bits[-1], 0.1)
        size, work = rng.uniform(2e7, 2e8), rng.uniform(1e9, 2e10)
        bits, flop = bits / bits.sum() * size, flop / max(flop.sum(), 1e-9) * work
        layers = [{"bits": float(b), "flop": float(f)} for b, f in zip(bits, flop, strict=True)]
        models.append((f"model{j}", round(float(rng.uniform(0.5, 0.95)), 4), layers))
    return models


def _users(shape: Shape, models: _Models, rng: np.random.Generator) -> list[dict[str, object]]:
    count = shape.users
    gain = _gains(shape, rng)
    power = 10 ** ((43 - 30) / 10)
    classes = list(DEVICES.values()) if shape.device == "mixed" else [DEVICES[shape.device]]
    device = rng.integers(0, len(classes), count)
    deadline = shape.deadline_s * rng.lognormal(0.0, shape.deadline_spread, count)
    jitter = rng.uniform(1 - shape.jitter, 1 + shape.jitter, (count, 3))
    weight = rng.integers(1, 11, count)
    wanted = rng.integers(0, len(models), count)
    picky = rng.random(count) < shape.accuracy_share
    levels = sorted(accuracy for _, accuracy, _ in models)
    demand = rng.integers(0, len(levels), count)
    accepted: list[tuple[str, ...] | None] = [
        (models[wanted[u]][0],) if shape.requested else None for u in range(count)
    ]
    if shape.longest_list:
        if shape.requested:
            raise InputError("no lists are possible where every user asks for one model", where="longest_list")
        accepted = _lists(shape.longest_list, [name for name, _, _ in models], count, rng)
    users: list[dict[str, object]] = []
    for u in range(count):
        kind = classes[device[u]]
        users.append(
            {
                "name": f"u{u}",
                "deadline_s": float(deadline[u]),
                "energy_j": float(kind.energy_j * shape.energy_scale * jitter[u, 0]) if shape.energy_scale else None,
                "link": _link(shape, u, float(gain[u]), power),
                "frequency_hz": (kind.low_hz, float(kind.high_hz * jitter[u, 1])),
                "flop_per_cycle": float(kind.flop_per_cycle * shape.compute_scale * jitter[u, 2]),
                "energy_per_flop_hz2": kind.energy_per_flop_hz2,
                "receive_w": kind.receive_w * shape.receive_scale,
                "min_accuracy": levels[demand[u]] if picky[u] else 0.0,
                "weight": float(weight[u]) if shape.weighted else 1.0,
                "models": accepted[u],
            }
        )
    return users


def _lists(longest: int, names: list[str], count: int, rng: np.random.Generator) -> list[tuple[str, ...] | None]:
    """For each user 1 to ``longest`` models at random, in the order of the instance."""
    sizes = rng.integers(1, min(longest, len(names)) + 1, count)
    ranks = rng.random((count, len(names))).argsort(axis=1).argsort(axis=1)
    return [
        tuple(name for name, rank in zip(names, row, strict=True) if rank < size)
        for size, row in zip(sizes, ranks, strict=True)
    ]


def _link(shape: Shape, user: int, gain: float, power: float) -> dict[str, float]:
    if shape.link == "power" or (shape.link == "mixed" and user % 2):
        # The station's power is shared; what a user's stream gets is an even part of it.
        return {"power_w": power / max(1, shape.users), "gain": gain, "noise_w_per_hz": _NOISE_W_PER_HZ}
    snr = power * gain / (_NOISE_W_PER_HZ * shape.bandwidth_hz)
    efficiency = min(_MOST_EFFICIENCY, max(_LEAST_EFFICIENCY, 0.75 * math.log2(1 + snr)))
    return {"spectral_efficiency": efficiency}


def _gains(shape: Shape, rng: np.random.Generator) -> FloatArray:
    """Linear power gains: urban microcell path loss, line of sight by chance, log-normal shadowing."""
    from wnpopt.domain.radio.pathloss import line_of_sight_probability, path_loss_db, shadowing_db

    distance = np.maximum(10.0, shape.radius_m * np.sqrt(rng.random(shape.users)))
    chance, normal = rng.random(shape.users), rng.standard_normal(shape.users)
    gains = np.empty(shape.users)
    for u in range(shape.users):
        sight = bool(chance[u] < line_of_sight_probability("UMi", float(distance[u])))
        loss = path_loss_db("UMi", float(distance[u]), _CARRIER_HZ, line_of_sight=sight)
        gains[u] = 10 ** (-(loss + normal[u] * shadowing_db("UMi", sight)) / 10)
    return gains
