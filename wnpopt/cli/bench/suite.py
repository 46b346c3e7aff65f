"""``wnpopt bench SUITE``: a named suite as a resumable batch, then its tables and sweeps."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from wnpopt.cli.batch.command import show as show_summary
from wnpopt.cli.batch.progress import BatchProgress
from wnpopt.cli.terminal import plain_warnings
from wnpopt.core.text import one_line


def run_suite(name: str, *, out: Path, preset: str = "quick", **limits: Any) -> int:
    """:func:`wnpopt.bench.suites.run.run_suite`, what it did, and the tables and sweeps of its store.

    Returns 0 if every instance has a record that is no failure, else 1.
    """
    from wnpopt.bench.batch.run import Summary, batch
    from wnpopt.bench.suites.run import run_suite as run
    from wnpopt.cli.bench.tables import show

    def begin(number: int) -> None:
        print(one_line(f"{name}, {preset}: {number} instances in {out}"), file=sys.stderr, flush=True)

    def watched(*arguments: Any, **options: Any) -> Summary:
        with BatchProgress() as progress, plain_warnings():
            return batch(*arguments, **options, on_record=progress.record, on_progress=progress.update)

    summary = run(name, out=out, preset=preset, **limits, on_begin=begin, run=watched)
    show_summary(summary)
    show(out)
    return 0 if summary.complete else 1
