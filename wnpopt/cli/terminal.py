"""What the commands say: lines, numbers, JSON, and the live line of a solve.

Everything that is printed goes through here, so that no text from a file acts on the terminal and no number is cut.
"""

from __future__ import annotations

import json
import os
import re
import sys
import threading
import time
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, TextIO

from wnpopt.core.bound import Sense
from wnpopt.core.phase import Phase
from wnpopt.core.result import relative_gap
from wnpopt.core.text import numbers, one_line, percent, seconds, short
from wnpopt.core.trace import TracePoint

if TYPE_CHECKING:
    from rich.console import Console, ConsoleOptions, RenderResult
    from rich.text import Text

UNBOUNDED = 1_000_000
"""Columns of a pipe or a file: as many as a line needs."""
_UNSEEN = re.compile(r"[^\n\x20-\x7e]")


def say(text: str) -> None:
    """A line on stdout."""
    print(one_line(text))


def complain(text: str) -> None:
    """A line about something that is not as it should be, on stderr."""
    print(f"wnpopt: {one_line(text)}", file=sys.stderr, flush=True)


def warn(text: str) -> None:
    """A warning on stderr."""
    complain(f"warning: {text}")


def show_warning(message: Warning | str, *_: object, **__: object) -> None:
    """A :func:`warnings.showwarning` of one line."""
    warn(str(message))


@contextmanager
def plain_warnings() -> Iterator[list[str]]:
    """Within the block warnings are one line each on stderr, as they come; the list has them too."""
    told: list[str] = []

    def show(message: Warning | str, *_: object, **__: object) -> None:
        told.append(str(message))
        show_warning(message)

    with warnings.catch_warnings():
        warnings.simplefilter("always", UserWarning)
        warnings.showwarning = show
        yield told


def styled(text: str, style: str = "") -> Text:
    """``text`` as a line that stands for itself, in a style."""
    from rich.text import Text

    return Text(one_line(text), style=style)


def columns_of(stream: TextIO) -> int:
    """The width of a terminal, ``COLUMNS`` where that is set; elsewhere :data:`UNBOUNDED`."""
    wanted = os.environ.get("COLUMNS", "")
    if wanted.isascii() and wanted.isdigit() and int(wanted) > 0:
        return int(wanted)
    if not stream.isatty():
        return UNBOUNDED
    try:
        return os.get_terminal_size(stream.fileno()).columns or 80
    except OSError:
        return 80


def console(stream: TextIO | None = None) -> Console:
    """A console on stdout, or another stream, that takes no text for mark-up."""
    from rich.console import Console

    out = sys.stdout if stream is None else stream
    return Console(file=out, width=columns_of(out), highlight=False, markup=False, emoji=False)


def error_console() -> Console:
    """The same on stderr, for what changes as it goes."""
    from rich.console import Console

    return Console(stderr=True, highlight=False, markup=False, emoji=False)


def print_json(data: object) -> None:
    """The one JSON object that ``--json`` puts on stdout.

    What is not seen, or would act on a terminal, is escaped; so is all but ASCII where stdout is not in UTF-8.
    """
    text = json.dumps(data, ensure_ascii=False, allow_nan=False, indent=1)
    foreign = (sys.stdout.encoding or "utf-8").lower().replace("-", "").replace("_", "") != "utf8"
    escaped = _UNSEEN.sub(lambda found: found[0] if found[0].isprintable() and not foreign else _escape(found[0]), text)
    sys.stdout.write(escaped + "\n")


def _escape(character: str) -> str:
    return json.dumps(character)[1:-1]


class ProgressLine:
    """A live line on stderr: time, phase, incumbent, bound, gap. Silent where stderr is no terminal.

    ``unit`` are the seconds of a unit of the objective: values are shown as times too.
    """

    def __init__(self, label: str, sense: Sense, enabled: bool, unit: float | None = None) -> None:
        self._unit = unit
        self._phase: Phase | None = None
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

    def turn(self, phase: Phase) -> None:
        """Take over what the run is busy with; may be called from any thread."""
        with self._lock:
            self._phase = phase

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        from rich.text import Text

        with self._lock:
            point, phase = self._point, self._phase
        objective, bound = numbers(point.objective, point.bound)
        if self._unit is not None:
            objective, bound = objective + self._ms(point.objective), bound + self._ms(point.bound)
        parts = [
            (f"{time.perf_counter() - self._began:7.1f} s", "cyan"),
            (short(self._label, max(20, options.max_width // 3)), "bold"),
            (f"{phase or Phase.COMPILING:9}", "magenta"),
            (f"incumbent {objective}", ""),
            (f"bound {bound}", ""),
            (f"gap {percent(relative_gap(point.objective, point.bound))}", ""),
        ]
        line = Text("  ").join(Text(text, style=style) for text, style in parts)
        if line.cell_len <= options.max_width:
            yield line
        else:  # below one another: no number is cut
            yield Text("\n").join(Text(text.strip(), style=style, overflow="fold") for text, style in parts)

    def _ms(self, value: float | None) -> str:
        return "" if value is None or self._unit is None else f" ({seconds(value * self._unit)})"

    def __enter__(self) -> ProgressLine:
        if self._enabled:
            from rich.live import Live

            self._live: Live | None = Live(
                self, console=error_console(), refresh_per_second=8, transient=True, redirect_stdout=False
            )
            self._live.start()
        else:
            self._live = None
        return self

    def __exit__(self, *_: object) -> None:
        if self._live is not None:
            self._live.stop()
