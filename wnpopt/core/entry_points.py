"""Entry points of other packages: read one by one, so that a broken one costs only itself and is named."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from importlib.metadata import EntryPoint, distributions
from typing import TypeVar

from wnpopt.core.errors import describe, one_line

T = TypeVar("T")

_TOLD = 300  # of an error that somebody else's code raised this much is told


@dataclass(frozen=True)
class Fault:
    """An entry point that cannot be used, whose it is, and why.

    ``distribution`` is name and version of the package that registered it, as they are printed. ``name`` and ``value``
    are empty where a package's list of entry points cannot be read at all.
    """

    group: str
    name: str
    value: str
    distribution: str
    error: str

    def __str__(self) -> str:
        if not self.name:
            return one_line(f"the entry points of {self.distribution} cannot be read: {self.error}")
        what = f"the entry point {self.name} = {self.value} of {self.distribution}"
        return one_line(f"{what} ({self.group}) is passed over: {self.error}")


class UnusableError(Exception):
    """What an entry point gave is not what its group asks for; the message says what it is."""


@dataclass(frozen=True)
class Listing:
    """The entry points of a group, sorted by name and value, and the packages whose list cannot be read."""

    points: tuple[EntryPoint, ...]
    faults: tuple[Fault, ...]


def read(group: str, select: Callable[..., Iterable[EntryPoint]]) -> Listing:
    """The entry points of ``group`` by ``select``, which is importlib's ``entry_points``; nothing is imported."""
    faults: list[Fault] = []
    try:
        found = list(select(group=group))
    except Exception:
        # One unreadable list spoils the whole answer: ask every package by itself.
        found, faults = _one_by_one(group)
    unique = {(point.name, point.value): point for point in found}
    return Listing(tuple(unique[key] for key in sorted(unique)), tuple(faults))


def _one_by_one(group: str) -> tuple[list[EntryPoint], list[Fault]]:
    found: list[EntryPoint] = []
    faults: list[Fault] = []
    seen: set[str] = set()
    for package in distributions():
        try:
            name = package.metadata["Name"] or str(getattr(package, "_path", "?"))
            if name in seen:
                continue  # shadowed by one that comes earlier in sys.path
            seen.add(name)
            found += [point for point in package.entry_points if point.group == group]
        except Exception as error:
            faults.append(Fault(group, "", "", _called(package), describe(error, _TOLD, place=False)))
    return found, faults


def attempt(get: Callable[[], T]) -> T | str:
    """What ``get`` returns, or in one line what it raised: whatever somebody else's module does on import.

    :class:`UnusableError` is told by its own words.
    """
    try:
        return get()
    except UnusableError as error:
        return one_line(str(error))
    except (Exception, SystemExit) as error:
        return describe(error, _TOLD, place=False)


def fault_of(point: EntryPoint, error: str) -> Fault:
    """The fault of ``point``."""
    return Fault(point.group, point.name, point.value, _called(point.dist), error)


def distribution_of(point: EntryPoint) -> tuple[str, str] | None:
    """Name and version of the package that registered ``point``; None where they are not known."""
    try:
        name, version = point.dist.metadata["Name"], point.dist.version  # type: ignore[union-attr]
    except Exception:
        return None
    return (str(name), str(version)) if name and version else None


def _called(package: object) -> str:
    try:
        name, version = package.metadata["Name"], package.metadata["Version"]  # type: ignore[attr-defined]
    except Exception:
        name = version = None
    if not name:
        return f"the package at {path}" if (path := getattr(package, "_path", None)) else "an unknown package"
    return f"{name} {version}" if version else str(name)
