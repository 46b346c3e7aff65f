"""The independent judge of wnp solutions: reads instance and solution, recomputes everything, in exact integers.

Shares no code with bounds, formulations or heuristics, and uses plain Python on purpose: it should be easy to be sure
of.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from math import fsum, inf

from wnpopt.core.certificate import Certificate, Violation
from wnpopt.core.errors import InputError
from wnpopt.problems.wnp.instance import ENERGY_TOLERANCE, WnpInstance
from wnpopt.problems.wnp.solution import WnpSolution
from wnpopt.problems.wnp.state import WnpState

Times = Mapping[str, int]
"""Ticks by subgraph, or by transfer."""

RULES = {
    "instance-name": "the solution names this instance",
    "rb-slots": "no more slots are used than the radio has, and none where there is no modality",
    "rb-width": "every slot has one entry for each resource block",
    "rb-modality": "a resource block carries a modality that exists",
    "rb-release": "no resource block carries a modality before its release slot",
    "delivery": "every modality that some subgraph names is delivered in full",
    "core-missing": "every subgraph has a core",
    "core-unknown": "only subgraphs and cores of the instance are named",
    "core-forbidden": "a subgraph runs on a core that can run it",
    "start-missing": "every subgraph has a start",
    "start-unknown": "only subgraphs of the instance have a start",
    "arrival": "a subgraph starts no earlier than its modality arrives",
    "release": "a subgraph starts no earlier than its release and its job's",
    "overlap": "a core runs one subgraph at a time",
    "precedence": "a subgraph starts no earlier than its inputs are there",
    "bus-field": "transfer_start is given exactly when the bus is exclusive",
    "bus-transfers": "each edge between different cores has one transfer, and nothing else has",
    "bus-early": "a transfer starts no earlier than its producer ends",
    "bus-late": "a subgraph starts no earlier than its transfers end",
    "bus-overlap": "the bus carries one transfer at a time",
    "deadline": "the last subgraph of a job ends by its deadline",
    "makespan-limit": "the makespan is within its limit",
    "energy-limit": "the energy is within its limit, and a finite number where it is the objective",
}
"""Every rule that a solution can break, and what it asks for."""

STATE_RULES = {"fixed": "what has begun stays as it was, and all else starts no earlier than now"}
"""The rule that goes with a state."""


def arrivals(instance: WnpInstance, solution: WnpSolution, fixed: WnpState | None = None) -> list[int | None]:
    """Tick at which each modality has arrived in full under the solution's allocation; None if it never does.

    The arrival is the END of the slot in which the delivered bits reach the payload; a payload of 0 is there at time 0.
    What ``fixed`` has delivered counts as there now if it is all, and what is sent in slots before its own does not.
    """
    radio, width = instance.radio, instance.resource_blocks
    arrived: list[int | None] = [0 if m.payload_bits == 0 else None for m in instance.modalities]
    delivered = [0] * len(instance.modalities)
    first = 0
    if fixed is not None:
        first = fixed.slot
        delivered = [fixed.delivered_bits.get(m.name, 0) for m in instance.modalities]
        for index, modality in enumerate(instance.modalities):
            if arrived[index] is None and delivered[index] >= modality.payload_bits:
                arrived[index] = fixed.now_ticks
    lacking = {k for k, time in enumerate(arrived) if time is None}
    for slot, row in enumerate(solution.rb[: radio.slots]):
        if not lacking:
            break
        if slot < first:
            continue
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


def verify(instance: WnpInstance, solution: WnpSolution, fixed: WnpState | None = None) -> Certificate:
    """The solution's objective and every rule (see :data:`RULES`) that it breaks.

    The objective is the makespan or the weighted latency in ticks, or the energy in J. Amounts are in ticks, bits, J or
    a count. ``fixed`` is what has happened of a plan that runs (:class:`WnpState`).
    """
    found: list[Violation] = []
    if solution.instance != instance.name:
        found.append(Violation("instance-name", f"instance {solution.instance}", 1))
    found.extend(_check_radio(instance, solution, 0 if fixed is None else fixed.slot))
    found.extend(_check_mapping(instance, solution))
    if any(v.rule.startswith(("core", "start")) for v in found):
        return Certificate(None, tuple(found))
    start = {s.name: solution.start[s.name] for s in instance.subgraphs}
    end = _ends(instance, solution, fixed)
    found.extend(_check_arrivals(instance, solution, start, fixed))
    found.extend(_check_releases(instance, start, fixed))
    found.extend(_check_cores(instance, solution, start, end))
    if (solution.transfer_start is not None) != instance.chip.exclusive_bus:
        found.append(Violation("bus-field", "transfer_start", 1))
    elif solution.transfer_start is not None:
        found.extend(_check_bus(instance, solution, solution.transfer_start, start, end, fixed))
    if fixed is not None:
        found.extend(_check_fixed(instance, solution, fixed))
    found.extend(_check_precedence(instance, solution, start, end, fixed))
    found.extend(_check_limits(instance, solution, start, end))
    value = _objective(instance, solution, start, end)
    return Certificate(value if value < inf else None, tuple(found))


def job_ends(instance: WnpInstance, end: Times) -> dict[str, int]:
    """The last end of each job's subgraphs, in ticks."""
    return {job.name: max(end[s.name] for s in instance.subgraphs if s.job == job.name) for job in instance.jobs}


