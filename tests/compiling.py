"""Machine code of the kernels, made once by processes that share the work."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import wnpopt
from wnpopt.core import registry
from wnpopt.core.extras import installed

# The first takes as long as the others together.
FAMILIES = ("intradp", "slide", "wnp")

PROGRAM = """
import sys
from wnpopt.backends.warmup import warm
from wnpopt.core import registry

family = registry.family(sys.argv[1])
for method in registry.methods(family.name).values():
    if method.ours and set(method.modules) <= {"numba", "highspy", "ortools"}:
        warm(family, method)
"""


def compile_share(number: int, count: int) -> None:
    """Compile what worker ``number`` of ``count`` has to, in a process of its own: nothing is loaded in this one."""
    for family in FAMILIES[number:] if number == count - 1 else FAMILIES[number : number + 1]:
        if family in registry.family_names() and _is_cold(family):
            subprocess.run([sys.executable, "-c", PROGRAM, family], check=False, capture_output=True)


def _is_cold(family: str) -> bool:
    """True if nothing was ever compiled for the family as its sources are."""
    if not installed("numba"):
        return False
    from wnpopt.backends import machine_code

    sources = Path(wnpopt.__file__).parent / "problems" / family / "kernels"
    stamp = machine_code._stamp(sources)[:16]
    return not any(any(folder.glob(f"*.{stamp}.*.nbc")) for folder in machine_code.folders(sources))
