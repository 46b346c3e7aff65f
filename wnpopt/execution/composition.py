"""A multimodal network that runs: branches from ONNX files with their weights, joined by a fusion with weights at
random.

A composition file says what the fusion is, not what it has learnt: its weights are drawn from a seed, scaled so that
numbers neither fade nor overflow. Branches may have different versions of the standard operators, so that the whole is
no single ONNX model; the reference is every branch unsplit, then the fusion in one piece.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from wnpopt.core.errors import InputError
from wnpopt.core.extras import need
from wnpopt.core.jsonio import read_json
from wnpopt.domain.files.composition import CompositionEntry
from wnpopt.domain.files.network import load_network
from wnpopt.domain.network.graph import Graph, Operator
from wnpopt.execution.network import Array, Body, RunnableNetwork
from wnpopt.execution.parts import NetworkPart, cut, part_model
from wnpopt.execution.session import first_line, open_session
from wnpopt.execution.unsplit import UnsplitNetwork

if TYPE_CHECKING:
    from onnx import ModelProto, NodeProto

_OPSET, _IR = 20, 9


@dataclass(frozen=True)
class ComposedNetwork:
    """``network`` is the whole, ``source[i]`` the place in ``models`` of what its operator i has its versions from;
    ``branches`` are the files by modality, none of a network from one file."""

    network: RunnableNetwork
    source: tuple[int, ...]
    models: tuple[ModelProto, ...]
    branches: Mapping[str, RunnableNetwork]

    @classmethod
    def read(
        cls,
        path: str | os.PathLike[str],
        *,
        dims: Mapping[str, int] | None = None,
        values: Mapping[str, float | Sequence[float]] | None = None,
    ) -> ComposedNetwork:
        """The network in an ONNX file, or in a composition (.json) all of whose branches are ONNX files.

        Raises :class:`InputError` naming the file.
        """
        need("onnx", "run")
        need("onnxruntime", "run")
        file = Path(path)
        if file.suffix.lower() == ".onnx":
            network = RunnableNetwork.read(file, dims=dims, values=values)
            return cls(network, (0,) * len(network.graph.operators), (network.model,), {})
        data = read_json(file) if file.suffix.lower() == ".json" else {}
        if data.get("kind") != "composition":
            raise InputError("has no weights: an ONNX file or a composition of such is needed", file=str(file))
        if dims or values:
            raise InputError("a composition says dimensions and values itself, for each branch", file=str(file))
        return _composed(file, CompositionEntry.from_data(data), load_network(file).graph)

    def pieces(self, group: Sequence[int]) -> list[list[int]]:
        """The operators of a group in their order, cut where the versions of operators change."""
        found: list[list[int]] = []
        for v in sorted(group):
            if not found or self.source[found[-1][-1]] != self.source[v]:
                found.append([])
            found[-1].append(v)
        return found

    def model_of(self, part: NetworkPart) -> bytes:
        """The model of a part of one piece, with its constants."""
        return part_model(self.network, part, like=self.models[self.source[part.operators[0]]])

    @property
    def compared(self) -> tuple[str, ...]:
        """Outputs, and what is before operators that hide errors."""
        return (*self.network.graph.outputs, *self.network.logits)

    def reference(self, inputs: Mapping[str, Array]) -> dict[str, Array]:
        """The compared tensors of the network unsplit: every branch in a session of its own, then the fusion in one."""
        graph = self.network.graph
        if not self.branches:
            whole = UnsplitNetwork(self.network)
            return whole.outputs(inputs) | whole.tensors(self.network.logits, inputs)
        own = [v for v, place in enumerate(self.source) if place == len(self.models) - 1]
        rest = [v for v in range(len(graph.operators)) if v not in set(own)]
        parts = cut(self.network, [own, rest] if rest else [own], watch=self.network.logits)
        known: dict[str, Array] = {}
        for modality, branch in self.branches.items():
            prefix = f"{modality}/"
            given = {name: inputs.get(prefix + name, _blank(branch, name)) for name in branch.graph.inputs}
            taps = [name.removeprefix(prefix) for name in parts[0].inputs if name.startswith(prefix)]
            found = UnsplitNetwork(branch).tensors([name for name in taps if name not in given], given)
            known |= {prefix + name: value for name, value in (given | found).items()}
        session = open_session(self.model_of(parts[0]))
        wanted = list(self.compared)
        try:
            made = session.run(wanted, {name: known[name] for name in parts[0].inputs})
        except Exception as error:  # onnxruntime raises many kinds
            raise InputError(f"onnxruntime cannot run the fusion: {first_line(error)}") from None
        return dict(zip(wanted, made, strict=True))


def _blank(branch: RunnableNetwork, name: str) -> Array:
    """An input that what is tapped does not need."""
    return np.zeros(branch.graph.tensor(name).shape, branch.dtype(name))


def _composed(file: Path, entry: CompositionEntry, graph: Graph) -> ComposedNetwork:
    branches: dict[str, RunnableNetwork] = {}
    for number, branch in enumerate(entry.branches):
        if not branch.graph.endswith(".onnx"):
            told = f"found {branch.graph!r}; it has no weights: only branches from ONNX files run"
            raise InputError(told, where=f"branches[{number}].graph", file=str(file))
        branches[branch.modality] = RunnableNetwork.read(
            file.parent / branch.graph, dims=branch.dims, values=dict(branch.values)
        )
    bodies: list[Body] = []
    source: list[int] = []
    constants: dict[str, Any] = {}
    for modality, network in branches.items():
        for name, proto in network.constants.items():
            constants[f"{modality}/{name}"] = _renamed(proto, f"{modality}/{name}")
    homes = {
        f"{modality}/{operator.name}": (place, body)
        for place, (modality, network) in enumerate(branches.items())
        for operator, body in zip(network.graph.operators, network.bodies, strict=True)
    }
    rng = np.random.default_rng(0x667573)
    for operator in graph.operators:
        known = homes.get(operator.name)
        if known is None:
            source.append(len(branches))
            bodies.append(Body((), _node(graph, operator, constants, rng), ()))
        else:
            place, body = known
            prefix = f"{list(branches)[place]}/"
            source.append(place)
            bodies.append(
                Body(
                    tuple(_prefixed(node, prefix) for node in body.before),
                    _prefixed(body.node, prefix),
                    tuple(_prefixed(node, prefix) for node in body.behind),
                )
            )
    models = (*(network.model for network in branches.values()), _own_versions())
    first = next(iter(branches.values()))
    whole = replace(first, path=file, graph=graph, bodies=tuple(bodies), constants=constants, values={})
    return ComposedNetwork(whole, tuple(source), models, branches)


def _own_versions() -> ModelProto:
    from onnx import helper

    graph = helper.make_graph([], "versions", [], [])
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", _OPSET)], ir_version=_IR)


def _renamed(proto: Any, name: str) -> Any:
    copy = type(proto)()
    copy.CopyFrom(proto)
    copy.name = name
    return copy


def _prefixed(node: NodeProto, prefix: str) -> NodeProto:
    copy: NodeProto = _renamed(node, prefix + node.name)
    for names in (copy.input, copy.output):
        given = [name and prefix + name for name in names]
        del names[:]
        names.extend(given)
    return copy


def _node(graph: Graph, operator: Operator, constants: dict[str, Any], rng: np.random.Generator) -> NodeProto:
    """An operator of the fusion as a node, its constants made where they are not there yet."""
    from onnx import helper, numpy_helper

    arguments = list(operator.ordered)
    attributes = {key: list(v) if isinstance(v, tuple) else v for key, v in operator.attributes}
    for name in operator.weights:
        if name not in constants:
            value = _drawn(operator.op_type, name, graph.tensor(name).shape, rng)
            constants[name] = numpy_helper.from_array(value, name)
    for key in ("shape", "axes"):  # inputs, in this version
        if key in attributes and operator.op_type in ("Reshape", "ReduceMean"):
            name = f"{operator.outputs[0]}:{key}"
            constants[name] = numpy_helper.from_array(np.array(attributes.pop(key), np.int64), name)
            arguments.append(name)
    return helper.make_node(operator.op_type, arguments, list(operator.outputs), name=operator.name, **attributes)


def _drawn(op_type: str, name: str, shape: Sequence[int], rng: np.random.Generator) -> Array:
    if op_type == "LayerNormalization":
        return np.full(shape, 1.0 if name.endswith("scale") else 0.0, np.float32)
    if len(shape) < 2:
        return np.full(shape, 0.1, np.float32)
    value: Array = (rng.normal(size=shape) / np.sqrt(shape[0])).astype(np.float32)
    return value
