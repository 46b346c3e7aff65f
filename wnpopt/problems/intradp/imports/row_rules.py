"""For every operator that may be local: which rows of its inputs a row of its output reads.

A rule names all attributes that it accounts for, including those that change nothing about rows. An operator with any
other attribute, or whose arguments are not of the form that its rule expects, is global: a window follows from
everything that an operator says, or it is "all". Of attributes that are absent nothing is assumed but what holds in
every opset (the reader spells out the others).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from math import prod
from types import MappingProxyType
from typing import Literal

from wnpopt.domain.network.graph import Operator
from wnpopt.problems.intradp.imports import resize_rows
from wnpopt.problems.intradp.imports.row_window import Reads, RowWindow

OperatorClass = Literal["element-wise", "block-wise", "row-wise", "global"]

Shape = tuple[int, ...]

ROW = RowWindow()
"""A row of the output reads its own row."""


@dataclass(frozen=True, slots=True)
class Local:
    """What a rule says of a local operator: the local dimension of its outputs, its class, windows by input tensor."""

    axis: int
    kind: OperatorClass
    reads: Mapping[str, Reads]


@dataclass(frozen=True, slots=True)
class OperatorSite:
    """An operator and what is known where it stands. ``axis``: local dimensions of the tensors made so far."""

    op: Operator
    shape: Mapping[str, Shape]
    axis: Mapping[str, int | None]

    @property
    def out(self) -> Shape:
        return self.shape[self.op.outputs[0]]

    def local(self, argument: int) -> tuple[str, int] | None:
        """(tensor, its local dimension) if this argument is an activation that has one."""
        arguments = self.op.ordered
        name = arguments[argument] if argument < len(arguments) else ""
        where = self.axis[name] if name in self.op.inputs else None
        return None if where is None else (name, where)

    def alone(self) -> tuple[str, int] | None:
        """The first argument with its local dimension, if it is the operator's only activation."""
        return self.local(0) if len(self.op.inputs) == 1 else None

    def alike(self) -> tuple[str, int] | None:
        """As :meth:`alone`, if the output has as many dimensions."""
        found = self.alone()
        return found if found is not None and len(self.shape[found[0]]) == len(self.out) else None

    def numbers(self, name: str) -> tuple[int, ...] | None:
        """An attribute that is a list of whole numbers, None if it is not."""
        value = self.op.attribute(name)
        if not isinstance(value, tuple) or not all(isinstance(entry, int) for entry in value):
            return None
        return tuple(int(entry) for entry in value)

    def number(self, name: str, default: int) -> int | None:
        value = self.op.attribute(name)
        return default if value is None else value if isinstance(value, int) else None


@dataclass(frozen=True, slots=True)
class Rule:
    """``accounted``: attributes (and constant arguments that became attributes) that ``derive`` takes into account."""

    derive: Callable[[OperatorSite], Local | None]
    accounted: frozenset[str]

    def local(self, site: OperatorSite) -> Local | None:
        """None for a global operator."""
        if any(name not in self.accounted for name, _ in site.op.attributes):
            return None
        found = self.derive(site)
        if found is None or any(name not in found.reads for name in site.op.inputs):
            return None
        rows = {site.shape[name][found.axis] for name in site.op.outputs if found.axis < len(site.shape[name])}
        outside = any(found.axis >= len(site.shape[name]) for name in site.op.outputs)
        return None if len(rows) != 1 or outside else found


def _elementwise(site: OperatorSite) -> Local | None:
    """Broadcasting aligns shapes at the end, and so local dimensions."""
    out, axis = site.out, site.axis
    behind = {where - len(site.shape[name]) for name in site.op.inputs if (where := axis[name]) is not None}
    if len(behind) != 1:
        return None
    (back,) = behind
    if any(len(site.shape[name]) > len(out) for name in site.op.inputs) or -back > len(out):
        return None
    reads: dict[str, Reads] = {}
    for name in site.op.inputs:
        same = axis[name] is not None and site.shape[name][back] == out[back]
        reads[name] = ROW if same else "all"
    if all(window == "all" for window in reads.values()):
        return None
    return Local(len(out) + back, "element-wise", reads)