def energy(instance: WnpInstance, solution: WnpSolution) -> float:
    """J of a solution in which every subgraph has a core and a start."""
    return _energy(instance, solution, solution.start, _ends(instance, solution, None))


def _energy(instance: WnpInstance, solution: WnpSolution, start: Times, end: Times) -> float:
    """J of the cores over [0, makespan], of every RB-slot that carries a modality, and of the transfers."""
    last = max(end.values())
    parts = []
    for core in instance.chip.cores:
        busy = sum(end[s.name] - start[s.name] for s in instance.subgraphs if solution.core[s.name] == core.name)
        parts += [instance.tick_s * core.active_w * busy, instance.tick_s * core.idle_w * (last - busy)]
    for k, modality in enumerate(instance.modalities):
        carrying = sum(entry == k for row in solution.rb for entry in row)
        parts.append(modality.transmit_j_per_rb_slot * carrying)
    at = {c.name: (c.x, c.y) for c in instance.chip.cores}
    for edge in instance.edges:
        source, target = solution.core[edge.source], solution.core[edge.target]
        if source != target:
            (x, y), (u, v) = at[source], at[target]
            hops = max(1, abs(x - u) + abs(y - v))
            parts.append(instance.chip.joule_per_byte_hop * edge.bytes * hops)
    try:
        return fsum(parts)
    except OverflowError:
        return inf


def _objective(instance: WnpInstance, solution: WnpSolution, start: Times, end: Times) -> float:
    if instance.objective == "energy":
        return _energy(instance, solution, start, end)
    if instance.objective == "weighted_latency":
        last = job_ends(instance, end)
        return sum(job.weight * (last[job.name] - job.release_ticks) for job in instance.jobs)
    return max(end.values())


def _check_limits(instance: WnpInstance, solution: WnpSolution, start: Times, end: Times) -> Iterator[Violation]:
    last = job_ends(instance, end)
    for job in instance.jobs:
        if job.deadline_ticks is not None and last[job.name] > job.deadline_ticks:
            yield Violation("deadline", f"job {job.name}", last[job.name] - job.deadline_ticks)
    limit, reached = instance.makespan_limit_ticks, max(end.values())
    if limit is not None and reached > limit:
        yield Violation("makespan-limit", "makespan", reached - limit)
    allowed = instance.energy_limit_j
    if allowed is not None or instance.objective == "energy":
        spent = _energy(instance, solution, start, end)
        # Starts are up to 2^53: with watts that are as large an energy is beyond any number.
        if spent == inf or (allowed is not None and spent > allowed * (1 + ENERGY_TOLERANCE)):
            yield Violation("energy-limit", "energy", min(spent - (allowed or 0.0), 1e308))


