"""ONNX files as graphs: shapes inferred, constants folded, every operator costed.

Only the file's structure is read. Weights count by their shape, so a file whose external data is absent can
be read too; names of external files are still checked, because a file must not be able to point outside its
folder.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from wnpopt.core.errors import InputError
from wnpopt.core.extras import need
from wnpopt.core.topology import CycleError, topological_order
from wnpopt.domain.files.names import network_name
from wnpopt.domain.files.onnx.extents import argument_shape, check_slope, resized, windowed
from wnpopt.domain.files.onnx.fold import MAX_ELEMENTS, Value, fold
from wnpopt.domain.files.onnx.model import STANDARD_DOMAINS, external_path, external_value, load_model
from wnpopt.domain.files.onnx.types import (
    attribute_value,
    dtype_name,
    dtype_number,
    extents,
    shape_value,
    with_defaults,
)
from wnpopt.domain.files.onnx.window import ABSORBED
from wnpopt.domain.files.reading import in_file
from wnpopt.domain.network.flop import WINDOWED, Call, cost, known_operators
from wnpopt.domain.network.graph import (
    UNREAD,
    VIEWS,
    AttributeValue,
    Graph,
    Operator,
    Role,
    Tensor,
    Window,
    make_operator,
)

if TYPE_CHECKING:
    from onnx import GraphProto, ModelProto, NodeProto, TensorProto, TypeProto, ValueInfoProto

_DATA_ARGUMENTS: Mapping[str, int] = {
    "Reshape": 1, "Slice": 1, "Resize": 1, "Upsample": 1, "Pad": 1, "Expand": 1, "Tile": 1, "Squeeze": 1,
    "Unsqueeze": 1, "Split": 1, "Clip": 1, "TopK": 1, "Dropout": 1, "CumSum": 1, "ReduceSum": 1, "ReduceMean": 1,
    "ReduceMax": 1, "ReduceMin": 1, "ReduceProd": 1, "ReduceL1": 1, "ReduceL2": 1, "ReduceSumSquare": 1,
    "ReduceLogSum": 1, "ReduceLogSumExp": 1, "Trilu": 1, "OneHot": 1, "CenterCropPad": 1,
}  # fmt: skip
"""How many leading arguments are data; the rest say how to treat it and become attributes."""

_BUFFER_ARGUMENTS: Mapping[str, frozenset[int]] = {
    "BatchNormalization": frozenset({3, 4}),  # running mean and variance
    "QuantizeLinear": frozenset({1, 2}),
    "DequantizeLinear": frozenset({1, 2}),
    "QLinearConv": frozenset({1, 2, 4, 5, 6, 7}),
    "QLinearMatMul": frozenset({1, 2, 4, 5, 6, 7}),
}
"""Arguments that are constants but not learnt."""

_LEARNT_TYPES = frozenset(
    {"float64", "float32", "float16", "bfloat16", "float8", "float4", "int8", "uint8", "int4", "uint4"}
)


def read_onnx(path: str | os.PathLike[str], *, dims: Mapping[str, int] | None = None, name: str | None = None) -> Graph:
    """The graph in an ONNX file.

    ``dims`` gives a value to every symbolic dimension by its name (``{"batch": 1, "sequence": 128}``) and
    replaces any dimension of an input by its place (``{"data[2]": 227, "data[3]": 227}``). Shapes recorded in
    the file for inner tensors are not believed: all are inferred anew.

    Operators that depend on constants and shapes alone are folded away, operators that no output needs are
    left out.

    Raises :class:`InputError` naming the file and the tensor or operator for anything that is not a valid,
    acyclic, fully typed graph of known operators, and :class:`MissingDependencyError` without the package
    onnx.
    """
    need("onnx", "onnx")
    with in_file(path):
        model = load_model(Path(path))
        return _Reader(model, Path(path).parent, dict(dims or {})).graph(name or _name_of(model, Path(path)))


def _name_of(model: ModelProto, path: Path) -> str:
    return network_name(model.graph.name, path.stem)


@dataclass(slots=True)
class _Known:
    """What is known of a tensor while the graph is read."""

    tensor: Tensor
    constant: bool
    value: Value | None = None
    type_proto: TypeProto | None = None
    value_proto: TensorProto | None = None


@dataclass(slots=True)
class _Live:
    """An operator that is not folded away, before it is known whether anything needs it."""

    node: NodeProto
    inputs: list[str]
    weights: list[Tensor]
    arguments: list[str]
    outputs: list[Tensor]
    window: Window | None
    attributes: dict[str, AttributeValue]
    flop: int
    macs: int


@dataclass(slots=True)
class _Reader:
    model: ModelProto
    folder: Path
    dims: dict[str, int]
    known: dict[str, _Known] = field(default_factory=dict)
    live: list[_Live] = field(default_factory=list)

    def graph(self, name: str) -> Graph:
        proto = self.model.graph
        for i, initializer in enumerate(proto.initializer):
            self._add_constant(initializer.name, initializer, f"graph.initializer[{i}]")
        for i, sparse in enumerate(proto.sparse_initializer):
            where = f"graph.sparse_initializer[{i}]"
            dense = Tensor.of(
                sparse.values.name, extents(sparse.dims, where), dtype_name(sparse.values.data_type, where)
            )
            self._add(_Known(dense, constant=True), where)
        inputs = self._inputs(proto)
        for i in _order(proto.node, self.known):
            self._visit(proto.node[i], f"graph.node[{i}]")
        outputs = self._outputs(proto)
        return self._assemble(name, inputs, outputs)

    def _add(self, known: _Known, where: str) -> None:
        name = known.tensor.name
        if not name:
            raise InputError("a tensor has no name", where=where)
        if name in self.known:
            raise InputError(f"the tensor {name!r} is made twice", where=where)
        self.known[name] = known

    def _add_constant(self, name: str, proto: TensorProto, where: str) -> None:
        tensor = Tensor.of(name, extents(proto.dims, where), dtype_name(proto.data_type, where))
        self._add(_Known(tensor, constant=True, value=self._value(tensor, proto, where)), where)

    def _value(self, tensor: Tensor, proto: TensorProto, where: str) -> Value | None:
        import onnx
        from onnx import numpy_helper

        small = tensor.elements <= MAX_ELEMENTS
        if proto.data_location == onnx.TensorProto.EXTERNAL:
            location = external_path(self.folder, proto, where)
            return external_value(tensor, location, proto, where) if small and location.is_file() else None
        if proto.HasField("raw_data") and len(proto.raw_data) != tensor.bytes:
            raise InputError(
                f"the tensor {tensor.name!r} has {len(proto.raw_data)} bytes of data; its shape "
                f"{list(tensor.shape)} of {tensor.dtype} needs {tensor.bytes}",
                where=where,
            )
        if not (small and _has_data(proto)):
            return None
        try:
            value: Value = numpy_helper.to_array(proto)
        except Exception as error:  # whatever the data make of numpy and onnx
            raise InputError(f"the data of tensor {tensor.name!r} cannot be read: {error}", where=where) from None
        if value.shape != tensor.shape:
            raise InputError(
                f"the data of tensor {tensor.name!r} do not fit its shape {list(tensor.shape)}", where=where
            )
        value.flags.writeable = False
        return value

    def _inputs(self, proto: GraphProto) -> list[Tensor]:
        given = [(i, value) for i, value in enumerate(proto.input) if value.name not in self.known]
        used: set[str] = set()
        tensors, missing = [], []
        for i, value in given:
            where = f"graph.input[{i}]"
            shape = []
            kind = value.type.WhichOneof("value")
            if kind != "tensor_type":
                raise InputError(
                    f"the input {value.name!r} has no tensor type; a type and a shape are needed", where=where
                )
            if not value.type.tensor_type.HasField("shape"):
                raise InputError(f"the input {value.name!r} has no shape; one is needed", where=where)
            for axis, dim in enumerate(value.type.tensor_type.shape.dim):
                place = f"{value.name}[{axis}]"
                key = place if place in self.dims else dim.dim_param
                if key and key in self.dims:
                    used.add(key)
                    shape.append(_positive(self.dims[key], f"dims[{key!r}]"))
                elif dim.WhichOneof("value") == "dim_value" and dim.dim_value > 0:
                    shape.append(dim.dim_value)
                else:
                    missing.append(dim.dim_param or place)
                    shape.append(1)
            tensor = Tensor.of(value.name, shape, dtype_name(value.type.tensor_type.elem_type, where))
            self._add(_Known(tensor, constant=False), where)
            tensors.append(tensor)
        if missing:
            names = ", ".join(dict.fromkeys(missing))
            raise InputError(f"has dimensions without a value; give dims for {names}", where="graph.input")
        if unused := sorted(set(self.dims) - used):
            places = _places([value for _, value in given])
            raise InputError(f"the dimension {unused[0]!r} is not in the file; there are {places}", where="dims")
        return tensors

    def _visit(self, node: NodeProto, where: str) -> None:
        label = f"{node.op_type} {(node.name or ', '.join(node.output))!r}"
        try:
            self._visit_checked(node)
        except InputError as error:
            what = error.what if error.where else f"{label}: {error.what}"
            raise InputError(what, where=error.where or where) from None

    def _visit_checked(self, node: NodeProto) -> None:
        if node.domain not in STANDARD_DOMAINS:
            raise InputError(f"operator {node.op_type!r} of domain {node.domain!r} is not known")
        attributes = self._attributes(node)
        if node.op_type == "Constant":
            self._constant(node, attributes)
            return
        if node.op_type not in known_operators():
            raise InputError(f"operator {node.op_type!r} is not known; known are {', '.join(known_operators())}")
        for name in node.input:
            if name and name not in self.known:
                raise InputError(f"the shape of its argument {name!r} cannot be inferred from the file")
        arguments = [self.known[name] if name else None for name in node.input]
        outputs = self._infer(node, arguments)
        if not outputs:
            raise InputError("has no output")
        shapes = [None if argument is None else argument.tensor.shape for argument in arguments]
        window = None
        if node.op_type in WINDOWED:
            window, outputs = windowed(node.op_type, attributes, shapes, outputs)
        elif node.op_type in ("Resize", "Upsample"):
            place = 2 if node.op_type == "Resize" and self._version() >= 11 else 1
            scales = arguments[place] if place < len(arguments) else None
            given = None if scales is None else scales.value
            outputs = resized(attributes, argument_shape(shapes, 0, node.op_type), given, outputs)
        present = [argument for argument in arguments if argument is not None]
        if node.op_type in ("Shape", "Size") or (present and all(argument.constant for argument in present)):
            self._fold(node, arguments, attributes, outputs)
        else:
            self._keep(node, arguments, attributes, outputs, window)

    def _attributes(self, node: NodeProto) -> dict[str, AttributeValue]:
        values: dict[str, AttributeValue] = {}
        for attribute in node.attribute:
            value = attribute_value(attribute, node.op_type)
            values[attribute.name] = UNREAD if value is None else value
        return with_defaults(node, self._version(), values)

    def _version(self) -> int:
        return next(int(o.version) for o in self.model.opset_import if o.domain in STANDARD_DOMAINS)

    def _constant(self, node: NodeProto, attributes: Mapping[str, AttributeValue]) -> None:
        import numpy as np
        from onnx import numpy_helper

        if len(node.output) != 1 or node.input:
            raise InputError("a constant has one output and no input")
        output = node.output[0]
        for attribute in node.attribute:
            if attribute.HasField("t"):
                self._add_constant(output, attribute.t, "")
                return
            if attribute.HasField("sparse_tensor"):
                sparse = attribute.sparse_tensor
                dense = Tensor.of(output, extents(sparse.dims, ""), dtype_name(sparse.values.data_type, ""))
                self._add(_Known(dense, constant=True), "")
                return
        given = next((attributes[key] for key in sorted(attributes) if key.startswith("value_")), None)
        if given is None or isinstance(given, str):
            raise InputError("a constant without a numeric value")
        real = isinstance(given, float) or (isinstance(given, tuple) and any(isinstance(x, float) for x in given))
        array = np.asarray(given, dtype=np.float32 if real else np.int64)
        self._add_constant(output, numpy_helper.from_array(array, output), "")

    def _infer(self, node: NodeProto, arguments: Sequence[_Known | None]) -> list[Tensor]:
        """The node's outputs, in order, absent optional ones left out."""
        from onnx import defs, helper, shape_inference

        version = self._version()
        try:
            schema = defs.get_schema(node.op_type, version, "")
        except (defs.SchemaError, ValueError, TypeError, OverflowError):
            raise InputError(f"operator {node.op_type!r} does not exist in opset {version}") from None
        types, data = {}, {}
        for argument in arguments:
            if argument is None:
                continue
            types[argument.tensor.name] = _type_proto(argument)
            if argument.value is not None:
                data[argument.tensor.name] = _value_proto(argument)
        try:
            inferred = shape_inference.infer_node_outputs(
                schema, node, types, data, opset_imports=[helper.make_opsetid("", version)]
            )
        except Exception as error:  # the C++ side raises several kinds, none of them documented
            reason = str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
            raise InputError(f"its shapes do not fit: {reason}") from None
        outputs = []
        for position, name in enumerate(node.output):
            if not name:
                continue
            proto = inferred.get(name)
            if proto is None or proto.WhichOneof("value") != "tensor_type":
                if position:
                    continue  # an optional second output that inference passes over
                raise InputError(f"the type of its output {name!r} cannot be inferred")
            dims = proto.tensor_type.shape.dim
            if not proto.tensor_type.HasField("shape") or any(d.WhichOneof("value") != "dim_value" for d in dims):
                if position:
                    continue
                raise InputError(f"the shape of its output {name!r} cannot be inferred from the file")
            shape = extents([dim.dim_value for dim in dims], "")
            outputs.append(Tensor.of(name, shape, dtype_name(proto.tensor_type.elem_type, "")))
        first = next((argument for argument in arguments if argument is not None), None)
        if node.op_type == "PRelu" and version >= 7 and len(arguments) > 1 and first and arguments[1]:
            check_slope(first.tensor.shape, arguments[1].tensor.shape)
        if node.op_type in VIEWS and outputs and first and outputs[0].elements != first.tensor.elements:
            raise InputError(
                f"its shapes do not fit: {list(first.tensor.shape)} and {list(outputs[0].shape)} "
                "have not as many elements"
            )
        return outputs

    def _fold(
        self,
        node: NodeProto,
        arguments: Sequence[_Known | None],
        attributes: Mapping[str, AttributeValue],
        outputs: Sequence[Tensor],
    ) -> None:
        value = None
        first = arguments[0] if arguments else None
        if node.op_type in ("Shape", "Size") and first is not None:
            value = shape_value(node.op_type, first.tensor.shape, attributes)
        elif len(outputs) == 1 and outputs[0].elements <= MAX_ELEMENTS:
            values = [None if argument is None else argument.value for argument in arguments]
            known = all(argument is None or argument.value is not None for argument in arguments)
            value = fold(node.op_type, values, attributes, outputs[0].shape, outputs[0].dtype) if known else None
        for tensor in outputs:
            self._add(_Known(tensor, constant=True, value=value), "")

    def _keep(
        self,
        node: NodeProto,
        arguments: Sequence[_Known | None],
        attributes: dict[str, AttributeValue],
        outputs: list[Tensor],
        window: Window | None,
    ) -> None:
        first = arguments[0]
        if node.op_type in ("Softmax", "LogSoftmax", "Hardmax") and self._version() < 13 and first is not None:
            # They took all dimensions from this one on together; the last one alone means the same in every opset.
            axis, rank = attributes.get("axis", 1), len(first.tensor.shape)
            if isinstance(axis, int) and axis not in (-1, rank - 1):
                attributes |= {"axis": axis, "coerced": 1}
        data = _DATA_ARGUMENTS.get(node.op_type, len(arguments))
        buffers = _BUFFER_ARGUMENTS.get(node.op_type, frozenset())
        inputs, weights, order = [], [], []
        for position, argument in enumerate(arguments):
            order.append("")
            if argument is None:
                continue
            if not argument.constant:
                inputs.append(argument.tensor.name)
                order[-1] = argument.tensor.name
            elif position < data:
                weights.append(_as_constant(argument.tensor, position in buffers))
                order[-1] = argument.tensor.name
            else:
                value = argument.value if argument.value is not None and argument.value.size <= 64 else None
                name = self._argument_name(node, position)
                if value is not None and value.dtype == bool:
                    value = value.astype(int)
                attributes[name] = UNREAD if value is None else tuple(value.ravel().tolist())
        while order and not order[-1]:
            order.pop()
        shapes = tuple(None if argument is None else argument.tensor.shape for argument in arguments)
        arithmetic = cost(Call(node.op_type, shapes, tuple(o.shape for o in outputs), window, attributes))
        if window is not None:
            for absorbed in ABSORBED:
                attributes.pop(absorbed, None)
        for tensor in outputs:
            self._add(_Known(tensor, constant=False), "")
        self.live.append(
            _Live(node, inputs, weights, order, outputs, window, attributes, arithmetic.flop, arithmetic.macs)
        )

    def _argument_name(self, node: NodeProto, position: int) -> str:
        from onnx import defs

        declared = defs.get_schema(node.op_type, self._version(), "").inputs
        return str(declared[min(position, len(declared) - 1)].name)

    def _outputs(self, proto: GraphProto) -> list[str]:
        names = []
        for i, value in enumerate(proto.output):
            known = self.known.get(value.name)
            if known is None:
                raise InputError(f"nothing makes the output {value.name!r}", where=f"graph.output[{i}]")
            if not known.constant:
                names.append(value.name)
        if not names:
            raise InputError("no output depends on an input", where="graph.output")
        return list(dict.fromkeys(names))

    def _assemble(self, name: str, inputs: Sequence[Tensor], outputs: Sequence[str]) -> Graph:
        needed = set(outputs)
        kept: list[_Live] = []
        for live in reversed(self.live):
            if any(tensor.name in needed for tensor in live.outputs):
                kept.append(live)
                needed.update(live.inputs)
        kept.reverse()
        tensors: dict[str, Tensor] = {t.name: t for t in inputs if t.name in needed}
        entrances = tuple(tensors)
        operators: list[Operator] = []
        taken: set[str] = set()
        for live in kept:
            made = [tensor for tensor in live.outputs if tensor.name in needed]
            for weight in live.weights:
                # A constant that any operator learns is learnt, whatever else reads it.
                if weight.name not in tensors or tensors[weight.name].role != "weight":
                    tensors[weight.name] = weight
            tensors |= {tensor.name: tensor for tensor in made}
            operators.append(
                make_operator(
                    _unique(live.node.name or made[0].name, taken),
                    live.node.op_type,
                    inputs=[self.known[n].tensor for n in live.inputs],
                    outputs=made,
                    weights=live.weights,
                    flop=live.flop,
                    macs=live.macs,
                    window=live.window,
                    attributes=live.attributes,
                    arguments=live.arguments,
                )
            )
        return Graph(name, tuple(operators), tuple(tensors.values()), entrances, tuple(outputs))


