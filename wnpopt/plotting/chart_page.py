"""The one drawing of series against axes on a page: a figure of plotly, to zoom and to point at."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from importlib.resources import files
from typing import Any

from wnpopt.core.text import in_page, one_line
from wnpopt.plotting.chart import Chart, Series
from wnpopt.plotting.page import page_html
from wnpopt.plotting.palette import LINK

_HEAD, _FOOT, _GAP, _INCH = 30, 130, 26, 82


def chart_page(chart: Chart, name: str, source: str | None) -> bytes:
    """The page of a chart; ``name`` and ``source`` are those of the instance."""
    return figures_page({"chart": chart_data(chart)}, name, source)


def figures_page(figures: Mapping[str, Any], name: str, source: str | None, above: str = "") -> bytes:
    """The page of figures, each as plotly's JSON, one below the other; ``above`` is HTML that stands before them."""
    told = f'<p class="note">{escape(one_line(source))}</p>\n' if source else ""
    data: dict[str, object] = {"charts": {}, "figures": figures}
    script = files("wnpopt.plotting").joinpath("assets", "simulation.js")
    return page_html(name, f"<main>{above}</main>\n{told}", data, [script])


def chart_data(chart: Chart) -> dict[str, Any]:
    """The figure as plotly's JSON: ``data`` and ``layout``."""
    inner = max(200.0, chart.height * _INCH)
    height = _HEAD + inner + _FOOT
    layout: dict[str, Any] = {
        # The page's own script writes the title as text: it stands for itself there.
        "title": {"text": one_line(chart.title)}, "height": round(height), "barmode": "overlay", "bargap": 0,
        "margin": {"l": 60, "r": 12, "t": _HEAD, "b": _FOOT},
        "xaxis": {"title": {"text": in_page(chart.x_label, 100)}, "anchor": "y", "type": "log" if chart.log_x else "-"},
    }  # fmt: skip
    if chart.ticks:
        layout["xaxis"] |= {
            "tickmode": "array" if len(chart.ticks) <= 60 else "auto",
            "tickvals": [x for x, _ in chart.ticks], "ticktext": [in_page(text, 18) for _, text in chart.ticks],
        }  # fmt: skip
    traces: list[dict[str, Any]] = []
    gap = _GAP / inner
    free, at = 1.0 - gap * (len(chart.panels) - 1), 0.0
    whole = sum(panel.share for panel in chart.panels)
    for number in range(len(chart.panels), 0, -1):  # the lowest first: it has the axis of x
        panel = chart.panels[number - 1]
        axis = f"y{'' if number == len(chart.panels) else len(chart.panels) - number + 1}"
        top = at + free * panel.share / whole
        settings: dict[str, Any] = {"domain": [at, min(1.0, top)], "title": {"text": in_page(panel.y_label, 60)}}
        if not panel.y_label:
            settings |= {"showticklabels": False, "showgrid": False}
        if panel.log:
            settings["type"] = "log"
        elif panel.bottom is not None:
            settings |= {"rangemode": "tozero"} if panel.top is None else {"range": _range(panel.bottom, panel.top)}
        layout[f"yaxis{axis[1:]}"] = settings
        traces += [_trace(series, axis, chart) for series in panel.series]
        at = top + gap
    return {"data": traces, "layout": layout}


def _range(bottom: float, top: float) -> list[float]:
    return [bottom, top if top > bottom else bottom + 1]


def _trace(series: Series, axis: str, chart: Chart) -> dict[str, Any]:
    told = ["<br>".join(in_page(line, 90) for line in text.splitlines()) for text in series.told]
    names = dict(chart.ticks)
    trace: dict[str, Any] = {
        "type": "scatter", "x": list(series.x), "y": list(series.y), "yaxis": axis,
        "name": in_page(series.name, 40), "showlegend": bool(series.name), "legendgroup": in_page(series.name, 40),
    }  # fmt: skip
    if told:
        trace |= {"hovertext": told, "hovertemplate": "%{hovertext}<extra></extra>"}
    elif series.shape == "segments":
        trace["hoverinfo"] = "skip"
    else:
        where = [in_page(names.get(x, f"{x:.5g}"), 40) for x in series.x]
        trace |= {"hovertext": where, "hovertemplate": f"{trace['name']}<br>%{{hovertext}}: %{{y:.5g}}<extra></extra>"}
    dash = {"solid": "solid", "dotted": "dot", "dashed": "dash"}[series.dash]
    if series.shape == "bars":
        outline = {"color": series.colour, "width": 1 if series.hollow else 0}
        trace |= {"type": "bar", "width": series.width}
        trace["marker"] = {"color": "rgba(0,0,0,0)" if series.hollow else series.colour, "line": outline}
        if series.base:
            trace["base"] = list(series.base)
    elif series.shape == "points":
        symbol = "circle-open" if series.hollow else "circle"
        marker: dict[str, Any] = {
            "color": series.colour,
            "size": 11 if len(series.x) <= 60 else 7 if len(series.x) <= 1000 else 4,
            "symbol": symbol,
        }
        if not series.hollow:  # so that dark circles are seen on a dark page
            marker["line"] = {"color": LINK, "width": 0.7}
        trace |= {"mode": "markers", "marker": marker}
        if any(series.labels):
            labels = [in_page(label, 16) for label in series.labels]
            trace |= {"mode": "markers+text", "text": labels, "textposition": "top center", "textfont": {"size": 9}}
    elif series.shape == "segments":
        x = [place for pair in zip(series.x[::2], series.x[1::2], strict=True) for place in (*pair, None)]
        y = [place for pair in zip(series.y[::2], series.y[1::2], strict=True) for place in (*pair, None)]
        trace |= {"mode": "lines", "x": x, "y": y, "opacity": 0.6}
        trace["line"] = {"color": series.colour, "width": 1, "dash": dash}
    else:
        shape = "hv" if series.shape == "step" else "linear"
        trace |= {"mode": "lines" if series.shape == "step" else "lines+markers"}
        trace["line"] = {"color": series.colour, "shape": shape, "width": 1.8, "dash": dash}
    return trace
