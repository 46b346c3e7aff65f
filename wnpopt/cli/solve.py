"""``wnpopt solve``."""

from __future__ import annotations

import errno
import os
import shlex
import sys
import traceback
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from wnpopt.cli.arguments import (
    Gap,
    InstanceFile,
    Json,
    NoImprovement,
    Seed,
    SolverName,
    SolverOptions,
    Target,
    Threads,
    TimeLimit,
    integer,
    settings,
)
from wnpopt.cli.terminal import ProgressLine, complain, console, print_json, say, styled
from wnpopt.core.errors import InputError, WnpoptError
from wnpopt.core.interrupt import graceful_interrupt
from wnpopt.core.text import numbers, percent, seconds

if TYPE_CHECKING:
    from wnpopt.core.document import Instance, Solution
    from wnpopt.core.layers import LayerMap
    from wnpopt.core.registry import AnyFamily
    from wnpopt.core.result import Result


def solve(
    instance: InstanceFile,
    method: Annotated[str, typer.Option(help="One of those that `wnpopt list` shows.")] = "auto",
    time_limit: TimeLimit = 60.0,
    gap: Gap = None,
    target: Target = None,
    no_improvement: NoImprovement = None,
    threads: Threads = None,
    seed: Seed = 0,
    solver: SolverName = None,
    solver_option: SolverOptions = None,
    warm_start: Annotated[
        str, typer.Option(help="Where methods start: another method, a solution's file (.json), or none.")
    ] = "auto",
    out: Annotated[Path | None, typer.Option(help="File for the solution.", show_default=False)] = None,
    plot: Annotated[
        Path | None,
        typer.Option(help="File for the picture: .html (interactive), .png, .svg or .pdf.", show_default=False),
    ] = None,
    layers: Annotated[
        Path | None,
        typer.Option(help="Map of layers (import --layers): told where one points at the picture.", show_default=False),
    ] = None,
    deterministic: Annotated[
        bool, typer.Option("--deterministic", help="Repeatable search with several threads (slower).")
    ] = False,
    iterations: Annotated[
        int | None,
        typer.Option(
            help="End after so many, for methods that count.", parser=integer, metavar="N", show_default=False
        ),
    ] = None,
    fixed: Annotated[
        Path | None,
        typer.Option(help="JSON file of a running plan's state, to plan on from.", show_default=False, metavar="STATE"),
    ] = None,
    robust: Annotated[
        str | None,
        typer.Option(
            help="Scenarios: the plan is the best over worlds sampled from them.",
            show_default=False,
            metavar="SCENARIOS",
        ),
    ] = None,
    log: Annotated[
        str | None,
        typer.Option(
            help="File for what the method does and its solvers say; - is the terminal.",
            metavar="FILE|-",
            show_default=False,
        ),
    ] = None,
    json: Json = False,
) -> int:
    """Solve an instance, verify the answer, show its value, bound and gap."""
    with graceful_interrupt(terminate=True):
        from wnpopt import api

        api.expect(instance, method)
        loaded, family = api.load_with_data(instance)
        state = None if fixed is None else api.load_state(fixed)
        if plot is not None:
            from wnpopt.plotting.draw import check_picture

            check_picture(family, plot)
        mapped = None
        if layers is not None:
            if plot is None:
                raise InputError("needs --plot, whose picture tells the layers", where="--layers")
            mapped = layers_of(loaded, layers)
        check_target(out, instance, layers)
        check_target(plot, instance, out, layers)
        if log is not None and log != "-":
            check_target(Path(log), instance, out, plot, layers, fixed)
        options = settings(solver_option)
        label, shown = f"{loaded.name} {method}", not json and log != "-"
        with ProgressLine(label, family.sense, enabled=shown, unit=family.seconds_of(loaded)) as line:
            result = api.solve(
                loaded,
                method,
                time_limit=time_limit,
                gap=gap,
                target=target,
                no_improvement=no_improvement,
                threads=threads,
                seed=seed,
                warm_start=warm_start,
                deterministic=deterministic,
                iterations=iterations,
                fixed=state,
                robust=robust,
                solver=solver,
                solver_options=options,
                log=log,
                on_progress=line.update,
                on_phase=line.turn,
            )
        # The answer first: no file that cannot be written takes it along.
        if json:
            told = result.explanation
            print_json(result.to_data() | ({} if told is None else {"explanation": told.to_data()}))
        else:
            _show(loaded, family, result)
            if result.explainer is not None:
                say(f"why, and what would help: wnpopt explain {shlex.quote(str(instance))}")
        sys.stdout.flush()
        if (solution := result.solution) is None:
            return 3 if result.termination == "error" else 1
        whole = True
        if out is not None:
            whole &= written("solution", out, lambda: api.save(solution, out), quiet=json)
        if plot is not None:
            from wnpopt.plotting import draw

            paint = partial(draw.draw, loaded, solution, result.bound, plot, mapped)
            whole &= written("picture", plot, paint, quiet=json)
    return 0 if whole else 3


