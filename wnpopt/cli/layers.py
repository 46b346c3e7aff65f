"""``wnpopt layers``."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from wnpopt.cli.arguments import InstanceFile, Json
from wnpopt.cli.facts import print_facts
from wnpopt.cli.solve import check_target, layers_of
from wnpopt.cli.terminal import console, print_json, say
from wnpopt.core.errors import InputError
from wnpopt.core.facts import Facts

if TYPE_CHECKING:
    from wnpopt.core.facts import FactTable


def layers(
    instance: InstanceFile,
    solution: Annotated[Path, typer.Argument(help="JSON file of a solution.", show_default=False)],
    map: Annotated[
        Path | None,
        typer.Option(
            "--map",
            "--layers",  # as show, solve and run call it
            help="The map that import --layers wrote.",
            show_default="INSTANCE with .layers.json at its end",
        ),
    ] = None,
    out: Annotated[
        Path | None, typer.Option("--out", "-o", help="File for the schedule: .csv or .json.", show_default=False)
    ] = None,
    json: Json = False,
) -> int:
    """Show a solution layer by layer: what runs where and when, and what is sent."""
    from wnpopt import api

    if out is not None and out.suffix.lower() not in (".csv", ".json"):
        raise InputError(f"found {out.name or out}; a name that ends in .csv or .json is needed", where="--out")
    file = instance.with_suffix(".layers.json") if map is None else map
    check_target(out, instance, solution, file)
    loaded = api.load(instance)
    if map is None and not file.exists():
        raise InputError(f"there is no {file}; the file that import --layers wrote is needed", where="--map")
    known = layers_of(loaded, file)
    plan = api.load_solution(solution)
    try:
        events = api.layer_schedule(loaded, plan, known)
    except InputError as error:
        raise error.in_file(str(solution)) from None
    data = {
        "instance": loaded.name,
        "instance_hash": loaded.instance_hash,
        "network": known.network,
        "events": events,
    }
    table = known.schedule(loaded, plan)
    if out is not None:
        from wnpopt.core.jsonio import format_json, write_atomic

        text = _csv(table) if out.suffix.lower() == ".csv" else format_json(data) + "\n"
        write_atomic(out, text.encode())
    if json:
        print_json(data)
    elif out is not None:
        say(str(out))
    else:
        print_facts(console(), Facts((), (table,)))
    return 0


def _csv(table: FactTable) -> str:
    """A line a row under the columns' names; times to the last digit, what is not there is empty."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(table.columns)
    writer.writerows(["" if value is None else value for value in row] for row in table.rows)
    return text.getvalue()
