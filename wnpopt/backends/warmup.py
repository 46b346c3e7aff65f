"""Everything that a method needs is imported and compiled before its clock starts.

Machine code is kept on disk, so only the first run after an installation compiles; each process has to load it, and the
solver libraries, once.
"""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from importlib import import_module

from wnpopt.core import registry
from wnpopt.core.attempt import judged_by, left_of
from wnpopt.core.budget import Budget
from wnpopt.core.document import Instance, Solution
from wnpopt.core.errors import one_line
from wnpopt.core.extras import installed
from wnpopt.core.method import Context, Outcome, Start
from wnpopt.core.registry import AnyFamily, AnyMethod
from wnpopt.core.trace import Trace

COMPILING = "compiling, once"
"""What ``tell`` gets."""

_LIMIT_S = 1.0  # of one run on a tiny instance, compiling included: it is run again until nothing is compiled
_ROUNDS = 500
"""A round that compiles nothing is the last one. On a slow machine a round may end after its first function: as many
rounds as there are functions, and more, so that none is left to be compiled within a run."""

_begun: set[tuple[str, str, bool]] = set()
_done: set[tuple[str, str, bool]] = set()
_lock = threading.RLock()


def _new_lock() -> None:
    """In a forked child: no thread is left that could release the lock."""
    global _lock  # noqa: PLW0603 -- once a process
    _lock = threading.RLock()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_new_lock)


@dataclass(frozen=True)
class Warmed:
    """What warming a method took.

    ``seconds``; how many functions were ``compiled`` for it (the others came from the disk, or were there); ``missing``
    libraries, without which nothing was done; ``error``: what it raised.
    """

    family: str
    method: str
    seconds: float = 0.0
    compiled: int = 0
    missing: tuple[str, ...] = ()
    error: str | None = None


def warm(
    family: AnyFamily, method: AnyMethod, tell: Callable[[str], None] | None = None, *, running: bool = False
) -> float:
    """Import and compile what ``method`` needs, with its warm start and the family's bounds; seconds that it took.

    Once a process, afterwards it costs nothing. ``tell`` gets :data:`COMPILING` once machine code is really compiled,
    not when it is loaded. Raises nothing: what goes wrong here goes wrong again in the run, where it is told.

    It runs the method on the family's tiny instances. A method that names no library in ``modules`` has nothing to load
    and is not run; if it is timed, the family's own warm start is in its place: that and the bounds are in its time.
    So it is for other packages' methods, unless all that they name is numba, NumPy and SciPy. With ``running`` a plan
    runs, from whose state the method is to plan on.
    """
    return _warm(family, method, tell, running).seconds


def warmup(tell: Callable[[Warmed], None] | None = None) -> tuple[Warmed, ...]:
    """Compile once what all methods of all families need, so that no later run has to; what it took, method by method.

    ``tell`` gets each method's part as soon as it is done. Methods whose libraries are not installed are passed over.
    """
    rows = []
    for name in registry.family_names():
        family = registry.family(name)
        for method in registry.methods(name).values():
            rows.append(_warm(family, method, None))
            if method.replans and method.ours and family.at_start is not None:
                more = _warm(family, method, None, running=True)
                seconds, compiled = rows[-1].seconds + more.seconds, rows[-1].compiled + more.compiled
                rows[-1] = replace(rows[-1], seconds=seconds, compiled=compiled, error=rows[-1].error or more.error)
            if tell is not None:
                tell(rows[-1])
    return tuple(rows)


def warm_calls(work: Callable[[], object], tell: Callable[[str], None] | None = None) -> None:
    """Run ``work``, which calls compiled functions, until that compiles nothing more; ``tell`` as in :func:`warm`."""
    count = _Count(tell)
    for _ in range(_ROUNDS):
        before = count.functions
        with count.counting():
            work()
        if count.functions == before:
            return


def _warm(family: AnyFamily, method: AnyMethod, tell: Callable[[str], None] | None, running: bool = False) -> Warmed:
    blank = Warmed(family.name, method.name)
    running &= method.replans and family.at_start is not None
    name = (family.name, method.name, running)
    if name in _done:
        return blank
    missing = tuple(module for module in method.modules if not installed(module))
    if missing:
        return replace(blank, missing=missing)
    with _lock:
        if name in _done or name in _begun:
            return blank
        began = time.perf_counter()
        _begun.add(name)  # it may ask for itself on the way; other threads wait until it is done
        error = None
        count = _Count(tell)
        try:
            runs = _what_runs(family, method)
            if runs is not None:
                _run_all(family, runs, count, running and runs.replans)
        except Exception as raised:
            error = one_line(f"{type(raised).__name__}: {raised}")
        _done.add(name)
        return replace(blank, seconds=time.perf_counter() - began, compiled=count.functions, error=error)


