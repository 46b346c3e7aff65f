"""What the radio cannot deliver, by how much, and which slots, resource blocks, dB or payloads would do."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from fractions import Fraction

import numpy as np

from wnpopt.core.budget import Budget
from wnpopt.core.explanation import Cause, ExplanationRequest, Remedy
from wnpopt.core.facts import Fact, counted
from wnpopt.core.text import number
from wnpopt.domain.radio.rate import DATA_ELEMENTS
from wnpopt.problems.wnp.instance import IntArray, WnpInstance
from wnpopt.problems.wnp.kernels.cuts import cannot_deliver
from wnpopt.problems.wnp.kernels.uplink import Uplink
from wnpopt.problems.wnp.solution import WnpSolution

_FURTHEST = 1024
"""Slots and resource blocks are raised to so many times of what they are, at most."""
_MOST_ENTRIES = 2**20
"""Of the table of a changed instance."""
_MOST_DB = 600
"""Tenths of a dB."""
_PARTS = 1000
"""A payload is cut to so many parts of itself, or fewer."""
_SECONDS = 5.0


@dataclass(frozen=True)
class Lacking:
    """What cannot be delivered: ``members`` are the names of modalities, ``proved`` without doubt."""

    causes: tuple[Cause, ...]
    members: tuple[str, ...]
    proved: bool
    notes: tuple[Fact, ...] = ()


def causes(instance: WnpInstance, budget: Budget) -> Lacking:
    """The modalities that cannot be delivered alone; else a least set of those that cannot together; or nothing."""
    uplink = Uplink.of(instance)
    if uplink.count == 0:
        return Lacking((), (), proved=False)
    reach = (uplink.rates * uplink.block_length).sum(axis=(1, 2))
    alone = [k for k in range(uplink.count) if reach[k] < uplink.payload[k]]
    if alone:
        made = tuple(_alone(uplink, k, int(reach[k])) for k in alone)
        return Lacking(made, tuple(uplink.names[k] for k in alone), proved=True)
    proof = _proof(uplink, budget)
    if proof is None:
        return Lacking((), (), proved=False)
    members = list(range(uplink.count))
    for k in list(members):
        fewer = [member for member in members if member != k]
        if fewer and _proof(_part(uplink, fewer), budget) is not None:
            members = fewer
    return _jointly(_part(uplink, members), proof)


def _alone(uplink: Uplink, k: int, reach: int) -> Cause:
    payload, name = int(uplink.payload[k]), uplink.names[k]
    missing = payload - reach
    needs = counted(payload, "bit")
    text = f"alone: needs {needs}, all resource blocks in all slots carry {reach}; {lacking(missing)} missing"
    mean = reach / uplink.slots
    if mean > 0:
        text += f", as many as {counted(math.ceil(missing / mean), 'slot')} like the mean of these carry"
    return Cause(name, "alone", text, missing, "bits")


def lacking(missing: int, payload: int | None = None) -> str:
    """How many bits (of those of ``payload``, where it is given) are missing, with the verb."""
    of = "" if payload is None else f"of {payload} "
    noun = "bit" if (missing if payload is None else payload) == 1 else "bits"
    return f"{missing} {of}{noun} {'is' if missing == 1 else 'are'}"


def _jointly(uplink: Uplink, proof: str) -> Lacking:
    """Each of the set could be delivered without the others, or at least without one of them."""
    share = _share(uplink)
    made = []
    for k, name in enumerate(uplink.names):
        others = ", ".join(other for other in uplink.names if other != name)
        payload = int(uplink.payload[k])
        missing = payload - math.floor(payload * share)
        told = f"together with {others}: at least {lacking(missing, payload)} missing if all lack the same share"
        made.append(Cause(name, "jointly", told if others else proof, missing, "bits"))
    facts = (Fact("deliverable_share", float(share), f"at most {number(100 * float(share), 4)} % of these payloads"),)
    return Lacking(tuple(made), uplink.names, proved=True, notes=(*facts, Fact("proof", proof)))


def _proof(uplink: Uplink, budget: Budget) -> str | None:
    from wnpopt.problems.wnp.formulations.uplink import undeliverable

    if budget.exhausted():
        return None
    return cannot_deliver(uplink, budget) or (None if budget.exhausted() else undeliverable(uplink, budget))


def _share(uplink: Uplink) -> Fraction:
    """An upper limit on the share of all payloads that can be delivered together, of weights in exact arithmetic."""
    from wnpopt.backends.stopping import never
    from wnpopt.problems.wnp.kernels.radio import integral
    from wnpopt.problems.wnp.kernels.throughput import concurrent_throughput

    every = np.full(uplink.count, uplink.slots, dtype=np.int64)
    _, _, weight, _ = concurrent_throughput(uplink.share, uplink.usable(every), uplink.all_weights(), False, never())
    exact = integral(uplink, weight)
    best = (uplink.rates.astype(object) * exact.astype(object)[:, None, None]).max(axis=0).sum(axis=0)
    carried = sum(int(value) * int(length) for value, length in zip(best, uplink.block_length, strict=True))
    wanted = sum(int(u) * int(d) for u, d in zip(exact, uplink.payload, strict=True))
    return min(Fraction(1), Fraction(carried, wanted))


def _part(uplink: Uplink, members: list[int]) -> Uplink:
    """The uplink of some of its modalities."""
    return replace(
        uplink,
        index=uplink.index[members],
        names=tuple(uplink.names[k] for k in members),
        rates=np.ascontiguousarray(uplink.rates[members]),
        payload=uplink.payload[members],
        share=np.ascontiguousarray(uplink.share[:, :, members]),
    )


def remedies(
    instance: WnpInstance, members: tuple[str, ...], asked: ExplanationRequest[WnpSolution]
) -> tuple[Remedy, ...]:
    """More slots, more resource blocks, a better channel, smaller payloads: of each the least that is met by bisection.

    Each is tried: the changed instance has a plan (deadlines and limits kept) that the verifier accepts.
    """
    made = [_slots(instance, asked), _blocks(instance, asked), _decibel(instance, asked)]
    made.append(_payloads(instance, members, asked))
    return tuple(remedy for remedy in made if remedy is not None)


def _least(
    first: int, last: int, change: Callable[[int], WnpInstance], asked: ExplanationRequest[WnpSolution]
) -> int | None:
    """The least number of ``first`` to ``last``, as far as bisection tells, whose instance has a plan."""

    def works(value: int) -> bool:
        changed = change(value)
        if asked.solve(changed, "pacs", seconds=_SECONDS).objective is not None:
            return True
        limited = changed.makespan_limit_ticks is not None or changed.energy_limit_j is not None
        if not limited and all(job.deadline_ticks is None for job in changed.jobs):
            return False
        return asked.solve(changed, seconds=min(_SECONDS, asked.seconds / 10)).objective is not None

    low, high = first - 1, first
    while high <= last and not works(high):
        low, high = high, min(2 * high, last) if high < last else last + 1
    if high > last:
        return None
    while high - low > 1:
        middle = (low + high) // 2
        if works(middle):
            high = middle
        else:
            low = middle
    return high


def _slots(instance: WnpInstance, asked: ExplanationRequest[WnpSolution]) -> Remedy | None:
    radio, table = instance.radio, instance.table

    def changes(slots: int) -> dict[str, object]:
        blocks = -(-slots // radio.block_slots)
        again = np.arange(blocks) % table.shape[2]
        return {"radio.slots": slots, "radio.bits_per_slot": table[:, :, again].tolist()}

    most = min(_FURTHEST * radio.slots, _MOST_ENTRIES * radio.block_slots // max(1, table[:, :, 0].size))
    needed = _least(radio.slots + 1, most, lambda slots: instance.replace(changes(slots)), asked)
    if needed is None:
        return None
    text = f"slots {radio.slots} to {needed}, the channel going on as it began"
    return Remedy("radio", "slots", radio.slots, needed, "slots", text, changes(needed))


def _blocks(instance: WnpInstance, asked: ExplanationRequest[WnpSolution]) -> Remedy | None:
    now, table = instance.resource_blocks, instance.table

    def changes(blocks: int) -> dict[str, object]:
        return {"radio.bits_per_slot": table[:, np.arange(blocks) % now].tolist()}

    most = min(_FURTHEST * now, _MOST_ENTRIES // max(1, table[:, 0].size))
    needed = _least(now + 1, most, lambda blocks: instance.replace(changes(blocks)), asked)
    if needed is None:
        return None
    text = f"resource blocks {now} to {needed}, each further one like one of these"
    return Remedy("radio", "resource blocks", now, needed, "RBs", text, changes(needed))


def _decibel(instance: WnpInstance, asked: ExplanationRequest[WnpSolution]) -> Remedy | None:
    def changes(tenths: int) -> dict[str, object]:
        return {"radio.bits_per_slot": louder(instance.table, tenths / 10).tolist()}

    needed = _least(1, _MOST_DB, lambda tenths: instance.replace(changes(tenths)), asked)
    if needed is None:
        return None
    text = f"{number(needed / 10)} dB more of signal to noise (Shannon, {DATA_ELEMENTS} resource elements a block)"
    return Remedy("radio", "SNR", 0.0, needed / 10, "dB", text, changes(needed))


def louder(table: IntArray, decibel: float) -> IntArray:
    """Bits of resource blocks whose signal is so much stronger, rounded down; what carries nothing carries nothing.

    A block of ``DATA_ELEMENTS`` elements that carries b bits has the spectral efficiency x = b / DATA_ELEMENTS and, by
    Shannon, the ratio 2^x - 1; log2(1 + g (2^x - 1)) = x + log2(g + (1 - g) 2^-x).
    """
    factor = 10.0 ** (decibel / 10)
    efficiency = table / DATA_ELEMENTS
    raised = efficiency + np.log2(factor + (1 - factor) * np.exp2(-efficiency))
    return np.where(table > 0, np.maximum(table, np.floor(raised * DATA_ELEMENTS)), 0).astype(np.int64)


def _payloads(instance: WnpInstance, members: tuple[str, ...], asked: ExplanationRequest[WnpSolution]) -> Remedy | None:
    chosen = [k for k, modality in enumerate(instance.modalities) if modality.name in members]

    def changes(cut: int) -> dict[str, object]:
        kept = _PARTS - cut
        return {f"modalities[{k}].payload_bits": instance.modalities[k].payload_bits * kept // _PARTS for k in chosen}

    cut = _least(1, _PARTS, lambda cut: instance.replace(changes(cut)), asked)
    if cut is None:
        return None
    share = (_PARTS - cut) / _PARTS
    text = f"payloads of {', '.join(members)} cut to {number(100 * share)} %"
    return Remedy(", ".join(members), "payload", 1.0, share, "of the payload", text, changes(cut))
