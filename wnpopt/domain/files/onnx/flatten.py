"""Control flow of an ONNX graph made flat: the branch that an If takes, and every trip of a Loop or Scan.

What decides must be known when the file is read: constants, shapes, and inputs that were given a value.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Protocol

import numpy as np

from wnpopt.core.errors import InputError
from wnpopt.domain.files.onnx import constants
from wnpopt.domain.files.onnx.fold import Value
from wnpopt.domain.files.onnx.known import KnownTensor
from wnpopt.domain.files.onnx.order import bodies, reading_order
from wnpopt.domain.files.onnx.scope import FreshNames, Scope
from wnpopt.domain.files.onnx.tally import ReadingTally

if TYPE_CHECKING:
    from onnx import GraphProto, NodeProto

_BYTES_PER_OPERATOR = 1 << 16
"""Nodes of bodies are copied: so many bytes of them count as one more operator."""


class Flat(Protocol):
    """The flat graph while it is read."""

    folder: Path
    names: FreshNames
    tally: ReadingTally

    def visit(self, node: NodeProto, scope: Scope, where: str) -> None:
        """Read ``node``, whose names are those of ``scope``."""

    def add(self, known: KnownTensor) -> None:
        """Declare a constant."""

    def has(self, name: str) -> bool:
        """True if a tensor, or a sequence of tensors, has this flat name."""

    def find(self, name: str) -> KnownTensor:
        """The tensor of this flat name; raises :class:`InputError` if its shape is not known."""

    def decides(self, name: str, what: str) -> Value:
        """The value of a tensor that decides; raises :class:`InputError` telling how to give it ("its ``what``")."""

    def version(self) -> int:
        """The opset of the standard operators."""


def flatten_if(flat: Flat, node: NodeProto, scope: Scope, where: str) -> None:
    """Read the branch that the condition chooses; the node's outputs become what that makes."""
    if len(node.input) != 1:
        raise InputError("an If has one input")
    value = flat.decides(scope.of(node.input[0]), "condition")
    if value.size != 1:
        raise InputError(f"its condition has {value.size} elements; one is needed")
    chosen = "then_branch" if bool(value.ravel()[0]) else "else_branch"
    body = _body(node, chosen)
    if len(body.output) != len(node.output):
        raise InputError(f"its {chosen} makes {len(body.output)} outputs; {len(node.output)} are needed")
    flat.tally.branches.append((node.name or node.output[0], chosen))
    inner = Scope(scope)
    targets = {made.name: scope.of(name) for made, name in zip(body.output, node.output, strict=True) if name}
    _bind_outputs(flat, body, inner, targets)
    _constants(flat, body, inner, where)
    _run(flat, body, inner, where)
    for made, name in zip(body.output, node.output, strict=True):
        if name:
            scope.bind(name, inner.of(made.name))


def flatten_loop(flat: Flat, node: NodeProto, scope: Scope, where: str) -> None:
    """Read the body of a Loop once for each of its trips."""
    body = _body(node, "body")
    carried = [scope.of(name) for name in node.input[2:]]
    if len(node.input) < 2 or len(body.input) != 2 + len(carried) or len(body.output) < 1 + len(carried):
        raise InputError("its body does not fit its inputs")
    most = _scalar(flat, scope.of(node.input[0]), "trip count") if node.input[0] else None
    going = not node.input[1] or bool(_scalar(flat, scope.of(node.input[1]), "condition"))
    if most is None and not node.input[1] and not body.output[0].name:
        raise InputError("it never ends")
    if going and node.input[0] and not node.input[1]:
        flat.tally.expect((most or 0) * (1 + _size(body)))
    shared = Scope(scope)
    _constants(flat, body, shared, where)
    stacked: list[list[str]] = [[] for _ in body.output[1 + len(carried) :]]
    trips = 0
    while going and (most is None or trips < most):
        flat.tally.spend(1)
        inner = Scope(shared)
        for value, name in zip(body.input, (_constant(flat, node, trips), _constant(flat, node, True)), strict=False):
            inner.bind(value.name, name)
        for value, name in zip(body.input[2:], carried, strict=True):
            inner.bind(value.name, name)
        _bind_outputs(flat, body, inner, {})
        _run(flat, body, inner, where)
        made = [inner.of(value.name) for value in body.output]
        trips += 1
        if most is None or trips < most:
            going = bool(_scalar(flat, made[0], "condition"))
        carried = made[1 : 1 + len(carried)]
        for names, name in zip(stacked, made[1 + len(carried) :], strict=True):
            names.append(name)
    flat.tally.loops.append((node.name or next(filter(None, node.output)), trips))
    for name, last in zip(node.output, carried, strict=False):
        if name:
            scope.bind(name, last)
    for name, names in zip(node.output[len(carried) :], stacked, strict=False):
        if name:
            _stack(flat, names, scope.of(name), 0, where)


