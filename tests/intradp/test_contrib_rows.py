"""onnxruntime's own operators against execution: those with a rule are local, and rows change where it says."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.intradp.onnx_blocks import Blocks
from tests.intradp.onnx_rig import Read, wrong_rows
from wnpopt.problems.intradp.imports.contrib_rules import CONTRIB_RULES

pytest.importorskip("onnx", reason="the extra onnx is not installed")
pytest.importorskip("onnxruntime", reason="the extra run is not installed")

IMAGE, SEQUENCE, MATRIX = (1, 4, 9, 5), (1, 9, 6), (9, 6)


def scale(b: Blocks, value: float = 1.0) -> tuple[str, str]:
    return b.constant(np.float32(value)), b.constant(np.uint8(128))


def eight(b: Blocks, *shape: int) -> str:
    return b.constant(b.rng.integers(0, 250, shape).astype(np.uint8))


def product(b: Blocks, **turned: int) -> str:
    left = b.op("Transpose", "x", perm=[0, 2, 1]) if turned.get("transA") else "x"
    factor = b.weight(7, 6) if turned.get("transB") else b.weight(6, 7)
    return own(b, "FusedMatMul", left, factor, alpha=0.5, **turned)


def own(b: Blocks, kind: str, *reads: str, **attributes: Any) -> str:
    return b.op(kind, *reads, domain="com.microsoft", **attributes)


def sums(b: Blocks, kind: str) -> str:
    return own(b, kind, "x", *scale(b), "x", *scale(b), *scale(b, 2.0))


CASES: dict[str, tuple[Callable[[Blocks], str], tuple[int, ...], int, int]] = {
    # what is built of x, its shape, the type of its elements, global operators
    "QLinearAdd": (lambda b: sums(b, "QLinearAdd"), IMAGE, 2, 0),
    "QLinearAdd, a constant": (
        lambda b: own(b, "QLinearAdd", "x", *scale(b), eight(b, 1, 4, 1, 1), *scale(b), *scale(b, 2.0)), IMAGE, 2, 0),
    "QLinearMul": (lambda b: sums(b, "QLinearMul"), IMAGE, 2, 0),
    "QLinearSigmoid": (lambda b: own(b, "QLinearSigmoid", "x", *scale(b), *scale(b, 0.004)), IMAGE, 2, 0),
    "QLinearLeakyRelu": (lambda b: own(b, "QLinearLeakyRelu", "x", *scale(b), *scale(b), alpha=0.5), IMAGE, 2, 0),
    "QLinearConcat": (
        lambda b: own(b, "QLinearConcat", *scale(b), "x", *scale(b), eight(b, *IMAGE), *scale(b), axis=1), IMAGE, 2, 0),
    "QLinearConcat, along the rows": (
        lambda b: own(b, "QLinearConcat", *scale(b), "x", *scale(b), eight(b, *IMAGE), *scale(b), axis=2), IMAGE, 2, 0),
    "QLinearSoftmax": (
        lambda b: own(b, "QLinearSoftmax", "x", *scale(b, 0.1), *scale(b, 0.004), axis=-1, opset=13), IMAGE, 2, 0),
    "QLinearGlobalAveragePool": (
        lambda b: own(b, "QLinearGlobalAveragePool", "x", *scale(b), *scale(b, 0.2), channels_last=0), IMAGE, 2, 0),
    "Gelu": (lambda b: own(b, "Gelu", "x"), SEQUENCE, 1, 0),
    "BiasGelu": (lambda b: own(b, "BiasGelu", "x", b.weight(6)), SEQUENCE, 1, 0),
    "FastGelu": (lambda b: own(b, "FastGelu", "x", b.weight(6)), SEQUENCE, 1, 0),
    "QuickGelu": (lambda b: own(b, "QuickGelu", "x", alpha=1.7), SEQUENCE, 1, 0),
    "SkipLayerNormalization": (
        lambda b: own(b, "SkipLayerNormalization", "x", b.weight(1, 9, 6), b.weight(6), b.weight(6), epsilon=1e-3),
        SEQUENCE, 1, 0),
    "SkipLayerNormalization, of two": (
        lambda b: own(b, "SkipLayerNormalization", "x", b.op("Neg", b.op("Relu", "x")), b.weight(6)), SEQUENCE, 1, 0),
    "SkipSimplifiedLayerNormalization": (
        lambda b: own(b, "SkipSimplifiedLayerNormalization", "x", b.weight(1, 9, 6), b.weight(6)), SEQUENCE, 1, 0),
    "FusedMatMul": (product, SEQUENCE, 1, 0),
    "FusedMatMul, transA": (lambda b: product(b, transA=1), SEQUENCE, 1, 0),
    "FusedMatMul, transB": (lambda b: product(b, transB=1), SEQUENCE, 1, 0),
    "MatMulIntegerToFloat": (
        lambda b: own(b, "MatMulIntegerToFloat", "x", eight(b, 6, 7), *(b.constant(np.float32(0.1)) for _ in "ab")),
        MATRIX, 2, 0),
    "QGemm": (
        lambda b: own(b, "QGemm", "x", *scale(b), eight(b, 7, 6), *scale(b), "", *scale(b, 60.0), transB=1),
        MATRIX, 2, 0),
    "Attention": (
        lambda b: own(b, "Attention", "x", b.weight(6, 18), b.weight(18), num_heads=2), SEQUENCE, 1, 1),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_rows_of_onnxruntimes_own_operators(name: str, tmp_path: Path) -> None:
    build, shape, kind, whole = CASES[name]
    b = Blocks(1)
    model = b.model({"x": (shape, kind)}, build(b))
    for chosen in (True, False):
        read = Read.of(model, tmp_path, chosen=chosen)
        wrong, _ = wrong_rows(read, 0)
        assert wrong == []
        if chosen:
            assert read.locality.counts()[1] == whole


def test_every_rule_is_tried() -> None:
    tried = {f"com.microsoft:{name.partition(',')[0]}" for name in CASES}
    assert sorted(set(CONTRIB_RULES) - tried) == []
