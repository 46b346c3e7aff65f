"""A request for a robust plan: solved as any other, then the family chooses by the worlds of the scenarios."""

from __future__ import annotations

import os
import threading
import time
from collections import deque
from dataclasses import replace
from typing import TYPE_CHECKING, Any, cast

from wnpopt.core.document import Document, Solution
from wnpopt.core.errors import InputError, SolverError, UnsupportedError
from wnpopt.core.lazy import resolve
from wnpopt.core.registry import AnyFamily, AnyMethod
from wnpopt.core.result import Result, relative_gap
from wnpopt.core.status import Status, Termination
from wnpopt.core.trace import Candidate
from wnpopt.solving.request import Hooks, Request
from wnpopt.solving.run import run

if TYPE_CHECKING:
    from wnpopt.core.robust import Robust

_INCUMBENTS = 8
"""So many of the method's last incumbents are candidates."""


def asked_for(
    family: AnyFamily, request: Request, given: str | os.PathLike[str] | Document
) -> tuple[Robust[Any, Solution], object]:
    """Who chooses, and over which worlds; raises as :func:`run_robust` does, before anything is solved."""
    if family.robust is None:
        raise UnsupportedError(f"{family.name} has no robust plans", where="robust")
    if request.fixed is not None:
        raise UnsupportedError("a plan that goes on from a state is not made robust", where="robust")
    chooser = cast("Robust[Any, Solution]", resolve(family.robust))
    try:
        scenarios = chooser.scenarios(request.instance, given)
    except InputError as error:
        raise (
            error
            if error.file or error.where.startswith("robust")
            else InputError(error.what, where=f"robust.{error.where}")
        ) from None
    return chooser, scenarios


def run_robust(
    family: AnyFamily,
    method: AnyMethod,
    request: Request,
    given: str | os.PathLike[str] | Document,
    stop: threading.Event,
    hooks: Hooks,
    *,
    isolate: bool,
) -> Result[Solution]:
    """The judged result with the robust plan in it; objective, bound and gap are that plan's in the instance as it is.

    A plan is never called optimal: that it is the best over all worlds is not proved. Raises :class:`UnsupportedError`
    for a family without robust plans, and for plans that go on; :class:`InputError` for scenarios that do not fit.
    """
    chooser, scenarios = asked_for(family, request, given)
    began = time.perf_counter()
    whole = request.budget(stop, began)
    incumbents: deque[Solution] = deque(maxlen=_INCUMBENTS)

    def heard(candidate: Candidate) -> None:
        incumbents.append(candidate.solution)
        if hooks.solution is not None:
            hooks.solution(candidate)

    half = replace(request, time_limit=None if request.time_limit is None else request.time_limit / 2)
    result = run(family, method, half, stop, replace(hooks, solution=heard), isolate=isolate)
    result = replace(result, time_limit_s=request.time_limit)
    nominal = result.solution
    if nominal is None:
        return result
    answer = chooser.choose(request.instance, scenarios, nominal, list(incumbents), whole)
    certificate = family.verify(request.instance, answer.solution)
    if not certificate.accepted:
        raise SolverError(f"the robust plan is not accepted: {certificate.violations[0]}")
    proved = result.status is Status.OPTIMAL
    ended = whole.why_over() if whole.exhausted() else Termination.HEURISTIC
    return replace(
        result,
        solution=answer.solution,
        objective=certificate.objective,
        gap=relative_gap(certificate.objective, result.bound),
        status=Status.FEASIBLE if proved else result.status,
        termination=ended if proved or whole.exhausted() else result.termination,
        runtime_s=time.perf_counter() - began,
        found_by=answer.origin,
        message="; ".join(filter(None, [result.message, answer.message])),
        robust=answer.report,
    )
