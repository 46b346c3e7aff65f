"""Tiny intradp instances: odd windows, several edges from one tensor, deadlines met exactly, sides 10^9 apart."""

from __future__ import annotations

from functools import cache
from itertools import product
from math import inf, nextafter
from typing import Any, cast

import numpy as np

from tests.examined.drawn import Drawn, Truth
from tests.intradp.fields import with_fields
from tests.intradp.tiny import tiny
from wnpopt.problems.intradp.instance import IntradpInstance
from wnpopt.problems.intradp.methods.enumerate import count
from wnpopt.problems.intradp.solution import IntradpSolution
from wnpopt.problems.intradp.verify import replay

MOST = 400
"""Plans up to which the verifier alone tries all of them; above it the compiled evaluation does."""

DEADLINE = 1e-9
"""The contract's tolerance."""


def truth(drawn: Drawn) -> Truth:
    """The optimum of all plans, with the deadline a little tighter, and a little looser than the contract has it."""
    instance = cast(IntradpInstance, drawn.instance())
    if instance.deadline_s is None:
        best = _least(instance, inf)
        return Truth(best, best)
    worst = _least(instance, nextafter(instance.deadline_s * (1 - 1e-13), 0))
    best = _least(instance, instance.deadline_s * (1 + 1.01 * DEADLINE))
    return Truth(best, worst, open=(best is None) != (worst is None))


def _least(instance: IntradpInstance, deadline: float) -> float | None:
    if count(instance) > MOST:
        return _least_compiled(instance, deadline)
    sides = [[(op.units, op.units)] for op in instance.operators]
    for i, operator in enumerate(instance.operators[1:-1], 1):
        sides[i] = [(a, b) for a in range(operator.units + 1) for b in range(a + 1)]
    best = inf
    small = instance.transfers == "small"
    for plan in product(*sides):
        ends, begins = zip(*plan, strict=True)
        solution = IntradpSolution(instance=instance.name, device_end=ends, server_begin=begins)
        replayed = replay(instance, solution)
        if replayed.latency_s > deadline or (small and not _allowed(instance, solution)):
            continue
        best = min(best, replayed.latency_s if instance.objective == "latency" else replayed.energy_j)
    return None if best == inf else best


def _allowed(instance: IntradpInstance, solution: IntradpSolution) -> bool:
    from wnpopt.problems.intradp.verify import verify

    free = instance.changed(deadline_s=None)
    return verify(free, solution).accepted


def _least_compiled(instance: IntradpInstance, deadline: float) -> float | None:
    from wnpopt.problems.intradp.kernels.evaluate import scratch
    from wnpopt.problems.intradp.kernels.exhaust import exhaust
    from wnpopt.problems.intradp.kernels.problem import Problem

    problem = Problem.of(instance)
    p, n = problem.arrays, problem.count
    a, b = np.zeros(n, np.int32), np.zeros(n, np.int32)
    a[[0, n - 1]] = b[[0, n - 1]] = p.units[[0, n - 1]]
    limit = deadline
    value, _, done = exhaust(
        p, a, b, a.copy(), b.copy(), np.inf, np.inf, 10**7, scratch(n), problem.by_energy, limit, 0.0
    )
    assert done
    return None if value == np.inf else float(value)


@cache
def _fastest(seed: int, fields: bool) -> float:
    drawn = with_fields(tiny(seed, 5_000), seed) if fields else tiny(seed, 5_000)
    best = _least(drawn, inf)
    assert best is not None
    return best


def draw(seed: int) -> Drawn:
    """The instance of ``seed``."""
    rng = np.random.default_rng([seed, 0x6578])
    kind = str(rng.choice(["plain", "fields", "deadline", "deadline", "equal", "wide"]))
    objective = "energy" if rng.random() < 0.4 else "latency"
    fields = kind == "fields" or rng.random() < 0.3
    instance = tiny(seed, 5_000)
    if fields:
        instance = with_fields(instance, seed)
    data = cast(dict[str, Any], instance.to_data())
    data["objective"] = objective
    if kind == "deadline":
        # Exactly what can be reached, one step less than what the tolerance lets pass, and between.
        fastest = _fastest(seed, fields)
        data["deadline_s"] = float(rng.choice([fastest, fastest, fastest * (1 - 1e-6), fastest * 1.3, fastest * 0.5]))
    elif kind == "equal":
        for operator in data["operators"][1:-1]:
            for side in ("device", "server"):
                operator[side] |= {"fixed_s": 1.0, "full_s": 2.0}
            operator["output_bytes"] = 4
        data["link"] |= {"uplink_bytes_per_s": 4.0, "downlink_bytes_per_s": 4.0}
    elif kind == "wide":
        for operator in data["operators"][1:-1]:
            scale = 10.0 ** int(rng.integers(-9, 1))
            side = str(rng.choice(["device", "server"]))
            operator[side] = {key: value * scale for key, value in operator[side].items()}
        data["link"]["uplink_bytes_per_s"] *= 10.0 ** int(rng.integers(-3, 7))
    data["name"] = f"{kind}-{seed}"
    return Drawn("intradp", kind, seed, data)
