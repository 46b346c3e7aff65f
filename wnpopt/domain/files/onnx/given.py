"""What the caller gives for a file's inputs: values of symbolic dimensions, and of whole inputs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from operator import index
from typing import TYPE_CHECKING, SupportsIndex

import numpy as np

from wnpopt.core.errors import InputError
from wnpopt.domain.files.onnx.fold import MAX_ELEMENTS, NUMPY_TYPES, Value
from wnpopt.domain.files.onnx.known import KnownTensor
from wnpopt.domain.files.onnx.notes import Values
from wnpopt.domain.files.onnx.types import dtype_name
from wnpopt.domain.network.graph import Tensor

if TYPE_CHECKING:
    from onnx import TypeProto, ValueInfoProto

_NAMELESS = frozenset({"", "?", "-1", "None", "none", "unk", "unknown"})
"""What exporters write for a dimension that has no name: several dimensions may have it."""

MOST_GIVEN = 64
"""Inputs of more elements are not asked for."""


class Given:
    """``dims`` by name or place (``x[2]``), ``values`` by input; both are told when they fit nothing in the file."""

    def __init__(self, dims: Mapping[str, int], values: Mapping[str, Values]) -> None:
        self.dims = {name: _positive(extent, f"dims[{name!r}]") for name, extent in dims.items()}
        self.values = dict(values)
        self._used: set[str] = set()

    def inputs(self, declared: Sequence[tuple[str, ValueInfoProto]]) -> list[KnownTensor]:
        """The inputs, declared at these places of the file; those with a value are constants.

        Raises :class:`InputError` for a dimension that has no extent, and for a value of what is no input.
        """
        names = [value.name for _, value in declared]
        for name in self.values:
            if name not in names:
                there = ", ".join(names) or "none"
                raise InputError(f"there is no input {name!r} to give a value; there are {there}", where="values")
        missing: list[str] = []
        known = []
        for where, value in declared:
            dtype = _tensor_dtype(value, where)
            given = self.values.get(value.name)
            shape = self._shape(value, None if given is None else len(given), missing)
            tensor = Tensor.of(value.name, shape, dtype)
            known.append(KnownTensor(tensor, given is not None, None if given is None else _array(tensor, given)))
        if missing:
            places = list(dict.fromkeys(missing))
            example = f"{places[0]}=1" if places[0].isidentifier() else f"'{places[0]}=1'"
            raise InputError(
                f"has dimensions without a value; give dims for {', '.join(places)} (--dim {example})",
                where="graph.input",
            )
        return known

    def _shape(self, value: ValueInfoProto, elements: int | None, missing: list[str]) -> list[int]:
        """The extents of an input, of which so many ``elements`` are given; unknown ones are 1 and ``missing``."""
        dims = value.type.tensor_type.shape.dim
        shape = []
        for axis, dim in enumerate(dims):
            extent = self.extent(value.name, axis, dim)
            if extent is None and elements is not None and len(dims) == 1:
                extent = elements
            if extent is None:
                missing.append(f"{value.name}[{axis}]" if dim.dim_param in _NAMELESS else dim.dim_param)
            shape.append(extent or 1)
        return shape

    def extent(self, name: str, axis: int, dim: TypeProto.Dimension) -> int | None:
        """The extent of an axis: what was given for its place or name, or else what the file says."""
        for key in (f"{name}[{axis}]", dim.dim_param):
            if key and key in self.dims:
                self._used.add(key)
                return self.dims[key]
        return dim.dim_value if dim.WhichOneof("value") == "dim_value" and dim.dim_value > 0 else None

    def shape(self, name: str) -> tuple[int, ...] | None:
        """The shape of an inner tensor all of whose extents were given by their places, from axis 0 on."""
        shape: list[int] = []
        while (key := f"{name}[{len(shape)}]") in self.dims:
            self._used.add(key)
            shape.append(self.dims[key])
        return tuple(shape) or None

    def check_used(self, declared: Sequence[ValueInfoProto]) -> None:
        """Raise :class:`InputError` for a dimension that was given and is not in the file."""
        unused = sorted(set(self.dims) - self._used)
        if unused:
            places = _places(declared)
            raise InputError(f"the dimension {unused[0]!r} is not in the file; there are {places}", where="dims")


def _tensor_dtype(value: ValueInfoProto, where: str) -> str:
    if value.type.WhichOneof("value") != "tensor_type":
        raise InputError(f"the input {value.name!r} has no tensor type; a type and a shape are needed", where=where)
    if not value.type.tensor_type.HasField("shape"):
        raise InputError(f"the input {value.name!r} has no shape; one is needed", where=where)
    return dtype_name(value.type.tensor_type.elem_type, where)


def _array(tensor: Tensor, given: Values) -> Value | None:
    """The value of an input: of its type, one element standing for all. Raises :class:`InputError` if it is none."""
    where = f"values[{tensor.name!r}]"
    kind = NUMPY_TYPES.get(tensor.dtype)
    if kind is None:
        raise InputError(f"an input of {tensor.dtype} cannot be given a value", where=where)
    if len(given) not in (1, tensor.elements):
        wanted = "1 number is" if tensor.elements == 1 else f"1 number or {tensor.elements} are"
        raise InputError(f"found {len(given)} numbers; {wanted} needed for {list(tensor.shape)}", where=where)
    if tensor.elements > MAX_ELEMENTS:
        raise InputError(f"has {tensor.elements} elements; at most {MAX_ELEMENTS} can be given", where=where)
    for number in given:
        if not isinstance(number, (int, float)) or not _holds(kind, number):
            raise InputError(f"found {number!r}, which the input's {tensor.dtype} cannot hold", where=where)
    array = np.array(given, dtype=kind)
    return np.broadcast_to(array.reshape(tensor.shape) if len(given) == tensor.elements else array, tensor.shape)


def _holds(kind: type[np.generic], number: float) -> bool:
    if kind is np.bool_:
        return number in (0, 1)
    if issubclass(kind, np.integer):
        limits = np.iinfo(kind)
        return number == number // 1 and limits.min <= number <= limits.max
    return number == number  # noqa: PLR0124 (no NaN)


def _positive(value: object, where: str) -> int:
    if isinstance(value, bool) or not isinstance(value, SupportsIndex) or index(value) < 1:
        raise InputError(f"found {value!r}; an integer of at least 1 is needed", where=where)
    return index(value)


def _places(values: Sequence[ValueInfoProto]) -> str:
    names: list[str] = []
    for value in values:
        for axis, dim in enumerate(value.type.tensor_type.shape.dim):
            names.append(f"{value.name}[{axis}]" if dim.dim_param in _NAMELESS else dim.dim_param)
    return ", ".join(dict.fromkeys(names)) or "none"
