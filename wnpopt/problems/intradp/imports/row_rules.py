"""For every operator that may be local: which rows of its inputs a row of its output reads.

A rule names all attributes that it accounts for, including those that change nothing about rows. An operator with any
other attribute, or whose arguments are not of the form that its rule expects, is global: a window follows from
everything that an operator says, or it is "all". Of attributes that are absent nothing is assumed but what holds in
every opset (the reader spells out the others).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from fractions import Fraction
from types import MappingProxyType

from wnpopt.problems.intradp.imports import products, resize_rows
from wnpopt.problems.intradp.imports.links import broadcast, from_axis_on, linked, same_but, without
from wnpopt.problems.intradp.imports.row_window import Reads, RowWindow, fit
from wnpopt.problems.intradp.imports.rows import TensorRows, in_blocks, reshaped
from wnpopt.problems.intradp.imports.site import Local, OperatorSite, Rule


def _unary(site: OperatorSite) -> Local | None:
    """One row from the same row of the first argument; all others are constant."""
    return same_but(site, (), "element-wise")


def _converted(site: OperatorSite) -> Local | None:
    """As :func:`_unary`, where scales and zero points may be computed: they are read whole."""
    return same_but(site, (), "element-wise", others=2)


def _dropout(site: OperatorSite) -> Local | None:
    return _unary(site) if site.op.attribute("training_mode") in (None, 0, (False,), (0,)) else None


def _batch_norm(site: OperatorSite) -> Local | None:
    """Training takes the statistics over all rows."""
    training = site.number("training_mode", 0) != 0 or site.number("is_test", 1) != 1
    return None if training else _unary(site)


def _local_response(site: OperatorSite) -> Local | None:
    """Mixes channels, which are the second dimension."""
    return same_but(site, (1,), "element-wise") if len(site.out) > 1 else None


def _normalised(site: OperatorSite) -> Local | None:
    """Over all dimensions from ``axis`` on; means and deviations, where they are outputs, keep the rest."""
    return from_axis_on(site, others=2)


def _softmax(site: OperatorSite) -> Local | None:
    """Over one dimension; of opsets below 13 over all from it on."""
    along = site.number("axis", -1)
    if along is None or site.op.attribute("coerced") not in (None, 1):
        return None
    if site.op.attribute("axis") is None:
        return None
    return from_axis_on(site) if site.op.attribute("coerced") else same_but(site, (along,), "row-wise")


def _along(site: OperatorSite) -> Local | None:
    """One dimension is read whole."""
    along = site.number("axis", -1)
    return None if along is None or site.op.attribute("axis") is None else same_but(site, (along,), "row-wise")


def _within_channels(site: OperatorSite) -> Local | None:
    """Statistics of each channel of each image over all positions."""
    return same_but(site, range(2, len(site.out)), "row-wise", others=2)


def _within_images(site: OperatorSite) -> Local | None:
    return same_but(site, range(1, len(site.out)), "row-wise", others=2)


def _reduced(site: OperatorSite) -> Local | None:
    kept = site.number("keepdims", 1)
    axes = site.numbers("axes")
    return None if axes is None or not axes or kept not in (0, 1) else without(site, axes, kept == 1)


def _reduced_index(site: OperatorSite) -> Local | None:
    kept, along = site.number("keepdims", 1), site.number("axis", 0)
    return None if along is None or kept not in (0, 1) else without(site, (along,), kept == 1)


def _pooled_whole(site: OperatorSite) -> Local | None:
    first = site.alike()
    return None if first is None else without(site, range(2, len(site.out)), kept=True)


def _largest(site: OperatorSite) -> Local | None:
    along = site.number("axis", -1)
    return None if along is None else without(site, (along,), kept=True)


def _running(site: OperatorSite) -> Local | None:
    """Sums along a dimension; where that is not known, along any."""
    axis = site.numbers("axis")
    return None if axis is None or len(axis) != 1 else same_but(site, axis, "row-wise")


def _picked(site: OperatorSite) -> Local | None:
    """Entries of the first argument along one dimension, which the dimensions of the second replace."""
    along, order = site.number("axis", 0), site.op.ordered
    if along is None or len(order) != 2 or not all(order):
        return None
    data, indices = len(site.shape[order[0]]), len(site.shape[order[1]])
    if not -data <= along < data:
        return None
    along %= data
    kept = [("data", dim) for dim in range(data)]
    placed = [("index", dim) for dim in range(indices)]
    table: list[object] = [None if dim == along else letter for dim, letter in enumerate(kept)]
    return linked(site, [table, placed], [*kept[:along], *placed, *kept[along + 1 :]], "row-wise")


def _picked_each(site: OperatorSite) -> Local | None:
    along, order = site.number("axis", 0), site.op.ordered
    if along is None or len(order) != 2 or not all(order) or len({len(site.shape[name]) for name in order}) != 1:
        return None
    rank = len(site.out)
    if not -rank <= along < rank:
        return None
    table = [None if dim == along % rank else dim for dim in range(rank)]
    return linked(site, [table, range(rank)], range(rank), "row-wise")


def _spread(site: OperatorSite) -> Local | None:
    """The first argument repeated: along dimensions where nothing is, rows stay."""
    first = site.alone()
    if first is None or len(site.shape[first[0]]) > len(site.out):
        return None
    rank, behind = len(site.out), len(site.out) - len(site.shape[first[0]])
    return linked(site, [range(behind, rank)], range(rank), "element-wise")


def _to_space(site: OperatorSite) -> Local | None:
    """Channels to positions: ``blocksize`` rows of each."""
    size, first = site.number("blocksize", 0), site.alike()
    if first is None or not size or size < 1 or len(site.out) != 4:
        return None
    axis = first[1].axis
    if axis == 1 or site.out[axis] != site.shape[first[0]][axis] * (size if axis > 1 else 1):
        return None
    return site.windowed(first[0], RowWindow(upsample=size if axis > 1 else 1))


def _to_depth(site: OperatorSite) -> Local | None:
    size, first = site.number("blocksize", 0), site.alike()
    if first is None or not size or size < 1 or len(site.out) != 4:
        return None
    axis = first[1].axis
    if axis == 1 or site.out[axis] * (size if axis > 1 else 1) != site.shape[first[0]][axis]:
        return None
    return site.windowed(first[0], RowWindow(size, size) if axis > 1 else RowWindow())


_KERNEL = {"Conv": 1, "ConvTranspose": 1, "ConvInteger": 1, "QLinearConv": 3}
"""Which argument is the kernel."""


def _windowed(site: OperatorSite) -> Local | None:
    first, window = site.alike(), site.op.window
    if first is None or window is None or len(site.out) != len(window.kernel) + 2:
        return None
    name, rows = first
    place = _KERNEL.get(site.op.op_type)
    if place is not None:
        kernel = site.op.ordered[place : place + 1]
        if not kernel or not kernel[0] or site.shape[kernel[0]][2:] != window.kernel:
            return None
    if window.transposed != (site.op.op_type == "ConvTranspose"):
        return None
    if rows.axis == 0:
        return site.windowed(name, RowWindow()) if site.shape[name][0] == site.out[0] else None
    dim = rows.axis - 2
    if dim < 0:
        return None
    span = window.dilations[dim] * (window.kernel[dim] - 1) + 1
    stride, pad = window.strides[dim], window.pads_begin[dim]
    if not _rows_follow(site, span, rows.axis, site.shape[name][rows.axis]):
        return None
    reads = RowWindow(span, stride, pad)
    if window.transposed:
        reads = RowWindow(span - stride + 1, 1, span - stride - pad, stride)
    return site.windowed(name, reads)


def _rows_follow(site: OperatorSite, span: int, axis: int, rows: int) -> bool:
    """True if the output has the rows that its window makes."""
    window = site.op.window
    assert window is not None
    dim = axis - 2
    padding, stride = window.pads_begin[dim] + window.pads_end[dim], window.strides[dim]
    if window.transposed:
        none = (0,) * len(window.kernel)
        extra = none if site.op.attribute("output_padding") is None else site.numbers("output_padding")
        if extra is None or len(extra) != len(none):
            return False
        return site.out[axis] == stride * (rows - 1) + extra[dim] + span - padding
    room = rows + padding - span
    return site.out[axis] in (room // stride + 1, -(-room // stride) + 1)


def _concat(site: OperatorSite) -> Local | None:
    """Along other dimensions row by row; along that of the rows each argument's rows follow those before it."""
    along, rank = site.number("axis", 0), len(site.out)
    if along is None or site.op.attribute("axis") is None or not all(site.op.ordered) or not -rank <= along < rank:
        return None
    if any(len(site.shape[name]) != rank for name in site.op.ordered):
        return None
    along %= rank
    letters = [None if dim == along else dim for dim in range(rank)]
    across = linked(site, [letters] * len(site.op.ordered), letters, "element-wise")
    lengths = [site.shape[name][along] for name in site.op.ordered]
    told = site.op.arguments or not site.op.weights
    if across is not None or not told or sum(lengths) != site.out[along]:
        return across
    reads: dict[str, Reads] = dict.fromkeys(site.op.inputs, "all")
    before = 0
    for name, length in zip(site.op.ordered, lengths, strict=True):
        rows = site.rows[name] if name in reads else None
        if rows is not None and rows.axis == along and rows.outer == 1 and site.op.ordered.count(name) == 1:
            reads[name] = in_blocks(RowWindow(padding=before), rows.inner)
        before += length
    some = any(window != "all" for window in reads.values())
    return Local(TensorRows(along), "element-wise", reads) if some else None


