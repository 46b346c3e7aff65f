"""Names that somebody may have meant."""

from __future__ import annotations

from collections.abc import Iterable


def near(name: object, known: Iterable[str]) -> str:
    """`; did you mean "edge-2x2"?` with the name of ``known`` that is most like ``name``; empty where none is."""
    if not isinstance(name, str):
        return ""
    from difflib import get_close_matches

    by_lower = {other.lower(): other for other in reversed(list(known))}
    likely = get_close_matches(name.lower()[:200], list(by_lower), 1)
    return f'; did you mean "{by_lower[likely[0]]}"?' if likely else ""
