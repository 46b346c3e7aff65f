"""Commands wait for no library that they do not need."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

HEAVY = ("numpy", "pydantic", "pydantic_core", "numba", "scipy", "pandas", "rich", "msgspec", "pyomo", "ortools")
SOLVING = (
    "numba",
    "scipy",
    "pandas",
    "pyomo",
    "ortools",
    "highspy",
    "cvxpy",
    "matplotlib",
    "plotly",
    "onnx",
    "msgspec",
)
"""What only runs of methods, batches and pictures need."""

PROGRAM = """
import json, os, sys
from wnpopt.cli.main import main

told = os.dup(1)
os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
for arguments in json.loads(sys.argv[1]):
    assert main(arguments) == 0, arguments
    os.write(told, json.dumps(sorted(sys.modules)).encode() + b"\\n")
"""


def test_the_command_line_loads_nothing_heavy() -> None:
    source = f"import sys, wnpopt.cli.main; print([m for m in {HEAVY!r} if m in sys.modules])"
    run = subprocess.run([sys.executable, "-c", source], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "[]"


@pytest.mark.parametrize("family", ["intradp", "wnp"])
def test_reading_and_verifying_load_no_solver_and_no_other_family(family: str, tmp_path: Path) -> None:
    """One after the other in a process: what a command loads stays."""
    from wnpopt import api
    from wnpopt.core.registry import family as known

    case = known(family).doctor
    assert case is not None
    instance, plan = tmp_path / "i.json", tmp_path / "s.json"
    loaded = known(family).instance_type.from_data(dict(case.instance))
    solution = api.solve(loaded, "layer-cut" if family == "intradp" else "rtfs").solution
    assert solution is not None
    api.save(loaded, instance)
    api.save(solution, plan)
    commands = [
        ["verify", str(instance), str(plan)],
        ["show", str(instance)],
        ["generate", family, "--out", str(tmp_path / "made")],
    ]
    run = subprocess.run(
        [sys.executable, "-c", PROGRAM, json.dumps(commands)], capture_output=True, text=True, check=True
    )
    verify, show, generate = (set(json.loads(line)) for line in run.stdout.splitlines())
    assert verify.isdisjoint({*SOLVING, "rich"} | ({"numpy"} if family == "intradp" else set()))
    assert show.isdisjoint(SOLVING)
    assert generate.isdisjoint(SOLVING)
    for modules in (verify, generate):
        others = {m.split(".")[2] for m in modules if m.startswith("wnpopt.problems.") and m.count(".") > 2} - {family}
        assert others == set()
    # Some 90 of wnpopt's own at the time of writing.
    assert sum(m.startswith("wnpopt") for m in verify) < 120
