"""Realistic instances for ``wnpopt generate wnp --preset NAME``.

Networks are built from their architectures, chips come from the library, channels follow TR 38.901. A preset fixes
what a deployment fixes (sensors, networks, chip, band); the seed draws what varies: distances, speeds, how well each
sensor's data compress, and the channel. These ranges are assumptions, chosen so that radio and chip take times of the
same order.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np

from wnpopt.core.errors import InputError
from wnpopt.domain.chip.devices import device
from wnpopt.domain.chip.hardware import mesh
from wnpopt.domain.network.fusion import Branch, Composition, Fusion, fuse
from wnpopt.domain.network.zoo import build_network
from wnpopt.domain.radio.numerology import Numerology
from wnpopt.domain.radio.scenario import Link, Scenario
from wnpopt.problems.wnp.imports.assemble import RadioInput
from wnpopt.problems.wnp.imports.balanced import balanced
from wnpopt.problems.wnp.instance import WnpInstance

_SHARE = 0.8
"""Part of the radio's time that the payloads may need when modalities take turns: below 1 all can be delivered."""
_DRAWS = 1000


@dataclass(frozen=True)
class Sensor:
    """A modality: its network, and ranges of payload (kbit), ground distance (m) and speed (m/s) to draw from."""

    modality: str
    network: str
    arguments: Mapping[str, int]
    kilobits: tuple[float, float]
    distance_m: tuple[float, float]
    speed_m_s: tuple[float, float] = (0.0, 0.0)


@dataclass(frozen=True)
class Preset:
    """A deployment: ``cores`` of the library fill the rows of a mesh; ``subgraphs`` is the default number."""

    about: str
    sensors: tuple[Sensor, ...]
    fusion: Fusion
    cores: tuple[str, ...]
    columns: int
    scenario: Scenario
    subgraphs: int


PRESETS: Mapping[str, Preset] = MappingProxyType(
    {
        "factory-robots": Preset(
            "three robots in a dense hall: camera, lidar and depth maps by MobileNetV2, a spoken command by BERT-base",
            (
                Sensor("camera", "mobilenet-v2", {"image": 224}, (80, 240), (15, 60), (0.5, 2)),
                Sensor("lidar", "mobilenet-v2", {"image": 192}, (100, 300), (15, 60), (0.5, 2)),
                Sensor("depth", "mobilenet-v2", {"image": 160}, (50, 150), (15, 60), (0.5, 2)),
                Sensor("command", "bert-base", {"tokens": 12}, (1, 3), (15, 60)),
            ),
            Fusion("attention", 24, 256, 8),
            ("systolic-64", "systolic-32", "eyeriss-like-1024", "vector-dsp"),
            2,
            Scenario("InF-DH", 3.7e9, Numerology.of_spacing(30), 24, 120, 10),
            32,
        ),
        "vehicle-perception": Preset(
            "a vehicle sends to a roadside unit: front camera by ViT-B/16, rear camera, lidar and radar maps by "
            "MobileNetV2",
            (
                Sensor("front", "vit-b-16", {"image": 224}, (150, 450), (25, 120), (8, 16)),
                Sensor("rear", "mobilenet-v2", {"image": 224}, (100, 300), (25, 120), (8, 16)),
                Sensor("lidar", "mobilenet-v2", {"image": 256}, (150, 450), (25, 120), (8, 16)),
                Sensor("radar", "mobilenet-v2", {"image": 128}, (30, 90), (25, 120), (8, 16)),
            ),
            Fusion("attention", 32, 256, 8),
            (
                "jetson-xavier-nx-fp16",
                "systolic-64",
                "systolic-64",
                "vector-dsp",
                "vector-dsp",
                "jetson-xavier-nx-fp16",
            ),
            3,
            Scenario("UMi", 3.5e9, Numerology.of_spacing(30), 51, 120, 6),
            48,
        ),
        "phone-assistant": Preset(
            "a phone asks an edge server: a photograph by ViT-B/16, a sound spectrogram by MobileNetV2, "
            "the screen by MobileNetV2, a question by BERT-base",
            (
                Sensor("photo", "vit-b-16", {"image": 224}, (150, 450), (20, 150), (0, 1.5)),
                Sensor("sound", "mobilenet-v2", {"image": 128}, (20, 60), (20, 150), (0, 1.5)),
                Sensor("screen", "mobilenet-v2", {"image": 224}, (60, 180), (20, 150), (0, 1.5)),
                Sensor("question", "bert-base", {"tokens": 32}, (1, 4), (20, 150), (0, 1.5)),
            ),
            Fusion("mid", 64, 512),
            ("jetson-xavier-nx-fp16", "systolic-64", "vector-dsp", "jetson-xavier-nx-fp32"),
            2,
            Scenario("UMi", 2.6e9, Numerology.of_spacing(15), 52, 120, 20),
            40,
        ),
    }
)
"""Presets by name."""


def generate_preset(key: str, seed: int, subgraphs: int | None = None) -> WnpInstance:
    """The instance of the preset ``key`` and ``seed``; ``subgraphs`` in place of the preset's own number."""
    preset = PRESETS[key]
    subgraphs = subgraphs or preset.subgraphs
    graph = fuse(
        Composition(
            key,
            tuple(Branch(s.modality, build_network(s.network, s.arguments), 0) for s in preset.sensors),
            preset.fusion,
        )
    )
    # The mesh of the library's chips: see wnpopt.domain.chip.devices.chip.
    chip = mesh(key, [device(core) for core in preset.cores], columns=preset.columns, hop_s=3e-9, bytes_per_s=16e9)
    return balanced(
        f"{key}-{subgraphs}-s{seed}",
        graph,
        chip,
        _uplink(preset, np.random.default_rng([seed, 0x707265])),
        subgraphs=subgraphs,
        source=f"preset {key}, seed {seed}: {preset.about}; cores {', '.join(preset.cores)}",
    )


def _uplink(preset: Preset, rng: np.random.Generator) -> RadioInput:
    """Places, payloads and channel; drawn again while the payloads take too much of the radio's time."""
    scenario = preset.scenario
    length = np.minimum(scenario.block_slots, scenario.slots - np.arange(scenario.blocks) * scenario.block_slots)
    for _ in range(_DRAWS):
        links = {
            s.modality: Link(s.modality, rng.uniform(*s.distance_m), speed_m_s=rng.uniform(*s.speed_m_s))
            for s in preset.sensors
        }
        payloads = {s.modality: int(1000 * rng.uniform(*s.kilobits)) for s in preset.sensors}
        uplink = RadioInput.drawn(payloads, scenario, links, int(rng.integers(2**31)))
        capacity = (uplink.bits_per_slot * length).sum(axis=(1, 2))
        if (capacity > 0).all() and (np.array(list(payloads.values())) / capacity).sum() <= _SHARE:
            return uplink
    raise InputError("no channel in 1000 draws carries the payloads; another seed is needed", where="seed")
