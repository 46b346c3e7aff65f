"""A network that runs: its ONNX file made flat, weights with it, and the nodes and constants of each operator."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

import numpy as np

from wnpopt.core.errors import InputError
from wnpopt.core.extras import need
from wnpopt.domain.files.onnx import order
from wnpopt.domain.files.onnx.external import ExternalData
from wnpopt.domain.files.onnx.reader import read_flat
from wnpopt.domain.files.onnx.types import dtype_number
from wnpopt.domain.files.reading import in_file
from wnpopt.domain.network.graph import Graph, Operator
from wnpopt.domain.network.quantised import fold_quantisation
from wnpopt.execution.session import first_line, open_session

if TYPE_CHECKING:
    from onnx import GraphProto, ModelProto, NodeProto, TensorProto

Array = np.ndarray[Any, Any]
"""An array of any element type."""

_RANDOM = frozenset(
    {"Bernoulli", "Multinomial", "RandomNormal", "RandomNormalLike", "RandomUniform", "RandomUniformLike"}
)

SQUASHING = frozenset({"Softmax", "LogSoftmax", "Sigmoid", "Hardmax", "ArgMax", "HardSigmoid", "Tanh", "Clip"})
"""Operators that may make equal outputs of unequal inputs: behind them errors hide."""


@dataclass(frozen=True)
class Body:
    """What an operator of the graph is in the file: a node, and the dequantisations before and the quantisations behind
    it that were merged into it."""

    before: tuple[NodeProto, ...]
    node: NodeProto
    behind: tuple[NodeProto, ...]

    @property
    def nodes(self) -> tuple[NodeProto, ...]:
        return (*self.before, self.node, *self.behind)


@dataclass(frozen=True, kw_only=True)
class RunnableNetwork:
    """``graph`` is what plans are made of; ``bodies[i]`` are the nodes of its operator i, ``model`` is the whole.

    ``constants`` are the tensors that depend on no input, as the nodes name them. ``values`` are inputs that have one.
    """

    path: Path
    graph: Graph
    model: ModelProto
    bodies: tuple[Body, ...]
    constants: Mapping[str, TensorProto]
    values: Mapping[str, float | Sequence[float]] = field(default_factory=dict)

    @classmethod
    def read(
        cls,
        path: str | os.PathLike[str],
        *,
        dims: Mapping[str, int] | None = None,
        values: Mapping[str, float | Sequence[float]] | None = None,
        **more: Any,
    ) -> Self:
        """The network in an ONNX file, its weights with it; arguments as of
        :func:`~wnpopt.domain.files.onnx.reader.read_onnx`.

        Raises :class:`InputError` naming the file for what cannot be read, for weights that are not there and for
        tensors that hold no numbers of a common type, and :class:`MissingDependencyError` without onnx or onnxruntime.
        """
        need("onnx", "run")
        need("onnxruntime", "run")
        flat, model = read_flat(path, dims=dims, values=values)
        with in_file(path):
            _refuse_random(model.graph, {tensor.name: tensor for tensor in model.graph.initializer})
            graph = fold_quantisation(flat)
            for tensor in graph.tensors:
                if tensor.role == "activation":
                    _numpy_type(tensor.dtype, tensor.name)
            data = ExternalData(Path(path).parent, "execution")
            for constant in model.graph.initializer:
                data.load(constant)
            bodies = _bodies(flat, graph, model)
            constants = _constants(flat, model, bodies)
        told = dict(values or {})
        return cls(path=Path(path), graph=graph, model=model, bodies=bodies, constants=constants, values=told, **more)

    @cached_property
    def opset(self) -> int:
        """The version of the standard operators."""
        return next((int(o.version) for o in self.model.opset_import if o.domain in ("", "ai.onnx")), 1)

    def dtype(self, tensor: str) -> np.dtype[Any]:
        return _numpy_type(self.graph.tensor(tensor).dtype, tensor)

    def constant(self, name: str) -> Array:
        """The values of a constant; raises :class:`InputError` where its data are not those of its shape."""
        from onnx import numpy_helper

        try:
            value: Array = numpy_helper.to_array(self.constants[name])
        except Exception as error:  # whatever dimensions and data that do not fit make of NumPy
            told = f"the data of the constant {name!r} do not fit: {first_line(error)}"
            raise InputError(told, where="graph.initializer", file=str(self.path)) from None
        return value

    @cached_property
    def logits(self) -> tuple[str, ...]:
        """What is to be compared: what the last operators that hide errors read, outputs where none do."""
        found: dict[str, None] = {}
        producer = self.graph.producer
        for name in self.graph.outputs:
            at = name
            while at in producer and _hides(self.graph.operators[producer[at]]):
                at = self.graph.operators[producer[at]].inputs[0]
            if at != name and at not in self.graph.inputs:
                found[at] = None
        return tuple(found)

    def random_inputs(self, seed: int = 0) -> dict[str, Array]:
        """Seeded random inputs: normal numbers, integers 0 or 1, truth values true."""
        rng = np.random.default_rng([seed, 0x696E7075])
        made: dict[str, Array] = {}
        for name in self.graph.inputs:
            kind, shape = self.dtype(name), self.graph.tensor(name).shape
            if kind == np.bool_:
                made[name] = np.ones(shape, kind)
            elif np.issubdtype(kind, np.floating):
                made[name] = rng.normal(size=shape).astype(kind)
            else:
                made[name] = rng.integers(0, 2, shape).astype(kind)
        return made

    def check_inputs(self, inputs: Mapping[str, Array]) -> None:
        """Raise :class:`InputError` unless ``inputs`` are arrays of the network's inputs' shapes and types."""
        for name in self.graph.inputs:
            if name not in inputs:
                raise InputError(f"the input {name!r} is missing; needed are {', '.join(self.graph.inputs)}")
            wanted = (self.graph.tensor(name).shape, self.dtype(name))
            if (inputs[name].shape, inputs[name].dtype) != wanted:
                raise InputError(
                    f"the input {name!r} is {inputs[name].dtype} {list(inputs[name].shape)}; "
                    f"{wanted[1]} {list(wanted[0])} is needed"
                )


def _hides(operator: Operator) -> bool:
    return operator.op_type in SQUASHING or (operator.is_view and len(operator.inputs) == 1)


def _numpy_type(dtype: str, name: str) -> np.dtype[Any]:
    from onnx import helper

    kind: np.dtype[Any] = np.dtype(helper.tensor_dtype_to_np_dtype(dtype_number(dtype)))
    if kind.kind not in "fiub" or kind.isbuiltin != 1:
        raise InputError(f"tensor {name!r} has elements of type {dtype}, which cannot be sent from side to side here")
    return kind


def _refuse_random(graph: GraphProto, constants: Mapping[str, TensorProto]) -> None:
    """Raise :class:`InputError` for what gives other outputs each time: nothing could be compared with the whole."""
    for node in graph.node:
        if node.op_type in _RANDOM or (node.op_type == "Dropout" and _trains(node, constants)):
            raise InputError(f"{order.label(node)} draws random numbers: no two runs are equal", where="graph.node")
        for body in order.bodies(node):
            _refuse_random(body, constants)


def _trains(node: NodeProto, constants: Mapping[str, TensorProto]) -> bool:
    mode = constants.get(node.input[2]) if len(node.input) > 2 else None
    return mode is not None and any((*mode.raw_data, *mode.int32_data))


def _bodies(flat: Graph, graph: Graph, model: ModelProto) -> tuple[Body, ...]:
    """The nodes of each operator; those of ``flat`` that ``graph`` lacks are merged into their neighbours."""
    node_of = {name: node for node in model.graph.node for name in node.output if name}
    kept = {operator.name for operator in graph.operators}
    merged = {name: operator for operator in flat.operators if operator.name not in kept for name in operator.outputs}
    behind = {operator.inputs[0]: node_of[name] for name, operator in merged.items()}
    own = {operator.name: operator for operator in flat.operators}
    bodies = []
    for operator in graph.operators:
        alone = own[operator.name]
        node = node_of[alone.outputs[0]]
        before = dict.fromkeys(name for name in node.input if name in merged and name not in operator.inputs)
        after = [name for name in alone.outputs if name not in operator.outputs]
        bodies.append(Body(tuple(node_of[n] for n in before), node, tuple(behind[n] for n in after)))
    return tuple(bodies)


def _constants(flat: Graph, model: ModelProto, bodies: Sequence[Body]) -> dict[str, TensorProto]:
    """What the nodes of the operators read and no operator makes."""
    from onnx import ModelProto, ValueInfoProto, numpy_helper

    made = {*flat.inputs, *(name for operator in flat.operators for name in operator.outputs)}
    stored = {tensor.name: tensor for tensor in model.graph.initializer}
    for body in bodies:  # an operator's outputs that the graph does without are made by its node all the same
        made |= {name for node in body.nodes for name in node.output}
    read = dict.fromkeys(name for body in bodies for node in body.nodes for name in node.input if name)
    found = {name: stored[name] for name in read if name in stored}
    computed = [name for name in read if name not in made and name not in stored]
    if computed:
        copy = ModelProto()
        copy.CopyFrom(model)
        del copy.graph.output[:]
        copy.graph.output.extend(ValueInfoProto(name=name) for name in computed)
        session = open_session(copy.SerializeToString(), optimise=False)
        types = {name: _numpy_type(flat.tensor(name).dtype, name) for name in flat.inputs}
        try:
            # They may depend on shapes of the inputs, not on what these hold.
            feeds = {name: np.zeros(flat.tensor(name).shape, kind) for name, kind in types.items()}
            values = session.run(computed, feeds)
        except Exception as error:  # onnxruntime raises many kinds, and inputs may be larger than the memory
            raise InputError(f"onnxruntime cannot compute the constants: {first_line(error)}", where="graph") from None
        for name, value in zip(computed, values, strict=True):
            if not isinstance(value, np.ndarray):
                raise InputError(
                    f"the constant {name!r} is sparse or no tensor; execution needs dense ones", where="graph"
                )
            found[name] = numpy_helper.from_array(value, name)
    return found
