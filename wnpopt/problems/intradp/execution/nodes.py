"""Nodes and constants of an ONNX graph that is being made, with cutting and joining of rows."""

from __future__ import annotations

from collections.abc import Sequence
from math import prod
from typing import TYPE_CHECKING, Any

import numpy as np

from wnpopt.execution.network import Array
from wnpopt.problems.intradp.execution.network import row_shape
from wnpopt.problems.intradp.imports.rows import TensorRows

if TYPE_CHECKING:
    from onnx import NodeProto, TensorProto

Span = tuple[int, int]
"""Rows or indices [first, last)."""


class NodeList:
    """What a segment consists of. Names that are made here begin with ``~`` and are not those of the file."""

    def __init__(self, opset: int) -> None:
        self.opset = opset
        self.nodes: list[NodeProto] = []
        self.made: dict[str, TensorProto] = {}
        self.read: dict[str, None] = {}
        self._count = 0
        self._known: dict[tuple[object, ...], str] = {}

    def fresh(self) -> str:
        self._count += 1
        return f"~{self._count}"

    def constant(self, value: Array) -> str:
        """The name of a constant of this value."""
        from onnx import numpy_helper

        name = self.fresh()
        self.made[name] = numpy_helper.from_array(np.ascontiguousarray(value), name)
        return name

    def copy(self, node: NodeProto, arguments: Sequence[str], results: Sequence[str]) -> NodeProto:
        """``node`` with other names of what it reads and makes; its attributes may be changed afterwards."""
        from onnx import NodeProto

        copied = NodeProto()
        copied.CopyFrom(node)
        del copied.input[:]
        copied.input.extend(arguments)
        del copied.output[:]
        copied.output.extend(results)
        copied.name = self.fresh()
        self.nodes.append(copied)
        return copied

    def slice(self, name: str, axis: int, span: Span) -> str:
        """Indices ``span`` of dimension ``axis``."""
        key = ("slice", name, axis, span)
        if key not in self._known:
            starts, ends = [span[0]], [span[1]]
            if self.opset < 10:
                self._known[key] = self._add("Slice", [name], axes=[axis], starts=starts, ends=ends)
            else:
                numbers = [self.constant(np.array(value, np.int64)) for value in (starts, ends, [axis])]
                self._known[key] = self._add("Slice", [name, *numbers])
        return self._known[key]

    def concat(self, names: Sequence[str], axis: int) -> str:
        key = ("concat", *names, axis)
        if key not in self._known:
            self._known[key] = self._add("Concat", list(names), axis=axis)
        return self._known[key]

    def reshape(self, name: str, shape: Sequence[int]) -> str:
        key = ("reshape", name, *shape)
        if key not in self._known:
            if self.opset < 5:
                self._known[key] = self._add("Reshape", [name], shape=list(shape))
            else:
                self._known[key] = self._add("Reshape", [name, self.constant(np.array(shape, np.int64))])
        return self._known[key]

    def identity(self, name: str, result: str) -> None:
        from onnx import helper

        self.nodes.append(helper.make_node("Identity", [name], [result], name=self.fresh()))

    def cut(self, name: str, shape: Sequence[int], where: TensorRows, have: Span, want: Span) -> str:
        """Rows ``want`` of a tensor of ``shape`` of which ``name`` holds rows ``have``."""
        if have == want:
            return name
        first, last = ((row - have[0]) * where.inner for row in want)
        if where.outer == 1:
            return self.slice(name, where.axis, (first, last))
        blocks = self.reshape(name, _blocks(shape, where, have))
        return self.reshape(self.slice(blocks, where.axis + 1, (first, last)), row_shape(shape, where, want))

    def join(self, parts: Sequence[tuple[str, Span]], shape: Sequence[int], where: TensorRows) -> str:
        """One tensor of parts that follow each other, each a name and its rows."""
        if len(parts) == 1:
            return parts[0][0]
        if where.outer == 1:
            return self.concat([name for name, _ in parts], where.axis)
        blocks = [self.reshape(name, _blocks(shape, where, rows)) for name, rows in parts]
        rows = (parts[0][1][0], parts[-1][1][1])
        return self.reshape(self.concat(blocks, where.axis + 1), row_shape(shape, where, rows))

    def _add(self, op_type: str, arguments: Sequence[str], **attributes: Any) -> str:
        from onnx import helper

        name = self.fresh()
        self.nodes.append(helper.make_node(op_type, arguments, [name], name=self.fresh(), **attributes))
        return name


def cut_array(value: Array, where: TensorRows, have: Span, want: Span) -> Array:
    """As :meth:`NodeList.cut`, of an array that holds rows ``have``."""
    first, last = ((row - have[0]) * where.inner for row in want)
    blocks = value.reshape(_blocks(value.shape, where, have))
    part = blocks[(slice(None),) * (where.axis + 1) + (slice(first, last),)]
    return part.reshape(row_shape(value.shape, where, want))


def join_arrays(parts: Sequence[tuple[Array, Span]], where: TensorRows) -> Array:
    """As :meth:`NodeList.join`, of arrays."""
    if len(parts) == 1:
        return parts[0][0]
    shape = parts[0][0].shape
    blocks = [value.reshape(_blocks(shape, where, rows)) for value, rows in parts]
    rows = (parts[0][1][0], parts[-1][1][1])
    return np.concatenate(blocks, axis=where.axis + 1).reshape(row_shape(shape, where, rows))


def _blocks(shape: Sequence[int], where: TensorRows, rows: Span) -> list[int]:
    """The shape of ``rows`` with the blocks of a batch as a dimension of their own."""
    here = list(shape)
    return [*here[: where.axis], where.outer, (rows[1] - rows[0]) * where.inner, *here[where.axis + 1 :]]


def behind(shape: Sequence[int], where: TensorRows) -> int:
    """Entries of one row in one block of the batch."""
    return where.inner * prod(shape[where.axis + 1 :])
