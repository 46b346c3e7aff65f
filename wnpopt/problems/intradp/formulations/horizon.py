"""How late a plan may end that a formulation has to know of, and what that says about the rest."""

from __future__ import annotations

import math
from dataclasses import dataclass

from wnpopt.core.method import Start
from wnpopt.problems.intradp.instance import IntradpInstance
from wnpopt.problems.intradp.solution import IntradpSolution
from wnpopt.problems.intradp.verify import DEADLINE_TOLERANCE, verify

SLACK = 1e-6
"""How far, relatively, the horizon lies beyond the plan that it comes from, so that this stays a solution."""

UNITS = 10
"""The horizon is between 2^(UNITS - 1) and 2^UNITS units of time."""


@dataclass(frozen=True)
class Horizon:
    """Plans of a latency up to ``seconds`` are looked at; one of a least latency is among them.

    ``unit``: seconds of a formulation's unit of time, a power of two, so that scaling rounds nothing. ``useful``:
    some best plan has no row that nobody needs, so that neither the server nor the uplink is ever later than the plan.
    ``solution`` is the best plan that is known, by ``found_by``; None if all that are known miss the deadline.
    """

    seconds: float
    unit: float
    useful: bool
    solution: IntradpSolution | None
    found_by: str


def horizon_of(instance: IntradpInstance, start: Start[IntradpSolution] | None = None) -> Horizon:
    """The horizon of the best of ``start``, device-only and server-only, by the verifier; for latency."""
    best, solution, found_by = math.inf, None, ""
    if start is not None:
        best, solution, found_by = start.objective, start.solution, start.found_by
    units = tuple(operator.units for operator in instance.operators)
    on_server = (units[0], *(0 for _ in units[1:-1]), units[-1])
    for name, rows in (("device-only", units), ("server-only", on_server)):
        plan = IntradpSolution(instance=instance.name, device_end=rows, server_begin=rows)
        certificate = verify(instance, plan)
        if certificate.accepted and certificate.objective is not None and certificate.objective < best:
            best, solution, found_by = certificate.objective, plan, name
    if instance.deadline_s is not None:
        best = min(best, instance.deadline_s * (1 + DEADLINE_TOLERANCE))
    if best == math.inf:  # transfers "small" forbids server-only at most: device-only is always possible
        raise AssertionError("no plan")
    seconds = best * (1 + SLACK)
    exponent = max(-1000, math.frexp(seconds)[1] - UNITS) if seconds > 0 else 0
    return Horizon(seconds, math.ldexp(1.0, exponent), all_read(instance), solution, found_by)


def all_read(instance: IntradpInstance) -> bool:
    """True if every row of every tensor but the output is read by some row of an operator, whoever computes it."""
    index = {operator.name: i for i, operator in enumerate(instance.operators)}
    read = [bytearray(operator.units) for operator in instance.operators]
    for operator in instance.operators:
        for edge in operator.inputs:
            rows = read[index[edge.source]]
            for r in range(operator.units):
                first, last = edge.rows(r, r + 1, len(rows))
                rows[first:last] = b"\x01" * (last - first)
    return all(all(rows) for rows in read[1:-1])
