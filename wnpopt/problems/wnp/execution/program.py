"""What each core of a chip does under a plan: its subgraphs in order, what they wait for, and what they send."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from wnpopt.core.errors import InputError
from wnpopt.execution.composition import ComposedNetwork
from wnpopt.execution.parts import NetworkPart, cut
from wnpopt.problems.wnp.instance import WnpInstance
from wnpopt.problems.wnp.layers import WnpLayers
from wnpopt.problems.wnp.solution import WnpSolution
from wnpopt.problems.wnp.verify import arrivals, transfer_ticks


@dataclass(frozen=True)
class SubgraphTask:
    """A subgraph on its core: the parts of the network that it is, when it was planned and how long it may take.

    ``inputs`` are the network's own inputs that it reads, ``received`` the edges (by index) that come from other cores
    and ``sent`` those that go there, each with its tensors. Times are in ticks.
    """

    name: str
    start: int
    ticks: int
    release: int
    parts: tuple[NetworkPart, ...]
    inputs: tuple[str, ...]
    received: Mapping[int, tuple[str, ...]] = field(default_factory=dict)
    sent: Mapping[int, tuple[str, ...]] = field(default_factory=dict)

    def to_data(self, composed: ComposedNetwork) -> dict[str, Any]:
        return {
            "name": self.name, "ticks": self.ticks, "release": self.release, "inputs": self.inputs,
            "received": list(self.received), "sent": list(self.sent),
            "parts": [
                {"model": base64.b64encode(composed.model_of(part)).decode(), "inputs": part.inputs,
                 "outputs": part.outputs}
                for part in self.parts if part.outputs
            ],
        }  # fmt: skip


@dataclass(frozen=True)
class ChipProgram:
    """The tasks of each core that has some, in the order in which they run there.

    ``tensors`` are those of each edge, by index; ``modality`` is the one that each input of the network arrives with
    (None: it is there at the beginning); ``arrivals`` are planned ticks by modality, ``delays`` the ticks of each edge
    between two cores.
    """

    instance: WnpInstance
    solution: WnpSolution
    layers: WnpLayers
    composed: ComposedNetwork
    cores: Mapping[str, tuple[SubgraphTask, ...]]
    tensors: Mapping[int, tuple[str, ...]]
    modality: Mapping[str, str | None]
    arrivals: Mapping[str, int]
    delays: Mapping[int, int]

    @property
    def makespan(self) -> int:
        """Planned, in ticks."""
        return max(task.start + task.ticks for tasks in self.cores.values() for task in tasks)

    @property
    def home(self) -> Mapping[str, str]:
        return self.solution.core


def program(instance: WnpInstance, solution: WnpSolution, layers: WnpLayers, composed: ComposedNetwork) -> ChipProgram:
    """Raises :class:`InputError` where the map of layers is not that of the network or the instance."""
    layers.check(instance)
    graph = composed.network.graph
    place = {operator.name: v for v, operator in enumerate(graph.operators)}
    groups = layers.by_part()
    known = {name for names in groups.values() for name in names}
    for name in known:
        if name not in place:
            raise InputError(f"the layer {name!r} is no operator of {composed.network.path.name}", where="layers")
    for name in place:
        if name not in known:
            raise InputError(f"{composed.network.path.name} has the operator {name!r}, which no layer is")
    pieces = {name: composed.pieces([place[layer] for layer in groups.get(name, ())]) for name in solution.core}
    runs = [run for name in solution.core for run in pieces[name]]
    parts = iter(cut(composed.network, runs, watch=composed.network.logits))
    of_subgraph = {name: tuple(next(parts) for _ in pieces[name]) for name in solution.core}
    tensors = _edges(instance, of_subgraph)
    modality = {name: _modality(instance, name) for name in graph.inputs}
    crossing = [k for k, e in enumerate(instance.edges) if solution.core[e.source] != solution.core[e.target]]
    delays = {
        k: transfer_ticks(instance, k, solution.core[instance.edges[k].source], solution.core[instance.edges[k].target])
        for k in crossing
    }
    rank = {int(i): at for at, i in enumerate(instance.order)}
    columns = {core.name: m for m, core in enumerate(instance.chip.cores)}
    cores: dict[str, list[tuple[int, int, SubgraphTask]]] = {}
    for i, subgraph in enumerate(instance.subgraphs):
        name, core = subgraph.name, solution.core[subgraph.name]
        reads = {tensor for part in of_subgraph[name] for tensor in part.inputs}
        task = SubgraphTask(
            name,
            solution.start[name],
            subgraph.ticks[columns[core]] or 0,
            int(instance.release[i]),
            of_subgraph[name],
            tuple(tensor for tensor in graph.inputs if tensor in reads),
            {k: tensors[k] for k in crossing if instance.edges[k].target == name},
            {k: tensors[k] for k in crossing if instance.edges[k].source == name},
        )
        cores.setdefault(core, []).append((task.start, rank[i], task))
    there = arrivals(instance, solution)
    planned = {m.name: at for m, at in zip(instance.modalities, there, strict=True) if at is not None}
    ordered = {core: tuple(entry[2] for entry in sorted(cores[core], key=lambda e: e[:2])) for core in sorted(cores)}
    return ChipProgram(instance, solution, layers, composed, ordered, tensors, modality, planned, delays)


def _edges(instance: WnpInstance, parts: Mapping[str, tuple[NetworkPart, ...]]) -> dict[int, tuple[str, ...]]:
    """The tensors of each edge; raises :class:`InputError` for a tensor that goes where no edge goes."""
    made = {tensor: name for name, own in parts.items() for part in own for tensor in part.outputs}
    number = {(edge.source, edge.target): k for k, edge in enumerate(instance.edges)}
    found: dict[int, dict[str, None]] = {k: {} for k in range(len(instance.edges))}
    for name, own in parts.items():
        for part in own:
            for tensor in part.inputs:
                source = made.get(tensor, name)
                if source == name:
                    continue
                if (source, name) not in number:
                    raise InputError(f"the instance has no edge from {source!r} to {name!r}", where="edges")
                found[number[source, name]][tensor] = None
    return {k: tuple(tensors) for k, tensors in found.items()}


def _modality(instance: WnpInstance, name: str) -> str | None:
    """The modality that an input of the network is part of."""
    names = [modality.name for modality in instance.modalities]
    own = [modality for modality in names if name.startswith(f"{modality}/")]
    if own:
        return max(own, key=len)
    if len(names) == 1:
        return names[0]
    if not names:
        return None
    raise InputError(f"the input {name!r} of the network belongs to none of {', '.join(names)}", where="modalities")
