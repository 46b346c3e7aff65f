"""Options that go by other names elsewhere: what somebody means who gives one that the command has not."""

from __future__ import annotations

from collections.abc import Iterable

_SAME = (
    ("--out", "-o", "--output", "--output-file", "--out-file", "--outfile", "--out-dir", "--save"),
    ("--time-limit", "--timeout", "--time", "--limit", "--max-time", "--seconds", "--time-limit-s", "-t"),
    ("--seed", "--seeds", "--random-seed", "--rng", "-s"),
    ("--threads", "--workers", "--jobs", "--cpus", "-j"),
    ("--method", "--methods", "--algorithm", "-m"),
)


def meant(given: str, known: Iterable[str]) -> str:
    """`; did you mean "--out"?` with those of ``known`` that go by the name ``given`` elsewhere; empty if none does."""
    name = given.lower().replace("_", "-")
    others = [other for names in _SAME if name in names for other in names]
    likely = [other for other in known if other in others and other != given]
    longest = [other for other in likely if other.startswith("--")] or likely
    told = " or ".join(f'"{other}"' for other in dict.fromkeys(longest))
    return f"; did you mean {told}?" if told else ""
