"""Pictures of slide solutions (matplotlib, imported when something is drawn)."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from wnpopt.core.errors import InputError
from wnpopt.core.extras import need
from wnpopt.core.jsonio import write_atomic
from wnpopt.core.text import in_image, numbers
from wnpopt.plotting.save import drawing, image, save_image
from wnpopt.problems.slide.instance import SlideInstance
from wnpopt.problems.slide.plots.timeline import Timeline, timelines
from wnpopt.problems.slide.solution import SlideSolution

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

# Okabe and Ito's colours: told apart without seeing all hues, and in print.
COLOURS = ("#0072B2", "#E69F00", "#009E73", "#CC79A7", "#56B4E9", "#D55E00", "#F0E442", "#000000")
DOWNLOAD, COMPUTE, DEADLINE = "#56B4E9", "#E69F00", "#D55E00"
_MOST_BARS = 60


def draw(instance: SlideInstance, solution: SlideSolution, bound: float | None, path: str | os.PathLike[str]) -> None:
    """Allocation bars, and the timeline of the served user for whom simultaneous downloading gains most.

    The title has the ``bound`` on the objective, if there is one.
    The format follows the ending: .png, .svg, .pdf, or .html (a page with the picture in it).
    """
    need("matplotlib", "plot")
    with drawing():
        figure = _figure((9.0, 6.4))
        top, bottom = figure.subplots(2, 1, height_ratios=(1.15, 1.0))
        _allocation(top, instance, solution, bound)
        lines = timelines(instance, solution)
        if lines:
            _timeline(bottom, max(lines, key=lambda line: line.late_end[-1] - line.end[-1]))
        else:
            bottom.set_axis_off()
        save(figure, path)


def draw_allocation(instance: SlideInstance, solution: SlideSolution, path: str | os.PathLike[str]) -> None:
    """The band in bars, one a served user, coloured by model."""
    figure = _figure((9.0, 3.6))
    _allocation(figure.subplots(), instance, solution, None)
    save(figure, path)


def draw_timeline(instance: SlideInstance, solution: SlideSolution, user: str, path: str | os.PathLike[str]) -> None:
    """Download and inference of one served user, layer by layer, over the same with download first.

    Raises :class:`InputError` if the user is not served.
    """
    line = next((line for line in timelines(instance, solution) if line.user == user), None)
    if line is None:
        raise InputError(f'"{user}" is not served', where="user")
    figure = _figure((9.0, 3.2))
    _timeline(figure.subplots(), line)
    save(figure, path)


def save(figure: Figure, path: str | os.PathLike[str]) -> None:
    """Write ``figure``; raises :class:`InputError` for an ending that is none of .png, .svg, .pdf and .html."""
    ending = Path(path).suffix.lower()
    if ending not in (".png", ".svg", ".pdf", ".html"):
        raise InputError(f"found the ending {ending!r}; .png, .svg, .pdf or .html is needed", where=os.fspath(path))
    if ending != ".html":
        save_image(figure, path)
        return
    picture = image(figure, ".svg").decode().partition("<svg")[2]
    page = "<!doctype html><meta charset='utf-8'><title>wnpopt</title><body style='margin:2em'><svg"
    write_atomic(path, f"{page}{picture}</body>".encode())


def _figure(size: tuple[float, float]) -> Figure:
    need("matplotlib", "plot")
    from matplotlib.figure import Figure

    return Figure(figsize=size, layout="constrained")


def _allocation(axes: Axes, instance: SlideInstance, solution: SlideSolution, bound: float | None) -> None:
    number = {model.name: j for j, model in enumerate(instance.models)}
    shared = instance.delivery == "multicast"
    groups: dict[str, list[int]] = {}
    for index, entry in enumerate(solution.served):
        groups.setdefault(entry.model if shared else entry.user, []).append(index)
    bars = [(key, solution.served[members[0]], len(members)) for key, members in groups.items()]
    bars.sort(key=lambda bar: (number[bar[1].model], -bar[1].bandwidth_hz))
    total = sum(entry.bandwidth_hz for _, entry, _ in bars)
    shown = bars[:_MOST_BARS]
    seen: set[str] = set()
    for place, (_, entry, count) in enumerate(shown):
        label = in_image(entry.model, 24) if entry.model not in seen else None
        seen.add(entry.model)
        colour = COLOURS[number[entry.model] % len(COLOURS)]
        axes.bar(place, entry.bandwidth_hz / 1e6, color=colour, width=0.8, label=label)
        if shared:
            text = f"{count} users" if count > 1 else "1 user"
            axes.annotate(text, (place, entry.bandwidth_hz / 1e6), ha="center", va="bottom", fontsize=8)
    few, many = len(shown) <= 8, len(shown) > 25
    axes.set_xticks(range(len(shown)))
    names = [in_image(key, 14) for key, _, _ in shown]
    axes.set_xticklabels(
        names,
        rotation=0 if few else 90 if many else 45,
        ha="center" if few or many else "right",
        fontsize=6.5 if many else 8,
    )
    axes.set_xlim(-0.8, max(len(shown), 1) - 0.2)
    axes.set_ylabel("bandwidth in MHz")
    axes.margins(y=0.25)  # room for the legend
    left = f", {len(bars) - len(shown)} more not shown" if len(bars) > len(shown) else ""
    weight = {user.name: user.weight for user in instance.users}
    served = f"{len(solution.served)} of {len(instance.users)} users served"
    worth = sum(weight[entry.user] for entry in solution.served)
    value, most = numbers(worth if instance.objective == "weighted" else len(solution.served), bound)
    if instance.objective == "weighted":
        served += f", weight {value}"
    if bound is not None:
        served += f" (at most {most})"
    axes.set_title(
        f"{served}, {total / 1e6:.4g} of {instance.bandwidth_hz / 1e6:.4g} MHz{left}",
        fontsize=10,
        loc="left",
    )
    if seen:
        axes.legend(frameon=False, fontsize=8, ncols=min(5, len(seen)), loc="upper right")
    axes.spines[["top", "right"]].set_visible(False)


def _timeline(axes: Axes, line: Timeline) -> None:
    unit, name = (1e3, "ms") if max(line.deadline_s, line.late_end[-1]) < 2 else (1.0, "s")
    lanes = (
        (3.15, [0.0, *line.arrival[:-1]], line.arrival, DOWNLOAD),
        (2.25, line.start, line.end, COMPUTE),
        (0.95, [0.0, *line.arrival[:-1]], line.arrival, DOWNLOAD),
        (0.05, line.late_start, line.late_end, COMPUTE),
    )
    for height, begins, ends, colour in lanes:
        for layer, (begin, end) in enumerate(zip(begins, ends, strict=True)):
            if end > begin:
                axes.broken_barh(
                    [(begin * unit, (end - begin) * unit)],
                    (height, 0.8),
                    facecolor=colour,
                    # Every other layer paler, so that neighbours can be told apart however thin they are.
                    alpha=1.0 if layer % 2 == 0 else 0.55,
                    linewidth=0,
                )
    axes.axvline(line.deadline_s * unit, color=DEADLINE, linewidth=1.5, linestyle="--")
    axes.annotate(
        "deadline",
        (line.deadline_s * unit, 4.05),
        xytext=(-4, 0),
        textcoords="offset points",
        ha="right",
        va="bottom",
        fontsize=8,
        color=DEADLINE,
    )
    span = max(line.late_end[-1], line.deadline_s)
    for height, end in ((2.65, line.end[-1]), (0.45, line.late_end[-1])):
        # Right of the deadline's line where the text would run into it.
        beside = line.deadline_s if end <= line.deadline_s < end + 0.13 * span else end
        axes.annotate(
            f"{end * unit:.4g} {name}",
            (beside * unit, height),
            xytext=(5, 0),
            textcoords="offset points",
            va="center",
            fontsize=8,
        )
    axes.set_yticks([3.55, 2.65, 1.35, 0.45])
    axes.set_yticklabels(["download", "compute", "download", "compute"])
    axes.set_ylim(-0.15, 4.55)
    axes.set_xlim(0, span * unit * 1.12)
    axes.set_xlabel(f"time in {name}; {len(line.arrival)} layers in alternate shades")
    axes.set_title(
        f"{in_image(line.user, 24)} with {in_image(line.model, 24)}: "
        f"simultaneous above, download first below (ρ = {line.rho:.2f})",
        fontsize=10,
        loc="left",
    )
    axes.axhline(2.0, color="0.8", linewidth=0.8)
    axes.spines[["top", "right"]].set_visible(False)
