"""The families and methods that are installed: wnpopt's own and other packages', found in the same way.

A family is an entry point of the group ``wnpopt.families`` that resolves to a :class:`Family`; a method is listed in
its family, or is an entry point of the group ``wnpopt.methods`` that resolves to a :class:`Method`. The name of
such an entry point is ``family.method``.
"""

from __future__ import annotations

from functools import cache
from importlib import import_module
from importlib.metadata import EntryPoint, entry_points
from typing import Any

from wnpopt.core.errors import InputError, SolverError
from wnpopt.core.family import Family
from wnpopt.core.method import Method

# The registry holds families of every instance type alike; their own modules keep them typed.
AnyFamily = Family[Any, Any]
AnyMethod = Method[Any, Any]


def resolve(reference: str) -> object:
    """The object that ``package.module:NAME`` names."""
    module, _, name = reference.partition(":")
    found: object = getattr(import_module(module), name)
    return found


@cache
def _entry_points(group: str) -> tuple[EntryPoint, ...]:
    unique = {(point.name, point.value): point for point in entry_points(group=group)}
    return tuple(unique[key] for key in sorted(unique))


def family_names() -> tuple[str, ...]:
    """The names of all families, sorted; nothing is imported."""
    return tuple(dict.fromkeys(point.name for point in _entry_points("wnpopt.families")))


@cache
def family(name: str) -> AnyFamily:
    """The family called ``name``; raises :class:`InputError` naming those that exist."""
    for point in _entry_points("wnpopt.families"):
        if point.name == name:
            found = point.load()
            if not isinstance(found, Family) or found.name != name:
                raise SolverError(f"entry point {point.value} is no family called {name}")
            return found
    raise InputError(f"found {name!r}; the families are {', '.join(family_names())}", where="family")


@cache
def methods(family_name: str) -> dict[str, AnyMethod]:
    """The methods of a family by name, in the order in which the family lists them, then other packages'."""
    known: dict[str, AnyMethod] = {}
    loaded = [resolve(reference) for reference in family(family_name).methods]
    loaded += [point.load() for point in _entry_points("wnpopt.methods") if point.name.partition(".")[0] == family_name]
    for found in loaded:
        if not isinstance(found, Method) or found.family != family_name:
            raise SolverError(f"{found!r} is no method of the family {family_name}")
        if found.name in known:
            raise SolverError(f"two methods of the family {family_name} are called {found.name}")
        known[found.name] = found
    return known


def method(family_name: str, name: str) -> AnyMethod:
    """The method ``name`` of a family; raises :class:`InputError` naming those that exist."""
    known = methods(family_name)
    if name not in known:
        raise InputError(f"found {name!r}; the methods of {family_name} are {', '.join(known)}", where="method")
    return known[name]


def family_of(kind: str) -> AnyFamily | None:
    """The family whose instances or solutions have this ``kind``; None if there is none."""
    name = kind.removesuffix("-solution")
    return family(name) if name in family_names() else None


def forget() -> None:
    """Look the entry points up again (after a package was installed, and in tests)."""
    for cached in (_entry_points, family, methods):
        cached.cache_clear()
