"""auto: heuristics, bounds, a quick exact attempt, then local search and destructive probes where a gap is left."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from wnpopt.core.bound import best_bound
from wnpopt.core.method import Context, Method, Outcome, Start
from wnpopt.core.proof import Proof
from wnpopt.core.result import Termination, WarmStart
from wnpopt.problems.wnp.instance import IntArray, WnpInstance
from wnpopt.problems.wnp.methods import pacs_ls
from wnpopt.problems.wnp.methods.continuation import continued_by_cpsat, tried
from wnpopt.problems.wnp.methods.outcome import on_problem
from wnpopt.problems.wnp.methods.refusals import Support, supports
from wnpopt.problems.wnp.solution import WnpSolution

if TYPE_CHECKING:
    from wnpopt.problems.wnp.kernels.problem import Problem
    from wnpopt.problems.wnp.search.beside import SearchBeside

_EASY_S = 2.0
"""Seconds for ``lbbd`` before the search: most instances of up to 40 subgraphs are proved by then."""

_IDENTICAL = 0.5
"""Of the time for ``lbbd`` before the search where cores are identical: its masters are light, and prove most."""

_FIELDS, _FIELDS_S = 0.1, 5.0
"""Of the time, and at most so many seconds, for the search where optional fields leave the rest to ``cpsat``."""

beyond_decomposition = supports(Support.RELEASE | Support.RADIO_RELEASE)
"""Why ``lbbd`` refuses an instance."""


def solve(instance: WnpInstance, context: Context[WnpSolution]) -> Outcome[WnpSolution]:
    """The warm start if a bound meets it already; else ``lbbd``, ``pacs-ls``, and ``lbbd`` with the cuts of that.

    Where the decomposition cannot decide whether the radio serves its last arrivals, ``cpsat`` goes on from its answer
    with the time that is left. The best solution and all bounds are returned.
    """
    known = best_bound(context.bounds, "min")
    if context.start is not None and known is not None and known.value >= context.start.objective:
        start = context.start
        return Outcome(start.solution, Termination.PROVED, warm_start=WarmStart.ACCEPTED, found_by=start.found_by)
    if beyond_decomposition(instance) is not None or context.fixed is not None:
        return _by_cpsat(instance, context)
    first = tried(_decomposed, instance, context)
    if first.termination is Termination.PROVED or context.budget.exhausted():
        return replace(first, found_by=first.found_by or "lbbd")
    return continued_by_cpsat(first, "lbbd", instance, replace(context, bounds=(*context.bounds, *first.bounds)))


def _by_cpsat(instance: WnpInstance, context: Context[WnpSolution]) -> Outcome[WnpSolution]:
    """What the decomposition does not support: a tenth of the time for the search, then ``cpsat`` from its answer."""
    seconds = min(max(_FIELDS * context.budget.remaining(), 0.05), _FIELDS_S)
    searched = replace(context.budget.share(seconds), iterations=None if context.budget.time_limit is not None else 1)
    first = pacs_ls.solve(instance, replace(context, budget=searched))
    if first.termination is Termination.PROVED:
        return replace(first, found_by=first.found_by or "pacs-ls")
    return continued_by_cpsat(replace(first, warm_start=WarmStart.NONE), "pacs-ls", instance, context)


def _decomposed(instance: WnpInstance, context: Context[WnpSolution]) -> Outcome[WnpSolution]:
    return on_problem(instance, context, _in_turn)


def _in_turn(problem: Problem, context: Context[WnpSolution], began: float) -> Outcome[WnpSolution]:
    """A quick ``lbbd``, the search from its answer, and ``lbbd`` with what the search found and which cuts it met.

    With several threads, and a time limit, search and probes work beside each other.
    """
    from wnpopt.problems.wnp.kernels.identical import cores_are_identical
    from wnpopt.problems.wnp.methods.lbbd import decomposed
    from wnpopt.problems.wnp.search.given import joint_of
    from wnpopt.problems.wnp.search.local_search import local_search

    if context.start is None:
        return decomposed(problem, context, began)
    together = _together(problem, context)
    if together is not None:
        return decomposed(problem, context, began, beside=together)
    seconds = max(_EASY_S, _IDENTICAL * context.budget.remaining()) if cores_are_identical(problem.plan) else _EASY_S
    easy = decomposed(problem, replace(context, budget=context.budget.share(seconds)), began, probing=False)
    if easy.termination is Termination.PROVED or context.budget.exhausted():
        return easy
    context = _after(context, easy)
    weights: tuple[IntArray, ...] = ()
    start = context.start
    joint = None if start is None else joint_of(problem, start.solution)
    if start is not None and joint is not None:
        found = local_search(problem, joint, context, patient=False)
        weights = found.weights
        solution = problem.solution(found.best.arrivals, found.best.schedule)
        objective = context.verified_objective(solution)
        if objective is not None and objective < start.objective:
            context = replace(context, start=Start(solution, objective, "pacs-ls"))
    last = decomposed(problem, context, context.budget.elapsed(), weights)
    bounds = (*easy.bounds, *last.bounds)
    return replace(last, bounds=bounds, warm_start=easy.warm_start, build_s=easy.build_s + last.build_s)


def _together(problem: Problem, context: Context[WnpSolution]) -> SearchBeside | None:
    """A search beside the probes; None where there is no thread for it, or its end could not be repeated."""
    from wnpopt.problems.wnp.kernels.identical import cores_are_identical
    from wnpopt.problems.wnp.search.beside import SearchBeside
    from wnpopt.problems.wnp.search.given import joint_of

    budget = context.budget
    if budget.threads == 1 or budget.deterministic or budget.time_limit is None or budget.iterations is not None:
        return None
    joint = (
        None
        if context.start is None or cores_are_identical(problem.plan)
        else joint_of(problem, context.start.solution)
    )
    return None if joint is None else SearchBeside(problem, joint, context)


def _after(context: Context[WnpSolution], easy: Outcome[WnpSolution]) -> Context[WnpSolution]:
    """``context`` with what the quick attempt found and proved."""
    start = context.start
    if easy.solution is not None and start is not None and easy.solution is not start.solution:
        objective = context.verified_objective(easy.solution)
        if objective is not None and objective < start.objective:
            start = Start(easy.solution, objective, easy.found_by or "lbbd")
    return replace(context, start=start, bounds=(*context.bounds, *easy.bounds))


METHOD = Method(
    family="wnp",
    name="auto",
    summary="pacs and the bounds; where a gap is left, lbbd, pacs-ls, and lbbd with the cuts of both (and cpsat)",
    proves=Proof.OPTIMALITY | Proof.INFEASIBILITY,
    run=solve,
    modules=("ortools", "numba"),
    timed=True,
    warm_startable=True,
    replans=True,
    refuse=supports(Support.EVERYTHING),
    hands_to=("lbbd", "pacs-ls", "cpsat"),
)
