"""The page of an instance without a plan: its charts, or its picture, and the figures that its family adds."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from html import escape
from typing import Any

from wnpopt.core.text import one_line
from wnpopt.plotting.chart import Chart
from wnpopt.plotting.chart_page import chart_data, figures_page


def charts_page(name: str, source: str | None, charts: Mapping[str, Chart], beside: Mapping[str, Any]) -> bytes:
    """The page of charts; ``beside`` are figures of plotly by name."""
    figures = {key: chart_data(chart) for key, chart in charts.items()}
    return figures_page(figures | _as_json(beside), name, source)


def picture_page(name: str, source: str | None, picture: bytes, beside: Mapping[str, Any]) -> bytes:
    """The page of a picture, an SVG, which is as it is; ``beside`` are figures of plotly by name."""
    code = base64.b64encode(picture).decode()
    told = escape(one_line(name), quote=True)
    above = (
        # On a telephone it is wider than the screen: a picture that could not be read would be no use.
        f'<h1>{told}</h1>\n<div style="overflow-x: auto"><img alt="{told}" style="width: 100%; min-width: 44rem; '
        f'height: auto; background: #fff" src="data:image/svg+xml;base64,{code}"></div>\n'
    )
    return figures_page(_as_json(beside), name, source, above)


def _as_json(figures: Mapping[str, Any]) -> dict[str, Any]:
    return {key: figure.to_plotly_json() for key, figure in figures.items()}
