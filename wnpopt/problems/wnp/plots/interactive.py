"""The interactive picture of a wnp solution (plotly): resource blocks and cores against one time axis."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from wnpopt.core.extras import need
from wnpopt.core.text import in_page
from wnpopt.problems.wnp.instance import WnpInstance
from wnpopt.problems.wnp.plots.image import FUSED, colour, origin, time_unit, title
from wnpopt.problems.wnp.solution import WnpSolution
from wnpopt.problems.wnp.verify import arrivals, transfer_ticks, verify

if TYPE_CHECKING:
    from plotly.graph_objects import Figure

_TRANSFER = "#444444"
_LISTED = 8
"""Inputs that the hover text of a subgraph lists; it says how many there are beyond."""
_NAMED = 12
"""Subgraphs up to which their bars have full names."""
_LINE_POINTS = 40
"""Points of a vertical line: hovering finds points, not what is between."""


@dataclass(frozen=True, slots=True)
class _Transfer:
    """What an edge costs under a solution, in ticks; ``begin`` is ``end`` on one core."""

    edge: int
    begin: int
    end: int
    source_row: int
    target_row: int


@dataclass(frozen=True)
class _View:
    """A solution with everything that its drawing needs; times are in ticks, ``factor`` turns them into ``unit``."""

    instance: WnpInstance
    solution: WnpSolution
    makespan: int
    factor: float
    unit: str
    row: dict[str, int]
    end: dict[str, int]
    transfers: tuple[_Transfer, ...]

    @classmethod
    def of(cls, instance: WnpInstance, solution: WnpSolution) -> _View:
        makespan = int(verify(instance, solution).objective or 0)
        scale, unit = time_unit(max(makespan, 1) * instance.tick_s)
        row = {core.name: m for m, core in enumerate(instance.chip.cores)}
        end = {s.name: solution.start[s.name] + (s.ticks[row[solution.core[s.name]]] or 0) for s in instance.subgraphs}
        transfers = []
        for index, edge in enumerate(instance.edges):
            source, target = solution.core[edge.source], solution.core[edge.target]
            begin = end[edge.source]
            if source != target and solution.transfer_start is not None:
                begin = solution.transfer_start.get(f"{edge.source}->{edge.target}", begin)
            ticks = transfer_ticks(instance, index, source, target)
            transfers.append(_Transfer(index, begin, begin + ticks, row[source], row[target]))
        return cls(instance, solution, makespan, instance.tick_s / scale, unit, row, end, tuple(transfers))

    def when(self, ticks: int) -> str:
        """A time as people read it."""
        return f"{ticks * self.factor:.4g} {self.unit}"


def gantt(instance: WnpInstance, solution: WnpSolution, bound: float | None = None) -> Figure:
    """The figure: to show in a notebook, to change, or to embed.

    Above, the resource blocks by the modality that they carry in each slot; below, the cores with their subgraphs and
    the transfers between them; dashed lines where a modality has arrived. Hovering tells names, times and transfers.
    """
    need("plotly.graph_objects", "plot")
    from plotly.subplots import make_subplots

    view = _View.of(instance, solution)
    radio = bool(instance.modalities)
    lanes = len(view.row) + (1 if instance.chip.exclusive_bus else 0)
    heights = [*([max(150, min(560, 9 * instance.resource_blocks))] if radio else []), max(110, 34 * lanes)]
    figure = make_subplots(rows=len(heights), cols=1, shared_xaxes=True, vertical_spacing=0.06, row_heights=heights)
    if radio:
        _draw_radio(figure, view)
    _draw_cores(figure, view, len(heights))
    _draw_transfers(figure, view, len(heights))
    _draw_arrivals(figure, view, lanes)
    _draw_limits(figure, view, bound)
    last = max(view.makespan, 1) * view.factor
    figure.update_xaxes(range=[0, last * 1.01], zeroline=False)
    figure.update_xaxes(title_text=f"time [{view.unit}]", row=len(heights), col=1)
    name, _, value = title(instance, view.makespan, bound, view.factor, view.unit).rpartition(": ")
    figure.update_layout(
        title={"text": f"<b>{in_page(name, 90)}</b><br>{value}", "x": 0.01, "font": {"size": 15}},
        template="plotly_white",
        height=sum(heights) + 190,
        margin={"l": 80, "r": 25, "t": 120, "b": 50},
        barmode="overlay",
        hovermode="closest",
        hoverlabel={"align": "left"},
        uniformtext={"minsize": 8, "mode": "hide"},
        legend={"orientation": "h", "x": 0, "y": 1.005, "xanchor": "left", "yanchor": "bottom"},
    )
    return figure


def _draw_radio(figure: Figure, view: _View) -> None:
    from plotly.graph_objects import Heatmap

    instance = view.instance
    width, count = instance.resource_blocks, len(instance.modalities)
    used = max(len(view.solution.rb), 1)
    owner = np.full((width, used), -1, dtype=np.int64)
    for t, row in enumerate(view.solution.rb):
        owner[:, t] = [-1 if k is None else k for k in row]
    block = np.arange(used) // instance.radio.block_slots
    rate = instance.rates[np.maximum(owner, 0), np.arange(width)[:, None], block[None, :]]
    names = [in_page(m.name, 60) for m in instance.modalities]
    slot = instance.radio.slot_ticks * view.factor
    steps = [edge for k in range(count) for edge in ([k / count, colour(k)], [(k + 1) / count, colour(k)])]
    figure.add_trace(
        Heatmap(
            z=[[None if k < 0 else k for k in row] for row in owner.tolist()],
            x=((np.arange(used) + 0.5) * slot).tolist(),
            y=list(range(width)),
            text=[["" if k < 0 else names[k] for k in row] for row in owner.tolist()],
            customdata=[[[t, rate[n, t].item()] for t in range(used)] for n in range(width)],
            hovertemplate="%{text}<br>resource block %{y}, slot %{customdata[0]}<br>%{customdata[1]} bit"
            "<extra></extra>",
            hoverongaps=False,
            zmin=-0.5,
            zmax=count - 0.5,
            colorscale=steps,
            showscale=False,
            xgap=0 if used > 120 else 0.5,
            ygap=0 if width > 60 else 0.5,
        ),
        row=1,
        col=1,
    )
    figure.update_yaxes(
        title_text="resource block", range=[width - 0.5, -0.5], showgrid=False, zeroline=False, row=1, col=1
    )


def _draw_cores(figure: Figure, view: _View, row: int) -> None:
    from plotly.graph_objects import Bar

    instance, solution = view.instance, view.solution
    families = origin(instance)
    incoming: dict[str, list[_Transfer]] = {s.name: [] for s in instance.subgraphs}
    for transfer in view.transfers:
        incoming[instance.edges[transfer.edge].target].append(transfer)
    arrived = dict(zip((m.name for m in instance.modalities), arrivals(instance, solution), strict=True))
    for family in [*range(len(instance.modalities)), None]:
        members = [s for s, found in zip(instance.subgraphs, families, strict=True) if found == family]
        if family is None and not members:
            continue
        texts = []
        for s in members:
            core, begin, end = solution.core[s.name], solution.start[s.name], view.end[s.name]
            lines = [
                f"<b>{in_page(s.name, 60)}</b> on {in_page(core, 40)}",
                f"{view.when(begin)} to {view.when(end)} ({begin} to {end}, {end - begin} ticks)",
            ]
            if s.modality is not None:
                lines.append(f"reads {in_page(s.modality, 40)}, there at {view.when(arrived[s.modality] or 0)}")
            texts.append("<br>".join(lines + _inputs(view, incoming[s.name])))
        several = "several" if instance.modalities else "subgraph"
        figure.add_trace(
            Bar(
                orientation="h",
                base=[solution.start[s.name] * view.factor for s in members],
                x=[(view.end[s.name] - solution.start[s.name]) * view.factor for s in members],
                y=[view.row[solution.core[s.name]] for s in members],
                width=0.74,
                name=several if family is None else in_page(instance.modalities[family].name, 40),
                legendgroup=f"modality {family}",
                marker={
                    "color": FUSED if family is None else colour(family),
                    "line": {"color": "white", "width": 0.8},
                },
                text=[in_page(_label(s.name, len(instance.subgraphs)), 24) for s in members],
                textposition="inside",
                insidetextanchor="middle",
                textangle=0,
                textfont={"color": _ink(FUSED if family is None else colour(family)), "size": 11},
                hovertext=texts,
                hovertemplate="%{hovertext}<extra></extra>",
            ),
            row=row,
            col=1,
        )
    lanes = [in_page(name, 22) for name in view.row] + (["bus"] if instance.chip.exclusive_bus else [])
    figure.update_yaxes(
        title_text="core",
        tickvals=list(range(len(lanes))),
        ticktext=lanes,
        range=[len(lanes) - 0.5, -0.5],
        showgrid=False,
        zeroline=False,
        automargin=True,
        row=row,
        col=1,
    )


def _inputs(view: _View, transfers: list[_Transfer]) -> list[str]:
    """What a subgraph waits for: a line for each input, the latest first."""
    lines = []
    for transfer in sorted(transfers, key=lambda t: (-t.end, t.edge)):
        edge = view.instance.edges[transfer.edge]
        source = in_page(edge.source, 40)
        if transfer.source_row == transfer.target_row:
            lines.append(f"from {source}, same core, {view.when(transfer.end)}")
        else:
            core = in_page(view.solution.core[edge.source], 20)
            ticks = transfer.end - transfer.begin
            lines.append(f"from {source} on {core}: {edge.bytes} B in {ticks} ticks, there {view.when(transfer.end)}")
    more = len(lines) - _LISTED
    return lines if more <= 0 else [*lines[:_LISTED], f"and {more} more"]


def _draw_transfers(figure: Figure, view: _View, row: int) -> None:
    from plotly.graph_objects import Bar, Scatter

    moved = [t for t in view.transfers if t.source_row != t.target_row]
    if not moved:
        return
    texts = []
    for t in moved:
        edge = view.instance.edges[t.edge]
        cores = (view.solution.core[name] for name in (edge.source, edge.target))
        texts.append(
            f"<b>{in_page(edge.source, 40)} to {in_page(edge.target, 40)}</b><br>"
            f"{' to '.join(in_page(core, 20) for core in cores)}, {edge.bytes} B<br>"
            f"{view.when(t.begin)} to {view.when(t.end)} ({t.end - t.begin} ticks)"
        )
    if view.instance.chip.exclusive_bus:
        figure.add_trace(
            Bar(
                orientation="h",
                base=[t.begin * view.factor for t in moved],
                x=[(t.end - t.begin) * view.factor for t in moved],
                y=[len(view.row)] * len(moved),
                width=0.5,
                name="bus",
                marker={"color": _TRANSFER, "line": {"color": "white", "width": 0.8}},
                hovertext=texts,
                hovertemplate="%{hovertext}<extra></extra>",
            ),
            row=row,
            col=1,
        )
    # Lines leave a bar at the edge that faces the other core, so that they do not cross the bars' labels.
    sides = [0.37 if t.target_row > t.source_row else -0.37 for t in moved]
    ends = [(t.source_row + side, t.target_row - side) for t, side in zip(moved, sides, strict=True)]
    figure.add_trace(
        Scatter(
            x=[x for t in moved for x in (t.begin * view.factor, t.end * view.factor, None)],
            y=[y for pair in ends for y in (*pair, None)],
            mode="lines",
            line={"color": _TRANSFER, "width": 0.9},
            opacity=0.5,
            hoverinfo="skip",
            name="transfer",
            legendgroup="transfer",
            showlegend=False,
        ),
        row=row,
        col=1,
    )
    figure.add_trace(
        Scatter(
            x=[t.end * view.factor for t in moved],
            y=[pair[1] for pair in ends],
            mode="markers",
            marker={
                "color": _TRANSFER,
                "size": 6,
                "symbol": ["triangle-down" if side > 0 else "triangle-up" for side in sides],
            },
            opacity=0.8,
            hovertext=texts,
            hovertemplate="%{hovertext}<extra></extra>",
            name="transfer",
            legendgroup="transfer",
        ),
        row=row,
        col=1,
    )


def _draw_arrivals(figure: Figure, view: _View, lanes: int) -> None:
    from plotly.graph_objects import Scatter

    instance = view.instance
    for k, (modality, at) in enumerate(zip(instance.modalities, arrivals(instance, view.solution), strict=True)):
        if not at:
            continue
        for row, lines in ((1, instance.resource_blocks), (2, lanes)):
            line = {"x": [at * view.factor] * _LINE_POINTS, "y": np.linspace(-0.5, lines - 0.5, _LINE_POINTS).tolist()}
            # White beneath, or the line is lost among blocks of its own colour.
            halo = Scatter(
                **line,
                mode="lines",
                line={"color": "white", "width": 4},
                hoverinfo="skip",
                legendgroup=f"modality {k}",
                showlegend=False,
            )
            figure.add_trace(halo, row=row, col=1)
            figure.add_trace(
                Scatter(
                    **line,
                    mode="lines",
                    line={"color": colour(k), "width": 2, "dash": "5px,2px"},
                    hovertemplate=f"<b>{in_page(modality.name, 40)}</b> has arrived: {view.when(at)}<extra></extra>",
                    legendgroup=f"modality {k}",
                    showlegend=False,
                ),
                row=row,
                col=1,
            )


def _draw_limits(figure: Figure, view: _View, bound: float | None) -> None:
    """The makespan, and the bound where it is below; what these and the arrivals' lines are, in the legend."""
    from plotly.graph_objects import Scatter

    lines: list[tuple[str, float | None, str]] = [("makespan", view.makespan, "solid")]
    if bound is not None and bound < view.makespan:
        lines.append(("bound", bound, "dot"))
    if view.instance.modalities:
        lines.insert(0, ("arrival", None, "5px,2px"))
    for name, at, dash in lines:
        line = {"color": "#777777" if at is None else "black", "width": 1.5, "dash": dash}
        if at is not None:
            figure.add_vline(x=at * view.factor, line=line)
        key = Scatter(x=[None], y=[None], mode="lines", line=line, name=name, hoverinfo="skip")
        figure.add_trace(key, row=1, col=1)


def _label(name: str, subgraphs: int) -> str:
    """The name on a bar; where there are many, what comes after its last dot: the colour says the rest."""
    return name if subgraphs <= _NAMED else name.rsplit(".", 1)[-1]


def _ink(fill: str) -> str:
    """Black or white, whichever is told apart better on ``fill`` (luminance weights of ITU-R BT.601)."""
    red, green, blue = (int(fill[i : i + 2], 16) for i in (1, 3, 5))
    return "black" if 0.299 * red + 0.587 * green + 0.114 * blue > 165 else "white"
