"""The makespan-energy front of wnp: how an instance is posed with a limit on the one and the other as its objective."""

from __future__ import annotations

from math import floor

from wnpopt.core.errors import InputError
from wnpopt.core.front import Bicriteria, Objective
from wnpopt.problems.wnp.instance import WnpInstance
from wnpopt.problems.wnp.solution import WnpSolution
from wnpopt.problems.wnp.verify import energy, makespan


def _check(instance: WnpInstance) -> None:
    if not instance.has_energy:
        raise InputError(
            "has no energy: at least one of chip.cores[].active_w, chip.cores[].idle_w, chip.joule_per_byte_hop and "
            "modalities[].transmit_j_per_rb_slot has to be above 0",
            where="chip",
        )


def _posed(
    instance: WnpInstance, objective: Objective, latency_limit: float | None, energy_limit: float | None
) -> WnpInstance:
    ticks = [instance.makespan_limit_ticks, None if latency_limit is None else floor(latency_limit)]
    joules = [instance.energy_limit_j, energy_limit]
    return instance.model_copy(
        update={
            "objective": "makespan" if objective == "latency" else "energy",
            "makespan_limit_ticks": min((limit for limit in ticks if limit is not None), default=None),
            "energy_limit_j": min((limit for limit in joules if limit is not None), default=None),
        }
    )


def _values(instance: WnpInstance, solution: WnpSolution) -> tuple[float, float]:
    return makespan(instance, solution), energy(instance, solution)


BICRITERIA = Bicriteria("ticks", 1, "cpsat", _check, _posed, _values)
