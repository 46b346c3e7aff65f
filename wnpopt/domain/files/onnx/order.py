"""The order in which the nodes of an ONNX graph are read."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING

from wnpopt.core.errors import InputError
from wnpopt.core.topology import CycleError, topological_order

if TYPE_CHECKING:
    from onnx import GraphProto, NodeProto


def label(node: NodeProto) -> str:
    """What messages call a node."""
    return f"{node.op_type} {(node.name or ', '.join(node.output))!r}"


def bodies(node: NodeProto) -> Iterator[GraphProto]:
    """The graphs among a node's attributes: branches of an If, the body of a loop."""
    for attribute in node.attribute:
        if attribute.HasField("g"):
            yield attribute.g
        yield from attribute.graphs


def captured(node: NodeProto) -> list[str]:
    """Names that the bodies of a node read from outside, in order of appearance."""
    names: dict[str, None] = {}
    for body in bodies(node):
        inside = {value.name for value in body.input} | {tensor.name for tensor in body.initializer}
        inside |= {sparse.values.name for sparse in body.sparse_initializer}
        inside |= {name for inner in body.node for name in inner.output}
        for inner in body.node:
            names |= dict.fromkeys(name for name in (*inner.input, *captured(inner)) if name and name not in inside)
        names |= dict.fromkeys(value.name for value in body.output if value.name not in inside)
    return list(names)


def reading_order(nodes: Sequence[NodeProto], available: Callable[[str], bool], where: str) -> list[int]:
    """Indices of ``nodes`` in a topological order, their own where it is one.

    ``available`` says which names are there before any of them; ``where`` is their graph's path. Raises
    :class:`InputError` for a name that is made twice or by nothing, and for a cycle.
    """
    producer: dict[str, int] = {}
    for i, node in enumerate(nodes):
        if not any(node.output):
            raise InputError(f"{node.op_type} {node.name!r} has no output", where=f"{where}.node[{i}]")
        for name in node.output:
            if not name:
                continue
            if name in producer or available(name):
                raise InputError(f"the tensor {name!r} is made twice", where=f"{where}.node[{i}]")
            producer[name] = i
    edges: list[tuple[int, int]] = []
    for i, node in enumerate(nodes):
        for name in dict.fromkeys((*node.input, *captured(node))):
            if not name or (name not in producer and available(name)):
                continue
            if name not in producer:
                raise InputError(f"{label(node)} reads {name!r}, which nothing makes", where=f"{where}.node[{i}]")
            edges.append((producer[name], i))
    try:
        return topological_order(len(nodes), edges)
    except CycleError as error:
        i = min(error.cycle)
        what = f"{label(nodes[i])} is in a cycle; the graph must be acyclic"
        raise InputError(what, where=f"{where}.node[{i}]") from None
