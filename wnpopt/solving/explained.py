"""The explanation that a result carries, where there is something to explain."""

from __future__ import annotations

from collections.abc import Callable, Sized
from functools import partial
from typing import TYPE_CHECKING

from wnpopt.core.document import Instance, Solution
from wnpopt.core.errors import WnpoptError
from wnpopt.core.registry import AnyFamily
from wnpopt.core.result import Result
from wnpopt.core.status import Status

if TYPE_CHECKING:
    from wnpopt.core.explanation import Explanation

EXPLAINED_S = 2.0
"""About so long an explanation may take that nobody asked for in so many words."""

MOST_ENTRIES = 500
"""Entries of an instance's lists (users, subgraphs, edges, operators): of larger ones only who asks gets one."""

Explain = Callable[..., "Explanation"]


def explainer(
    family: AnyFamily, instance: Instance, result: Result[Solution], explain: Explain
) -> Callable[[], Explanation | None] | None:
    """What makes the explanation of ``result`` with the public ``explain``; None where there is nothing to explain."""
    if family.explain is None or _entries(instance) > MOST_ENTRIES:
        return None
    solution = result.solution
    if solution is None:
        unsolved = result.status is Status.INFEASIBLE
    else:
        unsolved = family.leaves_out is not None and family.leaves_out(instance, solution)
    if not unsolved:
        return None
    return partial(_made, explain, instance, solution, time_limit=EXPLAINED_S, threads=result.threads, seed=result.seed)


def _made(explain: Explain, instance: Instance, solution: Solution | None, **limits: float) -> Explanation | None:
    try:
        return explain(instance, solution, **limits)
    except WnpoptError:  # it was asked for by nobody: the answer is not to be lost for it
        return None


def _entries(instance: Instance) -> int:
    return sum(len(value) for _, value in instance if isinstance(value, Sized) and not isinstance(value, str))
