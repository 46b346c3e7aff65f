"""Levers: each applied to the instance's file serves the user, and a little less does not."""

from __future__ import annotations

import json
from typing import Any

import numpy as np

import wnpopt
from tests.slide.tiny import mixes, tiny_instance
from wnpopt.problems.slide import SlideInstance
from wnpopt.problems.slide.generate import generate
from wnpopt.problems.slide.kernels.needs import Needs
from wnpopt.problems.slide.levers import Lever, levers
from wnpopt.problems.slide.selection.plan import Assignment, allocate, fits


def applied(instance: SlideInstance, lever: Lever, value: float) -> SlideInstance:
    data: dict[str, Any] = json.loads(json.dumps(instance.to_data()))
    path = lever.field.replace("]", "").replace("[", ".").split(".")
    place: Any = data
    for step in path[:-1]:
        place = place[int(step)] if step.isdigit() else place[step]
    place[int(path[-1]) if path[-1].isdigit() else path[-1]] = value
    return SlideInstance.from_data(data)


def plan_with(instance: SlideInstance, solution: Any, lever: Lever) -> tuple[Needs, Assignment]:
    users = {user.name: number for number, user in enumerate(instance.users)}
    models = {model.name: number for number, model in enumerate(instance.models)}
    pairs = sorted(
        [(users[entry.user], models[entry.model]) for entry in solution.served]
        + [(users[lever.user], models[lever.model])]
    )
    user, model = np.array(pairs, dtype=np.int64).T
    return Needs.of(instance.columns), Assignment(user, model)


def test_each_lever_serves_when_it_is_applied_and_a_little_less_does_not() -> None:
    fields = set()
    slow: dict[str, int | float | str] = {
        "mix": "resnet50",
        "compute_scale": 0.01,
        "energy_scale": 0,
        "users": 10,
        "bandwidth_hz": 1e9,
    }
    for instance in (*(tiny_instance(*case) for case in mixes(200)[::4]), generate(slow, 1)):
        solution = wnpopt.solve(instance, "greedy").solution
        for unserved in levers(instance, solution):
            for lever in unserved.levers:
                changed = applied(instance, lever, lever.needed)
                needs, plan = plan_with(changed, solution, lever)
                assert fits(needs, plan), lever
                certificate = wnpopt.verify(changed, allocate(needs, plan).to_solution(changed.columns))
                assert certificate.accepted, lever
                assert certificate.objective > wnpopt.verify(instance, solution).objective
                fields.add(lever.field.rpartition(".")[2])
                if "accuracy" not in lever.field and lever.needed > lever.now * 1.01:
                    needs, plan = plan_with(applied(instance, lever, lever.needed * 0.99), solution, lever)
                    assert not fits(needs, plan), lever
    assert fields == {"deadline_s", "energy_j", "frequency_hz[1]", "min_accuracy", "bandwidth_hz", "cache_bits"}


def test_what_binds() -> None:
    seen = set()
    for variants, seed in mixes(200)[::4]:
        instance = tiny_instance(variants, seed)
        solution = wnpopt.solve(instance, "greedy").solution
        served = {entry.user for entry in solution.served}
        told = levers(instance, solution)
        assert {entry.user for entry in told} == {user.name for user in instance.users} - served
        seen |= {entry.binds for entry in told}
    assert {"user", "band"} <= seen


def test_levers_that_serve_only_together() -> None:
    """Each is needed, and none can be less: users of whom two or three limits are far too tight."""
    sets = set()
    for seed in range(12):
        instance = generate({"users": 6, "mix": "vision", "weighted": seed % 2}, seed)
        energy = [user.energy_j or 5.0 for user in instance.users]
        changes: dict[str, object] = {"users[0].deadline_s": 1e-3, "users[0].energy_j": energy[0] * 1e-5}
        if seed % 3 == 0:
            changes["users[0].min_accuracy"] = 1.0
        if seed % 3 == 1:
            changes["cache_bits"] = 1e5
        instance = instance.replace(changes)
        solution = wnpopt.solve(instance, "greedy").solution
        (told,) = levers(instance, solution, [instance.users[0].name])
        assert not (told.levers and told.together)
        changed = instance
        for lever in told.together:
            changed = applied(changed, lever, lever.needed)
        for at, lever in enumerate(told.together):
            sets.add(lever.field.rpartition(".")[2])
            needs, plan = plan_with(changed, solution, lever)
            assert fits(needs, plan)
            certificate = wnpopt.verify(changed, allocate(needs, plan).to_solution(changed.columns))
            assert certificate.accepted
            others = instance
            for number, other in enumerate(told.together):
                less = other.now if number == at else other.needed
                others = applied(others, other, less)
            assert not any(served_beside(others, solution, lever.user)), lever
            if "accuracy" not in lever.field and lever.needed > lever.now * 1.01:
                assert not any(served_beside(applied(changed, lever, lever.needed * 0.99), solution, lever.user)), lever
    assert {"deadline_s", "energy_j"} <= sets


def served_beside(instance: SlideInstance, solution: Any, user: str) -> list[bool]:
    """For each model whether the user can be served with it beside all who are."""
    found = []
    for model in instance.models:
        needs, plan = plan_with(instance, solution, Lever(user, "", 0.0, 0.0, model.name))
        found.append(fits(needs, plan))
    return found


def test_only_those_asked_for() -> None:
    instance = generate({"users": 40, "mix": "vision", "requested": 1, "bandwidth_hz": 2e6}, 1)
    solution = wnpopt.solve(instance, "greedy").solution
    missing = sorted({user.name for user in instance.users} - {entry.user for entry in solution.served})
    assert missing
    assert [entry.user for entry in levers(instance, solution, missing[:1])] == missing[:1]
