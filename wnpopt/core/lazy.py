"""Objects that are named by where they are, and imported when they are first needed."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from importlib import import_module
from typing import Any


def resolve(reference: str) -> object:
    """The object that ``package.module:NAME`` names."""
    module, _, name = reference.partition(":")
    named: object = getattr(import_module(module), name)
    return named


class Lazy:
    """Stands for what ``make`` returns until that is asked for."""

    __slots__ = ("make",)

    def __init__(self, make: Callable[[], object]) -> None:
        self.make = make


def refer(reference: str) -> Any:
    """Stands for the object that ``package.module:NAME`` names, in a description that resolves it (:class:`Family`)."""
    return Lazy(lambda: resolve(reference))


def later(make: Callable[[], object]) -> Any:
    """Stands for what ``make`` returns, in a description that asks for it (:class:`Family`)."""
    return Lazy(make)


def attributes(package: str, homes: Mapping[str, str], modules: Collection[str] = ()) -> Callable[[str], object]:
    """A module's ``__getattr__``: the names in ``homes`` are imported from the modules that these name.

    Those in ``modules`` are the modules themselves.
    """

    def find(name: str) -> object:
        if name not in homes:
            raise AttributeError(f"module {package!r} has no attribute {name!r}")
        if name in modules:
            return import_module(f"{package}.{homes[name]}")
        return resolve(f"{package}.{homes[name]}:{name}")

    return find
