"""A cache of machine code is disposable: whatever happens to it costs a compilation and one line, never the answer."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.samples import ordinarily
from tests.zygote import Zygote

pytest.importorskip("numba")

SOURCE = """
from __future__ import annotations
import numpy as np
from wnpopt.backends.compiled import compiled, inner
from helper import FACTOR, times

@compiled
def total(values, scale: float) -> float:
    result = 0.0
    for i in range(values.size):
        result += times(values[i], scale) * FACTOR
    return result
"""
HELPER = """
from wnpopt.backends.compiled import inner
FACTOR = 2.0

@inner
def times(one, other):
    return one * other
"""
PROGRAM = """
import numpy as np
from numba.core import event
class Listener(event.Listener):
    count = 0
    def on_start(self, happened):
        Listener.count += type(happened.data["dispatcher"]).__name__ in ("Kernel", "Inner")
    def on_end(self, happened):
        pass
event.register("numba:compile", Listener())
import sources
print(sources.total(np.arange(4.0), 3), Listener.count)
"""


IMPORTS = """
import numba
import numpy as np
import wnpopt.backends.compiled
numba.njit(lambda values: values[0] + 1)(np.zeros(1))  # what numba makes ready once
"""


class Place:
    """A folder with compiled functions, a cache, and processes that call them."""

    def __init__(self, root: Path, zygote: Zygote) -> None:
        self._zygote = zygote
        self.sources, self.cache = root / "sources", root / "cache"
        self.sources.mkdir()
        (self.sources / "sources.py").write_text(SOURCE)
        (self.sources / "helper.py").write_text(HELPER)
        self.environment = {**os.environ, "PYTHONPATH": str(self.sources), "NUMBA_CACHE_DIR": str(self.cache)}
        self.environment |= {"HOME": str(root / "home"), "PYTHONDONTWRITEBYTECODE": "1"}
        self.environment.pop("XDG_CACHE_HOME", None)

    def start(self, program: str = PROGRAM) -> subprocess.Popen[str]:
        command = [sys.executable, "-c", program]
        return subprocess.Popen(
            command, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=self.environment
        )

    def run(self, program: str = PROGRAM, total: float = 36.0) -> tuple[int, str]:
        """How many functions a process compiled, and what it said on the standard error stream."""
        done = self._zygote.run(program, environment=self.environment)
        assert done.returncode == 0, done.stderr
        value, count = done.stdout.split()
        assert float(value) == total
        return int(count), done.stderr

    def files(self) -> list[Path]:
        return sorted(self.cache.rglob("*.nbc"))


@pytest.fixture(scope="module")
def zygote() -> Iterator[Zygote]:
    """Processes that have numba ready."""
    with Zygote(IMPORTS, "from numba.core import config\nconfig.reload_config()") as made:
        yield made


@pytest.fixture
def place(tmp_path: Path, zygote: Zygote) -> Place:
    return Place(tmp_path, zygote)


def test_what_was_compiled_is_loaded(place: Place) -> None:
    assert place.run() == (2, "")
    assert len(place.files()) == 2
    assert place.run() == (0, "")


@pytest.mark.parametrize("file", ordinarily(1, ["helper.py", "sources.py"]))
def test_a_changed_source_is_compiled_again(place: Place, file: str) -> None:
    """Also where only a function changed that is compiled into another one, and where no time of a file tells."""
    place.run()
    old = place.files()
    path = place.sources / file
    times = path.stat().st_atime_ns, path.stat().st_mtime_ns
    path.write_text(path.read_text().replace("FACTOR = 2.0", "FACTOR = 3.0").replace("* FACTOR", "* (FACTOR)"))
    os.utime(path, ns=times)
    count, err = place.run(total=54.0 if file == "helper.py" else 36.0)
    assert (count, err) == (2, "")
    assert len(place.files()) == 2
    assert not set(old) & set(place.files()), "what is out of date is removed"


DAMAGES = {
    "emptied": lambda content: content[:0],
    "cut": lambda content: content[: len(content) // 2],
    "garbage": lambda content: content[::-1],
    "one bit": lambda content: content[:3000] + bytes([content[3000] ^ 1]) + content[3001:],
    "longer": lambda content: content + b"\0",
}


@pytest.mark.parametrize("damage", ordinarily(1, ["one bit", "emptied", "cut", "garbage", "longer"]))
def test_damaged_files_cost_a_compilation_and_a_line(place: Place, damage: str) -> None:
    place.run()
    for file in place.files():
        file.write_bytes(DAMAGES[damage](file.read_bytes()))
    count, err = place.run()
    assert count == 2
    assert re.fullmatch(r"wnpopt: .*\.nbc cannot be used \(.*\), so it is compiled anew\n", err)
    assert place.run() == (0, ""), "they were replaced"


@pytest.mark.slow
def test_a_pickle_of_something_else_is_no_machine_code(place: Place) -> None:
    import hashlib
    import pickle

    place.run()
    for file in place.files():
        body = pickle.dumps(("something", "else"))
        file.write_bytes(hashlib.sha256(body).digest() + body)
    count, err = place.run()
    assert (count, err.count("\n")) == (2, 1)


def test_missing_files_are_compiled_again_without_a_word(place: Place) -> None:
    place.run()
    place.files()[0].unlink()
    assert place.run()[1] == ""
    shutil.rmtree(place.cache)
    assert place.run() == (2, "")


@pytest.mark.slow
def test_a_folder_in_place_of_a_file(place: Place) -> None:
    place.run()
    for file in place.files():
        file.unlink()
        file.mkdir()
    count, err = place.run()
    assert (count, err.count("\n")) == (2, 1)


@pytest.mark.parametrize(
    "nonsense", ordinarily(1, ["/dev/null/no/folder", "/proc/nothing", "x" * 5000, "sources/sources.py"])
)
def test_a_cache_folder_that_is_none_is_told_and_another_one_taken(
    place: Place, nonsense: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(place.sources.parent)
    place.environment["NUMBA_CACHE_DIR"] = nonsense
    count, err = place.run()
    assert count == 2
    assert re.fullmatch(r"wnpopt: compiled code cannot be kept \(.*\), so it is kept in .*__pycache__\n", err)
    assert list((place.sources / "__pycache__").glob("*.nbc"))
    assert place.run() == (0, "")


WITHOUT_RIGHTS = """
import ctypes
header = (ctypes.c_uint32 * 2)(0x20080522, 0)  # Linux: no capabilities, so that permissions hold for root too
ctypes.CDLL(None).capset(header, (ctypes.c_uint32 * 6)())
"""


def read_only(folder: Path, mode: int) -> None:
    for path in [folder, *folder.rglob("*")]:
        path.chmod(mode if path.is_dir() else mode & 0o666)


@pytest.mark.skipif(sys.platform != "linux", reason="capabilities of Linux")
def test_where_nothing_can_be_written_nothing_is_kept(place: Place) -> None:
    """Read-only folders of another user, no home: one line, the right answer, and no traceback."""
    place.environment["NUMBA_CACHE_DIR"] = ""
    place.environment["HOME"] = "/dev/null"
    read_only(place.sources, 0o555)
    try:
        for _ in range(2):
            count, err = place.run(WITHOUT_RIGHTS + PROGRAM)
            assert count == 2
            assert re.fullmatch(
                r"wnpopt: compiled code cannot be kept \(.*\), so every process compiles it anew\n", err
            )
    finally:
        read_only(place.sources, 0o755)


@pytest.mark.skipif(sys.platform != "linux", reason="capabilities of Linux")
@pytest.mark.parametrize("where", ordinarily(1, ["in the user's folder", "beside the sources"]))
def test_a_read_only_cache_that_is_full_is_used(place: Place, where: str) -> None:
    """As in an image of a container: compiled when it was built, by another user."""
    place.environment["NUMBA_CACHE_DIR"] = "" if where == "beside the sources" else str(place.cache)
    place.run()
    folder = place.sources if where == "beside the sources" else place.cache
    read_only(folder, 0o555)
    try:
        count, err = place.run(WITHOUT_RIGHTS + PROGRAM)
        assert (count, err) == (0, "")
    finally:
        read_only(folder, 0o755)


def test_a_full_disk_costs_a_line(place: Place) -> None:
    """A limit on the size of files stands for it: both fail when something is written."""
    limit = (
        "import resource, signal\nsignal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))\n"
    )
    for _ in range(2):
        count, err = place.run(limit + PROGRAM)
        assert count == 2
        assert re.fullmatch(r"wnpopt: compiled code cannot be kept \(.*\), so every process compiles it anew\n", err)
    assert not [path for path in place.cache.rglob("*") if path.is_file()], "nothing half-written stays"


@pytest.mark.slow
def test_two_processes_compile_at_once(place: Place) -> None:
    """For different types, which numba's own cache mixes up: both take the same number for their files."""
    other = PROGRAM.replace("np.arange(4.0)", "np.arange(4)")
    for _ in range(2):
        for process in [place.start(PROGRAM), place.start(other), place.start(PROGRAM)]:
            out, err = process.communicate()
            assert (process.returncode, err) == (0, "")
            assert out.startswith("36.0 ")
    assert place.run() == (0, "")
    assert place.run(other) == (0, "")


