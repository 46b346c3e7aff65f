"""What a run is busy with, in words for those who wait for it."""

from __future__ import annotations

from enum import StrEnum


class Phase(StrEnum):
    """``COMPILING`` is before the run's clock; ``START`` is the warm start and the first bounds."""

    COMPILING = "compiling"
    START = "start"
    SEARCH = "search"
    PROOF = "proof"
