"""Every plan of a tiny intradp instance by the verifier alone: the last word on what solvers and kernels claim."""

from __future__ import annotations

from itertools import product
from math import inf, prod

from wnpopt.core.exhausted import Exhausted
from wnpopt.problems.intradp.instance import IntradpInstance
from wnpopt.problems.intradp.solution import IntradpSolution
from wnpopt.problems.intradp.verify import verify

MOST = 500
"""Plans up to which an instance is tiny: some hundredths of a second's work."""

_BETTER = 1e-6
"""What is less by so much, relatively, is better."""


def exhaust(instance: IntradpInstance, better_than: float | None = None) -> Exhausted[IntradpSolution]:
    """The best plan whose objective is less than ``better_than`` (None: any), by trying all."""
    inner = instance.operators[1:-1]
    if len(inner) > MOST or prod((op.units + 1) * (op.units + 2) // 2 for op in inner) > MOST:
        return Exhausted(None, complete=False)
    sides = [[(op.units, op.units)] for op in instance.operators]
    for i, operator in enumerate(inner, 1):
        sides[i] = [(a, b) for a in range(operator.units + 1) for b in range(a + 1)]
    best, limit = None, inf if better_than is None else better_than
    for plan in product(*sides):
        ends, begins = zip(*plan, strict=True)
        solution = IntradpSolution(instance=instance.name, device_end=ends, server_begin=begins)
        certificate = verify(instance, solution)
        value = certificate.objective if certificate.accepted else None
        if value is not None and value < limit * (1 - _BETTER):
            best, limit = solution, value
    return Exhausted(best, complete=True)
