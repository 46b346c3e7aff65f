"""The families and methods that are installed: wnpopt's own and other packages', found in the same way.

A family is an entry point of the group ``wnpopt.families`` that resolves to a :class:`Family`; a method is listed in
its family, or is an entry point of the group ``wnpopt.methods`` that resolves to a :class:`Method`. The name of
such an entry point is ``family.method``.

Nothing is imported before it is asked for, and an entry point that cannot be used costs only itself: it is passed over
as if it were not installed, and :func:`faults` names it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import cache, partial
from importlib.metadata import EntryPoint, entry_points
from typing import Any

from wnpopt.core.entry_points import Fault, Listing, UnusableError, attempt, distribution_of, fault_of, read
from wnpopt.core.errors import InputError, SolverError
from wnpopt.core.family import Family
from wnpopt.core.lazy import resolve
from wnpopt.core.method import Method
from wnpopt.core.near import near

# The registry holds families of every instance type alike; their own modules keep them typed.
AnyFamily = Family[Any, Any]
AnyMethod = Method[Any, Any]

_FAMILIES, _METHODS = "wnpopt.families", "wnpopt.methods"


@cache
def _entry_points(group: str) -> Listing:
    return read(group, entry_points)


def _ours(point: EntryPoint) -> bool:
    """True if ``point`` leads into this package, whose names are known to be right without importing anything."""
    return point.value.startswith("wnpopt.")


@cache
def _families() -> tuple[dict[str, EntryPoint], tuple[Fault, ...]]:
    """The usable families' entry points by name, and the others' faults; only other packages' are imported."""
    points: dict[str, EntryPoint] = {}
    listing = _entry_points(_FAMILIES)
    faults = list(listing.faults)
    for point in sorted(listing.points, key=lambda point: not _ours(point)):
        if point.name in points:
            faults.append(fault_of(point, f"the family {point.name} is {points[point.name].value} already"))
            continue
        found = None if _ours(point) else attempt(partial(_load_family, point))
        if isinstance(found, str):
            faults.append(fault_of(point, found))
        else:
            points[point.name] = point
    return dict(sorted(points.items())), tuple(faults)


def _load_family(point: EntryPoint) -> AnyFamily:
    found = point.load()
    if not isinstance(found, Family):
        raise UnusableError(f"it is a {type(found).__name__}; a wnpopt.core.family.Family is needed")
    if found.name != point.name:
        raise UnusableError(f"it is a family called {found.name!r}")
    return found


def family_names() -> tuple[str, ...]:
    """The names of all families that can be used, sorted; none of wnpopt's own is imported."""
    return tuple(_families()[0])


@cache
def family(name: str) -> AnyFamily:
    """The family called ``name``; raises :class:`InputError` naming those that exist."""
    points, faults = _families()
    if name in points:
        return _load_family(points[name])
    for broken in faults:
        if broken.name == name:
            raise InputError(str(broken), where="family")
    raise InputError(
        f"found {name!r}; the families are {', '.join(family_names())}{near(name, family_names())}", where="family"
    )


