"""The picture of a replay: distributions of all strategies, and what happened when."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np

from wnpopt.core.extras import need
from wnpopt.core.text import in_image
from wnpopt.plotting.palette import LINK, colour
from wnpopt.plotting.save import drawing

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from wnpopt.problems.intradp.online.replay import StrategyRun
    from wnpopt.problems.intradp.online.simulate import BandwidthTrace


def replay_figure(runs: Mapping[str, StrategyRun], trace: BandwidthTrace, title: str) -> Figure:
    """Shares of requests by response and by energy, responses against time, and the bandwidth below."""
    need("matplotlib.figure", "plot")
    from matplotlib.figure import Figure

    with drawing():
        figure = Figure(figsize=(11, 7.5), layout="constrained")
        grid = figure.add_gridspec(3, 2, height_ratios=[1.3, 1.0, 0.6])
        response, energy = figure.add_subplot(grid[0, 0]), figure.add_subplot(grid[0, 1])
        when = figure.add_subplot(grid[1, :])
        rate = figure.add_subplot(grid[2, :], sharex=when)
        for i, (name, run) in enumerate(runs.items()):
            label, paint = in_image(name, 40), colour(i)
            share = np.arange(1, len(run.latency_s) + 1) / len(run.latency_s)
            response.step(np.sort(1e3 * run.response_s), share, where="post", color=paint, label=label)
            energy.step(np.sort(run.energy_j), share, where="post", color=paint)
            when.plot(run.released_s, 1e3 * run.response_s, ".-", markersize=3, linewidth=0.6, color=paint)
            if i == 0 and run.deadline_s is not None:
                for axes, draw in ((response, response.axvline), (when, when.axhline)):
                    draw(1e3 * run.deadline_s, color=LINK, linestyle="dotted", linewidth=1)
                    axes.margins(0.02)
        end = max(run.elapsed_s for run in runs.values())
        count = min(int(end / trace.step_s) + 2, 200_000)
        rates = [trace.at(i) / 1e6 for i in range(count)]
        rate.step([i * trace.step_s for i in range(count)], rates, where="post", color=LINK, linewidth=0.8)
        rate.set(xlabel="time [s]", ylabel="MB/s", xlim=(0, end))
        rate.set_ylim(bottom=0)
        response.set(xlabel="response [ms]", ylabel="share of requests", ylim=(0, 1.01))
        energy.set(xlabel="energy [J]", ylim=(0, 1.01))
        when.set(ylabel="response [ms]")
        for axes in figure.axes:
            axes.spines[["top", "right"]].set_visible(False)
        response.legend(frameon=False, loc="lower right")
        figure.suptitle(in_image(title, 120))
    return figure
