"""Drafts as a kill leaves them."""

from __future__ import annotations

from pathlib import Path

from wnpopt.core import drafts


def left(folder: Path, *, system: str | None = None, token: str = "0123456789abcdef") -> Path:
    """A draft in ``folder`` that no process holds; of this running system unless told otherwise."""
    path = folder / f".plan.json.wnpopt-{system or drafts._system()}-{token}.tmp"
    path.write_bytes(b"half")
    return path
