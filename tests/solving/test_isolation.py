"""Native solvers run in a child process: whatever becomes of it, what was known comes back, and nothing is printed."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import cast

import pytest

import wnpopt
from tests.samples import ordinarily
from tests.solving import solver_trouble
from wnpopt.backends.isolation import fork_server
from wnpopt.backends.isolation.fork_server import Child, Exit, ForkServer
from wnpopt.backends.isolation.frames import ClosedError, Frames
from wnpopt.bench.store.store import Store
from wnpopt.core import registry
from wnpopt.core.document import Instance, Solution
from wnpopt.core.patience import patience
from wnpopt.core.result import Result
from wnpopt.core.trace import Candidate, TracePoint
from wnpopt.problems.wnp import FAMILY
from wnpopt.solving import remote
from wnpopt.solving.pool import HANDLER, POOL, Worker, WorkerPool

pytestmark = pytest.mark.usefixtures("trouble")


@pytest.fixture(scope="module")
def instance() -> Instance:
    made: Instance = FAMILY.generate({option.name: option.default for option in FAMILY.generator_options}, 5)
    return made


@pytest.fixture(scope="module")
def value(instance: Instance) -> float:
    found = wnpopt.solve(instance, "rtfs").objective
    assert found is not None
    return found


def solve(instance: Instance, method: str, **more: object) -> Result[Solution]:
    return wnpopt.solve(instance, method, threads=1, **{"time_limit": 30.0, "warm_start": "none", **more})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("method", "said"),
    [
        ("native_abort", "SIGABRT"),
        ("native_leave", "exit code 0"),
        ("native_raise", "RuntimeError: no\\nluck"),
        ("native_memory", "MemoryError"),
        ("native_garbage", "an Outcome is needed"),
        ("native_lie", "the verifier rejected the solution"),
    ],
)
def test_what_was_known_survives(instance: Instance, value: float, method: str, said: str) -> None:
    result = solve(instance, method)
    assert (result.status, result.termination) == ("feasible", "error")
    assert (result.objective, result.verified, result.found_by) == (value, True, method)
    assert said in result.message
    if method != "native_lie":  # a liar's bound is not believed, not even an earlier one
        assert (result.bound, result.bound_by) == (value - 1, "trouble")
    else:
        assert (result.bound, result.bound_by) == (wnpopt.solve(instance, "rtfs").bound, "radio")
    assert wnpopt.verify(instance, result.solution).objective == value  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("method", "said"),
    [
        ("native_liar", "SIGABRT"),
        ("native_talk", "did not stop at its limit"),
        ("native_garble", "cannot be read"),
        ("native_no_solution", "a solution is needed"),
    ],
)
def test_what_was_known_survives_nonsense(instance: Instance, value: float, method: str, said: str) -> None:
    result = solve(instance, method, time_limit=1.0)
    assert (result.status, result.termination, result.objective) == ("feasible", "error", value)
    assert (result.bound, result.bound_by) == (value - 1, "trouble")
    assert said in result.message


@pytest.mark.parametrize("isolate", [True, False])
def test_what_is_of_the_wrong_type_costs_only_itself(instance: Instance, value: float, isolate: bool) -> None:
    result = solve(instance, "native_odd", isolate=isolate)
    assert (result.status, result.termination, result.objective) == ("feasible", "heuristic", value)
    assert result.bound == value - 1
    assert (result.found_by, result.build_s, result.warm_start) == ("3", 0.0, "none")
    assert result.message == "5; native_odd returned a bound that is no finite number; it is left out"
    json.dumps(result.to_data(), allow_nan=False)


def test_in_this_process_exceptions_lose_nothing_either(instance: Instance, value: float) -> None:
    for method in ("native_raise", "native_memory", "native_garbage", "native_nan"):
        result = solve(instance, method, isolate=False)
        assert (result.status, result.termination, result.objective) == ("feasible", "error", value)
        assert result.message


def test_numbers_that_are_none_reach_no_result(instance: Instance, value: float) -> None:
    result = solve(instance, "native_nan")
    assert (result.status, result.objective) == ("feasible", value)
    assert result.bound == value - 1
    assert all(point.bound != float("inf") for point in result.trace)


def test_a_solver_that_ignores_its_limit_is_ended(instance: Instance, value: float) -> None:
    result = solve(instance, "native_hang", time_limit=0.3)
    assert (result.status, result.termination, result.objective) == ("feasible", "error", value)
    assert "did not stop at its limit" in result.message
    assert result.bound == value - 1


def test_checks_may_wait_for_what_is_over_its_limit(instance: Instance, value: float) -> None:
    assert solve(instance, "native_over", time_limit=0.2).termination == "error"
    with patience(600.0):
        result = solve(instance, "native_over", time_limit=0.2)
    assert (result.termination, result.objective, result.message) == ("time_limit", value, "")
    assert solve(instance, "native_over", time_limit=0.2).termination == "error"


def test_a_slow_start_costs_nothing_of_the_limit(instance: Instance, value: float) -> None:
    """The library takes longer to import than the run may last: that precedes the clock."""
    assert solver_trouble.SLOW_S > 1.5
    result = solve(instance, "native_late", time_limit=0.5)
    assert (result.status, result.termination, result.objective) == ("feasible", "heuristic", value)
    assert result.message == ""


def test_a_worker_that_hangs_while_it_is_made_ready_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody waits for it for ever, and it is not handed out."""
    ended: list[object] = []

    class Server:
        def end(self, child: object) -> Exit:
            ended.append(child)
            return Exit(-9, "")

    ours, theirs = socket.socketpair()
    with ours, theirs, tempfile.TemporaryFile() as log:
        worker = Worker(Child(1, Frames(ours), log), cast(ForkServer, Server()))
        workers = WorkerPool()
        monkeypatch.setattr("wnpopt.solving.pool.WARM_UP_S", 0.05)
        monkeypatch.setattr(workers, "_new", lambda _libraries: worker)
        workers.prepare(registry.method("wnp", "cpsat"))
        assert workers._preparing is not None
        workers._preparing.join()
        assert ended == [worker.child]
        assert not workers._idle