class Methods(Mapping[str, AnyMethod]):
    """The methods of a family by name, in the order in which the family lists them, then other packages'.

    A method is imported when it is asked for. Other packages' are asked for when the names are listed too: those that
    cannot be used are left out, see :meth:`faults`.
    """

    def __init__(self, family: AnyFamily, point: EntryPoint) -> None:
        self._family = family
        self._point = point
        self._found: dict[str, AnyMethod | Fault] = {}
        self._others: list[Fault] = []
        self._sources: dict[str, str | EntryPoint] = {}
        self._certain: frozenset[str] = frozenset()
        if isinstance(family.methods, Mapping):
            self._sources.update(family.methods)
            self._certain = frozenset(family.methods if _ours(point) else ())
        else:
            self._resolve_all(family.methods)
        points = [p for p in _entry_points(_METHODS).points if p.name.partition(".")[0] == family.name]
        for registered in sorted(points, key=lambda p: not _ours(p)):
            self._add(registered)

    def _resolve_all(self, references: tuple[str, ...]) -> None:
        """Methods that are listed without their names: those have to be imported to be known by name."""
        for reference in references:
            found = attempt(partial(self._load, reference, None))
            if isinstance(found, str):
                self._others.append(self._listed_fault(self._family.name, reference, found))
            elif found.name in self._found:
                told = f"the family {found.family} has a method {found.name} already"
                self._others.append(self._listed_fault(self._family.name, reference, told))
            else:
                self._sources[found.name] = reference
                self._found[found.name] = found

    def _add(self, point: EntryPoint) -> None:
        name = point.name.partition(".")[2]
        taken = self._sources.get(name)
        if not name:
            self._others.append(fault_of(point, "a name of the form family.method is needed"))
        elif taken is None:
            self._sources[name] = point
        else:
            where = taken if isinstance(taken, str) else taken.value
            self._others.append(fault_of(point, f"the method {name} of {self._family.name} is {where} already"))

    def _load(self, source: str | EntryPoint, name: str | None) -> AnyMethod:
        found = resolve(source) if isinstance(source, str) else source.load()
        if not isinstance(found, Method):
            raise UnusableError(f"it is a {type(found).__name__}; a wnpopt.core.method.Method is needed")
        if found.family != self._family.name:
            raise UnusableError(f"it is a method of the family {found.family!r}")
        if not isinstance(found.name, str) or (name is not None and found.name != name):
            raise UnusableError(f"it is a method called {found.name!r}")
        if not callable(found.run):
            raise UnusableError(f"its run is a {type(found.run).__name__}; a function is needed")
        return found

    def _listed_fault(self, name: str, reference: str, told: str) -> Fault:
        return replace(fault_of(self._point, told), name=name, value=reference)

    def _find(self, name: str) -> AnyMethod | Fault | None:
        source = self._sources.get(name)
        if source is not None and name not in self._found:
            found = attempt(partial(self._load, source, name))
            if not isinstance(found, str):
                self._found[name] = found
            elif isinstance(source, str):
                self._found[name] = self._listed_fault(f"{self._family.name}.{name}", source, found)
            else:
                self._found[name] = fault_of(source, found)
        return self._found.get(name)

    def __getitem__(self, name: str) -> AnyMethod:
        found = self._find(name)
        if isinstance(found, Fault) and name in self._certain:
            raise SolverError(str(found))
        if found is None or isinstance(found, Fault):
            raise KeyError(name)
        return found

    def __contains__(self, name: object) -> bool:
        return isinstance(name, str) and (name in self._certain or isinstance(self._find(name), Method))

    def __iter__(self) -> Iterator[str]:
        return (name for name in self._sources if name in self)

    def __len__(self) -> int:
        return sum(1 for _ in self)

    def __repr__(self) -> str:
        return f"Methods({', '.join(self)})"

    def fault(self, name: str) -> Fault | None:
        """Why the method ``name`` cannot be used; None if it can, or if there is none."""
        found = self._find(name)
        return found if isinstance(found, Fault) else None

    def faults(self) -> tuple[Fault, ...]:
        """All that other packages registered for this family and that cannot be used."""
        broken = [self.fault(name) for name in self._sources if name not in self._certain]
        return (*(fault for fault in broken if fault is not None), *self._others)

    def distribution(self, name: str) -> tuple[str, str] | None:
        """Name and version of the package that registered the method ``name``; None where they are not known."""
        source = self._sources.get(name)
        if source is None:
            return None
        return distribution_of(self._point if isinstance(source, str) else source)


@cache
def methods(family_name: str) -> Methods:
    """The methods of a family by name; none is imported before it is asked for."""
    found = family(family_name)
    return Methods(found, _families()[0][family_name])


def method(family_name: str, name: str, where: str = "method") -> AnyMethod:
    """The method ``name`` of a family; raises :class:`InputError` naming those that exist, or why it cannot be used.

    ``where`` is the argument that named it.
    """
    known = methods(family_name)
    if name in known:
        return known[name]
    broken = known.fault(name)
    if broken is not None:
        raise InputError(str(broken), where=where)
    raise InputError(
        f"found {name!r}; the methods of {family_name} are {', '.join(known)}{near(name, known)}", where=where
    )


def distribution(family_name: str, name: str) -> tuple[str, str] | None:
    """Name and version of the installed package that registered a method; None where they are not known."""
    return methods(family_name).distribution(name)


def faults() -> tuple[Fault, ...]:
    """Every entry point that cannot be used, with the reason; imports all that other packages registered."""
    broken = [*_families()[1], *_entry_points(_METHODS).faults]
    for name in family_names():
        broken += methods(name).faults()
    for point in _entry_points(_METHODS).points:
        of = point.name.partition(".")[0]
        if of not in family_names():
            broken.append(fault_of(point, f"there is no family {of!r}; a name of the form family.method is needed"))
    return tuple(dict.fromkeys(broken))


def family_of(kind: str) -> AnyFamily | None:
    """The family whose instances or solutions have this ``kind``; None if there is none."""
    name = kind.removesuffix("-solution")
    return family(name) if name in family_names() else None


def forget() -> None:
    """Look the entry points up again (after a package was installed, and in tests)."""
    for cached in (_entry_points, _families, family, methods):
        cached.cache_clear()
