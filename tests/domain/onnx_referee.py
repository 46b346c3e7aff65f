"""onnxruntime as the referee: every tensor of a graph has the shape and type that an execution gives it."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from wnpopt.domain.files.onnx.reader import read_flat
from wnpopt.domain.files.onnx.types import dtype_number
from wnpopt.domain.network.graph import Graph, Tensor


def differences(
    path: str | os.PathLike[str],
    dims: Mapping[str, int] | None = None,
    values: Mapping[str, float] | None = None,
    *,
    whole: bool = True,
) -> list[str]:
    """What differs between the graph in a file and its execution on seeded inputs; nothing if all is right.

    The flat model is run with every tensor as an output: shapes and types are the graph's. With ``whole``, the file
    itself is run too: both make the same outputs, so no branch or trip was taken that the file does not take.
    """
    from onnx import ValueInfoProto, external_data_helper

    graph, flat = read_flat(path, dims=dims, values=values)
    del flat.graph.output[:]
    names = list(dict.fromkeys(name for operator in graph.operators for name in operator.outputs))
    flat.graph.output.extend(ValueInfoProto(name=name) for name in names)
    external_data_helper.load_external_data_for_model(flat, str(Path(path).parent))
    feeds = _feeds(graph)
    made = dict(zip(names, _session(flat.SerializeToString()).run(names, feeds), strict=True))
    wrong = []
    for name, value in made.items():
        tensor = graph.tensor(name)
        dtype = np.asarray(value).dtype.name
        if value.shape != tensor.shape or dtype != tensor.dtype:
            wrong.append(f"{name}: {tensor.dtype} {list(tensor.shape)}, run: {dtype} {list(value.shape)}")
    return wrong + (_outputs_differ(path, graph, feeds, values or {}, made) if whole else [])


def _outputs_differ(
    path: str | os.PathLike[str],
    graph: Graph,
    feeds: Mapping[str, np.ndarray],
    values: Mapping[str, float],
    made: Mapping[str, np.ndarray],
) -> list[str]:
    session = _session(os.fspath(path))
    inputs = {}
    for declared in session.get_inputs():
        if declared.name in feeds:
            inputs[declared.name] = feeds[declared.name]
        elif declared.name in values:
            kind = {"tensor(int64)": np.int64, "tensor(int32)": np.int32, "tensor(bool)": np.bool_}.get(declared.type)
            inputs[declared.name] = np.asarray(values[declared.name], dtype=kind or np.float32)
            if declared.shape:
                inputs[declared.name] = inputs[declared.name].reshape([1] * len(declared.shape))
        else:  # read, and needed by nothing
            shape = [extent if isinstance(extent, int) and extent > 0 else 1 for extent in declared.shape]
            kind = {"tensor(int64)": np.int64, "tensor(int32)": np.int32, "tensor(bool)": np.bool_}.get(declared.type)
            inputs[declared.name] = np.zeros(shape, dtype=kind or np.float32)
    whole = [_unmapped(value) for value in session.run(None, inputs)]
    wrong = []
    for name in graph.outputs:
        value = made.get(name)
        if value is not None and not any(_same(value, other) for other in whole):
            wrong.append(f"{name}: no output of the file's own execution is the same")
    return wrong


def _unmapped(value: Any) -> np.ndarray:
    """A tensor; a list of maps from labels to numbers (of a ZipMap) is one with a row a map."""
    if isinstance(value, list) and value and isinstance(value[0], dict):
        return np.array([list(row.values()) for row in value], dtype=np.float32)
    return np.asarray(value) if isinstance(value, np.ndarray) else np.zeros(0)


def _same(left: np.ndarray, right: np.ndarray) -> bool:
    if left.shape != right.shape or left.dtype != right.dtype:
        return False
    if left.dtype.kind not in "fc":
        return bool(np.array_equal(left, right))
    return bool(np.allclose(left, right, rtol=1e-3, atol=1e-3 * float(np.abs(right).max(initial=1e-6)), equal_nan=True))


def _session(model: bytes | str) -> Any:
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.log_severity_level = 4
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL
    return onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])


def _feeds(graph: Graph) -> dict[str, np.ndarray]:
    rng = np.random.default_rng(7)
    return {name: _random(graph.tensor(name), rng) for name in graph.inputs}


def _random(tensor: Tensor, rng: np.random.Generator) -> np.ndarray:
    from onnx import helper

    kind = helper.tensor_dtype_to_np_dtype(dtype_number(tensor.dtype))
    if np.issubdtype(kind, np.floating):
        return rng.normal(size=tensor.shape).astype(kind)
    return rng.integers(0, 2, tensor.shape).astype(kind)
