"""What is known of tensors and operators while an ONNX graph is read."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from wnpopt.domain.files.onnx.fold import Value
from wnpopt.domain.files.onnx.types import dtype_number
from wnpopt.domain.network.graph import AttributeValue, Tensor, Window

if TYPE_CHECKING:
    from onnx import SparseTensorProto, TensorProto, TypeProto


@dataclass(slots=True)
class KnownTensor:
    """A tensor, whether it depends on no input, and its value where that is small and known.

    ``source`` is what the file says of a constant that no node makes; ``stored``, of a dequantised constant, is the
    type of element that the file, and a runtime, hold it in.
    """

    tensor: Tensor
    constant: bool
    value: Value | None = None
    source: TensorProto | SparseTensorProto | None = field(default=None, repr=False)
    stored: str | None = None
    _type: TypeProto | None = field(default=None, repr=False)
    _data: TensorProto | None = field(default=None, repr=False)

    def type_proto(self) -> TypeProto:
        from onnx import helper

        if self._type is None:
            self._type = helper.make_tensor_type_proto(dtype_number(self.tensor.dtype), self.tensor.shape)
        return self._type

    def value_proto(self) -> TensorProto:
        """The value as ONNX has it; there must be one."""
        from onnx import numpy_helper

        assert self.value is not None
        if self._data is None:
            self._data = numpy_helper.from_array(self.value, self.tensor.name)
        return self._data


@dataclass(slots=True)
class ReadOperator:
    """An operator that is not folded away, before it is known whether anything needs it."""

    name: str
    op_type: str
    inputs: list[str]
    weights: list[Tensor]
    arguments: list[str]
    outputs: list[Tensor]
    window: Window | None
    attributes: dict[str, AttributeValue]
    flop: int
    macs: int
    opaque: bool = False
