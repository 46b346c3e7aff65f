"""``NUMBA_DISABLE_JIT=1`` runs the kernels as Python: slower, with the same answers."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest

pytest.importorskip("numba")

PROGRAM = """
import json
import wnpopt
from wnpopt.core import registry

answers = {}
for asked in ("wnp pacs", "wnp rtfs", "slide dp", "slide greedy", "intradp layer-cut"):
    family, method = asked.split()
    instance = registry.family(family).instance_type.from_data(registry.family(family).doctor.instance)
    result = wnpopt.solve(instance, method, warm_start="none", isolate=False)
    solution = None if result.solution is None else result.solution.to_data()
    answers[method] = [result.status, result.objective, result.bound, result.message, solution]
print(json.dumps(answers))
"""


def answers(**variables: str) -> dict[str, list[object]]:
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM], env={**os.environ, **variables}, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    read: dict[str, list[object]] = json.loads(done.stdout)
    return read


def test_kernels_answer_alike_as_python() -> None:
    plain = answers(NUMBA_DISABLE_JIT="1")
    assert all(solution is not None for *_, solution in plain.values())
    assert plain == answers(NUMBA_DISABLE_JIT="0")
