"""Sequences of tensors and optional tensors: names of their elements, resolved while an ONNX graph is read."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Protocol

import numpy as np

from wnpopt.core.errors import InputError
from wnpopt.domain.files.onnx import constants
from wnpopt.domain.files.onnx.flatten import Flat, stack
from wnpopt.domain.files.onnx.scope import Scope

if TYPE_CHECKING:
    from onnx import NodeProto

SEQUENCES = frozenset(
    {
        "ConcatFromSequence", "Optional", "OptionalGetElement", "OptionalHasElement", "SequenceAt", "SequenceConstruct",
        "SequenceEmpty", "SequenceErase", "SequenceInsert", "SequenceLength", "SplitToSequence",
    }
)  # fmt: skip


class FlatWithSequences(Flat, Protocol):
    """A flat graph that knows the elements of sequences by name."""

    sequences: dict[str, tuple[str, ...]]


def resolve_sequence(flat: FlatWithSequences, node: NodeProto, scope: Scope, where: str) -> None:
    """Read an operator on sequences: none of them is left in the graph, only what their elements need."""
    output = next((name for name in node.output if name), "")
    names = [name and scope.of(name) for name in node.input]
    kind = node.op_type
    if kind in ("OptionalGetElement", "OptionalHasElement", "Optional"):
        _optional(flat, kind, names, output, scope)
    elif kind in ("SequenceConstruct", "SequenceEmpty"):
        flat.sequences[scope.of(output)] = tuple(flat.find(name).tensor.name for name in names)
    elif kind == "SplitToSequence":
        _split(flat, node, names, scope.of(output), where)
    else:
        elements = flat.sequences.get(names[0])
        if elements is None:
            raise InputError(f"its argument {names[0]!r} is no sequence whose elements are known")
        if kind == "SequenceLength":
            flat.add(constants.of_array(scope.of(output), np.asarray(len(elements), dtype=np.int64)))
        elif kind == "SequenceAt":
            scope.bind(output, elements[_position(flat, names, 1, len(elements))])
        elif kind == "SequenceErase":
            at = _position(flat, names, 1, len(elements)) if len(names) > 1 and names[1] else len(elements) - 1
            flat.sequences[scope.of(output)] = elements[:at] + elements[at + 1 :]
        elif kind == "SequenceInsert":
            at = _position(flat, names, 2, len(elements) + 1) if len(names) > 2 and names[2] else len(elements)
            flat.sequences[scope.of(output)] = (*elements[:at], flat.find(names[1]).tensor.name, *elements[at:])
        else:
            _concatenate(flat, node, elements, scope.of(output), where)


def _optional(flat: FlatWithSequences, kind: str, names: Sequence[str], output: str, scope: Scope) -> None:
    present = bool(names and names[0])
    if kind == "OptionalHasElement":
        flat.add(constants.of_array(scope.of(output), np.asarray(present)))
    elif present:
        scope.bind(output, names[0])
    else:
        raise InputError("it has no element")


def _position(flat: FlatWithSequences, names: Sequence[str], argument: int, count: int) -> int:
    value = flat.decides(names[argument], "position")
    at = int(value.ravel()[0]) if value.size == 1 else count
    if not -count <= at < count:
        raise InputError(f"its position is {at} of {count}")
    return at % count


def _concatenate(flat: FlatWithSequences, node: NodeProto, elements: Sequence[str], output: str, where: str) -> None:
    from onnx import helper

    settings = {attribute.name: int(attribute.i) for attribute in node.attribute}
    axis = settings.get("axis", 0)
    if settings.get("new_axis", 0):
        stack(flat, elements, output, axis, where)
        return
    joined = helper.make_node("Concat", elements, [output], name=node.name or output, axis=axis)
    flat.visit(joined, Scope(), where)


def _split(flat: FlatWithSequences, node: NodeProto, names: Sequence[str], output: str, where: str) -> None:
    from onnx import helper

    settings = {attribute.name: int(attribute.i) for attribute in node.attribute}
    axis, shape = settings.get("axis", 0), flat.find(names[0]).tensor.shape
    if not -len(shape) <= axis < len(shape):
        raise InputError(f"it splits axis {axis} of {list(shape)}")
    whole, squeezed = shape[axis], False
    if len(names) > 1 and names[1]:
        value = flat.decides(names[1], "split")
        lengths = [int(length) for length in value.ravel()]
        if value.ndim == 0 and lengths[0] > 0:
            flat.tally.spend(whole // lengths[0])
            lengths = [min(lengths[0], whole - start) for start in range(0, whole, lengths[0])]
        if sum(lengths) != whole or min(lengths, default=1) < 0:
            raise InputError(f"it splits {whole} into {lengths}")
    else:
        flat.tally.spend(whole)
        lengths, squeezed = [1] * whole, not settings.get("keepdims", 1)
    parts = [flat.names.like(f"{output}.{i}") for i in range(len(lengths))]
    new, attributes = [], {"axis": axis}
    if flat.version() >= 13:
        new = [flat.names.like(f"{output}.lengths")]
        flat.add(constants.of_array(new[0], np.array(lengths, dtype=np.int64)))
    else:
        attributes["split"] = lengths  # type: ignore[assignment]
    entry = helper.make_node("Split", [names[0], *new], parts, name=node.name or output, **attributes)
    flat.visit(entry, Scope(), where)
    if squeezed:
        parts = [_squeezed(flat, part, axis, where) for part in parts]
    flat.sequences[output] = tuple(parts)


def _squeezed(flat: FlatWithSequences, name: str, axis: int, where: str) -> str:
    from onnx import helper

    output, new = flat.names.like(f"{name}.element"), []
    attributes: dict[str, object] = {"axes": [axis]}
    if flat.version() >= 13:
        new, attributes = [flat.names.like(f"{name}.axes")], {}
        flat.add(constants.of_array(new[0], np.array([axis], dtype=np.int64)))
    flat.visit(helper.make_node("Squeeze", [name, *new], [output], name=output, **attributes), Scope(), where)
    return output
