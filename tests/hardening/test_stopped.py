"""Commands that are stopped at random moments, as ``scripts/stop_and_go.py`` stops them a hundred times."""

from __future__ import annotations

import os
import runpy
import signal
import subprocess
import sys
from pathlib import Path

import pytest

import wnpopt
from tests.samples import ordinarily
from wnpopt.cli.main import main

ROUNDS = runpy.run_path(str(Path(__file__).parents[2] / "scripts" / "stop_and_go.py"))["rounds"]
COMMANDS = ("solve", "batch", "report", "run-intradp", "served", "device")


@pytest.mark.slow
@pytest.mark.skipif(not Path("/proc/self/environ").exists(), reason="what a command has started is looked for in /proc")
def test_what_is_stopped_leaves_nothing_half_done() -> None:
    seed = int(os.environ.get("WNPOPT_STOP_SEED", "3"))
    counts, wrong = ROUNDS(6, seed, COMMANDS, lasts=dict.fromkeys(COMMANDS, 4.0))
    assert sum(counts.values()) == 6
    assert wrong == [], f"repeat with WNPOPT_STOP_SEED={seed}"


HALF = """
import sys, time
import wnpopt.cli.main
from wnpopt.__main__ import run
from wnpopt.core.jsonio import replacing

def main(_arguments):
    with replacing(sys.argv[1]) as stream:
        stream.write(b"half")
        stream.flush()
        print("half is written", flush=True)
        time.sleep(600)

wnpopt.cli.main.main = main
run()
"""


@pytest.mark.parametrize("number", ordinarily(1, [signal.SIGTERM, signal.SIGINT]))
def test_a_signal_in_the_middle_of_a_file(number: int, tmp_path: Path) -> None:
    """Any command, also one that does not expect it, lets go of what it writes, and ends with one line."""
    command = [sys.executable, "-c", HALF, str(tmp_path / "plan.json")]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "half is written\n"
        assert len(list(tmp_path.iterdir())) == 1
        process.send_signal(number)
        _, err = process.communicate()
    assert (process.returncode, err) == (1, "wnpopt: interrupted before there was an answer\n")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("kind", [ImportError, OSError, wnpopt.InputError, RuntimeError])
def test_an_error_that_comes_of_ctrl_c_is_ctrl_c(
    kind: type[Exception], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A library that was interrupted while it was imported says that its initialization failed."""

    def interrupted(*_: object, **__: object) -> int:
        try:
            raise KeyboardInterrupt
        except KeyboardInterrupt as error:
            raise kind("initialization failed") from error

    monkeypatch.setattr("wnpopt.cli.main._app", lambda _: interrupted)
    assert main(["list"]) == 1
    assert capsys.readouterr().err == "wnpopt: interrupted before there was an answer\n"
