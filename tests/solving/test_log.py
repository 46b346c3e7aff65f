"""What a run tells of itself: phases, and a log of the method and its solvers."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import pytest

import wnpopt
from wnpopt.cli.terminal import ProgressLine
from wnpopt.core import registry
from wnpopt.core.phase import Phase
from wnpopt.core.trace import TracePoint


def tiny(family: str = "wnp"):
    known = registry.family(family)
    return known.instance_type.from_data(dict(known.doctor.instance))


@pytest.mark.parametrize("isolate", [True, False])
def test_the_log_has_the_method_and_its_solver(tmp_path: Path, isolate: bool) -> None:
    file, phases = tmp_path / "solve.log", []
    result = wnpopt.solve(
        tiny(), "cpsat", warm_start="none", threads=1, log=file, on_phase=phases.append, isolate=isolate
    )
    lines = file.read_text().splitlines()
    assert [phase for phase in phases if phase is not Phase.COMPILING] == [Phase.START, Phase.SEARCH]
    assert [line for line in lines if "phase: search" in line]
    assert "method cpsat, seed 0, 1 thread, time limit 60 s" in lines[0]
    assert f"objective {result.objective}" in lines[-1]
    assert any(f"incumbent {result.objective}" in line for line in lines)
    said = [line for line in lines if "  solver  " in line]
    assert any("CpSolverResponse" in line for line in said)
    seconds = [float(line.split()[0]) for line in lines]
    assert seconds == sorted(seconds)


def test_a_log_on_the_terminal_is_on_stderr(capsys: pytest.CaptureFixture[str]) -> None:
    wnpopt.solve(tiny("slide"), "greedy", log="-", isolate=False)
    out, err = capsys.readouterr()
    assert out == ""
    assert "method greedy" in err


def test_a_log_that_cannot_be_written(tmp_path: Path) -> None:
    with pytest.raises(wnpopt.InputError, match="log: cannot be written"):
        wnpopt.solve(tiny("slide"), "greedy", log=tmp_path / "nowhere" / "a.log", isolate=False)


def test_a_full_disk_is_told_before_the_run(tmp_path: Path) -> None:
    if not Path("/dev/full").exists():
        pytest.skip("no /dev/full here")
    file = tmp_path / "full.log"
    file.symlink_to("/dev/full")
    with pytest.raises(wnpopt.InputError, match="log: cannot be written: No space"):
        wnpopt.solve(tiny("slide"), "greedy", log=file, isolate=False)


def test_a_disk_that_fills_up_costs_the_log_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The first lines fit; then there is no space, and the run goes on to its answer."""
    written: list[bytes] = []

    class Filling(io.FileIO):
        def write(self, data: Any, /) -> int:
            if len(written) == 3:
                raise OSError(28, "No space left on device")
            written.append(bytes(data))
            return super().write(data)

    opened = Path.open

    def open_log(path: Path, *args: Any, **kwargs: Any) -> Any:
        return Filling(path, "w") if path.name == "a.log" else opened(path, *args, **kwargs)

    monkeypatch.setattr(Path, "open", open_log)
    instance = tiny("slide")
    with pytest.warns(UserWarning, match=r"a\.log: the log is cut: No space left on device"):
        result = wnpopt.solve(instance, "greedy", log=tmp_path / "a.log", isolate=False)
    assert result.verified
    assert result.objective == wnpopt.solve(instance, "greedy", isolate=False).objective
    monkeypatch.undo()
    lines = (tmp_path / "a.log").read_text().splitlines()
    assert len(lines) == 3
    assert "phase: " in lines[-1]


def test_what_is_left_open_is_a_proof() -> None:
    phases: list[Phase] = []
    instance = tiny().replace(makespan_limit_ticks=1)
    result = wnpopt.solve(instance, "pacs", on_phase=phases.append, isolate=False)
    assert result.status == "infeasible"
    assert phases[-1] is Phase.PROOF


def test_the_line_names_the_phase_and_shows_times() -> None:
    from rich.console import Console

    def shown(line: ProgressLine) -> str:
        out = io.StringIO()
        Console(file=out, width=200, color_system=None).print(line)
        return out.getvalue()

    line = ProgressLine("drone milp", "min", enabled=False, unit=1e-6)
    assert "compiling" in shown(line)
    line.turn(Phase.SEARCH)
    line.update(TracePoint(0.1, 57600, 50000))
    text = shown(line)
    assert "search" in text
    assert "incumbent 57600 (57.6 ms)" in text
    assert "bound 50000 (50 ms)" in text
    plain = ProgressLine("cell dp", "max", enabled=False)
    plain.update(TracePoint(0.1, 7, 7))
    assert "incumbent 7  " in shown(plain)
    family = registry.family("wnp")
    assert family.seconds_of(tiny()) == tiny().tick_s
    assert registry.family("slide").seconds_of(tiny("slide")) is None
