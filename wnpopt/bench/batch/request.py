"""What a batch is asked, checked as a whole before anything is written."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Literal

from wnpopt.bench.batch.jobs import RunGrid
from wnpopt.bench.store.record import Parameters
from wnpopt.bench.workers.process import Limits, share_of_memory
from wnpopt.core import arguments, registry
from wnpopt.core.budget import usable_cores
from wnpopt.core.criteria import StopCriteria
from wnpopt.core.errors import InputError, MissingDependencyError
from wnpopt.core.extras import installed
from wnpopt.core.solver_choice import SolverChoice

Source = str | os.PathLike[str]
Rerun = Literal["failed", "outdated", "all"]
RERUNS: tuple[Rerun, ...] = ("failed", "outdated", "all")
MOST_WORKERS = 4096
HOOKS = ("on_record", "on_progress")
"""Options of a batch that ask nothing of it."""


@dataclass(frozen=True)
class BatchRequest:
    """The runs of every instance, and what they may take; ``dask`` is a scheduler that has answered, or "local"."""

    grid: RunGrid
    rerun: tuple[Rerun, ...]
    workers: int
    limits: Limits
    libraries: tuple[str, ...]
    total_time: float | None
    dask: str | None

    @property
    def cores(self) -> int:
        """Cores that are busy at once."""
        return self.workers * self.grid.threads


def checked_request(
    methods: Sequence[str],
    out: Source,
    *,
    seeds: Sequence[int] = (0,),
    time_limit: float | None = 60.0,
    threads: int = 1,
    workers: int | None = None,
    memory: float | None = None,
    total_time: float | None = None,
    rerun: Rerun | Sequence[Rerun] | None = None,
    dask: str | None = None,
    grace: float | None = 30.0,
    warm_start: str = "auto",
    deterministic: bool = False,
    gap: float | None = None,
    target: float | None = None,
    no_improvement: float | None = None,
    solver: str | None = None,
    solver_options: Mapping[str, object] | None = None,
) -> BatchRequest:
    """The options of :func:`wnpopt.batch`; raises what it raises for them, and changes nothing anywhere.

    So whoever writes instances into a store first finds out before that nothing could be done with them.
    """
    methods = [methods] if isinstance(methods, str) else arguments.several("methods", methods)
    seeds = arguments.several("seeds", seeds)
    asked = (rerun,) if isinstance(rerun, str) else tuple(rerun or ())
    for where, given in (("methods", methods), ("seeds", seeds)):
        if not given:
            raise InputError("found none; at least one is needed", where=where)
    # Numbers of numpy's count like Python's, but would not be written into a key.
    seeds = tuple(dict.fromkeys(map(partial(arguments.seed, "seeds"), seeds)))
    threads = arguments.threads("threads", threads)
    time_limit = arguments.seconds_or_none("time_limit", time_limit)
    total_time = arguments.seconds_or_none("total_time", total_time)
    grace = arguments.seconds_or_none("grace", grace)
    workers = arguments.integer_or_none("workers", workers, 1, MOST_WORKERS)
    memory = arguments.number_or_none("memory", memory, 0, above=True)
    for entry in asked:
        arguments.choice("rerun", entry, RERUNS)
    deterministic = arguments.flag("deterministic", deterministic)
    methods = tuple(dict.fromkeys(map(partial(arguments.text, "methods"), methods)))
    warm_start = arguments.text("warm_start", warm_start)
    known = {family: registry.methods(family) for family in registry.family_names()}
    _check_names(out, warm_start, known)
    criteria = StopCriteria.checked(gap, target, no_improvement)
    choice = SolverChoice.checked(solver, solver_options)
    _check_solver(methods, known, choice)
    parameters = Parameters(
        warm_start, deterministic, criteria.gap, criteria.target, criteria.no_improvement, choice.name, choice.options
    )
    libraries = _libraries(methods, known)
    workers = workers or max(1, usable_cores() // threads)
    own = None if dask is not None else share_of_memory(workers)  # a cluster's workers know their own memory
    limits = Limits(grace, own if memory is None else int(memory * 2**30))
    if dask is not None:
        from wnpopt.bench.workers.cluster import reach

        reach(dask)
    grid = RunGrid(methods, seeds, time_limit, threads, parameters)
    return BatchRequest(grid, asked, workers, limits, libraries, total_time, dask)


def _check_solver(methods: Sequence[str], known: Mapping[str, registry.Methods], choice: SolverChoice) -> None:
    """Raise for a solver that is none, or is none for one of the methods in all families."""
    if not choice:
        return
    from wnpopt.backends.solvers.catalogue import check_installed, check_known, check_solver, takes

    check_known(choice)
    for name in methods:
        alike = [own[name] for own in known.values() if name in own]
        if alike and not any(takes(method, choice) for method in alike):
            check_solver(alike[0], choice)
    check_installed(choice)


def _libraries(methods: Sequence[str], known: Mapping[str, registry.Methods]) -> tuple[str, ...]:
    """The libraries that ``methods`` need in any family; raises if a method is known to none, or can run in none."""
    needed: dict[str, None] = {}
    for name in methods:
        alike = [of[name] for of in known.values() if name in of]
        if not alike:
            told = "; ".join(f"{family}: {', '.join(of)}" for family, of in known.items())
            raise InputError(f"found {name!r}; the methods are {told}", where="methods")
        missing = [[module for module in method.modules if not installed(module)] for method in alike]
        if all(missing):
            what = f"needs {', '.join(missing[0])}, which is not installed"
            raise MissingDependencyError(f"the method {name} {what}: pip install {' '.join(missing[0])}")
        needed |= dict.fromkeys(module for method in alike for module in method.modules)
    return tuple(needed)


def _check_names(out: Source, warm_start: str, known: Mapping[str, registry.Methods]) -> None:
    try:
        os.fspath(out).encode()
    except UnicodeEncodeError:
        raise InputError(f"found {os.fspath(out)!r}; a path in UTF-8 is needed", where="out") from None
    if "\0" in os.fspath(out):
        raise InputError("found a null byte; a path is needed", where="out")
    if warm_start not in ("auto", "none") and not any(warm_start in of for of in known.values()):
        names = sorted({name for of in known.values() for name in of})
        raise InputError(f"found {warm_start!r}; auto, none or one of {', '.join(names)} is needed", where="warm_start")
