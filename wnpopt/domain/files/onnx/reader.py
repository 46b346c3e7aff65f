"""ONNX files as graphs: control flow made flat, shapes inferred, constants folded, every operator costed.

Only the file's structure is read. Weights count by their shape, so a file whose external data is absent can be read
too; names of external files are still checked, because a file must not be able to point outside its folder.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from wnpopt.core.extras import need
from wnpopt.domain.files.names import network_name
from wnpopt.domain.files.onnx.flat_model import flat_model
from wnpopt.domain.files.onnx.given import Given
from wnpopt.domain.files.onnx.graph_reader import GraphReader
from wnpopt.domain.files.onnx.model import load_model
from wnpopt.domain.files.onnx.notes import ImportNotes, Values
from wnpopt.domain.files.reading import in_file
from wnpopt.domain.network.graph import Graph
from wnpopt.domain.network.quantised import fold_quantisation

if TYPE_CHECKING:
    from onnx import ModelProto


def read_onnx(
    path: str | os.PathLike[str],
    *,
    dims: Mapping[str, int] | None = None,
    values: Mapping[str, float | Sequence[float]] | None = None,
    name: str | None = None,
) -> Graph:
    """The graph in an ONNX file.

    ``dims`` gives a value to every symbolic dimension by its name (``{"batch": 1, "sequence": 128}``) and replaces any
    dimension of an input by its place (``{"data[2]": 227, "data[3]": 227}``); by places it also gives the shape of an
    inner tensor that depends on data. ``values`` gives inputs a value (``{"sr": 16000}``, a number or one for each
    element): they are constants then. Shapes recorded in the file for inner tensors are not believed, except for
    operators about which nothing else is known: all are inferred anew.

    The branch of an If that its condition chooses stands in its place, and every trip of a Loop or Scan. Operators that
    depend on constants and shapes alone are folded away, operators that no output needs are left out, quantise and
    dequantise operators are merged into those around them (:mod:`wnpopt.domain.network.quantised`). Operators of other
    domains than the standard's have the type ``domain:Type``; :attr:`~wnpopt.domain.network.graph.Operator.opaque` are
    those whose arithmetic is not known.

    Raises :class:`InputError` naming the file and the tensor or operator for anything that is not a valid, acyclic,
    fully typed graph, and :class:`MissingDependencyError` without the package onnx.
    """
    return read_noted(path, dims=dims, values=values, name=name)[0]


def read_noted(
    path: str | os.PathLike[str],
    *,
    dims: Mapping[str, int] | None = None,
    values: Mapping[str, float | Sequence[float]] | None = None,
    name: str | None = None,
) -> tuple[Graph, ImportNotes]:
    """As :func:`read_onnx`, with notes of what reading did."""
    need("onnx", "onnx")
    told = _spelled(values)
    with in_file(path):
        model, functions = load_model(Path(path))
        reader = GraphReader(model, Path(path).parent, Given(dims or {}, told))
        graph, unneeded = reader.graph(name or _name_of(model, Path(path)))
        merged = fold_quantisation(graph)
        folded = reader.tally.folded + Counter(operator.op_type for operator in graph.operators)
        folded -= Counter(operator.op_type for operator in merged.operators)
    notes = ImportNotes(
        opsets=tuple((domain or "ai.onnx", version) for domain, version in reader.opsets.items()),
        dims=tuple(sorted((dims or {}).items())),
        values=tuple(sorted(told.items())),
        folded=tuple(sorted(folded.items())),
        unneeded=unneeded,
        branches=tuple(reader.tally.branches),
        loops=tuple(reader.tally.loops),
        functions=functions,
        opaque=tuple(operator.name for operator in merged.operators if operator.opaque),
    )
    return merged, notes


def read_flat(
    path: str | os.PathLike[str],
    *,
    dims: Mapping[str, int] | None = None,
    values: Mapping[str, float | Sequence[float]] | None = None,
) -> tuple[Graph, ModelProto]:
    """The graph with every quantise and dequantise operator in its place, and a model of it that can be run: the nodes
    one after the other, with the names of the graph's tensors. Data in other files are left there.
    """
    need("onnx", "onnx")
    with in_file(path):
        model, _ = load_model(Path(path))
        reader = GraphReader(model, Path(path).parent, Given(dims or {}, _spelled(values)))
        graph, _ = reader.graph(_name_of(model, Path(path)))
        return graph, flat_model(graph, reader.nodes, reader.known, reader.opsets, model.ir_version)


def _name_of(model: ModelProto, path: Path) -> str:
    return network_name(model.graph.name, path.stem)


def _spelled(values: Mapping[str, float | Sequence[float]] | None) -> dict[str, Values]:
    """Values as sequences of plain numbers, whether they are numbers, sequences or arrays."""
    given = {} if values is None else values
    return {name: tuple(np.asarray(value).ravel().tolist()) for name, value in given.items()}
