"""Commands and importers that a family brings along: data, of which the command line makes arguments and help."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol, cast

from wnpopt.core.lazy import resolve

if TYPE_CHECKING:
    from pathlib import Path

    from wnpopt.core.document import Document, Instance
    from wnpopt.core.facts import Facts


class Terminal(Protocol):
    """Where a command says what it does."""

    def say(self, line: str) -> None:
        """A line on stdout."""

    def progress(self, line: str, *, last: bool) -> None:
        """How far it is, on stderr; over the line before, where that is possible. ``last``: it is done."""


@dataclass(frozen=True)
class Command:
    """A command of a family.

    ``request`` and ``run`` are references (``package.module:NAME``). The first is a frozen dataclass whose fields are
    made by :mod:`wnpopt.core.options`; a field whose type is the family's instance is a file on the command line, read
    and validated. ``run(request, terminal)`` does the work and returns nothing, or an exit code; it may raise
    :class:`InputError`.
    """

    summary: str
    request: str
    run: str

    @property
    def request_type(self) -> type:
        """The dataclass of the arguments and options."""
        return cast(type, resolve(self.request))

    @property
    def body(self) -> Callable[[Any, Terminal], int | None]:
        """The function that does the work."""
        return cast("Callable[[Any, Terminal], int | None]", resolve(self.run))


@dataclass(frozen=True)
class Imported:
    """An instance that was made of a file, and what is told of the file, the making and the instance.

    ``companions`` are documents that are written beside it, each to its path.
    """

    instance: Instance
    facts: Facts
    companions: tuple[tuple[Path, Document], ...] = ()


@dataclass(frozen=True)
class Importer:
    """Makes an instance of a family from a file of some format: ``wnpopt import FORMAT FILE --out INSTANCE.json``.

    ``request`` and ``make`` are references like those of a :class:`Command`; ``make(request)`` returns the instance, or
    :class:`Imported`, which tells more of it.
    Where several families read a format, the options in ``chosen_by`` (all of them needed) say which is meant;
    ``makes`` is what comes out: "a wnp instance".
    """

    summary: str
    request: str
    make: str
    makes: str
    chosen_by: tuple[str, ...] = ()

    @property
    def request_type(self) -> type:
        """The dataclass of the arguments and options."""
        return cast(type, resolve(self.request))

    @property
    def body(self) -> Callable[[Any], Instance | Imported]:
        """The function that makes the instance."""
        return cast("Callable[[Any], Instance | Imported]", resolve(self.make))
