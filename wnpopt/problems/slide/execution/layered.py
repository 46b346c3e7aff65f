"""A network in layers, as a station sends it: weights in the order in which they leave, and a model for each layer."""

from __future__ import annotations

import base64
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from wnpopt.core.errors import InputError
from wnpopt.execution.arrays import encoded, raw
from wnpopt.execution.network import Array, RunnableNetwork
from wnpopt.execution.parts import NetworkPart, cut, part_model
from wnpopt.problems.slide.imports.layers import LayerGroup, layers_of
from wnpopt.problems.slide.instance import Model


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
        graph = network.graph
        layers = layers_of(graph)
        sent = [name for layer in layers for name in layer.weights]
        values: dict[str, Array] = {}
        for name in sent:
            if name not in network.constants:
                raise InputError(
                    f"the weight {name!r} is no constant of the network as it runs", file=str(network.path)
                )
            values[name] = np.ascontiguousarray(network.constant(name))
            if values[name].nbytes != graph.tensor(name).bytes:
                found, wanted = values[name].nbytes, graph.tensor(name).bytes
                raise InputError(f"the weight {name!r} has {found} bytes, not {wanted}", file=str(network.path))
        groups = [layer.operators for layer in layers]
        return cls(network, layers, cut(network, groups, kept_out=set(sent), watch=network.logits), values)

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
