"""After warming up, a solve compiles and loads nothing more; a warm-up that fails costs no answer."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

import wnpopt
from wnpopt.backends import warmup
from wnpopt.core import registry
from wnpopt.core.method import Method, Outcome
from wnpopt.core.proof import Proof
from wnpopt.core.result import Termination

pytest.importorskip("numba")
INSTANCES = Path(__file__).resolve().parents[2] / "instances"

PROGRAM = """
import os, sys, traceback
from pathlib import Path

import wnpopt
from wnpopt.backends import warmup
from wnpopt.backends.compiled import kernels
from wnpopt.core import registry
from wnpopt.core.errors import UnsupportedError

family, folders = registry.family(sys.argv[1]), sys.argv[2:]
instances = [wnpopt.load(file) for folder in folders for file in sorted(Path(folder).glob("*[!x].json"))]


def codes():
    return {(k.py_func.__module__, k.py_func.__name__, signature) for k in kernels for signature in k.overloads}


def check(method):
    warmup.warm(family, method)
    before = codes()
    for instance in instances:
        try:
            # In this process: what a child compiles nobody would see here.
            wnpopt.solve(instance, method.name, time_limit=1, threads=1, isolate=False)
        except UnsupportedError:
            continue
        for more in codes() - before:
            print(method.name, "on", instance.name, "needs", more, file=sys.stderr)
            os._exit(1)


registry.methods(family.name)["auto"]
methods = [m for n, m in registry.methods(family.name).items() if n in family.methods and "numba" in m.modules]
assert methods and instances
failed = []
for method in methods:
    child = os.fork()
    if child == 0:
        os.dup2(2, 1)
        # The note beside the machine code would spare this child the other tiny instances, which are what is tested.
        from wnpopt.backends import machine_code
        machine_code.remembered = lambda *_: False
        try:
            check(method)
        except BaseException:
            traceback.print_exc()
            os._exit(1)
        os._exit(0)
    if os.waitpid(child, 0)[1] != 0:
        failed.append(method.name)
print(*failed)
sys.exit(bool(failed))
"""


@pytest.mark.slow
@pytest.mark.skipif(not hasattr(os, "fork"), reason="each method is tried in a process that is forked for it")
@pytest.mark.parametrize(
    ("family", "folders"), [("wnp", ["tiny", "chip-only"]), ("slide", ["tiny"]), ("intradp", ["tiny"])]
)
def test_nothing_is_compiled_after_warming_up(family: str, folders: list[str]) -> None:
    """For every method, over instances with every variant: all machine code is in memory before the clock starts."""
    command = [sys.executable, "-c", PROGRAM, family, *(str(INSTANCES / family / folder) for folder in folders)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{done.stdout}\n{done.stderr[-3000:]}"


@pytest.mark.slow
@pytest.mark.skipif(not hasattr(os, "fork"), reason="each method is tried in a process that is forked for it")
def test_nothing_is_compiled_on_a_bus_after_warming_up(tmp_path: Path) -> None:
    """``lbbd`` compiled five functions within the run, which took longer than its limit on a busy machine."""
    shutil.copy(INSTANCES / "wnp" / "tiny-fields" / "tiny-bus.json", tmp_path)
    command = [sys.executable, "-c", PROGRAM, "wnp", str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{done.stdout}\n{done.stderr[-3000:]}"


STREAMS = """
import sys

from wnpopt.backends import machine_code
from wnpopt.backends.compiled import kernels
from wnpopt.problems.wnp.runtime.warm import make_ready

machine_code.remembered = lambda *_: False


def codes():
    return {(k.py_func.__module__, k.py_func.__name__, signature) for k in kernels for signature in k.overloads}


make_ready()
before = codes()
from tests.wnp.test_stream import BIG, SMALL, random_stream, run, stream_of

for stream in (stream_of(BIG, SMALL), random_stream(1), random_stream(3)):
    run(stream)
