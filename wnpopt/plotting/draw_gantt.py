"""A Gantt chart into a file, in the form of its ending."""

from __future__ import annotations

from pathlib import Path

from wnpopt.core.errors import InputError
from wnpopt.plotting.gantt import Gantt

PICTURES = (".html", ".png", ".svg", ".pdf")


def check_picture(path: Path | None) -> None:
    """Raise :class:`InputError` for a file of an ending that no picture has."""
    if path is not None and path.suffix.lower() not in PICTURES:
        told = f"found {path.name}; a file name with one of the endings {', '.join(PICTURES)} is needed"
        raise InputError(told, where="--plot")


def draw_gantt(path: Path, chart: Gantt, name: str, source: str | None) -> None:
    """``name`` and ``source`` are those of the instance."""
    if path.suffix.lower() == ".html":
        from wnpopt.core.jsonio import write_atomic
        from wnpopt.plotting.gantt_page import schedule_page

        write_atomic(path, schedule_page(chart, name, source, {}))
        return
    from wnpopt.plotting.gantt_image import gantt_figure
    from wnpopt.plotting.save import save_image

    save_image(gantt_figure(chart), path)
