"""Element types, shapes and attributes of ONNX in our terms."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from wnpopt.core.errors import InputError, reason
from wnpopt.domain.files.onnx.fold import Value
from wnpopt.domain.network.graph import UNSPECIFIED, AttributeValue

if TYPE_CHECKING:
    from onnx import AttributeProto, NodeProto

_RESIZE_DEFAULTS: Mapping[str, AttributeValue] = {
    "mode": "nearest", "coordinate_transformation_mode": "half_pixel", "nearest_mode": "round_prefer_floor",
}  # fmt: skip


def dtype_name(number: int, where: str) -> str:
    import onnx

    try:
        name = str(onnx.TensorProto.DataType.Name(number)).lower()
    except ValueError:
        raise InputError(f"the element type {number} does not exist", where=where) from None
    if name == "undefined":
        raise InputError("a tensor has no element type; one is needed", where=where)
    name = {"float": "float32", "double": "float64"}.get(name, name)
    for short in ("float8", "float4"):
        if name.startswith(short):
            return short
    return name


def dtype_number(dtype: str) -> int:
    import onnx

    name = {"float32": "float", "float64": "double", "float8": "float8e4m3fn", "float4": "float4e2m1"}.get(dtype, dtype)
    return int(onnx.TensorProto.DataType.Value(name.upper()))


def extents(dims: Sequence[int], where: str) -> tuple[int, ...]:
    shape = tuple(int(extent) for extent in dims)
    if any(extent < 0 for extent in shape):
        raise InputError(f"a tensor has the shape {list(shape)}; extents are not negative", where=where)
    return shape


def attribute_value(attribute: AttributeProto, op_type: str) -> AttributeValue | None:
    import onnx

    kinds = onnx.AttributeProto
    if attribute.type == kinds.INT:
        return int(attribute.i)
    if attribute.type == kinds.FLOAT:
        return float(attribute.f)
    if attribute.type == kinds.STRING:
        return bytes(attribute.s).decode("utf-8", "replace")
    if attribute.type == kinds.INTS:
        return tuple(int(x) for x in attribute.ints)
    if attribute.type == kinds.FLOATS:
        return tuple(float(x) for x in attribute.floats)
    if attribute.type == kinds.STRINGS:
        return tuple(bytes(x).decode("utf-8", "replace") for x in attribute.strings)
    if attribute.type == kinds.TENSOR and op_type == "ConstantOfShape":
        from onnx import numpy_helper

        try:
            array = numpy_helper.to_array(attribute.t)
        except Exception as error:  # whatever the data make of numpy and onnx
            raise InputError(f"the value of {attribute.name!r} cannot be read: {reason(error)}") from None
        if array.size != 1 or array.dtype.kind not in "biuf":
            raise InputError(f"the value of {attribute.name!r} is not one number")
        return tuple(array.ravel().tolist())
    return None


def with_defaults(node: NodeProto, version: int, attributes: dict[str, AttributeValue]) -> dict[str, AttributeValue]:
    """``attributes`` and those whose absence means different things in different opsets, spelled out.

    A graph knows nothing of opsets. The nearest neighbour of Resize 10 is not specified: onnxruntime rounds down when
    it enlarges and up when it shrinks.
    """
    if node.op_type == "Resize":
        fixed = {"coordinate_transformation_mode": "asymmetric", "nearest_mode": UNSPECIFIED} if version < 11 else {}
        return {**_RESIZE_DEFAULTS, **fixed, **attributes}
    if node.op_type == "BatchNormalization":
        # Before opset 7 it trained unless told not to, until opset 14 where it had more than one output.
        if version < 7:
            return {"is_test": 0, **attributes}
        if version < 14 and sum(bool(name) for name in node.output) > 1:
            return {"training_mode": 1, **attributes}
    return attributes


def shape_value(op_type: str, shape: tuple[int, ...], attributes: Mapping[str, AttributeValue]) -> Value:
    import numpy as np

    if op_type == "Size":
        return np.asarray(int(np.prod(shape, dtype=object)) if shape else 1, dtype=np.int64)
    start, end = attributes.get("start", 0), attributes.get("end", len(shape))
    assert isinstance(start, int)
    assert isinstance(end, int)
    return np.asarray(shape[start:end], dtype=np.int64)
