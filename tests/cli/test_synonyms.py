"""An option by the name that it has elsewhere is refused with the name that it has here, in every command."""

from __future__ import annotations

from typing import Any, cast

import pytest
from typer.main import get_command

from tests.cli.conftest import Run
from wnpopt.cli.main import _app, _functions

ALIASES = {
    "--out": ("-o", "--output", "--out"),
    "--time-limit": ("--timeout", "--time-limit", "--time_limit"),
    "--seed": ("--seed", "--seeds"),
    "--seeds": ("--seed", "--seeds"),
}


def options_of(words: list[str]) -> list[str]:
    """Every name of an option of a command."""
    found = cast(Any, get_command(_app(words)))
    for word in words:
        found = getattr(found, "commands", {word: found})[word]
    return [name for parameter in found.params for name in parameter.opts if name.startswith("-")]


def test_every_command_points_at_its_own_name(cli: Run) -> None:
    pointed = set()
    for name in _functions():
        words = name.split() if name.startswith("import ") else [name]
        known = options_of(words)
        for right, aliases in ALIASES.items():
            for alias in aliases if right in known else ():
                if alias not in known:
                    code, out, err = cli(*words, "wnp" if name == "generate" else "x", alias, "1")
                    assert (code, out) == (2, ""), (words, alias)
                    assert f'"{right}"' in err.partition("; did you mean ")[2], (words, alias)
                    assert err.count("\n") == 1
                    pointed.add((name, alias))
    assert {("solve", "-o"), ("batch", "--seed"), ("solve", "--timeout"), ("report", "--output")} <= pointed
    assert {("import stg", "--output"), ("pareto", "--output"), ("table", "--output")} <= pointed


@pytest.mark.parametrize(
    ("given", "right"), [("-o", "--out"), ("--output=x", "--out"), ("--seeds", "--seed"), ("--core", "--cores")]
)
def test_generate_does_too(given: str, right: str, cli: Run) -> None:
    code, out, err = cli("generate", "wnp", given, "1")
    assert (code, out) == (2, "")
    assert f'did you mean "{right}"?' in err


def test_nothing_is_pointed_at_where_there_is_nothing(cli: Run) -> None:
    code, out, err = cli("verify", "x", "y", "-o", "z")
    assert (code, out, err) == (2, "", "wnpopt: No such option: -o\n")
