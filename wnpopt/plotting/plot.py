"""The public function that draws."""

from __future__ import annotations

import os
from collections.abc import Mapping

from wnpopt.core import arguments, registry
from wnpopt.core.attempt import certify
from wnpopt.core.document import Instance, Solution
from wnpopt.core.errors import InputError
from wnpopt.plotting import draw


def plot(instance: Instance, solution: Solution | Mapping[str, Solution] | None, path: str | os.PathLike[str]) -> None:
    """Draw ``solution`` into a .html, .png, .svg or .pdf file: several by name against one time axis; None: no plan.

    The same arguments give the same bytes. Raises :class:`InputError` for a solution that is not accepted, an unknown
    ending and a family that has no such picture, :class:`MissingDependencyError` without the extra ``plot``.
    """
    if not isinstance(instance, Instance):
        what = f"found a {type(instance).__name__}; an instance is needed, see wnpopt.load"
        raise InputError(what, where="instance")
    family = registry.family(instance.kind)
    arguments.path("path", path)
    if solution is None:
        draw.draw_instance(instance, path)
        return
    plans = dict(solution) if isinstance(solution, Mapping) else {"": solution}
    if not plans:
        raise InputError("found none; at least one is needed", where="solution")
    for plan in plans.values():
        certificate = certify(family, instance, plan)
        if not certificate.accepted:
            broken = f": {certificate.violations[0]}" if certificate.violations else f"; it is none of {family.name}"
            raise InputError(f"the solution is not accepted{broken}", where="solution")
    if len(plans) > 1:
        draw.draw_beside(instance, plans, path)
        return
    draw.check_picture(family, path, "path")
    draw.draw(instance, next(iter(plans.values())), None, path)