def test_what_is_loaded_is_compiled_into_what_is_new(place: Place) -> None:
    """An array of another layout: the caller is compiled again, and calls what lay on the disk."""
    place.run()
    program = PROGRAM.replace("np.arange(4.0)", "np.repeat(np.arange(4.0), 2)[::2]")
    assert place.run(program) == (1, "")
    assert place.run(program) == (0, "")


@pytest.mark.slow
def test_what_is_loaded_raises_what_was_compiled(place: Place) -> None:
    """Also in functions of numba's own that were compiled into ours."""
    (place.sources / "raising.py").write_text(
        "import numpy as np\nfrom wnpopt.backends.compiled import compiled\n@compiled\n"
        "def least(values):\n    if values.size == 1:\n        raise ValueError('none of', 3)\n"
        "    return np.argmin(values)\n"
    )
    calls = """
import raising
assert raising.least(np.array([4.0, 0.0, 3.0])) == 1
for size, said in ((1, "('none of', 3)"), (0, "('attempt to get argmin of an empty sequence',)")):
    try:
        raising.least(np.zeros(size))
    except ValueError as error:
        assert str(error.args) == said, error.args
    else:
        raise AssertionError(size)
"""
    program = PROGRAM.replace("import sources\n", f"import sources\n{calls}")
    assert place.run(program) == (3, "")
    assert place.run(program) == (0, "")


