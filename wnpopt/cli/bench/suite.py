"""``wnpopt bench SUITE``: a named suite, or one of the library, as a resumable batch; then its tables and sweeps."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from wnpopt.cli.batch.command import show as show_summary
from wnpopt.cli.batch.progress import BatchProgress
from wnpopt.cli.terminal import plain_warnings
from wnpopt.core.text import one_line

if TYPE_CHECKING:
    from wnpopt.bench.batch.run import Summary


def run_suite(name: str, *, out: Path, preset: str = "quick", **limits: Any) -> int:
    """:func:`wnpopt.bench.suites.run.run_suite`, what it did, and the tables and sweeps of its store.

    Returns 0 if every instance has a record that is no failure, else 1.
    """
    from wnpopt.bench.suites.run import run_suite as run

    def begin(number: int) -> None:
        _tell(f"{name}, {preset}: {number} instances in {out}")

    return _shown(run(name, out=out, preset=preset, **limits, on_begin=begin, run=_watched), out)


def run_library_suite(name: str, *, out: Path, methods: Sequence[str] | None = None, **limits: Any) -> int:
    """The suites of the library that are called ``name`` with ``methods`` (None: heuristics and ``auto``), and tables.

    Returns 0 if every instance has a record that is no failure, else 1.
    """
    from wnpopt.bench.suites.packaged import examples, methods_of, suites_called

    folders = suites_called(name)
    chosen = methods_of(folders) if methods is None else tuple(methods)
    _tell(f"{name}: {len(examples(name))} instances by {', '.join(chosen)} in {out}")
    return _shown(_watched(folders, chosen, out, **limits), out)


def _tell(text: str) -> None:
    print(one_line(text), file=sys.stderr, flush=True)


def _watched(*arguments: Any, **options: Any) -> Summary:
    from wnpopt.bench.batch.run import batch

    with BatchProgress() as progress, plain_warnings():
        return batch(*arguments, **options, on_record=progress.record, on_progress=progress.update)


def _shown(summary: Summary, out: Path) -> int:
    from wnpopt.cli.bench.tables import show

    show_summary(summary)
    show(out)
    return 0 if summary.complete else 1
