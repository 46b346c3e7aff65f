"""The optimum by trying everything: least rates by bisection on the recursion, then every assignment of models."""

from __future__ import annotations

import itertools
import math

import numpy as np
import numpy.typing as npt

from wnpopt.problems.slide import SlideInstance
from wnpopt.problems.slide.instance import Model, User

FloatArray = npt.NDArray[np.float64]


def frequency_at(user: User, model: Model, rate: float) -> float | None:
    """The greatest frequency that range and energy allow when receiving at ``rate``; None if there is none."""
    low, high = user.frequency_hz
    if user.energy_j is None:
        return high
    left = user.energy_j - user.receive_w * model.bits / rate
    coefficient = user.energy_per_flop_hz2 * model.flop
    if left < 0:
        return None
    highest = high if coefficient == 0 else min(high, math.sqrt(left / coefficient))
    return highest if highest >= low * (1 - 1e-13) else None


def finish(user: User, model: Model, rate: float, frequency: float) -> float:
    """When the last layer is done."""
    arrival = end = 0.0
    for layer in model.layers:
        arrival += layer.bits / rate
        end = max(end, arrival) + layer.flop / user.flop_per_cycle / frequency
    return end


def feasible(user: User, model: Model, rate: float) -> bool:
    """Whether some frequency meets deadline and energy at ``rate``."""
    frequency = frequency_at(user, model, rate)
    return frequency is not None and finish(user, model, rate, frequency) <= user.deadline_s


def least_rate(user: User, model: Model) -> float:
    """Least feasible rate in bit/s by bisection; infinite if there is none."""
    if model.accuracy < user.min_accuracy or (user.models is not None and model.name not in user.models):
        return math.inf
    low, high = 1e-9, 1e15
    if not feasible(user, model, high):
        return math.inf
    while high > low * (1 + 1e-14):
        middle = math.sqrt(low * high)
        if middle in (low, high):
            break
        if feasible(user, model, middle):
            high = middle
        else:
            low = middle
    return high


def bandwidth(user: User, rate: float) -> float:
    """Least bandwidth in Hz that carries ``rate``, by bisection for a fixed power."""
    link = user.link
    if link.spectral_efficiency > 0:
        return rate / link.spectral_efficiency
    power = link.power_w * link.gain / link.noise_w_per_hz

    def carried(width: float) -> float:
        return width * math.log1p(power / width) / math.log(2)

    low, high = 1e-12, 1e18
    if carried(high) < rate:
        return math.inf
    while high > low * (1 + 1e-14):
        middle = math.sqrt(low * high)
        if middle in (low, high):
            break
        if carried(middle) >= rate:
            high = middle
        else:
            low = middle
    return high


def optimum(instance: SlideInstance) -> float:
    """The greatest number (or weight) of users that can be served."""
    users, models = instance.users, instance.models
    rates = [[least_rate(u, m) for m in models] for u in users]
    block = instance.resource_block_hz
    # width[j][v][u]: what v's link needs for u's rate with model j
    width = [
        [[bandwidth(v, rates[u][j]) if rates[u][j] < math.inf else math.inf for u in range(len(users))] for v in users]
        for j in range(len(models))
    ]
    weight = [u.weight if instance.objective == "weighted" else 1.0 for u in users]
    best = 0.0
    options = [[-1, *(j for j in range(len(models)) if rates[u][j] < math.inf)] for u in range(len(users))]
    for choice in itertools.product(*options):
        value = math.fsum(weight[u] for u, j in enumerate(choice) if j >= 0)
        if value <= best:
            continue
        groups = {j: [u for u, k in enumerate(choice) if k == j] for j in set(choice) if j >= 0}
        if instance.cache_bits is not None and math.fsum(models[j].bits for j in groups) > instance.cache_bits:
            continue
        if instance.delivery == "multicast":
            widths = [max(width[j][v][u] for u in members for v in members) for j, members in groups.items()]
        else:
            widths = [width[j][u][u] for j, members in groups.items() for u in members]
        if block is not None:
            if any(w == math.inf for w in widths):
                continue
            widths = [max(1, math.ceil(w / block - 1e-11)) * block for w in widths]
        if math.fsum(widths) <= instance.bandwidth_hz * (1 + 1e-13):
            best = value
    return best


def least_rates(users: list[User], models: list[Model]) -> FloatArray:
    """:func:`least_rate` of each pair (users[i], models[i]) at once, shape (n,), by bisection over arrays."""

    def column(values: list[float]) -> FloatArray:
        return np.array(values, dtype=np.float64)

    depth = max(len(m.layers) for m in models)
    bits = np.zeros((len(models), depth))
    flop = np.zeros((len(models), depth))
    for row, model in enumerate(models):
        bits[row, : len(model.layers)] = [layer.bits for layer in model.layers]
        flop[row, : len(model.layers)] = [layer.flop for layer in model.layers]
    arrived = np.cumsum(bits, axis=1)
    low_f, high_f = column([u.frequency_hz[0] for u in users]), column([u.frequency_hz[1] for u in users])
    energy = column([math.inf if u.energy_j is None else u.energy_j for u in users])
    compute = column([u.energy_per_flop_hz2 * m.flop for u, m in zip(users, models, strict=True)])
    receive = column([u.receive_w * m.bits for u, m in zip(users, models, strict=True)])
    deadline, speed = column([u.deadline_s for u in users]), column([u.flop_per_cycle for u in users])

    def works(rate: FloatArray) -> npt.NDArray[np.bool_]:
        with np.errstate(divide="ignore", invalid="ignore"):
            left = energy - receive / rate
            frequency = np.where(np.isinf(energy) | (compute == 0), high_f, np.sqrt(np.maximum(left, 0) / compute))
        frequency = np.minimum(frequency, high_f)
        able = (left >= 0) & (frequency >= low_f * (1 - 1e-13))
        end = np.zeros(len(models))
        with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
            for layer in range(depth):
                end = np.maximum(end, arrived[:, layer] / rate) + flop[:, layer] / (speed * frequency)
        return able & (end <= deadline)

    low, high = np.full(len(users), 1.0), np.full(len(users), 1e15)
    possible = works(high)
    for _ in range(120):
        middle = np.sqrt(low * high)
        good = works(middle)
        high, low = np.where(good, middle, high), np.where(good, low, middle)
    return np.where(possible, high, np.inf)
