"""What ``wnpopt show`` tells of a wnp instance and of a solution."""

from __future__ import annotations

import numpy as np

from wnpopt.core.facts import Fact, Facts, FactTable, counted, further, plain_facts
from wnpopt.core.text import number, seconds
from wnpopt.problems.wnp.instance import WnpInstance
from wnpopt.problems.wnp.solution import WnpSolution
from wnpopt.problems.wnp.verify import arrivals, makespan, transfer_ticks


def show(instance: WnpInstance, solution: WnpSolution | None = None) -> Facts:
    """The sizes, graph, channel and chip of ``instance``; of a solution that the verifier accepts its schedule."""
    return _instance(instance) if solution is None else _solution(instance, solution)


def _instance(instance: WnpInstance) -> Facts:
    radio, chip = instance.radio, instance.chip
    ticks = np.where(instance.ticks < 0, np.iinfo(np.int64).max, instance.ticks).min(axis=1).tolist()
    depth, path = _longest(instance, ticks)
    facts = [
        Fact("subgraphs", len(instance.subgraphs)),
        Fact("edges", len(instance.edges)),
        Fact("edge_bytes", sum(edge.bytes for edge in instance.edges)),
        Fact("depth", depth, f"{counted(depth, 'subgraph')} on the longest path"),
        Fact("tick_s", instance.tick_s, seconds(instance.tick_s)),
        Fact("critical_path_ticks", path, _time(instance, path) + ", each subgraph on its fastest core, no transfers"),
        Fact("work_ticks", sum(ticks), _time(instance, sum(ticks)) + ", each subgraph on its fastest core"),
        Fact("cores", len(chip.cores)),
        Fact("hop_ticks", chip.hop_ticks),
        Fact("bytes_per_tick", chip.bytes_per_tick),
        Fact("exclusive_bus", chip.exclusive_bus),
        Fact("modalities", len(instance.modalities), "" if instance.modalities else "none: chip only"),
    ]
    facts += plain_facts(chip, ("cores", "hop_ticks", "bytes_per_tick", "exclusive_bus")).facts
    if instance.modalities:
        span = radio.slots * radio.slot_ticks
        facts += [
            Fact("resource_blocks", instance.resource_blocks),
            Fact("slots", radio.slots, f"{number(radio.slots)}, {_time(instance, span)}"),
            Fact("slot_ticks", radio.slot_ticks, _time(instance, radio.slot_ticks)),
            Fact(
                "coherence_blocks",
                instance.blocks,
                f"{number(instance.blocks)} of {counted(radio.block_slots, 'slot')}",
            ),
        ]
    known = ("kind", "schema_version", "name", "source", "tick_s", "radio", "modalities", "chip", "subgraphs", "edges")
    tables = [_cores(instance)]
    if instance.modalities:
        tables.append(_modalities(instance))
    return Facts(tuple(facts), tuple(tables)) + plain_facts(instance, known)


def _cores(instance: WnpInstance) -> FactTable:
    """Where subgraphs can run: on each core how many, and how many on no other."""
    runs = instance.ticks >= 0
    alone = runs & (runs.sum(axis=1) == 1)[:, None]
    columns, more = further(instance.chip.cores, ("name", "x", "y"))
    rows = [
        (core.name, core.x, core.y, int(runs[:, m].sum()), int(alone[:, m].sum()), *more[m])
        for m, core in enumerate(instance.chip.cores)
    ]
    return FactTable("core_list", ("core", "x", "y", "runs", "only_here", *columns), tuple(rows))


def _modalities(instance: WnpInstance) -> FactTable:
    """Payloads and rates; the least slots are those of a modality that has the whole channel for itself."""
    columns, more = further(instance.modalities, ("name", "payload_bits"))
    rows = []
    for k, modality in enumerate(instance.modalities):
        rates = instance.rates[k]
        readers = sum(subgraph.modality == modality.name for subgraph in instance.subgraphs)
        slots = _least_slots(rates.sum(axis=0), instance.block_length, modality.payload_bits)
        rows.append(
            (modality.name, modality.payload_bits, int(rates.min()), int(rates.max()), slots, readers, *more[k])
        )
    named = ("modality", "payload_bits", "least_bits_per_slot", "most_bits_per_slot", "least_slots", "readers")
    return FactTable("modality_list", (*named, *columns), tuple(rows))


