"""``wnpopt show``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from wnpopt.cli.arguments import InstanceFile, Json
from wnpopt.cli.facts import print_facts
from wnpopt.cli.solve import layers_of
from wnpopt.cli.terminal import console, print_json, say, styled, warn
from wnpopt.core.facts import Fact, Facts, FactTable, plain_facts
from wnpopt.core.text import number

if TYPE_CHECKING:
    from wnpopt.core.document import Instance, Solution
    from wnpopt.core.registry import AnyFamily


def show(
    instance: InstanceFile,
    solution: Annotated[
        Path | None, typer.Argument(help="JSON file of a solution: its schedule, too.", show_default=False)
    ] = None,
    layers: Annotated[
        Path | None, typer.Option(help="Map of layers (import --layers): those of each part, too.", show_default=False)
    ] = None,
    json: Json = False,
) -> int:
    """Show what an instance holds: sizes, graph, channel, chip; of a solution its schedule as a table."""
    from wnpopt import api

    loaded, family = api.load_with_data(instance)
    told = _of_instance(loaded, family)
    if layers is not None:
        told += layers_of(loaded, layers).facts()
    if solution is None:
        if json:
            print_json(told.to_data())
        else:
            _print(loaded.name, told)
        return 0
    candidate = api.load_solution(solution)
    plan, accepted = _of_solution(loaded, family, candidate, solution)
    if json:
        print_json({**told.to_data(), "solution": plan.to_data()})
    else:
        _print(loaded.name, told)
        say("")
        _print(str(solution), plan)
    return 0 if accepted else 1


def _of_instance(instance: Instance, family: AnyFamily) -> Facts:
    head = Facts(
        (
            Fact("name", instance.name),
            Fact("kind", instance.kind, f"{instance.kind}: {family.title}"),
            Fact("source", instance.source),
            Fact("instance_hash", instance.instance_hash),
        )
    )
    if family.shown is None:
        return head + plain_facts(instance, ("name", "kind", "source", "schema_version"))
    return head + family.shown(instance, None)


def _of_solution(instance: Instance, family: AnyFamily, solution: Solution, file: Path) -> tuple[Facts, bool]:
    """What the solution is worth and when what happens, or which rules it breaks; and whether it is accepted."""
    from wnpopt import api
    from wnpopt.core.errors import InputError

    try:
        certificate = api.verify(instance, solution)
    except InputError as error:
        raise error.in_file(str(file)) from None
    value, unit = certificate.objective, family.unit_of(instance)
    head = Facts(
        (
            Fact("accepted", certificate.accepted),
            Fact("objective", value, f"{number(value, 15)} {unit}".rstrip()),
        )
    )
    if not certificate.accepted:
        broken = tuple((v.rule, v.where, v.amount) for v in certificate.violations)
        told = (f"the solution is for the instance {solution.instance}",) if solution.instance != instance.name else ()
        return head + Facts((), (FactTable("violations", ("rule", "where", "amount"), broken),), told), False
    if family.shown is not None:
        return head + family.shown(instance, solution), True
    return head + _drawn(instance, family, solution), True


def _drawn(instance: Instance, family: AnyFamily, solution: Solution) -> Facts:
    """The schedule of a family that has no table of its own: the bars of its Gantt chart."""
    if family.gantt is None:
        return plain_facts(solution, ("kind", "instance"))
    from wnpopt.core.lazy import resolve

    chart = resolve(family.gantt)(instance, solution)  # type: ignore[operator]
    rows = [(chart.lanes[bar.lane].name, bar.label, bar.start, bar.end) for bar in chart.bars]
    rows.sort(key=lambda row: (row[2], row[3]))
    lane = chart.lane_title.replace(" ", "_") or "lane"
    unit = chart.unit or "time"
    table = FactTable("schedule", (lane, "label", f"start_{unit}", f"end_{unit}"), tuple(rows))
    return Facts((), (table,))


def _print(title: str, told: Facts) -> None:
    out = console()
    out.print(styled(title, "bold"), soft_wrap=True)
    print_facts(out, told)
    for line in told.warnings:
        warn(line)
