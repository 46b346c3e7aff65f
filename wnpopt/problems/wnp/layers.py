"""The layers of each subgraph of an imported wnp instance, and a solution in terms of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from wnpopt.core.document import Count, Document, Instance, Name, Real, require
from wnpopt.core.errors import InputError
from wnpopt.core.facts import FactTable
from wnpopt.core.layers import Label, LayerMap
from wnpopt.core.unique import require_unique
from wnpopt.domain.chip.measured import Times
from wnpopt.domain.network.coarsen import Coarsening
from wnpopt.domain.network.graph import Graph
from wnpopt.problems.wnp.instance import WnpInstance
from wnpopt.problems.wnp.solution import WnpSolution
from wnpopt.problems.wnp.verify import arrivals, transfer_ticks


class TensorRead(Document):
    """A tensor that a layer reads: the layer that makes it, and its size."""

    tensor: Label
    source: Annotated[Label, Field(alias="from")]
    bytes: Count


class SubgraphLayer(Document):
    """An operator of the network: its ``seconds`` on each core, null where it cannot run."""

    name: Label
    type: Label
    subgraph: Name
    seconds: Annotated[tuple[Real | None, ...], Field(min_length=1)]
    inputs: tuple[TensorRead, ...] = ()


class WnpLayers(LayerMap):
    """``layers`` in a topological order; those of a subgraph run one after the other in this order."""

    kind: Literal["wnp-layers"] = "wnp-layers"
    cores: Annotated[tuple[Name, ...], Field(min_length=1)]
    layers: Annotated[tuple[SubgraphLayer, ...], Field(min_length=1)]

    @model_validator(mode="after")
    def _check(self) -> Self:
        require_unique("cores", self.cores)
        require_unique("layers", (layer.name for layer in self.layers))
        known: set[str] = set()
        for i, layer in enumerate(self.layers):
            found = len(layer.seconds)
            what = f"found {found} entries; one for each of the {len(self.cores)} cores is needed"
            require(found == len(self.cores), f"layers[{i}].seconds", what)
            for k, read in enumerate(layer.inputs):
                what = f"found {read.source!r}; a layer that is listed earlier is needed"
                require(read.source in known, f"layers[{i}].inputs[{k}].from", what)
            known.add(layer.name)
        return self

    @classmethod
    def of(cls, instance: WnpInstance, graph: Graph, parts: Coarsening, times: Sequence[Times]) -> Self:
        """The map of ``instance``, whose subgraphs are the groups of ``parts`` in their order."""
        home = {v: instance.subgraphs[i].name for i, group in enumerate(parts.groups) for v in group}
        layers = []
        for v, operator in enumerate(graph.operators):
            reads = [
                {"tensor": name, "from": graph.operators[graph.producer[name]].name, "bytes": graph.tensor(name).bytes}
                for name in dict.fromkeys(operator.inputs)
                if name in graph.producer
            ]
            layers.append(
                {
                    "name": operator.name,
                    "type": operator.op_type,
                    "subgraph": home[v],
                    "seconds": list(times[v]),
                    "inputs": reads,
                }
            )
        return cls.from_data(
            {
                "instance": instance.name,
                "instance_hash": instance.instance_hash,
                "network": graph.name,
                "cores": [core.name for core in instance.chip.cores],
                "layers": layers,
                "kind": "wnp-layers",
                "schema_version": 1,
            }
        )

    def check(self, instance: Instance) -> None:
        """Raise :class:`InputError` unless this is the map of ``instance``, with its cores and subgraphs."""
        super().check(instance)
        if not isinstance(instance, WnpInstance):
            raise InputError(f'found "{instance.kind}"; a wnp instance is needed', where="kind")
        names = tuple(core.name for core in instance.chip.cores)
        require(self.cores == names, "cores", f"the instance's are {', '.join(names)}")
        known = {subgraph.name for subgraph in instance.subgraphs}
        for i, layer in enumerate(self.layers):
            what = f"the instance has no subgraph called {layer.subgraph!r}"
            require(layer.subgraph in known, f"layers[{i}].subgraph", what)
        home = {layer.name: layer.subgraph for layer in self.layers}
        edges = {(edge.source, edge.target) for edge in instance.edges}
        for i, layer in enumerate(self.layers):
            for k, read in enumerate(layer.inputs):
                ends = (home[read.source], layer.subgraph)
                what = f"the instance has no edge from {ends[0]!r} to {ends[1]!r}"
                require(ends[0] == ends[1] or ends in edges, f"layers[{i}].inputs[{k}].from", what)

    def by_part(self) -> Mapping[str, tuple[str, ...]]:
        """The layers of each subgraph."""
        parts: dict[str, list[str]] = {}
        for layer in self.layers:
            parts.setdefault(layer.subgraph, []).append(layer.name)
        return {name: tuple(layers) for name, layers in parts.items()}

    def schedule(self, instance: WnpInstance, solution: WnpSolution) -> FactTable:
        """Arrivals, layers and transfers; a transfer is there once for each tensor and reading subgraph."""
        self.check(instance)
        rows = [*self._arrivals(instance, solution), *self._runs(instance, solution)]
        rows += self._transfers(instance, solution)
        rows.sort(key=lambda row: (row[5], row[6]))
        return FactTable("events", COLUMNS, tuple(rows))

    def _arrivals(self, instance: WnpInstance, solution: WnpSolution) -> list[Row]:
        arrived = arrivals(instance, solution)
        return [
            ("arrival", modality.name, None, None, None, at * instance.tick_s, at * instance.tick_s, None, None, None)
            for modality, at in zip(instance.modalities, arrived, strict=True)
            if at is not None
        ]

    def _runs(self, instance: WnpInstance, solution: WnpSolution) -> list[Row]:
        column = {core: m for m, core in enumerate(self.cores)}
        now = {name: start * instance.tick_s for name, start in solution.start.items()}
        rows: list[Row] = []
        for i, layer in enumerate(self.layers):
            core = solution.core[layer.subgraph]
            seconds = layer.seconds[column[core]]
            what = f"{layer.name!r} has no time on {core}, where the solution runs its subgraph"
            require(seconds is not None, f"layers[{i}].seconds[{column[core]}]", what)
            begin = now[layer.subgraph]
            now[layer.subgraph] = begin + (seconds or 0.0)
            rows.append(
                ("run", layer.name, layer.type, layer.subgraph, core, begin, now[layer.subgraph], None, None, None)
            )
        return rows

    def _transfers(self, instance: WnpInstance, solution: WnpSolution) -> list[Row]:
        home = {layer.name: layer.subgraph for layer in self.layers}
        kind = {layer.name: layer.type for layer in self.layers}
        readers: dict[tuple[str, str, str], list[str]] = {}
        size: dict[tuple[str, str, str], int] = {}
        for layer in self.layers:
            for read in layer.inputs:
                if solution.core[home[read.source]] != solution.core[layer.subgraph]:
                    key = (read.source, layer.subgraph, read.tensor)
                    readers.setdefault(key, []).append(layer.name)
                    size[key] = read.bytes
        column = {core: m for m, core in enumerate(self.cores)}
        end = {
            s.name: solution.start[s.name] + (s.ticks[column[solution.core[s.name]]] or 0) for s in instance.subgraphs
        }
        edges = {(edge.source, edge.target): number for number, edge in enumerate(instance.edges)}
        rows: list[Row] = []
        for key, layers in readers.items():
            source, target = home[key[0]], key[1]
            a, b = solution.core[source], solution.core[target]
            begin = end[source]
            if solution.transfer_start is not None:
                begin = solution.transfer_start[f"{source}->{target}"]
            last = begin + transfer_ticks(instance, edges[source, target], a, b)
            tick = instance.tick_s
            to = ", ".join(layers)
            rows.append(("transfer", key[0], kind[key[0]], source, a, begin * tick, last * tick, to, b, size[key]))
        return rows


Row = tuple[str, str, str | None, str | None, str | None, float, float, str | None, str | None, int | None]

COLUMNS = ("event", "layer", "type", "subgraph", "core", "start_s", "end_s", "to_layer", "to_core", "bytes")
"""Of the schedule: what a row has; of an arrival ``layer`` is the modality."""
