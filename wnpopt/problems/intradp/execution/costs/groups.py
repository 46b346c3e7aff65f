"""An operator of an instance alone: the nodes that it stands for as one session that computes some of its rows."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from wnpopt.problems.intradp.execution.lowering import lower
from wnpopt.problems.intradp.execution.network import ExecutableNetwork
from wnpopt.problems.intradp.execution.nodes import NodeList, Span
from wnpopt.problems.intradp.execution.partial_operator import Held
from wnpopt.problems.intradp.execution.segments import Buffer, ModelSegment, SideProgram, model_of_nodes
from wnpopt.problems.intradp.execution.side import ReadySide, SharedConstants
from wnpopt.problems.intradp.instance import IntradpInstance


def group_side(
    network: ExecutableNetwork,
    own: IntradpInstance,
    operators: Sequence[int],
    rows: Span,
    constants: SharedConstants,
) -> ReadySide:
    """Rows ``rows`` of operators of the network's own instance (a chain in its order), of random tensors.

    What the first of them reads lies in buffers with exactly the rows that it needs.
    """
    nodes = NodeList(network.opset)
    index = {operator.name: i for i, operator in enumerate(own.operators)}
    tensors = {0: network.graph.inputs}
    tensors |= {i: operator.outputs for i, operator in enumerate(network.graph.operators, 1)}
    maker = {tensor: u for u, made in tensors.items() for tensor in made}
    inputs: dict[str, Buffer] = {}
    local: dict[str, str] = {}
    for v in operators:
        operator, edges = network.graph.operators[v - 1], own.operators[v].inputs
        held = {}
        for tensor, edge in zip(dict.fromkeys(operator.inputs), edges, strict=True):
            u = index[edge.source]
            assert maker[tensor] == u
            if u in operators:
                held[tensor] = Held(local[tensor], rows)
                continue
            needed = edge.rows(*rows, own.operators[u].units)
            if needed[0] >= needed[1]:
                held[tensor] = Held(None, (0, 0))
                continue
            buffer = Buffer("own", tensor, needed)
            inputs[buffer.name] = buffer
            held[tensor] = Held(buffer.name, needed)
        made, _ = lower(network, operator, network.bodies[v - 1], rows, held, nodes)
        local |= made
    outputs = []
    for tensor in tensors[operators[-1]]:
        buffer = Buffer("down", tensor, rows)
        nodes.identity(local[tensor], buffer.name)
        outputs.append(buffer)
    model, shared = model_of_nodes(network, nodes, inputs.values(), outputs)
    segment = ModelSegment(tuple(operators), (), None, tuple(inputs.values()), tuple(outputs), model, shared)
    side = ReadySide(network, SideProgram("device", (segment,), {}, {}), constants)
    fill(side, np.random.default_rng(0))
    return side


def fill(side: ReadySide, rng: np.random.Generator) -> None:
    """Random numbers where there are real ones, which take their usual time; zeros elsewhere, which are indices."""
    for value in side.buffers.values():
        value[...] = np.asarray(rng.normal(size=value.shape)).astype(value.dtype) if value.dtype.kind == "f" else 0
