"""A wnp instance from a network, a chip and a radio: operators grouped for the chip's cores, named by their layers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

from wnpopt.core.errors import InputError
from wnpopt.domain.chip.hardware import Chip
from wnpopt.domain.chip.measured import MeasuredTimes, Times
from wnpopt.domain.network.fusion import Composition, fuse
from wnpopt.domain.network.graph import Graph
from wnpopt.domain.network.merge import Choice, coarsen_for_cores
from wnpopt.domain.network.placement import Transfers
from wnpopt.domain.network.scopes import group_names, unique
from wnpopt.domain.radio.scenario import Link, Scenario
from wnpopt.problems.wnp.imports.anneal import annealed
from wnpopt.problems.wnp.imports.assemble import Mesh, RadioInput, assemble
from wnpopt.problems.wnp.instance import WnpInstance
from wnpopt.problems.wnp.layers import WnpLayers


@dataclass(frozen=True)
class Coarsened:
    """An instance, the layers of its subgraphs, and what was estimated of its partition."""

    instance: WnpInstance
    layers: WnpLayers
    choice: Choice

    @property
    def lost(self) -> float:
        """By what share the partition's estimated makespan is above that of single operators; at least 0."""
        return max(0.0, self.choice.makespan_s / self.choice.fine_s - 1) if self.choice.fine_s > 0 else 0.0


def build_instance(
    name: str,
    composition: Composition,
    chip: Chip,
    scenario: Scenario,
    links: Sequence[Link],
    *,
    subgraphs: int | None,
    seed: int,
    tick_s: float = 1e-6,
    source: str | None = None,
) -> WnpInstance:
    """The instance in which each branch's raw input is sent over its own link (in the branches' order).

    The network is coarsened to at most ``subgraphs`` subgraphs (None: as many as it takes, see
    :func:`~wnpopt.domain.network.merge.coarsen_for_cores`), none of which mixes modalities. A subgraph takes the
    sum of its operators' roofline times on a core; where one of them is not supported, the subgraph cannot run.

    Raises :class:`InputError` if links and branches do not match, or a subgraph fits no core.
    """
    uplink = drawn(composition, scenario, links, seed)
    return from_graph(name, fuse(composition), chip, uplink, subgraphs=subgraphs, tick_s=tick_s, source=source)


def drawn(composition: Composition, scenario: Scenario, links: Sequence[Link], seed: int) -> RadioInput:
    """The channel of a composition's branches, each with the link at its place."""
    if len(links) != len(composition.branches):
        raise InputError(
            f"found {len(links)}; one link for each of the {len(composition.branches)} branches is needed",
            where="links",
        )
    payloads = {branch.modality: branch.payload_bits for branch in composition.branches}
    return RadioInput.drawn(payloads, scenario, dict(zip(payloads, links, strict=True)), seed)


def from_graph(
    name: str,
    graph: Graph,
    chip: Chip,
    uplink: RadioInput | None,
    *,
    subgraphs: int | None,
    tick_s: float = 1e-6,
    source: str | None = None,
) -> WnpInstance:
    """The instance of a network whose operators know their modality, with roofline times.

    Without ``uplink`` it is chip-only.
    """
    times = roofline_times(graph, chip)
    return coarsened(
        name, graph, Mesh.of(chip), times, uplink, subgraphs=subgraphs, tick_s=tick_s, source=source
    ).instance


def from_measured(
    name: str,
    graph: Graph,
    mesh: Mesh,
    times: Sequence[Times],
    uplink: RadioInput | None,
    *,
    subgraphs: int | None,
    tick_s: float = 1e-6,
    source: str | None = None,
) -> WnpInstance:
    """As :func:`from_graph`, with measured ``times`` (of each operator on each core of ``mesh``)."""
    return coarsened(name, graph, mesh, times, uplink, subgraphs=subgraphs, tick_s=tick_s, source=source).instance


def coarsened(
    name: str,
    graph: Graph,
    mesh: Mesh,
    times: Sequence[Times],
    uplink: RadioInput | None,
    *,
    subgraphs: int | None,
    tick_s: float = 1e-6,
    source: str | None = None,
) -> Coarsened:
    """The instance of operators with these ``times`` on the cores of ``mesh``, and the way back to the operators.

    Subgraphs are named by their layers, after their modality where there is a radio. Raises :class:`InputError` as
    :func:`~wnpopt.domain.network.merge.coarsen_for_cores` and :func:`~.assemble.assemble`.
    """
    transfers = Transfers.on_mesh([(x, y) for _, x, y in mesh.cores], mesh.hop_s, mesh.bytes_per_s)
    try:
        choice = coarsen_for_cores(graph, subgraphs, times, transfers, improve=partial(annealed, mesh))
    except InputError as error:
        raise InputError(error.what, where="subgraphs" if error.where == "n" else error.where) from None
    names = group_names(graph, choice.parts.groups)
    if uplink is not None:
        names = unique(map(_after_modality, choice.parts.labels, names))
    instance = assemble(name, graph, choice.parts, mesh, times, uplink, tick_s=tick_s, source=source, names=names)
    return Coarsened(instance, WnpLayers.of(instance, graph, choice.parts, times), choice)


def _after_modality(modality: str | None, name: str) -> str:
    inside = modality is None or name == modality or name.startswith((f"{modality}.", f"{modality}/"))
    return name if inside else f"{modality}.{name}"


def roofline_times(graph: Graph, chip: Chip) -> list[Times]:
    """Seconds of each operator on each core of ``chip``, None where it cannot run."""
    return [tuple(placed.core.seconds(operator) for placed in chip.cores) for operator in graph.operators]


def measured_times(graph: Graph, chip: Chip, measured: MeasuredTimes) -> list[Times]:
    """As :func:`roofline_times`, from a table whose columns are the chip's cores by name, or else by type.

    Where it measures opaque operators alone, the others keep their rooflines. Raises :class:`InputError` naming the
    core or the operator that was not measured.
    """
    columns = [measured.column(placed.name, placed.core.name) for placed in chip.cores]
    opaque = measured.of_opaque(graph)
    if opaque is None:
        return [tuple(row[m] for m in columns) for row in measured.of_graph(graph)]
    rows = roofline_times(graph, chip)
    for i, row in opaque.items():
        rows[i] = tuple(row[m] for m in columns)
    return rows