def _check_releases(instance: WnpInstance, start: Times, fixed: WnpState | None) -> Iterator[Violation]:
    released = {job.name: job.release_ticks for job in instance.jobs}
    for subgraph in instance.subgraphs:
        if fixed is not None and subgraph.name in fixed.begun:
            continue
        of_job = 0 if subgraph.job is None else released[subgraph.job]
        early = max(subgraph.release_ticks, of_job) - start[subgraph.name]
        if early > 0:
            yield Violation("release", f"start[{subgraph.name}]", early)


def _check_fixed(instance: WnpInstance, solution: WnpSolution, fixed: WnpState) -> Iterator[Violation]:
    for subgraph in instance.subgraphs:
        name, now = subgraph.name, fixed.now_ticks
        begun = fixed.begun.get(name)
        if begun is None:
            if solution.start[name] < now:
                yield Violation("fixed", f"start[{name}]", now - solution.start[name])
        else:
            if solution.core[name] != begun.core:
                yield Violation("fixed", f"core[{name}] = {solution.core[name]}", 1)
            if solution.start[name] != begun.start:
                yield Violation("fixed", f"start[{name}]", abs(solution.start[name] - begun.start))
    for name, begin in (solution.transfer_start or {}).items():
        at = fixed.transfers_begun.get(name)
        target = name.partition("->")[2]
        if at is not None and begin != at:
            yield Violation("fixed", f"transfer {name}", abs(begin - at))
        elif at is None and begin < fixed.now_ticks and target not in fixed.begun:
            yield Violation("fixed", f"transfer {name}", fixed.now_ticks - begin)


def makespan(instance: WnpInstance, solution: WnpSolution) -> int:
    """Largest end of a subgraph in ticks; raises :class:`InputError` where subgraphs lack a core or a start."""
    if any(True for _ in _check_mapping(instance, solution)):
        raise InputError("subgraphs lack a core or a start, so the solution has no makespan", where="core")
    return max(_ends(instance, solution, None).values())


def _ends(instance: WnpInstance, solution: WnpSolution, fixed: WnpState | None) -> dict[str, int]:
    return {s.name: _end(instance, solution, s.name, fixed) for s in instance.subgraphs}


def _end(instance: WnpInstance, solution: WnpSolution, name: str, fixed: WnpState | None) -> int:
    """When a subgraph ends: as it did, or after its nominal ticks, and not before now while it runs."""
    begun = None if fixed is None else fixed.begun.get(name)
    if begun is not None and begun.end is not None:
        return solution.start[name] + begun.end - begun.start
    end = solution.start[name] + _ticks(instance, solution, name)
    return end if fixed is None or name not in fixed.begun else max(end, fixed.now_ticks)


def _ticks(instance: WnpInstance, solution: WnpSolution, name: str) -> int:
    core = [c.name for c in instance.chip.cores].index(solution.core[name])
    subgraph = next(s for s in instance.subgraphs if s.name == name)
    ticks = subgraph.ticks[core]
    assert ticks is not None, "forbidden cores are reported before"
    return ticks


def _check_radio(instance: WnpInstance, solution: WnpSolution, first: int) -> Iterator[Violation]:
    radio, width, known = instance.radio, instance.resource_blocks, len(instance.modalities)
    slots = radio.slots if known else 0
    if len(solution.rb) > slots:
        yield Violation("rb-slots", f"rb[{slots}]", len(solution.rb) - slots)
    for t, row in enumerate(solution.rb):
        if len(row) != width:
            yield Violation("rb-width", f"rb[{t}]", abs(len(row) - width))
        for n, k in enumerate(row):
            if k is not None and k >= known:
                yield Violation("rb-modality", f"rb[{t}][{n}]", k - known + 1)
            elif k is not None and first <= t < instance.modalities[k].release_slot:
                yield Violation("rb-release", f"rb[{t}][{n}]", instance.modalities[k].release_slot - t)


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


