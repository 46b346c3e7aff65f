"""How a user works: what the baselines restrict."""

from __future__ import annotations

from enum import Enum


class Scheme(Enum):
    """Layers computed as they come; all downloaded first; or always at the greatest frequency."""

    SLIDE = "slide"
    DOWNLOAD_FIRST = "download-first"
    MAX_FREQUENCY = "max-frequency"