def flatten_scan(flat: Flat, node: NodeProto, scope: Scope, where: str) -> None:
    """Read the body of a Scan once for each entry of what it scans."""
    if flat.version() < 9:
        raise InputError("a Scan of opset 8 has lengths of its own; export the network in opset 9 or later")
    body = _body(node, "body")
    settings = {attribute.name: list(attribute.ints) for attribute in node.attribute if attribute.ints}
    count = next((int(a.i) for a in node.attribute if a.name == "num_scan_inputs"), 0)
    names = [scope.of(name) for name in node.input]
    states, scanned = names[: len(names) - count], names[len(names) - count :]
    if not 1 <= count <= len(names) or len(body.input) != len(names) or len(body.output) != len(node.output):
        raise InputError("its body does not fit its inputs")
    results = len(body.output) - len(states)
    axes = _per(settings, "scan_input_axes", count)
    backward = _per(settings, "scan_input_directions", count)
    out_axes = _per(settings, "scan_output_axes", results)
    out_backward = _per(settings, "scan_output_directions", results)
    lengths = set()
    for axis, name in zip(axes, scanned, strict=True):
        shape = flat.find(name).tensor.shape
        if not -len(shape) <= axis < len(shape):
            raise InputError(f"it scans axis {axis} of {list(shape)}")
        lengths.add(shape[axis])
    if len(lengths) != 1:
        raise InputError(f"it scans different lengths: {', '.join(map(str, sorted(lengths)))}")
    (trips,) = lengths
    flat.tally.expect(trips * (1 + _size(body)))
    shared = Scope(scope)
    _constants(flat, body, shared, where)
    stacked: list[list[str]] = [[] for _ in range(results)]
    for trip in range(trips):
        flat.tally.spend(1)
        inner = Scope(shared)
        for value, name in zip(body.input, states, strict=False):
            inner.bind(value.name, name)
        for value, name, axis, back in zip(body.input[len(states) :], scanned, axes, backward, strict=True):
            entry = flat.names.like(f"{value.name}.{trip}")
            place = _constant(flat, node, trips - 1 - trip if back else trip)
            _visit_new(flat, "Gather", [name, place], entry, where, axis=axis)
            inner.bind(value.name, entry)
        _bind_outputs(flat, body, inner, {})
        _run(flat, body, inner, where)
        made = [inner.of(value.name) for value in body.output]
        states = made[: len(states)]
        for entries, name in zip(stacked, made[len(states) :], strict=True):
            entries.append(name)
    flat.tally.loops.append((node.name or next(filter(None, node.output)), trips))
    for name, last in zip(node.output, states, strict=False):
        if name:
            scope.bind(name, last)
    for name, entries, axis, back in zip(node.output[len(states) :], stacked, out_axes, out_backward, strict=True):
        if name:
            _stack(flat, entries[::-1] if back else entries, scope.of(name), axis, where)


CONTROL: Mapping[str, Callable[[Flat, NodeProto, Scope, str], None]] = MappingProxyType(
    {"If": flatten_if, "Loop": flatten_loop, "Scan": flatten_scan}
)


def stack(flat: Flat, names: Sequence[str], output: str, axis: int, where: str) -> None:
    """Read the operators that make ``output`` of tensors along a new ``axis``."""
    _stack(flat, names, output, axis, where)


def _body(node: NodeProto, name: str) -> GraphProto:
    for attribute in node.attribute:
        if attribute.name == name and attribute.HasField("g"):
            return attribute.g
    raise InputError(f"operator {node.op_type!r} has no {name}")


