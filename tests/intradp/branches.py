"""Tiny networks of blocks whose branches leave one tensor and meet in another, as inception's do."""

from __future__ import annotations

import numpy as np

from tests.intradp.tiny import costs, finished, window
from wnpopt.problems.intradp.instance import IntradpInstance
from wnpopt.problems.intradp.methods.enumerate import count

LOCAL = {"kernel": 1, "stride": 1, "padding": 0}


def branched(seed: int, most_plans: int = 20_000, **fields: object) -> IntradpInstance:
    """The instance of ``seed``: one block or two, in each a branch of two operators between others."""
    rng = np.random.default_rng([seed, 78])
    while True:
        instance = _draw(rng, seed, fields)
        if 2 <= count(instance) <= most_plans:
            return instance


def _draw(rng: np.random.Generator, seed: int, fields: dict[str, object]) -> IntradpInstance:
    operators: list[dict[str, object]] = []
    server = float(rng.choice([0.05, 0.3, 1.5]))

    def add(sources: list[str], units: int, *, free: bool = False) -> str:
        name = f"op{len(operators)}"
        cost = costs(rng, server, 1.0 if free else 0.05)
        same = len(sources) > 1
        inputs = [{"from": u, "window": LOCAL if same or rng.random() < 0.3 else window(rng)} for u in sources]
        payload = int(rng.integers(1, 40))
        operators.append({"name": name, "units": units, "output_bytes": payload, "inputs": inputs, **cost})
        return name

    rows = int(rng.integers(2, 6))
    tensor = add([], rows, free=True)
    for _ in range(int(rng.integers(1, 3))):
        out = int(rng.integers(1, 4))
        first = add([tensor], out)
        inner = add([tensor], int(rng.integers(1, 4)))
        ends = [first, add([inner], out)]
        ends += [add([tensor], out) for _ in range(int(rng.integers(1, 3)))]
        tensor = add(ends, out)
    add([tensor], int(operators[-1]["units"]), free=True)  # type: ignore[call-overload]
    return finished(rng, f"branched-{seed}", operators, fields)
