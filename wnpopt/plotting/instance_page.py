"""The page of an instance without a plan: its picture, and beneath it the figures that its family adds."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from html import escape
from importlib.resources import files
from typing import Any

from wnpopt.core.text import one_line
from wnpopt.plotting.page import page_html


def instance_page(name: str, source: str | None, picture: bytes, beside: Mapping[str, Any]) -> bytes:
    """The page; ``picture`` is an SVG, ``beside`` are figures of plotly by name."""
    code = base64.b64encode(picture).decode()
    told = escape(one_line(name), quote=True)
    body = (
        # On a telephone it is wider than the screen: a picture that could not be read would be no use.
        f'<h1>{told}</h1>\n<main><div style="overflow-x: auto"><img alt="{told}" style="width: 100%; min-width: 44rem; '
        f'height: auto; background: #fff" src="data:image/svg+xml;base64,{code}"></div></main>\n'
    )
    if source:
        body += f'<p class="note">{escape(one_line(source))}</p>\n'
    data = {"figures": {key: figure.to_plotly_json() for key, figure in beside.items()}}
    return page_html(name, body, data, [files("wnpopt.plotting").joinpath("assets", "instance.js")])