def _unary(site: OperatorSite) -> Local | None:
    """One row from the same row of the first argument; all others are constant."""
    found = site.alone()
    if found is None or site.shape[found[0]] != site.out:
        return None
    return Local(found[1], "element-wise", {found[0]: ROW})


def _dropout(site: OperatorSite) -> Local | None:
    return _unary(site) if site.op.attribute("training_mode") in (None, 0, (False,), (0,)) else None


def _batch_norm(site: OperatorSite) -> Local | None:
    """Training takes the statistics over all rows."""
    training = site.number("training_mode", 0) != 0 or site.number("is_test", 1) != 1
    return None if training else _unary(site)


def _local_response(site: OperatorSite) -> Local | None:
    """Mixes channels, which are the second dimension."""
    found = _unary(site)
    return None if found is None or found.axis == 1 else found


def _layer_norm(site: OperatorSite) -> Local | None:
    found = site.alone()
    along = site.number("axis", -1)
    if found is None or along is None:
        return None
    name, where = found
    # Means and deviations, where they are outputs, keep the dimensions before the normalised ones.
    return Local(where, "row-wise", {name: ROW}) if along % len(site.shape[name]) > where else None


def _windowed(site: OperatorSite) -> Local | None:
    found, window = site.alike(), site.op.window
    if found is None or window is None or found[1] != 2 or len(site.shape[found[0]]) != 4 or len(window.kernel) != 2:
        return None
    if site.op.op_type in ("Conv", "ConvTranspose"):
        kernel = site.op.ordered[1:2]
        if not all(kernel) or not kernel or site.shape[kernel[0]][2:] != window.kernel:
            return None
    if window.transposed != (site.op.op_type == "ConvTranspose"):
        return None
    span = window.dilations[0] * (window.kernel[0] - 1) + 1
    stride, pad = window.strides[0], window.pads_begin[0]
    if not _rows_follow(site, span, site.shape[found[0]][2]):
        return None
    reads = RowWindow(span, stride, pad)
    if window.transposed:
        reads = RowWindow(span - stride + 1, 1, span - stride - pad, stride)
    return Local(2, "block-wise", {found[0]: reads})


