"""The graph of the operators that were read: those that its outputs need, under names of their own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from wnpopt.domain.files.onnx.known import KnownTensor, ReadOperator
from wnpopt.domain.network.graph import Graph, Operator, Tensor, make_operator


def assemble(
    name: str,
    live: Sequence[ReadOperator],
    known: Mapping[str, KnownTensor],
    inputs: Sequence[Tensor],
    outputs: Sequence[str],
) -> tuple[Graph, int]:
    """The graph of the operators in ``live``, which are in a topological order, and how many it does without."""
    needed = set(outputs)
    kept: list[ReadOperator] = []
    for entry in reversed(live):
        if any(tensor.name in needed for tensor in entry.outputs):
            kept.append(entry)
            needed.update(entry.inputs)
    kept.reverse()
    tensors: dict[str, Tensor] = {t.name: t for t in inputs if t.name in needed}
    entrances = tuple(tensors)
    operators: list[Operator] = []
    taken: set[str] = set()
    for entry in kept:
        made = [tensor for tensor in entry.outputs if tensor.name in needed]
        for weight in entry.weights:
            # A constant that any operator learns is learnt, whatever else reads it.
            if weight.name not in tensors or tensors[weight.name].role != "weight":
                tensors[weight.name] = weight
        tensors |= {tensor.name: tensor for tensor in made}
        operators.append(
            make_operator(
                _unique(entry.name or made[0].name, taken),
                entry.op_type,
                inputs=[known[name].tensor for name in entry.inputs],
                outputs=made,
                weights=entry.weights,
                flop=entry.flop,
                macs=entry.macs,
                window=entry.window,
                attributes=entry.attributes,
                arguments=entry.arguments,
                opaque=entry.opaque,
            )
        )
    return Graph(name, tuple(operators), tuple(tensors.values()), entrances, tuple(outputs)), len(live) - len(kept)


def _unique(name: str, taken: set[str]) -> str:
    candidate, count = name, 1
    while candidate in taken:
        count += 1
        candidate = f"{name}#{count}"
    taken.add(candidate)
    return candidate
