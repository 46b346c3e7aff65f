"""What is left to be planned of an instance in a state: an instance of the same kind."""

from __future__ import annotations

from fractions import Fraction

from wnpopt.problems.wnp.instance import ENERGY_TOLERANCE, WnpInstance
from wnpopt.problems.wnp.solution import WnpSolution
from wnpopt.problems.wnp.state import WnpState


def residual(instance: WnpInstance, state: WnpState) -> WnpInstance:
    """``instance`` after what happened: every plan that goes on from ``state`` is a solution of it, and none is lost.

    Payloads are what is missing, to be sent from the state's slot on. What has begun can run only where it does, takes
    as long as it did (or will, while it runs), needs nothing more, and is released when it began; all else is released
    now. The starts of what has begun have to be kept as well (``WnpState.begun``): a schedule could put them off. The
    energy of transfers that are over (:func:`spent_j`) is not in it, and off its limit. Nothing is validated, since
    plans that run ask for this again and again.
    """
    modalities = []
    for modality in instance.modalities:
        missing = max(0, modality.payload_bits - state.delivered_bits.get(modality.name, 0))
        release = max(modality.release_slot, state.slot)
        modalities.append(modality.trusted_copy({"payload_bits": missing, "release_slot": release}))
    number = {core.name: m for m, core in enumerate(instance.chip.cores)}
    subgraphs = []
    for subgraph in instance.subgraphs:
        begun = state.begun.get(subgraph.name)
        if begun is None:
            release = max(subgraph.release_ticks, state.now_ticks)
            subgraphs.append(subgraph.trusted_copy({"release_ticks": release}))
            continue
        here = number[begun.core]
        nominal = subgraph.ticks[here]
        assert nominal is not None, "a state names cores that can run the subgraph"
        least = state.now_ticks - begun.start
        took = max(nominal, least) if begun.end is None else begun.end - begun.start
        ticks = tuple(took if m == here else None for m in range(len(number)))
        subgraphs.append(subgraph.trusted_copy({"modality": None, "ticks": ticks, "release_ticks": begun.start}))
    edges = tuple(edge for edge in instance.edges if edge.target not in state.begun)
    limit = instance.energy_limit_j
    if limit is not None:
        limit = float(Fraction(limit) - spent_j(instance, state) / (1 + Fraction(ENERGY_TOLERANCE)))
    changed = {
        "modalities": tuple(modalities),
        "subgraphs": tuple(subgraphs),
        "edges": edges,
        "energy_limit_j": limit,
    }
    return instance.trusted_copy(changed, keep=("table", "hops", "job_index", "order"))


def spent_j(instance: WnpInstance, state: WnpState) -> Fraction:
    """J of the transfers into what has begun, which are over."""
    at = {core.name: core for core in instance.chip.cores}
    total = Fraction(0)
    for edge in instance.edges if instance.chip.joule_per_byte_hop else ():
        source, target = state.begun.get(edge.source), state.begun.get(edge.target)
        if source is not None and target is not None and source.core != target.core:
            a, b = at[source.core], at[target.core]
            hops = max(1, abs(a.x - b.x) + abs(a.y - b.y))
            total += Fraction(instance.chip.joule_per_byte_hop) * edge.bytes * hops
    return total


def restored(instance: WnpInstance, state: WnpState, solution: WnpSolution) -> WnpSolution:
    """A solution of the residual instance with the transfers that are over."""
    if solution.transfer_start is None:
        return solution
    transfers = dict(solution.transfer_start)
    for edge in instance.edges:
        source, target = state.begun.get(edge.source), state.begun.get(edge.target)
        if source is not None and target is not None and source.core != target.core:
            name = f"{edge.source}->{edge.target}"
            transfers[name] = state.transfers_begun.get(name, source.end if source.end is not None else source.start)
    return solution.trusted_copy({"transfer_start": transfers})
