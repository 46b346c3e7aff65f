"""The interactive picture of a wnp instance's channel (plotly): bits a slot by resource block and coherence block."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wnpopt.core.errors import InputError
from wnpopt.core.extras import need
from wnpopt.core.facts import counted
from wnpopt.core.text import in_page
from wnpopt.plotting.gantt import time_unit
from wnpopt.problems.wnp.instance import WnpInstance

if TYPE_CHECKING:
    from plotly.graph_objects import Figure


def figures(instance: WnpInstance) -> dict[str, Figure]:
    """What a page shows beneath the schedule: the channel, where there is one."""
    return {"channel": channel(instance)} if instance.modalities else {}


def channel(instance: WnpInstance) -> Figure:
    """A heat map for each modality, all on one scale; raises :class:`InputError` for a chip-only instance."""
    if not instance.modalities:
        raise InputError("the instance has no modality, so it has no channel to draw", where="modalities")
    need("plotly.graph_objects", "plot")
    from plotly.graph_objects import Heatmap
    from plotly.subplots import make_subplots

    radio, width, count = instance.radio, instance.resource_blocks, len(instance.modalities)
    scale, unit = time_unit(radio.slots * radio.slot_ticks * instance.tick_s)
    slot = radio.slot_ticks * instance.tick_s / scale
    edges = [*(instance.block_start * slot).tolist(), radio.slots * slot]
    spans = [
        f"slot {a}" if length == 1 else f"slots {a} to {a + length - 1}"
        for a, length in zip(instance.block_start.tolist(), instance.block_length.tolist(), strict=True)
    ]
    height = max(130, min(320, 7 * width))
    figure = make_subplots(
        # One below the other, so that titles and maps have room on a telephone, too.
        rows=count,
        cols=1,
        shared_xaxes=True,
        vertical_spacing=30 / (count * (height + 30)),
        subplot_titles=[in_page(m.name, 24) + f", {counted(m.payload_bits, 'bit')}" for m in instance.modalities],
    )
    for k, modality in enumerate(instance.modalities):
        figure.add_trace(
            Heatmap(
                z=instance.table[k].tolist(),
                x=edges,
                y=list(range(width)),
                text=[spans] * width,
                hovertemplate=f"<b>{in_page(modality.name, 60)}</b><br>resource block %{{y}}, %{{text}}<br>"
                "%{z} bits a slot<extra></extra>",
                coloraxis="coloraxis",
            ),
            row=k + 1,
            col=1,
        )
    figure.update_xaxes(title_text=f"time [{unit}]", row=count, col=1)
    figure.update_yaxes(
        title_text="resource block", range=[width - 0.5, -0.5], showgrid=False, tick0=0, dtick=-(-width // 6)
    )
    bar = {"title": {"text": "bits a slot"}, "lenmode": "pixels", "len": height + 40, "y": 1, "yanchor": "top"}
    figure.update_layout(
        title={"text": "<b>channel</b>: what a slot of a resource block carries", "x": 0.01, "font": {"size": 15}},
        template="plotly_white",
        height=count * (height + 30) + 110,
        margin={"l": 80, "r": 25, "t": 50, "b": 50},
        coloraxis={"colorscale": "Viridis", "cmin": 0, "colorbar": bar},
    )
    return figure
