"""``wnpopt report``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from wnpopt.cli.solve import check_target
from wnpopt.cli.terminal import plain_warnings, say


def report(
    results: Annotated[Path, typer.Argument(help="Folder that `wnpopt batch --out` wrote.", show_default=False)],
    out: Annotated[Path, typer.Option("--out", "-o", help="File for the page.")] = Path("report.html"),
    tables: Annotated[
        Path | None, typer.Option(help="Folder for each table as .csv and .tex.", show_default=False)
    ] = None,
    pictures: Annotated[
        Path | None, typer.Option(help="Folder for each figure as .svg and .pdf.", show_default=False)
    ] = None,
    figures: Annotated[
        str, typer.Option(help="Instances with figures, those with the largest gaps first, or all.", metavar="N|all")
    ] = "200",
) -> int:
    """Make one HTML page of stored results: gaps, failures, profiles, traces and schedules. It needs no network."""
    from wnpopt.bench.report.page import write_report
    from wnpopt.bench.store.store import Store

    wanted = _number(figures)
    check_target(out)
    with plain_warnings():
        overview = write_report(Store.open(results), out, figures=wanted, tables=tables, pictures=pictures)
    parts = [_many(overview.instances, "instance"), f"{overview.proved} proved", _many(overview.runs, "run")]
    if overview.failed:
        parts.append(f"{overview.failed} FAILED")
    if overview.contradictions:
        parts.append(_many(overview.contradictions, "CONTRADICTION", "CONTRADICTIONS"))
    say(f"{out}: {', '.join(parts)}")
    return 0


def _many(count: int, one: str, several: str = "") -> str:
    return f"{count} {one if count == 1 else several or one + 's'}"


def _number(text: str) -> int | None:
    if text == "all":
        return None
    if not text.isascii() or not text.isdigit():
        raise typer.BadParameter(f"found {text!r}; a number of at least 0, or all, is needed", param_hint="--figures")
    return int(text)
