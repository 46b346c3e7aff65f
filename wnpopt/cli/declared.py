"""Commands that families declare (:mod:`wnpopt.core.command`) as commands of the command line."""

from __future__ import annotations

import inspect
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any

import typer

from wnpopt.cli.arguments import integer, real
from wnpopt.cli.facts import print_facts
from wnpopt.cli.solve import check_target
from wnpopt.cli.terminal import columns_of, console, print_json, say, warn
from wnpopt.core import registry
from wnpopt.core.command import Command, Imported, Importer
from wnpopt.core.errors import InputError
from wnpopt.core.facts import Facts
from wnpopt.core.options import Option, checked, options_of, read
from wnpopt.core.text import one_line

_TYPES = {"integer": int, "number": float, "flag": bool, "path": Path, "instance": Path, "texts": list[str]}
_JSON = Option("json", False, "One JSON object on stdout instead.", "flag", flags=("--json",))
_OUT = Option("out", None, "File for the instance.", "path", flags=("--out", "-o"), required=True, writes=True)


def add_commands(app: typer.Typer, wanted: str | None) -> None:
    """Add the commands of all families to ``app``; the code of one is imported only if it is ``wanted``."""
    known: dict[str, dict[str, Command]] = {}
    for family in registry.family_names():
        for name, command in registry.family(family).commands.items():
            known.setdefault(name, {})[family] = command
    for name, commands in known.items():
        summary = " ".join(dict.fromkeys(command.summary for command in commands.values()))
        if name == wanted:
            app.command(name, short_help=summary)(_function(name, summary, _common(commands), _runner(commands)))
        else:
            app.command(name, help=summary, short_help=summary)(_not_wanted)


def add_importers(app: typer.Typer, wanted: str | None) -> None:
    """Add a command a format to ``app``; where several families read a format, its options say which is meant."""
    known: dict[str, list[Importer]] = {}
    for family in registry.family_names():
        for name, importer in registry.family(family).importers.items():
            known.setdefault(name, []).append(importer)
    for name, importers in sorted(known.items()):
        summary = " ".join(dict.fromkeys(importer.summary for importer in importers))
        if name == wanted:
            app.command(name)(_function(name, summary, (*_merged(importers), _OUT, _JSON), _import(importers)))
        else:
            app.command(name, help=summary, short_help=summary)(_not_wanted)


def _not_wanted() -> None:
    """Stands for a command in a list of commands."""


def _common(commands: Mapping[str, Command]) -> Sequence[Option]:
    """The options of a command of several families, each once; what not all of them have says whose it is."""
    if len(commands) == 1:
        (command,) = commands.values()
        return options_of(command.request_type)
    of_family = {family: {o.name: o for o in options_of(c.request_type)} for family, c in commands.items()}
    found: dict[str, Option] = {}
    for options in of_family.values():
        for name, option in options.items():
            having = [family for family, others in of_family.items() if name in others]
            told = option.help if len(having) == len(commands) else f"{option.help} ({', '.join(having)})"
            needed = len(having) == len(commands) and all(others[name].required for others in of_family.values())
            found.setdefault(name, replace(option, help=told, required=needed))
    # Positional arguments stand in the order of the first family, and before all that may be left out.
    return sorted(found.values(), key=lambda option: (not option.positional, not option.required))


def _merged(importers: Sequence[Importer]) -> Sequence[Option]:
    options = {option.name: option for importer in importers for option in options_of(importer.request_type)}
    if len(importers) > 1:  # what chooses one of several is needed by that one alone
        for importer in importers:
            for name in importer.chosen_by:
                options[name] = replace(options[name], required=False)
    return tuple(options.values())


class _Screen:
    """The terminal as a command sees it."""

    def say(self, line: str) -> None:
        say(line)

    def progress(self, line: str, *, last: bool) -> None:
        if sys.stderr.isatty() and len(line) < columns_of(sys.stderr):
            print(f"\r\x1b[K{one_line(line)}", end="\n" if last else "", file=sys.stderr, flush=True)
        else:
            print(one_line(line), file=sys.stderr, flush=True)


Values = Mapping[str, Any]
Body = Callable[[typer.Context, Values], int | None]


def _runner(commands: Mapping[str, Command]) -> Body:
    def run(context: typer.Context, values: Values) -> int | None:
        if len(commands) == 1:
            ((family, command),) = commands.items()
        else:
            family, command, values = _meant(commands, context, values)
        options = options_of(command.request_type)
        read(command.request_type, values, where=lambda option: option.flag)  # said before any file is read
        _check_targets(options, values)
        files = [o.name for o in options if o.kind == "instance" and values[o.name] is not None]
        loaded = {name: _loaded(family, values[name]) for name in files}
        return command.body(read(command.request_type, {**values, **loaded}), _Screen())

    return run


def _meant(commands: Mapping[str, Command], context: typer.Context, values: Values) -> tuple[str, Command, Values]:
    """Of a command of several families that of the instance, and its own values.

    Raises :class:`InputError` for options that another family has.
    """
    options = {option.name: option for option in _common(commands)}
    given = {name: value for name, value in values.items() if _is_given(context, name)}
    for name, value in given.items():
        checked(options[name], value, options[name].flag)  # said before any file is read
    from wnpopt import api

    path = next(values[option.name] for option in options.values() if option.kind == "instance")
    kind = api.load(path).kind
    if kind not in commands:
        *others, last = commands
        raise InputError(
            f'found "{kind}"; an instance of {", ".join(others)} or {last} is needed', where="kind", file=str(path)
        )
    own = {option.name: option for option in options_of(commands[kind].request_type)}
    for name in given:
        if name not in own:
            raise InputError(f"does not go with an instance of {kind}", where=options[name].flag)
    return kind, commands[kind], {name: given.get(name, option.default) for name, option in own.items()}


