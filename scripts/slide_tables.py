"""Writes the layer tables of wnpopt/problems/slide/networks from the graphs of wnpopt.domain and instances/graphs.

A layer begins at every operator that brings a weight of two or more dimensions (a convolution, a matrix, an
embedding); what follows until the next (normalisation, activation, sums, pooling, products without weights) is computed
with it. A weight that is used twice is downloaded once, with its first use. Run from the repository:
python scripts/slide_tables.py
"""

from __future__ import annotations

from pathlib import Path

from wnpopt.core.jsonio import write_json
from wnpopt.domain.files.graph import load_graph
from wnpopt.domain.network.graph import Graph
from wnpopt.domain.network.zoo.gpt2 import gpt2

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


def layers_of(graph: Graph) -> list[list[int | float]]:
    """[weights, FLOP] of each layer, in the order of computation."""
    layers: list[list[int | float]] = []
    seen: set[str] = set()
    for operator in graph.operators:
        fresh = [t for t in map(graph.tensor, operator.weights) if t.role == "weight" and t.name not in seen]
        seen.update(t.name for t in fresh)
        if not layers or any(sum(size > 1 for size in t.shape) >= 2 for t in fresh):
            layers.append([0, 0.0])
        layers[-1][0] += sum(t.elements for t in fresh)
        layers[-1][1] += float(operator.flop)
    return layers


def write(name: str, accuracy: float, graph: Graph, measured: str) -> None:
    """One table."""
    layers = layers_of(graph)
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
