"""Methods that go wrong as native solvers do, after they have told an incumbent and a bound; as another package's."""

from __future__ import annotations

import contextlib
import itertools
import os
import signal
import stat
import sys
import time
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np

from wnpopt.core.bound import Bound
from wnpopt.core.method import Method, Outcome, Run
from wnpopt.core.result import Termination
from wnpopt.problems.wnp.instance import WnpInstance
from wnpopt.problems.wnp.methods.rtfs import METHOD as RTFS
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


def native_stuck(instance: WnpInstance, run: Run[WnpSolution]) -> Answer:
    """Hangs in a run that has so little time, as a rehearsal has."""
    limit = run.budget.time_limit
    if limit is not None and limit < LEAST_S:
        return native_hang(instance, run)
    return Outcome(told(instance, run), Termination.HEURISTIC)


def native_stumble(instance: WnpInstance, run: Run[WnpSolution]) -> Answer:
    """Dies in a run that has so little time, as a rehearsal has."""
    limit = run.budget.time_limit
    if limit is not None and limit < LEAST_S:
        return native_abort(instance, run)
    return Outcome(told(instance, run), Termination.HEURISTIC)


def native_over(instance: WnpInstance, run: Run[WnpSolution]) -> Answer:
    """Ends, but later than anybody waits for it."""
    solution = told(instance, run)
    while run.budget.elapsed() < OVER_S:
        time.sleep(0.01)
    return Outcome(solution, run.budget.why_over())


def native_late(instance: WnpInstance, run: Run[WnpSolution]) -> Answer:
    return Outcome(told(instance, run), Termination.HEURISTIC)


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


def native_liar(instance: WnpInstance, run: Run[WnpSolution]) -> Answer:
    """Many incumbents that the verifier rejects, after a good one, and then nothing more."""
    solution = told(instance, run)
    early = solution.model_copy(update={"start": dict.fromkeys(solution.start, 0)})
    for value in range(20, 10, -1):
        run.trace.incumbent(float(value), early)
        time.sleep(0.02)
    os.abort()


def native_talk(instance: WnpInstance, run: Run[WnpSolution]) -> Answer:
    """Has always something new to say, and never ends."""
    solution = told(instance, run)
    for step in itertools.count():
        run.trace.incumbent(-float(step), solution)
    raise AssertionError


def native_garble(instance: WnpInstance, run: Run[WnpSolution]) -> Answer:
    """Writes over what its process says."""
    solution = told(instance, run)
    for handle in range(3, 64):
        with contextlib.suppress(OSError):
            if stat.S_ISSOCK(os.fstat(handle).st_mode):
                os.write(handle, GARBLED)
    return Outcome(solution, Termination.HEURISTIC)


GARBLED = b"\0\0\0\2[]\0\0\0\x05\xffword"


def native_odd(instance: WnpInstance, run: Run[WnpSolution]) -> Any:
    """A good answer, and beside it what does not belong there."""
    solution = told(instance, run)
    value = run.verified_objective(solution)
    assert value is not None
    run.trace.bound(np.int64(int(value) - 2), "numpy")
    bounds: Any = [Bound(np.int64(int(value) - 1), "numpy"), Bound(10**400, "huge"), 5, Bound(Fraction(1, 2), None)]  # type: ignore[arg-type]
    odd: Any = {"message": 5, "found_by": 3, "build_s": -1.0, "infeasible": False, "warm_start": "perhaps"}
    return Outcome(solution, "heuristic", iter(bounds), **odd)  # type: ignore[arg-type]


def native_no_solution(instance: WnpInstance, run: Run[WnpSolution]) -> Any:
    return Outcome(told(instance, run).to_data(), Termination.HEURISTIC)  # type: ignore[arg-type]


NAMES = (
    "native_abort", "native_leave", "native_hang", "native_raise", "native_memory", "native_nan", "native_garbage",
    "native_lie", "native_noise", "native_slow", "native_liar", "native_talk", "native_garble", "native_odd",
    "native_no_solution", "native_late", "native_over", "native_stuck", "native_stumble",
)  # fmt: skip
OVER_S = 1.5
SLOW_S = 2.0
SLOW = "solver_trouble_slow"  # a library that takes longer to import than a run may last
LEAST_S = 0.5
LIBRARIES = {"native_late": (SLOW,), "native_stuck": ("pyomo",), "native_stumble": ("pyomo",)}
for _run in (native_stuck, native_stumble):
    _run.__module__ = "wnpopt.trouble"  # other packages' methods are not rehearsed

METHODS = {
    name: Method("wnp", name, name, "nothing", globals()[name], timed=True, modules=LIBRARIES.get(name, ()))
    for name in NAMES
}
for _name, _method in METHODS.items():
    globals()[_name.upper()] = _method


def install(folder: Path) -> None:
    """Make ``folder`` look like an installed package with these methods, once it is in ``sys.path``."""
    module = Path(__file__).stem
    (folder / f"{module}.py").write_text(Path(__file__).read_text(encoding="utf-8"), encoding="utf-8")
    (folder / f"{SLOW}.py").write_text(f"import time\n\ntime.sleep({SLOW_S})\n", encoding="utf-8")
    meta = folder / "solver_trouble-1.0.dist-info"
    meta.mkdir(parents=True)
    (meta / "METADATA").write_text("Metadata-Version: 2.1\nName: solver-trouble\nVersion: 1.0\n")
    rows = [f"wnp.{name} = {module}:{name.upper()}" for name in NAMES]
    (meta / "entry_points.txt").write_text("[wnpopt.methods]\n" + "\n".join(rows) + "\n")
