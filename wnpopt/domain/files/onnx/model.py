"""Opening ONNX files: what is not a model, or reaches outside its folder, is refused here."""

from __future__ import annotations

from pathlib import Path, PurePosixPath, PureWindowsPath
from typing import TYPE_CHECKING

from wnpopt.core.errors import InputError
from wnpopt.domain.files.onnx.fold import NUMPY_TYPES, Value
from wnpopt.domain.files.reading import opening
from wnpopt.domain.network.graph import Tensor

if TYPE_CHECKING:
    from onnx import ModelProto, TensorProto

STANDARD_DOMAINS = ("", "ai.onnx")
"""Names of the domain of the standard operators."""


def load_model(path: Path) -> ModelProto:
    import onnx

    with opening("an ONNX"):
        raw = path.read_bytes()
    try:
        model = onnx.load_model_from_string(raw)
    except Exception:  # protobuf's DecodeError, of whichever of its implementations
        raise InputError("is not an ONNX model, or is truncated") from None
    if not model.graph.node:
        raise InputError("holds no operators; an ONNX model with a graph is needed", where="graph")
    if not any(opset.domain in STANDARD_DOMAINS for opset in model.opset_import):
        raise InputError(
            "names no version of the standard operators; is truncated, or no ONNX model", where="opset_import"
        )
    _check_texts(model)
    if model.functions:
        model = _inlined(model)
    return model


def _check_texts(model: ModelProto) -> None:
    """Raise :class:`InputError` if a name is not UTF-8: the parser hands such ones over as bytes."""
    graph = model.graph
    texts: list[object] = [graph.name, *(opset.domain for opset in model.opset_import)]
    bodies = [graph.node, *(function.node for function in model.functions)]
    for function in model.functions:
        texts += [function.name, function.domain, *function.input, *function.output]
    for body in bodies:
        for node in body:
            texts += [node.name, node.op_type, node.domain, *node.input, *node.output]
            texts += [attribute.name for attribute in node.attribute]
    texts += [tensor.name for tensor in graph.initializer]
    texts += [sparse.values.name for sparse in graph.sparse_initializer]
    for value in (*graph.input, *graph.output):
        texts.append(value.name)
        texts += [dim.dim_param for dim in value.type.tensor_type.shape.dim]
    for text in texts:
        if not isinstance(text, str):
            raise InputError(f"has a name that is not UTF-8: {text!r}", where="graph")
        if not text.isprintable():
            raise InputError(f"has a name with a character that does not print: {text!r}", where="graph")


def _inlined(model: ModelProto) -> ModelProto:
    """``model`` without functions of its own; raises :class:`InputError` where one contains itself."""
    from onnx.inliner import inline_local_functions

    calls = {
        (function.domain, function.name): sorted({(node.domain, node.op_type) for node in function.node})
        for function in model.functions
    }
    done: set[tuple[str, str]] = set()
    for root in sorted(calls):
        path: list[tuple[str, str]] = []
        stack = [(root, False)]
        while stack:
            key, leaving = stack.pop()
            if leaving:
                path.remove(key)
                done.add(key)
            elif key in path:
                raise InputError(f"the function {key[1]!r} contains itself", where="functions")
            elif key in calls and key not in done:
                path.append(key)
                stack.append((key, True))
                stack.extend((callee, False) for callee in calls[key])
    try:
        return inline_local_functions(model)
    except Exception as error:  # the inliner raises bare C++ errors
        raise InputError(f"its functions cannot be expanded: {error}", where="functions") from None


def external_path(folder: Path, proto: TensorProto, where: str) -> Path:
    """The file that holds a tensor's data; raises :class:`InputError` unless it lies in the model's
    folder."""
    entries = {entry.key: entry.value for entry in proto.external_data}
    location = entries.get("location", "")
    pure = PurePosixPath(location)
    outside = (
        not location
        or not location.isprintable()
        or pure.is_absolute()
        or PureWindowsPath(location).is_absolute()
        or ".." in pure.parts
        or ".." in PureWindowsPath(location).parts
    )
    path = folder / pure
    if not outside:
        outside = not path.resolve().is_relative_to(folder.resolve())
    if outside:
        raise InputError(
            f"the data of tensor {proto.name!r} lie in {location!r}; a file in the model's own folder is needed",
            where=where,
        )
    return path


def external_value(tensor: Tensor, path: Path, proto: TensorProto, where: str) -> Value | None:
    """The data of ``tensor`` in the external file ``path``: only as many bytes as its shape needs are read."""
    import numpy as np

    entries = {entry.key: entry.value for entry in proto.external_data}
    offset = entries.get("offset", "0")
    kind = NUMPY_TYPES.get(tensor.dtype)
    if kind is None:
        return None
    try:
        with path.open("rb") as stream:
            stream.seek(int(offset))
            raw = stream.read(tensor.bytes)
        value = np.frombuffer(raw, dtype=np.dtype(kind).newbyteorder("<")).reshape(tensor.shape)
    except (OSError, ValueError, OverflowError) as error:
        raise InputError(f"the data of tensor {tensor.name!r} cannot be read: {error}", where=where) from None
    return value.astype(kind)