def _what_runs(family: AnyFamily, method: AnyMethod) -> AnyMethod | None:
    """The method to run for ``method``; None if it has nothing to load.

    Another package's that calls native solvers is not run before its time, when nobody watches: its libraries are
    imported, and the family's own warm start stands in for the rest.
    """
    if method.modules and (method.ours or not method.native):
        return method
    for module in method.modules:
        import_module(module)
    if method.ours and not method.timed:
        return None
    if family.warm_start == "none":
        return None
    helper = registry.method(family.name, family.warm_start)
    return helper if helper.modules and all(map(installed, helper.modules)) else None


def _run_all(family: AnyFamily, method: AnyMethod, count: _Count, running: bool) -> None:
    """Run ``method`` on the known case, and on the other tiny instances if not all that they need lies on the disk."""
    if family.doctor is not None:
        _compile(family, method, family.instance_type.from_data(dict(family.doctor.instance)), count, running)
    if not family.warm_up or "numba" not in method.modules:
        return
    from wnpopt.backends import machine_code
    from wnpopt.backends.compiled import kernels, processor

    running_too = ["running"] if running else []
    name = (family.name, method.name, family.warm_up, processor(), *running_too, *method.hands_to)
    sources = {kernel.sources for kernel in kernels if kernel.overloads}
    if sources and all(machine_code.remembered(folder, *name) for folder in sources):
        return
    # A tiny instance may be over before all that the method hands to had their turn; a large one would not be.
    parts = (method, *_handed_to(family, method))
    for options in family.warm_up:
        for part in parts:
            _compile(family, part, family.generate(options, 1), count, running and part.replans)
    for folder in {kernel.sources for kernel in kernels if kernel.overloads}:
        machine_code.remember(folder, *name)


def _handed_to(family: AnyFamily, method: AnyMethod) -> tuple[AnyMethod, ...]:
    """The installed methods that ``method`` may hand an instance to, and those that they may."""
    known = registry.methods(family.name)
    reached: dict[str, AnyMethod] = {}
    names = list(method.hands_to)
    for name in names:  # it grows
        if name not in reached and name != method.name and name in known:
            reached[name] = known[name]
            names += known[name].hands_to
    return tuple(part for part in reached.values() if all(map(installed, part.modules)))


def _compile(family: AnyFamily, method: AnyMethod, instance: Instance, count: _Count, running: bool) -> None:
    """Run ``method`` on ``instance`` as a solve does, until that compiles nothing more."""
    if method.refuse(instance) is not None:
        return
    late = False
    for _ in range(_ROUNDS):
        before, began = count.functions, time.perf_counter()
        with count.counting():
            _solve(family, method, instance, running)
        # What was imported may have used up the time of the first run: then there is a second one.
        was_late, late = late, time.perf_counter() - began > _LIMIT_S
        if count.functions == before and (was_late or not late):
            return


def _solve(family: AnyFamily, method: AnyMethod, instance: Instance, running: bool) -> None:
    budget = Budget(_LIMIT_S)
    trace = Trace(family.sense, budget)
    fixed = family.state_at_start(instance) if running else None
    left = left_of(family, instance, fixed)

    def verified_objective(solution: Solution) -> float | None:
        certificate = judged_by(family, instance, solution, fixed)
        return certificate.objective if certificate.accepted else None

    start = None
    if running or (method.warm_startable and family.warm_start not in ("none", method.name)):
        helper = registry.method(family.name, family.warm_start)
        helped: Outcome[Solution] = helper.run(instance, Context(budget, trace, None, (), verified_objective))
        solution = helped.solution
        if fixed is not None and solution is not None:
            solution = family.carried_on(instance, fixed, solution)
        objective = None if solution is None else verified_objective(solution)
        if solution is not None and objective is not None:
            start = Start(solution, objective, helper.name)
    known = tuple(family.bounds(left, budget)) if method.timed and left is not None else ()
    method.run(instance, Context(budget, trace, start, known, verified_objective, fixed))
    if not method.timed and left is not None:
        family.bounds(left, Budget(None))


class _Count:
    """Counts what numba compiles while it listens, and tells of the first."""

    def __init__(self, tell: Callable[[str], None] | None) -> None:
        self.functions = 0
        self._tell = tell

    @contextmanager
    def counting(self) -> Iterator[None]:
        """Listen within the block."""
        if not installed("numba"):
            yield
            return
        from numba.core import event

        from wnpopt.backends.compiled import Kernel

        outer = self

        class Listener(event.Listener):  # type: ignore[misc]  # numba has no types
            def on_start(self, happened: event.Event) -> None:
                if isinstance(happened.data["dispatcher"], Kernel):
                    outer.hear()

            def on_end(self, happened: event.Event) -> None:
                del happened

        listener = Listener()
        event.register("numba:compile", listener)
        try:
            yield
        finally:
            event.unregister("numba:compile", listener)

    def hear(self) -> None:
        """A function of ours is being compiled."""
        self.functions += 1
        if self.functions == 1 and self._tell is not None:
            self._tell(COMPILING)
