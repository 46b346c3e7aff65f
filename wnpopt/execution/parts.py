"""A network cut into parts: groups of operators, each an ONNX model of its own that reads what others made."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from wnpopt.core.errors import InputError
from wnpopt.execution.network import RunnableNetwork

if TYPE_CHECKING:
    from onnx import ModelProto, TensorProto, ValueInfoProto


@dataclass(frozen=True)
class NetworkPart:
    """Operators (indices of the graph), the activations that they read from elsewhere and leave for others.

    ``weights`` are the constants that are not in its model: inputs of it, or values that whoever opens it has to give.
    """

    operators: tuple[int, ...]
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    weights: tuple[str, ...]


def cut(
    network: RunnableNetwork,
    groups: Sequence[Sequence[int]],
    *,
    kept_out: Collection[str] = (),
    watch: Collection[str] = (),
) -> tuple[NetworkPart, ...]:
    """The parts of these groups, which hold every operator once.

    Constants in ``kept_out`` are weights of their parts, all others are in the models. Tensors in ``watch`` are left
    for others wherever they are made, as the network's outputs are.
    """
    graph = network.graph
    home = {v: k for k, group in enumerate(groups) for v in group}
    if sorted(home) != list(range(len(graph.operators))) or sum(map(len, groups)) != len(home):
        raise InputError("the parts do not hold every operator of the network once")
    wanted = {*graph.outputs, *watch}
    parts = []
    for k, group in enumerate(groups):
        members = sorted(group)
        made = [name for v in members for name in graph.operators[v].outputs]
        own = set(made)
        reads = dict.fromkeys(name for v in members for name in graph.operators[v].inputs if name not in own)
        leaves = [
            name
            for name in made
            if name in wanted or any(home[reader] != k for reader in graph.consumers.get(name, ()))
        ]
        weights = [name for name in constants_of(network, members) if name in kept_out]
        parts.append(NetworkPart(tuple(members), tuple(reads), tuple(leaves), tuple(weights)))
    return tuple(parts)


def constants_of(network: RunnableNetwork, operators: Collection[int]) -> tuple[str, ...]:
    """The constants that the nodes of these operators read, each once."""
    nodes = [node for v in sorted(operators) for node in network.bodies[v].nodes]
    return tuple(dict.fromkeys(name for node in nodes for name in node.input if name in network.constants))


def part_model(
    network: RunnableNetwork, part: NetworkPart, *, loose: bool = False, like: ModelProto | None = None
) -> bytes:
    """The part's model, serialised; with the versions of operators that the model ``like`` has (None: the network's).

    ``loose``: its weights are inputs of the model. Otherwise they are constants whose values stand elsewhere: see
    ``shared`` of :func:`~wnpopt.execution.session.open_session`.
    """
    from onnx import helper

    every = [node for v in part.operators for node in network.bodies[v].nodes]
    nodes = list({node.output[0]: node for node in every}.values())  # two may read what one node made of a constant
    inside = [network.constants[name] for name in constants_of(network, part.operators) if name not in part.weights]
    inputs = [_declared(network, name) for name in part.inputs]
    if loose:
        inputs += [_declared_constant(network, name) for name in part.weights]
    else:
        inside += [_elsewhere(network.constants[name]) for name in part.weights]
    outputs = [_declared(network, name) for name in part.outputs]
    graph = helper.make_graph(nodes, "part", inputs, outputs, inside)
    source = network.model if like is None else like
    model = helper.make_model(graph, opset_imports=list(source.opset_import), ir_version=max(4, source.ir_version))
    return bytes(model.SerializeToString())


def _declared(network: RunnableNetwork, name: str) -> ValueInfoProto:
    from onnx import helper

    kind = helper.np_dtype_to_tensor_dtype(network.dtype(name))
    return helper.make_tensor_value_info(name, kind, network.graph.tensor(name).shape)


def _declared_constant(network: RunnableNetwork, name: str) -> ValueInfoProto:
    from onnx import helper

    proto = network.constants[name]
    return helper.make_tensor_value_info(name, proto.data_type, list(proto.dims))


def _elsewhere(proto: TensorProto) -> TensorProto:
    from onnx import TensorProto

    stub = TensorProto(name=proto.name, data_type=proto.data_type, dims=proto.dims)
    stub.data_location = TensorProto.EXTERNAL
    entry = stub.external_data.add()
    entry.key, entry.value = "location", "elsewhere"
    return stub
