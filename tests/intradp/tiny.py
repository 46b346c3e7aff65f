"""Tiny random instances that look for trouble: odd windows, several consumers, free work, free launches."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from wnpopt.problems.intradp.instance import IntradpInstance
from wnpopt.problems.intradp.kernels.arrays import Arrays, RowArray
from wnpopt.problems.intradp.kernels.evaluate import evaluate, expand, scratch
from wnpopt.problems.intradp.methods.enumerate import count
from wnpopt.problems.intradp.solution import IntradpSolution


def tiny(seed: int, most_plans: int = 100_000, **fields: object) -> IntradpInstance:
    """The instance of ``seed``, with at most ``most_plans`` plans."""
    rng = np.random.default_rng([seed, 77])
    while True:
        instance = _draw(rng, seed, fields)
        if 2 <= count(instance) <= most_plans:
            return instance


def tinies(count_: int, first: int = 0, **fields: object) -> Iterator[IntradpInstance]:
    """Instances of consecutive seeds."""
    for seed in range(first, first + count_):
        yield tiny(seed, **fields)


def random_solution(instance: IntradpInstance, rng: np.random.Generator) -> IntradpSolution:
    """A plan that obeys the rules on rows, drawn without any regard to windows."""
    ends, begins = [], []
    last = len(instance.operators) - 1
    for i, operator in enumerate(instance.operators):
        end = operator.units if i in (0, last) else int(rng.integers(0, operator.units + 1))
        begin = operator.units if i in (0, last) else int(rng.integers(0, end + 1))
        ends.append(end)
        begins.append(begin)
    return IntradpSolution(instance=instance.name, device_end=tuple(ends), server_begin=tuple(begins))


def window(rng: np.random.Generator) -> dict[str, int]:
    """Any of the kinds of windows, and such as no network has."""
    kind = int(rng.integers(0, 6))
    if kind == 0:
        return {"kernel": 1, "stride": 1, "padding": 0}
    if kind == 1:
        return {"kernel": 3, "stride": 1, "padding": 1}
    if kind == 2:  # strided, perhaps with rows that nobody reads
        return {"kernel": int(rng.integers(1, 4)), "stride": 2, "padding": int(rng.integers(0, 2))}
    if kind == 3:  # upsampling
        return {"kernel": int(rng.integers(1, 4)), "stride": 1, "padding": int(rng.integers(0, 2)), "upsample": 2}
    if kind == 4:  # crop
        return {"kernel": 1, "stride": 1, "padding": -int(rng.integers(1, 3))}
    return {
        "kernel": int(rng.integers(-1, 6)),
        "stride": int(rng.integers(1, 4)),
        "padding": int(rng.integers(-2, 4)),
        "upsample": int(rng.integers(1, 4)),
    }


def _draw(rng: np.random.Generator, seed: int, fields: dict[str, object]) -> IntradpInstance:
    n = int(rng.integers(3, 8))
    shape = ("chain", "skip", "any")[seed % 3]
    operators: list[dict[str, object]] = []
    for v in range(n):
        sources: list[int] = []
        if v > 0:
            sources = [v - 1]
            if shape == "skip" and v > 1 and rng.random() < 0.5:
                sources.append(int(rng.integers(0, v)))
            if shape == "any":
                sources = [int(u) for u in rng.integers(0, v, int(rng.integers(1, 4)))]
                if v == n - 1:
                    sources[0] = v - 1
        cost = costs(rng, float(rng.choice([0.05, 0.3, 1.5])), 1.0 if v in (0, n - 1) else 0.1)
        operators.append(
            {
                "name": f"op{v}",
                "units": int(rng.choice([1, 2, 3, 4, 5], p=[0.2, 0.2, 0.2, 0.2, 0.2])),
                "output_bytes": 0 if rng.random() < 0.05 else int(rng.integers(1, 40)),
                "inputs": [
                    {"from": f"op{u}", "window": "all" if rng.random() < 0.15 else window(rng)} for u in sources
                ],
                **cost,
            }
        )
    return finished(rng, f"tiny-{shape}-{seed}", operators, fields)


def costs(rng: np.random.Generator, server: float, free: float) -> dict[str, object]:
    """What an operator costs on either side, nothing with the probability ``free``; ``server`` is that side's scale."""
    cost: dict[str, object] = {}
    for side, scale in (("device", 1.0), ("server", server)):
        full = 0.0 if free >= 1 or rng.random() < free else float(rng.integers(1, 30)) * scale
        cost[side] = {"fixed_s": full * float(rng.choice([0.0, 0.1, 0.5, 1.0])), "full_s": full}
    return cost


def finished(
    rng: np.random.Generator, name: str, operators: list[dict[str, object]], fields: dict[str, object]
) -> IntradpInstance:
    """The instance of these operators, with a link at random; ``fields`` are instead of others."""
    data: dict[str, object] = {
        "kind": "intradp",
        "schema_version": 1,
        "name": name,
        "operators": operators,
        "link": {
            "uplink_bytes_per_s": float(rng.choice([0.5, 1.0, 2.0, 5.0, 50.0])),
            "downlink_bytes_per_s": float(rng.choice([1.0, 3.0, 20.0])),
            "latency_s": float(rng.choice([0.0, 0.0, 1.0])),
        },
        "power_w": {"compute": 13.35, "communicate": 4.25, "standby": 4.04},
        "transfers": "small" if rng.random() < 0.2 else "any",
        **fields,
    }
    return IntradpInstance.from_data(data)


def random_plan(p: Arrays, rng: np.random.Generator, overrides: int) -> tuple[RowArray, RowArray]:
    """A plan with ``overrides`` random exchanges."""
    n = len(p.units)
    device, server = np.full(n, -1, np.int32), np.full(n, -1, np.int32)
    for _ in range(overrides):
        u = int(rng.integers(0, n))
        if rng.random() < 0.75:
            device[u] = rng.integers(0, p.units[u] + 1)
        if rng.random() < 0.75:
            server[u] = rng.integers(0, p.units[u] + 1)
    a, b = np.zeros(n, np.int32), np.zeros(n, np.int32)
    expand(p, device, server, a, b)
    return a, b


def priced(p: Arrays, a: RowArray, b: RowArray) -> tuple[float, float]:
    """(latency, energy) of one plan by the compiled evaluation."""
    return evaluate(p, a, b, scratch(len(p.units)), True)
