"""What a slide instance asks for: who wants what by when, over which link, and the models."""

from __future__ import annotations

import math

from wnpopt.core.facts import counted
from wnpopt.core.text import number, short
from wnpopt.plotting.chart import Chart, Panel, Series
from wnpopt.plotting.palette import colour
from wnpopt.problems.slide.instance import SlideInstance, User

_NAMED = 12
"""So many models have their names in the legend; of more, those who point at them are told."""
_MOST = 20_000
"""Of more users every second, third, ... is drawn."""


def charts(instance: SlideInstance) -> dict[str, Chart]:
    """Users by their deadline and the rate of their link with the whole band; models by size and computing."""
    return {"users": _users(instance), "models": _models(instance)}


def _users(instance: SlideInstance) -> Chart:
    every = -(-len(instance.users) // _MOST) or 1
    users = instance.users[::every]
    series = []
    for index, label in enumerate(("any model", "a list")):
        some = [user for user in users if (user.models is not None) == bool(index)]
        if some:
            rates = [_rate(user, instance.bandwidth_hz) / 1e6 for user in some]
            told = tuple(
                f"{user.name}: {_wanted(user)}\nby {number(user.deadline_s)} s, {number(rate)} Mbit/s"
                for user, rate in zip(some, rates, strict=True)
            )
            name = f"{label}: {len(some)}"
            deadlines = tuple(user.deadline_s for user in some)
            series.append(Series(name, colour(index), "points", deadlines, tuple(rates), told=told))
    counts = f"{counted(len(instance.users), 'user')}, {counted(len(instance.models), 'model')}"
    drawn = "" if every == 1 else f" (drawn: one of {every} users)"
    title = f"{short(instance.name, 80)}: {counts}{drawn}, {instance.bandwidth_hz / 1e6:.4g} MHz, {instance.delivery}"
    panel = Panel("rate with the whole band [Mbit/s]", tuple(series), bottom=0.0)
    return Chart(title, "users: deadline [s]", (panel,), height=4.5)


def _wanted(user: User) -> str:
    if user.models is not None:
        return short(f"one of {', '.join(user.models)}", 60)
    return f"accuracy {number(user.min_accuracy)} or more" if user.min_accuracy else "any model"


def _models(instance: SlideInstance) -> Chart:
    models = instance.models
    points = [(model.bits / 1e6, model.flop / 1e9) for model in models]
    told = [
        f"{model.name}: {counted(len(model.layers), 'layer')}, accuracy {number(model.accuracy)}\n"
        f"{number(mbit)} Mbit, {number(gflop)} GFLOP"
        for model, (mbit, gflop) in zip(models, points, strict=True)
    ]
    if len(models) <= _NAMED:
        series = [
            Series(f"{model.name} ({model.accuracy:.3g})", colour(index), "points", (x,), (y,), told=(told[index],))
            for index, (model, (x, y)) in enumerate(zip(models, points, strict=True))
        ]
    else:
        x, y = zip(*points, strict=True)
        series = [Series("", colour(0), "points", x, y, told=tuple(told))]
    panel = Panel("computing [GFLOP]", tuple(series), bottom=0.0)
    return Chart(f"{counted(len(models), 'model')} (accuracy)", "models: size [Mbit]", (panel,), height=3.5)


def _rate(user: User, band: float) -> float:
    """Bit/s of the user's link with all of ``band``."""
    link = user.link
    if link.spectral_efficiency > 0:
        return link.spectral_efficiency * band
    return band * math.log2(1 + link.power_w * link.gain / (link.noise_w_per_hz * band))