def _positive(value: object, where: str) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or value < 1:
        raise InputError(f"found {value!r}; an integer of at least 1 is needed", where=where)
    return value


def _places(values: Sequence[ValueInfoProto]) -> str:
    names: list[str] = []
    for value in values:
        for axis, dim in enumerate(value.type.tensor_type.shape.dim):
            names.append(dim.dim_param or f"{value.name}[{axis}]")
    return ", ".join(dict.fromkeys(names)) or "none"


def _has_data(proto: TensorProto) -> bool:
    """False for a tensor whose data were stripped from the file: its shape alone is of use."""
    typed = ("float_data", "int32_data", "int64_data", "double_data", "uint64_data", "string_data")
    return bool(proto.HasField("raw_data") or any(len(getattr(proto, field)) for field in typed) or 0 in proto.dims)


def _as_constant(tensor: Tensor, buffer: bool) -> Tensor:
    learnt = not buffer and tensor.dtype in _LEARNT_TYPES and tensor.elements > 1
    role: Role = "weight" if learnt else "buffer"
    return Tensor(tensor.name, tensor.shape, tensor.bytes, tensor.dtype, role)


def _unique(name: str, taken: set[str]) -> str:
    candidate, count = name, 1
    while candidate in taken:
        count += 1
        candidate = f"{name}#{count}"
    taken.add(candidate)
    return candidate


