"""The independent judge of slide solutions: reads instance and solution and recomputes everything, layer by layer.

Shares no code with bounds, formulations or heuristics, knows nothing of hulls or least bandwidths, and uses plain
Python on purpose: it should be easy to be sure of. Of thousands of users, arrays tell who is in order first. Every
limit holds within 1e-9 relative.
"""

from __future__ import annotations

import math

from wnpopt.core.certificate import Certificate, Violation
from wnpopt.core.garbage import no_garbage_collection
from wnpopt.problems.slide.instance import Model, SlideInstance, User
from wnpopt.problems.slide.solution import Served, SlideSolution

TOLERANCE = 1e-9
"""Relative slack of every limit."""

_MANY = 1000
"""Served users from which on arrays tell who is in order; the others are looked at one by one."""

RULES = {
    "instance-name": "the solution names this instance",
    "user-unknown": "only users of the instance are served",
    "user-twice": "a user is served once",
    "model-unknown": "only models of the instance are served",
    "model-choice": "a user gets a model of its list",
    "accuracy": "the model is at least as accurate as the user asks",
    "bandwidth": "a served user has a bandwidth above 0",
    "frequency": "the frequency lies within the device's range",
    "deadline": "the last layer is done by the deadline",
    "energy": "computing and receiving take no more than the user's energy",
    "resource-block": "a bandwidth is a whole number of resource blocks, at least one",
    "multicast-bandwidth": "users of one model report the same bandwidth under multicast",
    "total-bandwidth": "the bandwidths add up to no more than there is",
    "cache": "the models served fit in the cache",
}
"""Every rule that a solution can break, and what it asks for."""


@no_garbage_collection()
def verify(instance: SlideInstance, solution: SlideSolution) -> Certificate:
    """The number (or weight) of served users and every rule (see :data:`RULES`) that the solution breaks.

    Amounts are in the rule's own unit: seconds, joules, Hz, bits or a count.
    """
    found: list[Violation] = []
    if solution.instance != instance.name:
        found.append(Violation("instance-name", f"instance {solution.instance}", 1))
    users = {user.name: user for user in instance.users}
    models = {model.name: model for model in instance.models}
    known: list[tuple[int, User, Model, Served]] = []
    seen: set[str] = set()
    for index, served in enumerate(solution.served):
        where = f"served[{index}]"
        if served.user not in users:
            found.append(Violation("user-unknown", f"{where}.user = {served.user}", 1))
            continue
        if served.user in seen:
            found.append(Violation("user-twice", f"{where}.user = {served.user}", 1))
            continue
        seen.add(served.user)
        if served.model not in models:
            found.append(Violation("model-unknown", f"{where}.model = {served.model}", 1))
            continue
        known.append((index, users[served.user], models[served.model], served))
    rates = transmission_rates(instance, [(user, model, served) for _, user, model, served in known])
    passed = _devices_pass(known, rates) if len(known) >= _MANY else [False] * len(known)
    for (index, user, model, served), rate, right in zip(known, rates, passed, strict=True):
        if user.models is not None or model.accuracy < user.min_accuracy:
            _check_choice(f"served[{index}]", user, model, found)
        if not right:
            _check_device(f"served[{index}]", user, model, served, rate, found)
    _check_bandwidths(instance, known, found)
    _check_cache(instance, [model for _, _, model, _ in known], found)
    if any(violation.rule in ("user-unknown", "user-twice", "model-unknown") for violation in found):
        return Certificate(None, tuple(found))
    if instance.objective == "count":
        return Certificate(float(len(known)), tuple(found))
    return Certificate(math.fsum(user.weight for _, user, _, _ in known), tuple(found))


def link_rate(user: User, bandwidth_hz: float) -> float:
    """Bits per second that the user's own link carries over ``bandwidth_hz``."""
    link = user.link
    if link.spectral_efficiency > 0:
        return bandwidth_hz * link.spectral_efficiency
    if bandwidth_hz <= 0:
        return 0.0
    # log1p: of a wide band with little power per Hz, log2(1 + x) would keep no digit.
    snr = link.snr_hz / bandwidth_hz
    nats = math.log1p(snr) if snr < math.inf else math.log(link.snr_hz) - math.log(bandwidth_hz)
    return bandwidth_hz * nats / math.log(2)


