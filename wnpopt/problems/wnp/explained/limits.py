"""Deadlines of jobs, the makespan's and the energy's limit: which cannot be kept, and what could be."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from wnpopt.core.budget import Budget
from wnpopt.core.explanation import Cause, ExplanationRequest, Remedy
from wnpopt.core.text import number
from wnpopt.problems.wnp.instance import ENERGY_TOLERANCE, WnpInstance
from wnpopt.problems.wnp.solution import WnpSolution
from wnpopt.problems.wnp.verify import energy, job_ends, verify


@dataclass(frozen=True)
class _Limit:
    """A deadline or a limit: the field's path, what it is called, its value and unit."""

    field: str
    name: str
    now: float
    unit: str

    def reached(self, instance: WnpInstance, solution: WnpSolution) -> float:
        """What a plan has in place of it."""
        if self.field == "energy_limit_j":
            return energy(instance, solution)
        core = {entry.name: place for place, entry in enumerate(instance.chip.cores)}
        end = {}
        for subgraph in instance.subgraphs:
            ticks = subgraph.ticks[core[solution.core[subgraph.name]]]
            assert ticks is not None
            end[subgraph.name] = solution.start[subgraph.name] + ticks
        if self.field == "makespan_limit_ticks":
            return max(end.values())
        return job_ends(instance, end)[self.name]


def limits_of(instance: WnpInstance) -> tuple[_Limit, ...]:
    """All that an instance has."""
    found = [
        _Limit(f"jobs[{j}].deadline_ticks", job.name, job.deadline_ticks, "ticks")
        for j, job in enumerate(instance.jobs)
        if job.deadline_ticks is not None
    ]
    if instance.makespan_limit_ticks is not None:
        found.append(_Limit("makespan_limit_ticks", "makespan", instance.makespan_limit_ticks, "ticks"))
    if instance.energy_limit_j is not None:
        found.append(_Limit("energy_limit_j", "energy", instance.energy_limit_j, "J"))
    return tuple(found)


def causes(instance: WnpInstance) -> tuple[Cause, ...]:
    """The limits that a bound of our own is above, and by how much."""
    return tuple(_beyond(instance)) if limits_of(instance) else ()


def _beyond(instance: WnpInstance) -> Iterator[Cause]:
    from wnpopt.problems.wnp.bounds import problem_bounds
    from wnpopt.problems.wnp.field_bounds import least_energy
    from wnpopt.problems.wnp.infeasibility import earliest_end
    from wnpopt.problems.wnp.kernels.problem import Problem

    problem, budget = Problem.of(instance), Budget(None)
    if problem.uplink.alone() is None:
        return
    for j, job in enumerate(instance.jobs):
        least = earliest_end(problem, np.flatnonzero(instance.job_index == j), budget)
        if job.deadline_ticks is not None and least > job.deadline_ticks:
            yield _cause(job.name, "deadline", least, job.deadline_ticks, "ticks", f'job "{job.name}" ends at')
    known = [int(bound.value) for bound in problem_bounds(problem, budget)]
    makespan = max([earliest_end(problem, np.arange(len(instance.subgraphs)), budget), *known])
    limit = instance.makespan_limit_ticks
    if limit is not None and makespan > limit:
        yield _cause("makespan", "makespan limit", makespan, limit, "ticks", "the makespan is")
    if instance.energy_limit_j is not None:
        spent = least_energy(problem, makespan)
        if spent > Fraction(instance.energy_limit_j) * (1 + 2 * Fraction(ENERGY_TOLERANCE)):
            yield _cause("energy", "energy limit", float(spent), instance.energy_limit_j, "J", "the energy is")


def _cause(name: str, binds: str, least: float, limit: float, unit: str, told: str) -> Cause:
    over = least - limit
    text = f"{told} {number(least, 9)} {unit} at the least, the {binds} is {number(limit, 9)}: {number(over)} too much"
    return Cause(name, binds, text, over, unit)


def remedies(instance: WnpInstance, asked: ExplanationRequest[WnpSolution]) -> tuple[Remedy, ...]:
    """Each limit by itself, raised to what a plan without it needs; and all together, where that does not do."""
    all_limits = limits_of(instance)
    share = 0.6 * asked.seconds / (len(all_limits) + 1)
    made = [remedy for limit in all_limits if (remedy := _raised(instance, (limit,), asked, share)) is not None]
    if not made and len(all_limits) > 1:
        together = _raised(instance, all_limits, asked, share)
        made += [] if together is None else [together]
    return tuple(made)


def _raised(
    instance: WnpInstance, freed: tuple[_Limit, ...], asked: ExplanationRequest[WnpSolution], seconds: float
) -> Remedy | None:
    changes: dict[str, object] = {limit.field: None for limit in freed}
    free = instance.replace(changes)
    aims = [limit.field for limit in freed]
    # What is asked for is what the limit is on: so it is raised by as little as the time allows.
    if aims == ["energy_limit_j"]:
        posed = free.replace(objective="energy")
    elif all(field.startswith("jobs") for field in aims):
        weights = {f"jobs[{j}].weight": 1 for j in range(len(instance.jobs))}
        posed = free.replace(weights | {field.replace("deadline_ticks", "weight"): 1000 for field in aims},
                             objective="weighted_latency")  # fmt: skip
    else:
        posed = free.replace(objective="makespan")
    plan = asked.solve(posed, seconds=seconds).solution
    if plan is None:
        plan = asked.solve(free, "pacs", seconds=seconds).solution
    if plan is None:
        return None
    needed = {limit: limit.reached(free, plan) for limit in freed}
    needed = {limit: value for limit, value in needed.items() if value > limit.now}
    changes = {limit.field: value for limit, value in needed.items()}
    if not needed or not verify(instance.replace(changes), plan).accepted:
        return None
    told = ", ".join(f"{limit.name}: {number(limit.now, 9)} to {number(value, 9)} {limit.unit}"
                     for limit, value in needed.items())  # fmt: skip
    first, value = next(iter(needed.items()))
    kind = "deadline" if first.field.startswith("jobs") else "limit"
    names = ", ".join(limit.name for limit in needed)
    return Remedy(names, kind, first.now, value, first.unit, told, changes)