def test_constants_and_integers_share_machine_code(place: Place) -> None:
    program = PROGRAM + "sources.total(np.arange(4.0), 2.5)\nassert len(sources.total.overloads) == 1\n"
    assert place.run(program) == (2, "")


def test_arguments_of_other_types_are_compiled_for_once(place: Place) -> None:
    program = """
from __future__ import annotations
import numpy as np
from wnpopt.backends.compiled import Kernel
asked = []
class Asked(Kernel):
    def compile(self, sig):
        asked.append(sig)
        return super().compile(sig)
def total(values: object, times: object, scale: float) -> float:
    result = 0.0
    for i in range(values.size):
        result += values[i] * times[i] * scale
        times[i] += 1.0
    return result
kernel = Asked(total, targetoptions={"nopython": True, "nogil": True}, reads="values")
frozen, free = np.arange(4.0), np.arange(4.0)
frozen.setflags(write=False)
for _ in range(3):
    answers = [kernel(values, np.ones(4), scale) for values in (frozen, free) for scale in (2, 2.0)]
    assert answers == [12.0] * 4, answers
assert len(kernel.overloads) == 1
print(len(asked), 0)
"""
    assert place.run(program, total=3) == (0, "")


@pytest.mark.slow
def test_a_closed_standard_error_stream_costs_nothing(place: Place) -> None:
    place.run()
    for file in place.files():
        file.write_bytes(b"")
    assert place.run("import os, sys\nos.close(2)\nsys.stderr = None\n" + PROGRAM) == (2, "")


def test_inner_functions_are_not_for_python(place: Place) -> None:
    program = """
import helper
try:
    helper.times(1.0, 2.0)
except TypeError as error:
    assert "compiled functions only" in str(error)
    print(36, 0)
"""
    assert place.run(program) == (0, "")