def layers_of(instance: Instance, path: Path) -> LayerMap:
    """The map of layers in ``path``; raises :class:`InputError` if it is none of ``instance``."""
    from wnpopt import api

    read = api.load_layers(path)
    try:
        read.check(instance)
    except InputError as error:
        raise error.in_file(str(path)) from None
    return read


def check_target(path: Path | None, *others: Path | None) -> None:
    """Refuse a file that cannot be written, or would replace one of ``others``, before the work and not after it."""
    if path is None:
        return
    if str(path) == "-":
        raise InputError("found -; a file name is needed (/dev/stdout is the standard output)")
    real = os.path.realpath  # Path.resolve raises on a loop of symbolic links
    same = any(other is not None and real(other) == real(path) for other in others)
    if same and (path.is_file() or not path.exists()):  # a device or a pipe may get both
        raise InputError("is given twice, and one file would replace the other; another name is needed", file=str(path))
    if path.is_dir():
        raise InputError("is a directory; the path of a file is needed", file=str(path))
    if not path.parent.is_dir():
        raise InputError(f"the directory {path.parent} does not exist", file=str(path))
    written_to = path if path.exists() and not path.is_file() else path.parent
    if not os.access(written_to, os.W_OK):
        frozen = path.parent == written_to and os.statvfs(written_to).f_flag & os.ST_RDONLY
        reason = os.strerror(errno.EROFS if frozen else errno.EACCES)
        raise InputError(f"cannot be written: {reason}", file=str(path))


def written(what: str, path: Path, write: Callable[[], None], *, quiet: bool) -> bool:
    """Call ``write`` and tell where ``what`` is, or on stderr why it is not there: False then."""
    try:
        write()
    except (Exception, KeyboardInterrupt) as error:
        if os.environ.get("WNPOPT_DEBUG"):
            traceback.print_exc()
        reason = str(error) if isinstance(error, WnpoptError) else f"{path}: {type(error).__name__}: {error}"
        complain(f"the {what} is not written: {reason}")
        return False
    if not quiet:
        say(f"{what}: {path}")
    return True


def _show(instance: Instance, family: AnyFamily, result: Result[Solution]) -> None:
    from wnpopt.cli.tables import Heading, draw

    out = console()
    colour = {"optimal": "green", "feasible": "yellow"}.get(result.status, "red")
    unit = family.unit_of(instance)
    titles = (f"value [{unit}]" if unit else "value", "bound", "gap", "time")
    headings = (Heading("method"), Heading("status"), *(Heading(title, "number") for title in titles))
    objective, bound = numbers(result.objective, result.bound)
    told = (objective, bound, percent(result.gap), seconds(result.runtime_s))
    out.print(styled(instance.name, "bold"), soft_wrap=True)
    draw(out, headings, [(result.method, styled(result.status, colour), *told)])
    facts = [f"ended: {result.termination}"]
    if result.found_by is not None:
        facts.append(f"found by {result.found_by}, verified")
    if result.bound_by is not None:
        facts.append(f"bound by {result.bound_by}")
    if result.warm_start != "none":
        facts.append(f"warm start {result.warm_start}")
    say("; ".join(facts))
    if result.message:
        say(result.message)


if TYPE_CHECKING:
    from collections.abc import Callable
