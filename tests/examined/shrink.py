"""From an instance on which something differs to a small one on which it still does."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

from tests.examined.drawn import Drawn

Data = Any


def shrunk(drawn: Drawn, differs: Callable[[Drawn], bool], most: int = 400) -> Drawn:
    """``drawn`` with as much left out, and made simple, as ``differs`` allows, after ``most`` tries at most.

    What is no valid instance any more counts as one on which nothing differs.
    """
    tries = 0
    changed = True
    while changed and tries < most:
        changed = False
        for data in _simpler(drawn.data):
            tries += 1
            candidate = replace(drawn, data=data)
            try:
                better = differs(candidate)
            except Exception:  # no instance, or one that the oracle does not take
                better = False
            if better:
                drawn, changed = candidate, True
                break
            if tries >= most:
                break
    return drawn


def _simpler(data: Data) -> Iterator[Data]:
    """Copies of ``data`` with one thing left out or made simpler, the coarsest first."""
    for path, value in _places(data):
        if isinstance(value, list) and len(value) > 1:
            for at in range(len(value) - 1, -1, -1):
                yield _without(data, path, at)
        elif isinstance(value, dict):
            for key in list(value):
                yield _without(data, path, key)
    for path, value in _places(data):
        if isinstance(value, bool) or not isinstance(value, int | float):
            continue
        simple = (0, 1, value // 2) if isinstance(value, int) else (0.0, 1.0, float(f"{value:.2g}"))
        for other in simple:
            if other != value and (abs(other) < abs(value) or len(repr(other)) < len(repr(value))):
                made = copy.deepcopy(data)
                parent = _at(made, path[:-1])
                parent[path[-1]] = other
                yield made


def _places(data: Data, path: tuple[Any, ...] = ()) -> Iterator[tuple[tuple[Any, ...], Data]]:
    yield path, data
    items = data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ()
    for key, value in items:
        yield from _places(value, (*path, key))


def _at(data: Data, path: tuple[Any, ...]) -> Data:
    for key in path:
        data = data[key]
    return data


def _without(data: Data, path: tuple[Any, ...], key: Any) -> Data:
    """A copy without an entry; edges and lists of names that spoke of it are left without it, too."""
    made = copy.deepcopy(data)
    place = _at(made, path)
    gone = place[key]
    del place[key]
    name = gone.get("name") if isinstance(gone, dict) else None
    if name is None:
        return made
    if path and path[-1] == "subgraphs":
        made["edges"] = [e for e in made["edges"] if name not in (e["from"], e["to"])]
    if path and path[-1] == "cores":
        for subgraph in made["subgraphs"]:
            del subgraph["ticks"][key]
    if path and path[-1] == "modalities":
        del made["radio"]["bits_per_slot"][key]
        for subgraph in made["subgraphs"]:
            subgraph["modality"] = None if subgraph["modality"] == name else subgraph["modality"]
    if path and path[-1] == "jobs":
        for subgraph in made["subgraphs"]:
            if subgraph.get("job") == name:
                del subgraph["job"]
    if path and path[-1] == "operators":
        for operator in made["operators"]:
            operator["inputs"] = [e for e in operator["inputs"] if e["from"] != name]
    return made
