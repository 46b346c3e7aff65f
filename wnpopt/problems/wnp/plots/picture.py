"""The image of a wnp instance: its channel, and its graph coloured by branch."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wnpopt.core.extras import need
from wnpopt.core.facts import counted
from wnpopt.core.text import in_image
from wnpopt.plotting.chart_image import chart_figure, draw_chart, title
from wnpopt.plotting.gantt import time_unit
from wnpopt.plotting.gantt_image import WIDTH
from wnpopt.plotting.save import drawing
from wnpopt.problems.wnp.instance import WnpInstance
from wnpopt.problems.wnp.plots.graph import charts

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_PANELS = 6
"""Modalities whose channels are drawn; of more the first."""


def picture(instance: WnpInstance) -> Figure:
    """Bits a slot by resource block and time, a panel a modality; below, the subgraphs by their depth."""
    need("matplotlib.figure", "plot")
    from matplotlib.figure import Figure

    panels = min(len(instance.modalities), _PANELS)
    graph = charts(instance)["graph"]
    if not panels:
        return chart_figure(graph)
    with drawing():
        heights = [*[1.3] * panels, graph.height]
        figure = Figure(figsize=(WIDTH, sum(heights) + 0.4), layout="constrained")
        *upper, lower = figure.subplots(panels + 1, 1, height_ratios=heights)
        _draw_channel(figure, upper, instance)
        draw_chart([lower], graph)
        title(figure, graph)
    return figure


def _draw_channel(figure: Figure, panels: list[Axes], instance: WnpInstance) -> None:
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
