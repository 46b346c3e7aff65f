"""``wnpopt bench adversarial``."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from wnpopt.cli.arguments import Json, Seed, TimeLimit, integer, real
from wnpopt.cli.terminal import console, error_console, print_json, say, styled
from wnpopt.core.errors import InputError
from wnpopt.core.interrupt import graceful_interrupt
from wnpopt.core.text import numbers, percent

if TYPE_CHECKING:
    from rich.text import Text

    from wnpopt.bench.adversarial.search import SearchProgress, SearchSummary, SummaryEntry
    from wnpopt.core.document import Instance


def adversarial(
    instances: Annotated[
        list[Path] | None,
        typer.Argument(help="Files or folders of the instances to start from.", show_default=False),
    ] = None,
    method: Annotated[
        str | None, typer.Option(help="The method that should lose, one of `wnpopt list`.", show_default=False)
    ] = None,
    against: Annotated[str | None, typer.Option(help="The method to lose to.", show_default=False)] = None,
    family: Annotated[
        str | None,
        typer.Option(help="Start from instances that this family's generator makes.", show_default=False),
    ] = None,
    steps: Annotated[int, typer.Option(help="Changes a restart.", parser=integer, metavar="N")] = 200,
    restarts: Annotated[
        int | None,
        typer.Option(
            help="Restarts; restart r begins with instance r.",
            show_default="as many as instances, at least 5",
            parser=integer,
            metavar="N",
        ),
    ] = None,
    seed: Seed = 0,
    out: Annotated[Path | None, typer.Option(help="Directory for what is found.", show_default=False)] = None,
    time_limit: TimeLimit = 5.0,
    total_time: Annotated[
        float | None, typer.Option(help="Seconds for all.", show_default="no limit", parser=real, metavar="S")
    ] = None,
    top: Annotated[int, typer.Option(help="How many of the worst to keep.", parser=integer, metavar="K")] = 5,
    json: Json = False,
) -> int:
    """Change instances at random and keep those where one method loses most to another."""
    for option, value in (("--method", method), ("--against", against), ("--out", out)):
        if value is None:
            raise InputError("is missing", where=option)
    assert method is not None
    assert against is not None
    assert out is not None
    with graceful_interrupt(terminate=True):
        from wnpopt.bench.adversarial.search import LEAST_RESTARTS
        from wnpopt.bench.adversarial.search import adversarial as search

        starts = _starts(instances or [], family, LEAST_RESTARTS if restarts is None else max(1, restarts), seed, out)
        with _live_line(f"{method} against {against}", enabled=not json) as show_progress:
            summary = search(
                starts,
                method,
                against,
                out=out,
                steps=steps,
                restarts=restarts,
                seed=seed,
                time_limit=time_limit,
                total_time=total_time,
                top=top,
                on_progress=show_progress,
            )
    if json:
        import msgspec

        print_json(msgspec.to_builtins(summary))
    else:
        _show(summary, out)
    if summary.defects:
        return 3
    return 0 if summary.worst or summary.without_ratio else 1


def _starts(paths: list[Path], family: str | None, count: int, seed: int, out: Path) -> list[Instance]:
    """The instances of ``paths``, then, with ``family``, ``count`` generated ones with the seeds from ``seed`` on."""
    from wnpopt import api
    from wnpopt.bench.batch.sources import find
    from wnpopt.core import registry

    if not paths and family is None:
        raise InputError("there is none; files or folders of instances, or --family, are needed", where="INSTANCES")
    starts: list[Instance] = []
    for path in paths:
        files = find([path], out).files
        starts += [api.load(file) for file in files if not path.is_dir() or _is_instance(Path(file))]
    if paths and not starts:
        raise InputError("holds no instance", file=str(paths[0]))
    if family is not None:
        if not 0 <= seed <= 2**31 - count:
            raise InputError(f"found {seed}; a seed of 0 to 2^31 - {count} is needed", where="--seed")
        found = registry.family(family)
        starts += [found.generate({}, number) for number in range(seed, seed + count)]
    return starts


def _is_instance(file: Path) -> bool:
    """Whether a file that was found in a folder says that it is an instance."""
    from wnpopt.core import registry
    from wnpopt.core.jsonio import read_json

    return read_json(file).get("kind") in registry.family_names()


@contextmanager
def _live_line(label: str, enabled: bool) -> Iterator[Callable[[SearchProgress], None] | None]:
    """What shows a search's progress in a live line on stderr; None where stderr is no terminal."""
    if not enabled or not sys.stderr.isatty():
        yield None
        return
    from rich.live import Live

    with Live(
        styled(label), console=error_console(), refresh_per_second=8, transient=True, redirect_stdout=False
    ) as live:
        yield lambda progress: live.update(_progress_text(label, progress))


def _progress_text(label: str, progress: SearchProgress) -> Text:
    from rich.text import Text

    parts = [
        f"{label}  restart {progress.restart + 1}/{progress.restarts}  step {progress.step}/{progress.steps}",
        f"ratio {_ratio(progress.current)}  worst {_ratio(progress.worst)}",
    ]
    if progress.without_ratio:
        parts.append(f"apart {progress.without_ratio}")
    if progress.defects:
        parts.append(f"DEFECTS {progress.defects}")
    return Text("  ", overflow="fold").join(map(styled, parts))


def _show(summary: SearchSummary, out: Path) -> None:
    from wnpopt.cli.tables import Heading, draw

    screen = console()
    method, against = summary.settings.method, summary.settings.against
    titles = ("ratio", method, against, f"gap of {against}")
    headings = (Heading("file"), Heading("start"), *(Heading(title, "number") for title in titles))
    for title, entries in (
        (f"{method} against {against}: the worst found", summary.worst),
        (f"apart: {method} fails, or no finite ratio", summary.without_ratio),
        ("DEFECTS: wrong answers", summary.defects),
    ):
        if entries:
            screen.print(styled(title, "bold"), soft_wrap=True)
            draw(screen, headings, [_row(entry) for entry in entries])
    for entry in (*summary.without_ratio, *summary.defects):
        say(f"{entry.file}: {entry.score.reason}")
    done = f"{summary.restarts_finished} of {summary.restarts} restarts finished"
    say(f"{done}, {summary.evaluated} instances compared in them; {out / 'summary.json'}")
    if not summary.complete:
        say("the same command goes on from here")
    elif not summary.repeatable:
        say("a time limit is part of this search: another run may find other instances")


def _row(entry: SummaryEntry) -> tuple[str, ...]:
    score = entry.score
    values = numbers(score.a.objective, score.b.objective)
    return (entry.file, entry.start, _ratio(score.ratio), *values, percent(score.b.gap))


def _ratio(value: float | None) -> str:
    return "-" if value is None else f"{value:.4g}"
