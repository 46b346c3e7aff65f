"""``NUMBA_DISABLE_JIT=1`` runs the kernels as Python: slower, with the same answers."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest

from tests.samples import ordinarily

pytest.importorskip("numba")

PROGRAM = """
import json, sys
import wnpopt
from wnpopt.core import registry

answers = {}
for asked in sys.argv[1:]:
    family, method = asked.split()
    instance = registry.family(family).instance_type.from_data(registry.family(family).doctor.instance)
    result = wnpopt.solve(instance, method, warm_start="none", isolate=False)
    solution = None if result.solution is None else result.solution.to_data()
    answers[method] = [result.status, result.objective, result.bound, result.message, solution]
print(json.dumps(answers))
"""


def answers(asked: list[str], **variables: str) -> dict[str, list[object]]:
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, *asked],
        env={**os.environ, **variables}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    read: dict[str, list[object]] = json.loads(done.stdout)
    return read


@pytest.mark.parametrize(
    "asked",
    ordinarily(1, ["wnp rtfs, slide greedy", "wnp pacs, slide dp, intradp layer-cut"]),
)
def test_kernels_answer_alike_as_python(asked: str) -> None:
    plain = answers(asked.split(", "), NUMBA_DISABLE_JIT="1")
    assert all(solution is not None for *_, solution in plain.values())
    assert plain == answers(asked.split(", "), NUMBA_DISABLE_JIT="0")
