"""How rows of an operator are computed from rows of its arguments, by operator type.

Each rule emits the operator's node with arguments, constants and attributes cut to the rows, and returns the names of
what it makes. It raises :class:`~.partial_operator.NotByRowsError` where it does not apply; such an operator, and one
without a rule, is run on an input whose other rows are blank (:mod:`.lowering`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from math import prod
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import numpy as np

from wnpopt.problems.intradp.execution.nodes import behind
from wnpopt.problems.intradp.execution.partial_operator import NotByRowsError, PartialOperator
from wnpopt.problems.intradp.execution.windows import windowed

if TYPE_CHECKING:
    from onnx import NodeProto

Rule = Callable[[PartialOperator], Sequence[str]]


def _made(node: NodeProto) -> list[str]:
    return list(node.output)


def _attribute(part: PartialOperator, name: str, default: int) -> int:
    value = part.operator.attribute(name)
    if value is None:
        return default
    if not isinstance(value, int):
        raise NotByRowsError
    return value


def _aligned(part: PartialOperator, argument: str, rank: int) -> str | None:
    """The rows of an argument that is spread over an output of ``rank`` dimensions; None if all of it is read."""
    shape = part.shape(argument)
    from_end = rank - part.where.axis
    if len(shape) < from_end or shape[-from_end] == 1 != part.out[part.where.axis]:
        return None
    return part.axis_rows(argument, len(shape) - from_end)


def _spread_over(part: PartialOperator, places: Sequence[int] | None = None) -> list[str]:
    """Arguments (those at ``places``, or all) that are spread over each other; others are scalars or the like."""
    rank, replaced = len(part.out), {}
    for place, name in enumerate(part.arguments):
        if not name:
            continue
        if places is not None and place not in places:
            _small(part, name)
            continue
        rows = _aligned(part, name, rank)
        if rows is not None:
            replaced[place] = rows
    return _made(part.emit(replaced))


def _small(part: PartialOperator, argument: str) -> None:
    if prod(part.shape(argument)) != 1:
        raise NotByRowsError


def _broadcast(part: PartialOperator) -> Sequence[str]:
    return _spread_over(part)


def _quantised_pair(part: PartialOperator) -> Sequence[str]:
    return _spread_over(part, (0, 3))


def _first(part: PartialOperator) -> Sequence[str]:
    """All rows alike; other arguments (axes, bounds, statistics of other dimensions) are read whole."""
    return _made(part.emit({0: part.axis_rows(part.arguments[0], part.where.axis)}))


def _unless(axis: int) -> Rule:
    """As :func:`_first`, where dimension ``axis`` has numbers of its own in other arguments."""

    def rule(part: PartialOperator) -> Sequence[str]:
        if part.where.axis == axis:
            raise NotByRowsError
        return _first(part)

    return rule


def _batches(part: PartialOperator) -> Sequence[str]:
    if part.where.axis != 0:
        raise NotByRowsError
    return _first(part)


def _converted(part: PartialOperator) -> Sequence[str]:
    """Scales of one number, or along another dimension."""
    along = _attribute(part, "axis", 1) % max(1, len(part.out))
    if _attribute(part, "block_size", 0):
        raise NotByRowsError
    if along == part.where.axis:
        for name in part.arguments[1:]:
            if name:
                _small(part, name)
    return _first(part)


def _moved(part: PartialOperator) -> Sequence[str]:
    """The one argument with rows has them along any dimension; nothing else knows of them."""
    name = part.only()
    return _made(part.emit({part.arguments.index(name): part.same(name)}))


def _inside(part: PartialOperator) -> Sequence[str]:
    """A crop or padding of other dimensions."""
    name = part.arguments[0]
    if part.shape(name)[part.where.axis] != part.out[part.where.axis]:
        raise NotByRowsError
    return _moved(part)


def _product(
    part: PartialOperator, first: int, second: int, turned: tuple[bool, bool] = (False, False)
) -> Sequence[str]:
    """Of the factors at two places; numbers for each column may stand at others."""
    left, right = part.arguments[first], part.arguments[second]
    ranks, rank = (len(part.shape(left)), len(part.shape(right))), len(part.out)
    if min(ranks) < 2:
        raise NotByRowsError
    from_end = rank - part.where.axis
    replaced: dict[int, str] = {}
    if from_end == 1:
        replaced[second] = part.axis_rows(right, ranks[1] - (2 if turned[1] else 1))
    elif from_end == 2:
        replaced[first] = part.axis_rows(left, ranks[0] - (1 if turned[0] else 2))
    else:
        for place, name in ((first, left), (second, right)):
            shape = part.shape(name)
            if len(shape) >= from_end and shape[-from_end] == part.out[part.where.axis]:
                replaced[place] = part.axis_rows(name, len(shape) - from_end)
    for place, name in enumerate(part.arguments):
        if name and place not in (first, second):
            columns = from_end > 1 and place > second and part.shape(name) == part.out[-1:] != part.out[-2:-1]
            if not columns:
                _small(part, name)
    return _made(part.emit(replaced))


def _matmul(part: PartialOperator) -> Sequence[str]:
    return _product(part, 0, 1)


def _quantised_matmul(part: PartialOperator) -> Sequence[str]:
    return _product(part, 0, 3)


def _turned_matmul(part: PartialOperator) -> Sequence[str]:
    return _product(part, 0, 1, (bool(_attribute(part, "transA", 0)), bool(_attribute(part, "transB", 0))))


def _gemm(part: PartialOperator) -> Sequence[str]:
    turned = bool(_attribute(part, "transA", 0)), bool(_attribute(part, "transB", 0))
    if len(part.out) != 2:
        raise NotByRowsError
    along = part.where.axis
    replaced = {along: part.axis_rows(part.arguments[along], along if not turned[along] else 1 - along)}
    if len(part.arguments) > 2 and part.arguments[2]:
        added = _aligned(part, part.arguments[2], 2)
        if added is not None:
            replaced[2] = added
    return _made(part.emit(replaced))


def _einsum(part: PartialOperator) -> Sequence[str]:
    equation = part.operator.attribute("equation")
    if not isinstance(equation, str) or "." in equation or "->" not in equation:
        raise NotByRowsError
    terms, output = equation.replace(" ", "").split("->")
    letter = output[part.where.axis]
    replaced = {}
    for place, term in enumerate(terms.split(",")):
        if term.count(letter) == 1:
            replaced[place] = part.axis_rows(part.arguments[place], term.index(letter))
        elif letter in term:
            raise NotByRowsError
    return _made(part.emit(replaced))


def _reshape(part: PartialOperator) -> Sequence[str]:
    """The same entries in order, in blocks of a batch."""
    name = part.arguments[0]
    tensor = part.tensor(name)
    rows = None if tensor is None else part.network.locality.rows[tensor]
    if tensor is None or rows is None or part.held[tensor].name is None:
        raise NotByRowsError
    have, shape, where = part.held[tensor].rows, part.shape(name), part.where
    blocks = prod(part.out[: where.axis]) * where.outer
    if blocks != prod(shape[: rows.axis]) * rows.outer:
        raise NotByRowsError
    before, after = behind(shape, rows), behind(part.out, where)
    held = (have[0] * before, have[1] * before)
    wanted = (part.rows[0] * after, part.rows[1] * after)
    local = part.local[name]
    if held != wanted:
        if not held[0] <= wanted[0] < wanted[1] <= held[1]:
            raise NotByRowsError
        flat = part.nodes.reshape(local, (blocks, held[1] - held[0]))
        local = part.nodes.slice(flat, 1, (wanted[0] - held[0], wanted[1] - held[0]))
    return [part.nodes.reshape(local, part.network.shape(part.operator.outputs[0], part.rows))]


def _concat(part: PartialOperator) -> Sequence[str]:
    along = _attribute(part, "axis", 0) % len(part.out)
    where = part.where
    if along != where.axis:
        return _made(part.emit({place: part.axis_rows(n, where.axis) for place, n in enumerate(part.arguments)}))
    if where.outer != 1:
        raise NotByRowsError
    first, last = part.rows[0] * where.inner, part.rows[1] * where.inner
    pieces, before = [], 0
    for name in part.arguments:
        length = part.shape(name)[along]
        span = (max(0, first - before), min(length, last - before))
        if span[0] < span[1]:
            pieces.append(part.indices(name, along, span))
        before += length
    return [pieces[0] if len(pieces) == 1 else part.nodes.concat(pieces, along)]


def _quantised_concat(part: PartialOperator) -> Sequence[str]:
    if _attribute(part, "axis", 0) % len(part.out) == part.where.axis:
        raise NotByRowsError
    names = enumerate(part.arguments)
    return _made(part.emit({place: part.axis_rows(n, part.where.axis) for place, n in names if place % 3 == 2}))


def _expand(part: PartialOperator) -> Sequence[str]:
    rows = _aligned(part, part.arguments[0], len(part.out))
    if rows is None:
        raise NotByRowsError
    shape = part.network.shape(part.operator.outputs[0], part.rows)
    return _made(part.emit({0: rows, 1: part.nodes.constant(np.array(shape, np.int64))}))


def _tile(part: PartialOperator) -> Sequence[str]:
    if part.shape(part.arguments[0])[part.where.axis : part.where.axis + 1] != (part.out[part.where.axis],):
        raise NotByRowsError
    return _first(part)


def _to_space(part: PartialOperator) -> Sequence[str]:
    size, where = _attribute(part, "blocksize", 0), part.where
    if where.axis < 2:
        return _first(part)
    if where.outer != 1:
        raise NotByRowsError
    first, last = part.rows[0] * where.inner, part.rows[1] * where.inner
    read = (first // size, -(-last // size))
    node = part.emit({0: part.indices(part.arguments[0], where.axis, read)})
    kept = (first - read[0] * size, last - read[0] * size)
    made = node.output[0]
    return [made if kept == (0, (read[1] - read[0]) * size) else part.nodes.slice(made, where.axis, kept)]


def _to_depth(part: PartialOperator) -> Sequence[str]:
    size, where = _attribute(part, "blocksize", 0), part.where
    if where.axis < 2:
        return _first(part)
    if where.outer != 1:
        raise NotByRowsError
    first, last = part.rows[0] * where.inner, part.rows[1] * where.inner
    return _made(part.emit({0: part.indices(part.arguments[0], where.axis, (first * size, last * size))}))


def _rules() -> Mapping[str, Rule]:
    rules: dict[str, Rule] = {}

    def rule(names: str, derive: Rule, domain: str = "") -> None:
        rules.update({domain + name: derive for name in names.split()})

    rule(
        "Relu Sigmoid HardSwish Tanh Erf Exp Log Sqrt Reciprocal Neg Abs Softplus Softsign Mish Identity Not Floor "
        "Ceil Round Sign Sin Cos Tan Asin Acos Atan Sinh Cosh Asinh Acosh Atanh IsNaN BitwiseNot CastLike LeakyRelu "
        "Elu Celu Swish ThresholdedRelu Shrink IsInf Selu HardSigmoid Gelu Cast Dropout Softmax LogSoftmax Hardmax "
        "LpNormalization",
        _first,
    )
    rule("BatchNormalization LRN", _unless(1))
    rule("InstanceNormalization GroupNormalization", _batches)
    rule("LayerNormalization RMSNormalization", _first)
    rule("QuantizeLinear DequantizeLinear", _converted)
    rule(
        "PRelu Add Sub Mul Div Pow Min Max Sum Mean Where And Or Xor Equal Less Greater LessOrEqual GreaterOrEqual "
        "BitwiseAnd BitwiseOr BitwiseXor Mod BitShift Clip",
        _broadcast,
    )
    rule(
        "ReduceSum ReduceMean ReduceMax ReduceMin ReduceProd ReduceL1 ReduceL2 ReduceSumSquare ReduceLogSum "
        "ReduceLogSumExp ArgMax ArgMin GlobalAveragePool GlobalMaxPool GlobalLpPool TopK CumSum Split Transpose Gather",
        _moved,
    )
    rule("Slice Pad", _inside)
    rule("Conv ConvInteger QLinearConv ConvTranspose MaxPool AveragePool LpPool", windowed)
    rule("MatMul MatMulInteger", _matmul)
    rule("QLinearMatMul", _quantised_matmul)
    rule("Gemm", _gemm)
    rule("Einsum", _einsum)
    rule("Reshape Flatten Squeeze Unsqueeze", _reshape)
    rule("Concat", _concat)
    rule("Expand", _expand)
    rule("Tile", _tile)
    rule("DepthToSpace", _to_space)
    rule("SpaceToDepth", _to_depth)
    runtime = "com.microsoft:"
    rule("QLinearAdd QLinearMul", _quantised_pair, runtime)
    rule("QLinearSigmoid QLinearLeakyRelu QuickGelu", _first, runtime)
    rule("Gelu BiasGelu FastGelu SkipLayerNormalization SkipSimplifiedLayerNormalization", _broadcast, runtime)
    rule("QLinearConcat", _quantised_concat, runtime)
    rule("FusedMatMul", _turned_matmul, runtime)
    return rules


BY_ROWS: Mapping[str, Rule] = MappingProxyType(dict[str, Any](_rules()))
"""By operator type, those of other domains as ``domain:Type``."""
