"""Changes of JSON data, for tests that break one thing at a time."""

from __future__ import annotations

from collections.abc import Callable

Data = dict[str, object]
Change = Callable[[Data], None]


def put(*path: object, value: object) -> Change:
    """Set the entry at ``path`` to ``value``."""

    def change(data: Data) -> None:
        _parent(data, path)[path[-1]] = value  # type: ignore[index]

    return change


def drop(*path: object) -> Change:
    """Remove the entry at ``path``."""

    def change(data: Data) -> None:
        del _parent(data, path)[path[-1]]  # type: ignore[attr-defined]

    return change


def append(field: str, value: object) -> Change:
    """Add ``value`` at the end of the list ``field``."""

    def change(data: Data) -> None:
        data[field].append(value)  # type: ignore[attr-defined]

    return change


def _parent(data: object, path: tuple[object, ...]) -> object:
    for step in path[:-1]:
        data = data[step]  # type: ignore[index]
    return data
