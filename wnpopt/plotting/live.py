"""A callback that draws how a solve converges while it runs: in a notebook in its place, elsewhere into a file."""

from __future__ import annotations

import os
import sys
import time
from importlib import import_module
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from wnpopt.core import registry
from wnpopt.core.document import Instance
from wnpopt.core.errors import InputError
from wnpopt.core.extras import need
from wnpopt.core.jsonio import write_atomic
from wnpopt.core.text import short
from wnpopt.core.trace import TracePoint
from wnpopt.plotting.convergence import convergence

ENDINGS = (".svg", ".png", ".pdf")


class LivePlot:
    """For ``on_progress`` of :func:`wnpopt.solve`; draws at most every ``every_s`` seconds, and at the end.

    Within a notebook the figure stands in the output of its own place; with a ``path`` (.svg, .png or .pdf) it is
    written there. ``instance`` gives the title and the unit. As a context manager it draws the last point, too, when
    the block is left; :meth:`draw` does that at any time. Raises :class:`InputError` where there is neither a notebook
    nor a path, and :class:`wnpopt.core.errors.MissingDependencyError` without matplotlib (the extra ``plot``).
    """

    def __init__(
        self, path: str | os.PathLike[str] | None = None, *, instance: Instance | None = None, every_s: float = 1.0
    ) -> None:
        need("matplotlib.figure", "plot")
        self._path = None if path is None else Path(path)
        if self._path is not None and self._path.suffix.lower() not in ENDINGS:
            told = f"found {self._path.name}; a file name with one of the endings {', '.join(ENDINGS)} is needed"
            raise InputError(told, where="path")
        self._notebook = _in_notebook()
        if self._path is None and not self._notebook:
            raise InputError("is missing; outside of a notebook a file is needed", where="path")
        if not every_s >= 0:
            raise InputError(f"found {every_s}; seconds, at least 0, are needed", where="every_s")
        self._title = "solve" if instance is None else short(instance.name, 80)
        self._unit = "" if instance is None else registry.family(instance.kind).unit_of(instance)
        self._every_s = every_s
        self._due = -float("inf")
        self._handle: Any = None
        self.points: list[TracePoint] = []

    def __call__(self, point: TracePoint) -> None:
        """Take a point, and draw all so far if the last drawing is long enough ago."""
        self.points.append(point)
        if time.monotonic() >= self._due:
            self.draw()
            self._due = time.monotonic() + self._every_s

    def draw(self) -> None:
        """Draw all points so far; nothing if there is none yet."""
        if not self.points:
            return
        from wnpopt.plotting.chart_image import chart_figure
        from wnpopt.plotting.save import image

        figure = chart_figure(convergence(self.points, self._title, self._unit))
        if self._path is not None:
            write_atomic(self._path, image(figure, self._path.suffix.lower()))
        if self._notebook:
            self._show(image(figure, ".svg").decode())

    def _show(self, svg: str) -> None:
        shown = import_module("IPython.display")  # a notebook has it
        if self._handle is None:
            self._handle = shown.display(shown.SVG(svg), display_id=True)
        else:
            self._handle.update(shown.SVG(svg))

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.draw()


def _in_notebook() -> bool:
    """True within a kernel that shows figures; a terminal of IPython is none."""
    shell = sys.modules.get("IPython")
    running = None if shell is None else shell.get_ipython()
    return running is not None and hasattr(running, "kernel")
