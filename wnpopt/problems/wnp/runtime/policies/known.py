"""Policies by name: the family's own, and entry points of other packages."""

from __future__ import annotations

from functools import cache, partial
from importlib.metadata import EntryPoint, entry_points

from wnpopt.core.entry_points import Fault, UnusableError, attempt, fault_of, read
from wnpopt.core.errors import InputError
from wnpopt.core.near import near
from wnpopt.core.text import one_line
from wnpopt.problems.wnp.runtime.policies.own import ORDER, PACS_ONLINE, RTFS, STATIC
from wnpopt.problems.wnp.runtime.policy import Policy

GROUP = "wnpopt.policies"
ORACLE = "oracle"
"""The name of planning with hindsight, which is no policy: see :mod:`wnpopt.problems.wnp.runtime.hindsight`."""

_OWN = {policy.name: policy for policy in (STATIC, ORDER, RTFS, PACS_ONLINE)}


@cache
def _others() -> tuple[dict[str, EntryPoint], tuple[Fault, ...]]:
    listing = read(GROUP, entry_points)
    points: dict[str, EntryPoint] = {}
    faults = list(listing.faults)
    for point in listing.points:
        family, _, name = point.name.partition(".")
        if family != "wnp" or not name:
            faults.append(fault_of(point, "a name of the form wnp.policy is needed"))
        elif name in _OWN or name in points or name == ORACLE:
            faults.append(fault_of(point, f"there is a policy {name} already"))
        else:
            points[name] = point
    return points, tuple(faults)


def policy_names() -> tuple[str, ...]:
    """The names of all policies, and of the oracle; nothing of another package is imported."""
    return (*_OWN, ORACLE, *_others()[0])


def policy(name: str, where: str = "policy") -> Policy:
    """The policy ``name``; raises :class:`InputError` naming those that exist, or why it cannot be used."""
    if name in _OWN:
        return _OWN[name]
    points, faults = _others()
    if name in points:
        made = attempt(partial(_load, points[name], name))
        if isinstance(made, Policy):
            return made
        raise InputError(str(fault_of(points[name], made)), where=where)
    broken = next((fault for fault in faults if fault.name in (name, f"wnp.{name}")), None)
    if broken is not None:
        raise InputError(str(broken), where=where)
    names = policy_names()
    raise InputError(f"found {one_line(name)!r}; the policies are {', '.join(names)}{near(name, names)}", where=where)


def _load(point: EntryPoint, name: str) -> Policy:
    made = point.load()
    if not isinstance(made, Policy):
        raise UnusableError(f"it is a {type(made).__name__}; a wnpopt.problems.wnp.runtime.policy.Policy is needed")
    if made.name != name:
        raise UnusableError(f"it is a policy called {made.name!r}")
    return made


def forget() -> None:
    """Look the entry points up again (after a package was installed, and in tests)."""
    _others.cache_clear()
