"""Versions of solver libraries that are known to be wrong, as data: which, why, and who says so."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

Version = tuple[int, ...]


@dataclass(frozen=True)
class BadVersion:
    """The versions of ``library`` from ``first`` up to, not including, ``before`` (None: no end is known).

    ``guarded`` ones may be used: what they are wrong in is refused.
    """

    library: str
    first: Version
    before: Version | None
    reason: str
    source: str
    guarded: bool = False

    def has(self, version: str) -> bool:
        """True if ``version`` is one of them."""
        number = parsed(version)
        return bool(number) and self.first <= number and (self.before is None or number < self.before)


KNOWN_BAD = (
    BadVersion(
        "highspy",
        (0,),
        (1, 15),
        "calls wrong answers optimal and feasible models infeasible: 48 of 3,000 random models by 1.12, 57 by 1.14",
        "scripts/measure_highs.py",
    ),
    BadVersion("highspy", (1, 15), (1, 16), "cannot be loaded in one process with OR-Tools", "or-tools issue 5246"),
    BadVersion(
        "highspy",
        (1, 17),
        None,
        "has not been measured: scripts/measure_highs.py says how often it is wrong",
        "docs/adr/0004-solver-pins.md",
    ),
    BadVersion("ortools", (0,), (9, 12), "lacks what the adapter uses", "pyproject.toml"),
    BadVersion(
        "ortools",
        (9, 15),
        None,
        "adds up Boolean terms in 32 bits and has certified a wrong optimum: models that reach 2^31 are refused",
        "or-tools issue 5293",
        guarded=True,
    ),
)
"""Versions that wnpopt must not be run with, or only behind a guard."""


def parsed(version: str) -> Version:
    """The numbers that a version begins with."""
    numbers = re.match(r"\d+(\.\d+)*", version)
    return tuple(int(part) for part in numbers.group().split(".")) if numbers else ()


def known_bad(installed: Mapping[str, str]) -> list[tuple[BadVersion, str]]:
    """What is known against the ``installed`` versions, by library."""
    return [(bad, installed[bad.library]) for bad in KNOWN_BAD if bad.has(installed.get(bad.library, ""))]
