"""No two files need each other, not even through others or in functions."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from tests.architecture.sources import MODULES, targets


def circles(graph: Mapping[str, set[str]]) -> set[frozenset[str]]:
    """The sets of nodes that reach one another, as far as they have more than one."""
    against: dict[str, set[str]] = {node: set() for node in graph}
    for node, others in graph.items():
        for other in others:
            against.setdefault(other, set()).add(node)
    # Kosaraju: in the reverse of the order in which nodes are left, who reaches the first of those left is with it.
    order: list[str] = []
    _walk(graph, graph, set(), order.append)
    groups: set[frozenset[str]] = set()
    seen: set[str] = set()
    for node in reversed(order):
        group: list[str] = []
        _walk(against, [node], seen, group.append)
        groups.add(frozenset(group))
    return {group for group in groups if len(group) > 1}


def _walk(graph: Mapping[str, set[str]], starts: Iterable[str], seen: set[str], leave: Callable[[str], object]) -> None:
    """Depth first from ``starts``, past what was ``seen``; ``leave`` gets each node once all after it are left."""
    for start in starts:
        if start in seen:
            continue
        seen.add(start)
        path = [(start, iter(graph.get(start, ())))]
        while path:
            node, others = path[-1]
            following = next((other for other in others if other not in seen), None)
            if following is None:
                path.pop()
                leave(node)
            else:
                seen.add(following)
                path.append((following, iter(graph.get(following, ()))))


def _told(group: frozenset[str], graph: Mapping[str, set[str]]) -> list[str]:
    return [f"{name} -> {', '.join(sorted(graph[name] & group))}" for name in sorted(group)]


def test_circles_are_seen() -> None:
    graph = {"a": {"b"}, "b": {"c"}, "c": {"b", "d"}, "d": {"e"}, "e": {"f"}, "f": {"d", "a1"}, "a1": set[str]()}
    assert circles(graph) == {frozenset("bc"), frozenset("def")}


def test_there_are_no_circles() -> None:
    graph = {module.name: targets(module) for module in MODULES}
    assert not [_told(group, graph) for group in sorted(circles(graph), key=sorted)]
