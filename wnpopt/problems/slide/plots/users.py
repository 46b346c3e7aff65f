"""Slack and shares of the users of a slide solution, and what those who are not served would need."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from wnpopt.core.facts import counted
from wnpopt.core.text import number, short
from wnpopt.plotting.chart import Chart, Panel, Series
from wnpopt.plotting.palette import COLOURS, LINK, NEUTRAL
from wnpopt.problems.slide.instance import SlideInstance
from wnpopt.problems.slide.kernels.needs import Needs
from wnpopt.problems.slide.plots.timeline import timelines
from wnpopt.problems.slide.solution import SlideSolution
from wnpopt.problems.slide.verify import transmission_rates

MOST_SERVED, MOST_OTHERS = 120, 80
"""Users drawn at most: the served with the least slack, and the others that need the least of the band."""
_GAPS_UP_TO = 80


@dataclass(frozen=True, slots=True)
class _Bar:
    """A served user: percent of the deadline that is used, MHz, percent of the limit on energy that is spent."""

    user: str
    told: str
    used: float
    mhz: float
    spent: float | None


def users(instance: SlideInstance, solution: SlideSolution) -> Chart:
    """A bar a user: the served by their slack, then the others by the least band that would serve them alone.

    Above the share of the deadline that is used, then the bandwidth, then, where there are limits on energy, the share
    of these.
    """
    served = sorted(_bars(instance, solution), key=lambda bar: -bar.used)[:MOST_SERVED]
    taken = {entry.user for entry in solution.served}
    least = dict(zip((user.name for user in instance.users), _least_mhz(instance), strict=True))
    others = sorted((name for name in least if name not in taken), key=least.__getitem__)[:MOST_OTHERS]
    place = {name: float(x) for x, name in enumerate([*(bar.user for bar in served), *others])}
    width = 0.8 if len(place) <= _GAPS_UP_TO else 1.0
    panels = [
        Panel("of the deadline [%]", _shares(served, "used", "slack", COLOURS[1], place, width), bottom=0.0, top=100.0),
        Panel("bandwidth [MHz]", _bandwidth(served, {name: least[name] for name in others}, place, width), bottom=0.0),
    ]
    limited = [bar for bar in served if bar.spent is not None]
    if limited:
        spent = _shares(limited, "spent", "left", COLOURS[6], place, width)
        panels.append(Panel("of the energy [%]", spent, bottom=0.0, top=100.0))
    title = f"{short(instance.name, 80)}: {len(taken)} of {counted(len(instance.users), 'user')} served"
    if len(place) < len(instance.users):
        title += f"; drawn: {len(served)} served with the least slack, {len(others)} others that need least"
    names = tuple((x, name) for name, x in place.items())
    return Chart(title, "users: served by slack, then the others", tuple(panels), names, height=2.0 * len(panels) + 1.0)


def _bars(instance: SlideInstance, solution: SlideSolution) -> Iterator[_Bar]:
    people = {user.name: user for user in instance.users}
    models = {model.name: model for model in instance.models}
    triples = [(people[entry.user], models[entry.model], entry) for entry in solution.served]
    rates = transmission_rates(instance, triples)
    for (user, model, entry), rate, line in zip(triples, rates, timelines(instance, solution), strict=True):
        spent = None
        if user.energy_j:
            joule = user.energy_per_flop_hz2 * entry.frequency_hz**2 * model.flop + user.receive_w * model.bits / rate
            spent = 100 * joule / user.energy_j
        told = (
            f"{user.name}: {model.name}\ndone after {number(line.end[-1], 5)} of {number(user.deadline_s, 5)} s\n"
            f"{number(entry.bandwidth_hz / 1e6, 5)} MHz, {number(entry.frequency_hz / 1e9, 4)} GHz"
        )
        used = 100 * line.end[-1] / user.deadline_s if user.deadline_s else 100.0
        yield _Bar(user.name, told, used, entry.bandwidth_hz / 1e6, spent)


def _shares(
    bars: Sequence[_Bar], used: str, left: str, paint: str, place: Mapping[str, float], width: float
) -> tuple[Series, ...]:
    """What is used and, above it, what is left."""
    x, told = tuple(place[bar.user] for bar in bars), tuple(bar.told for bar in bars)
    part = tuple((bar.used if used == "used" else bar.spent) or 0.0 for bar in bars)
    rest = tuple(max(0.0, 100 - share) for share in part)
    return (
        Series(used, paint, "bars", x, part, told=told, width=width),
        Series(left, NEUTRAL, "bars", x, rest, part, told, width=width),
    )


def _bandwidth(
    served: Sequence[_Bar], others: Mapping[str, float], place: Mapping[str, float], width: float
) -> tuple[Series, ...]:
    x, told = tuple(place[bar.user] for bar in served), tuple(bar.told for bar in served)
    series = [Series("given", COLOURS[4], "bars", x, tuple(bar.mhz for bar in served), told=told, width=width)]
    able = {name: mhz for name, mhz in others.items() if math.isfinite(mhz)}
    if able:
        told = tuple(f"{name}: not served\n{number(mhz, 5)} MHz would do alone" for name, mhz in able.items())
        name, x = "not served: least that would do alone", tuple(place[name] for name in able)
        series.append(Series(name, COLOURS[5], "bars", x, tuple(able.values()), told=told, width=width))
    unable = [name for name in others if name not in able]
    if unable:
        told = tuple(f"{name}: not served\nnot even alone with the whole band" for name in unable)
        name, x = "not served: not even alone", tuple(place[name] for name in unable)
        series.append(Series(name, LINK, "points", x, (0.0,) * len(unable), told=told, hollow=True))
    return tuple(series)


def _least_mhz(instance: SlideInstance) -> list[float]:
    """The least bandwidth that serves each user alone with some model; infinite where none does."""
    needs = Needs.of(instance.columns)
    unit = instance.resource_block_hz or 1.0
    return [float(row.min(initial=math.inf)) * unit / 1e6 for row in needs.costs]
