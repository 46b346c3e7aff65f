"""One class a name, one noun a file."""

from __future__ import annotations

import ast
from collections import defaultdict

from tests.architecture.sources import MODULES

EVERY_FAMILYS = {"Problem", "Shape"}
"""What every family has, under one name: its compiled form and the options of its generator."""

DOCUMENTS = {"Chip", "Core", "Cost", "Edge", "Link", "Operator", "Window"}
"""Parts of a family's documents, whose names are those of the JSON Schema, beside what the domain calls so."""

MOST_LINES = 560


def test_no_public_class_name_stands_twice() -> None:
    homes: dict[str, list[str]] = defaultdict(list)
    for module in MODULES:
        for node in ast.walk(module.tree):
            if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
                homes[node.name].append(module.name)
    twice = {name: places for name, places in homes.items() if len(places) > 1}
    assert not {name: places for name, places in twice.items() if name not in EVERY_FAMILYS | DOCUMENTS}
    assert not (EVERY_FAMILYS | DOCUMENTS) - set(twice), "these stand once; take them off the list"
    for name, places in twice.items():
        assert len({_room(place) for place in places}) == len(places), f"{name} stands twice in one room: {places}"


def _room(module: str) -> tuple[str, ...]:
    """The domain, a family, or another room of the package."""
    parts = module.split(".")
    return tuple(parts[1:3] if parts[1] == "problems" else parts[1:2])


def test_modules_stay_short() -> None:
    """A few hundred lines: longer ones hold more than one noun."""
    lengths = {module.name: len(module.path.read_text(encoding="utf-8").splitlines()) for module in MODULES}
    assert not {name: lines for name, lines in lengths.items() if lines > MOST_LINES}
