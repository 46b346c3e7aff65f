"""In the child: run what the parent asks, and say what is found as it is found."""

from __future__ import annotations

import contextlib
import os
import select
import sys
import threading
import time
from collections.abc import Callable, Iterator

from wnpopt.backends.isolation.frames import ClosedError, Frames
from wnpopt.backends.isolation.server import import_ahead
from wnpopt.backends.warmup import warm
from wnpopt.core import registry
from wnpopt.core.attempt import attempt, certify, meets, prove
from wnpopt.core.bound import Bound, best_bound
from wnpopt.core.budget import Budget
from wnpopt.core.criteria import RunStop
from wnpopt.core.errors import InputError, MissingDependencyError, UnsupportedError, describe
from wnpopt.core.registry import AnyFamily, AnyMethod
from wnpopt.core.trace import Candidate, Trace, TracePoint
from wnpopt.solving.messages import STOP, WARM, bounds_data, encode, outcome_data, unpack
from wnpopt.solving.request import Request
from wnpopt.solving.teller import Teller

SMALL = 8192
"""Bytes of an instance, as a file or as it is sent, up to which a run may do without libraries that methods name."""

_BRIEF_S = 0.3
"""Of a rehearsal: what a run has not needed in this time it may need later."""


def handle(message: bytes, frames: Frames, mark: Callable[[], None]) -> bytes:
    """The reply to a request, see :data:`wnpopt.backends.isolation.child.Handler`.

    On the way it says ``compiling``, ``rehearsing`` and ``rehearsed``, ``started`` (the clock of the run, by
    :func:`time.perf_counter`, which all processes share), ``point`` (of the trace), ``solution`` and ``bound``,
    ``phase``, ``log`` (if it is read), and ``stopping`` once a limit of the caller is met; in the end ``done``, or
    ``refused`` with an error that the caller shall raise.
    """

    def say(what: str, **fields: object) -> None:
        with contextlib.suppress(ClosedError):  # the main loop finds out by itself
            frames.send(encode(what, **fields))

    if message.startswith(WARM):
        family_name, method_name = message.removeprefix(WARM).decode().split(" ", 1)
        _warm(family_name, method_name, say)
        return encode("warm")
    request = unpack(message)
    try:
        registry.method(request.family, request.method)
    except InputError:
        return encode("unknown")
    _warm(request.family, request.method, say, running=request.fixed is not None)
    if isinstance(request.warm_start, str) and request.warm_start not in ("auto", "none"):
        _warm(request.family, request.warm_start, say)
    _import_what_is_left(request, len(message), say)
    mark()
    try:
        return _solve(request, frames, say)
    except UnsupportedError as error:
        return encode("refused", kind="unsupported", what=error.what, where=error.where)
    except InputError as error:
        return encode("refused", kind="input", what=error.what, where=error.where)
    except MissingDependencyError as error:
        return encode("refused", kind="missing", what=str(error), where="")


def refusal(kind: str, what: str, where: str) -> InputError | MissingDependencyError:
    """The error that a ``refused`` stands for."""
    if kind == "missing":
        return MissingDependencyError(what)
    return UnsupportedError(what, where=where) if kind == "unsupported" else InputError(what, where=where)


def _warm(family: str, method: str, say: Callable[..., None], *, running: bool = False) -> None:
    # What goes wrong here goes wrong again in the run, where it is told.
    with contextlib.suppress(Exception):
        known = registry.family(family)
        warm(known, registry.method(family, method), lambda _text: say("compiling"), running=running)


def _import_what_is_left(request: Request, size: int, say: Callable[..., None]) -> None:
    """Import the method's libraries that are not there yet: that precedes the clock.

    Nothing is left but in a worker for a small instance (:meth:`wnpopt.solving.pool.WorkerPool.prepare`). There the
    run is rehearsed: where it proves its answer at once, it has all that it needs. A worker that hangs or dies in that
    is replaced by one that does not rehearse (:func:`wnpopt.solving.remote.run_remote`).
    """
    family, method = registry.family(request.family), registry.method(request.family, request.method)
    left = [name for name in method.modules if name not in sys.modules]
    if left and size <= SMALL and method.ours and request.rehearsed:
        say("rehearsing")
        brief = _is_brief(family, method, request)
        say("rehearsed")
        if brief:
            return
    import_ahead(left)


