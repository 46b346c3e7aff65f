"""Methods that go wrong as native solvers do, after they have told an incumbent and a bound; as another package's."""

from __future__ import annotations

import os
import signal
import sys
import time
from pathlib import Path
from typing import Any

from wnpopt.core.bound import Bound
from wnpopt.core.method import Method, Outcome, Run
from wnpopt.core.result import Termination
from wnpopt.problems.wnp.heuristics.rtfs import METHOD as RTFS
from wnpopt.problems.wnp.instance import WnpInstance
from wnpopt.problems.wnp.solution import WnpSolution

Answer = Outcome[WnpSolution]


def told(instance: WnpInstance, run: Run[WnpSolution]) -> WnpSolution:
    """The incumbent that is known before the trouble begins."""
    solution = RTFS.run(instance, run).solution
    assert solution is not None
    value = run.verified_objective(solution)
    assert value is not None
    run.trace.incumbent(value, solution)
    run.trace.bound(value - 1, "trouble")
    return solution


def native_abort(instance: WnpInstance, run: Run[WnpSolution]) -> Answer:
    told(instance, run)
    os.write(2, b"terminate called after throwing an instance of 'std::runtime_error'\n  what():  no luck\n")
    os.abort()


def native_leave(instance: WnpInstance, run: Run[WnpSolution]) -> Answer:
    told(instance, run)
    os._exit(0)


def native_hang(instance: WnpInstance, run: Run[WnpSolution]) -> Answer:
    told(instance, run)
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, signal.SIG_IGN)
    while True:
        time.sleep(0.01)


def native_raise(instance: WnpInstance, run: Run[WnpSolution]) -> Answer:
    told(instance, run)
    raise RuntimeError("no\nluck")


def native_memory(instance: WnpInstance, run: Run[WnpSolution]) -> Answer:
    told(instance, run)
    raise MemoryError


def native_nan(instance: WnpInstance, run: Run[WnpSolution]) -> Answer:
    solution = told(instance, run)
    run.trace.bound(float("nan"))
    run.trace.incumbent(float("-inf"), solution)
    return Outcome(None, Termination.PROVED, (Bound(float("nan"), "nan"), Bound(float("inf"), "inf")))


def native_garbage(instance: WnpInstance, run: Run[WnpSolution]) -> Any:
    told(instance, run)
    return "a solution"


def native_lie(instance: WnpInstance, run: Run[WnpSolution]) -> Answer:
    """The answer and the last incumbent are rejected by the verifier; the incumbent before is good."""
    solution = told(instance, run)
    early = solution.model_copy(update={"start": dict.fromkeys(solution.start, 0)})
    run.trace.incumbent(1.0, early)
    return Outcome(early, Termination.PROVED, (Bound(1.0, "lie"),))


def native_noise(instance: WnpInstance, run: Run[WnpSolution]) -> Answer:
    solution = told(instance, run)
    print("printed")
    sys.stdout.flush()
    os.write(1, b"written\n")
    return Outcome(solution, Termination.HEURISTIC)


def native_slow(instance: WnpInstance, run: Run[WnpSolution]) -> Answer:
    """Obeys: goes on until it has to end."""
    solution = told(instance, run)
    while not run.budget.exhausted():
        time.sleep(0.005)
    return Outcome(solution, run.budget.why_over())


NAMES = (
    "native_abort", "native_leave", "native_hang", "native_raise", "native_memory", "native_nan", "native_garbage",
    "native_lie", "native_noise", "native_slow",
)  # fmt: skip
METHODS = {name: Method("wnp", name, name, "nothing", globals()[name], timed=True) for name in NAMES}
for _name, _method in METHODS.items():
    globals()[_name.upper()] = _method


def install(folder: Path) -> None:
    """Make ``folder`` look like an installed package with these methods, once it is in ``sys.path``."""
    module = Path(__file__).stem
    (folder / f"{module}.py").write_text(Path(__file__).read_text(encoding="utf-8"), encoding="utf-8")
    meta = folder / "solver_trouble-1.0.dist-info"
    meta.mkdir(parents=True)
    (meta / "METADATA").write_text("Metadata-Version: 2.1\nName: solver-trouble\nVersion: 1.0\n")
    rows = [f"wnp.{name} = {module}:{name.upper()}" for name in NAMES]
    (meta / "entry_points.txt").write_text("[wnpopt.methods]\n" + "\n".join(rows) + "\n")
