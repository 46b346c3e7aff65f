"""``wnpopt``: the commands, and what becomes of an error.

Exit codes: 0 done, 1 no verified solution, 2 bad input or a missing dependency (one line on stderr), 3 the program
failed.
"""

from __future__ import annotations

import os
import sys
import traceback
from collections.abc import Callable, Sequence

import typer
from typer.models import CommandInfo

from wnpopt.cli import (
    declared,
    decode,
    doctor,
    explain,
    export,
    generate,
    layers,
    listing,
    pareto,
    plot,
    report,
    schema,
    show,
    solve,
    sweep,
    verify,
    warmup,
)
from wnpopt.cli.batch import command as batch
from wnpopt.cli.bench import adversarial as bench_adversarial
from wnpopt.cli.bench import command as bench
from wnpopt.cli.completion import command as completion
from wnpopt.cli.summary import summary_of
from wnpopt.cli.synonyms import meant
from wnpopt.cli.terminal import complain
from wnpopt.core.errors import WnpoptError
from wnpopt.core.interrupt import was_interrupted
from wnpopt.core.versions import versions

# `bench` takes a suite or a folder, and `bench adversarial` is a command of its own: one name with a space in it.
_ADVERSARIAL = "bench adversarial"


def _new() -> typer.Typer:
    return typer.Typer(
        name="wnpopt",
        help="Optimise edge inference over wireless links: exact and heuristic, verified, and with the gap.",
        add_completion=False,
        no_args_is_help=True,
        pretty_exceptions_enable=False,
        rich_markup_mode=None,
        context_settings={"help_option_names": ["-h", "--help"]},
    )


app = _new()


def _print_version(wanted: bool) -> None:
    if wanted:
        print(f"wnpopt {versions().get('wnpopt', 'unknown')}")
        raise typer.Exit


@app.callback()
def _options(
    version: bool = typer.Option(False, "--version", callback=_print_version, is_eager=True, help="Print the version."),
) -> None:
    del version


app.command("solve")(solve.solve)
app.command("verify")(verify.verify)
app.command("show")(show.show)
app.command("plot")(plot.plot)
app.command("layers")(layers.layers)
app.command("batch")(batch.batch)
app.command("bench")(bench.bench)
app.command(_ADVERSARIAL)(bench_adversarial.adversarial)
app.command("report")(report.report)
app.command(
    "generate",
    context_settings={"allow_extra_args": True, "ignore_unknown_options": True},
    add_help_option=False,
)(generate.generate)
app.command("export")(export.export)
app.command("decode")(decode.decode)
app.command("pareto")(pareto.pareto)
app.command("explain")(explain.explain)
app.command("sweep")(sweep.sweep)
app.command("schema")(schema.schema)
app.command("list")(listing.list_methods)
app.command("doctor")(doctor.doctor)
app.command("warmup")(warmup.warmup)
app.command("completion")(completion.make(lambda: _functions()))  # noqa: PLW0108 -- it is defined below

for _command in app.registered_commands:
    # In full in the list of commands: what click makes of a docstring there ends in dots.
    _command.short_help = summary_of(_command.callback)

_INTERRUPTED = "interrupted before there was an answer"
_TYPERS_INTERRUPT = 130  # what a newer typer makes of KeyboardInterrupt; no command of ours returns it


_OWN = frozenset(str(command.name) for command in app.registered_commands)


def _app(arguments: list[str]) -> typer.Typer:
    """The command that is asked for, alone: making all takes longer than many take. Else all, with the families'."""
    if arguments and arguments[0] in _OWN:
        return _with([command for command in app.registered_commands if command.name == arguments[0]])
    importing = typer.Typer(add_completion=False, no_args_is_help=True, rich_markup_mode=None)
    whole = _with([] if arguments[:1] == ["import"] else app.registered_commands)
    words = [*arguments, "", ""]
    declared.add_commands(whole, words[0])
    declared.add_importers(importing, words[1] if words[0] == "import" else None)
    told = "Make an instance from a network, a task graph or measured times."
    whole.add_typer(importing, name="import", help=told, short_help=told)
    return whole


