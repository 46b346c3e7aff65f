"""The flat graph as an ONNX model: what was read, to be run."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from wnpopt.domain.files.onnx.known import KnownTensor
from wnpopt.domain.network.graph import Graph

if TYPE_CHECKING:
    from onnx import ModelProto, NodeProto


def flat_model(
    graph: Graph,
    nodes: Sequence[NodeProto],
    known: Mapping[str, KnownTensor],
    opsets: Mapping[str, int],
    ir_version: int,
) -> ModelProto:
    """The model of those ``nodes`` that the outputs of ``graph`` need, constants among them; ``known`` are all tensors.

    Inputs that were given a value are constants.
    """
    from onnx import SparseTensorProto, ValueInfoProto, helper

    wanted = set(graph.outputs)
    kept: list[NodeProto] = []
    for node in reversed(nodes):
        if wanted.intersection(node.output):
            kept.append(node)
            wanted.update(name for name in node.input if name)
    kept.reverse()
    made = {name for node in kept for name in node.output}
    proto = helper.make_graph(
        kept,
        graph.name,
        [ValueInfoProto(name=name, type=known[name].type_proto()) for name in graph.inputs],
        [ValueInfoProto(name=name) for name in graph.outputs],
    )
    seen: set[str] = set()
    for node in proto.node:
        if node.name in seen:  # a trip of a loop like the one before
            node.ClearField("name")
        seen.add(node.name)
    for name in sorted(wanted - made - set(graph.inputs)):
        entry = known[name]
        if isinstance(entry.source, SparseTensorProto):
            proto.sparse_initializer.append(entry.source)
            proto.sparse_initializer[-1].values.name = name
        else:
            proto.initializer.append(entry.value_proto() if entry.source is None else entry.source)
            proto.initializer[-1].name = name
    imports = [helper.make_opsetid(domain, version) for domain, version in opsets.items()]
    return helper.make_model(proto, opset_imports=imports, ir_version=ir_version)
