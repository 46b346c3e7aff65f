"""What an import into wnp tells: the network, and what each core of the chip can run of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from wnpopt.core.facts import Fact, Facts, FactTable, counted
from wnpopt.core.text import percent
from wnpopt.domain.chip.measured import Times
from wnpopt.domain.files.network import Network
from wnpopt.domain.files.told import network_told
from wnpopt.problems.wnp.imports.network import Coarsened
from wnpopt.problems.wnp.instance import WnpInstance

NOTABLE = 0.05
"""Loss by coarsening that is worth a warning."""


def told(network: Network, made: Coarsened, times: Sequence[Times], *, measured: bool = False) -> Facts:
    """``times`` are the seconds of each operator of the network on each core, None where it cannot run."""
    instance = made.instance
    read = network_told(network, measured=measured)
    facts = (
        *read.facts,
        Fact("payload_bits", dict(network.payloads)),
        Fact("subgraphs", len(instance.subgraphs)),
        Fact("edges", len(instance.edges)),
        Fact("coarsening_loss", made.lost, f"{percent(made.lost)} of the estimated makespan of single operators"),
    )
    alone = {core.name: 0 for core in instance.chip.cores}
    for subgraph in instance.subgraphs:
        able = [core.name for core, ticks in zip(instance.chip.cores, subgraph.ticks, strict=True) if ticks is not None]
        if len(able) == 1:
            alone[able[0]] += 1
    rows = []
    for m, core in enumerate(instance.chip.cores):
        missing = Counter(o.op_type for o, row in zip(network.graph.operators, times, strict=True) if row[m] is None)
        runs = sum(subgraph.ticks[m] is not None for subgraph in instance.subgraphs)
        able_operators = len(network.graph.operators) - missing.total()
        rows.append((core.name, able_operators, runs, alone[core.name], dict(sorted(missing.items()))))
    table = FactTable("core_support", ("core", "operators", "subgraphs", "only_here", "cannot_run"), tuple(rows))
    return Facts(facts, (table,), (*read.warnings, *_warnings(instance, alone), *_lossy(made)))


def _lossy(made: Coarsened) -> tuple[str, ...]:
    if made.lost <= NOTABLE:
        return ()
    cores = f"{counted(len(made.instance.subgraphs), 'subgraph')} for {counted(len(made.instance.chip.cores), 'core')}"
    more = "--subgraphs auto takes as many as keep it"
    return (f"{cores}: the makespan is about {percent(made.lost)} longer than with single operators; {more}",)


def _warnings(instance: WnpInstance, alone: dict[str, int]) -> tuple[str, ...]:
    single = sum(alone.values())
    if len(alone) < 2 or not single:
        return ()
    where = ", ".join(f"{count} on {name}" for name, count in alone.items() if count)
    groups = f"{counted(single, 'subgraph')} of {len(instance.subgraphs)} can run on one core only ({where})"
    return (f"{groups}; more subgraphs (--subgraphs) or operators that more cores support leave more choice",)
