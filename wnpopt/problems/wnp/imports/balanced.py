"""Instances as presets and stored suites were first made: groups of equal work, whatever the cores.

They stay what they are, to the byte: cores that are multiply-accumulate arrays run no vector work, the partition is
that of :func:`~wnpopt.domain.network.coarsen.coarsen`, and subgraphs are numbered within their modality. What users
import is coarsened for its cores instead, see :mod:`.network`.
"""

from __future__ import annotations

from collections.abc import Sequence

from wnpopt.domain.chip.hardware import Chip
from wnpopt.domain.network.coarsen import coarsen
from wnpopt.domain.network.fusion import Composition, fuse
from wnpopt.domain.network.graph import Graph
from wnpopt.domain.radio.scenario import Link, Scenario
from wnpopt.problems.wnp.imports.assemble import Mesh, RadioInput, assemble
from wnpopt.problems.wnp.imports.network import drawn, roofline_times
from wnpopt.problems.wnp.instance import WnpInstance


def balanced_instance(
    name: str,
    composition: Composition,
    chip: Chip,
    scenario: Scenario,
    links: Sequence[Link],
    *,
    subgraphs: int,
    seed: int,
    source: str | None = None,
) -> WnpInstance:
    """As :func:`~wnpopt.problems.wnp.imports.network.build_instance`, in balanced groups; a tick is a microsecond."""
    uplink = drawn(composition, scenario, links, seed)
    return balanced(name, fuse(composition), chip, uplink, subgraphs=subgraphs, source=source)


def balanced(
    name: str, graph: Graph, chip: Chip, uplink: RadioInput | None, *, subgraphs: int, source: str | None = None
) -> WnpInstance:
    """As :func:`~wnpopt.problems.wnp.imports.network.from_graph`, in balanced groups; a tick is a microsecond."""
    parts = coarsen(graph, subgraphs)
    bare = chip.without_vector()
    times = roofline_times(graph, bare)
    return assemble(name, graph, parts, Mesh.of(bare), times, uplink, tick_s=1e-6, source=source)
