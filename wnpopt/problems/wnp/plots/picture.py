"""The picture of a wnp instance: its channel, and its graph coloured by branch."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from wnpopt.core.extras import need
from wnpopt.core.facts import counted
from wnpopt.core.text import in_image
from wnpopt.plotting.gantt import time_unit
from wnpopt.plotting.palette import LINK
from wnpopt.plotting.save import drawing
from wnpopt.problems.wnp.instance import WnpInstance
from wnpopt.problems.wnp.plots.groups import branches, depths, subgraph_groups

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

FloatVector = np.ndarray[tuple[int], np.dtype[np.float64]]

_NAMED = 40
"""So many subgraphs have their names in the picture; of more their circles alone."""
_DEEP = 11
"""Beyond this depth the last part of each name, the bar's label in a plan, has to do."""
_PANELS = 6
"""Modalities whose channels are drawn; of more the first."""


def picture(instance: WnpInstance) -> Figure:
    """Bits a slot by resource block and time, a panel a modality; below, the subgraphs by their depth."""
    need("matplotlib.figure", "plot")
    from matplotlib.figure import Figure

    panels = min(len(instance.modalities), _PANELS)
    with drawing():
        # A chain is a line: it needs no more height than its names.
        tall = float(np.clip(1.5 + 0.35 * np.ptp(layout(instance)[1]), 1.5, 4.5))
        figure = Figure(figsize=(11, 1.3 * panels + tall + 0.7), layout="constrained")
        axes = figure.subplots(panels + 1, 1, height_ratios=[1.3] * panels + [tall], squeeze=False)[:, 0]
        _draw_channel(figure, list(axes[:panels]), instance)
        _draw_graph(axes[panels], instance)
        cores = len(instance.chip.cores)
        told = f"{counted(len(instance.subgraphs), 'subgraph')}, {counted(len(instance.edges), 'edge')}"
        figure.suptitle(
            in_image(f"{instance.name}: {told}, {counted(cores, 'core')}", 150), fontsize=11, x=0.01, ha="left"
        )
    return figure


def _draw_channel(figure: Figure, panels: list[Axes], instance: WnpInstance) -> None:
    if not panels:
        return
    from matplotlib.ticker import MaxNLocator

    radio = instance.radio
    scale, unit = time_unit(radio.slots * radio.slot_ticks * instance.tick_s)
    slot = radio.slot_ticks * instance.tick_s / scale
    end = instance.blocks * radio.block_slots * slot
    most = max(1, int(instance.table.max(initial=0)))
    drawn = None
    for k, axes in enumerate(panels):
        modality = instance.modalities[k]
        drawn = axes.imshow(
            instance.table[k], aspect="auto", origin="lower", cmap="cividis", vmin=0, vmax=most,
            extent=(0, end, -0.5, instance.resource_blocks - 0.5), interpolation="nearest",
        )  # fmt: skip
        axes.set_title(
            in_image(f"{modality.name}: {counted(modality.payload_bits, 'bit')}", 60), fontsize=9, loc="left"
        )
        axes.set_xlim(0, radio.slots * slot)  # the last block may be shorter than the others
        axes.yaxis.set_major_locator(MaxNLocator(5, integer=True, min_n_ticks=1))
        axes.set_ylabel("RB", fontsize=8)
        axes.tick_params(labelbottom=k == len(panels) - 1, labelsize=8)
    panels[-1].set_xlabel(f"time [{unit}]", fontsize=8)
    assert drawn is not None
    figure.colorbar(drawn, ax=panels, label="bits a slot", fraction=0.03)


def _draw_graph(axes: Axes, instance: WnpInstance) -> None:
    from matplotlib.collections import LineCollection
    from matplotlib.lines import Line2D
    from matplotlib.ticker import MaxNLocator

    depth, height = layout(instance)
    paths = edge_paths(instance, depth, height)
    axes.add_collection(LineCollection(paths, colors=LINK, linewidths=0.6, alpha=0.6, zorder=1))
    coloured = subgraph_groups(instance)
    paint = [coloured.groups[k].colour for k in coloured.of]
    few = len(instance.subgraphs) <= _NAMED
    axes.scatter(depth, height, c=paint, s=160 if few else 22, edgecolors="white", linewidths=0.5, zorder=2)
    if few:
        for i, subgraph in enumerate(instance.subgraphs):
            where = (float(depth[i]), float(height[i]))
            name = subgraph.name if depth.max() <= _DEEP else subgraph.name.rsplit(".", 1)[-1]
            axes.annotate(
                in_image(name, 14), where, xytext=(0, 8), textcoords="offset points", ha="center", fontsize=6.5
            )
    named = [
        Line2D([], [], marker="o", linestyle="", color=group.colour, label=in_image(group.name, 40))
        for k, group in enumerate(coloured.groups)
        if k in set(coloured.of)
    ]
    axes.legend(
        handles=named, frameon=False, fontsize=8, loc="lower left", bbox_to_anchor=(0, 1), ncols=min(4, len(named))
    )
    axes.set_xlabel("depth (subgraphs before it on the longest path)", fontsize=8)
    axes.xaxis.set_major_locator(MaxNLocator(integer=True, min_n_ticks=1))
    axes.set_yticks([])
    axes.margins(0.03, 0.12)
    low, high = axes.get_ylim()
    axes.set_ylim(min(low, height.min() - 0.4), max(high, height.max() + 0.9))
    axes.spines[["top", "right", "left"]].set_visible(False)


def layout(instance: WnpInstance) -> tuple[FloatVector, FloatVector]:
    """Depth and height of each subgraph: a band a branch, from the top; those of a depth are spread within it."""
    height = np.zeros(len(instance.subgraphs))
    depth = depths(instance).astype(float)
    branch = branches(instance)
    top = 0.0
    for band in [*range(len(instance.modalities)), -1]:
        widest = 0
        for level in np.unique(depth[branch == band]):
            members = np.flatnonzero((branch == band) & (depth == level))
            height[members] = top - np.arange(members.size)
            widest = max(widest, members.size)
        top -= widest
    return depth, height


def edge_paths(
    instance: WnpInstance, depth: FloatVector, height: FloatVector
) -> list[np.ndarray[tuple[int, int], np.dtype[np.float64]]]:
    """The points (n, 2) of each edge's line: straight, but an arc where it would hide behind what stands between."""
    paths = []
    for source, target in instance.edge_index.tolist():
        ends = np.array([[depth[source], height[source]], [depth[target], height[target]]])
        span = ends[1, 0] - ends[0, 0]
        if span > 1 and ends[0, 1] == ends[1, 1]:
            part = np.linspace(0.0, 1.0, 9)[:, None]
            ends = ends[0] + part * (ends[1] - ends[0])
            ends[:, 1] += min(0.9, 0.25 + 0.05 * span) * np.sin(np.pi * part[:, 0])
        paths.append(ends)
    return paths
