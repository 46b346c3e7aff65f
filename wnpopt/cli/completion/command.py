"""``wnpopt completion``."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from importlib import import_module
from typing import Annotated

import typer

from wnpopt.core.errors import InputError

SHELLS = ("bash", "zsh", "fish")


def make(functions: Callable[[], Mapping[str, Callable[..., object]]]) -> Callable[..., int]:
    """The command; ``functions`` gives what typer makes the commands of, by the commands' words."""

    def completion(
        shell: Annotated[str, typer.Argument(metavar="|".join(SHELLS), help="The shell.", show_default=False)],
    ) -> int:
        """Print a script that completes commands, options, methods, suites, families and files in a shell."""
        if shell not in SHELLS:
            raise InputError(f"found {shell!r}; one of {', '.join(SHELLS)} is needed", where="SHELL")
        from wnpopt.cli.completion.words import commands_of

        sys.stdout.write(import_module(f"wnpopt.cli.completion.{shell}").script(commands_of(functions())))
        return 0

    return completion
