"""The suite instances/wnp/real: multimodal networks on chips behind radios, from the graphs in instances/graphs.

Distances, powers, payloads and compression are assumptions, which each instance's source names.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from wnpopt.domain.chip.devices import chip, device
from wnpopt.domain.chip.hardware import Chip, mesh
from wnpopt.domain.files.graph import load_graph
from wnpopt.domain.network.fusion import Branch, Composition, Fusion
from wnpopt.domain.network.graph import Graph
from wnpopt.domain.network.zoo import build_network
from wnpopt.domain.radio.numerology import Numerology
from wnpopt.domain.radio.scenario import Link, Scenario
from wnpopt.problems.wnp.imports.balanced import balanced_instance
from wnpopt.problems.wnp.instance import WnpInstance

GRAPHS = Path(__file__).resolve().parent.parent / "instances" / "graphs"
PIXELS = 224 * 224
SAMPLES = 3 * PIXELS


@dataclass(frozen=True)
class Real:
    """A real multimodal network on a chip behind a radio: (modality, network, payload bits, link) by branch.

    A network called ``bert-base:16`` is built for 16 tokens; the others are files.
    """

    name: str
    about: str
    branches: tuple[tuple[str, str, int, Link], ...]
    fusion: Fusion
    chip: Chip
    scenario: Scenario
    subgraphs: int
    seed: int

    def build(self) -> WnpInstance:
        """The instance."""
        branches = [Branch(modality, _graph(net), bits) for modality, net, bits, _ in self.branches]
        return balanced_instance(
            self.name,
            Composition(self.name, tuple(branches), self.fusion),
            self.chip,
            self.scenario,
            [link for *_, link in self.branches],
            subgraphs=self.subgraphs,
            seed=self.seed,
            source=self.about,
        )


def _graph(network: str) -> Graph:
    name, _, tokens = network.partition(":")
    return build_network(name, {"tokens": int(tokens)}) if tokens else load_graph(GRAPHS / f"{name}.json")


def _chip(name: str, columns: int, *cores: str) -> Chip:
    """Cores of the library on a mesh like that of its chips."""
    return mesh(name, [device(core) for core in cores], columns=columns, hop_s=3e-9, bytes_per_s=16e9)


def real() -> Iterator[WnpInstance]:
    """Every instance of the suite, in the order of its index."""
    for case in CASES:
        yield case.build()


CASES = (
    Real(
        "factory-robot",
        "ResNet-50 on a camera image (0.8 bit a sample), SqueezeNet on a lidar map (4 bit a cell), ShuffleNet on a "
        "thermal image (2 bit a pixel), attention fusion; chip edge-2x2; InF-DH at 3.5 GHz, 24 resource blocks of "
        "360 kHz",
        (
            ("camera", "resnet-50", PIXELS * 3 * 8 // 10, Link("camera", 40.0, 5.0, 1.0)),
            ("lidar", "squeezenet", PIXELS * 4, Link("lidar", 60.0, 5.0, 1.0)),
            ("thermal", "shufflenet", PIXELS * 2, Link("thermal", 30.0, 0.0, 1.0)),
        ),
        Fusion("attention", 16, 256, 8, 1),
        chip("edge-2x2"),
        Scenario("InF-DH", 3.5e9, Numerology.of_spacing(30), 24, 120, 10),
        24,
        1,
    ),
    Real(
        "vehicle-perception",
        "Inception v2 and v1 on front and rear cameras (1 bit a sample), SqueezeNet on a lidar map (2 bit a cell), "
        "ShuffleNet on a radar map (1 bit a cell), fusion of the feature maps; chip edge-2x3; UMi at 3.5 GHz, 51 "
        "resource blocks of 360 kHz",
        (
            ("front", "inception-v2", PIXELS * 3, Link("front", 80.0, 17.0, 10.0)),
            ("rear", "inception-v1", PIXELS * 3, Link("rear", 80.0, 17.0, 10.0)),
            ("lidar", "squeezenet", PIXELS * 2, Link("lidar", 80.0, 17.0, 10.0)),
            ("radar", "shufflenet", PIXELS, Link("radar", 80.0, 17.0, 10.0)),
        ),
        Fusion("mid", 32, 256),
        chip("edge-2x3"),
        Scenario("UMi", 3.5e9, Numerology.of_spacing(30), 51, 160, 8),
        40,
        2,
    ),
    Real(
        "inspection-drone",
        "DenseNet-121 on a camera image (1 bit a sample), AlexNet on a depth image (4 bit a pixel), SqueezeNet on "
        "a sound spectrogram (1 bit a cell), late fusion; chip edge-2x2; InF-SH at 3.5 GHz, 24 resource blocks of "
        "360 kHz",
        (
            ("visible", "densenet-121", PIXELS * 3, Link("visible", 90.0, -2.0, 2.0)),
            ("depth", "alexnet", PIXELS * 4, Link("depth", 90.0, -2.0, 2.0)),
            ("sound", "squeezenet", PIXELS, Link("sound", 90.0, -2.0, 2.0)),
        ),
        Fusion("late", 8),
        chip("edge-2x2"),
        Scenario("InF-SH", 3.5e9, Numerology.of_spacing(30), 24, 240, 20),
        30,
        3,
    ),
    Real(
        "warehouse-picker",
        "MobileNetV2 on a camera image (0.5 bit a sample), SqueezeNet on a depth image (2 bit a pixel), late "
        "fusion; chip edge-2x2; InF-DL at 3.7 GHz, 24 resource blocks of 360 kHz",
        (
            ("camera", "mobilenet-v2", SAMPLES // 2, Link("camera", 25.0, 0.0, 2.0)),
            ("depth", "squeezenet", PIXELS * 2, Link("depth", 25.0, 0.0, 2.0)),
        ),
        Fusion("late", 40),
        chip("edge-2x2"),
        Scenario("InF-DL", 3.7e9, Numerology.of_spacing(30), 24, 80, 8),
        10,
        4,
    ),
    Real(
        "driver-monitor",
        "ShuffleNet on an eye camera (1 bit a sample), MobileNetV2 on a cabin camera (0.5 bit a sample), BERT-base "
        "on 16 tokens of speech (1 kbit), fusion of the features; cores Jetson Xavier NX FP16 and vector DSP; UMi "
        "at 3.5 GHz, 24 resource blocks of 360 kHz",
        (
            ("eye", "shufflenet", SAMPLES, Link("eye", 50.0, 10.0, 14.0)),
            ("cabin", "mobilenet-v2", SAMPLES // 2, Link("cabin", 50.0, 10.0, 14.0)),
            ("speech", "bert-base:16", 1000, Link("speech", 50.0, 10.0, 14.0)),
        ),
        Fusion("mid", 12, 128),
        _chip("cabin", 2, "jetson-xavier-nx-fp16", "vector-dsp"),
        Scenario("UMi", 3.5e9, Numerology.of_spacing(30), 24, 100, 4),
        16,
        5,
    ),
    Real(
        "phone-assistant",
        "ViT-B/16 on a photograph (1 bit a sample), ShuffleNet on a sound spectrogram (1 bit a sample), BERT-base "
        "on 32 tokens (2 kbit), attention fusion; cores Jetson Xavier NX FP16 and FP32, systolic 64 x 64, vector "
        "DSP; UMi at 2.6 GHz, 52 resource blocks of 180 kHz",
        (
            ("photo", "vit-b-16", SAMPLES, Link("photo", 60.0, 10.0, 1.0)),
            ("sound", "shufflenet", SAMPLES, Link("sound", 60.0, 10.0, 1.0)),
            ("question", "bert-base:32", 2000, Link("question", 60.0, 10.0, 1.0)),
        ),
        Fusion("attention", 64, 256, 8, 2),
        _chip("edge-server", 2, "jetson-xavier-nx-fp16", "systolic-64", "vector-dsp", "jetson-xavier-nx-fp32"),
        Scenario("UMi", 2.6e9, Numerology.of_spacing(15), 52, 100, 20),
        36,
        6,
    ),
    Real(
        "assembly-cell",
        "ResNet-50 on a camera image (1 bit a sample), DenseNet-121 on a microscope image (1 bit a sample), "
        "MobileNetV2 on a depth image (4 bit a pixel), SqueezeNet on a vibration spectrogram (1 bit a cell), "
        "attention fusion; chip edge-2x3; InF-DH at 3.7 GHz, 51 resource blocks of 360 kHz",
        (
            ("camera", "resnet-50", SAMPLES, Link("camera", 20.0, 0.0, 0.5)),
            ("microscope", "densenet-121", SAMPLES, Link("microscope", 35.0, 0.0, 0.0)),
            ("depth", "mobilenet-v2", PIXELS * 4, Link("depth", 20.0, 0.0, 0.5)),
            ("vibration", "squeezenet", PIXELS, Link("vibration", 35.0, 0.0, 0.0)),
        ),
        Fusion("attention", 16, 256, 8, 1),
        chip("edge-2x3"),
        Scenario("InF-DH", 3.7e9, Numerology.of_spacing(30), 51, 100, 10),
        60,
        7,
    ),
    Real(
        "vehicle-surround",
        "Inception v2 on a front camera, ResNet-50 on a rear camera, Inception v1 on left and right cameras (1 bit "
        "a sample each), SqueezeNet on a lidar map (2 bit a cell), ShuffleNet on a radar map (1 bit a cell), "
        "attention fusion; chip edge-4x4; UMi at 3.5 GHz, 51 resource blocks of 360 kHz",
        (
            ("front", "inception-v2", SAMPLES, Link("front", 70.0, 15.0, 14.0)),
            ("rear", "resnet-50", SAMPLES, Link("rear", 70.0, 15.0, 14.0)),
            ("left", "inception-v1", SAMPLES, Link("left", 70.0, 15.0, 14.0)),
            ("right", "inception-v1", SAMPLES, Link("right", 70.0, 15.0, 14.0)),
            ("lidar", "squeezenet", PIXELS * 2, Link("lidar", 70.0, 15.0, 14.0)),
            ("radar", "shufflenet", PIXELS, Link("radar", 70.0, 15.0, 14.0)),
        ),
        Fusion("attention", 32, 256, 8, 1),
        chip("edge-4x4"),
        Scenario("UMi", 3.5e9, Numerology.of_spacing(30), 51, 160, 10),
        80,
        8,
    ),
    Real(
        "smart-crossing",
        "ResNet-50 and Inception v2 on two cameras, DenseNet-121 on a third, Inception v1 on a fourth (1 bit a "
        "sample each), ShuffleNet on a radar map, SqueezeNet on a sound spectrogram (1 bit a cell each), fusion of "
        "the features; chip edge-2x3; UMi at 3.5 GHz, 51 resource blocks of 360 kHz",
        (
            ("north", "resnet-50", SAMPLES, Link("north", 45.0, 5.0)),
            ("south", "inception-v2", SAMPLES, Link("south", 55.0, 5.0)),
            ("east", "densenet-121", SAMPLES, Link("east", 35.0, 5.0)),
            ("west", "inception-v1", SAMPLES, Link("west", 65.0, 5.0)),
            ("radar", "shufflenet", PIXELS, Link("radar", 50.0, 5.0)),
            ("sound", "squeezenet", PIXELS, Link("sound", 50.0, 5.0)),
        ),
        Fusion("mid", 48, 256),
        chip("edge-2x3"),
        Scenario("UMi", 3.5e9, Numerology.of_spacing(30), 51, 160, 40),
        100,
        9,
    ),
)
