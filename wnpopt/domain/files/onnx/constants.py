"""Constants of an ONNX file: their shapes, and the values of small ones."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from wnpopt.core.errors import InputError, reason
from wnpopt.domain.files.onnx.external import external_path, external_value
from wnpopt.domain.files.onnx.fold import MAX_ELEMENTS, Value
from wnpopt.domain.files.onnx.known import KnownTensor
from wnpopt.domain.files.onnx.types import dtype_name, extents
from wnpopt.domain.network.graph import Tensor

if TYPE_CHECKING:
    from onnx import NodeProto, SparseTensorProto, TensorProto


def dense(name: str, proto: TensorProto, folder: Path, where: str) -> KnownTensor:
    """The constant in ``proto``, called ``name``; ``folder`` is where external data lie."""
    tensor = Tensor.of(name, extents(proto.dims, where), dtype_name(proto.data_type, where))
    return KnownTensor(tensor, constant=True, value=_value(tensor, proto, folder, where), source=proto)


def sparse(name: str, proto: SparseTensorProto, where: str) -> KnownTensor:
    """The constant in ``proto``, whose value is not looked at."""
    tensor = Tensor.of(name, extents(proto.dims, where), dtype_name(proto.values.data_type, where))
    return KnownTensor(tensor, constant=True, source=proto)


def of_node(node: NodeProto, output: str, folder: Path) -> KnownTensor:
    """The constant that a Constant node makes, called ``output``; raises :class:`InputError` if it is no number."""
    if len(node.output) != 1 or node.input:
        raise InputError("a constant has one output and no input")
    for attribute in node.attribute:
        if attribute.HasField("t"):
            return dense(output, attribute.t, folder, "")
        if attribute.HasField("sparse_tensor"):
            return sparse(output, attribute.sparse_tensor, "")
        if attribute.name in ("value_int", "value_ints"):
            given = attribute.ints if attribute.name == "value_ints" else attribute.i
            return of_array(output, np.asarray(given, dtype=np.int64))
        if attribute.name in ("value_float", "value_floats"):
            given = attribute.floats if attribute.name == "value_floats" else attribute.f
            return of_array(output, np.asarray(given, dtype=np.float32))
    raise InputError("a constant without a numeric value")


def of_array(name: str, array: Value) -> KnownTensor:
    """A constant of this value, where it is small enough to be kept."""
    tensor = Tensor.of(name, array.shape, array.dtype.name)
    return KnownTensor(tensor, constant=True, value=array if array.size <= MAX_ELEMENTS else None)


def _value(tensor: Tensor, proto: TensorProto, folder: Path, where: str) -> Value | None:
    import onnx
    from onnx import numpy_helper

    small = tensor.elements <= MAX_ELEMENTS
    if proto.data_location == onnx.TensorProto.EXTERNAL:
        location = external_path(folder, proto, where)
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
        raise InputError(f"the data of tensor {tensor.name!r} cannot be read: {reason(error)}", where=where) from None
    if value.shape != tensor.shape:
        raise InputError(f"the data of tensor {tensor.name!r} do not fit its shape {list(tensor.shape)}", where=where)
    value.flags.writeable = False
    return value


def _has_data(proto: TensorProto) -> bool:
    """False for a tensor whose data were stripped from the file: its shape alone is of use."""
    typed = ("float_data", "int32_data", "int64_data", "double_data", "uint64_data", "string_data")
    return bool(proto.HasField("raw_data") or any(len(getattr(proto, field)) for field in typed) or 0 in proto.dims)
