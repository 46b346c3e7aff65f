"""What the peers refuse: they know cores and transfers, but no radio and no bus."""

from __future__ import annotations

from wnpopt.problems.wnp.instance import WnpInstance
from wnpopt.problems.wnp.methods.refusals import refuse_unplanned

INSTALL = "'wnpopt[peers]'"
"""What to install for the peers' libraries."""

MOST_TICKS = 2**42
"""PyJobShop's own limit of a time."""


def refuse_radio(instance: WnpInstance) -> tuple[str, str] | None:
    """The field that makes the instance more than a chip-only one, and why; None if there is none."""
    if instance.modalities:
        return "modalities", f"found {len(instance.modalities)}; this method schedules chip-only instances ([]) alone"
    return refuse_unplanned(instance)


def refuse_null(instance: WnpInstance) -> tuple[str, str] | None:
    """:func:`refuse_radio`, and subgraphs that some core cannot run: a node of SAGA runs every task."""
    refused = refuse_radio(instance)
    if refused is not None:
        return refused
    for i, subgraph in enumerate(instance.subgraphs):
        if None in subgraph.ticks:
            where = f"subgraphs[{i}].ticks[{subgraph.ticks.index(None)}]"
            return where, "found null; this method needs ticks on every core"
    return None


def refuse_long(instance: WnpInstance) -> tuple[str, str] | None:
    """:func:`refuse_radio`, and times beyond PyJobShop's limit."""
    refused = refuse_radio(instance)
    if refused is not None:
        return refused
    ticks = int(instance.ticks.max(axis=1).sum() + instance.edge_ticks.sum())
    ticks += len(instance.edges) * int(instance.hops.max()) * instance.chip.hop_ticks
    if ticks > MOST_TICKS:
        return "subgraphs", f"the sum of all ticks and transfers is {ticks}; this method allows at most 2^42"
    return None
