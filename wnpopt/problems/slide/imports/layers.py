"""The layers of a network: what is downloaded together, and computed as soon as it is there."""

from __future__ import annotations

from dataclasses import dataclass

from wnpopt.domain.network.graph import Graph


@dataclass(frozen=True)
class LayerGroup:
    """Operators (indices of the graph) and the weights that come with them, in the order of computation.

    ``elements`` and ``bytes`` are of the weights, ``flop`` of the operators.
    """

    operators: tuple[int, ...]
    weights: tuple[str, ...]
    elements: int
    bytes: int
    flop: float


def layers_of(graph: Graph) -> tuple[LayerGroup, ...]:
    """The layers of ``graph``.

    A layer begins at every operator that brings a weight of two or more dimensions (a convolution, a matrix, an
    embedding); what follows until the next (normalisation, activation, sums, pooling, products without weights) is
    computed with it. A weight that is used twice is downloaded once, with its first use.
    """
    groups: list[tuple[list[int], list[str]]] = []
    seen: set[str] = set()
    for v, operator in enumerate(graph.operators):
        fresh = [t for t in map(graph.tensor, operator.weights) if t.role == "weight" and t.name not in seen]
        fresh = list({tensor.name: tensor for tensor in fresh}.values())
        seen.update(tensor.name for tensor in fresh)
        if not groups or any(sum(size > 1 for size in tensor.shape) >= 2 for tensor in fresh):
            groups.append(([], []))
        groups[-1][0].append(v)
        groups[-1][1].extend(tensor.name for tensor in fresh)
    return tuple(
        LayerGroup(
            tuple(operators),
            tuple(weights),
            sum(graph.tensor(name).elements for name in weights),
            sum(graph.tensor(name).bytes for name in weights),
            float(sum(graph.operators[v].flop for v in operators)),
        )
        for operators, weights in groups
    )
