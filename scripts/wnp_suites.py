"""Makes the suites in instances/wnp from seeds, bit for bit; with --solve it also proves their index anew.

    python scripts/wnp_suites.py            writes the instances
    python scripts/wnp_suites.py --check    writes nothing, fails if a file differs from what would be written
    python scripts/wnp_suites.py --solve    writes the instances, solves them and writes each index.json

The optimum of the suite tiny comes from exhaustion (tests/wnp/brute.py), the others' from `auto`.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "tests" / "wnp"))

from brute import optimum  # noqa: E402

import wnpopt  # noqa: E402
from wnpopt.core.jsonio import format_json  # noqa: E402
from wnpopt.domain.devices import chip  # noqa: E402
from wnpopt.domain.fusion import Branch, Composition, Fusion  # noqa: E402
from wnpopt.domain.graph_file import load_graph  # noqa: E402
from wnpopt.domain.radio.numerology import Numerology  # noqa: E402
from wnpopt.domain.radio.scenario import Link, Scenario  # noqa: E402
from wnpopt.problems.wnp.generate import generate  # noqa: E402
from wnpopt.problems.wnp.instance import WnpInstance  # noqa: E402
from wnpopt.problems.wnp.network import build_instance  # noqa: E402

FOLDER = ROOT / "instances" / "wnp"
PIXELS = 224 * 224
SMALL = {"subgraphs": 12, "cores": 3, "modalities": 3, "resource_blocks": 12, "slots": 20, "block_slots": 5}
MEDIUM = {"subgraphs": 40, "cores": 4, "modalities": 4, "resource_blocks": 25, "slots": 60, "block_slots": 10}


def tiny() -> Iterator[WnpInstance]:
    """24 instances for exhaustion: short last blocks, forbidden cores, zero payloads, no modality."""
    for number in range(24):
        options = {
            "subgraphs": 4 + number % 2,
            "cores": 1 + number % 3,
            "modalities": (2, 1, 3, 2, 0, 2)[number % 6],
            "resource_blocks": 1 + number % 2,
            "slots": 3 + number % 3,
            "block_slots": 1 + number % 3,
            "slot_ticks": 7 + number,
            "heterogeneity": 0.3 * (number % 4),
            "forbidden": 0.25,
            "ctr": (0.5, 1.0)[number % 2],
            "name": f"tiny-{number:02d}",
        }
        data = generate(options, 100 + number).to_data()
        if number % 8 == 3:
            data["modalities"][0]["payload_bits"] = 0  # type: ignore[index]
        yield WnpInstance.from_data(data)


def sized(suite: str, shape: dict[str, int], seeds: int, ctr: float) -> Iterator[WnpInstance]:
    """One instance a seed and heterogeneity of 0, 0.5 and 1.5."""
    for heterogeneity in (0.0, 0.5, 1.5):
        for seed in range(seeds):
            name = f"{suite}-h{heterogeneity:g}-s{seed}"
            yield generate({**shape, "heterogeneity": heterogeneity, "ctr": ctr, "name": name}, seed)


@dataclass(frozen=True)
class Real:
    """A real multimodal network on a chip behind a radio: (modality, network, payload bits, link) by branch."""

    name: str
    about: str
    branches: tuple[tuple[str, str, int, Link], ...]
    fusion: Fusion
    chip: str
    scenario: Scenario
    subgraphs: int
    seed: int

    def build(self) -> WnpInstance:
        """The instance, from the graphs in instances/graphs."""
        graphs = {net: load_graph(ROOT / "instances" / "graphs" / f"{net}.json") for _, net, _, _ in self.branches}
        composition = Composition(
            self.name,
            tuple(Branch(modality, graphs[net], bits) for modality, net, bits, _ in self.branches),
            self.fusion,
        )
        return build_instance(
            self.name,
            composition,
            chip(self.chip),
            self.scenario,
            [link for *_, link in self.branches],
            subgraphs=self.subgraphs,
            seed=self.seed,
            source=self.about,
        )


def real() -> Iterator[WnpInstance]:
    """Networks of the onnx package, fused; distances, powers and payloads are assumptions that the source names."""
    yield Real(
        "factory-robot",
        "ResNet-50 on a camera image (0.8 bit a sample), SqueezeNet on a lidar map (4 bit a cell), ShuffleNet on a thermal "
        "image (2 bit a pixel), attention fusion; chip edge-2x2; InF-DH at 3.5 GHz, 24 resource blocks of 360 kHz",
        (
            ("camera", "resnet-50", PIXELS * 3 * 8 // 10, Link("camera", 40.0, 5.0, 1.0)),
            ("lidar", "squeezenet", PIXELS * 4, Link("lidar", 60.0, 5.0, 1.0)),
            ("thermal", "shufflenet", PIXELS * 2, Link("thermal", 30.0, 0.0, 1.0)),
        ),
        Fusion("attention", 16, 256, 8, 1),
        "edge-2x2",
        Scenario("InF-DH", 3.5e9, Numerology.of_spacing(30), 24, 120, 10),
        24,
        1,
    ).build()
    yield Real(
        "vehicle-perception",
        "Inception v2 and v1 on front and rear cameras (1 bit a sample), SqueezeNet on a lidar map (2 bit a cell), ShuffleNet "
        "on a radar map (1 bit a cell), fusion of the feature maps; chip edge-2x3; UMi at 3.5 GHz, 51 resource blocks of 360 kHz",
        (
            ("front", "inception-v2", PIXELS * 3, Link("front", 80.0, 17.0, 10.0)),
            ("rear", "inception-v1", PIXELS * 3, Link("rear", 80.0, 17.0, 10.0)),
            ("lidar", "squeezenet", PIXELS * 2, Link("lidar", 80.0, 17.0, 10.0)),
            ("radar", "shufflenet", PIXELS, Link("radar", 80.0, 17.0, 10.0)),
        ),
        Fusion("mid", 32, 256),
        "edge-2x3",
        Scenario("UMi", 3.5e9, Numerology.of_spacing(30), 51, 160, 8),
        40,
        2,
    ).build()
    yield Real(
        "inspection-drone",
        "DenseNet-121 on a camera image (1 bit a sample), AlexNet on a depth image (4 bit a pixel), SqueezeNet on a sound "
        "spectrogram (1 bit a cell), late fusion; chip edge-2x2; InF-SH at 3.5 GHz, 24 resource blocks of 360 kHz",
        (
            ("visible", "densenet-121", PIXELS * 3, Link("visible", 90.0, -2.0, 2.0)),
            ("depth", "alexnet", PIXELS * 4, Link("depth", 90.0, -2.0, 2.0)),
            ("sound", "squeezenet", PIXELS, Link("sound", 90.0, -2.0, 2.0)),
        ),
        Fusion("late", 8),
        "edge-2x2",
        Scenario("InF-SH", 3.5e9, Numerology.of_spacing(30), 24, 240, 20),
        30,
        3,
    ).build()


def suites() -> dict[str, list[WnpInstance]]:
    """Every suite's instances, in order."""
    return {
        "tiny": list(tiny()),
        "small": list(sized("small", SMALL, 4, 1.0)),
        "medium": list(sized("medium", MEDIUM, 4, 0.5)),
        "real": list(real()),
    }


