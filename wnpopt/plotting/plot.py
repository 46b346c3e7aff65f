"""The public function that draws."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from wnpopt.core import arguments, registry
from wnpopt.core.attempt import certify
from wnpopt.core.document import Document, Instance, Solution
from wnpopt.core.errors import InputError
from wnpopt.core.front import LatencyEnergyFront
from wnpopt.core.result import Result
from wnpopt.plotting import draw, named
from wnpopt.plotting.convergence import is_result, result_convergence

Drawn = Solution | Mapping[str, Any] | Result[Any] | Document | None


def plot(
    instance: Instance,
    solution: Drawn,
    path: str | os.PathLike[str],
    *,
    figure: str | None = None,
) -> None:
    """Draw ``solution`` into a .html, .png, .svg or .pdf file: several by name against one time axis; None: no plan.

    A result is drawn as its plan, with its bound. Further figures have names, which ``wnpopt plot --help`` lists:
    ``convergence`` of a result (or of its JSON), figures of the family's plans (intradp ``rows``, slide ``users``, wnp
    ``graph``) and of its documents (a plan table, a front). The same arguments give the same bytes. Raises
    :class:`InputError` for a solution that is not accepted, an unknown ending, and a figure that there is not,
    :class:`MissingDependencyError` without the extra ``plot``.
    """
    if not isinstance(instance, Instance):
        what = f"found a {type(instance).__name__}; an instance is needed, see wnpopt.load"
        raise InputError(what, where="instance")
    family = registry.family(instance.kind)
    arguments.path("path", path)
    if isinstance(solution, Result) and figure != named.CONVERGENCE:
        if solution.solution is None:
            raise InputError('the result has no solution; figure="convergence" is there', where="solution")
        _draw_plans(instance, solution.solution, solution.bound, path, figure)
    elif isinstance(solution, Result) or (isinstance(solution, Mapping) and is_result(solution)):
        named.chosen(family, figure, "result")
        named.write_chart(result_convergence(instance, solution), path, instance)
    elif solution is None:
        named.chosen(family, figure, "instance")
        draw.draw_instance(instance, path)
    elif isinstance(solution, Document) and not isinstance(solution, Solution):
        _draw_document(instance, solution, path, figure)
    else:
        _draw_plans(instance, solution, None, path, figure)


def _draw_document(instance: Instance, document: Document, path: str | os.PathLike[str], figure: str | None) -> None:
    family = registry.family(instance.kind)
    kind = getattr(document, "kind", type(document).__name__)
    name = named.chosen(family, figure, kind)
    if isinstance(document, LatencyEnergyFront):
        draw.check_ending(Path(path))
        named.draw_document_front(instance, document, Path(path))
    else:
        named.write_chart(named.chart_of_document(instance, document, name), path, instance)


def _draw_plans(
    instance: Instance,
    solution: Solution | Mapping[str, Any],
    bound: float | None,
    path: str | os.PathLike[str],
    figure: str | None,
) -> None:
    family = registry.family(instance.kind)
    plans = dict(solution) if isinstance(solution, Mapping) else {"": solution}
    if not plans:
        raise InputError("found none; at least one is needed", where="solution")
    name = named.SCHEDULE if figure is None else named.chosen(family, figure, "plan")
    for plan in plans.values():
        certificate = certify(family, instance, plan)
        if not certificate.accepted:
            broken = f": {certificate.violations[0]}" if certificate.violations else f"; it is none of {family.name}"
            raise InputError(f"the solution is not accepted{broken}", where="solution")
    first = next(iter(plans.values()))
    if name != named.SCHEDULE:
        if len(plans) > 1:
            raise InputError(f"found {len(plans)} plans; {name} is drawn of one", where="solution")
        named.write_chart(named.chart_of_plan(instance, first, name), path, instance)
        return
    if len(plans) > 1:
        draw.draw_beside(instance, plans, path)
        return
    draw.check_picture(family, path, "path")
    draw.draw(instance, first, bound, path)
