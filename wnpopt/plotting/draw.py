"""The picture of a solution of any family: its schedule as an image or as a page, by the ending of the file."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from wnpopt.core import registry
from wnpopt.core.document import Instance, Solution
from wnpopt.core.errors import InputError
from wnpopt.core.extras import need
from wnpopt.core.jsonio import write_atomic
from wnpopt.core.layers import LayerMap, told_of
from wnpopt.core.lazy import resolve
from wnpopt.core.result import relative_gap
from wnpopt.core.text import numbers, percent, short
from wnpopt.plotting.gantt import Gantt, Mark

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from wnpopt.core.registry import AnyFamily
    from wnpopt.plotting.chart import Chart

ENDINGS = (".html", ".png", ".svg", ".pdf")


def check_picture(family: AnyFamily, path: str | os.PathLike[str], where: str = "--plot") -> None:
    """Refuse what cannot be drawn before the work and not after it.

    Raises :class:`InputError` for a family without schedules and an unknown ending, and
    :class:`wnpopt.core.errors.MissingDependencyError` where the library is not there.
    """
    path = Path(path)
    endings = family.drawn_formats or (() if family.gantt is None else ENDINGS)
    if not endings:
        raise InputError(f"the family {family.name} has no picture", where=where)
    if path.suffix.lower() not in endings:
        told = f"found {path.name or path}; a file name with one of the endings {', '.join(endings)} is needed"
        raise InputError(told, where=where)
    if not family.drawn_formats:
        need("plotly.offline" if path.suffix.lower() == ".html" else "matplotlib.figure", "plot")


def check_ending(path: Path) -> None:
    """Raises :class:`InputError` for a file whose ending says no form."""
    if path.suffix.lower() not in ENDINGS:
        told = f"found {path.name or path}; a file name with one of the endings {', '.join(ENDINGS)} is needed"
        raise InputError(told, where="path")


def draw(
    instance: Instance,
    solution: Solution,
    bound: float | None,
    path: str | os.PathLike[str],
    layers: LayerMap | None = None,
) -> None:
    """Draw a solution that the verifier accepts into a .html, .png, .svg or .pdf file; the same gives the same bytes.

    With a map of ``layers``, who points at a bar is told the layers in it.
    A family that draws itself (:attr:`wnpopt.core.family.Family.drawn_formats`) is asked to.
    """
    path = Path(path)
    family = registry.family(instance.kind)
    check_picture(family, path)
    if family.drawn_formats:
        resolve(family.plot)(instance, solution, bound, path)  # type: ignore[arg-type, operator]
        return
    chart = schedule(instance, solution, bound)
    if layers is not None:
        layers.check(instance)
        chart = with_layers(chart, layers)
    _write(instance, chart, path)


def _write(instance: Instance, chart: Gantt, path: Path) -> None:
    if path.suffix.lower() == ".html":
        from wnpopt.plotting.gantt_page import schedule_page

        write_atomic(path, schedule_page(chart, instance.name, instance.source, _figures(instance)))
        return
    from wnpopt.plotting.gantt_image import gantt_figure
    from wnpopt.plotting.save import save_image

    save_image(gantt_figure(chart), path)


def _figures(instance: Instance) -> Mapping[str, Any]:
    """What the family adds to a page of an instance, by name."""
    family = registry.family(instance.kind)
    if family.plot is None or family.drawn_formats:
        return {}
    figures: Mapping[str, Any] = resolve(family.plot)(instance)  # type: ignore[operator]
    return figures


def draw_beside(instance: Instance, plans: Mapping[str, Solution], path: str | os.PathLike[str]) -> None:
    """Draw several solutions that the verifier accepts against one time axis, by the names that they have here.

    Raises :class:`InputError` for a family without schedules, and for an unknown ending.
    """
    from wnpopt.plotting.beside import beside

    path = Path(path)
    family = registry.family(instance.kind)
    check_picture(family, path, "path")
    if family.drawn_formats or family.gantt is None:
        raise InputError(f"the family {family.name} draws one solution at a time", where="solution")
    charts = [(short(name, 40), resolve(family.gantt)(instance, plan)) for name, plan in plans.items()]  # type: ignore[operator]
    told = "; ".join(f"{name}: {chart.title}" for name, chart in charts)
    _write(instance, beside(f"{short(instance.name, 80)}: {told}", charts), path)


def draw_instance(instance: Instance, path: str | os.PathLike[str]) -> None:
    """Draw an instance without a plan: what it asks for.

    Raises :class:`InputError` for a family that has no such picture, and for an unknown ending.
    """
    path = Path(path)
    family = registry.family(instance.kind)
    if family.picture is None and family.charts is None:
        raise InputError(f"the family {family.name} draws no instances; a solution is needed", where="solution")
    check_ending(path)
    if path.suffix.lower() != ".html":
        from wnpopt.plotting.save import save_image

        save_image(instance_figure(instance), path)
        return
    from wnpopt.plotting.instance_page import charts_page, picture_page

    if family.charts is not None:
        need("plotly.offline", "plot")
        page = charts_page(instance.name, instance.source, _charts(instance), _figures(instance))
    else:
        from wnpopt.plotting.save import image

        picture = image(instance_figure(instance), ".svg")
        page = picture_page(instance.name, instance.source, picture, _figures(instance))
    write_atomic(path, page)


def instance_figure(instance: Instance) -> Figure:
    """The image of an instance, of whose family there is one."""
    need("matplotlib.figure", "plot")
    family = registry.family(instance.kind)
    if family.picture is not None:
        figure: Figure = resolve(family.picture)(instance)  # type: ignore[operator]
        return figure
    from wnpopt.plotting.chart_image import chart_figure

    return chart_figure(*_charts(instance).values())


def _charts(instance: Instance) -> Mapping[str, Chart]:
    family = registry.family(instance.kind)
    charts: Mapping[str, Chart] = resolve(family.charts)(instance)  # type: ignore[arg-type, operator]
    return charts


def schedule(instance: Instance, solution: Solution, bound: float | None = None) -> Gantt:
    """The family's chart of a solution that the verifier accepts; its title has the instance's name and the bound.

    A bound that is a time is a mark, too, where it is less than the objective. Raises :class:`InputError` for a family
    without schedules.
    """
    family = registry.family(instance.kind)
    if family.gantt is None:
        raise InputError(f"the family {family.name} has no picture", where="gantt")
    chart: Gantt = resolve(family.gantt)(instance, solution)  # type: ignore[operator]
    objective = family.verify(instance, solution).objective
    marks = chart.marks
    if bound is not None and chart.objective_scale is not None and objective is not None and bound < objective:
        marks = (*marks, Mark(bound * chart.objective_scale, "bound", style="dotted"))
    told = _proved(chart, objective, bound, family.unit_of(instance))
    return replace(chart, title=f"{short(instance.name, 80)}: {chart.title}, {told}", marks=marks)


def with_layers(chart: Gantt, layers: LayerMap) -> Gantt:
    """``chart`` with the layers of each part in the details of its bars."""
    known = {part: told_of(names) for part, names in layers.by_part().items()}
    bars = [
        replace(bar, detail=f"{bar.detail}\nlayers: {known[bar.label]}".lstrip()) if bar.label in known else bar
        for bar in chart.bars
    ]
    return replace(chart, bars=tuple(bars))


def _proved(chart: Gantt, objective: float | None, bound: float | None, unit: str) -> str:
    """What is proved of an objective in ``unit``, after it in a title; a time is told in the chart's unit."""
    if bound is None:
        return "no bound"
    scale, unit = (1.0, unit) if chart.objective_scale is None else (chart.objective_scale, chart.unit)
    told = numbers(None if objective is None else objective * scale, bound * scale)[1]
    gap = relative_gap(objective, bound)
    proof = "" if gap is None else f", gap {percent(gap)}" if gap else ", optimal"
    return f"bound {told} {unit}{proof}"
