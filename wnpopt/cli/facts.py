"""Facts and tables as people read them: a line a fact, then the tables; nothing is cut."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wnpopt.cli.tables import Heading, draw
from wnpopt.cli.terminal import styled
from wnpopt.core.facts import Facts, FactTable, in_words
from wnpopt.core.text import one_line

if TYPE_CHECKING:
    from rich.console import Console


def print_facts(out: Console, told: Facts) -> None:
    """Print facts and tables to ``out``; warnings are the caller's."""
    width = max((len(one_line(fact.label)) for fact in told.facts), default=0)
    for fact in told.facts:
        out.print(styled(f"{one_line(fact.label):<{width}}  {fact.text}"), soft_wrap=True)
    if told.tables:
        out.print()
    for table in told.tables:
        _print_table(out, table)


def _print_table(out: Console, table: FactTable) -> None:
    out.print(styled(table.key.replace("_", " "), "bold"), soft_wrap=True)
    headings = [
        Heading(title.replace("_", " "), "number" if all(_is_number(row[place]) for row in table.rows) else "name")
        for place, title in enumerate(table.columns)
    ]
    draw(out, headings, [[in_words(value) for value in row] for row in table.rows])


def _is_number(value: object) -> bool:
    return value is None or (isinstance(value, int | float) and not isinstance(value, bool))
