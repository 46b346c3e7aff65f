"""For each rule of slide's verifier a change of a valid plan that breaks it."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from tests.contract.mutations import replaced
from wnpopt.core.perturbation import pick
from wnpopt.problems.slide import SlideInstance, SlideSolution
from wnpopt.testing import Mutation

Broken = SlideSolution | tuple[SlideInstance, SlideSolution] | None


def served(**change: Callable[[SlideInstance, SlideSolution, int], object]) -> Mutation:
    """Somebody served gets other fields."""

    def mutate(instance: SlideInstance, solution: SlideSolution, rng: np.random.Generator) -> Broken:
        if not solution.served:
            return None
        k = pick(len(solution.served), rng)
        fields = {name: value(instance, solution, k) for name, value in change.items()}
        entry = solution.served[k].model_copy(update=fields)
        return solution.model_copy(update={"served": replaced(solution.served, k, entry)})

    return mutate


def user(**change: Callable[[SlideInstance, SlideSolution, int], object]) -> Mutation:
    """Somebody served is another user in the instance: a fresh need that the plan does not meet."""

    def mutate(instance: SlideInstance, solution: SlideSolution, rng: np.random.Generator) -> Broken:
        if not solution.served:
            return None
        k = pick(len(solution.served), rng)
        u = [each.name for each in instance.users].index(solution.served[k].user)
        fields = {name: value(instance, solution, k) for name, value in change.items()}
        entry = instance.users[u].model_copy(update=fields)
        return instance.model_copy(update={"users": replaced(instance.users, u, entry)}), solution

    return mutate


def twice(_instance: SlideInstance, solution: SlideSolution, _rng: np.random.Generator) -> Broken:
    """The first user is served once more."""
    if not solution.served:
        return None
    return solution.model_copy(update={"served": (*solution.served, solution.served[0])})


def half_a_block(instance: SlideInstance, solution: SlideSolution, _rng: np.random.Generator) -> Broken:
    """The first user's bandwidth is one and a half blocks."""
    if not solution.served:
        return None
    return instance.model_copy(update={"resource_block_hz": solution.served[0].bandwidth_hz / 1.5}), solution


def two_bandwidths(instance: SlideInstance, solution: SlideSolution, _rng: np.random.Generator) -> Broken:
    """One of two users of a model has less bandwidth than the other, under multicast."""
    models = [entry.model for entry in solution.served]
    k = next((k for k, model in enumerate(models) if model in models[:k]), None)
    if instance.delivery != "multicast" or k is None:
        return None
    less = solution.served[k].model_copy(update={"bandwidth_hz": 0.9 * solution.served[k].bandwidth_hz})
    return solution.model_copy(update={"served": replaced(solution.served, k, less)})


def no_cache(instance: SlideInstance, solution: SlideSolution, _rng: np.random.Generator) -> Broken:
    """Nothing fits in the cache."""
    return (instance.model_copy(update={"cache_bits": 0.0}), solution) if solution.served else None


def other_models(instance: SlideInstance, solution: SlideSolution, k: int) -> object:
    """All models but the one that the user has."""
    return tuple(model.name for model in instance.models if model.name != solution.served[k].model) or None


MUTATIONS: dict[str, Mutation] = {
    "instance-name": lambda _instance, solution, _rng: solution.model_copy(update={"instance": "another"}),
    "user-unknown": served(user=lambda *_: "nobody"),
    "user-twice": twice,
    "model-unknown": served(model=lambda *_: "nothing"),
    "model-choice": user(models=other_models),
    "accuracy": user(min_accuracy=lambda *_: 2.0),
    "bandwidth": served(bandwidth_hz=lambda *_: 0.0),
    "frequency": served(frequency_hz=lambda instance, *_: 2 * max(u.frequency_hz[1] for u in instance.users)),
    "deadline": user(deadline_s=lambda *_: 1e-6),
    "energy": user(energy_j=lambda *_: 1e-9),
    "resource-block": half_a_block,
    "multicast-bandwidth": two_bandwidths,
    "total-bandwidth": served(bandwidth_hz=lambda instance, *_: 2 * instance.bandwidth_hz),
    "cache": no_cache,
}