def _rows_follow(site: OperatorSite, span: int, rows: int) -> bool:
    """True if the output has the rows that its window makes."""
    window = site.op.window
    assert window is not None
    padding, stride = window.pads_begin[0] + window.pads_end[0], window.strides[0]
    if window.transposed:
        extra = (0,) if site.op.attribute("output_padding") is None else site.numbers("output_padding")
        return bool(extra) and extra is not None and site.out[2] == stride * (rows - 1) + extra[0] + span - padding
    room = rows + padding - span
    return site.out[2] in (room // stride + 1, -(-room // stride) + 1)


def _matmul(site: OperatorSite) -> Local | None:
    """Rows of the left factor; the right one, constant or not, is read whole."""
    found = site.local(0)
    if found is None:
        return None
    name, where = found
    dims = len(site.shape[name])
    if where != dims - 2 or len(site.out) != dims or site.op.inputs.count(name) > 1:
        return None
    if len(site.op.inputs) == 1 and not (site.op.arguments or _constant_on_the_right(site)):
        return None
    return Local(where, "row-wise", {**dict.fromkeys(site.op.inputs, "all"), name: ROW})


def _gemm(site: OperatorSite) -> Local | None:
    found = site.local(0)
    if found is None or found[1] != 0 or site.number("transA", 0) != 0 or site.op.inputs.count(found[0]) > 1:
        return None
    if not (site.op.arguments or len(site.op.inputs) > 1 or _constant_on_the_right(site)):
        return None
    return Local(0, "row-wise", {**dict.fromkeys(site.op.inputs, "all"), found[0]: ROW})


def _constant_on_the_right(site: OperatorSite) -> bool:
    """True if the constant factor can only be the right one: on the left it mixes the rows of what it multiplies.

    Graph files of former versions do not say which it was. Where the shapes leave both, False.
    """
    rows, inner = site.shape[site.op.inputs[0]][-2:]
    factor = next((site.shape[name] for name in site.op.weights if len(site.shape[name]) > 1), None)
    if factor is None:
        return False
    above, below = factor[-2:]
    out = site.out[-2:]
    if site.number("transB", 0):
        on_the_right = inner == below and out == (rows, above)
        on_the_left = below == inner and out == (above, rows)
    else:
        on_the_right = inner == above and out == (rows, below)
        on_the_left = below == rows and out == (above, inner)
    return on_the_right and not on_the_left


def _concat(site: OperatorSite) -> Local | None:
    along = site.number("axis", 0)
    places = {site.axis[name] for name in site.op.inputs}
    if along is None or site.op.attribute("axis") is None or len(places) != 1:
        return None
    (where,) = places
    if where is None or not all(site.op.ordered):
        return None
    if any(len(site.shape[name]) != len(site.out) for name in site.op.ordered):
        return None
    if along % len(site.out) != where:
        return Local(where, "element-wise", dict.fromkeys(site.op.inputs, ROW))
    told = site.op.arguments or not site.op.weights
    if not told or len(set(site.op.inputs)) < len(site.op.inputs):
        return None
    reads: dict[str, Reads] = {}
    before = 0
    for name in site.op.ordered:
        if name in site.op.inputs:
            reads[name] = RowWindow(padding=before)
        before += site.shape[name][where]
    return Local(where, "element-wise", reads) if before == site.out[where] else None


def _split(site: OperatorSite) -> Local | None:
    found, along = site.alike(), site.number("axis", 0)
    if found is None or along is None or along % len(site.out) == found[1]:
        return None
    return Local(found[1], "element-wise", {found[0]: ROW})


def _transpose(site: OperatorSite) -> Local | None:
    found = site.alike()
    if found is None:
        return None
    dims = len(site.out)
    order = tuple(reversed(range(dims))) if site.op.attribute("perm") is None else site.numbers("perm")
    if order is None or sorted(order) != list(range(dims)):
        return None
    return Local(order.index(found[1]), "element-wise", {found[0]: ROW})


def _reshape(site: OperatorSite) -> Local | None:
    """Rows stay what they are where they and all dimensions behind them are kept."""
    found = site.alone()
    if found is None:
        return None
    name, where = found
    before, out = site.shape[name], site.out
    behind = len(before) - where
    if len(out) < behind or out[len(out) - behind :] != before[where:] or prod(before) != prod(out):
        return None
    return Local(len(out) - behind, "element-wise", {name: ROW})


def _resize(site: OperatorSite) -> Local | None:
    found = site.alike()
    if found is None:
        return None
    name, where = found
    reads = resize_rows.resized_window(site.op, where, site.shape[name], site.out)
    return None if reads == "all" else Local(where, "block-wise", {name: reads})


def _slice(site: OperatorSite) -> Local | None:
    found, starts = site.alike(), site.numbers("starts")
    if found is None or starts is None:
        return None
    name, where = found
    dims = len(site.out)
    axes = tuple(range(len(starts))) if site.op.attribute("axes") is None else site.numbers("axes")
    steps = (1,) * len(starts) if site.op.attribute("steps") is None else site.numbers("steps")
    if axes is None or steps is None or not len(axes) == len(steps) == len(starts):
        return None
    along = [a % dims for a in axes]
    if where not in along:
        return Local(where, "element-wise", {name: ROW})
    at = along.index(where)
    start, rows = starts[at], site.shape[name][where]
    if steps[at] < 1 or along.count(where) > 1:
        return None
    start = max(0, start + rows) if start < 0 else min(start, rows)
    return Local(where, "block-wise", {name: RowWindow(stride=steps[at], padding=-start)})


def _pad(site: OperatorSite) -> Local | None:
    found, pads = site.alike(), site.numbers("pads")
    if found is None or pads is None:
        return None
    name, where = found
    dims = len(site.out)
    axes = tuple(range(dims)) if site.op.attribute("axes") is None else site.numbers("axes")
    if axes is None or len(pads) != 2 * len(axes):
        return None
    along = [a % dims for a in axes]
    if along.count(where) > 1:
        return None
    begin, end = (pads[along.index(where)], pads[along.index(where) + len(axes)]) if where in along else (0, 0)
    if site.shape[name][where] + begin + end != site.out[where]:
        return None
    if (begin, end) != (0, 0) and site.op.attribute("mode") not in (None, "constant"):
        return None
    return Local(where, "block-wise", {name: RowWindow(padding=begin)})


def _rules() -> Iterable[tuple[str, Rule]]:
    def rule(names: str, derive: Callable[[OperatorSite], Local | None], *accounted: str) -> Iterable[tuple[str, Rule]]:
        return [(name, Rule(derive, frozenset(accounted))) for name in names.split()]

    yield from rule(
        "Relu Sigmoid HardSwish Tanh Erf Exp Log Sqrt Reciprocal Neg Abs Softplus Softsign Mish Identity Not Floor "
        "Ceil Round Sign",
        _unary,
    )
    yield from rule("LeakyRelu Elu Celu Swish", _unary, "alpha")
    yield from rule("Selu", _unary, "alpha", "gamma")
    yield from rule("HardSigmoid", _unary, "alpha", "beta")
    yield from rule("Gelu", _unary, "approximate")
    yield from rule("Cast", _unary, "to", "saturate")
    yield from rule("PRelu", _unary)
    yield from rule("QuantizeLinear", _unary, "axis", "block_size", "output_dtype", "precision", "saturate")
    yield from rule("DequantizeLinear", _unary, "axis", "block_size", "output_dtype")
    yield from rule("Dropout", _dropout, "ratio", "seed", "training_mode", "is_test")
    yield from rule("BatchNormalization", _batch_norm, "epsilon", "momentum", "spatial", "training_mode", "is_test")
    yield from rule("LRN", _local_response, "alpha", "beta", "bias", "size")
    yield from rule("Add Sub Mul Div Pow Min Max Sum Mean Where And Or Equal Less Greater", _elementwise)
    yield from rule("Clip", _elementwise, "min", "max")
    yield from rule("LayerNormalization RMSNormalization", _layer_norm, "axis", "epsilon", "stash_type")
    yield from rule("Conv", _windowed)
    yield from rule("ConvTranspose", _windowed, "output_padding")
    yield from rule("MaxPool", _windowed, "ceil_mode", "storage_order")
    yield from rule("AveragePool", _windowed, "ceil_mode", "count_include_pad")
    yield from rule("LpPool", _windowed, "ceil_mode", "p")
    yield from rule("MatMul", _matmul)
    yield from rule("Gemm", _gemm, "alpha", "beta", "broadcast", "transA", "transB")
    yield from rule("Concat", _concat, "axis")
    yield from rule("Split", _split, "axis", "num_outputs", "split")
    yield from rule("Transpose", _transpose, "perm")
    yield from rule("Reshape", _reshape, "shape", "allowzero")
    yield from rule("Flatten", _reshape, "axis")
    yield from rule("Squeeze Unsqueeze", _reshape, "axes")
    yield "Resize", Rule(_resize, resize_rows.ACCOUNTED)
    yield from rule("Upsample", _resize, "mode", "scales")
    yield from rule("Slice", _slice, "starts", "ends", "axes", "steps")
    yield from rule("Pad", _pad, "pads", "axes", "mode", "value", "constant_value")


RULES: Mapping[str, Rule] = MappingProxyType(dict(_rules()))
"""By operator type; all others are global."""
