"""A wnp instance from a network, a chip and a radio: the steps that the importer and the presets share."""

from __future__ import annotations

from collections.abc import Sequence

from wnpopt.core.errors import InputError
from wnpopt.domain.chip.hardware import Chip
from wnpopt.domain.chip.measured import MeasuredTimes, Times
from wnpopt.domain.network.coarsen import coarsen
from wnpopt.domain.network.fusion import Composition, fuse
from wnpopt.domain.network.graph import Graph
from wnpopt.domain.radio.scenario import Link, Scenario
from wnpopt.problems.wnp.imports.assemble import Mesh, RadioInput, assemble
from wnpopt.problems.wnp.instance import WnpInstance


def build_instance(
    name: str,
    composition: Composition,
    chip: Chip,
    scenario: Scenario,
    links: Sequence[Link],
    *,
    subgraphs: int,
    seed: int,
    tick_s: float = 1e-6,
    source: str | None = None,
) -> WnpInstance:
    """The instance in which each branch's raw input is sent over its own link (in the branches' order).

    The network is coarsened to at most ``subgraphs`` subgraphs, none of which mixes modalities. A subgraph takes the
    sum of its operators' roofline times on a core; where one of them is not supported, the subgraph cannot run.

    Raises :class:`InputError` if links and branches do not match, or a subgraph fits no core.
    """
    if len(links) != len(composition.branches):
        raise InputError(
            f"found {len(links)}; one link for each of the {len(composition.branches)} branches is needed",
            where="links",
        )
    payloads = {branch.modality: branch.payload_bits for branch in composition.branches}
    uplink = RadioInput.drawn(payloads, scenario, dict(zip(payloads, links, strict=True)), seed)
    return from_graph(name, fuse(composition), chip, uplink, subgraphs=subgraphs, tick_s=tick_s, source=source)


def from_graph(
    name: str,
    graph: Graph,
    chip: Chip,
    uplink: RadioInput | None,
    *,
    subgraphs: int,
    tick_s: float = 1e-6,
    source: str | None = None,
) -> WnpInstance:
    """The instance of a network whose operators know their modality, with roofline times.

    Without ``uplink`` it is chip-only.
    """
    parts = coarsen(graph, subgraphs)
    times = roofline_times(graph, chip)
    return assemble(name, graph, parts, Mesh.of(chip), times, uplink, tick_s=tick_s, source=source)


def from_measured(
    name: str,
    graph: Graph,
    mesh: Mesh,
    times: Sequence[Times],
    uplink: RadioInput | None,
    *,
    subgraphs: int,
    tick_s: float = 1e-6,
    source: str | None = None,
) -> WnpInstance:
    """As :func:`from_graph`, with measured ``times`` (of each operator on each core of ``mesh``).

    They also balance the subgraphs: an operator weighs its mean time over the cores that run it.
    """
    work = [sum(known) / len(known) for row in times if (known := [t for t in row if t is not None])]
    parts = coarsen(graph, subgraphs, work=work)
    return assemble(name, graph, parts, mesh, times, uplink, tick_s=tick_s, source=source)


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