def _split(site: OperatorSite) -> Local | None:
    along = site.number("axis", 0)
    first = site.alike()
    if first is None or along is None:
        return None
    rank = len(site.out)
    if not -rank <= along < rank:
        return None
    letters = [None if dim == along % rank else dim for dim in range(rank)]
    return linked(site, [letters], letters, "element-wise")


def _transpose(site: OperatorSite) -> Local | None:
    dims = len(site.out)
    if site.alike() is None:
        return None
    order = tuple(reversed(range(dims))) if site.op.attribute("perm") is None else site.numbers("perm")
    if order is None or sorted(order) != list(range(dims)):
        return None
    return linked(site, [range(dims)], order, "element-wise")


def _reshape(site: OperatorSite) -> Local | None:
    first = site.alone()
    if first is None:
        return None
    name, rows = first
    moved = reshaped(rows, site.shape[name], site.out)
    return None if moved is None else Local(moved[0], "element-wise", {name: moved[1]})


def _resize(site: OperatorSite) -> Local | None:
    first = site.alike()
    if first is None:
        return None
    name, rows = first
    reads = resize_rows.resized_window(site.op, rows.axis, site.shape[name], site.out)
    return None if reads == "all" else site.windowed(name, reads)


def _slice(site: OperatorSite) -> Local | None:
    first, starts = site.alike(), site.numbers("starts")
    if first is None or starts is None:
        return None
    name, rows = first
    where, dims = rows.axis, len(site.out)
    axes = tuple(range(len(starts))) if site.op.attribute("axes") is None else site.numbers("axes")
    steps = (1,) * len(starts) if site.op.attribute("steps") is None else site.numbers("steps")
    if axes is None or steps is None or not len(axes) == len(steps) == len(starts):
        return None
    along = [a % dims for a in axes]
    if where not in along:
        return Local(rows, "element-wise", {name: RowWindow()})
    at = along.index(where)
    start, extent = starts[at], site.shape[name][where]
    if steps[at] < 1 or along.count(where) > 1:
        return None
    start = max(0, start + extent) if start < 0 else min(start, extent)
    return site.windowed(name, RowWindow(stride=steps[at], padding=-start))


