"""A network in layers, as a station sends it: weights in the order in which they leave, and a model for each layer."""

from __future__ import annotations

import base64
from collections.abc import Collection
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from wnpopt.core.errors import InputError
from wnpopt.execution.arrays import encoded, raw
from wnpopt.execution.network import Array, Body, RunnableNetwork
from wnpopt.execution.parts import NetworkPart, cut, part_model
from wnpopt.problems.slide.imports.layers import LayerGroup, layers_of
from wnpopt.problems.slide.instance import Model

if TYPE_CHECKING:
    from onnx import NodeProto


@dataclass(frozen=True)
class LayeredNetwork:
    """``layers`` with their ``parts``; ``values`` are the weights that are sent, by name."""

    network: RunnableNetwork
    layers: tuple[LayerGroup, ...]
    parts: tuple[NetworkPart, ...]
    values: dict[str, Array]

    @classmethod
    def of(cls, network: RunnableNetwork) -> LayeredNetwork:
        """Raises :class:`InputError` where a weight is not as it is sent."""
        layers = layers_of(network.graph)
        network, stored = as_stored(network, [name for layer in layers for name in layer.weights])
        values = {name: np.ascontiguousarray(network.constant(name)) for name in stored.values()}
        layers = tuple(replace(layer, weights=tuple(stored[name] for name in layer.weights)) for layer in layers)
        groups = [layer.operators for layer in layers]
        return cls(network, layers, cut(network, groups, kept_out=set(values), watch=network.logits), values)

    @property
    def compared(self) -> tuple[str, ...]:
        """The tensors that tell whether an inference is right: outputs, and what is before operators that hide
        errors."""
        return (*self.network.graph.outputs, *self.network.logits)

    @property
    def bytes(self) -> int:
        return sum(layer.bytes for layer in self.layers)

    @cached_property
    def memory_bytes(self) -> int:
        """What a client needs for weights (once more while a session is made of them) and activations, about."""
        graph = self.network.graph
        return 3 * self.bytes + sum(tensor.bytes for tensor in graph.tensors if tensor.role == "activation")

    def pieces(self) -> list[memoryview]:
        """The bytes of all weights, in the order in which they are sent."""
        return [raw(self.values[name]) for layer in self.layers for name in layer.weights]

    def task(self, inputs: dict[str, Array]) -> dict[str, Any]:
        """What a client is told of the network: models without weights, and what goes where; as JSON."""
        graph = self.network.graph
        everything = tuple(range(len(graph.operators)))
        (whole,) = cut(self.network, [everything], kept_out=set(self.values), watch=self.network.logits)
        crossing = dict.fromkeys(name for part in (*self.parts, whole) for name in (*part.inputs, *part.outputs))
        return {
            "parts": [self._told(part, both=True) for part in self.parts],
            "whole": self._told(whole, both=False),
            "layers": [list(layer.weights) for layer in self.layers],
            "weights": {name: [str(value.dtype), list(value.shape)] for name, value in self.values.items()},
            "tensors": {name: [str(self.network.dtype(name)), list(graph.tensor(name).shape)] for name in crossing},
            "inputs": {name: encoded(value) for name, value in inputs.items()},
            "outputs": list(self.compared),
        }

    def _told(self, part: NetworkPart, *, both: bool) -> dict[str, Any]:
        told: dict[str, Any] = {"inputs": part.inputs, "outputs": part.outputs, "weights": part.weights}
        told["create"] = base64.b64encode(part_model(self.network, part, loose=False)).decode()
        if both:
            told["inputs-model"] = base64.b64encode(part_model(self.network, part, loose=True)).decode()
        return told

    def check(self, model: Model, where: str) -> None:
        """Raise :class:`InputError` unless the layers of ``model`` are those of the file, bit for bit."""
        own = f"as {self.network.path.name} has (wnpopt import onnx FILE --users N makes an instance of a file)"
        if len(model.layers) != len(self.layers):
            raise InputError(
                f"has {len(model.layers)} layers; {len(self.layers)} are needed, {own}",
                where=f"{where}.layers",
            )
        for number, (layer, group) in enumerate(zip(model.layers, self.layers, strict=True)):
            if layer.bits != 8 * group.bytes:
                raise InputError(
                    f"found {layer.bits:.15g}; {8 * group.bytes} bits are needed, {own}",
                    where=f"{where}.layers[{number}].bits",
                )


def as_stored(network: RunnableNetwork, weights: Collection[str]) -> tuple[RunnableNetwork, dict[str, str]]:
    """The network with its weights as the file stores them, and the name under which each is stored.

    A weight of few bits that is dequantised first is sent in those bits: the node that dequantises it runs with the
    operators that read it. Raises :class:`InputError` for a weight that is made of what the file stores otherwise.
    """
    maker = {name: node for node in network.model.graph.node for name in node.output}
    given = {tensor.name: tensor for tensor in network.model.graph.initializer}
    constants = dict(network.constants)
    stored: dict[str, str] = {}
    before: dict[str, NodeProto] = {}
    for name in weights:
        size = network.graph.tensor(name).bytes
        if name in constants and network.constant(name).nbytes == size:
            stored[name] = name
            continue
        node = maker.get(name)
        if node is None or node.op_type != "DequantizeLinear" or any(part and part not in given for part in node.input):
            raise InputError(f"the weight {name!r} is not sent as the file stores it", file=str(network.path))
        constants.pop(name, None)
        constants |= {part: given[part] for part in node.input if part}
        stored[name], before[name] = node.input[0], node
    if not before:
        return network, stored
    bodies = [
        replace(body, before=(*(before[n] for n in dict.fromkeys(read_by(body)) if n in before), *body.before))
        for body in network.bodies
    ]
    made = replace(network, bodies=tuple(bodies), constants=constants)
    for name in before:
        found, wanted = made.constant(stored[name]).nbytes, made.graph.tensor(name).bytes
        if found != wanted:
            raise InputError(f"the weight {name!r} has {found} bytes, not {wanted}", file=str(network.path))
    return made, stored


def read_by(body: Body) -> list[str]:
    return [name for node in body.nodes for name in node.input]
