"""Compositions as JSON files (kind ``composition``, schema_version 1).

::

    {"kind": "composition", "schema_version": 1, "name": "patrol",
     "branches": [
       {"modality": "camera", "graph": "../graphs/resnet50.json", "payload_bits": 1204224},
       {"modality": "speech", "graph": "network:bert-base", "dims": {"tokens": 64}, "payload_bits": 4096}],
     "fusion": {"kind": "attention", "classes": 12, "width": 256, "heads": 8, "layers": 2}}

``graph`` is an ONNX file, a graph file (both relative to the composition) or ``network:`` and the name of a built
network; ``dims`` gives values to the dimensions of an ONNX file or the arguments of a builder, ``values`` to inputs of
an ONNX file (``{"sr": 16000}``). Without ``payload_bits`` a modality has 8 bits for each element of its branch's
inputs.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field

from wnpopt.core.document import Count, Document, Name, Positive, Real, SchemaVersion
from wnpopt.core.errors import InputError
from wnpopt.core.jsonio import read_json
from wnpopt.domain.files.graph import load_graph
from wnpopt.domain.files.onnx.reader import read_onnx
from wnpopt.domain.files.reading import in_file
from wnpopt.domain.network.fusion import Branch, Composition, Fusion
from wnpopt.domain.network.graph import Graph
from wnpopt.domain.network.zoo import build_network

_SAMPLE_BITS = 8


class BranchEntry(Document):
    """A branch of a composition file."""

    modality: Name
    graph: Annotated[str, Field(strict=True, min_length=1)]
    dims: dict[str, Positive] = Field(default_factory=dict)
    values: dict[str, Real | tuple[Real, ...]] = Field(default_factory=dict)
    payload_bits: Count | None = None
    tap: Annotated[str, Field(strict=True, min_length=1)] | None = None


class FusionEntry(Document):
    """The fusion of a composition file; see :class:`wnpopt.domain.network.fusion.Fusion`."""

    kind: Literal["late", "mid", "attention"]
    classes: Positive
    width: Positive = 256
    heads: Positive = 8
    layers: Positive = 1


class CompositionEntry(Document):
    """A whole composition file."""

    kind: Literal["composition"]
    schema_version: SchemaVersion
    name: Name
    source: Annotated[str, Field(strict=True)] | None = None
    branches: tuple[BranchEntry, ...]
    fusion: FusionEntry


def load_composition(path: str | os.PathLike[str]) -> Composition:
    """The composition in a JSON file, its graphs read; raises :class:`InputError` naming file and place."""
    data = read_json(path)
    with in_file(path):
        entry = CompositionEntry.from_data(data)
        branches = tuple(
            _branch(branch, Path(path).parent, f"branches[{i}]") for i, branch in enumerate(entry.branches)
        )
        return Composition(entry.name, branches, Fusion(**entry.fusion.model_dump()))


def raw_bits(graph: Graph) -> int:
    """8 bits for each element of the inputs: what a sensor sends that does not compress."""
    return _SAMPLE_BITS * sum(graph.tensor(name).elements for name in graph.inputs)


def _branch(entry: BranchEntry, folder: Path, where: str) -> Branch:
    graph = _graph(entry, folder, where)
    payload = raw_bits(graph) if entry.payload_bits is None else entry.payload_bits
    return Branch(entry.modality, graph, payload, entry.tap)


def _graph(entry: BranchEntry, folder: Path, where: str) -> Graph:
    if entry.graph.startswith("network:"):
        if entry.values:
            raise InputError("only an ONNX file has inputs to give a value", where=f"{where}.values")
        try:
            return build_network(entry.graph.removeprefix("network:"), entry.dims)
        except InputError as error:
            inside = f".dims.{error.where}" if error.where else ".graph"
            raise InputError(error.what, where=where + inside) from None
    path = folder / entry.graph
    if path.suffix == ".onnx":
        return read_onnx(path, dims=entry.dims, values=entry.values)
    if entry.values:
        raise InputError("only an ONNX file has inputs to give a value", where=f"{where}.values")
    if path.suffix == ".json":
        if entry.dims:
            raise InputError("a graph file has no dimensions to give", where=f"{where}.dims")
        return load_graph(path)
    raise InputError(
        f"found {entry.graph!r}; a path that ends in .onnx or .json, or network: and a name is needed",
        where=f"{where}.graph",
    )
