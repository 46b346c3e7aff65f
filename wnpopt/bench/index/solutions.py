"""The best known solutions of a library of instances.

``LIBRARY/solutions/FAMILY/SUITE/FILE`` is that of ``LIBRARY/FAMILY/SUITE/FILE``.
"""

from __future__ import annotations

from pathlib import Path

SOLUTIONS = "solutions"


def solution_path(file: Path) -> Path | None:
    """Where the best known solution of the instance ``file`` is kept; None where its library keeps none."""
    suite = file.absolute().parent
    solutions = suite.parent.parent / SOLUTIONS
    return solutions / suite.parent.name / suite.name / file.name if solutions.is_dir() else None
