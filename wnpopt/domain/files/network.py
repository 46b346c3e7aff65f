"""A network from whichever file describes it: a composition, a graph file or an ONNX file."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from types import MappingProxyType

from wnpopt.core.errors import InputError
from wnpopt.core.jsonio import read_json
from wnpopt.domain.files.composition import load_composition, raw_bits
from wnpopt.domain.files.graph import load_graph
from wnpopt.domain.files.onnx.notes import ImportNotes, Values
from wnpopt.domain.files.onnx.reader import read_noted
from wnpopt.domain.files.reading import in_file
from wnpopt.domain.network.fusion import fuse
from wnpopt.domain.network.graph import Graph


@dataclass(frozen=True)
class Network:
    """One graph whose operators know their modality, and the bits of raw input of each modality.

    ``notes`` say what reading did, of a network from an ONNX file.
    """

    name: str
    graph: Graph
    payloads: Mapping[str, int]
    notes: ImportNotes | None = None


def load_network(
    path: str | os.PathLike[str],
    *,
    modality: str | None = None,
    payload_bits: int | None = None,
    dims: Mapping[str, int] | None = None,
    values: Mapping[str, Values] | None = None,
) -> Network:
    """The network in a composition (``.json``), a graph file (``.json``) or an ``.onnx`` file.

    A graph of its own has one modality, called ``input`` unless ``modality`` says otherwise, of ``payload_bits`` bits
    (default: 8 for each element of its inputs); ``dims`` and ``values`` are those of
    :func:`~wnpopt.domain.files.onnx.reader.read_onnx`. A composition says all that itself. Raises :class:`InputError`
    naming the file.
    """
    file = os.fspath(path)
    suffix = Path(path).suffix.lower()
    if suffix == ".onnx":
        graph, notes = read_noted(path, dims=dims, values=values)
        return replace(_single(graph, modality, payload_bits), notes=notes)
    if suffix != ".json":
        raise InputError("a file that ends in .onnx or .json (a composition or a graph) is needed", file=file)
    kind = read_json(path).get("kind")
    if kind not in ("composition", "graph"):
        raise InputError(f"found {str(kind)[:60]!r}; a composition or a graph is needed", where="kind", file=file)
    for given, what in ((dims, "dimensions"), (values, "values")):
        if given:
            raise InputError(f"a {kind} file has no {what} to give", where=min(given), file=file)
    if kind == "graph":
        return _single(load_graph(path), modality, payload_bits)
    for what, value in (("modality", modality), ("payload_bits", payload_bits)):
        if value is not None:
            raise InputError("a composition says this itself, for each branch", where=what, file=file)
    composition = load_composition(path)
    with in_file(path):
        graph = fuse(composition)
    payloads = {branch.modality: branch.payload_bits for branch in composition.branches}
    return Network(composition.name, graph, MappingProxyType(payloads))


def _single(graph: Graph, modality: str | None, payload_bits: int | None) -> Network:
    name = "input" if modality is None else modality
    bits = raw_bits(graph) if payload_bits is None else payload_bits
    return Network(graph.name, graph.with_modality(name), MappingProxyType({name: bits}))


def dimensions(given: Iterable[str]) -> dict[str, int]:
    """Texts ``NAME=N`` as named dimensions; raises :class:`InputError` for what is none."""
    found: dict[str, int] = {}
    for text in given:
        name, _, value = text.rpartition("=")
        if not name or not value.isdecimal() or not 1 <= int(value[:20]) <= 2**53:
            raise InputError(f"found {text!r}; NAME=N with an integer of at least 1 is needed", where="--dim")
        found[name] = int(value)
    return found


def input_values(given: Iterable[str]) -> dict[str, Values]:
    """Texts ``NAME=V`` or ``NAME=V,V,...`` as values of inputs; raises :class:`InputError` for what is none."""
    found: dict[str, Values] = {}
    for text in given:
        name, _, numbers = text.rpartition("=")
        try:
            values = tuple(_value(number) for number in numbers.split(","))
        except ValueError:
            values = ()
        if not name or not values:
            raise InputError(f"found {text!r}; NAME=V or NAME=V,V,... with numbers is needed", where="--value")
        found[name] = values
    return found


def _value(text: str) -> int | float:
    truth = {"true": 1, "false": 0}.get(text.strip().lower())
    if truth is not None:
        return truth
    try:
        return int(text)
    except ValueError:
        return float(text)