def transmission_rates(instance: SlideInstance, served: list[tuple[User, Model, Served]]) -> list[float]:
    """Bits per second at which each served user receives: under multicast, what the model's weakest link allows."""
    own = [link_rate(user, entry.bandwidth_hz) for user, _, entry in served]
    if instance.delivery == "unicast":
        return own
    weakest: dict[str, float] = {}
    for (_, model, _), rate in zip(served, own, strict=True):
        weakest[model.name] = min(rate, weakest.get(model.name, math.inf))
    return [weakest[model.name] for _, model, _ in served]


def latency(user: User, model: Model, rate: float, frequency_hz: float) -> float:
    """Seconds until the last layer is computed: a layer starts when it is there and the one before is done."""
    downloaded, done = 0.0, 0.0
    for layer in model.layers:
        downloaded += layer.bits
        done = max(downloaded / rate, done) + _quotient(layer.flop, user.flop_per_cycle * frequency_hz)
    return done


def energy(user: User, model: Model, rate: float, frequency_hz: float) -> float:
    """Joules for computing at ``frequency_hz`` and for receiving at ``rate``."""
    flop = math.fsum(layer.flop for layer in model.layers)
    bits = math.fsum(layer.bits for layer in model.layers)
    return user.energy_per_flop_hz2 * frequency_hz * frequency_hz * flop + user.receive_w * bits / rate


def _check_choice(where: str, user: User, model: Model, found: list[Violation]) -> None:
    if user.models is not None and model.name not in user.models:
        found.append(Violation("model-choice", f"{where}.model = {model.name}", 1))
    if model.accuracy < user.min_accuracy * (1 - TOLERANCE):
        found.append(Violation("accuracy", f"{where}.model = {model.name}", user.min_accuracy - model.accuracy))


def _check_device(where: str, user: User, model: Model, served: Served, rate: float, found: list[Violation]) -> None:
    low, high = user.frequency_hz
    frequency = served.frequency_hz
    if not low * (1 - TOLERANCE) <= frequency <= high * (1 + TOLERANCE):
        amount = low - frequency if frequency < low else frequency - high
        found.append(Violation("frequency", f"{where}.frequency_hz", amount))
    if served.bandwidth_hz <= 0:
        found.append(Violation("bandwidth", f"{where}.bandwidth_hz", 1))
    if frequency <= 0:
        return
    if rate <= 0:
        # A bandwidth above 0 too carries nothing when the product is below the least number that there is.
        found.append(Violation("deadline", f"{where} ({user.name})", 1e308))
        return
    done = latency(user, model, rate, frequency)
    # "not within" rather than "beyond": what overflowed or is not a number is rejected too.
    if not _within(done, user.deadline_s):
        found.append(Violation("deadline", f"{where} ({user.name})", _finite(done - user.deadline_s)))
    if user.energy_j is not None:
        spent = energy(user, model, rate, frequency)
        if not _within(spent, user.energy_j):
            found.append(Violation("energy", f"{where} ({user.name})", _finite(spent - user.energy_j)))


