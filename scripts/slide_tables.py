"""Writes the layer tables of wnpopt/problems/slide/networks from the graphs of wnpopt.domain and instances/graphs.

What a layer is, :mod:`wnpopt.problems.slide.imports.layers` says. Run from the repository:
python scripts/slide_tables.py
"""

from __future__ import annotations

from pathlib import Path

from wnpopt.core.jsonio import write_json
from wnpopt.domain.files.graph import load_graph
from wnpopt.domain.network.graph import Graph
from wnpopt.domain.network.zoo.gpt2 import gpt2
from wnpopt.problems.slide.imports.layers import layers_of

ROOT = Path(__file__).resolve().parents[1]
TABLES = ROOT / "wnpopt" / "problems" / "slide" / "networks"
IMAGENET = "top-1 accuracy on ImageNet of torchvision's first weights"
VISION = {
    "mobilenet-v2": ("mobilenet-v2", 0.7188),
    "resnet50": ("resnet-50", 0.7613),
    "vgg19": ("vgg-19", 0.7238),
    "vit-b16": ("vit-b-16", 0.8107),
}
PROMPTS = (32, 128, 512)


def write(name: str, accuracy: float, graph: Graph, measured: str) -> None:
    """One table."""
    layers = [[layer.elements, layer.flop] for layer in layers_of(graph)]
    source = f"layers: {graph.source}; accuracy: {measured}"
    write_json(TABLES / f"{name}.json", {"name": name, "accuracy": accuracy, "source": source, "layers": layers})
    weights, flop = sum(w for w, _ in layers), sum(f for _, f in layers)
    print(f"{name:14s} {len(layers):4d} layers {weights / 1e6:8.2f} M weights {flop / 1e9:8.2f} GFLOP")


def main() -> None:
    for name, (file, accuracy) in VISION.items():
        write(name, accuracy, load_graph(ROOT / "instances" / "graphs" / f"{file}.json"), IMAGENET)
    for tokens in PROMPTS:
        graph = gpt2(tokens=tokens)
        write(f"gpt2-{tokens}", 0.4599, graph, "LAMBADA, zero-shot (Radford et al., 2019, Table 3)")


if __name__ == "__main__":
    main()
