"""Every choice of models of a tiny slide instance, in plain Python: the last word on what solvers and kernels claim.

Nothing of the kernels, formulations or selections is used here, only what the verifier says of rates, latencies and
energies. Least bandwidths come from bisection.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from itertools import product

from wnpopt.core.exhausted import Exhausted
from wnpopt.problems.slide.instance import Model, SlideInstance, User
from wnpopt.problems.slide.solution import Served, SlideSolution
from wnpopt.problems.slide.verify import energy, latency, link_rate, verify

MOST = 1_500
"""Choices up to which an instance is tiny: some hundredths of a second's work."""

_LAYERS = 3_000
"""Of all models, for all users, up to which it is: each is looked at in every step of a bisection."""

_STEPS = 80
_NARROWEST = 1e-15
"""Of the band: what needs less is given so much."""

_BETTER = 1e-6
"""What is more by so much, relatively, is better."""


def exhaust(instance: SlideInstance, better_than: float | None = None) -> Exhausted[SlideSolution]:
    """The best solution whose objective is greater than ``better_than`` (None: any), by trying all choices."""
    users, models = instance.users, instance.models
    if len(users) > MOST or (len(models) + 1) ** len(users) > MOST:
        return Exhausted(None, complete=False)
    if len(users) * sum(len(model.layers) for model in models) > _LAYERS:
        return Exhausted(None, complete=False)
    width = [[_least_width(instance, user, model) for model in models] for user in users]
    rate = [[0.0 if w is None else link_rate(user, w) for w in row] for user, row in zip(users, width, strict=True)]
    options = [[-1, *(j for j, w in enumerate(row) if w is not None)] for row in width]
    value = [user.weight if instance.objective == "weighted" else 1.0 for user in users]
    limit = -math.inf if better_than is None else better_than
    best, complete = None, True
    for choice in product(*options):
        worth = math.fsum(value[u] for u, j in enumerate(choice) if j >= 0)
        if worth <= limit + _BETTER * abs(limit):
            continue
        solution = _solution(instance, choice, width, rate)
        if solution is None:
            continue
        certificate = verify(instance, solution)
        if certificate.accepted and certificate.objective is not None:
            best, limit = solution, certificate.objective
        else:
            complete = False  # by rounding; nothing is proved of it
    return Exhausted(best, complete)


def _frequency(user: User, model: Model, rate: float) -> float | None:
    """The greatest that range and energy allow; None if there is none."""
    low, high = user.frequency_hz
    if user.energy_j is None or energy(user, model, rate, high) <= user.energy_j:
        return high
    flop = math.fsum(layer.flop for layer in model.layers)
    left = user.energy_j - energy(user, model, rate, 0.0)
    coefficient = user.energy_per_flop_hz2 * flop
    if left < 0 or coefficient == 0:
        return None
    frequency = math.sqrt(left / coefficient)
    return frequency if low <= frequency <= high else None


def _serves(user: User, model: Model, width: float) -> bool:
    rate = link_rate(user, width)
    frequency = _frequency(user, model, rate) if rate > 0 else None
    return frequency is not None and latency(user, model, rate, frequency) <= user.deadline_s


def _least_width(instance: SlideInstance, user: User, model: Model) -> float | None:
    """Hz that are enough for the user with the model; None if all the band is not."""
    if model.accuracy < user.min_accuracy or (user.models is not None and model.name not in user.models):
        return None
    return _bisected(instance, lambda width: _serves(user, model, width))


def _carrying(instance: SlideInstance, user: User, rate: float) -> float | None:
    """Hz over which the user's link carries ``rate``; None if all the band is not enough."""
    return _bisected(instance, lambda width: link_rate(user, width) >= rate)


def _bisected(instance: SlideInstance, enough: Callable[[float], bool]) -> float | None:
    low, high = instance.bandwidth_hz * _NARROWEST, instance.bandwidth_hz
    if not enough(high):
        return None
    if enough(low):
        return low
    for _ in range(_STEPS):
        middle = math.sqrt(low * high)
        if enough(middle):
            high = middle
        else:
            low = middle
    return high


def _solution(
    instance: SlideInstance, choice: tuple[int, ...], width: list[list[float | None]], rate: list[list[float]]
) -> SlideSolution | None:
    """The served users of a choice with least bandwidths; None if those, or the models, are too many."""
    users, models = instance.users, instance.models
    groups = {j: [u for u, k in enumerate(choice) if k == j] for j in set(choice) if j >= 0}
    if instance.cache_bits is not None:
        bits = math.fsum(layer.bits for j in groups for layer in models[j].layers)
        if bits > instance.cache_bits:
            return None
    hz: dict[int, float] = {}
    total = []
    for j, members in groups.items():
        if instance.delivery == "multicast":
            fastest = max(rate[u][j] for u in members)
            needed = [_carrying(instance, users[v], fastest) for v in members]
            if any(w is None for w in needed):
                return None
            shared = _whole(instance, max(w for w in needed if w is not None))
            hz |= dict.fromkeys(members, shared)
            total.append(shared)
        else:
            for u in members:
                hz[u] = _whole(instance, width[u][j] or 0.0)
                total.append(hz[u])
    if math.fsum(total) > instance.bandwidth_hz:
        return None
    served = []
    for j, members in groups.items():
        weakest = min(link_rate(users[u], hz[u]) for u in members)
        for u in members:
            carried = weakest if instance.delivery == "multicast" else link_rate(users[u], hz[u])
            frequency = _frequency(users[u], models[j], carried)
            if frequency is None:
                return None
            served.append(Served(user=users[u].name, model=models[j].name, bandwidth_hz=hz[u], frequency_hz=frequency))
    return SlideSolution(instance=instance.name, served=tuple(served))


def _whole(instance: SlideInstance, width: float) -> float:
    """``width``, or the next whole number of resource blocks."""
    block = instance.resource_block_hz
    return width if block is None else max(1, math.ceil(width / block)) * block
