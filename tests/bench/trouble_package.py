"""Methods that go wrong in every way that a method can, as another package would register them."""

from __future__ import annotations

import ctypes
import os
import signal
import time
from collections.abc import Callable
from pathlib import Path

from wnpopt.core.method import Method, Outcome, Run
from wnpopt.core.result import Termination
from wnpopt.problems.wnp.instance import WnpInstance
from wnpopt.problems.wnp.methods.rtfs import METHOD as RTFS
from wnpopt.problems.wnp.solution import WnpSolution

Result = Outcome[WnpSolution]


def troubled(instance: WnpInstance) -> bool:
    """Only instances with an odd last digit make trouble: the others are to be solved all the same."""
    return instance.name[-1] in "13579"


def solved(instance: WnpInstance, run: Run[WnpSolution]) -> Result:
    outcome: Result = RTFS.run(instance, run)
    return outcome


def segfault(instance: WnpInstance, run: Run[WnpSolution]) -> Result:
    if troubled(instance):
        ctypes.string_at(0)
    return solved(instance, run)


def abort(instance: WnpInstance, run: Run[WnpSolution]) -> Result:
    if troubled(instance):
        os.write(2, b"terminate called after throwing an instance of 'std::runtime_error'\n  what():  no luck\n")
        os.abort()
    return solved(instance, run)


def leave(instance: WnpInstance, run: Run[WnpSolution]) -> Result:
    if troubled(instance):
        os._exit(3)
    return solved(instance, run)


def hang(instance: WnpInstance, run: Run[WnpSolution]) -> Result:
    if troubled(instance):
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, signal.SIG_IGN)
        while True:
            pass
    return solved(instance, run)


def devour(instance: WnpInstance, run: Run[WnpSolution]) -> Result:
    if troubled(instance):
        kept = []
        while True:
            kept.append(bytearray(b"\1") * (32 << 20))
            time.sleep(0.02)  # who watches has seconds to see it, on a busy machine too
    return solved(instance, run)


def fail(instance: WnpInstance, run: Run[WnpSolution]) -> Result:
    if troubled(instance):
        raise RuntimeError("no\nluck")
    return solved(instance, run)


def lie(instance: WnpInstance, run: Run[WnpSolution]) -> Result:
    """An answer that the verifier rejects: everything starts at 0."""
    outcome = solved(instance, run)
    if not troubled(instance) or outcome.solution is None:
        return outcome
    early = outcome.solution.model_copy(update={"start": dict.fromkeys(outcome.solution.start, 0)})
    return Outcome(early, Termination.HEURISTIC)


def telling(trouble: Callable[[WnpInstance, Run[WnpSolution]], Result]) -> Callable[..., Result]:
    """The same trouble, but first a solution and a bound are found, and told."""

    def run(instance: WnpInstance, run: Run[WnpSolution]) -> Result:
        outcome = solved(instance, run)
        assert outcome.solution is not None
        if troubled(instance):
            objective = run.verified_objective(outcome.solution)
            assert objective is not None
            run.trace.bound(1.0, "the trouble package")
            run.trace.incumbent(objective, outcome.solution)
        return trouble(instance, run)

    return run


def tell_lies(instance: WnpInstance, run: Run[WnpSolution]) -> Result:
    """Dies after an incumbent that the verifier rejects, and one before that it accepts."""
    outcome = solved(instance, run)
    if troubled(instance) and outcome.solution is not None:
        objective = run.verified_objective(outcome.solution)
        assert objective is not None
        run.trace.incumbent(objective, outcome.solution)
        early = outcome.solution.model_copy(update={"start": dict.fromkeys(outcome.solution.start, 0)})
        run.trace.incumbent(objective - 1, early)
        time.sleep(3)  # where telling the first was dear, the second is told twenty times as long after it
        os.abort()
    return outcome


def slow(instance: WnpInstance, run: Run[WnpSolution]) -> Result:
    """Takes its time: long enough to be killed in the middle."""
    time.sleep(0.15)
    return solved(instance, run)


def refuse(instance: WnpInstance) -> tuple[str, str] | None:
    return ("modalities", "an odd last digit is not supported") if troubled(instance) else None


def _method(name: str, **more: object) -> Method[WnpInstance, WnpSolution]:
    run = globals().get(name, solved)
    return Method("wnp", name, name, "nothing", run, **more)  # type: ignore[arg-type]


NAMES = ("segfault", "abort", "leave", "hang", "devour", "fail", "lie", "slow")
SEGFAULT, ABORT, LEAVE, HANG, DEVOUR, FAIL, LIE, SLOW = map(_method, NAMES)
PICKY = _method("picky", refuse=refuse)

tell_abort, tell_hang, tell_devour, tell_fail = map(telling, (abort, hang, devour, fail))
TELLING = ("tell_abort", "tell_hang", "tell_devour", "tell_fail", "tell_lies")
TELL_ABORT, TELL_HANG, TELL_DEVOUR, TELL_FAIL, TELL_LIES = map(_method, TELLING)


def install(folder: Path) -> None:
    """Make ``folder`` look like an installed package with these methods, once it is in ``sys.path``."""
    module = Path(__file__).stem
    (folder / f"{module}.py").write_text(Path(__file__).read_text(encoding="utf-8"), encoding="utf-8")
    meta = folder / "trouble-1.0.dist-info"
    meta.mkdir(parents=True)
    (meta / "METADATA").write_text("Metadata-Version: 2.1\nName: trouble\nVersion: 1.0\n")
    rows = [f"wnp.{name} = {module}:{name.upper()}" for name in (*NAMES, "picky", *TELLING)]
    (meta / "entry_points.txt").write_text("[wnpopt.methods]\n" + "\n".join(rows) + "\n")