@pytest.mark.parametrize("method", ordinarily(1, ["native_stuck", "native_stumble"]))
def test_what_goes_wrong_in_the_rehearsal_of_a_small_run_goes_without(
    method: str, instance: Instance, value: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The worker that hangs or dies is ended after seconds, and the run is whole in the next one."""
    monkeypatch.setattr("wnpopt.solving.pool.REHEARSAL_S", 0.1)
    POOL.close()  # what is made anew has not imported Pyomo
    POOL.prepare(registry.method("wnp", method), small=True)
    assert POOL._preparing is not None
    POOL._preparing.join()
    (first,) = POOL._idle
    result = solve(instance, method, time_limit=30)
    assert (result.status, result.termination, result.objective) == ("feasible", "heuristic", value)
    assert result.message == ""
    assert first not in POOL._idle
    (second,) = POOL._idle
    assert second.child.pid != first.child.pid


def test_nothing_is_printed(instance: Instance, value: float, capfd: pytest.CaptureFixture[str]) -> None:
    assert solve(instance, "native_noise").objective == value
    written = capfd.readouterr().out
    assert written == ""


def test_improvements_arrive_while_it_runs(instance: Instance, value: float) -> None:
    points: list[TracePoint] = []
    candidates: list[Candidate] = []
    bounds: list[object] = []
    result = solve(
        instance, "native_slow", time_limit=0.3,
        on_progress=points.append, on_solution=candidates.append, on_bound=bounds.append,
    )  # fmt: skip
    assert result.termination == "time_limit"
    assert (points[-1].objective, points[-1].bound) == (value, result.bound)
    assert wnpopt.verify(instance, candidates[-1].solution).objective == value
    assert bounds


def test_a_listener_that_raises_is_heard(instance: Instance) -> None:
    def listener(_point: TracePoint) -> None:
        raise ZeroDivisionError("mine")

    with pytest.raises(ZeroDivisionError, match="mine"):
        solve(instance, "native_slow", on_progress=listener)
    assert solve(instance, "native_noise").status == "feasible"  # and the next run has a worker


def test_a_worker_that_was_killed_between_runs_is_replaced(instance: Instance, value: float) -> None:
    solve(instance, "native_noise")
    for worker in POOL._idle:
        os.kill(worker.child.pid, signal.SIGKILL)
    result = solve(instance, "native_noise")
    assert (result.objective, result.termination, result.message) == (value, "heuristic", "")


def test_a_fork_server_that_was_killed_is_replaced(instance: Instance, value: float) -> None:
    solve(instance, "native_noise")
    server = POOL._server
    assert server is not None
    assert server._process is not None
    server._process.kill()
    server._process.wait()
    result = solve(instance, "native_noise")
    assert (result.objective, result.termination) == (value, "heuristic")


def test_a_new_path_for_imports_does_not_end_what_another_thread_runs(
    instance: Instance, value: float, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    under_way = threading.Event()
    with ThreadPoolExecutor(1) as pool:
        other = pool.submit(solve, instance, "native_slow", time_limit=4.0, on_progress=lambda _point: under_way.set())
        assert under_way.wait(60)
        server = POOL._server
        monkeypatch.syspath_prepend(tmp_path)
        assert solve(instance, "native_noise").objective == value
        assert POOL._server is not server
        result = other.result()
    assert (result.termination, result.objective) == ("time_limit", value)
    assert not POOL._retired
    assert not POOL._busy


def test_a_process_that_is_none_of_its_children_is_not_killed() -> None:
    stranger = subprocess.Popen(["sleep", "600"])
    server = ForkServer(HANDLER)
    children = [server.fork(), server.fork()]
    try:
        for child in children:
            assert server.end(replace(child, pid=stranger.pid)).status is None
            assert stranger.poll() is None
            assert server._process is not None
            server._process.kill()
            server._process.wait()
    finally:
        server.close()
        stranger.kill()
        stranger.wait()


def test_closing_does_not_wait_for_a_server_that_says_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fork_server, "_BOOT", "import time; time.sleep(600)")
    server = ForkServer(HANDLER)
    with ThreadPoolExecutor(1) as pool:
        asked = pool.submit(server.fork)
        while server._control is None:
            time.sleep(0.001)
        server.close()  # else it waits for two minutes
        with pytest.raises(ClosedError):
            asked.result()
    assert server._process is None


def test_without_a_python_to_start_it_runs_here(
    instance: Instance, value: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    POOL.close()
    monkeypatch.setattr(sys, "executable", None)
    result = solve(instance, "native_slow", time_limit=0.1)
    assert (result.status, result.objective) == ("feasible", value)
    assert "run in this process: no worker can be started" in result.message


def test_threads_solve_at_once() -> None:
    """Pyomo's capture of the standard streams deadlocked here."""
    small = {"subgraphs": 6, "cores": 2, "modalities": 2, "resource_blocks": 2, "slots": 6}
    instances = [FAMILY.generate(small, seed) for seed in range(4)]
    expected = [wnpopt.solve(entry, "milp", threads=1).objective for entry in instances]
    with ThreadPoolExecutor(4) as threads:
        found = list(threads.map(lambda entry: wnpopt.solve(entry, "milp", threads=1), [*instances, *instances]))
    assert [result.objective for result in found] == expected * 2
    assert all(result.status == "optimal" for result in found)


def test_inside_an_event_loop(instance: Instance, value: float) -> None:
    async def main() -> list[float | None]:
        direct = solve(instance, "native_noise").objective
        others = await asyncio.gather(*(asyncio.to_thread(solve, instance, "native_noise") for _ in range(2)))
        return [direct, *(other.objective for other in others)]

    assert asyncio.run(main()) == [value] * 3


FORKS = """
import os, sys
import wnpopt
from wnpopt.problems.wnp import FAMILY
from wnpopt.solving import remote
from wnpopt.solving.pool import POOL

instance = FAMILY.generate({o.name: o.default for o in FAMILY.generator_options}, 1)
def value():
    result = wnpopt.solve(instance, "cpsat", threads=1)
    assert result.status == "optimal", result
    return result.objective
first = value()
server = POOL._server._process.pid
if os.fork() == 0:
    assert POOL._server is None and not POOL._idle
    good = value() == first and POOL._server._process.pid != server
    POOL.close()
    os._exit(0 if good else 1)
assert os.waitstatus_to_exitcode(os.wait()[1]) == 0
assert value() == first and POOL._server._process.pid == server
"""


def test_after_the_caller_forks() -> None:
    shown = ("-W", "always::ResourceWarning", "-W", "ignore::DeprecationWarning")  # the latter: 3.12's, of forks
    command = [sys.executable, *shown, "-c", FORKS]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


def test_the_children_end_with_their_parent(trouble: Path) -> None:
    script = f"""
import sys; sys.path.insert(0, {str(trouble)!r})
import wnpopt, threading
from wnpopt.problems.wnp import FAMILY
from wnpopt.solving import remote
from wnpopt.solving.pool import POOL
instance = FAMILY.generate({{o.name: o.default for o in FAMILY.generator_options}}, 5)
def told(_point):
    print(POOL._server._process.pid, flush=True)
wnpopt.solve(instance, "native_hang", warm_start="none", time_limit=600, on_progress=told)
"""
    with subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        server = int(process.stdout.readline())
        process.kill()
    end = time.monotonic() + 120
    while Path(f"/proc/{server}").exists() and time.monotonic() < end:
        time.sleep(0.05)
    assert not Path(f"/proc/{server}").exists()


def test_ctrl_c_ends_a_solver_that_does_not_listen(instance: Instance, value: float) -> None:
    def interrupt(point: TracePoint) -> None:
        if point.bound == value - 1:
            threading.Timer(0.05, os.kill, (os.getpid(), signal.SIGINT)).start()

    result = solve(instance, "native_hang", time_limit=600.0, on_progress=interrupt)
    assert (result.termination, result.status, result.objective) == ("interrupted", "feasible", value)


def test_a_run_hears_that_it_is_to_stop(monkeypatch: pytest.MonkeyPatch) -> None:
    """It ends by itself, with its own answer, and its process serves the next run."""
    monkeypatch.setattr(remote, "_STOP_S", 600.0)
    large = FAMILY.generate({"subgraphs": 100, "cores": 8, "modalities": 6, "resource_blocks": 50, "slots": 100}, 0)
    result = solve(large, "auto", time_limit=600.0, warm_start="pacs", on_progress=lambda _point: True)
    assert (result.termination, result.status) == ("stopped", "feasible")
    assert "was ended" not in result.message


def test_a_solver_s_prints_are_not_in_the_json(trouble: Path, instance: Instance, value: float, tmp_path: Path) -> None:
    wnpopt.save(instance, tmp_path / "instance.json")
    command = [sys.executable, "-m", "wnpopt", "solve", str(tmp_path / "instance.json"), "--method", "native_noise",
               "--json", "--time-limit", "20", "--warm-start", "none"]  # fmt: skip
    done = subprocess.run(
        command, capture_output=True, text=True, env={**os.environ, "PYTHONPATH": str(trouble)}, check=False
    )
    assert done.returncode == 0
    assert json.loads(done.stdout)["objective"] == value


@pytest.mark.parametrize("method", ["native_abort", "native_liar", "native_talk", "native_garble"])
def test_a_batch_keeps_what_was_known(instance: Instance, value: float, tmp_path: Path, method: str) -> None:
    """Also of a method that would not survive, or end, on the tiny instances that workers are made ready with."""
    wnpopt.save(instance, tmp_path / "drone.json")
    summary = wnpopt.batch(
        tmp_path / "drone.json",
        methods=[method],
        out=tmp_path / "out",
        time_limit=60 if method in ("native_abort", "native_liar") else 1,  # those end by themselves, at some time
        grace=1,
        workers=1,
        warm_start="none",
    )
    assert (summary.ran, summary.failed) == (1, 1)
    (record,) = Store.open(tmp_path / "out").latest().values()
    assert (record.result.status, record.result.termination) == ("feasible", "error")
    assert record.result.objective == value