def _loaded(family: str, path: Path) -> object:
    from wnpopt import api

    instance = api.load(path)
    if instance.kind != family:
        article = "an" if family[0] in "aeiou" else "a"
        raise InputError(
            f'found "{instance.kind}"; {article} {family} instance is needed', where="kind", file=str(path)
        )
    return instance


def _import(importers: Sequence[Importer]) -> Body:
    def run(context: typer.Context, values: Values) -> None:
        from wnpopt import api

        out = values["out"]
        importer = _chosen(importers, [name for name in values if _is_given(context, name)])
        own = options_of(importer.request_type)
        request = read(importer.request_type, {o.name: values[o.name] for o in own}, where=lambda option: option.flag)
        read_from = [values[o.name] for o in own if o.kind == "path" and not o.writes]
        check_target(out, *read_from)
        for option in own:
            if option.writes:
                check_target(values[option.name], out, *read_from)
        made = importer.body(request)
        imported = made if isinstance(made, Imported) else Imported(made, Facts())
        api.save(imported.instance, out)
        for path, document in imported.companions:
            api.save(document, path)
        _tell(imported, out, json=values["json"])

    return run


def _tell(imported: Imported, out: Path, *, json: bool) -> None:
    """The file's name on stdout and the rest on stderr, or all of it as one JSON object on stdout."""
    instance, told = imported.instance, imported.facts
    if json:
        head = {"out": str(out), "name": instance.name, "kind": instance.kind, "instance_hash": instance.instance_hash}
        print_json(head | told.to_data())
    else:
        print_facts(console(sys.stderr), told)
        say(str(out))
    for line in told.warnings:
        warn(line)


def _chosen(importers: Sequence[Importer], given: Sequence[str]) -> Importer:
    """The importer that the options mean; raises :class:`InputError` where they mean none, or two."""
    if len(importers) == 1:
        return importers[0]
    named = [importer for importer in importers if any(name in given for name in importer.chosen_by)]
    whole = [importer for importer in named if all(name in given for name in importer.chosen_by)]
    if not named:
        needs = ", or ".join(f"{_flags(importer, importer.chosen_by)} ({importer.makes})" for importer in importers)
        raise InputError(f"needs {needs}")
    if not whole:
        (missing,) = [name for name in named[0].chosen_by if name not in given][:1]
        others = [name for name in named[0].chosen_by if name in given]
        raise InputError(f"is needed with {_flags(named[0], others)}", where=_flags(named[0], [missing]))
    importer = whole[0]
    own = {option.name for option in options_of(importer.request_type)} | {"out", "json"}
    for name in given:
        if name not in own:
            flag = next(o.flag for other in importers for o in options_of(other.request_type) if o.name == name)
            raise InputError(f"does not go with {_flags(importer, importer.chosen_by)}", where=flag)
    return importer


def _flags(importer: Importer, names: Sequence[str]) -> str:
    flags = {option.name: option.flag for option in options_of(importer.request_type)}
    return " and ".join(flags[name] for name in names)


def _is_given(context: typer.Context, name: str) -> bool:
    source = context.get_parameter_source(name)
    return source is not None and source.name == "COMMANDLINE"


def _check_targets(options: Sequence[Option], values: Values) -> None:
    taken = [values[o.name] for o in options if o.kind in ("path", "instance") and not o.writes]
    for option in options:
        if option.writes:
            check_target(values[option.name], *taken)
            taken.append(values[option.name])


def _function(name: str, summary: str, options: Sequence[Option], body: Body) -> Callable[..., int]:
    """A function with the signature that typer reads the command's arguments from."""

    def command(**values: Any) -> int:
        context = values.pop("context")
        given = {key: tuple(value) if isinstance(value, list) else value for key, value in values.items()}
        for option in options:  # an empty list is what typer makes of an option that was not given
            if option.kind == "texts" and not given[option.name]:
                given[option.name] = option.default
        return body(context, given) or 0

    parameters = [inspect.Parameter("context", inspect.Parameter.POSITIONAL_OR_KEYWORD, annotation=typer.Context)]
    for option in options:
        default = inspect.Parameter.empty if option.required else option.default
        kind = inspect.Parameter.KEYWORD_ONLY
        parameters.append(inspect.Parameter(option.name, kind, default=default, annotation=_annotation(option)))
    command.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
    command.__annotations__ = {parameter.name: parameter.annotation for parameter in parameters}
    command.__name__ = name
    command.__doc__ = summary
    return command


def _annotation(option: Option) -> object:
    taken: Any = _TYPES.get(option.kind, str)
    if not option.required and (option.default is None or option.kind == "texts"):
        taken = taken | None
    told: dict[str, Any] = {"help": option.help}
    if option.required or option.default in (None, ()):
        told["show_default"] = option.shown or False
    elif option.shown:
        told["show_default"] = option.shown
    if option.kind in ("integer", "number"):
        told["parser"] = integer if option.kind == "integer" else real
        told["metavar"] = option.metavar or ("N" if option.kind == "integer" else "X")
    elif option.metavar or option.choices:
        told["metavar"] = option.metavar or "|".join(option.choices)
    if option.positional:
        return Annotated[taken, typer.Argument(**told)]
    flags = option.flags or (f"--{option.name.replace('_', '-')}",)
    return Annotated[taken, typer.Option(*flags, **told)]