def _bind_outputs(flat: Flat, body: GraphProto, inner: Scope, targets: Mapping[str, str]) -> None:
    """Flat names for what the body's nodes make: ``targets``, or new ones."""
    left = dict(targets)
    for node in body.node:
        if node.op_type == "Constant" and not targets:
            continue
        for name in node.output:
            if name:
                inner.bind(name, left.pop(name) if name in left else flat.names.like(name))


def _constants(flat: Flat, body: GraphProto, inner: Scope, where: str) -> None:
    """The body's constants, which are the same in every trip."""
    for i, tensor in enumerate(body.initializer):
        name = flat.names.like(tensor.name)
        flat.add(constants.dense(name, tensor, flat.folder, f"{where}.initializer[{i}]"))
        inner.bind(tensor.name, name)
    for i, entry in enumerate(body.sparse_initializer):
        name = flat.names.like(entry.values.name)
        flat.add(constants.sparse(name, entry, f"{where}.sparse_initializer[{i}]"))
        inner.bind(entry.values.name, name)
    for node in body.node:
        if node.op_type == "Constant" and len(node.output) == 1:
            name = inner.of(node.output[0])
            if name == node.output[0] or flat.has(name):
                name = flat.names.like(node.output[0])
            flat.add(constants.of_node(node, name, flat.folder))
            inner.bind(node.output[0], name)


def _run(flat: Flat, body: GraphProto, inner: Scope, where: str) -> None:
    nodes = [node for node in body.node if node.op_type != "Constant"]
    # Also what is in branches that are not taken: it is looked at when the nodes are put in order.
    flat.tally.spend(_size(body) + sum(node.ByteSize() for node in nodes) // _BYTES_PER_OPERATOR)
    for i in reading_order(nodes, lambda name: flat.has(inner.of(name)), where):
        flat.visit(nodes[i], inner, f"{where}.node[{i}]")
    for value in body.output:
        if not flat.has(inner.of(value.name)):
            raise InputError(f"nothing makes its output {value.name!r}")


def _size(body: GraphProto) -> int:
    return len(body.node) + sum(_size(inner) for node in body.node for inner in bodies(node))


def _stack(flat: Flat, names: Sequence[str], output: str, axis: int, where: str) -> None:
    if not names:
        raise InputError(f"its output {output!r} is made of no trips, so its shape is not known")
    axes: dict[str, object] = {"axes": [axis]}
    if axis < 0:
        axis += len(flat.find(names[0]).tensor.shape) + 1
        axes = {"axes": [axis]}
    extra: list[str] = []
    if flat.version() >= 13:
        extra = [flat.names.like(f"{output}.axes")]
        flat.add(constants.of_array(extra[0], np.array([axis], dtype=np.int64)))
        axes = {}
    rows = []
    for name in names:
        rows.append(flat.names.like(f"{name}.row"))
        _visit_new(flat, "Unsqueeze", [name, *extra], rows[-1], where, **axes)
    _visit_new(flat, "Concat", rows, output, where, axis=axis)


def _visit_new(flat: Flat, op_type: str, inputs: Sequence[str], output: str, where: str, **attributes: object) -> None:
    from onnx import helper

    flat.visit(helper.make_node(op_type, inputs, [output], name=output, **attributes), Scope(), where)


def _constant(flat: Flat, node: NodeProto, value: int) -> str:
    """The name of a new scalar constant: a truth value or an int64."""
    kind: type[np.generic] = np.bool_ if isinstance(value, bool) else np.int64
    name = flat.names.like(f"{node.name or node.op_type}.{value}")
    flat.add(constants.of_array(name, np.asarray(value, dtype=kind)))
    return name


def _scalar(flat: Flat, name: str, what: str) -> int:
    value = flat.decides(name, what)
    if value.size != 1:
        raise InputError(f"its {what} has {value.size} elements; one is needed")
    return int(value.ravel()[0])


def _per(settings: Mapping[str, list[int]], name: str, count: int) -> list[int]:
    given = settings.get(name, [0] * count)
    if len(given) != count:
        raise InputError(f"it has {len(given)} entries in {name}; {count} are needed")
    return given
