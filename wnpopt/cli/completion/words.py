"""What can stand on the command line: commands, their options, and the values of these."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Annotated, Literal, get_args, get_origin, get_type_hints

from typer.models import ArgumentInfo, OptionInfo

from wnpopt.cli.summary import summary_of
from wnpopt.core import registry

Kind = Literal["flag", "file", "words", "list", "other"]
"""An option without a value; a file; one of some words; several of them with commas; anything else."""

_WORD = re.compile(r"[a-z0-9][a-z0-9.-]*\Z")
_FILES = ("sources", "robust", "log")
_SEVERAL = ("methods", "seeds", "rerun", "formats")


@dataclass(frozen=True)
class Value:
    """What an option or an argument takes."""

    kind: Kind
    words: tuple[str, ...] = ()


@dataclass(frozen=True)
class CompletedOption:
    """An option with all its spellings."""

    flags: tuple[str, ...]
    help: str
    value: Value


@dataclass(frozen=True)
class CompletedCommand:
    """A command, by its words (``import onnx``); ``arguments`` is what stands where no option does."""

    words: tuple[str, ...]
    help: str
    options: tuple[CompletedOption, ...]
    arguments: Value


@dataclass(frozen=True)
class _Known:
    """The words that stand for something."""

    methods: tuple[str, ...]
    families: tuple[str, ...]
    suites: tuple[str, ...]
    solvers: tuple[str, ...]
    formulations: tuple[str, ...]
    kinds: tuple[str, ...]

    @classmethod
    def read(cls) -> _Known:
        from wnpopt.backends.solvers.catalogue import SOLVERS

        families = [registry.family(name) for name in registry.family_names()]

        def every(*names: Sequence[str]) -> tuple[str, ...]:
            return tuple(dict.fromkeys(name for several in names for name in several))

        return cls(
            every(*(tuple(registry.methods(family.name)) for family in families)),
            tuple(family.name for family in families),
            every(*(tuple(family.suites) for family in families)),
            tuple(SOLVERS),
            every(*(tuple(family.formulations) for family in families)),
            every(*((family.name, f"{family.name}-solution", *family.documents) for family in families)),
        )

    def value(self, command: str, name: str) -> Value | None:
        """What a parameter of this name takes; None where the name says nothing."""
        if command == "generate" and name == "family":
            return Value("words", self.families)
        if command == "schema":
            return Value("words", self.kinds)
        if command == "bench" and name == "what":
            return Value("words", self.suites)
        words = {
            "method": self.methods,
            "against": self.methods,
            "methods": self.methods,
            "warm_start": (*self.methods, "none"),
            "solver": self.solvers,
            "formulation": self.formulations,
            "preset": ("quick", "full"),
        }
        return Value("list" if name in _SEVERAL else "words", words[name]) if name in words else None


def commands_of(functions: Mapping[str, Callable[..., object]]) -> tuple[CompletedCommand, ...]:
    """All commands; ``functions`` are those that typer makes them of, by the words of each command."""
    known = _Known.read()
    made = [_command(tuple(words.split()), function, known) for words, function in functions.items()]
    generated = [_generated(command, known) if command.words == ("generate",) else command for command in made]
    return tuple(sorted(generated, key=lambda command: command.words))


def _command(words: tuple[str, ...], function: Callable[..., object], known: _Known) -> CompletedCommand:
    options, arguments = [], Value("other")
    for name, hint in get_type_hints(function, include_extras=True).items():
        kind, told = _told(hint)
        if told is None:
            continue
        value = _value(words[-1], name, kind, told, known)
        if isinstance(told, ArgumentInfo):
            arguments = arguments if arguments.kind == "words" else value
        elif not told.hidden:
            flags = tuple(part for flag in told.param_decls or () for part in flag.split("/") if part.startswith("-"))
            options.append(
                CompletedOption(flags or (f"--{name.replace('_', '-')}",), _one_line(told.help or ""), value)
            )
    options.append(CompletedOption(("-h", "--help"), "Show this message and exit.", Value("flag")))
    return CompletedCommand(words, summary_of(function) or "", tuple(options), arguments)


def _told(hint: object) -> tuple[object, ArgumentInfo | OptionInfo | None]:
    """The type and what typer is told of it; None for what is no parameter of the command line."""
    if get_origin(hint) is not Annotated:
        return hint, None
    kind, *rest = get_args(hint)
    return kind, next((part for part in rest if isinstance(part, ArgumentInfo | OptionInfo)), None)


def _generated(command: CompletedCommand, known: _Known) -> CompletedCommand:
    """``generate``, whose options are those of the family."""
    flags = {flag for option in command.options for flag in option.flags}
    more = []
    for name in known.families:
        for option in registry.family(name).generator_options:
            if option.flag not in flags:
                flags.add(option.flag)
                value = Value("words", option.choices) if option.choices else Value("other")
                more.append(CompletedOption((option.flag,), _one_line(option.help), value))
    return replace(command, options=(*command.options, *more), arguments=Value("words", known.families))


def _value(command: str, name: str, kind: object, told: ArgumentInfo | OptionInfo, known: _Known) -> Value:
    kinds = (kind, *get_args(kind))
    if bool in kinds:
        return Value("flag")
    named = known.value(command, name)
    if named is not None:
        return named
    metavar = told.metavar if isinstance(told.metavar, str) else ""
    choices = tuple(_alternatives(metavar))
    if choices:
        return Value("list" if name in _SEVERAL else "words", choices)
    is_file = Path in kinds or name in _FILES
    return Value("file" if is_file else "other")


def _alternatives(metavar: str) -> Iterator[str]:
    """The words of ``a|b|X``; nothing of what is no such list."""
    parts = metavar.strip("[]").split("|")
    if len(parts) > 1:
        yield from (part for part in parts if _WORD.match(part))


def _one_line(text: str) -> str:
    return " ".join(text.split())
