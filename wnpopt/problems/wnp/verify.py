"""The independent judge of wnp solutions: reads instance and solution, recomputes everything, in exact integers.

Shares no code with bounds, formulations or heuristics, and uses plain Python on purpose: it should be easy to be sure
of.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from wnpopt.core.certificate import Certificate, Violation
from wnpopt.core.errors import InputError
from wnpopt.problems.wnp.instance import WnpInstance
from wnpopt.problems.wnp.solution import WnpSolution

Times = Mapping[str, int]
"""Ticks by subgraph, or by transfer."""

RULES = {
    "instance-name": "the solution names this instance",
    "rb-slots": "no more slots are used than the radio has",
    "rb-width": "every slot has one entry for each resource block",
    "rb-modality": "a resource block carries a modality that exists",
    "delivery": "every modality that some subgraph names is delivered in full",
    "core-missing": "every subgraph has a core",
    "core-unknown": "only subgraphs and cores of the instance are named",
    "core-forbidden": "a subgraph runs on a core that can run it",
    "start-missing": "every subgraph has a start",
    "start-unknown": "only subgraphs of the instance have a start",
    "arrival": "a subgraph starts no earlier than its modality arrives",
    "overlap": "a core runs one subgraph at a time",
    "precedence": "a subgraph starts no earlier than its inputs are there",
    "bus-field": "transfer_start is given exactly when the bus is exclusive",
    "bus-transfers": "each edge between different cores has one transfer, and nothing else has",
    "bus-early": "a transfer starts no earlier than its producer ends",
    "bus-late": "a subgraph starts no earlier than its transfers end",
    "bus-overlap": "the bus carries one transfer at a time",
}
"""Every rule that a solution can break, and what it asks for."""


def arrivals(instance: WnpInstance, solution: WnpSolution) -> list[int | None]:
    """Tick at which each modality has arrived in full under the solution's allocation; None if it never does.

    The arrival is the END of the slot in which the delivered bits reach the payload; a payload of 0 is there at time 0.
    """
    radio, width = instance.radio, instance.resource_blocks
    arrived: list[int | None] = [0 if m.payload_bits == 0 else None for m in instance.modalities]
    delivered = [0] * len(instance.modalities)
    lacking = {k for k, time in enumerate(arrived) if time is None}
    for slot, row in enumerate(solution.rb[: radio.slots]):
        if not lacking:
            break
        block = slot // radio.block_slots
        for n, k in enumerate(row[:width]):
            if k in lacking:
                delivered[k] += radio.bits_per_slot[k][n][block]
        for k in [k for k in lacking if delivered[k] >= instance.modalities[k].payload_bits]:
            arrived[k] = (slot + 1) * radio.slot_ticks
            lacking.remove(k)
    return arrived


def transfer_ticks(instance: WnpInstance, edge: int, source: str, target: str) -> int:
    """Ticks from core ``source`` to core ``target`` for an edge's bytes; 0 on one core."""
    if source == target:
        return 0
    chip = instance.chip
    at = {c.name: (c.x, c.y) for c in chip.cores}
    (x, y), (u, v) = at[source], at[target]
    hops = abs(x - u) + abs(y - v)
    return chip.hop_ticks * hops + -(-instance.edges[edge].bytes // chip.bytes_per_tick)


def verify(instance: WnpInstance, solution: WnpSolution) -> Certificate:
    """The solution's makespan in ticks and every rule (see :data:`RULES`) that it breaks.

    Amounts are in ticks, bits or a count.
    """
    found: list[Violation] = []
    if solution.instance != instance.name:
        found.append(Violation("instance-name", f"instance {solution.instance}", 1))
    found.extend(_check_radio(instance, solution))
    found.extend(_check_mapping(instance, solution))
    if any(v.rule.startswith(("core", "start")) for v in found):
        return Certificate(None, tuple(found))
    start = {s.name: solution.start[s.name] for s in instance.subgraphs}
    end = {name: start[name] + _ticks(instance, solution, name) for name in start}
    found.extend(_check_arrivals(instance, solution, start))
    found.extend(_check_cores(instance, solution, start, end))
    if (solution.transfer_start is not None) != instance.chip.exclusive_bus:
        found.append(Violation("bus-field", "transfer_start", 1))
    elif solution.transfer_start is not None:
        found.extend(_check_bus(instance, solution, solution.transfer_start, start, end))
    found.extend(_check_precedence(instance, solution, start, end))
    return Certificate(max(end.values()), tuple(found))


def makespan(instance: WnpInstance, solution: WnpSolution) -> int:
    """Largest end of a subgraph in ticks; raises :class:`InputError` where subgraphs lack a core or a start."""
    objective = verify(instance, solution).objective
    if objective is None:
        raise InputError("subgraphs lack a core or a start, so the solution has no makespan", where="core")
    return int(objective)


def _ticks(instance: WnpInstance, solution: WnpSolution, name: str) -> int:
    core = [c.name for c in instance.chip.cores].index(solution.core[name])
    subgraph = next(s for s in instance.subgraphs if s.name == name)
    ticks = subgraph.ticks[core]
    assert ticks is not None, "forbidden cores are reported before"
    return ticks


def _check_radio(instance: WnpInstance, solution: WnpSolution) -> Iterator[Violation]:
    radio, width, known = instance.radio, instance.resource_blocks, len(instance.modalities)
    if len(solution.rb) > radio.slots:
        yield Violation("rb-slots", f"rb[{radio.slots}]", len(solution.rb) - radio.slots)
    for t, row in enumerate(solution.rb):
        if len(row) != width:
            yield Violation("rb-width", f"rb[{t}]", abs(len(row) - width))
        for n, k in enumerate(row):
            if k is not None and k >= known:
                yield Violation("rb-modality", f"rb[{t}][{n}]", k - known + 1)


def _check_mapping(instance: WnpInstance, solution: WnpSolution) -> Iterator[Violation]:
    names = {s.name for s in instance.subgraphs}
    cores = {c.name: m for m, c in enumerate(instance.chip.cores)}
    for field, mapping in (("core", solution.core), ("start", solution.start)):
        yield from (Violation(f"{field}-unknown", f"{field}[{name}]", 1) for name in mapping if name not in names)
        yield from (
            Violation(f"{field}-missing", f"{field}[{s.name}]", 1) for s in instance.subgraphs if s.name not in mapping
        )
    for subgraph in instance.subgraphs:
        core = solution.core.get(subgraph.name)
        if core is None:
            continue
        if core not in cores:
            yield Violation("core-unknown", f"core[{subgraph.name}] = {core}", 1)
        elif subgraph.ticks[cores[core]] is None:
            yield Violation("core-forbidden", f"core[{subgraph.name}] = {core}", 1)


def _check_arrivals(instance: WnpInstance, solution: WnpSolution, start: Times) -> Iterator[Violation]:
    arrived = dict(zip((m.name for m in instance.modalities), arrivals(instance, solution), strict=True))
    payload = {m.name: m.payload_bits for m in instance.modalities}
    undelivered: set[str] = set()
    for subgraph in instance.subgraphs:
        if subgraph.modality is None:
            continue
        arrival = arrived[subgraph.modality]
        if arrival is None:
            undelivered.add(subgraph.modality)
        elif start[subgraph.name] < arrival:
            yield Violation("arrival", f"start[{subgraph.name}]", arrival - start[subgraph.name])
    for modality in instance.modalities:
        if modality.name in undelivered:
            missing = payload[modality.name] - _delivered(instance, solution, modality.name)
            yield Violation("delivery", f"modality {modality.name}", missing)


def _delivered(instance: WnpInstance, solution: WnpSolution, name: str) -> int:
    radio = instance.radio
    index = [m.name for m in instance.modalities].index(name)
    return sum(
        radio.bits_per_slot[index][n][t // radio.block_slots]
        for t, row in enumerate(solution.rb[: radio.slots])
        for n, k in enumerate(row[: instance.resource_blocks])
        if k == index
    )


def _check_cores(instance: WnpInstance, solution: WnpSolution, start: Times, end: Times) -> Iterator[Violation]:
    for core in instance.chip.cores:
        # A subgraph of no duration occupies nothing; it may stand at any time between or at others' ends,
        # but not inside one: then it would interrupt it.
        here = sorted(
            (start[s.name], end[s.name], s.name) for s in instance.subgraphs if solution.core[s.name] == core.name
        )
        last, busy = None, 0
        for begin, finish, name in here:
            if last is not None and begin < busy:
                yield Violation("overlap", f"core {core.name}: {last} and {name}", busy - begin)
            if finish >= busy:
                last, busy = name, finish


def _check_precedence(instance: WnpInstance, solution: WnpSolution, start: Times, end: Times) -> Iterator[Violation]:
    for index, edge in enumerate(instance.edges):
        source, target = solution.core[edge.source], solution.core[edge.target]
        ready = end[edge.source] + transfer_ticks(instance, index, source, target)
        if start[edge.target] < ready:
            where = f"edge {edge.source}->{edge.target}"
            yield Violation("precedence", where, ready - start[edge.target])


def _check_bus(
    instance: WnpInstance, solution: WnpSolution, transfers: Times, start: Times, end: Times
) -> Iterator[Violation]:
    expected: dict[str, int] = {}
    for index, edge in enumerate(instance.edges):
        source, target = solution.core[edge.source], solution.core[edge.target]
        if source == target:
            continue
        name = f"{edge.source}->{edge.target}"
        expected[name] = duration = transfer_ticks(instance, index, source, target)
        begin = transfers.get(name)
        if begin is None:
            continue
        if begin < end[edge.source]:
            yield Violation("bus-early", f"transfer {name}", end[edge.source] - begin)
        if start[edge.target] < begin + duration:
            yield Violation("bus-late", f"transfer {name}", begin + duration - start[edge.target])
    unmatched = sorted(set(expected) ^ set(transfers))
    yield from (Violation("bus-transfers", f"transfer {name}", 1) for name in unmatched)
    last, busy = None, 0
    for begin, name in sorted((transfers[name], name) for name in expected if name in transfers):
        if last is not None and expected[name] > 0 and begin < busy:
            yield Violation("bus-overlap", f"transfers {last} and {name}", busy - begin)
        if begin + expected[name] >= busy:
            last, busy = name, begin + expected[name]
