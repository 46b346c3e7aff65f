"""Opening ONNX files: what is not a model is refused here."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from wnpopt.core.errors import InputError, reason
from wnpopt.domain.files.onnx.order import bodies
from wnpopt.domain.files.reading import opening

if TYPE_CHECKING:
    from onnx import GraphProto, ModelProto, NodeProto, SparseTensorProto, TensorProto

STANDARD_DOMAINS = ("", "ai.onnx")
"""Names of the domain of the standard operators."""

MOST_EXPANDED = 200_000
"""Operators that a file's functions may come to."""


def load_model(path: Path) -> tuple[ModelProto, int]:
    """The model in a file, functions of its own expanded, and how many those were.

    Raises :class:`InputError` for what is no ONNX model, and where a function contains itself.
    """
    import onnx

    with opening("an ONNX"):
        raw = path.read_bytes()
    try:
        model = onnx.load_model_from_string(raw)
    except Exception:  # protobuf's DecodeError, of whichever of its implementations
        raise InputError("is not an ONNX model, or is truncated") from None
    del raw
    if not model.graph.node:
        raise InputError("holds no operators; an ONNX model with a graph is needed", where="graph")
    _check_opsets(model)
    _check_texts(model)
    functions = len(model.functions)
    return (_inlined(model) if functions else model), functions


def _check_opsets(model: ModelProto) -> None:
    """Raise :class:`InputError` unless there is a version of every set of operators that the graph's own nodes use, and
    that of the standard's is known to the installed package.

    A domain of another name than the standard's may lack one: it is 1 then, as onnxruntime has it.
    """
    domains = {opset.domain for opset in model.opset_import}
    standard = any(domain in STANDARD_DOMAINS for domain in domains)
    if not standard and (not domains or any(node.domain in STANDARD_DOMAINS for node in model.graph.node)):
        raise InputError(
            "names no version of the standard operators; is truncated, or no ONNX model", where="opset_import"
        )
    from onnx.defs import onnx_opset_version

    newest = max((opset.version for opset in model.opset_import if opset.domain in STANDARD_DOMAINS), default=0)
    if newest > onnx_opset_version():
        raise InputError(
            f"found version {newest} of the standard operators; the installed onnx has up to {onnx_opset_version()}: "
            "a newer onnx, or an export in an older version, is needed",
            where="opset_import",
        )


def _texts(graph: GraphProto) -> Iterator[object]:
    yield graph.name
    for node in graph.node:
        yield from _texts_of_node(node)
    for tensor in graph.initializer:
        yield from _texts_of_tensor(tensor)
    for sparse in graph.sparse_initializer:
        yield from _texts_of_sparse(sparse)
    for value in (*graph.input, *graph.output, *graph.value_info):
        yield value.name
        yield from (dim.dim_param for dim in value.type.tensor_type.shape.dim)


def _texts_of_node(node: NodeProto) -> Iterator[object]:
    yield from (node.name, node.op_type, node.domain, *node.input, *node.output)
    for attribute in node.attribute:
        yield attribute.name
        if attribute.HasField("t"):
            yield from _texts_of_tensor(attribute.t)
        if attribute.HasField("sparse_tensor"):
            yield from _texts_of_sparse(attribute.sparse_tensor)
    for body in bodies(node):
        yield from _texts(body)


def _texts_of_tensor(tensor: TensorProto) -> Iterator[object]:
    yield tensor.name
    for entry in tensor.external_data:
        yield from (entry.key, entry.value)


def _texts_of_sparse(sparse: SparseTensorProto) -> Iterator[object]:
    yield from _texts_of_tensor(sparse.values)
    yield from _texts_of_tensor(sparse.indices)


def _check_texts(model: ModelProto) -> None:
    """Raise :class:`InputError` if a name is not UTF-8: the parser hands such ones over as bytes."""
    texts = [*_texts(model.graph), *(opset.domain for opset in model.opset_import)]
    for function in model.functions:
        texts += [function.name, function.domain, *function.input, *function.output]
        texts += [text for node in function.node for text in _texts_of_node(node)]
    for text in texts:
        if not isinstance(text, str):
            raise InputError(f"has a name that is not UTF-8: {text!r}", where="graph")
        if not text.isprintable():
            raise InputError(f"has a name with a character that does not print: {text!r}", where="graph")


def _inlined(model: ModelProto) -> ModelProto:
    """``model`` without functions of its own; raises :class:`InputError` where one contains itself."""
    from onnx.inliner import inline_local_functions

    calls = {(function.domain, function.name): sorted(_called(function.node)) for function in model.functions}
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
    _check_expansion(model, calls)
    constants = list(model.graph.initializer)
    del model.graph.initializer[:]
    # The inliner copies the model twice: it needs the constants' names, not their data.
    model.graph.initializer.extend(_stub(tensor) for tensor in constants)
    try:
        flat = inline_local_functions(model)
    except Exception as error:  # the inliner raises bare C++ errors
        raise InputError(f"its functions cannot be expanded: {reason(error)}", where="functions") from None
    del flat.graph.initializer[:]
    flat.graph.initializer.extend(constants)
    return flat


def _called(nodes: Iterable[NodeProto]) -> set[tuple[str, str]]:
    called = set()
    for node in nodes:
        called.add((node.domain, node.op_type))
        for body in bodies(node):
            called |= _called(body.node)
    return called


def _check_expansion(model: ModelProto, calls: Mapping[tuple[str, str], Sequence[tuple[str, str]]]) -> None:
    """Raise :class:`InputError` if functions that call others several times each come to too many operators."""
    own = {(function.domain, function.name): function for function in model.functions}
    sizes: dict[tuple[str, str], int] = {}

    def size(nodes: Iterable[NodeProto]) -> int:
        total = 0
        for node in nodes:
            total += sizes.get((node.domain, node.op_type), 1)
            total += sum(size(body.node) for body in bodies(node))
        return total

    waiting = list(own)
    while waiting:
        key = waiting[-1]
        missing = [callee for callee in calls[key] if callee in own and callee not in sizes]
        if missing:
            waiting.extend(missing)
            continue
        sizes[key] = size(own[key].node)
        waiting.pop()
    if size(model.graph.node) > MOST_EXPANDED:
        raise InputError(f"its functions come to more than {MOST_EXPANDED} operators", where="functions")


def _stub(tensor: TensorProto) -> TensorProto:
    return type(tensor)(name=tensor.name, data_type=tensor.data_type, dims=tensor.dims)
