"""What a user is told while a solve has not begun yet."""

from __future__ import annotations

import contextlib
import sys


def tell_compiling() -> None:
    """One line on stderr: the first run after an installation compiles, which may take seconds."""
    with contextlib.suppress(OSError, ValueError, AttributeError):
        print("wnpopt: compiling, once (kept on disk)", file=sys.stderr, flush=True)
