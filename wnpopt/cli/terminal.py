"""Numbers and tables as people read them."""

from __future__ import annotations

import json
import sys
import threading
import time
from typing import TYPE_CHECKING

from wnpopt.core.bound import Sense
from wnpopt.core.result import relative_gap
from wnpopt.core.trace import TracePoint

if TYPE_CHECKING:
    from rich.console import Console, ConsoleOptions, RenderResult


def number(value: float | None) -> str:
    """A value without a fraction where it has none; a dash where it is not known."""
    if value is None:
        return "-"
    return f"{value:.0f}" if float(value).is_integer() and abs(value) < 1e15 else f"{value:.6g}"


def percent(value: float | None) -> str:
    """A gap in per cent; a dash where it is not known."""
    return "-" if value is None else f"{100 * value:.2f} %"


def seconds(value: float) -> str:
    """A duration with three digits: 2.1 ms, 340 ms, 3.41 s."""
    return f"{1000 * value:.3g} ms" if value < 0.9995 else f"{value:.3g} s"


def print_json(data: object) -> None:
    """The one JSON object that ``--json`` puts on stdout."""
    sys.stdout.write(json.dumps(data, ensure_ascii=False, allow_nan=False, indent=1) + "\n")


class ProgressLine:
    """A live line on stderr: time, incumbent, bound, gap. Silent where stderr is no terminal."""

    def __init__(self, label: str, sense: Sense, enabled: bool) -> None:
        self._label = label
        self._sense = sense
        self._enabled = enabled and sys.stderr.isatty()
        self._lock = threading.Lock()
        self._point = TracePoint(0.0, None, None)
        self._began = time.perf_counter()

    def update(self, point: TracePoint) -> None:
        """Take over an improvement; may be called from any thread."""
        with self._lock:
            self._point = point

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        from rich.text import Text

        with self._lock:
            point = self._point
        gap = percent(relative_gap(point.objective, point.bound))
        line = Text.assemble(
            (f"{time.perf_counter() - self._began:7.1f} s  ", "cyan"),
            (f"{self._label}  ", "bold"),
            f"incumbent {number(point.objective)}  bound {number(point.bound)}  gap {gap}",
        )
        line.truncate(options.max_width)
        yield line

    def __enter__(self) -> ProgressLine:
        if self._enabled:
            from rich.console import Console
            from rich.live import Live

            self._live: Live | None = Live(
                self, console=Console(stderr=True), refresh_per_second=8, transient=True, redirect_stdout=False
            )
            self._live.start()
        else:
            self._live = None
        return self

    def __exit__(self, *_: object) -> None:
        if self._live is not None:
            self._live.stop()