def _check_arrivals(
    instance: WnpInstance, solution: WnpSolution, start: Times, fixed: WnpState | None
) -> Iterator[Violation]:
    arrived = dict(zip((m.name for m in instance.modalities), arrivals(instance, solution, fixed), strict=True))
    payload = {m.name: m.payload_bits for m in instance.modalities}
    undelivered: set[str] = set()
    for subgraph in instance.subgraphs:
        if subgraph.modality is None or (fixed is not None and subgraph.name in fixed.begun):
            continue
        arrival = arrived[subgraph.modality]
        if arrival is None:
            undelivered.add(subgraph.modality)
        elif start[subgraph.name] < arrival:
            yield Violation("arrival", f"start[{subgraph.name}]", arrival - start[subgraph.name])
    for modality in instance.modalities:
        if modality.name in undelivered:
            missing = payload[modality.name] - _delivered(instance, solution, modality.name, fixed)
            yield Violation("delivery", f"modality {modality.name}", missing)


def _delivered(instance: WnpInstance, solution: WnpSolution, name: str, fixed: WnpState | None) -> int:
    radio = instance.radio
    index = [m.name for m in instance.modalities].index(name)
    before, first = (0, 0) if fixed is None else (fixed.delivered_bits.get(name, 0), fixed.slot)
    return before + sum(
        radio.bits_per_slot[index][n][t // radio.block_slots]
        for t, row in enumerate(solution.rb[: radio.slots])
        for n, k in enumerate(row[: instance.resource_blocks])
        if k == index and t >= first
    )


def _check_cores(instance: WnpInstance, solution: WnpSolution, start: Times, end: Times) -> Iterator[Violation]:
    for core in instance.chip.cores:
        # A subgraph of no duration occupies nothing; it may stand at any time between or at others' ends,
        # but not inside one: then it would interrupt it.
        here = sorted(
            (start[s.name], end[s.name], s.name) for s in instance.subgraphs if solution.core[s.name] == core.name
        )
        last, busy = "", 0
        for begin, finish, name in here:
            if begin < busy:
                yield Violation("overlap", f"core {core.name}: {last} and {name}", busy - begin)
            if finish >= busy:
                last, busy = name, finish


def _check_precedence(
    instance: WnpInstance, solution: WnpSolution, start: Times, end: Times, fixed: WnpState | None
) -> Iterator[Violation]:
    for index, edge in enumerate(instance.edges):
        if fixed is not None and edge.target in fixed.begun:
            continue
        source, target = solution.core[edge.source], solution.core[edge.target]
        ready = end[edge.source]
        if fixed is not None and source != target:
            ready = fixed.transfers_begun.get(f"{edge.source}->{edge.target}", ready)
        ready += transfer_ticks(instance, index, source, target)
        if start[edge.target] < ready:
            where = f"edge {edge.source}->{edge.target}"
            yield Violation("precedence", where, ready - start[edge.target])


def _check_bus(
    instance: WnpInstance,
    solution: WnpSolution,
    transfers: Times,
    start: Times,
    end: Times,
    fixed: WnpState | None,
) -> Iterator[Violation]:
    expected: dict[str, int] = {}
    for index, edge in enumerate(instance.edges):
        source, target = solution.core[edge.source], solution.core[edge.target]
        if source == target:
            continue
        name = f"{edge.source}->{edge.target}"
        expected[name] = duration = transfer_ticks(instance, index, source, target)
        begin = transfers.get(name)
        if begin is None or (fixed is not None and edge.target in fixed.begun):
            continue
        if begin < end[edge.source]:
            yield Violation("bus-early", f"transfer {name}", end[edge.source] - begin)
        if start[edge.target] < begin + duration:
            yield Violation("bus-late", f"transfer {name}", begin + duration - start[edge.target])
    unmatched = sorted(set(expected) ^ set(transfers))
    yield from (Violation("bus-transfers", f"transfer {name}", 1) for name in unmatched)
    # A transfer of no duration occupies nothing, but may not stand strictly inside another one: like a subgraph.
    last, busy = "", 0
    past = {name for name in expected if fixed is not None and name.partition("->")[2] in fixed.begun}
    on_bus = ((transfers[name], transfers[name] + expected[name], name) for name in expected if name in transfers)
    for begin, finish, name in sorted(entry for entry in on_bus if entry[2] not in past):
        if begin < busy:
            yield Violation("bus-overlap", f"transfers {last} and {name}", busy - begin)
        if finish >= busy:
            last, busy = name, finish
