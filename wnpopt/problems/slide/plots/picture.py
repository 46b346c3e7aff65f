"""The picture of a slide instance: who asks for what, over which link, and the models."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from wnpopt.core.extras import need
from wnpopt.core.facts import counted
from wnpopt.core.text import in_image
from wnpopt.plotting.palette import colour
from wnpopt.plotting.save import drawing
from wnpopt.problems.slide.instance import SlideInstance, User

if TYPE_CHECKING:
    from matplotlib.figure import Figure

_NAMED = 30


def picture(instance: SlideInstance) -> Figure:
    """Users by their deadline and the rate of their link with the whole band; models by size and computing."""
    need("matplotlib.figure", "plot")
    from matplotlib.figure import Figure

    users, models = instance.users, instance.models
    with drawing():
        figure = Figure(figsize=(11, 5), layout="constrained")
        who, what = figure.subplots(1, 2)
        kinds = [("any model", [u for u in users if u.models is None]), ("a list", [u for u in users if u.models])]
        for index, (label, some) in enumerate(kinds):
            if some:
                x, y = [u.deadline_s for u in some], [_rate(u, instance.bandwidth_hz) / 1e6 for u in some]
                size = 30 if len(users) <= 200 else 6
                who.scatter(x, y, s=size, alpha=0.7, color=colour(index), linewidths=0, label=f"{label}: {len(some)}")
        who.set(xlabel="deadline [s]", ylabel="rate with the whole band [Mbit/s]", title="users")
        who.set_ylim(bottom=0)
        who.set_xlim(left=0)
        if any(user.models for user in users):
            who.legend(frameon=False, fontsize=8)
        bits, flop = [m.bits / 1e6 for m in models], [m.flop / 1e9 for m in models]
        what.scatter(bits, flop, s=50, color=[colour(i) for i in range(len(models))])
        if len(models) <= _NAMED:
            for model, at in zip(models, zip(bits, flop, strict=True), strict=True):
                text = in_image(f"{model.name} ({model.accuracy:.3g})", 40)
                what.annotate(text, at, xytext=(5, 3), textcoords="offset points", fontsize=8)
        what.set(xlabel="size [Mbit]", ylabel="computing [GFLOP]", title="models (accuracy)")
        what.margins(0.2)
        what.set_xlim(left=0)
        what.set_ylim(bottom=0)
        for axes in (who, what):
            axes.spines[["top", "right"]].set_visible(False)
        counts = f"{counted(len(users), 'user')}, {counted(len(models), 'model')}"
        told = f"{counts}, {instance.bandwidth_hz / 1e6:.4g} MHz, {instance.delivery}"
        figure.suptitle(in_image(f"{instance.name}: {told}", 150), fontsize=11)
    return figure


def _rate(user: User, band: float) -> float:
    """Bit/s of the user's link with all of ``band``."""
    link = user.link
    if link.spectral_efficiency > 0:
        return link.spectral_efficiency * band
    return band * math.log2(1 + link.power_w * link.gain / (link.noise_w_per_hz * band))