def _pad(site: OperatorSite) -> Local | None:
    first, pads = site.alike(), site.numbers("pads")
    if first is None or pads is None:
        return None
    name, rows = first
    where, dims = rows.axis, len(site.out)
    axes = tuple(range(dims)) if site.op.attribute("axes") is None else site.numbers("axes")
    if axes is None or len(pads) != 2 * len(axes):
        return None
    along = [a % dims for a in axes]
    if along.count(where) > 1:
        return None
    begin, end = (pads[along.index(where)], pads[along.index(where) + len(axes)]) if where in along else (0, 0)
    if site.shape[name][where] + begin + end != site.out[where]:
        return None
    mode = site.op.attribute("mode")
    if (begin, end) == (0, 0) or mode in (None, "constant"):
        return site.windowed(name, RowWindow(padding=begin))
    window = _mirrored(str(mode), site.shape[name][where], begin, end)
    return None if window is None else site.windowed(name, window)


def _mirrored(mode: str, extent: int, begin: int, end: int) -> RowWindow | None:
    """The window of rows that repeat the first and last, or those after and before them."""
    if min(begin, end) < 0 or max(begin, end) >= extent or extent + begin + end > resize_rows.MOST_ROWS:
        return None
    inside = range(-begin, extent + end)
    if mode == "reflect":
        source = [min(abs(i), 2 * (extent - 1) - abs(i)) for i in inside]
    elif mode == "edge":
        source = [min(max(i, 0), extent - 1) for i in inside]
    else:
        return None
    window = fit([(i, i + 1) for i in source], extent, [Fraction(1)])
    return None if window == "all" else window


