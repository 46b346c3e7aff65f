"""The picture of a wnp solution: resource blocks by modality, arrivals, cores, transfers, against one time axis.

Here as an image (matplotlib); the interactive one is made by :mod:`wnpopt.problems.wnp.plots.page` (plotly).
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from wnpopt.core.extras import need
from wnpopt.core.result import relative_gap
from wnpopt.core.text import in_image, number, percent, short
from wnpopt.plotting.save import drawing, save_image
from wnpopt.problems.wnp.instance import WnpInstance
from wnpopt.problems.wnp.solution import WnpSolution
from wnpopt.problems.wnp.verify import arrivals, transfer_ticks, verify

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

# Okabe and Ito's palette: told apart by colour-blind readers too.
COLOURS = ("#0072B2", "#E69F00", "#009E73", "#CC79A7", "#56B4E9", "#D55E00", "#F0E442", "#8A6FBF")
FUSED = "#8C8C8C"
_IDLE = "#F4F4F4"


def draw(instance: WnpInstance, solution: WnpSolution, bound: float | None, path: Path) -> None:
    """Draw ``solution`` into ``path`` (.html, .png or .svg), with its value and ``bound`` in the title."""
    if path.suffix.lower() == ".html":
        from wnpopt.problems.wnp.plots.page import schedule_page, write_page

        write_page(schedule_page(instance, solution, bound), path)
        return
    need("matplotlib.figure", "plot")
    with drawing():
        save_image(gantt(instance, solution, bound), path)


def gantt(instance: WnpInstance, solution: WnpSolution, bound: float | None = None) -> Figure:
    """The figure itself, to change or to embed."""
    need("matplotlib.figure", "plot")
    from matplotlib.figure import Figure

    certificate = verify(instance, solution)
    makespan = float(certificate.objective or 0)
    scale, unit = time_unit(max(makespan, 1) * instance.tick_s)
    factor = instance.tick_s / scale
    radio = bool(instance.modalities)
    core_height = 0.42 * len(instance.chip.cores) + 0.5
    radio_height = min(3.6, max(1.4, 0.14 * instance.resource_blocks)) if radio else 0.0
    figure = Figure(figsize=(11.0, 1.25 + core_height + radio_height + (0.35 if radio else 0)), layout="constrained")
    if radio:
        upper, lower = figure.subplots(2, 1, sharex=True, height_ratios=[radio_height, core_height])
        _draw_radio(upper, instance, solution, factor)
        _legend(upper, instance)
    else:
        lower = figure.subplots(1, 1)
    _draw_cores(lower, instance, solution, factor)
    lower.set_xlabel(f"time [{unit}]")
    lower.set_xlim(0, max(makespan, 1) * factor * 1.01)
    for axes in figure.axes:
        axes.axvline(makespan * factor, color="black", linewidth=1.2)
        for side in ("top", "right"):
            axes.spines[side].set_visible(False)
    figure.suptitle(in_image(title(instance, makespan, bound, factor, unit), 250), fontsize=11, x=0.01, ha="left")
    return figure


def time_unit(horizon_s: float) -> tuple[float, str]:
    """Seconds in the unit that suits a horizon, and its name."""
    for scale, unit in ((1.0, "s"), (1e-3, "ms"), (1e-6, "µs")):
        if horizon_s >= 2 * scale:
            return scale, unit
    return 1e-9, "ns"


def origin(instance: WnpInstance) -> list[int | None]:
    """The one modality that each subgraph depends on, by index; None where there are several or none."""
    reads: list[set[int]] = [set() if k < 0 else {int(k)} for k in instance.modality_index]
    for i in instance.order:
        for source, target in instance.edge_index:
            if source == i:
                reads[target] |= reads[i]
    return [next(iter(found)) if len(found) == 1 else None for found in reads]


def colour(modality: int | None) -> str:
    """The colour of a modality; grey for what several feed."""
    return FUSED if modality is None else COLOURS[modality % len(COLOURS)]


def title(instance: WnpInstance, makespan: float, bound: float | None, factor: float, unit: str) -> str:
    """Name, value and bound in one line; times are in ticks, ``factor`` turns them into ``unit``."""
    text = f"{short(instance.name, 90)}: makespan {makespan * factor:.4g} {unit} ({makespan:.0f} ticks)"
    if bound is None:
        return text + ", no bound"
    gap = relative_gap(makespan, bound)
    if not gap:
        return text + f", bound {bound * factor:.4g} {unit}, optimal"
    return text + f", bound {bound * factor:.4g} {unit} ({number(bound)} ticks), gap {percent(gap)}"


def _draw_radio(axes: Axes, instance: WnpInstance, solution: WnpSolution, factor: float) -> None:
    from matplotlib.colors import ListedColormap

    width = instance.resource_blocks
    used = max(len(solution.rb), 1)
    grid = np.zeros((width, used), dtype=np.int64)
    for t, row in enumerate(solution.rb):
        grid[:, t] = [0 if k is None else k + 1 for k in row]
    slot = instance.radio.slot_ticks * factor
    palette = ListedColormap([_IDLE, *(colour(k) for k in range(len(instance.modalities)))])
    axes.imshow(
        grid,
        cmap=palette,
        vmin=0,
        vmax=len(instance.modalities),
        extent=(0, used * slot, width - 0.5, -0.5),
        aspect="auto",
        interpolation="nearest",
    )
    axes.set_ylabel("resource block")
    axes.set_yticks(np.unique(np.linspace(0, width - 1, min(width, 6)).round().astype(int)))
    axes.set_ylim(width - 0.5, -0.5)
    for k, arrival in enumerate(arrivals(instance, solution)):
        if arrival:
            axes.axvline(arrival * factor, color=colour(k), linewidth=1.6, linestyle=(0, (4, 2)))


def _draw_cores(axes: Axes, instance: WnpInstance, solution: WnpSolution, factor: float) -> None:
    row = {core.name: m for m, core in enumerate(instance.chip.cores)}
    families = origin(instance)
    span = verify(instance, solution).objective or 1
    end: dict[str, float] = {}
    for index, subgraph in enumerate(instance.subgraphs):
        core = solution.core[subgraph.name]
        start, ticks = solution.start[subgraph.name], subgraph.ticks[row[core]] or 0
        end[subgraph.name] = start + ticks
        axes.barh(
            row[core],
            ticks * factor,
            left=start * factor,
            height=0.72,
            color=colour(families[index]),
            edgecolor="white",
            linewidth=0.7,
        )
        # The whole name where it fits, else what comes after its last dot, else nothing.
        label = next(
            (text for text in (subgraph.name, subgraph.name.rsplit(".", 1)[-1]) if _fits(text, ticks / span)), None
        )
        if label is not None:
            axes.text(
                (start + ticks / 2) * factor,
                row[core],
                in_image(label),
                ha="center",
                va="center",
                fontsize=7.5,
                color="white",
            )
    for index, edge in enumerate(instance.edges):
        source, target = solution.core[edge.source], solution.core[edge.target]
        if source == target:
            continue
        begin = end[edge.source]
        if solution.transfer_start is not None:
            begin = solution.transfer_start.get(f"{edge.source}->{edge.target}", begin)
        arrive = begin + transfer_ticks(instance, index, source, target)
        down = 0.36 if row[target] > row[source] else -0.36
        axes.annotate(
            "",
            xy=(arrive * factor, row[target] - down),
            xytext=(begin * factor, row[source] + down),
            arrowprops={
                "arrowstyle": "-|>",
                "color": "#333333",
                "linewidth": 0.7,
                "alpha": 0.75,
                "shrinkA": 0,
                "shrinkB": 0,
            },
        )
    for k, arrival in enumerate(arrivals(instance, solution)):
        if arrival:
            axes.axvline(arrival * factor, color=colour(k), linewidth=1.6, linestyle=(0, (4, 2)), zorder=0)
    axes.set_yticks(range(len(row)), [in_image(name, 22) for name in row])
    axes.set_ylim(len(row) - 0.5, -0.5)
    axes.set_ylabel("core")


def _fits(text: str, share: float) -> bool:
    """True if ``text`` fits into ``share`` of the axis's width."""
    return share > 0.0068 * (1 + len(text))


def _legend(axes: Axes, instance: WnpInstance) -> None:
    from matplotlib.lines import Line2D
    from matplotlib.patches import Patch

    names = [in_image(m.name, 24) for m in instance.modalities]
    handles: list[Patch | Line2D] = [Patch(color=colour(k), label=name) for k, name in enumerate(names)]
    handles.append(Patch(color=FUSED, label="several"))
    handles.append(Line2D([], [], color="#333333", linestyle=(0, (4, 2)), label="arrival"))
    handles.append(Line2D([], [], color="#333333", linewidth=0.8, marker=">", markersize=3, label="transfer"))
    axes.legend(
        handles=handles,
        loc="lower left",
        bbox_to_anchor=(0, 1.0),
        ncols=max(1, min(len(handles), 170 // (6 + max(map(len, names), default=0)))),
        fontsize=8,
        frameon=False,
        handlelength=1.3,
        columnspacing=1.2,
    )