def entry(suite: str, instance: WnpInstance, time_limit: float) -> dict[str, object]:
    """The index's row of an instance, solved anew."""
    result = wnpopt.solve(instance, "auto", time_limit=time_limit)
    row: dict[str, object] = {
        "file": f"{instance.name}.json",
        "best": result.objective,
        "bound": result.bound,
        "proved": result.status == "optimal",
        "how": f"auto, bound by {result.bound_by}",
    }
    if suite == "tiny":
        exhausted = optimum(instance)
        if exhausted != result.objective:
            raise SystemExit(f"{instance.name}: exhaustion finds {exhausted}, auto {result.objective}")
        row["how"] = "exhaustion and auto"
    return row


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--check", action="store_true", help="write nothing, compare")
    parser.add_argument("--solve", action="store_true", help="prove the index anew")
    parser.add_argument("--time-limit", type=float, default=120.0)
    arguments = parser.parse_args()
    different = []
    for suite, instances in suites().items():
        folder = FOLDER / suite
        folder.mkdir(parents=True, exist_ok=True)
        for instance in instances:
            path = folder / f"{instance.name}.json"
            text = format_json(instance.to_data()) + "\n"
            if not path.exists() or path.read_text() != text:
                different.append(path.name)
                if not arguments.check:
                    path.write_text(text)
        if arguments.solve:
            rows = [entry(suite, instance, arguments.time_limit) for instance in instances]
            (folder / "index.json").write_text(format_json(rows) + "\n")
            print(suite, json.dumps([row["proved"] for row in rows]), flush=True)
    print(f"{len(different)} files differ" if arguments.check else f"{len(different)} files written")
    return 1 if arguments.check and different else 0


if __name__ == "__main__":
    sys.exit(main())