def _with(commands: Sequence[CommandInfo]) -> typer.Typer:
    made = _new()
    made.registered_callback, made.registered_commands = app.registered_callback, list(commands)
    return made


def _functions() -> dict[str, Callable[..., object]]:
    """What every command is made of, by its words; also of those that the families declare."""
    everything = _app([""])
    known = {str(entry.name): entry.callback for entry in everything.registered_commands}
    for name in known.keys() - _OWN:
        known[name] = next(entry.callback for entry in _app([name]).registered_commands if entry.name == name)
    (importing,) = (group.typer_instance for group in everything.registered_groups if group.name == "import")
    assert importing is not None
    for name in [str(entry.name) for entry in importing.registered_commands]:
        (chosen,) = (group.typer_instance for group in _app(["import", name]).registered_groups)
        assert chosen is not None
        known[f"import {name}"] = next(entry.callback for entry in chosen.registered_commands if entry.name == name)
    return {name: callback for name, callback in known.items() if callback is not None}


def main(arguments: list[str]) -> int:
    """Run the command line with ``arguments``; returns the exit code."""
    if arguments[:2] == _ADVERSARIAL.split():
        arguments = [_ADVERSARIAL, *arguments[2:]]
    try:
        code = _app(arguments)(arguments, standalone_mode=False, prog_name="wnpopt")
    except KeyboardInterrupt:
        return _fail(_INTERRUPTED, 1)
    except Exception as error:
        return _fail(_INTERRUPTED, 1) if was_interrupted(error) else _told(error)
    if code == _TYPERS_INTERRUPT:
        return _fail(_INTERRUPTED, 1)
    return code if isinstance(code, int) else 0


def _told(error: Exception) -> int:
    """Say what went wrong; the exit code."""
    if isinstance(error, WnpoptError):
        if error.exit_code == 3 and os.environ.get("WNPOPT_DEBUG"):
            traceback.print_exception(error)
        code = _fail(str(error), error.exit_code)
        for other in getattr(error, "others", ()):
            complain(str(other))
        return code
    if isinstance(error, OSError):
        if os.environ.get("WNPOPT_DEBUG"):
            traceback.print_exception(error)
        if error.filename is None and not _is_somewhere():
            return _fail("the current directory is gone: relative paths need one that is there", 2)
        where = "" if error.filename is None else f"{error.filename}: "
        return _fail(f"{where}{error.strerror or error} (WNPOPT_DEBUG=1 shows where)", 3)
    if type(error).__name__ == "NoArgsIsHelpError":  # click's, wherever click lives
        # As for every argument that is missing: stdout stays empty.
        print(getattr(error, "ctx").get_help(), file=sys.stderr)  # noqa: B009
        return 2
    if type(error).__name__ == "Abort":  # what an older typer makes of KeyboardInterrupt
        return _fail(_INTERRUPTED, 1)
    if type(error).__name__ == "NoSuchOption" and (hint := _meant(error)):
        return _fail(hint, 2)
    usage = getattr(error, "format_message", None)  # click's errors about arguments, wherever click lives
    if callable(usage):
        return _fail(str(usage()), 2)
    if os.environ.get("WNPOPT_DEBUG"):
        traceback.print_exception(error)
    hint = "set WNPOPT_DEBUG=1 for the traceback, and please report it"
    return _fail(f"internal error: {type(error).__name__}: {error} ({hint})", 3)


def _is_somewhere() -> bool:
    """False in a directory that was removed."""
    try:
        os.getcwd()
    except FileNotFoundError:
        return False
    return True


def _meant(error: Exception) -> str:
    """What to say of click's ``error`` about an option that goes by another name here; empty if there is none."""
    name, context = getattr(error, "option_name", ""), getattr(error, "ctx", None)
    known = [] if context is None else [other for option in context.command.params for other in option.opts]
    hint = meant(name, known)
    return f"No such option: {name}{hint}" if hint else ""


def _fail(message: str, code: int) -> int:
    complain(message)
    return code
