"""Arithmetic of operators of onnxruntime's own (domain com.microsoft), where it follows from their shapes.

Operator definitions: onnxruntime, docs/ContribOperators.md. Those that are not here have arithmetic that is not known:
they are opaque.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from math import prod
from types import MappingProxyType

from wnpopt.core.errors import InputError
from wnpopt.domain.network.flop import PER_OUTPUT, Call, Cost, cost

_PER_OUTPUT: Mapping[str, int] = MappingProxyType(
    {
        "Gelu": 5, "FastGelu": 8, "QuickGelu": 5, "BiasGelu": 6, "BiasSoftmax": 6,
        "LayerNormalization": 8, "SkipLayerNormalization": 9, "EmbedLayerNormalization": 10,
        "SimplifiedLayerNormalization": 4, "SkipSimplifiedLayerNormalization": 5,
        "QuantizeLinear": 3, "DequantizeLinear": 2, "DynamicQuantizeLinear": 5,
        "QLinearAdd": 8, "QLinearMul": 8,  # two dequantised, one operation, one quantised
        "QLinearSigmoid": 9, "QLinearLeakyRelu": 7, "QLinearSoftmax": 10, "QLinearConcat": 0, "QLinearWhere": 0,
    }
)  # fmt: skip
"""FLOP for each element of the first output, counted as those of the standard operators that they stand for."""


def contrib_cost(call: Call) -> Cost | None:
    """The arithmetic of an operator of com.microsoft, None where it is not known."""
    if call.op_type in _PER_OUTPUT:
        return Cost(_PER_OUTPUT[call.op_type] * call.result)
    rule = _RULES.get(call.op_type)
    try:
        return None if rule is None else rule(call)
    except (IndexError, InputError, ValueError, ZeroDivisionError):  # a form of the operator that is not foreseen here
        return None


def _product(call: Call) -> Cost:
    left = call.input(0)
    transposed = call.integer("transA", 0) or call.integer("transBatchA", 0)
    if call.integer("transBatchA", 0):
        raise ValueError("batches move")
    macs = call.result * left[-2 if transposed else -1]
    return Cost(2 * macs, macs)


def _fused_gemm(call: Call) -> Cost:
    return cost(replace(call, op_type="Gemm"))


def _quantised_pool(call: Call) -> Cost:
    return Cost(prod(call.input(0)))


def _lstm(call: Call) -> Cost:
    # As LSTM, with weights that lie transposed: (directions, inputs, 4 hidden) and (directions, hidden, 4 hidden).
    first, weights, recurrent = call.input(0), call.input(1), call.input(2)
    hidden = recurrent[1]
    units = first[0] * first[1] * weights[0] * hidden
    macs = units * 4 * (weights[1] + hidden)
    return Cost(2 * macs + 26 * units, macs)


def _packed_attention(call: Call) -> Cost:
    # One product makes queries, keys and values, whose widths add up to the weight's; then the attention itself.
    batch, rows, width = call.input(0)
    total = call.input(1)[1]
    values = call.outputs[0][-1]
    past = call.optional(8 if call.op_type == "QAttention" else 4)
    columns = rows + (past[3] if past is not None else 0)
    projection = batch * rows * width * total
    attention = _scores(batch, call.integer("num_heads", 1), rows, columns, (total - values) // 2 + values)
    return Cost(2 * projection + batch * rows * total + attention.flop, projection + attention.macs)


def _attention(call: Call) -> Cost:
    query, key, value = call.input(0), call.input(1), call.input(2)
    batch, rows, width = query
    return _scores(batch, call.integer("num_heads", 1), rows, key[1], width + value[2])


def _scores(batch: int, heads: int, rows: int, columns: int, widths: int) -> Cost:
    """Scaled products of queries and keys, softmax, product with values; ``widths`` of a query and a value together."""
    macs = batch * rows * columns * widths
    return Cost(2 * macs + (PER_OUTPUT["Softmax"] + 1) * batch * heads * rows * columns, macs)


_RULES: Mapping[str, Callable[[Call], Cost]] = MappingProxyType(
    dict.fromkeys(
        ("FusedMatMul", "QGemm", "MatMulIntegerToFloat", "DynamicQuantizeMatMul", "MatMulNBits", "MatMulInteger16"),
        _product,
    )
    | dict.fromkeys(("Attention", "QAttention"), _packed_attention)
    | dict.fromkeys(("QLinearGlobalAveragePool", "QLinearReduceMean"), _quantised_pool)
    | {
        "FusedGemm": _fused_gemm,
        "GemmFastGelu": _product,
        "DynamicQuantizeLSTM": _lstm,
        "MultiHeadAttention": _attention,
    }
)
