"""What other packages registered and cannot be used, told on the standard error stream."""

from __future__ import annotations

import sys


def tell_faults() -> None:
    """One line for each entry point that is passed over: its name, whose it is, and why."""
    from wnpopt.core import registry

    for fault in registry.faults():
        print(f"wnpopt: {fault}", file=sys.stderr)