def _rules() -> Iterable[tuple[str, Rule]]:
    def rule(names: str, derive: Callable[[OperatorSite], Local | None], *accounted: str) -> Iterable[tuple[str, Rule]]:
        return [(name, Rule(derive, frozenset(accounted))) for name in names.split()]

    yield from rule(
        "Relu Sigmoid HardSwish Tanh Erf Exp Log Sqrt Reciprocal Neg Abs Softplus Softsign Mish Identity Not Floor "
        "Ceil Round Sign Sin Cos Tan Asin Acos Atan Sinh Cosh Asinh Acosh Atanh IsNaN BitwiseNot CastLike",
        _unary,
    )
    yield from rule("LeakyRelu Elu Celu Swish ThresholdedRelu", _unary, "alpha")
    yield from rule("Shrink", _unary, "bias", "lambd")
    yield from rule("IsInf", _unary, "detect_negative", "detect_positive")
    yield from rule("Selu", _unary, "alpha", "gamma")
    yield from rule("HardSigmoid", _unary, "alpha", "beta")
    yield from rule("Gelu", _unary, "approximate")
    yield from rule("Cast", _unary, "to", "saturate")
    yield from rule("PRelu", broadcast)
    yield from rule("QuantizeLinear", _converted, "axis", "block_size", "output_dtype", "precision", "saturate")
    yield from rule("DequantizeLinear", _converted, "axis", "block_size", "output_dtype")
    yield from rule("Dropout", _dropout, "ratio", "seed", "training_mode", "is_test")
    yield from rule("BatchNormalization", _batch_norm, "epsilon", "momentum", "spatial", "training_mode", "is_test")
    yield from rule("LRN", _local_response, "alpha", "beta", "bias", "size")
    yield from rule(
        "Add Sub Mul Div Pow Min Max Sum Mean Where And Or Xor Equal Less Greater LessOrEqual GreaterOrEqual "
        "BitwiseAnd BitwiseOr BitwiseXor",
        broadcast,
    )
    yield from rule("Mod", broadcast, "fmod")
    yield from rule("BitShift", broadcast, "direction")
    yield from rule("Clip", broadcast, "min", "max")
    yield from rule("LayerNormalization RMSNormalization", _normalised, "axis", "epsilon", "stash_type")
    yield from rule("Softmax LogSoftmax Hardmax", _softmax, "axis", "coerced")
    yield from rule("LpNormalization", _along, "axis", "p")
    yield from rule("InstanceNormalization", _within_channels, "epsilon")
    yield from rule("GroupNormalization", _within_images, "epsilon", "num_groups", "stash_type")
    yield from rule(
        "ReduceSum ReduceMean ReduceMax ReduceMin ReduceProd ReduceL1 ReduceL2 ReduceSumSquare ReduceLogSum "
        "ReduceLogSumExp",
        _reduced, "axes", "keepdims", "noop_with_empty_axes",
    )  # fmt: skip
    yield from rule("ArgMax ArgMin", _reduced_index, "axis", "keepdims", "select_last_index")
    yield from rule("GlobalAveragePool GlobalMaxPool", _pooled_whole)
    yield from rule("GlobalLpPool", _pooled_whole, "p")
    yield from rule("TopK", _largest, "axis", "k", "K", "largest", "sorted")
    yield from rule("CumSum", _running, "axis", "exclusive", "reverse")
    yield from rule("Trilu", _unary, "k", "upper")
    yield from rule("Gather", _picked, "axis")
    yield from rule("GatherElements", _picked_each, "axis")
    yield from rule("Expand", _spread, "shape")
    yield from rule("Tile", _spread, "repeats")
    yield from rule("DepthToSpace", _to_space, "blocksize", "mode")
    yield from rule("SpaceToDepth", _to_depth, "blocksize")
    yield from rule("Conv ConvInteger QLinearConv", _windowed)
    yield from rule("ConvTranspose", _windowed, "output_padding")
    yield from rule("MaxPool", _windowed, "ceil_mode", "storage_order")
    yield from rule("AveragePool", _windowed, "ceil_mode", "count_include_pad")
    yield from rule("LpPool", _windowed, "ceil_mode", "p")
    yield from rule("MatMul MatMulInteger", products.matmul)
    yield from rule("QLinearMatMul", products.quantised_matmul)
    yield from rule("Gemm", products.gemm, "alpha", "beta", "broadcast", "transA", "transB")
    yield from rule("Einsum", products.einsum, "equation")
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
