"""What is told of a document, a network or an import: facts and tables, for people and as JSON alike."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from wnpopt.core.text import number

if TYPE_CHECKING:  # the command line's help shall not wait for pydantic
    from pydantic import BaseModel

Value = Any
"""A value of JSON: null, true, a number, a text, a list or an object of these."""


_UNITS = ("_bytes_per_s", "_ticks", "_bits", "_hz", "_s", "_j")


@dataclass(frozen=True, slots=True)
class Fact:
    """A value under its name in JSON; ``shown`` is how people read it, where the value alone does not say it well."""

    key: str
    value: Value
    shown: str = ""

    @property
    def label(self) -> str:
        """The name as people read it, without the unit where ``shown`` has one."""
        name = self.key
        if self.shown:
            name = next((name.removesuffix(unit) for unit in _UNITS if name.endswith(unit)), name)
        return name.replace("_", " ")

    @property
    def text(self) -> str:
        """The value as people read it."""
        return self.shown or in_words(self.value)


@dataclass(frozen=True, slots=True)
class FactTable:
    """Rows with a value under each of the ``columns``, which are names in JSON."""

    key: str
    columns: tuple[str, ...]
    rows: tuple[tuple[Value, ...], ...]

    def to_data(self) -> list[dict[str, Value]]:
        """A list with one object a row."""
        return [dict(zip(self.columns, row, strict=True)) for row in self.rows]


@dataclass(frozen=True, slots=True)
class Facts:
    """Facts, tables below them, and warnings: what the reader had better know."""

    facts: tuple[Fact, ...] = ()
    tables: tuple[FactTable, ...] = ()
    warnings: tuple[str, ...] = ()

    def to_data(self) -> dict[str, Value]:
        """One object: the facts, the tables as lists, the warnings where there are some."""
        data = {fact.key: fact.value for fact in self.facts} | {table.key: table.to_data() for table in self.tables}
        return data | ({"warnings": list(self.warnings)} if self.warnings else {})

    def __add__(self, other: Facts) -> Facts:
        return Facts(self.facts + other.facts, self.tables + other.tables, self.warnings + other.warnings)


def in_words(value: Value) -> str:
    """A value of JSON as people read it; a dash for null."""
    if value is None:
        return "-"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int | float):
        return number(value)
    if isinstance(value, Mapping):
        return ", ".join(f"{key} {in_words(entry)}" for key, entry in value.items()) or "-"
    if isinstance(value, list | tuple):
        return ", ".join(map(in_words, value)) or "-"
    return str(value)


def counted(count: int, one: str, several: str = "") -> str:
    """``count`` with the noun: 1 slot, 2 slots."""
    return f"{number(count)} {one if count == 1 else several or one + 's'}"


def spread(values: Iterable[float], scale: float = 1.0, unit: str = "") -> str:
    """From the least to the greatest of ``values`` times ``scale``, once where they are equal; a dash for none."""
    known = [value * scale for value in values]
    if not known:
        return "-"
    low, high = number(min(known)), number(max(known))
    return (low if low == high else f"{low} to {high}") + (f" {unit}" if unit else "")


def plain_facts(document: BaseModel, besides: Sequence[str] = (), prefix: str = "") -> Facts:
    """What the fields of any document hold, ``besides`` those of these names: values, and the lengths of lists.

    A list of documents is a table of what these hold. Fields that have their default are left out.
    """
    from pydantic import BaseModel

    facts: list[Fact] = []
    tables: list[FactTable] = []
    for name, field in type(document).model_fields.items():
        key, value = f"{prefix}{field.alias or name}", getattr(document, name)
        if name in besides or (not field.is_required() and value == field.default):
            continue
        if isinstance(value, BaseModel):
            facts += plain_facts(value, prefix=f"{key}.").facts
        elif isinstance(value, tuple | list | dict):
            facts.append(Fact(key, len(value)))
            if isinstance(value, tuple) and value and isinstance(value[0], BaseModel):
                columns, rows = further(value, ())
                tables.append(FactTable(f"{key}_list", columns, tuple(rows)))
        else:
            facts.append(Fact(key, value))
    return Facts(tuple(facts), tuple(tables))


def further(documents: Sequence[BaseModel], besides: Sequence[str]) -> tuple[tuple[str, ...], list[tuple[Value, ...]]]:
    """Columns, and rows, of the scalar fields ``besides`` these that are not at their default in all ``documents``."""
    if not documents:
        return (), []
    names = [name for name, _ in _scalars(documents[0]) if name not in besides]
    fields = type(documents[0]).model_fields
    told = [name for name in names if any(getattr(entry, name) != fields[name].default for entry in documents)]
    columns = tuple(fields[name].alias or name for name in told)
    return columns, [tuple(getattr(entry, name) for name in told) for entry in documents]


def _scalars(document: BaseModel) -> Iterator[tuple[str, Any]]:
    from pydantic import BaseModel

    for name in type(document).model_fields:
        value = getattr(document, name)
        if not isinstance(value, BaseModel | tuple | list | dict):
            yield name, value
