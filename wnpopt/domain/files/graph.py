"""Graphs as JSON files (kind ``graph``, schema_version 1).

A file holds what cannot be derived: tensors with shape and element type, operators with their arithmetic.
Bytes and parameter counts follow when it is read.
"""

from __future__ import annotations

import os
from dataclasses import asdict
from typing import Annotated, Any, Literal

from pydantic import Field

from wnpopt.core.document import MAX_INT, Count, Document, Positive, SchemaVersion
from wnpopt.core.errors import InputError
from wnpopt.core.jsonio import read_json, write_json
from wnpopt.core.unique import require_unique
from wnpopt.domain.files.reading import in_file
from wnpopt.domain.network.graph import AttributeValue, Graph, Tensor, Window, make_operator

Label = Annotated[str, Field(strict=True, min_length=1, max_length=400)]
_Whole = Annotated[int, Field(strict=True)]
_Number = Annotated[float, Field(strict=True)]
_Text = Annotated[str, Field(strict=True)]
_Attribute = _Whole | _Number | _Text | tuple[_Whole, ...] | tuple[_Number, ...] | tuple[_Text, ...]


class TensorEntry(Document):
    """A tensor of a graph file."""

    name: Label
    shape: tuple[Count, ...]
    dtype: Label = "float32"
    role: Literal["activation", "weight", "buffer"] = "activation"


class WindowEntry(Document):
    """A receptive window of a graph file; see :class:`wnpopt.domain.network.graph.Window`."""

    kernel: tuple[Positive, ...]
    strides: tuple[Positive, ...]
    pads_begin: tuple[_Whole, ...]
    pads_end: tuple[_Whole, ...]
    dilations: tuple[Positive, ...]
    groups: Positive = 1
    transposed: Annotated[bool, Field(strict=True)] = False


class OperatorEntry(Document):
    """An operator of a graph file; ``flop`` counts 2 for each of ``macs``."""

    name: Label
    op_type: Label
    inputs: tuple[Label, ...]
    outputs: tuple[Label, ...]
    weights: tuple[Label, ...] = ()
    arguments: tuple[Label | Literal[""], ...] = ()
    flop: Count
    macs: Count = 0
    window: WindowEntry | None = None
    attributes: dict[str, _Attribute] = Field(default_factory=dict)
    modality: Label | None = None
    opaque: Annotated[bool, Field(strict=True)] = False


class GraphEntry(Document):
    """A whole graph file."""

    kind: Literal["graph"]
    schema_version: SchemaVersion
    name: Label
    source: _Text | None = None
    inputs: tuple[Label, ...]
    outputs: tuple[Label, ...]
    tensors: tuple[TensorEntry, ...]
    operators: tuple[OperatorEntry, ...]


def graph_to_data(graph: Graph) -> dict[str, object]:
    """The JSON object of ``graph``; fields that hold their default are left out."""
    tensors = [
        _told({"name": t.name, "shape": list(t.shape), "dtype": t.dtype, "role": t.role}, TensorEntry)
        for t in graph.tensors
    ]
    operators = [
        _told(
            {
                "name": op.name,
                "op_type": op.op_type,
                "inputs": list(op.inputs),
                "outputs": list(op.outputs),
                "weights": list(op.weights),
                "arguments": list(op.arguments),
                "flop": op.flop,
                "macs": op.macs,
                "window": None if op.window is None else _told(_plain(asdict(op.window)), WindowEntry),
                "attributes": {key: _written(value) for key, value in op.attributes},
                "modality": op.modality,
                "opaque": op.opaque,
            },
            OperatorEntry,
        )
        for op in graph.operators
    ]
    data = {
        "kind": "graph",
        "schema_version": 1,
        "name": graph.name,
        "source": graph.source,
        "inputs": list(graph.inputs),
        "outputs": list(graph.outputs),
        "tensors": tensors,
        "operators": operators,
    }
    return _told(data, GraphEntry)


def _told(data: dict[str, object], entry: type[Document]) -> dict[str, object]:
    """``data`` without what holds the default that it has in ``entry``."""
    fields = entry.model_fields
    return {
        name: value
        for name, value in data.items()
        if fields[name].is_required() or value != _plain(fields[name].get_default(call_default_factory=True))
    }


def _plain(value: Any) -> Any:
    """``value`` with lists for tuples, as JSON has it."""
    if isinstance(value, dict):
        return {key: _plain(entry) for key, entry in value.items()}
    return list(value) if isinstance(value, tuple) else value


def _written(value: AttributeValue) -> Any:
    """``value`` as a file holds it: a bound beyond all extents (a slice to the largest integer) is the largest one."""
    if isinstance(value, tuple):
        return [_written(entry) for entry in value]
    return max(-MAX_INT, min(value, MAX_INT)) if isinstance(value, int) else value


def graph_from_data(data: object) -> Graph:
    """The graph that a JSON object describes; raises :class:`InputError` with the path of what is wrong."""
    entry = GraphEntry.from_data(data)
    require_unique("tensors", (t.name for t in entry.tensors))
    tensors: dict[str, Tensor] = {}
    for i, t in enumerate(entry.tensors):
        try:
            tensor = Tensor.of(t.name, t.shape, t.dtype, t.role)
        except InputError as error:
            raise InputError(error.what, where=f"tensors[{i}]") from None
        tensors[t.name] = tensor
    operators = []
    for i, op in enumerate(entry.operators):
        for field, names in (("inputs", op.inputs), ("outputs", op.outputs), ("weights", op.weights)):
            for j, name in enumerate(names):
                if name not in tensors:
                    raise InputError(f"the tensor {name!r} is not declared", where=f"operators[{i}].{field}[{j}]")
        if op.flop < 2 * op.macs:
            raise InputError(
                f"found {op.flop} FLOP for {op.macs} multiply-accumulates; at least 2 each are needed",
                where=f"operators[{i}].flop",
            )
        operators.append(
            make_operator(
                op.name,
                op.op_type,
                inputs=[tensors[name] for name in op.inputs],
                outputs=[tensors[name] for name in op.outputs],
                weights=[tensors[name] for name in op.weights],
                flop=op.flop,
                macs=op.macs,
                window=_window(op.window, f"operators[{i}].window"),
                attributes=dict[str, AttributeValue](op.attributes),
                modality=op.modality,
                arguments=op.arguments,
                opaque=op.opaque,
            )
        )
    return Graph(entry.name, tuple(operators), tuple(tensors.values()), entry.inputs, entry.outputs, entry.source)


def _window(entry: WindowEntry | None, where: str) -> Window | None:
    if entry is None:
        return None
    dimensions = len(entry.kernel)
    for field in ("strides", "pads_begin", "pads_end", "dilations"):
        if len(getattr(entry, field)) != dimensions:
            raise InputError(
                f"has {len(getattr(entry, field))} entries; {dimensions} are needed, as in kernel",
                where=f"{where}.{field}",
            )
    return Window(**entry.model_dump())


def load_graph(path: str | os.PathLike[str]) -> Graph:
    """The graph in a JSON file; raises :class:`InputError` naming the file and the place."""
    data = read_json(path)
    with in_file(path):
        return graph_from_data(data)


def save_graph(graph: Graph, path: str | os.PathLike[str]) -> None:
    """Write ``graph`` as JSON, the same bytes for the same graph."""
    write_json(path, graph_to_data(graph))
