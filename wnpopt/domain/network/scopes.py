"""Names of groups of operators, of the scopes that exporters and authors write into operators' names."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from wnpopt.domain.network.graph import Graph

Path = tuple[str, ...]
"""Scopes, then the operator's own name."""

LONGEST = 200
"""Characters that a name may have."""


def printable(name: str, fallback: str) -> str:
    """``name`` as documents may hold it: printable, no arrow, not empty."""
    name = "".join(c for c in name if c.isprintable()).strip()
    while "->" in name:
        name = name.replace("->", "-")
    return name or fallback


def unique(names: Iterable[str], taken: Iterable[str] = ()) -> list[str]:
    """``names`` shortened to 200 characters, ``#2`` and so on after those that were there before."""
    known = set(taken)
    made = []
    for name in names:
        base, count = shortened(name, LONGEST), 1
        label = base
        while label in known:
            count += 1
            label = f"{shortened(base, LONGEST - len(str(count)) - 1)}#{count}"
        known.add(label)
        made.append(label)
    return made


def shortened(name: str, most: int) -> str:
    """``name`` in at most ``most`` characters: its middle left out."""
    if len(name) <= most:
        return name
    head = (most - 1) // 2
    return f"{name[:head]}~{name[len(name) - (most - 1 - head) :]}"


def group_names(graph: Graph, groups: Sequence[Sequence[int]]) -> list[str]:
    """A name for each of ``groups`` (operators' indices, all operators in one group each).

    The scope that the names of its operators have in common: alone where the group is all of it, else with the first
    and the last of what is in it, ``stages.2/blocks.0..blocks.3``; without a common scope the first and the last
    operator, ``conv1..relu3``. Scopes end at a slash, or at a dot where no name has a slash. Unique, printable, at most
    200 characters.
    """
    labels = [printable(operator.name, operator.op_type) for operator in graph.operators]
    mark = "/" if any("/" in label.strip("/") for label in labels) else "."
    paths = [tuple(part for part in label.split(mark) if part) or (label,) for label in labels]
    members: dict[Path, int] = {}
    for path in paths:
        for depth in range(1, len(path) + 1):
            members[path[:depth]] = members.get(path[:depth], 0) + 1
    return unique(_name([paths[v] for v in sorted(group)], members, mark) for group in groups)


def _name(paths: list[Path], members: dict[Path, int], mark: str) -> str:
    first, last = paths[0], paths[-1]
    if len(paths) == 1:
        return mark.join(first)
    depth = 0
    while all(len(path) > depth and path[depth] == first[depth] for path in paths):
        depth += 1
    scope = first[:depth]
    whole = next((length for length in range(1, depth + 1) if members[scope[:length]] == len(paths)), 0)
    if whole:
        return mark.join(scope[:whole])
    a, b = (mark.join(_end(path, depth, paths, members)) for path in (first, last))
    inner = shortened(a, 90) + ".." + shortened(b, 90) if a != b else a
    return mark.join((*scope, inner))


def _end(path: Path, depth: int, paths: list[Path], members: dict[Path, int]) -> Path:
    """What is below ``depth`` of the largest scope of ``path`` that is in the group as a whole, else all of it."""
    for length in range(depth + 1, len(path)):
        scope = path[:length]
        if members[scope] == sum(other[:length] == scope for other in paths):
            return path[depth:length]
    return path[depth:]
