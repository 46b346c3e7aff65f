"""When each layer of a served user is downloaded and computed, for plots and inspection."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from wnpopt.core.errors import InputError
from wnpopt.problems.slide.instance import SlideInstance
from wnpopt.problems.slide.solution import SlideSolution
from wnpopt.problems.slide.verify import transmission_rates


@dataclass(frozen=True)
class Timeline:
    """A user's layers: ``arrival`` (end of its download), ``start`` and ``end`` of computing, in seconds, under
    simultaneous downloading; ``late_start`` and ``late_end`` if all is downloaded first, at the
    same rate and frequency.

    ``rho`` is the compute time over the deadline.
    """

    user: str
    model: str
    deadline_s: float
    arrival: tuple[float, ...]
    start: tuple[float, ...]
    end: tuple[float, ...]
    late_start: tuple[float, ...]
    late_end: tuple[float, ...]
    rho: float


def timelines(
    instance: SlideInstance, solution: SlideSolution, places: Collection[int] | None = None
) -> tuple[Timeline, ...]:
    """The timelines of the served users at these ``places`` of the solution (None: of all), in its order.

    Raises :class:`InputError` for unknown names.
    """
    users = {user.name: user for user in instance.users}
    models = {model.name: model for model in instance.models}
    for index, entry in enumerate(solution.served):
        if entry.user not in users or entry.model not in models:
            raise InputError("names no user or model of this instance", where=f"served[{index}]")
    triples = [(users[entry.user], models[entry.model], entry) for entry in solution.served]
    found = []
    # What a user's link carries may depend on others: the rates are those of the whole solution.
    for index, ((user, model, entry), rate) in enumerate(
        zip(triples, transmission_rates(instance, triples), strict=True)
    ):
        if places is not None and index not in places:
            continue
        arrival, start, end = [], [], []
        bits = done = 0.0
        speed = user.flop_per_cycle * entry.frequency_hz
        for layer in model.layers:
            bits += layer.bits
            arrival.append(bits / rate)
            start.append(max(arrival[-1], done))
            done = start[-1] + layer.flop / speed
            end.append(done)
        late_start, late_end = [], []
        done = arrival[-1]
        for layer in model.layers:
            late_start.append(done)
            done += layer.flop / speed
            late_end.append(done)
        found.append(
            Timeline(
                user.name,
                model.name,
                user.deadline_s,
                tuple(arrival),
                tuple(start),
                tuple(end),
                tuple(late_start),
                tuple(late_end),
                model.flop / speed / user.deadline_s if user.deadline_s > 0 else 0.0,
            )
        )
    return tuple(found)