print(codes() - before)
sys.exit(codes() != before)
"""


@pytest.mark.slow
def test_nothing_is_compiled_while_streams_run() -> None:
    """The simulator's warm-up reaches all that the policies of streams call."""
    root = str(INSTANCES.parent)
    command = [sys.executable, "-c", STREAMS]
    done = subprocess.run(command, cwd=root, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{done.stdout}\n{done.stderr[-3000:]}"


def broken(name: str) -> Method:  # type: ignore[type-arg]
    def run(*_: object) -> Outcome:  # type: ignore[type-arg]
        raise RuntimeError("no luck\ntoday")

    return Method(family="wnp", name=name, summary="", proves=Proof.NOTHING, run=run, modules=("numba",))


def test_a_warm_up_that_fails_is_told_and_not_raised() -> None:
    family = registry.family("wnp")
    assert warmup.warm(family, broken("fails")) >= 0.0
    row = warmup._warm(family, broken("fails-again"), None)
    assert row.error == r"RuntimeError: no luck\ntoday"
    assert warmup._warm(family, broken("fails-again"), None).error is None, "once a process"


def test_a_method_without_libraries_is_not_run() -> None:
    method = replace(broken("bare"), modules=())
    assert warmup._warm(registry.family("wnp"), method, None).error is None


def test_a_method_whose_library_is_missing_is_passed_over() -> None:
    method = replace(broken("lacks"), modules=("a_module_that_nobody_has",))
    row = warmup._warm(registry.family("wnp"), method, None)
    assert (row.missing, row.error) == (("a_module_that_nobody_has",), None)


def test_once_a_process() -> None:
    runs = []

    def run(*_: object) -> Outcome:  # type: ignore[type-arg]
        runs.append(1)
        return Outcome(None, Termination.HEURISTIC)

    method = replace(broken("counted"), run=run)
    warmup.warm(registry.family("wnp"), method)
    first = len(runs)
    assert first >= 1
    assert warmup.warm(registry.family("wnp"), method) == 0.0
    assert len(runs) == first


def test_compiling_is_told_once_and_only_when_it_happens(tmp_path: Path) -> None:
    program = (
        "from wnpopt.backends import warmup\nfrom wnpopt.core import registry\n"
        "family = registry.family('slide')\ntold = []\n"
        "seconds = [warmup.warm(family, registry.method('slide', 'equal'), told.append) for _ in range(2)]\n"
        "assert seconds[1] == 0.0, seconds\nprint(told)"
    )
    environment = {**os.environ, "NUMBA_CACHE_DIR": str(tmp_path)}
    for expected in ("['compiling, once']\n", "[]\n"):
        command = [sys.executable, "-c", program]
        done = subprocess.run(command, capture_output=True, text=True, check=True, env=environment)
        assert done.stdout == expected


def test_the_command_names_every_method(capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    from wnpopt.cli.main import main

    def only_two(tell: object = None) -> tuple[warmup.Warmed, ...]:
        rows = (warmup.Warmed("wnp", "pacs", 1.5, 3), warmup.Warmed("wnp", "heft", missing=("saga",)))
        for row in rows:
            tell(row)  # type: ignore[operator]
        return rows

    monkeypatch.setattr(warmup, "warmup", only_two)
    assert main(["warmup"]) == 0
    out = capfd.readouterr().out
    assert "pacs" in out
    assert "3 functions compiled" in out
    assert "saga is not installed" in out
    assert main(["warmup", "--json"]) == 0
    out, err = capfd.readouterr()
    assert out.count('"method"') == 2
    assert "pacs" in err
    monkeypatch.setattr(warmup, "warmup", lambda _: (warmup.Warmed("wnp", "pacs", error="no luck"),))
    assert main(["warmup"]) == 3


@pytest.mark.parametrize("family", ["wnp", "slide", "intradp"])
def test_what_auto_hands_to_is_made_ready_too(family: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The tiny instances were over before ``lbbd`` had to exchange: that was compiled within the first long run."""
    from wnpopt.backends import machine_code

    told = registry.family(family)
    method = replace(registry.method(family, "auto"), name=f"{family}-auto")
    run: dict[str, set[object]] = {}

    def only_noted(_family: object, of: Method, instance: object, *_: object) -> None:  # type: ignore[type-arg]
        run.setdefault(of.name, set()).add(getattr(instance, "name"))  # noqa: B009 -- an instance of any family

    monkeypatch.setattr(machine_code, "remembered", lambda *_: False)
    monkeypatch.setattr(machine_code, "remember", lambda *_: None)
    monkeypatch.setattr(warmup, "_compile", only_noted)
    assert warmup._warm(told, method, None).error is None
    names = {told.generate(options, 1).name for options in told.warm_up}
    assert method.hands_to
    for part in (method.name, *method.hands_to):
        assert run[part] >= names, part


def test_it_is_public() -> None:
    assert wnpopt.warmup is warmup.warmup
