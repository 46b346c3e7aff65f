"""Many runs: every method and seed on every instance, resumable, each run on its own."""

from __future__ import annotations

import os
import time
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from wnpopt.bench.batch.jobs import SNAPSHOT_S, JobQueue
from wnpopt.bench.batch.request import BatchRequest, Rerun, Source, checked_request
from wnpopt.bench.batch.snapshot import Snapshot
from wnpopt.bench.batch.sources import find
from wnpopt.bench.store.record import Record
from wnpopt.bench.store.store import Store
from wnpopt.bench.workers.executor import Executor, LocalExecutor
from wnpopt.core import arguments
from wnpopt.core.budget import usable_cores
from wnpopt.core.errors import InputError
from wnpopt.core.interrupt import graceful_interrupt

End = Literal["finished", "interrupted", "total_time"]


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
    if not sources:
        raise InputError("found none; at least one is needed", where="sources")
    request = checked_request(
        methods, out, seeds=seeds, time_limit=time_limit, threads=threads, workers=workers, memory=memory,
        total_time=total_time, rerun=rerun, dask=dask, grace=grace, warm_start=warm_start,
        deterministic=deterministic, gap=gap, target=target, no_improvement=no_improvement, solver=solver,
        solver_options=solver_options,
    )  # fmt: skip
    if dask is None and request.cores > usable_cores():
        told = f"{request.workers} workers with {request.grid.threads} threads each are more than the "
        told += f"{usable_cores()} cores: runs slow each other down, and their times mean little"
        warnings.warn(told, UserWarning, stacklevel=2)
    began = time.monotonic()
    chosen = find(sources, Path(out))
    store = Store.create(out)
    with store.lock(), graceful_interrupt(terminate=True) as stop:
        jobs = JobQueue(store, chosen.files, request.grid, request.rerun)
        end: End = "finished"
        with jobs, _executor(request) as executor:
            while not jobs.finished:
                if stop.is_set():
                    end = "interrupted"
                    break
                if request.total_time is not None and time.monotonic() - began > request.total_time:
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


@contextmanager
def _executor(request: BatchRequest) -> Iterator[Executor]:
    """The workers, ended when the batch is."""
    if request.dask is None:
        executor: Executor = LocalExecutor(request.workers, request.limits, request.libraries)
    else:
        from wnpopt.bench.workers.cluster import ClusterExecutor

        executor = ClusterExecutor(request.dask, request.workers, request.limits, request.libraries)
    try:
        yield executor
    finally:
        executor.close()
