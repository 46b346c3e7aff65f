"""What a notebook shows of instances, solutions and results: a short table and, where it is quick, a figure."""

from __future__ import annotations

import base64
from collections.abc import Iterable, Sequence
from html import escape
from typing import TYPE_CHECKING, Any

from wnpopt.core import registry
from wnpopt.core.document import Instance, Solution
from wnpopt.core.errors import InputError
from wnpopt.core.extras import installed
from wnpopt.core.facts import in_words, plain_facts
from wnpopt.core.result import Result
from wnpopt.core.text import number, percent, seconds, short
from wnpopt.plotting.convergence import convergence
from wnpopt.plotting.draw import instance_figure
from wnpopt.plotting.frames import frames

if TYPE_CHECKING:
    from matplotlib.figure import Figure

_ROWS = 8
_FACTS = 16
_MOST_ENTRIES = 1500
"""Of larger instances there is no figure: a cell's output shall be there at once."""
_DPI = 70


def instance_html(instance: Instance) -> str:
    """Name and facts, and the instance's picture."""
    family = registry.family(instance.kind)
    facts = plain_facts(instance, ("name", "kind", "source", "schema_version"))
    if family.shown is not None:
        facts = family.shown(instance, None)
    rows = [(fact.label, fact.text) for fact in facts.facts[:_FACTS]]
    entries = sum(len(value) for value in instance.__dict__.values() if isinstance(value, tuple))
    picture = ""
    drawn = family.picture is not None or family.charts is not None
    if drawn and entries <= _MOST_ENTRIES and installed("matplotlib"):
        picture = _img(instance_figure(instance), instance.name)
    return _box(f"{instance.name} ({instance.kind})", _pairs(rows) + picture)


def solution_html(solution: Solution) -> str:
    """The first rows of what it decides."""
    parts = []
    for name, frame in frames(solution).items():
        index = frame.index.tolist()
        rows = [[index[i], *frame.iloc[i].tolist()] for i in range(min(_ROWS, len(frame)))]
        parts.append(_table([name, *frame.columns], rows))
        if len(frame) > _ROWS:
            parts.append(f"<p>and {len(frame) - _ROWS} more</p>")
    return _box(f"{solution.instance} ({solution.kind})", "".join(parts))


def result_html(result: Result[Any]) -> str:
    """Value, bound, gap and how it ended; incumbent and bound against time, where there was a search."""
    rows = [
        (
            "method",
            result.method if result.found_by in (None, result.method) else f"{result.method}: {result.found_by}",
        ),
        ("status", f"{result.status}, {result.termination}"),
        ("objective", number(result.objective)),
        ("bound", number(result.bound)),
        ("gap", percent(result.gap)),
        ("time", seconds(result.runtime_s)),
        ("verified", "yes" if result.verified else "no"),
    ]
    if result.message:
        rows.append(("message", short(result.message, 300)))
    picture = ""
    if len(result.trace) > 1 and installed("matplotlib"):
        from wnpopt.plotting.chart_image import chart_figure

        try:
            unit = registry.family(result.family).unit
        except InputError:  # of a family that is not installed here
            unit = ""
        unit = unit if isinstance(unit, str) else ""
        picture = _img(chart_figure(convergence(result.trace, result.instance, unit)), result.instance)
    return _box(f"{result.instance}: {result.status}", _pairs(rows) + picture)


def _box(title: str, content: str) -> str:
    return f"<div><strong>{_text(title)}</strong>{content}</div>"


def _pairs(rows: Iterable[tuple[str, str]]) -> str:
    lines = "".join(f"<tr><th style='text-align:left'>{_text(a)}</th><td>{_text(b)}</td></tr>" for a, b in rows)
    return f"<table>{lines}</table>"


def _table(head: Sequence[object], rows: Iterable[Sequence[object]]) -> str:
    top = "".join(f"<th>{_text(str(name))}</th>" for name in head)
    lines = "".join("<tr>" + "".join(f"<td>{_text(in_words(x))}</td>" for x in row) + "</tr>" for row in rows)
    return f"<table><tr>{top}</tr>{lines}</table>"


def _text(text: str) -> str:
    """As HTML; notebooks read ``$`` as mathematics."""
    return escape(short(text, 300)).replace("$", "&#36;")


def _img(figure: Figure, told: str) -> str:
    from wnpopt.plotting.save import image

    code = base64.b64encode(image(figure, ".png", dpi=_DPI)).decode()
    return f'<img alt="{_text(told)}" style="max-width:100%" src="data:image/png;base64,{code}">'
