"""What is mutated, and which mutants are known to change nothing: the tables of the files beside this one."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
HOME = Path(__file__).parent


@dataclass(frozen=True)
class Target:
    """A file, the functions of it that are mutated (none named: all of it), and the tests that have to kill them."""

    name: str
    file: Path
    tests: tuple[str, ...]
    only: frozenset[str] = frozenset()

    @property
    def module(self) -> str:
        """The name by which the file is imported."""
        return ".".join(self.file.relative_to(ROOT).with_suffix("").parts)


def targets() -> list[Target]:
    """Those of the files in tests/mutation."""
    listed = entries("target")
    return [Target(t["name"], ROOT / t["file"], tuple(t["tests"]), frozenset(t.get("only", ()))) for t in listed]


def entries(kind: str) -> list[Any]:
    """The tables of a kind in all files of tests/mutation."""
    files = [tomllib.loads(path.read_text()) for path in sorted(HOME.glob("*.toml"))]
    return [entry for file in files for entry in file.get(kind, ())]


def explained(target: Target) -> list[dict[str, str]]:
    """The equivalent mutants of this target that are known, each with its reason."""
    return [entry for entry in entries("equivalent") if entry["target"] == target.name]
