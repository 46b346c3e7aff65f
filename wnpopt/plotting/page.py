"""A page that needs nothing else: its data as JSON, plotly.js, and the scripts that draw everything in the browser.

Its content security policy lets run these scripts alone, known by their hashes, and fetches nothing: names and messages
come from files of others.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from html import escape
from importlib.resources import files
from importlib.resources.abc import Traversable
from string import Template

import msgspec

from wnpopt.core.extras import need
from wnpopt.core.text import one_line
from wnpopt.plotting.palette import COLOURS, LINK


def page_html(
    title: str,
    body: str,
    data: Mapping[str, object],
    scripts: Sequence[Traversable],
    styles: Sequence[Traversable] = (),
) -> bytes:
    """The page; the same arguments give the same bytes.

    ``body`` is HTML. ``data`` are the texts of elements of their own, by id, for the scripts to read as JSON; before
    ``scripts`` runs what all pages share, with the palette as ``PAINT`` and ``LINK``. Raises
    :class:`wnpopt.core.errors.MissingDependencyError` without plotly (the extra ``plot``).
    """
    need("plotly.offline", "plot")
    from plotly.offline import get_plotlyjs

    shared = files("wnpopt.plotting").joinpath("assets")
    own = [shared.joinpath(name) for name in ("page.js", "gantt.js")]
    paint = f"const PAINT = {json.dumps(COLOURS)}, LINK = {json.dumps(LINK)};"
    script = "\n" + "\n".join([paint, *(file.read_text(encoding="utf-8") for file in (*own, *scripts))])
    plotly = get_plotlyjs()
    allowed = " ".join(f"'sha256-{_digest(text)}'" for text in (script, plotly))
    text = Template(shared.joinpath("page.html").read_text(encoding="utf-8")).substitute(
        policy=f"default-src 'none'; script-src {allowed}; style-src 'unsafe-inline'; img-src data: blob:",
        title=escape(one_line(title)),
        style="\n".join(file.read_text(encoding="utf-8") for file in (shared.joinpath("page.css"), *styles)),
        body=body,
        data="\n".join(
            f'<script type="application/json" id="{name}">{embedded(value)}</script>' for name, value in data.items()
        ),
        script=script,
        plotly=plotly,
    )
    return text.encode()


def _digest(text: str) -> str:
    """What a content security policy calls an inline script by (CSP level 3, section 2.3.1)."""
    return base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


_ESCAPES = {ord(sign): f"\\u{ord(sign):04x}" for sign in "<>&"}
_UNUSUAL = re.compile(r"\\(u[0-9a-f]{4}|.)|[^\x20-\x7e]")


def embedded(data: object) -> str:
    """``data`` as JSON that may stand in a script element: nothing in it can end or comment the element.

    Texts are as :func:`wnpopt.core.text.one_line` has them: nothing that they hold can act on those who read the page.
    """
    return _UNUSUAL.sub(_as_seen, msgspec.json.encode(data).decode()).translate(_ESCAPES)


def _as_seen(match: re.Match[str]) -> str:
    """A character of a JSON text, or its escape there, such that the text holds what is shown of it."""
    character = match[0]
    if match[1] is not None:
        if match[1] in ('"', "\\"):
            return match[0]
        character = json.loads(f'"{match[0]}"')
    return one_line(character).replace("\\", "\\\\")
