"""The plans of a table that are made ready beforehand: as many as the memory allows, device-only always."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise

from wnpopt.core.errors import InputError
from wnpopt.problems.intradp.execution.costs.plans import named_plan
from wnpopt.problems.intradp.execution.remote.job import MOST_PLANS, SplitModel
from wnpopt.problems.intradp.execution.remote.prepared import needed_bytes
from wnpopt.problems.intradp.execution.segments import program
from wnpopt.problems.intradp.online.table import Entry, PlanTable
from wnpopt.problems.intradp.solution import IntradpSolution
from wnpopt.problems.intradp.verify import replay

MEMORY_BYTES = 1 << 30
"""What the sessions of a table's plans may take on this side."""


@dataclass(frozen=True)
class PrecompiledTable:
    """``table`` has the plans that are ready, the first of them device-only for a bandwidth of 0.

    ``plans`` are the others' solutions, each once, and ``place`` where the plan of a bandwidth (MB/s) is among them,
    None for the device alone. ``left_out`` counts plans for which there was no memory.
    """

    table: PlanTable
    plans: tuple[IntradpSolution, ...]
    place: Mapping[float, int | None]
    needed_bytes: int
    left_out: int


def precompiled(model: SplitModel, table: PlanTable, *, memory_bytes: int = MEMORY_BYTES) -> PrecompiledTable:
    """Choose the plans: those first that the table has for the widest stretches of bandwidths.

    Where one is left out, the one below it stands in, as it would for a bandwidth between them. Raises
    :class:`InputError` for a table of another instance and for plans that do not fit.
    """
    name = model.instance.name
    if table.instance != name:
        raise InputError(f"found a table of {table.instance}; one of {name} is needed", where="instance")
    alone = named_plan(model.instance, "device-only")
    entries = [entry for entry in table.plans if entry.megabytes_per_s > 0]
    width: dict[IntradpSolution, float] = {}
    for entry, after in pairwise([*entries, None]):
        assert entry is not None
        solution = entry.solution(name)
        wide = float("inf") if after is None else after.megabytes_per_s - entry.megabytes_per_s
        width[solution] = width.get(solution, 0.0) + wide
    chosen: list[IntradpSolution] = []
    needed, left_out = 0, 0
    for solution in sorted(width, key=lambda one: -width[one]):  # of equal ones the first in the table
        if solution == alone:
            continue
        made = program(model.network, model.own, model.plan(solution), "device")
        bytes_ = needed_bytes(model.network, made)
        if needed + bytes_ > memory_bytes or len(chosen) == MOST_PLANS:
            left_out += 1
            continue
        needed += bytes_
        chosen.append(solution)
    kept = [entry for entry in entries if entry.solution(name) in chosen or entry.solution(name) == alone]
    ready = table.model_copy(update={"plans": (_alone(model, alone), *kept)})
    place = {
        entry.megabytes_per_s: chosen.index(solution) if (solution := entry.solution(name)) in chosen else None
        for entry in ready.plans
    }
    return PrecompiledTable(ready, tuple(chosen), place, needed, left_out)


def _alone(model: SplitModel, plan: IntradpSolution) -> Entry:
    replayed = replay(model.instance, plan)
    return Entry(
        megabytes_per_s=0.0, latency_s=replayed.latency_s, energy_j=replayed.energy_j, bound=None,
        found_by="device-only", device_end=plan.device_end, server_begin=plan.server_begin,
    )  # fmt: skip