def _least_slots(rate: np.ndarray, length: np.ndarray, payload: int) -> int | None:
    slots = 0
    for bits, most in zip(rate.tolist(), length.tolist(), strict=True):
        if payload <= bits * most:
            return slots + (-(-payload // bits) if payload > 0 else 0)
        payload -= bits * most
        slots += most
    return None


def _longest(instance: WnpInstance, ticks: list[int]) -> tuple[int, int]:
    """The most subgraphs, and the most of ``ticks``, on a path."""
    before: list[list[int]] = [[] for _ in instance.subgraphs]
    for source, target in instance.edge_index.tolist():
        before[target].append(source)
    count, total = [0] * len(before), [0] * len(before)
    for i in instance.order.tolist():
        count[i] = 1 + max((count[j] for j in before[i]), default=0)
        total[i] = ticks[i] + max((total[j] for j in before[i]), default=0)
    return max(count), max(total)


def _solution(instance: WnpInstance, solution: WnpSolution) -> Facts:
    column = {core.name: m for m, core in enumerate(instance.chip.cores)}
    end = {s.name: solution.start[s.name] + (s.ticks[column[solution.core[s.name]]] or 0) for s in instance.subgraphs}
    whole = makespan(instance, solution)
    order = sorted(instance.subgraphs, key=lambda s: (solution.start[s.name], end[s.name]))
    schedule = [
        (
            s.name,
            solution.core[s.name],
            solution.start[s.name],
            end[s.name],
            end[s.name] - solution.start[s.name],
            s.modality,
        )
        for s in order
    ]
    busy = [0] * len(column)
    for s in instance.subgraphs:
        busy[column[solution.core[s.name]]] += end[s.name] - solution.start[s.name]
    tables = [
        FactTable("schedule", ("subgraph", "core", "start", "end", "ticks", "modality"), tuple(schedule)),
        FactTable("load", ("core", "subgraphs", "busy_ticks"),
                  tuple((c.name, sum(on == c.name for on in solution.core.values()), busy[m])
                        for m, c in enumerate(instance.chip.cores))),
    ]  # fmt: skip
    if instance.modalities:
        arrived = arrivals(instance, solution)
        carried = [sum(row.count(k) for row in solution.rb) for k in range(len(arrived))]
        tables.append(
            FactTable("arrivals", ("modality", "ticks", "rb_slots"),
                      tuple((m.name, arrived[k], carried[k]) for k, m in enumerate(instance.modalities)))
        )  # fmt: skip
    transfers = _transfers(instance, solution, end)
    if transfers:
        tables.append(FactTable("transfers", ("from", "to", "bytes", "start", "end"), tuple(transfers)))
    return Facts((Fact("makespan_ticks", whole, f"{number(whole)}, {_time(instance, whole)}"),), tuple(tables))


def _transfers(
    instance: WnpInstance, solution: WnpSolution, end: dict[str, int]
) -> list[tuple[str, str, int, int, int]]:
    """Those between different cores, by their start."""
    rows = []
    for index, edge in enumerate(instance.edges):
        source, target = solution.core[edge.source], solution.core[edge.target]
        if source != target:
            name = f"{edge.source}->{edge.target}"
            begin = end[edge.source] if solution.transfer_start is None else solution.transfer_start[name]
            ticks = transfer_ticks(instance, index, source, target)
            rows.append((edge.source, edge.target, edge.bytes, begin, begin + ticks))
    return sorted(rows, key=lambda row: (row[3], row[4]))


def _time(instance: WnpInstance, ticks: int) -> str:
    return seconds(ticks * instance.tick_s)
