"""What is told of a network that was read: what it is, and what reading did to it."""

from __future__ import annotations

from collections.abc import Sequence

from wnpopt.core.facts import Fact, Facts, counted
from wnpopt.domain.files.network import Network
from wnpopt.domain.files.onnx.notes import ImportNotes
from wnpopt.domain.network.facts import network_facts
from wnpopt.domain.network.graph import Graph


def network_told(network: Network, *, measured: bool = False) -> Facts:
    """Facts of the network's graph, and of its file; ``measured``: operators have times beside their arithmetic."""
    facts = network_facts(network.graph)
    notes = () if network.notes is None else _notes(network.notes)
    return Facts((*facts, *notes), (), () if measured else _unknown(network.graph))


def _notes(notes: ImportNotes) -> Sequence[Fact]:
    """What is always told: opsets, what was folded and what is opaque; and the rest where there is some."""
    folded = dict(notes.folded)
    facts = [
        Fact("opsets", dict(notes.opsets)),
        Fact("folded", folded, "" if folded else "none"),
        Fact("opaque", list(notes.opaque), "" if notes.opaque else "none"),
    ]
    if notes.dims:
        facts.append(Fact("dims", dict(notes.dims)))
    if notes.values:
        facts.append(Fact("values", {name: list(given) for name, given in notes.values}))
    if notes.unneeded:
        facts.append(Fact("unneeded", notes.unneeded, f"{counted(notes.unneeded, 'operator')} that no output needs"))
    if notes.functions:
        facts.append(Fact("functions", notes.functions, f"{notes.functions} inlined"))
    if notes.branches:
        facts.append(Fact("branches", dict(notes.branches)))
    if notes.loops:
        trips = ", ".join(f"{name} {counted(count, 'trip')}" for name, count in notes.loops)
        facts.append(Fact("loops", dict(notes.loops), trips))
    return facts


def _unknown(graph: Graph) -> tuple[str, ...]:
    names = [operator.name for operator in graph.operators if operator.opaque]
    if not names:
        return ()
    what = counted(len(names), "opaque operator")
    return (f"{what}: only the bytes that they move are costed; --times gives their times ({', '.join(names)})",)
