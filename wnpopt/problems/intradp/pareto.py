"""The latency-energy front of intradp: least energy under deadlines; there is no limit on energy to pose."""

from __future__ import annotations

from wnpopt.core.errors import InputError
from wnpopt.core.front import Bicriteria, Objective
from wnpopt.problems.intradp.instance import IntradpInstance
from wnpopt.problems.intradp.solution import IntradpSolution
from wnpopt.problems.intradp.verify import replay

RESOLUTION = 1e-8
"""Relative; deadlines are kept within 1e-9."""


def _check(instance: IntradpInstance) -> None:
    power = instance.power_w
    watts = (power.compute, power.communicate, power.standby, power.launch)
    own = (operator.device.compute_w for operator in instance.operators)
    if not any(watts) and not any(own):
        raise InputError(
            "has no energy: at least one of power_w.compute, power_w.communicate, power_w.standby, power_w.launch and "
            "operators[].device.compute_w has to be above 0",
            where="power_w",
        )


def _posed(
    instance: IntradpInstance, objective: Objective, latency_limit: float | None, energy_limit: float | None
) -> IntradpInstance:
    del energy_limit  # never posed
    deadlines = (instance.deadline_s, latency_limit)
    return instance.changed(
        objective=objective, deadline_s=min((limit for limit in deadlines if limit is not None), default=None)
    )


def _values(instance: IntradpInstance, solution: IntradpSolution) -> tuple[float, float]:
    timed = replay(instance, solution)
    return timed.latency_s, timed.energy_j


BICRITERIA = Bicriteria("s", 0, "auto", _check, _posed, _values, resolution=RESOLUTION, limits_energy=False)
