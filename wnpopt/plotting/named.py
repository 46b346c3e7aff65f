"""Figures by name: which there are of an instance, and which is drawn of what is given."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from wnpopt.core import registry
from wnpopt.core.document import Document, Instance, Solution
from wnpopt.core.errors import InputError
from wnpopt.core.extras import need
from wnpopt.core.figure import FigureKind
from wnpopt.core.front import LatencyEnergyFront
from wnpopt.core.jsonio import write_atomic
from wnpopt.core.lazy import resolve
from wnpopt.core.near import near
from wnpopt.plotting.chart import Chart
from wnpopt.plotting.draw import check_ending

if TYPE_CHECKING:
    from wnpopt.core.registry import AnyFamily

SCHEDULE, INSTANCE, CONVERGENCE, FRONT = "schedule", "instance", "convergence", "front"
FRONT_KIND = "front"
_SHARED = {
    SCHEDULE: FigureKind("Who does what when; several plans against one time axis.", "", "plan"),
    INSTANCE: FigureKind("What the instance asks for, without a plan.", "", "instance"),
    CONVERGENCE: FigureKind("Incumbent, bound and gap against time, of what `solve --json` wrote.", "", "result"),
    FRONT: FigureKind("Latency and energy, of what `pareto` wrote.", "", FRONT_KIND),
}


def figures_of(family: AnyFamily) -> dict[str, FigureKind]:
    """The figures of a family's instances, plans, results and documents by name."""
    there = {
        SCHEDULE: bool(family.gantt or family.drawn_formats), CONVERGENCE: True,
        INSTANCE: family.picture is not None or family.charts is not None, FRONT: family.front is not None,
    }  # fmt: skip
    return {**{name: kind for name, kind in _SHARED.items() if there[name]}, **family.figures}


def document_kinds(family: AnyFamily) -> dict[str, type[Document]]:
    """The kinds of documents, besides solutions, of which there is a figure, with their classes."""
    kinds = {kind.of for kind in figures_of(family).values()} & {FRONT_KIND, *family.documents}
    return {
        kind: LatencyEnergyFront if kind == FRONT_KIND else cast("type[Document]", resolve(family.documents[kind]))
        for kind in kinds
    }


def chosen(family: AnyFamily, figure: str | None, of: str) -> str:
    """The name of the figure that is drawn ``of`` what is given: the one asked for, else the first of that.

    Raises :class:`InputError` for a name that there is not, and for a figure of something else.
    """
    known = figures_of(family)
    fitting = [name for name, kind in known.items() if kind.of == of]
    if figure is None:
        if not fitting:
            raise InputError(f"the family {family.name} has no picture of a {of}", where="solution")
        return fitting[0]
    if figure not in known:
        told = f"found {figure!r}; one of {', '.join(known)} is needed{near(figure, known)}"
        raise InputError(told, where="figure")
    if figure not in fitting:
        needed = known[figure].of
        there = ", ".join(fitting) or "none"
        told = f"{figure} is a figure of another thing ({needed}), and what is given is: {of}; of that there is {there}"
        raise InputError(told, where="figure")
    return figure


def chart_of_plan(instance: Instance, solution: Solution, name: str) -> Chart:
    """The family's figure ``name`` of a solution that the verifier accepts."""
    make = resolve(registry.family(instance.kind).figures[name].draw)
    return cast("Callable[[Instance, Solution], Chart]", make)(instance, solution)


def chart_of_document(instance: Instance, document: Document, name: str) -> Chart:
    """The family's figure ``name`` of one of its documents; :class:`InputError` where it is of another instance."""
    _of_this(instance, document)
    make = resolve(registry.family(instance.kind).figures[name].draw)
    return cast("Callable[[Document], Chart]", make)(document)


def draw_document_front(instance: Instance, front: LatencyEnergyFront, path: Path) -> None:
    """Draw a front of this instance."""
    from wnpopt.plotting.front import draw_front

    _of_this(instance, front)
    draw_front(front, path)


def _of_this(instance: Instance, document: Any) -> None:
    if document.instance_hash != instance.instance_hash:
        raise InputError(f"is of another instance, {document.instance!r}; one of this is needed", where="instance_hash")


def check_chart(path: Path, where: str = "--plot") -> None:
    """Refuse before the work what :func:`write_chart` could not write."""
    try:
        check_ending(path)
    except InputError as error:
        raise InputError(error.what, where=where) from None
    need("plotly.offline" if path.suffix.lower() == ".html" else "matplotlib.figure", "plot")


def write_chart(chart: Chart, path: str | os.PathLike[str], instance: Instance | None = None) -> None:
    """Write the chart as a page (.html) or an image (.png, .svg, .pdf); the same chart gives the same bytes."""
    path = Path(path)
    check_ending(path)
    if path.suffix.lower() == ".html":
        from wnpopt.plotting.chart_page import chart_page

        need("plotly.offline", "plot")
        told = (chart.title, None) if instance is None else (instance.name, instance.source)
        write_atomic(path, chart_page(chart, *told))
    else:
        from wnpopt.plotting.chart_image import chart_figure
        from wnpopt.plotting.save import save_image

        save_image(chart_figure(chart), path)
