"""No two files need each other, not even through others or in functions."""

from __future__ import annotations

from collections.abc import Mapping

from tests.architecture.sources import MODULES, targets


def circles(graph: Mapping[str, set[str]]) -> set[frozenset[str]]:
    """The sets of nodes that reach one another, as far as they have more than one."""
    reach = {node: _reached(graph, node) for node in graph}
    together = {frozenset(other for other in reach[node] if node in reach[other]) for node in graph}
    return {group for group in together if len(group) > 1}


def _reached(graph: Mapping[str, set[str]], node: str) -> set[str]:
    seen: set[str] = set()
    left = [node]
    while left:
        for other in graph[left.pop()] - seen:
            seen.add(other)
            left.append(other)
    return seen


def _told(group: frozenset[str], graph: Mapping[str, set[str]]) -> list[str]:
    return [f"{name} -> {', '.join(sorted(graph[name] & group))}" for name in sorted(group)]


def test_circles_are_seen() -> None:
    graph = {"a": {"b"}, "b": {"c"}, "c": {"b", "d"}, "d": {"e"}, "e": {"f"}, "f": {"d", "a1"}, "a1": set[str]()}
    assert circles(graph) == {frozenset("bc"), frozenset("def")}


def test_there_are_no_circles() -> None:
    graph = {module.name: targets(module) for module in MODULES}
    assert not [_told(group, graph) for group in sorted(circles(graph), key=sorted)]
