"""Plans that ran for a while, not quite as they were made."""

from __future__ import annotations

import random
from typing import Any

from wnpopt.problems.wnp import WnpInstance, WnpSolution
from wnpopt.problems.wnp.state import WnpState
from wnpopt.problems.wnp.verify import transfer_ticks


def executed(instance: WnpInstance, plan: WnpSolution, rng: random.Random) -> WnpState:
    """The state at a random tick: rates, durations and releases were other than planned."""
    radio = instance.radio
    cores = [core.name for core in instance.chip.cores]
    nominal = {s.name: s.ticks[cores.index(plan.core[s.name])] or 0 for s in instance.subgraphs}
    last = max(plan.start[name] + nominal[name] for name in plan.start)
    now = rng.randint(0, max(1, last + last // 4))
    gone = min(now // radio.slot_ticks, radio.slots)
    slot = min(gone + (now % radio.slot_ticks > 0 and rng.random() < 0.5), radio.slots)
    delivered, arrived = _sent(instance, plan, slot, rng)
    own = {job.name: job.release_ticks for job in instance.jobs}
    begun: dict[str, dict[str, Any]] = {}
    ends: dict[str, int] = {}
    there: dict[str, int] = {}
    transfers: dict[str, int] = {}
    free, bus = dict.fromkeys(cores, 0), 0
    jitter = rng.choice([0, 0, 3, 15])
    order = {name: place for place, name in enumerate(s.name for s in instance.subgraphs)}
    into = {name: [e for e in instance.edges if e.target == name] for name in order}
    for name in sorted(order, key=lambda n: (plan.start[n], plan.start[n] + nominal[n], order[n])):
        subgraph = instance.subgraphs[order[name]]
        at = max(free[plan.core[name]], subgraph.release_ticks, own.get(subgraph.job or "", 0))
        ready = all(edge.source in ends and ends[edge.source] < now for edge in into[name])
        for edge in into[name] if ready else ():
            key, source = f"{edge.source}->{edge.target}", plan.core[edge.source]
            at = max(at, ends[edge.source])
            if source == plan.core[name]:
                continue
            took = transfer_ticks(instance, instance.edges.index(edge), source, plan.core[name])
            left = ends[edge.source] + rng.randint(0, jitter)
            if instance.chip.exclusive_bus:
                left = max(left, bus)
                bus = left + took if left < now else bus
            elif took:
                took = rng.choice([took, rng.randint(took // 2, 2 * took)])
            if left < now:
                transfers[key] = left
            there[key] = left + took
            at = max(at, there[key])
        if subgraph.modality is not None:
            arrival = arrived[subgraph.modality]
            ready &= arrival is not None
            at = max(at, arrival or 0)
        at = max(at, rng.choice([0, plan.start[name]])) + rng.choice([0, rng.randint(0, jitter)])
        if not ready or at >= now:
            continue
        duration = nominal[name] if rng.random() < 0.4 else rng.randint(nominal[name] // 2, 2 * nominal[name] + 1)
        done = at + duration <= now
        begun[name] = {"core": plan.core[name], "start": at, "end": at + duration if done else None}
        free[plan.core[name]] = at + duration if done else now + 1
        if done:
            ends[name] = at + duration
    if not instance.chip.exclusive_bus:
        transfers = {key: at for key, at in transfers.items() if rng.random() < 0.7}
    return WnpState.from_data(
        {
            "kind": "wnp-state",
            "instance": instance.name,
            "now_ticks": now,
            "slot": slot,
            "delivered_bits": delivered,
            "begun": begun,
            "transfers_begun": transfers,
        }
    )


def _sent(
    instance: WnpInstance, plan: WnpSolution, slots: int, rng: random.Random
) -> tuple[dict[str, int], dict[str, int | None]]:
    radio = instance.radio
    quality = rng.choice([1.0, 0.5, 1.2])
    delivered = {m.name: 0 for m in instance.modalities}
    arrived: dict[str, int | None] = {m.name: 0 if m.payload_bits == 0 else None for m in instance.modalities}
    for t, row in enumerate(plan.rb[:slots]):
        for n, k in enumerate(row):
            if k is not None:
                bits = radio.bits_per_slot[k][n][t // radio.block_slots]
                delivered[instance.modalities[k].name] += int(bits * rng.uniform(quality / 2, quality))
        for m in instance.modalities:
            if arrived[m.name] is None and delivered[m.name] >= m.payload_bits:
                arrived[m.name] = (t + 1) * radio.slot_ticks
    return delivered, arrived
