"""Libraries are imported without what they need only sometimes, and with it once it is needed."""

from __future__ import annotations

import subprocess
import sys

import pytest

PROGRAM = """
import sys
import wnpopt.backends.isolation.cpsat
from ortools.sat.python import cp_model
print("pandas" in sys.modules)
model = cp_model.CpModel()
x = model.new_int_var(0, 9, "x")
model.add(3 * x <= 17)
model.maximize(x)
solver = cp_model.CpSolver()
print(solver.solve(model) == cp_model.OPTIMAL, solver.value(x))
import pandas
series = model.new_bool_var_series("b", pandas.Index([1, 2, 3]))
model.add(sum(series) == 2)
print(solver.solve(model) == cp_model.OPTIMAL, int(solver.boolean_values(series).sum()), type(series) is pandas.Series)
"""


def test_cpsat_without_pandas_until_it_is_needed() -> None:
    ran = subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, text=True, check=True)
    assert ran.stdout.split("\n")[:3] == ["False", "True 5", "True 2 True"]


def test_pandas_that_is_there_already_is_used() -> None:
    ran = subprocess.run(
        [sys.executable, "-c", "import pandas\n" + PROGRAM], capture_output=True, text=True, check=True
    )
    assert ran.stdout.split("\n")[:3] == ["True", "True 5", "True 2 True"]


def test_a_method_gets_its_libraries_from_a_server_that_began_without_them() -> None:
    program = """
from wnpopt.solving import early
early.begin()
from wnpopt.solving.pool import POOL
from wnpopt.core import registry
import threading
first = early._servers[0]
worker = POOL.take(registry.method("wnp", "cpsat"), threading.Event())
print(worker.server is first, first._libraries)
"""
    ran = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert ran.stdout.startswith("True (")
    assert "'ortools'" in ran.stdout


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="where it is known how many threads there are")
def test_a_server_that_branched_off_holds_nothing_of_its_parent() -> None:
    """It shares what is imported; handles for others, standard streams, the terminal and signals are its parent's."""
    program = """
import json, os, signal, sys, threading
ours, theirs = os.pipe()
os.set_inheritable(theirs, True)
signal.signal(signal.SIGTERM, lambda *_: None)
from wnpopt.solving import early
early.begin()
(server,) = early._servers
child = server.fork()
os.close(theirs)
print(os.read(ours, 1), type(server._process).__name__, os.getsid(server._process.pid) == server._process.pid)
print(*(os.readlink(f"/proc/{server._process.pid}/fd/{number}") for number in (0, 1)))
os.kill(server._process.pid, signal.SIGINT)
child = server.fork()
os.kill(server._process.pid, signal.SIGTERM)
os.waitid(os.P_PID, server._process.pid, os.WEXITED | os.WNOWAIT)
child = server.fork()
print(type(server._process).__name__)
server.close()
print(server._process)
"""
    ran = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    told = ["b'' _Branch True", "/dev/null /dev/null", "Popen", "None"]
    assert ran.stdout.splitlines() == told


def test_no_server_branches_off_beside_another_thread() -> None:
    program = """
import threading
from wnpopt.solving import early
end = threading.Event()
thread = threading.Thread(target=end.wait)
thread.start()
early.begin()
print(type(early._servers[0]._process).__name__)
end.set()
"""
    ran = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert ran.stdout == "Popen\n"


def test_a_small_instance_that_is_proved_at_once_needs_no_library_for_models() -> None:
    """Where it is not, and for a larger one, they are imported before the clock starts."""
    program = """
import sys
from wnpopt.core.registry import family
from wnpopt.solving.messages import pack
from wnpopt.solving.request import Request
from wnpopt.solving import serve
from wnpopt.solving.serve import SMALL, _import_what_is_left

serve._BRIEF_S = 600.0
slide = family("slide")
instance = slide.instance_type.from_data(dict(slide.doctor.instance))
request = Request("slide", "auto", instance, "auto", 60.0, 1, 0, False)
size = len(pack(request))
assert size <= SMALL
def say(what):
    print(what)
_import_what_is_left(request, size, say)
print("pyomo" in sys.modules)
_import_what_is_left(request, SMALL + 1, say)
print("pyomo" in sys.modules)
"""
    ran = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert ran.stdout == "rehearsing\nrehearsed\nFalse\nTrue\n"
