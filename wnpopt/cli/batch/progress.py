"""A batch as it goes: a live view on a terminal, a plain line for each run elsewhere. All of it on stderr."""

from __future__ import annotations

import sys
import threading
from typing import TYPE_CHECKING

from wnpopt.cli.terminal import error_console, styled
from wnpopt.core.text import number, one_line, percent, seconds, short

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rich.console import Console, ConsoleOptions, RenderableType, RenderResult
    from rich.live import Live

    from wnpopt.bench.batch.snapshot import Snapshot
    from wnpopt.bench.store.record import Record

SHOWN = 8
"""Runs under way that are listed; of more only the number is told."""


def line(record: Record) -> str:
    """A finished run in one line."""
    result = record.result
    told = f"{result.instance} {record.key.method} seed {record.key.seed}: "
    if record.failure is not None:
        return one_line(told + f"{record.failure}: {result.message}")
    told += result.status
    if result.objective is not None:
        told += f" {number(result.objective)}, gap {percent(result.gap)}"
    return one_line(told + ("" if result.runtime_s is None else f", {seconds(result.runtime_s)}"))


def clock(duration: float | None) -> str:
    """Hours, minutes and seconds; question marks where nothing is known."""
    if duration is None:
        return "?:??"
    minutes, rest = divmod(round(duration), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02d}:{rest:02d}" if hours else f"{minutes}:{rest:02d}"


class BatchProgress:
    """A context manager; ``update`` and ``record`` are what :func:`wnpopt.batch` calls."""

    def __init__(self, quiet: bool = False) -> None:
        self._quiet = quiet
        self._terminal = sys.stderr.isatty() and not quiet
        self._lock = threading.Lock()
        self._snapshot: Snapshot | None = None
        self._live: Live | None = None
        self._seen = 0
        self._invalid = ""

    def update(self, snapshot: Snapshot) -> None:
        """Take over how far the batch is."""
        with self._lock:
            self._snapshot = snapshot

    def record(self, record: Record) -> None:
        """Tell of a finished run: failures always, the others where there is no live view."""
        with self._lock:
            snapshot = self._snapshot
        self._seen += 1
        if record.failure == "invalid":
            # It fails with every method and seed; once is enough.
            if record.file == self._invalid:
                return
            self._invalid = record.file
        if self._live is not None:
            if record.failure is not None:
                self._live.console.print(styled(line(record), "red"), soft_wrap=True)
        elif not self._quiet:
            about = "" if snapshot is None or snapshot.exact else "~"
            total = "" if snapshot is None else f"/{about}{snapshot.total - snapshot.stored}"
            print(f"[{self._seen}{total}] {line(record)}", file=sys.stderr, flush=True)

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        with self._lock:
            snapshot = self._snapshot
        if snapshot is None:
            yield "reading the store"
            return
        yield from _overall(snapshot, options.max_width)
        if snapshot.running:
            yield _running(snapshot, options.max_width)

    def __enter__(self) -> BatchProgress:
        if self._terminal:
            from rich.live import Live

            self._live = Live(self, console=error_console(), refresh_per_second=8, transient=True)
            self._live.start()
        return self

    def __exit__(self, *_: object) -> None:
        if self._live is not None:
            self._live.stop()


BAR = 28
"""Columns of the bar, which is left out where there is no room for it."""


def _overall(snapshot: Snapshot, room: int) -> Iterator[RenderableType]:
    from rich.progress_bar import ProgressBar
    from rich.table import Table
    from rich.text import Text

    done = snapshot.done + snapshot.stored
    counts = f"{done}/{'' if snapshot.exact else '~'}{snapshot.total} runs"
    if snapshot.stored:
        counts += f" ({snapshot.stored} stored)"
    parts = [Text(counts)]
    if snapshot.failed:
        parts.append(Text(f"{snapshot.failed} failed", style="red"))
    for duration, what in ((snapshot.elapsed_s, "elapsed"), (snapshot.eta_s, "to go")):
        parts.append(Text.assemble((clock(duration), "cyan"), f" {what}"))
    needed = sum(part.cell_len + 1 for part in parts)
    if BAR + needed <= room:
        row = Table.grid(padding=(0, 1))
        row.add_row(ProgressBar(total=max(snapshot.total, 1), completed=done, width=BAR), *parts)
        yield row
    else:
        yield from parts


def _running(snapshot: Snapshot, room: int) -> RenderableType:
    """Who is running and for how long; where there is little room names are cut, and there are more lines."""
    from rich.cells import cell_len
    from rich.table import Table
    from rich.text import Text

    rows = []
    for run in snapshot.running[:SHOWN]:
        seed = f"seed {run.seed}" if run.seed else ""
        gap = f"best gap {percent(run.gap)}" if run.gap is not None else ""
        rows.append(("  " + clock(run.seconds), one_line(run.instance), run.method, seed, gap))
    more = len(snapshot.running) - SHOWN
    if sum(max(map(cell_len, column)) + 2 for column in zip(*rows, strict=True)) <= room:
        table = Table.grid(padding=(0, 2))
        for row in rows:
            table.add_row(*map(styled, row))
        if more > 0:
            table.add_row("", f"and {more} more")
        return table
    lines = []
    for took, name, *facts in rows:
        lines.append(f"{took}  {short(name, max(10, room - len(took) - 2))}")
        for fact in filter(None, facts):
            fits = len(lines[-1]) + len(fact) + 2 <= room
            lines[-1:] = [f"{lines[-1]}  {fact}"] if fits else [lines[-1], fact]
    if more > 0:
        lines.append(f"and {more} more")
    return Text("\n").join(map(styled, lines))
