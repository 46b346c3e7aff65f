"""One ONNX graph read into a flat one, node by node: what each makes, folded or kept."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from wnpopt.core.errors import InputError
from wnpopt.core.extras import installed
from wnpopt.domain.files.onnx import constants
from wnpopt.domain.files.onnx.arguments import sort_arguments
from wnpopt.domain.files.onnx.assembly import assemble
from wnpopt.domain.files.onnx.contrib import contrib_cost
from wnpopt.domain.files.onnx.extents import argument_shape, halved, resized, windowed
from wnpopt.domain.files.onnx.flatten import CONTROL
from wnpopt.domain.files.onnx.fold import Value, fold
from wnpopt.domain.files.onnx.given import MOST_GIVEN, Given
from wnpopt.domain.files.onnx.known import KnownTensor, ReadOperator
from wnpopt.domain.files.onnx.model import STANDARD_DOMAINS
from wnpopt.domain.files.onnx.order import label, reading_order
from wnpopt.domain.files.onnx.scope import FreshNames, Scope
from wnpopt.domain.files.onnx.sequences import SEQUENCES, resolve_sequence
from wnpopt.domain.files.onnx.shapes import Shapes
from wnpopt.domain.files.onnx.tally import ReadingTally
from wnpopt.domain.files.onnx.types import attribute_value, shape_value, with_defaults
from wnpopt.domain.files.onnx.window import ABSORBED
from wnpopt.domain.network.flop import WINDOWED, Call, Cost, cost, known_operators
from wnpopt.domain.network.graph import UNREAD, VIEWS, AttributeValue, Graph, Tensor, Window

if TYPE_CHECKING:
    from onnx import GraphProto, ModelProto, NodeProto


class GraphReader:
    """The flat graph while it is read, node by node: see :class:`~wnpopt.domain.files.onnx.flatten.Flat`."""

    def __init__(self, model: ModelProto, folder: Path, given: Given) -> None:
        proto = model.graph
        self.model, self.folder, self.given = model, folder, given
        self.opsets = {"" if o.domain in STANDARD_DOMAINS else o.domain: int(o.version) for o in model.opset_import}
        self.shapes = Shapes(self.opsets, model.ir_version, given, {value.name: value for value in proto.value_info})
        self.known: dict[str, KnownTensor] = {}
        self.sequences: dict[str, tuple[str, ...]] = {}
        self.untold: set[str] = set()
        self.live: list[ReadOperator] = []
        self.nodes: list[NodeProto] = []
        self.tally = ReadingTally()
        names = [value.name for value in proto.input] + [tensor.name for tensor in proto.initializer]
        self.names = FreshNames([*names, *(name for node in proto.node for name in node.output)])
        self.origin: dict[str, tuple[str, ...]] = {}

    def graph(self, name: str) -> tuple[Graph, int]:
        """The graph, called ``name``, and how many operators were left out of it."""
        proto = self.model.graph
        for i, tensor in enumerate(proto.initializer):
            where = f"graph.initializer[{i}]"
            self._declare(constants.dense(tensor.name, tensor, self.folder, where), where)
        for i, entry in enumerate(proto.sparse_initializer):
            where = f"graph.sparse_initializer[{i}]"
            self._declare(constants.sparse(entry.values.name, entry, where), where)
        declared = [(f"graph.input[{i}]", v) for i, v in enumerate(proto.input) if v.name not in self.known]
        inputs = self.given.inputs(declared)
        for (where, _), known in zip(declared, inputs, strict=True):
            self._declare(known, where)
            self.origin[known.tensor.name] = () if known.constant else (known.tensor.name,)
        scope = Scope()
        for i in reading_order(proto.node, self.has, "graph"):
            self.visit(proto.node[i], scope, f"graph.node[{i}]")
        self.given.check_used([value for _, value in declared])
        outputs = self._outputs(proto, scope)
        return assemble(name, self.live, self.known, [k.tensor for k in inputs if not k.constant], outputs)

    def visit(self, node: NodeProto, scope: Scope, where: str) -> None:
        """Read ``node``, whose names are those of ``scope``; every fault names it and its place ``where``."""
        try:
            self._visit(node, scope, where)
        except InputError as error:
            what = error.what if error.where else f"{label(node)}: {error.what}"
            raise InputError(what, where=error.where or where) from None

    def add(self, known: KnownTensor) -> None:
        self._declare(known, "")

    def has(self, name: str) -> bool:
        return name in self.known or name in self.sequences or name in self.untold

    def find(self, name: str) -> KnownTensor:
        known = self.known.get(name)
        if known is None:
            if name in self.sequences:
                raise InputError(f"its argument {name!r} is a sequence")
            raise InputError(
                f"the shape of its argument {name!r} cannot be inferred from the file; give it: --dim '{name}[0]=N'"
            )
        return known

    def decides(self, name: str, what: str) -> Value:
        known = self.find(name)
        if known.value is not None:
            return known.value
        inputs = sorted(self._sources(name), key=lambda source: (self.known[source].tensor.elements, source))
        if not inputs:
            raise InputError(f"its {what} {name!r} cannot be computed from the file's constants")
        few = [source for source in inputs if self.known[source].tensor.elements == 1] or inputs[:1]
        options = " ".join(f"--value {source}=V" for source in few)
        raise InputError(f"its {what} depends on the contents of {', '.join(inputs)}; give a value: {options}")

    def _what_helps(self, node: NodeProto, arguments: Sequence[KnownTensor | None]) -> str:
        """What is said of an operator whose outputs nothing tells the shapes of."""
        output = next(name for name in node.output if name)
        what = f"the shape of its output {output!r} cannot be inferred from the file; "
        how = f"give it: --dim '{output}[0]=N', and so on for all of its axes"
        if node.domain not in STANDARD_DOMAINS:
            runtime = "" if installed("onnxruntime") else ", or let onnxruntime tell it: pip install 'wnpopt[run]'"
            return f"operator {node.op_type!r} of domain {node.domain!r} is not known; {what}{how}{runtime}"
        hows = [argument for argument in arguments[1:] if argument is not None and not argument.constant]
        small = sorted({source for argument in hows for source in self._sources(argument.tensor.name)})
        small = [source for source in small if self.known[source].tensor.elements <= MOST_GIVEN]
        if not small:
            return what + how
        options = " ".join(f"--value {source}=V" for source in small)
        return (
            f"{what}it depends on the contents of {', '.join(small)}; give a value: {options} (or the shape: {how[9:]})"
        )

    def version(self) -> int:
        return self.opsets.get("", 1)

    def _sources(self, name: str) -> set[str]:
        """The inputs without a value on which a tensor depends."""
        producer = {tensor.name: live for live in self.live for tensor in live.outputs}
        seen, stack = {name}, [name]
        sources: set[str] = set()
        while stack:
            current = stack.pop()
            live = producer.get(current)
            if live is None:
                sources.update(self.origin.get(current, ()))
                continue
            new = set(live.inputs) - seen
            seen |= new
            stack.extend(new)
        return sources

    def _declare(self, known: KnownTensor, where: str) -> None:
        name = known.tensor.name
        if not name:
            raise InputError("a tensor has no name", where=where)
        if self.has(name):
            raise InputError(f"the tensor {name!r} is made twice", where=where)
        self.known[name] = known

    def _visit(self, node: NodeProto, scope: Scope, where: str) -> None:
        standard = node.domain in STANDARD_DOMAINS
        if standard and node.op_type in CONTROL:
            CONTROL[node.op_type](self, node, scope, where)
            return
        if standard and node.op_type in SEQUENCES:
            resolve_sequence(self, node, scope, where)
            return
        passed = scope.of(node.input[0]) if node.input else ""
        if node.op_type == "ZipMap" or (node.op_type == "Identity" and passed in self.sequences):
            scope.bind(node.output[0], passed)  # a map of names to what the tensor holds: no tensor itself
            return
        flat = scope.flat(node)
        if standard and node.op_type == "Constant":
            self.add(constants.of_node(flat, flat.output[0] if flat.output else "", self.folder))
            return
        arguments = [self.find(name) if name else None for name in flat.input]
        self._operator(flat, arguments)

    def _operator(self, node: NodeProto, arguments: Sequence[KnownTensor | None]) -> None:
        standard = node.domain in STANDARD_DOMAINS
        self.nodes.append(node)
        attributes = self._attributes(node)
        outputs = self.shapes.outputs(node, arguments)
        if not outputs:
            raise InputError(self._what_helps(node, arguments))
        shapes = [None if argument is None else argument.tensor.shape for argument in arguments]
        window = None
        if standard and node.op_type in WINDOWED:
            window, outputs = windowed(node.op_type, attributes, shapes, outputs)
        elif standard and node.op_type in ("Resize", "Upsample"):
            place = 2 if node.op_type == "Resize" and self.version() >= 11 else 1
            scales = arguments[place] if place < len(arguments) else None
            given = None if scales is None else scales.value
            outputs = resized(attributes, argument_shape(shapes, 0, node.op_type), given, outputs)
        elif standard and node.op_type == "STFT":
            length = arguments[3] if len(arguments) > 3 else None
            window_shape = shapes[2] if len(shapes) > 2 else None
            outputs = halved(attributes, window_shape, None if length is None else length.value, outputs)
        present = [argument for argument in arguments if argument is not None]
        told = {tensor.name for tensor in outputs}
        self.untold.update(name for name in node.output if name and name not in told)
        if (standard and node.op_type in ("Shape", "Size")) or (
            present and all(argument.constant for argument in present)
        ):
            self._fold(node, arguments, attributes, outputs)
        else:
            self._keep(node, arguments, attributes, outputs, window)

    def _attributes(self, node: NodeProto) -> dict[str, AttributeValue]:
        values: dict[str, AttributeValue] = {}
        for attribute in node.attribute:
            value = attribute_value(attribute, node.op_type)
            values[attribute.name] = UNREAD if value is None else value
        return with_defaults(node, self.version(), values) if node.domain in STANDARD_DOMAINS else values

    def _fold(
        self,
        node: NodeProto,
        arguments: Sequence[KnownTensor | None],
        attributes: Mapping[str, AttributeValue],
        outputs: Sequence[Tensor],
    ) -> None:
        values: Sequence[Value | None] = [None] * len(outputs)
        first = arguments[0] if arguments else None
        standard = node.domain in STANDARD_DOMAINS
        if standard and node.op_type in ("Shape", "Size") and first is not None:
            values = [shape_value(node.op_type, first.tensor.shape, attributes)]
        elif standard and all(a is None or a.value is not None for a in arguments):
            values = fold(node, self.version(), [None if a is None else a.value for a in arguments], outputs)
        stored = _stored(node.op_type, first)
        for tensor, value in zip(outputs, values, strict=True):
            self.add(KnownTensor(tensor, constant=True, value=value, stored=stored))
        self.tally.folded[_type(node)] += 1

    def _keep(
        self,
        node: NodeProto,
        arguments: Sequence[KnownTensor | None],
        attributes: dict[str, AttributeValue],
        outputs: list[Tensor],
        window: Window | None,
    ) -> None:
        first = arguments[0] if arguments else None
        op_type = _type(node)
        if op_type in ("Softmax", "LogSoftmax", "Hardmax") and self.version() < 13 and first is not None:
            # They took all dimensions from this one on together; the last one alone means the same in every opset.
            axis, rank = attributes.get("axis", 1), len(first.tensor.shape)
            if isinstance(axis, int) and axis not in (-1, rank - 1):
                attributes |= {"axis": axis, "coerced": 1}
        sorted_ = sort_arguments(op_type, arguments, attributes, lambda position: self._argument_name(node, position))
        shapes = tuple(None if argument is None else argument.tensor.shape for argument in arguments)
        arithmetic = _arithmetic(node, Call(node.op_type, shapes, tuple(o.shape for o in outputs), window, attributes))
        if window is not None:
            for absorbed in ABSORBED:
                attributes.pop(absorbed, None)
        for tensor in outputs:
            self.add(KnownTensor(tensor, constant=False))
        self.live.append(
            ReadOperator(
                node.name,
                op_type,
                sorted_.inputs,
                sorted_.weights,
                sorted_.order,
                outputs,
                window,
                attributes,
                0 if arithmetic is None else arithmetic.flop,
                0 if arithmetic is None else arithmetic.macs,
                opaque=arithmetic is None,
            )
        )

    def _argument_name(self, node: NodeProto, position: int) -> str:
        schema = self.shapes.schema(node)
        declared = [] if schema is None else schema.inputs
        return str(declared[min(position, len(declared) - 1)].name) if declared else f"argument{position}"

    def _outputs(self, proto: GraphProto, scope: Scope) -> list[str]:
        names: list[str] = []
        for i, value in enumerate(proto.output):
            name = scope.of(value.name)
            if name in self.sequences:
                names.extend(element for element in self.sequences[name] if not self.known[element].constant)
            elif name in self.known:
                names.extend([] if self.known[name].constant else [name])
            elif name not in self.untold:
                raise InputError(f"nothing makes the output {value.name!r}", where=f"graph.output[{i}]")
        if not names:
            raise InputError("no output depends on an input", where="graph.output")
        return list(dict.fromkeys(names))


def _stored(op_type: str, argument: KnownTensor | None) -> str | None:
    """What the result of an operator on constants is held in, where that is not its own type."""
    if argument is None:
        return None
    if op_type == "DequantizeLinear":
        return argument.tensor.dtype
    return argument.stored if op_type in VIEWS or op_type == "Transpose" else None


def _type(node: NodeProto) -> str:
    return node.op_type if node.domain in STANDARD_DOMAINS else f"{node.domain}:{node.op_type}"


def _arithmetic(node: NodeProto, call: Call) -> Cost | None:
    """What an operator computes, None where that is not known."""
    if node.domain == "com.microsoft" or node.op_type == "SimplifiedLayerNormalization":
        return contrib_cost(call)
    if node.domain not in STANDARD_DOMAINS or node.op_type not in known_operators():
        return None
    return cost(call)