def _is_brief(family: AnyFamily, method: AnyMethod, request: Request) -> bool:
    """True if the method proves its answer at once; that answer is lost, as it may have waited for imports."""
    if request.fixed is not None or request.only_proof or request.solver:
        return False
    budget = Budget(_BRIEF_S, request.threads, request.seed, request.deterministic, iterations=request.iterations)
    trace = Trace(family.sense, budget)
    try:
        made = attempt(family, method, request.instance, request.warm_start, budget, trace, proof=False)
    except Exception:  # what is refused is told by the run itself
        return False
    solution = made.outcome.solution or (None if made.start is None else made.start.solution)
    bound = best_bound([*made.bounds, *made.outcome.bounds], family.sense)
    if solution is None or bound is None:
        return False
    certificate = certify(family, request.instance, solution)
    value = certificate.objective
    return certificate.accepted and value is not None and meets(family, request.instance, value, bound)


def _solve(request: Request, frames: Frames, say: Callable[..., None]) -> bytes:
    family = registry.family(request.family)
    method = registry.method(request.family, request.method)
    stop = RunStop(on_end=lambda reason: say("stopping", reason=str(reason)))
    started = time.perf_counter()
    say("started", at=started)
    budget = request.budget(stop, started)

    def tell_solution(candidate: Candidate) -> None:
        say("solution", objective=candidate.objective, solution=candidate.solution.to_data())

    def tell_bound(bound: Bound) -> None:
        say("bound", value=bound.value, source=bound.source)

    def tell_point(point: TracePoint) -> None:
        say("point", time_s=point.time_s, objective=point.objective, bound=point.bound)

    teller = Teller(tell_solution)
    trace = Trace(
        family.sense,
        budget,
        tell_point,
        on_solution=teller.hear,
        on_bound=tell_bound,
        on_phase=lambda phase: say("phase", phase=str(phase)),
        on_log=(lambda line: say("log", text=line)) if request.logged else None,
    )
    with _listening(frames, stop):
        if request.only_proof:
            made = prove(family, request.instance, budget, request.fixed)
        else:
            made = attempt(
                family,
                method,
                request.instance,
                request.warm_start,
                budget,
                trace,
                fixed=request.fixed,
                criteria=request.criteria,
                solver=request.solver,
            )
        teller.stop()
    start = made.start
    try:
        return encode(
            "done",
            outcome=outcome_data(made.outcome),
            start=None if start is None else [start.solution.to_data(), start.objective, start.found_by],
            bounds=bounds_data(made.bounds),
            runtime_s=made.runtime_s,
        )
    except Exception as error:  # a solution that is none: what was told before is what there is
        return encode("failed", what=f"{method.name} failed: {describe(error)}", runtime_s=made.runtime_s)


@contextlib.contextmanager
def _listening(frames: Frames, stop: threading.Event) -> Iterator[None]:
    """Hear the parent's :data:`STOP` while the run is under way; a parent that is gone is one, too."""
    woken, waker = os.pipe()
    poll = select.poll()
    poll.register(woken, select.POLLIN)
    poll.register(frames.fileno(), select.POLLIN)

    def listen() -> None:
        while woken not in {handle for handle, _ in poll.poll()}:
            try:
                if frames.receive(0) == STOP:
                    stop.set()
            except ClosedError:
                stop.set()
                return

    thread = threading.Thread(target=listen, name="wnpopt-stop", daemon=True)
    thread.start()
    try:
        yield
    finally:
        os.write(waker, b".")
        thread.join()
        os.close(woken)
        os.close(waker)
