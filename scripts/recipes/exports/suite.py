"""The suites real-exports of wnp and intradp: twelve networks as exporters write them, from instances/graphs/exports.

Distances, powers, payloads and bandwidths are assumptions, which each instance's source names.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from wnpopt.domain.chip.devices import chip, device
from wnpopt.domain.files.graph import load_graph
from wnpopt.domain.network.fusion import Branch, Composition, Fusion, fuse
from wnpopt.domain.network.graph import Graph
from wnpopt.domain.radio.numerology import Numerology
from wnpopt.domain.radio.scenario import Link, Scenario
from wnpopt.problems.intradp.imports.fuse import fuse as fuse_rows
from wnpopt.problems.intradp.imports.graph import from_graph as split
from wnpopt.problems.intradp.instance import IntradpInstance
from wnpopt.problems.wnp.imports.assemble import RadioInput
from wnpopt.problems.wnp.imports.network import from_graph
from wnpopt.problems.wnp.instance import WnpInstance

GRAPHS = Path(__file__).resolve().parents[3] / "instances" / "graphs" / "exports"

Branches = tuple[tuple[str, str, int], ...]
"""(modality, network, payload bits)."""
SAMPLES = 224 * 224 * 3
"""Of an image."""


@dataclass(frozen=True)
class Placed:
    """Networks on a chip behind a radio; ``fusion`` joins them where they are several."""

    name: str
    branches: Branches
    chip: str
    subgraphs: int
    resource_blocks: int
    slots: int
    fusion: Fusion | None = None

    def build(self, seed: int) -> WnpInstance:
        """The instance; every link is 40 m of UMi at 3.5 GHz, 17 dBm."""
        graphs = [Branch(modality, exported(network), bits) for modality, network, bits in self.branches]
        if self.fusion is None:
            graph = graphs[0].graph.with_modality(graphs[0].modality)
        else:
            graph = fuse(Composition(self.name, tuple(graphs), self.fusion))
        scenario = Scenario("UMi", 3.5e9, Numerology.of_spacing(30), self.resource_blocks, self.slots, 10)
        payloads = {modality: bits for modality, _, bits in self.branches}
        links = {modality: Link(modality, 40.0, 17.0, 1.0) for modality in payloads}
        uplink = RadioInput.drawn(payloads, scenario, links, seed)
        sent = ", ".join(f"{network} ({bits} bits of {modality})" for modality, network, bits in self.branches)
        source = f"{sent}; chip {self.chip}; UMi, 40 m, 3.5 GHz, {self.resource_blocks} resource blocks of 360 kHz"
        return from_graph(self.name, graph, chip(self.chip), uplink, subgraphs=self.subgraphs, source=source)


def exported(network: str) -> Graph:
    """The graph of one of the twelve networks."""
    return load_graph(GRAPHS / f"{network}.json")


IMAGE, SMALL, PAGE, NIGHT = 2 * SAMPLES, SAMPLES // 4, 640 * 640 * 3 // 4, 256 * 256 * 3 // 4
"""Bits of an image at two bits a sample, and of images as a codec leaves them, at a quarter of a bit."""
VOICE = ("voice", "speech-lstm", 4 * 80 * 200)
WORD = ("word", "keyword-1d", 4 * 64 * 128)

PLACED = (
    Placed("convnext-tiny", (("camera", "convnext-tiny", IMAGE),), "edge-2x2", 32, 24, 80),
    Placed("text-detector", (("camera", "text-detector", PAGE),), "edge-2x3", 32, 51, 80),
    Placed("unet", (("camera", "unet", NIGHT),), "edge-2x2", 24, 24, 80),
    Placed("swin-tiny", (("camera", "swin-tiny", IMAGE),), "edge-2x3", 40, 24, 80),
    Placed("mobilenet-v2-int8", (("camera", "mobilenet-v2-int8", IMAGE),), "edge-2x2", 24, 24, 80),
    Placed("vit-b-16", (("camera", "vit-b-16", IMAGE),), "edge-2x3", 32, 24, 80),
    Placed(
        "kitchen",
        (("camera", "efficientnet-b0", SMALL), ("depth", "mobilenet-v3", SMALL), VOICE, WORD),
        "edge-2x2", 32, 24, 60, Fusion("mid", 20, 128),
    ),
    Placed(
        "kiosk",
        (("page", "text-detector", PAGE), ("face", "mobilenet-v2-int8", SMALL), ("question", "bert-small", 2000), WORD),
        "edge-2x2", 40, 51, 80, Fusion("mid", 16, 128),
    ),
    Placed(
        "crossing",
        (("north", "resnet-50", SMALL), ("south", "efficientnet-b0", SMALL), ("night", "unet", NIGHT)),
        "edge-2x3", 48, 51, 60, Fusion("mid", 12, 256),
    ),
    Placed(
        "ward",
        (("face", "convnext-tiny", SMALL), ("body", "swin-tiny", SMALL), VOICE),
        "edge-4x4", 60, 51, 60, Fusion("attention", 12, 128, 8, 1),
    ),
    Placed(
        "van",
        (("left", "resnet-50", SMALL), ("right", "resnet-50", SMALL), ("road", "unet", NIGHT), VOICE),
        "edge-2x2", 48, 51, 60, Fusion("late", 10),
    ),
    Placed(
        "gate",
        (("visitor", "vit-b-16", SMALL), ("plate", "text-detector", PAGE), ("answer", "bert-small", 2000), WORD),
        "edge-2x3", 60, 51, 80, Fusion("mid", 16, 128),
    ),
)  # fmt: skip


def placed() -> Iterator[WnpInstance]:
    """The suite of wnp."""
    for seed, case in enumerate(PLACED):
        yield case.build(seed)


BANDWIDTHS = {
    "convnext-tiny": 20, "efficientnet-b0": 20, "text-detector": 50, "unet": 20, "swin-tiny": 20,
    "mobilenet-v2-int8": 50, "speech-lstm": 5, "resnet-50": 20, "vit-b-16": 10, "mobilenet-v3": 50, "keyword-1d": 5,
    "bert-small": 5,
}  # fmt: skip
"""MB/s each way between the device and the server."""


def halved() -> Iterator[IntradpInstance]:
    """The suite of intradp: each network between a Xavier NX and an RTX 3080, zero-halo operators fused."""
    for network, bandwidth in BANDWIDTHS.items():
        graph = exported(network)
        instance = split(
            graph, device("jetson-xavier-nx-fp32"), device("rtx-3080"), uplink_bytes_per_s=bandwidth * 1e6, name=network
        )
        data = fuse_rows(instance).instance.to_data()
        data["source"] = f"{graph.source}; roofline times of Xavier NX FP32 and RTX 3080, {bandwidth} MB/s; fused"
        yield IntradpInstance.from_data(data)
