"""Shapes and element types of a node's outputs, from its arguments alone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from wnpopt.core.errors import InputError
from wnpopt.domain.files.onnx.extents import check_slope
from wnpopt.domain.files.onnx.given import Given
from wnpopt.domain.files.onnx.known import KnownTensor
from wnpopt.domain.files.onnx.model import STANDARD_DOMAINS
from wnpopt.domain.files.onnx.runtime import inferred_by_runtime
from wnpopt.domain.files.onnx.types import dtype_name, extents
from wnpopt.domain.network.flop import known_operators
from wnpopt.domain.network.graph import DTYPE_BITS, VIEWS, Tensor

if TYPE_CHECKING:
    from onnx import NodeProto, TypeProto, ValueInfoProto
    from onnx.defs import OpSchema

_EARLIER = frozenset({"LayerNormalization"})
"""Operators that onnxruntime writes into files of opsets that do not have them yet."""


@dataclass(frozen=True)
class Shapes:
    """Who may say what an operator's outputs are: ``opsets`` by domain, what was ``given``, what the file records."""

    opsets: Mapping[str, int]
    ir_version: int
    given: Given
    recorded: Mapping[str, ValueInfoProto]

    def schema(self, node: NodeProto) -> OpSchema | None:
        """The onnx package's schema of the node's operator in the file's opset; None for an operator it does not
        have. Raises :class:`InputError` if the opset does not have it.
        """
        from onnx import defs

        domain = "" if node.domain in STANDARD_DOMAINS else node.domain
        version = self.opsets.get(domain, 0 if domain == "" else 1)
        try:
            return defs.get_schema(node.op_type, version, domain)
        except (defs.SchemaError, ValueError, TypeError, OverflowError):
            pass
        if not defs.has(node.op_type, domain):
            return None
        if node.op_type in _EARLIER and version >= 1:
            return defs.get_schema(node.op_type, domain)
        raise InputError(f"operator {node.op_type!r} does not exist in opset {version}")

    def outputs(self, node: NodeProto, arguments: Sequence[KnownTensor | None]) -> list[Tensor]:
        """The node's outputs, in order. Those whose shapes nothing tells, or have elements of no fixed size, are left
        out. Raises :class:`InputError` if the arguments do not fit, or the operator does not exist.
        """
        schema = self.schema(node)
        types = {} if schema is None else self._inferred(node, schema, arguments)
        made: dict[str, Tensor] = {}
        unknown = [name for name in node.output if name]
        if not unknown:
            raise InputError("has no output")
        first = next((argument for argument in arguments if argument is not None), None)
        for name in list(unknown):
            shape = self.given.shape(name)
            if shape is None and node.op_type in _SAME_SHAPE and first is not None:
                shape = first.tensor.shape
            tensor = _tensor(name, types.get(name), shape)
            if tensor is not None:
                made[name] = tensor
                unknown.remove(name)
        standard = node.domain in STANDARD_DOMAINS
        if schema is None and standard and node.op_type not in _RUNTIME_ONLY:
            raise InputError(f"operator {node.op_type!r} is not known; known are {', '.join(known_operators())}")
        if unknown and (not standard or schema is None or unknown[0] == node.output[0]):
            self._ask_runtime(node, arguments, unknown, made)
        if not standard:
            self._look_up(unknown, made, first)
        outputs = [made[name] for name in node.output if name in made]
        if not standard or not first:
            return outputs
        if node.op_type == "PRelu" and self.opsets[""] >= 7 and len(arguments) > 1 and arguments[1]:
            check_slope(first.tensor.shape, arguments[1].tensor.shape)
        if node.op_type in VIEWS and outputs and outputs[0].elements != first.tensor.elements:
            raise InputError(
                f"its shapes do not fit: {list(first.tensor.shape)} and {list(outputs[0].shape)} "
                "have not as many elements"
            )
        return outputs

    def _inferred(
        self, node: NodeProto, schema: OpSchema, arguments: Sequence[KnownTensor | None]
    ) -> Mapping[str, TypeProto]:
        from onnx import helper, shape_inference

        present = [argument for argument in arguments if argument is not None]
        types = {argument.tensor.name: argument.type_proto() for argument in present}
        data = {a.tensor.name: a.value_proto() for a in present if a.value is not None}
        imports = [helper.make_opsetid(domain, version) for domain, version in self.opsets.items()]
        try:
            inferred: Mapping[str, TypeProto] = shape_inference.infer_node_outputs(
                schema, node, types, data, opset_imports=imports
            )
        except Exception as error:  # the C++ side raises several kinds, none of them documented
            reason = str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
            raise InputError(f"its shapes do not fit: {reason}") from None
        return inferred

    def _ask_runtime(
        self, node: NodeProto, arguments: Sequence[KnownTensor | None], unknown: list[str], made: dict[str, Tensor]
    ) -> None:
        told = inferred_by_runtime(node, arguments, self.opsets, self.ir_version)
        names = [name for name in node.output if name]
        for name, (shape, dtype) in zip(names, told or (), strict=False):
            if name in unknown and shape is not None and dtype in DTYPE_BITS:
                made[name] = Tensor.of(name, shape, dtype)
                unknown.remove(name)

    def _look_up(self, unknown: list[str], made: dict[str, Tensor], first: KnownTensor | None) -> None:
        """Shapes that the file records: believed of operators about which nobody else knows anything.

        Where it records none and one was given, the elements are of the first argument's type.
        """
        for name in list(unknown):
            shape = self.given.shape(name)
            if shape is not None and first is not None and name not in self.recorded:
                made[name] = Tensor.of(name, shape, first.tensor.dtype)
                unknown.remove(name)
                continue
            recorded = self.recorded.get(name)
            if recorded is None or not recorded.type.tensor_type.HasField("shape"):
                continue
            dims = recorded.type.tensor_type.shape.dim
            extents_ = [self.given.extent(name, axis, dim) for axis, dim in enumerate(dims)]
            shape = tuple(extent for extent in extents_ if extent is not None)
            tensor = _tensor(name, recorded.type, shape) if len(shape) == len(extents_) else None
            if tensor is not None:
                made[name] = tensor
                unknown.remove(name)


_SAME_SHAPE = frozenset({"Binarizer", "Imputer", "MeanVarianceNormalization", "Normalizer", "Scaler"})
"""Operators that keep the shape, which neither package infers; all but one are of ai.onnx.ml."""

_RUNTIME_ONLY = frozenset({"SimplifiedLayerNormalization"})
"""Operators that onnxruntime writes into the standard domain although the standard does not have them."""


def _tensor(name: str, proto: TypeProto | None, given: tuple[int, ...] | None) -> Tensor | None:
    """The tensor of an inferred type, of the ``given`` shape if there is one; None while one of both is not known."""
    if proto is None or proto.WhichOneof("value") != "tensor_type":
        return None
    dtype = dtype_name(proto.tensor_type.elem_type, "")
    if given is None:
        dims = proto.tensor_type.shape.dim
        if not proto.tensor_type.HasField("shape") or any(d.WhichOneof("value") != "dim_value" for d in dims):
            return None
        given = extents([dim.dim_value for dim in dims], "")
    return Tensor.of(name, given, dtype) if dtype in DTYPE_BITS else None
