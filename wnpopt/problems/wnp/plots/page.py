"""Interactive figures as one HTML file that needs nothing else: plotly.js is inside, nothing is fetched."""

from __future__ import annotations

from html import escape
from pathlib import Path
from typing import TYPE_CHECKING

from wnpopt.core.extras import need
from wnpopt.core.jsonio import write_atomic
from wnpopt.core.text import one_line
from wnpopt.problems.wnp.instance import WnpInstance
from wnpopt.problems.wnp.plots.channel import channel
from wnpopt.problems.wnp.plots.interactive import gantt
from wnpopt.problems.wnp.solution import WnpSolution

if TYPE_CHECKING:
    from collections.abc import Mapping

    from plotly.graph_objects import Figure

_CONFIG = {"displaylogo": False, "responsive": True}


def schedule_page(instance: WnpInstance, solution: WnpSolution, bound: float | None = None) -> str:
    """The HTML of a solution's schedule and, below it, of the channel, where there is one."""
    figures = {"schedule": gantt(instance, solution, bound)}
    if instance.modalities:
        figures["channel"] = channel(instance)
    return page(instance.name, instance.source, figures)


def channel_page(instance: WnpInstance) -> str:
    """The HTML of an instance's channel alone."""
    return page(instance.name, instance.source, {"channel": channel(instance)})


def page(title: str, note: str | None, figures: Mapping[str, Figure]) -> str:
    """Figures one below the other, each in an element whose id is its key; the same figures give the same bytes."""
    need("plotly.graph_objects", "plot")
    from plotly.offline import get_plotlyjs

    parts = [
        figure.to_html(full_html=False, include_plotlyjs=False, include_mathjax=False, config=_CONFIG, div_id=key,
                       default_height=figure.layout.height)
        for key, figure in figures.items()
    ]  # fmt: skip
    told = f"<p>{escape(one_line(note))}</p>\n" if note else ""
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f"<title>{escape(one_line(title))}</title>\n"
        # The scroll bar is always there: figures measure the width before it would appear.
        "<style>html { overflow-y: scroll } body { margin: 0.5em; font-family: sans-serif }\n"
        "p { margin: 0.5em; color: #555; font-size: 85% }</style>\n"
        f"<script>{get_plotlyjs()}</script>\n</head>\n<body>\n" + "\n".join(parts) + f"\n{told}</body>\n</html>\n"
    )


def write_page(text: str, path: Path) -> None:
    """Write a page, all of it or nothing."""
    write_atomic(path, text.encode())