def _order(nodes: Sequence[NodeProto], known: Mapping[str, _Known]) -> list[int]:
    """Indices of the nodes in a topological order, the file's own where it is one."""
    producer: dict[str, int] = {}
    for i, node in enumerate(nodes):
        if not [name for name in node.output if name]:
            raise InputError(f"{node.op_type} {node.name!r} has no output", where=f"graph.node[{i}]")
        for name in node.output:
            if name and (name in producer or name in known):
                raise InputError(f"the tensor {name!r} is made twice", where=f"graph.node[{i}]")
            producer[name] = i
    edges: list[tuple[int, int]] = []
    for i, node in enumerate(nodes):
        for name in dict.fromkeys(node.input):
            if not name or name in known:
                continue
            if name not in producer:
                label = f"{node.op_type} {(node.name or node.output[0])!r}"
                raise InputError(f"{label} reads {name!r}, which nothing makes", where=f"graph.node[{i}]")
            edges.append((producer[name], i))
    try:
        return topological_order(len(nodes), edges)
    except CycleError as error:
        i = min(error.cycle)
        label = f"{nodes[i].op_type} {(nodes[i].name or nodes[i].output[0])!r}"
        raise InputError(f"{label} is in a cycle; the graph must be acyclic", where=f"graph.node[{i}]") from None


def _type_proto(known: _Known) -> TypeProto:
    from onnx import helper

    if known.type_proto is None:
        known.type_proto = helper.make_tensor_type_proto(dtype_number(known.tensor.dtype), known.tensor.shape)
    return known.type_proto


def _value_proto(known: _Known) -> TensorProto:
    from onnx import numpy_helper

    assert known.value is not None
    if known.value_proto is None:
        known.value_proto = numpy_helper.from_array(known.value, known.tensor.name)
    return known.value_proto
