"""Many runs: every method and seed on every instance, resumable, each run on its own."""

from __future__ import annotations

import os
import time
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Literal

from wnpopt.bench.batch.jobs import SNAPSHOT_S, JobQueue, RunGrid
from wnpopt.bench.batch.snapshot import Snapshot
from wnpopt.bench.batch.sources import find
from wnpopt.bench.store.record import Parameters, Record
from wnpopt.bench.store.store import Store
from wnpopt.bench.workers.executor import Executor, LocalExecutor
from wnpopt.bench.workers.process import Limits, share_of_memory
from wnpopt.core import arguments, registry
from wnpopt.core.budget import usable_cores
from wnpopt.core.criteria import StopCriteria
from wnpopt.core.errors import InputError, MissingDependencyError
from wnpopt.core.extras import installed
from wnpopt.core.interrupt import graceful_interrupt
from wnpopt.core.solver_choice import SolverChoice

Source = str | os.PathLike[str]
Rerun = Literal["failed", "outdated", "all"]
RERUNS: tuple[Rerun, ...] = ("failed", "outdated", "all")
End = Literal["finished", "interrupted", "total_time"]
MOST_WORKERS = 4096


@dataclass(frozen=True)
class Summary:
    """What a batch did. Counts of runs, but for ``files``, ``instances`` (distinct valid ones) and ``passed_over``.

    ``complete`` is True when every valid instance has a record that is no failure. ``left`` runs have no record
    because the batch ended before. ``unsuited`` families were met that have none of the methods. ``outdated`` of the
    ``stored`` runs were made by another version of wnpopt or of the package that has the method.
    """

    out: Path
    end: End
    files: int
    passed_over: int
    instances: int
    ran: int
    stored: int
    failed: int
    invalid: int
    left: int
    unsuited: tuple[str, ...]
    complete: bool
    outdated: int = 0

    @property
    def interrupted(self) -> bool:
        """True after Ctrl-C or SIGTERM."""
        return self.end == "interrupted"


def batch(
    sources: Source | Sequence[Source],
    methods: Sequence[str] = ("auto",),
    out: Source = "results",
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
    on_record: Callable[[Record], None] | None = None,
    on_progress: Callable[[Snapshot], None] | None = None,
) -> Summary:
    """Run ``methods`` with ``seeds`` on the instances in ``sources`` (folders, files, globs), into the store ``out``.

    A run whose key is in the store is not repeated, so a batch that was killed goes on where it was; ``rerun`` repeats
    those that "failed", those that an "outdated" wnpopt or another version of the method's package made, or "all". A
    method runs on the families that have it.

    ``time_limit`` (seconds a run), ``threads`` (a run), ``gap``, ``target``, ``no_improvement``, ``solver`` and
    ``solver_options`` as in :func:`wnpopt.solve`: all the methods have to take the solver. ``workers`` are processes
    (None: as many as the cores allow). A run is killed ``grace`` seconds above its time limit, or above ``memory`` GiB
    of resident memory (None: nine tenths of the machine's, divided by the workers); that costs this run alone, and is
    recorded.
    After ``total_time`` seconds the batch ends. ``dask`` is the address of a scheduler, or "local".

    ``on_record`` gets every new record when it is on disk; ``on_progress`` a picture of the batch, some times a second.
    Ctrl-C keeps what is finished. More workers times threads than cores is a ``UserWarning``. Raises
    :class:`InputError` for bad arguments and for a store that another batch is writing to; what is wrong with one file
    becomes a record.
    """
    sources = [sources] if isinstance(sources, str | os.PathLike) else arguments.several("sources", sources)
    methods = [methods] if isinstance(methods, str) else arguments.several("methods", methods)
    seeds = arguments.several("seeds", seeds)
    asked = (rerun,) if isinstance(rerun, str) else tuple(rerun or ())
    for where, given in (("sources", sources), ("methods", methods), ("seeds", seeds)):
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
    grid = RunGrid(methods, seeds, time_limit, threads, parameters)
    libraries = _libraries(methods, known)
    workers = workers or max(1, usable_cores() // threads)
    if dask is None and workers * threads > usable_cores():
        told = f"{workers} workers with {threads} threads each are more than the {usable_cores()} cores: "
        warnings.warn(told + "runs slow each other down, and their times mean little", UserWarning, stacklevel=2)
    own = None if dask is not None else share_of_memory(workers)  # a cluster's workers know their own memory
    limits = Limits(grace, own if memory is None else int(memory * 2**30))
    began = time.monotonic()
    chosen = find(sources, Path(out))
    store = Store.create(out)
    with store.lock(), graceful_interrupt(terminate=True) as stop:
        jobs = JobQueue(store, chosen.files, grid, asked)
        end: End = "finished"
        with jobs, _executor(dask, workers, limits, libraries) as executor:
            while not jobs.finished:
                if stop.is_set():
                    end = "interrupted"
                    break
                if total_time is not None and time.monotonic() - began > total_time:
                    end = "total_time"
                    break
                jobs.feed(executor)
                event = executor.next_event(SNAPSHOT_S)
                if event is not None:
                    jobs.take(event)
                while (record := jobs.next_record()) is not None:
                    if on_record is not None:
                        on_record(record)
                if on_progress is not None and jobs.snapshot_due():
                    on_progress(jobs.snapshot())
            if on_progress is not None:
                on_progress(jobs.snapshot())
        tally, left = jobs.tally, jobs.left
        return Summary(
            Path(out), end, len(chosen.files), chosen.passed_over + tally.passed_over, len(tally.instances), tally.ran,
            tally.stored, tally.failed, tally.invalid, left, tuple(sorted(tally.unsuited)),
            complete=left == 0 and tally.good >= tally.instances, outdated=tally.outdated,
        )  # fmt: skip


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


@contextmanager
def _executor(dask: str | None, workers: int, limits: Limits, libraries: tuple[str, ...]) -> Iterator[Executor]:
    """The workers, ended when the batch is."""
    if dask is None:
        executor: Executor = LocalExecutor(workers, limits, libraries)
    else:
        from wnpopt.bench.workers.cluster import ClusterExecutor

        executor = ClusterExecutor(dask, workers, limits, libraries)
    try:
        yield executor
    finally:
        executor.close()


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