def _devices_pass(known: list[tuple[int, User, Model, Served]], rates: list[float]) -> list[bool]:
    """Who keeps the limits of the own device, all users of a model at once: :func:`latency` and :func:`energy` on
    arrays, in the same order of operations. Of all others :func:`_check_device` says what is wrong."""
    import numpy as np

    passed = np.zeros(len(known), dtype=np.bool_)
    of_model: dict[str, list[int]] = {}
    for place, (_, _, model, _) in enumerate(known):
        of_model.setdefault(model.name, []).append(place)
    for places in of_model.values():
        model = known[places[0]][2]
        users = [known[place][1] for place in places]
        rate = np.array([rates[place] for place in places])
        frequency = np.array([known[place][3].frequency_hz for place in places])
        low, high = np.array([user.frequency_hz for user in users]).T
        deadline, per_flop, receive, per_cycle, energy_j = np.array(
            [
                (
                    user.deadline_s,
                    user.energy_per_flop_hz2,
                    user.receive_w,
                    user.flop_per_cycle,
                    math.inf if user.energy_j is None else user.energy_j,
                )
                for user in users
            ]
        ).T
        flop, bits = math.fsum(layer.flop for layer in model.layers), math.fsum(layer.bits for layer in model.layers)
        with np.errstate(all="ignore"):  # what overflows or is divided by 0 does not pass
            speed = per_cycle * frequency
            downloaded, done = 0.0, np.zeros(len(places))
            for layer in model.layers:
                downloaded += layer.bits
                done = np.maximum(downloaded / rate, done) + layer.flop / speed
            spent = per_flop * frequency * frequency * flop + receive * bits / rate
            passed[places] = (
                (frequency >= low * (1 - TOLERANCE))
                & (frequency <= high * (1 + TOLERANCE))
                & (done < math.inf)
                & (done <= deadline * (1 + TOLERANCE))
                & (np.isinf(energy_j) | ((spent < math.inf) & (spent <= energy_j * (1 + TOLERANCE))))
            )
    result: list[bool] = passed.tolist()
    return result


def _check_bandwidths(
    instance: SlideInstance, known: list[tuple[int, User, Model, Served]], found: list[Violation]
) -> None:
    if instance.resource_block_hz is not None:
        _check_blocks(instance.resource_block_hz, known, found)
    widths = [served.bandwidth_hz for _, _, _, served in known]
    if instance.delivery == "multicast":
        groups: dict[str, list[tuple[int, float]]] = {}
        for (index, _, model, _), width in zip(known, widths, strict=True):
            groups.setdefault(model.name, []).append((index, width))
        widths = [max(width for _, width in members) for members in groups.values()]
        for members, widest in zip(groups.values(), widths, strict=True):
            found.extend(
                Violation("multicast-bandwidth", f"served[{index}].bandwidth_hz", widest - width)
                for index, width in members
                if width < widest * (1 - TOLERANCE)
            )
    total = _sum(widths)
    if not _within(total, instance.bandwidth_hz):
        found.append(Violation("total-bandwidth", "served", _finite(total - instance.bandwidth_hz)))


def _check_blocks(block: float, known: list[tuple[int, User, Model, Served]], found: list[Violation]) -> None:
    for index, _, _, served in known:
        blocks = served.bandwidth_hz / block
        # Some bandwidth is at least one block.
        off = abs(blocks - max(1, round(blocks))) if blocks < math.inf else math.inf
        if off > TOLERANCE * min(blocks, 1e308):
            found.append(Violation("resource-block", f"served[{index}].bandwidth_hz", _finite(off * block)))


def _check_cache(instance: SlideInstance, served: list[Model], found: list[Violation]) -> None:
    if instance.cache_bits is None:
        return
    distinct = {model.name: model for model in served}
    bits = math.fsum(layer.bits for model in distinct.values() for layer in model.layers)
    if bits > instance.cache_bits * (1 + TOLERANCE):
        found.append(Violation("cache", "served", bits - instance.cache_bits))


def _within(amount: float, limit: float) -> bool:
    """True for a finite amount of at most the limit, within the tolerance."""
    return amount < math.inf and amount <= limit * (1 + TOLERANCE)


def _quotient(work: float, speed: float) -> float:
    """work / speed, also where the speed is below the least number that there is."""
    if speed > 0:
        return work / speed
    return math.inf if work > 0 else 0.0


def _sum(widths: list[float]) -> float:
    try:
        return math.fsum(widths)
    except OverflowError:
        return math.inf


def _finite(amount: float) -> float:
    """A violation is written as JSON, which has no infinity (and NaN is no less wrong)."""
    return amount if amount < math.inf else 1e308
