"""Where a value stands in a document: paths as texts, and other values at these paths."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from pydantic import BaseModel

from wnpopt.core.errors import InputError
from wnpopt.core.explain import format_path, found
from wnpopt.core.near import near
from wnpopt.core.plain import plain

Place = tuple[str | int, ...]
"""Where a value is: ``("users", 3, "deadline_s")``."""

EVERY = "*"
"""Stands for every entry of a list in a path."""

_STEP = re.compile(r"\[(\d{1,9}|\*)\]|\.?([^.\[\]]+)")


def parse(path: str) -> Place:
    """The steps of ``users[3].deadline_s``; ``users.3.deadline_s`` is the same, and ``*`` every entry of a list.

    Raises :class:`InputError` for a text that is no path.
    """
    steps: list[str | int] = []
    at = 0
    while at < len(path):
        step = _STEP.match(path, at)
        if step is None or (at == 0 and path[0] in ".["):
            break
        index, name = step.groups()
        word = index or name
        steps.append(int(word) if word.isascii() and word.isdigit() and len(word) < 10 else word)
        at = step.end()
    if not steps or at < len(path):
        raise InputError("is no path; one as in users[3].deadline_s is needed", where=path)
    return tuple(steps)


def values_at(document: object, path: str) -> list[tuple[Place, Any]]:
    """Every place that ``path`` means below ``document``, with what is there; nothing is below None."""
    reached: list[tuple[Place, Any]] = [((), document)]
    for step in parse(path):
        reached = [
            ((*place, key), _below(node, key))
            for place, node in reached
            if node is not None
            for key in (range(len(node)) if step == EVERY else (step,))
        ]
    return reached


def _below(node: Any, key: str | int) -> Any:
    return node[key] if isinstance(key, int) else getattr(node, key)


def changed(document: BaseModel, data: Any, changes: Mapping[Place, object]) -> Any:
    """``data``, which ``document`` has as JSON, with other values at these places, one after the other.

    A value may be what :func:`wnpopt.core.plain.plain` takes; a step :data:`EVERY` stands for all entries of a list.
    ``data`` itself is changed. Raises :class:`InputError` where there is no such place.
    """
    for place, value in changes.items():
        new = plain(value)
        if not place:
            data = new
            continue
        for node, key in _targets(data, document, place):
            node[key] = new
    return data


def _targets(data: Any, document: BaseModel, place: Place) -> Iterator[tuple[Any, str | int]]:
    """The lists and objects of ``data`` that hold what is at ``place``, with the key."""
    nodes: list[tuple[Any, object, Place]] = [(data, document, ())]
    for step in place[:-1]:
        nodes = [(_open(node, part, key, (*at, key)), _part(part, key), (*at, key))
                 for node, part, at in nodes for key in _keys(node, step, at)]  # fmt: skip
    for node, part, at in nodes:
        for key in _keys(node, place[-1], at):
            if isinstance(node, dict):
                _known(node, part, str(key), (*at, key))
            yield node, key


def _keys(node: Any, step: str | int, at: Place) -> list[str | int]:
    where = format_path(at)
    if isinstance(node, list):
        if step == EVERY:
            return list(range(len(node)))
        if not isinstance(step, int):
            raise InputError(f"is a list; an index as in {where}[0], or [*] for all, is needed", where=where)
        if step >= len(node):
            entries = "no entry" if not node else f"{len(node)} entries, [0] to [{len(node) - 1}]"
            raise InputError(f"there is none; the list has {entries}", where=f"{where}[{step}]")
        return [step]
    if not isinstance(node, dict):
        raise InputError(f"found {found(node)}; nothing is below it", where=where)
    if step == EVERY:
        return list(node)
    return [str(step)]


def _open(node: Any, part: object, key: str | int, at: Place) -> Any:
    """What is at ``key``; a part that has its default and is left out of files is written out first."""
    if isinstance(node, dict) and key not in node:
        _known(node, part, str(key), at)
        node[key] = plain(_part(part, key))
    return node[key]


def _part(part: object, key: str | int) -> object:
    """The document, list or value at ``key`` of a part of a document, None where there is none."""
    if isinstance(part, BaseModel):
        fields = type(part).model_fields
        return next((getattr(part, name) for name, field in fields.items() if key in (name, field.alias)), None)
    if isinstance(part, Mapping):
        return part.get(key)
    return part[key] if isinstance(part, tuple) and isinstance(key, int) and key < len(part) else None


def _known(node: dict[str, Any], part: object, key: str, at: Place) -> None:
    """Raise :class:`InputError` for a field that a document does not have; a new key of a free object is fine."""
    if key in node or not isinstance(part, BaseModel):
        return
    names = [field.alias or name for name, field in type(part).model_fields.items()]
    if key not in names:
        raise InputError(
            f"unknown field; the fields here are {', '.join(names)}{near(key, names)}", where=format_path(at)
        )
