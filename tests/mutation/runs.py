"""A target's tests on its mutants, in forked processes; no file is touched."""

from __future__ import annotations

import importlib
import importlib.abc
import importlib.util
import os
import resource
import signal
import sys
import time
import traceback
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from pathlib import Path
from types import FunctionType, ModuleType
from typing import Any

from tests.mutation.mutants import Mutant
from tests.mutation.target import ROOT, Target

OURS = ("wnpopt", "tests", "instances")


class Replaced(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Imports one module from a text."""

    def __init__(self, target: Target, source: str) -> None:
        self.target, self.source = target, source

    def find_spec(self, name: str, path: object = None, wanted: object = None) -> Any:
        """The mutated module's spec, nothing for all others."""
        del path, wanted
        if name != self.target.module:
            return None
        return importlib.util.spec_from_file_location(name, self.target.file, loader=self)

    def exec_module(self, module: ModuleType) -> None:
        """Run the text."""
        exec(compile(self.source, str(self.target.file), "exec"), module.__dict__)


PYTEST = ["-x", "-q", "-n", "0", "-p", "no:cacheprovider", "-W", "ignore::pytest.PytestAssertRewriteWarning"]


def tested(target: Target, source: str) -> int:
    """The exit code of the target's tests in this process, with the source in place of the module's."""
    import pytest

    sys.meta_path.insert(0, Replaced(target, source))
    code = pytest.main([*PYTEST, "--rootdir", str(ROOT), *(str(ROOT / test) for test in target.tests)])
    if code == 0 and os.environ.get("MUTATE_MODULES"):
        Path(os.environ["MUTATE_MODULES"]).write_text("\n".join(sorted(sys.modules)))
    return int(code)


def run(work: Callable[[], int], limit_s: float) -> tuple[str, float]:
    """What tests in a child say ("survived", "killed", "time"; "late" says nothing), and its CPU-seconds."""
    sys.stdout.flush()
    child = os.fork()
    if child == 0:
        code = 70
        try:
            os.setpgid(0, 0)  # what the tests start ends with them
            resource.setrlimit(resource.RLIMIT_CPU, (int(limit_s), int(limit_s)))
            told = os.open(os.environ.get("MUTATE_TOLD", os.devnull), os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
            os.dup2(told, 1)
            os.dup2(told, 2)
            code = work()
        except BaseException:
            traceback.print_exc()
        finally:
            sys.stdout.flush()
            sys.stderr.flush()
            os._exit(code)
    ends = time.monotonic() + 60 * limit_s  # other work may leave it a fraction of a core
    while True:
        done, status, usage = os.wait4(child, os.WNOHANG)
        if not done and time.monotonic() < ends:
            time.sleep(0.005)
            continue
        with suppress(ProcessLookupError):
            os.killpg(child, signal.SIGKILL)
        if not done:
            _, status, usage = os.wait4(child, 0)
        break
    if not done:
        outcome = "late"
    elif os.WIFSIGNALED(status) and os.WTERMSIG(status) in (signal.SIGXCPU, signal.SIGKILL):
        outcome = "time"
    else:
        outcome = "survived" if os.waitstatus_to_exitcode(status) == 0 else "killed"
    return outcome, usage.ru_utime + usage.ru_stime


class InPlace:
    """A pytest plugin: after the collection it forks for each mutant, and puts the code of its functions in place.

    Ten times as quick as importing all anew: the tests have run once before, so that libraries are imported and machine
    code is loaded. For functions alone: of other mutants, and of those that are not killed, nothing is said.
    """

    def __init__(self, target: Target, todo: list[Mutant], tell: Callable[[Mutant, str, float], None]) -> None:
        self.target, self.todo, self.tell = target, todo, tell

    def pytest_runtestloop(self, session: Any) -> bool:
        """Instead of running the tests once."""
        module = importlib.import_module(self.target.module)

        session.config.pluginmanager.unregister(name="terminalreporter")

        def tests(source: str | None) -> int:
            if source is not None:
                put_in_place(module, source)
            for item, following in zip(session.items, [*session.items[1:], None], strict=True):
                item.config.hook.pytest_runtest_protocol(item=item, nextitem=following)
                if session.testsfailed:
                    return 1
            return 0

        tests(None)
        outcome, base = run(partial(tests, self.target.file.read_text()), 200)
        if outcome != "survived":
            raise SystemExit(f"{self.target.name}: the tests fail without any mutation")
        print(f"{self.target.name}: {len(self.todo)} mutants in place, {base:.2f} CPU-s each", flush=True)
        for mutant in self.todo:
            outcome, seconds = run(partial(tests, mutant.source), 2 + 5 * base)
            if outcome in ("killed", "time"):
                self.tell(mutant, outcome, seconds)
        return True


def put_in_place(module: ModuleType, source: str) -> None:
    """Give the module's functions, which others have imported by name, the code that they have in ``source``."""
    made: dict[str, Any] = {"__name__": module.__name__, "__file__": module.__file__, "__package__": module.__package__}
    exec(compile(source, str(module.__file__), "exec"), made)
    for name, value in made.items():
        _put(vars(module).get(name), value, module.__name__)


def _put(old: object, new: object, home: str) -> None:
    if isinstance(old, FunctionType) and isinstance(new, FunctionType):
        if new.__module__ == home:
            old.__code__, old.__defaults__, old.__kwdefaults__ = new.__code__, new.__defaults__, new.__kwdefaults__
    elif isinstance(old, type) and isinstance(new, type) and new.__module__ == home:
        for name, value in vars(new).items():
            _put(vars(old).get(name), value, home)
    elif isinstance(old, property) and isinstance(new, property):
        _put(old.fget, new.fget, home)
    elif isinstance(old, staticmethod | classmethod) and isinstance(new, staticmethod | classmethod):
        _put(old.__func__, new.__func__, home)


def in_place(target: Target, todo: list[Mutant], tell: Callable[[Mutant, str, float], None]) -> None:
    """Run those mutants that are in the body of a function, in a process of their own, and tell of those killed."""
    todo = [m for m in todo if m.in_function]
    child = os.fork() if todo else 1
    if child == 0:
        import pytest

        plugin = InPlace(target, todo, tell)
        tests = [str(ROOT / test) for test in target.tests]
        os._exit(int(pytest.main([*PYTEST, "--rootdir", str(ROOT), *tests], plugins=[plugin])))
    if todo and os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]):
        raise SystemExit(f"{target.name}: the tests failed, or were not to be had")


def import_libraries(target: Target, folder: Path) -> float:
    """Import here what the unmutated tests import, but for what is ours; the CPU-seconds that they take after that."""
    source, told = target.file.read_text(), folder / f"{target.name}.modules"
    os.environ["MUTATE_MODULES"] = str(told)
    outcome, _ = run(partial(tested, target, source), 200)
    del os.environ["MUTATE_MODULES"]
    if outcome != "survived":
        raise SystemExit(f"{target.name}: the tests fail without any mutation")
    for name in told.read_text().split():
        if name.partition(".")[0] not in (*OURS, "__main__", "conftest") and "test" not in name.rpartition(".")[2]:
            with suppress(Exception):
                importlib.import_module(name)
    outcome, seconds = run(partial(tested, target, source), 200)
    if outcome != "survived":
        raise SystemExit(f"{target.name}: the tests fail once the libraries are there")
    return seconds
