"""A named suite as a resumable batch: its instances, then its heuristics without a time limit, then its searches."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from wnpopt.bench.batch.request import HOOKS, checked_request
from wnpopt.bench.batch.run import Summary, batch
from wnpopt.bench.suites.materialise import materialise, suite
from wnpopt.core import registry
from wnpopt.core.errors import InputError
from wnpopt.core.solver_choice import SolverChoice
from wnpopt.core.suite import Suite


def run_suite(
    name: str,
    *,
    out: str | os.PathLike[str],
    preset: str = "quick",
    time_limit: float | None = None,
    gap: float | None = None,
    target: float | None = None,
    no_improvement: float | None = None,
    solver: str | None = None,
    solver_options: Mapping[str, object] | None = None,
    total_time: float | None = None,
    on_begin: Callable[[int], None] | None = None,
    run: Callable[..., Summary] = batch,
    **options: Any,
) -> Summary:
    """Materialise the suite ``name`` and run what is not in the store ``out`` yet; what was done, in one summary.

    ``time_limit`` (None: the preset's), ``gap``, ``target`` and ``no_improvement`` are for the methods that have a
    limit, ``solver`` and ``solver_options`` for those of them that take another solver (:class:`InputError` where none
    does); the heuristics of a suite run without one, so that their runs are the same in every preset. ``total_time``
    (seconds) is for all of it. ``on_begin`` gets the number of instances before the first is made; ``options`` are
    further ones of :func:`wnpopt.batch`, for which ``run`` stands in for those who watch it. Raises :class:`InputError`
    for an unknown suite or preset, and what the batch raises.
    """
    chosen = suite(name)
    limit = chosen.preset(preset).time_limit
    if time_limit is not None:
        if not chosen.searches:
            raise InputError(f"goes with no method of {name}: they need no time limit", where="time_limit")
        limit = time_limit
    for where, value in (("time_limit", limit), ("total_time", total_time)):
        # Here, for a batch that finds out runs after another one.
        if value is not None and not 0 <= value < float("inf"):
            raise InputError(f"found {value}; seconds of at least 0 are needed", where=where)
    others, takers = _split(chosen, SolverChoice.checked(solver, solver_options))
    began = time.monotonic()
    criteria = {"gap": gap, "target": target, "no_improvement": no_improvement}
    asked = {**criteria, "solver": solver, "solver_options": solver_options}
    parts: list[tuple[Sequence[str], float | None, dict[str, Any]]] = [
        (methods, seconds, own)
        for methods, seconds, own in ((chosen.heuristics, None, {}), (others, limit, criteria), (takers, limit, asked))
        if methods
    ]
    for methods, seconds, own in parts:  # all of them, before the first instance is written
        given = {name: options[name] for name in options if name not in HOOKS}
        checked_request(methods, out, time_limit=seconds, **own, **given)
    if on_begin is not None:
        on_begin(sum(1 for _ in chosen.points(preset)))
    files = materialise(chosen, preset, out)
    summaries: list[Summary] = []
    for methods, seconds, own in parts:
        left = None if total_time is None else max(0.0, total_time - (time.monotonic() - began))
        made = run(files, methods, out, time_limit=seconds, total_time=left, **own, **options)
        summaries.append(made)
        if made.end != "finished":
            break
    return _together(summaries)


def _split(chosen: Suite, choice: SolverChoice) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The searches that do without the solver, and those that take it."""
    if not choice:
        return tuple(chosen.searches), ()
    from wnpopt.backends.solvers.catalogue import check_installed, check_known, takes

    check_known(choice)
    takers = tuple(name for name in chosen.searches if takes(registry.method(chosen.family, name), choice))
    if not takers:
        told = f"none of the searches of {chosen.name} ({', '.join(chosen.searches) or 'it has none'}) takes it"
        raise InputError(told, where="solver" if choice.name is not None else "solver_options")
    check_installed(choice)
    return tuple(name for name in chosen.searches if name not in takers), takers


def _together(summaries: Sequence[Summary]) -> Summary:
    """What the batches of a suite did on the same instances; only the last of them may have ended early."""
    last = summaries[-1]
    return replace(
        last,
        instances=max(one.instances for one in summaries),
        ran=sum(one.ran for one in summaries),
        stored=sum(one.stored for one in summaries),
        failed=sum(one.failed for one in summaries),
        invalid=sum(one.invalid for one in summaries),
        outdated=sum(one.outdated for one in summaries),
        complete=last.end == "finished" and all(one.complete for one in summaries),
    )
