"""What other packages registered and cannot be used, told on the standard error stream."""

from __future__ import annotations

from wnpopt.cli.terminal import complain


def tell_faults() -> None:
    """One line for each entry point that is passed over: its name, whose it is, and why."""
    from wnpopt.core import registry

    for fault in registry.faults():
        complain(str(fault))
