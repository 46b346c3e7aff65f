"""Help and completion wait for no library that they do not need."""

from __future__ import annotations

import subprocess
import sys

HEAVY = ("numpy", "pydantic", "pydantic_core", "numba", "scipy", "pandas", "rich", "msgspec", "pyomo", "ortools")


def test_the_command_line_loads_nothing_heavy() -> None:
    source = f"import sys, wnpopt.cli.main; print([m for m in {HEAVY!r} if m in sys.modules])"
    run = subprocess.run([sys.executable, "-c", source], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "[]"
