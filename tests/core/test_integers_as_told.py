"""Integer objectives and their bounds are integers in a result, whichever method they come from."""

from __future__ import annotations

from typing import Any

import pytest

import wnpopt
from wnpopt.core import registry


@pytest.mark.parametrize(
    ("family", "options", "method"),
    [
        ("wnp", {"subgraphs": 7, "jobs": 3, "objective": "weighted_latency"}, "cpsat"),
        ("wnp", {"subgraphs": 7, "jobs": 3, "objective": "weighted_latency"}, "pacs"),
        ("slide", {"users": 4, "mix": "synthetic", "models": 2}, "greedy"),
        ("slide", {"users": 4, "mix": "synthetic", "models": 2}, "milp"),
    ],
)
def test_values_of_integer_objectives_are_integers(family: str, options: dict[str, Any], method: str) -> None:
    instance = registry.family(family).generate(options, 1)
    assert registry.family(family).has_integers(instance)
    result = wnpopt.solve(instance, method, time_limit=5)
    values = [result.objective, result.bound, *(point.objective for point in result.trace)]
    values += [point.bound for point in result.trace if point.bound is None or float(point.bound).is_integer()]
    assert {type(value) for value in values if value is not None} == {int}
