"""Thousands of users in JSON: checked, converted and judged as arrays, with the answers that one by one would give."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import wnpopt
from wnpopt.core.errors import InputError
from wnpopt.problems.slide import instance as instance_file
from wnpopt.problems.slide import verify as verify_file
from wnpopt.problems.slide.columnar.checks import POWER
from wnpopt.problems.slide.columnar.columns import AS_IN_JSON, SlideColumns
from wnpopt.problems.slide.columnar.solve import solve_columns
from wnpopt.problems.slide.generate import generate
from wnpopt.problems.slide.instance import SlideInstance


def mixed(users: int = 1200) -> dict[str, Any]:
    """Both kinds of link, lists, energies with and without a limit."""
    options: dict[str, int | float | str] = {"users": users, "bandwidth_hz": 1e11, "receive_scale": 0.3}
    data: Any = generate(options, 4).to_data()
    power: Any = generate({**options, "link": "power"}, 4).to_data()
    names = [model["name"] for model in data["models"]]
    for number, user in enumerate(data["users"]):
        if number % 3 == 0:
            user["link"] = power["users"][number]["link"]
        if number % 4 == 0:
            user["models"] = names[number % 3 :]
        if number % 5 == 0:
            user["energy_j"] = None
    return dict(data)


def test_columns_are_those_of_the_documents() -> None:
    instance = SlideInstance.from_data(mixed())
    columns = instance.columns
    for u, user in enumerate(instance.users):
        assert columns.user_name(u) == user.name
        assert [float(getattr(columns, field)[u]) for field in AS_IN_JSON] == [getattr(user, f) for f in AS_IN_JSON]
        assert float(columns.energy_j[u]) == (np.inf if user.energy_j is None else user.energy_j)
        assert (columns.frequency_min_hz[u], columns.frequency_max_hz[u]) == user.frequency_hz
        assert columns.efficiency[u] == user.link.spectral_efficiency
        assert [float(getattr(columns, field)[u]) for field in POWER] == [getattr(user.link, field) for field in POWER]
        accepted = [m.name for m in instance.models] if user.models is None else list(user.models)
        assert columns.model_names[columns.allowed[u]].tolist() == accepted


def test_both_forms_give_the_same_plan() -> None:
    instance = SlideInstance.from_data(mixed())
    result = wnpopt.solve(instance, "greedy", isolate=False)
    other = solve_columns(SlideColumns.of(instance))
    assert result.objective == other.objective
    assert result.objective is not None
    assert 500 <= result.objective < 1200
    assert result.solution == other.allocation.to_solution(instance.columns)


@pytest.mark.parametrize(
    ("change", "where"),
    [
        ({"models": ["mobilenetv2", "mobilenetv2"]}, "users[1100].models"),
        ({"models": ["nothing"]}, "users[1100].models[0]"),
        ({"frequency_hz": [2e9, 1e9]}, "users[1100].frequency_hz"),
        ({"flop_per_cycle": 1e300}, "users[1100].flop_per_cycle"),
        ({"link": {"spectral_efficiency": 1e300}}, "users[1100].link"),
        ({"link": {"power_w": 1e-200, "gain": 1e-200, "noise_w_per_hz": 1.0}}, "users[1100].link"),
        ({"name": "u3"}, "users[1100].name"),
        ({"weight": 1.7e308}, "users"),
    ],
)
def test_what_is_wrong_is_told_as_of_a_few(
    change: dict[str, object], where: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = mixed()
    data["users"][1100] |= change
    if "weight" in change:
        data["users"][5] |= change
    with pytest.raises(InputError) as many:
        SlideInstance.from_data(data)
    assert many.value.where.startswith(where)
    monkeypatch.setattr(instance_file, "_MANY", 10**9)
    with pytest.raises(InputError) as few:
        SlideInstance.from_data(data)
    assert str(many.value) == str(few.value)


@pytest.mark.parametrize("delivery", ["unicast", "multicast"])
def test_the_verifier_says_the_same_of_many(delivery: str, monkeypatch: pytest.MonkeyPatch) -> None:
    instance = SlideInstance.from_data(mixed() | {"delivery": delivery})
    solution: Any = wnpopt.solve(instance, "greedy", isolate=False).solution
    assert len(solution.served) >= 500
    monkeypatch.setattr(verify_file, "_MANY", 500)
    rng = np.random.default_rng(8)
    for factor in (1.0, 1 - 1e-9, 1 + 1e-9, 0.9, 1.1, 0.0):
        data: Any = solution.to_data()
        for index in rng.integers(0, len(data["served"]), 40).tolist():
            data["served"][index][("bandwidth_hz", "frequency_hz")[index % 2]] *= factor
        changed = type(solution).from_data(data)
        many = wnpopt.verify(instance, changed)
        with monkeypatch.context() as context:
            context.setattr(verify_file, "_MANY", 10**9)
            assert wnpopt.verify(instance, changed) == many
        assert factor not in (0.0, 1.0) or many.accepted == (factor == 1.0)
