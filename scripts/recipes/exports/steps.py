"""Steps on an exported file, all by onnxruntime: quantisation with random calibration data, and fusion."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import onnx
from onnxruntime.quantization import (
    CalibrationDataReader,
    QuantFormat,
    QuantType,
    quantize_dynamic,
    quantize_static,
)
from onnxruntime.quantization.shape_inference import quant_pre_process


class Noise(CalibrationDataReader):  # type: ignore[misc]
    """Four random batches for the file's first input."""

    def __init__(self, path: Path, seed: int) -> None:
        value = onnx.load(path, load_external_data=False).graph.input[0]
        shape = [axis.dim_value or 1 for axis in value.type.tensor_type.shape.dim]
        rng = np.random.default_rng(seed)
        self.batches: Iterator[dict[str, np.ndarray]] = iter(
            [{value.name: rng.random(shape, dtype=np.float32)} for _ in range(4)]
        )

    def get_next(self) -> dict[str, np.ndarray] | None:
        return next(self.batches, None)


def _static(path: Path, seed: int, form: QuantFormat) -> None:
    prepared = path.with_suffix(".prepared.onnx")
    quant_pre_process(path, prepared, skip_symbolic_shape=True)
    quantize_static(
        prepared, path, Noise(prepared, seed), quant_format=form, per_channel=form is QuantFormat.QDQ,
        activation_type=QuantType.QUInt8, weight_type=QuantType.QInt8,
    )  # fmt: skip
    prepared.unlink()


def qdq(path: Path, seed: int) -> None:
    """Int8 as pairs of QuantizeLinear and DequantizeLinear around float operators."""
    _static(path, seed, QuantFormat.QDQ)


def qoperator(path: Path, seed: int) -> None:
    """Int8 as QLinearConv and com.microsoft's operators on quantised tensors."""
    _static(path, seed, QuantFormat.QOperator)


def dynamic(path: Path, seed: int) -> None:  # noqa: ARG001
    """Int8 weights, activations quantised as they come: DynamicQuantizeLinear and MatMulInteger."""
    quantize_dynamic(path, path, weight_type=QuantType.QInt8)


def fused(path: Path, seed: int) -> None:  # noqa: ARG001
    """com.microsoft's fused operators, as onnxruntime's optimiser leaves them."""
    from onnxruntime.transformers.optimizer import optimize_model

    optimize_model(str(path), model_type="bert", num_heads=8, hidden_size=512).save_model_to_file(str(path))


STEPS: dict[str, Callable[[Path, int], None]] = {"qdq": qdq, "qoperator": qoperator, "dynamic": dynamic, "fused": fused}
