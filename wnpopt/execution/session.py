"""Sessions of onnxruntime on the CPU, opened alike everywhere, and its faults told in one line."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from wnpopt.core.errors import InputError


def open_session(
    model: bytes | str, *, threads: int = 1, optimise: bool = True, shared: Mapping[str, Any] | None = None
) -> Any:
    """A session for a serialised model, or the file of one; ``shared``: values of its external constants.

    Raises :class:`InputError` for what onnxruntime does not run.
    """
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.log_severity_level = 4
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    levels = onnxruntime.GraphOptimizationLevel
    options.graph_optimization_level = levels.ORT_ENABLE_ALL if optimise else levels.ORT_DISABLE_ALL
    if shared:
        options.add_external_initializers(list(shared), list(shared.values()))
    try:
        return onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])
    except Exception as error:  # onnxruntime raises many kinds
        raise InputError(f"onnxruntime cannot open the model: {first_line(error)}") from None


def first_line(error: BaseException) -> str:
    return (str(error).strip() or type(error).__name__).splitlines()[0][:300]
