"""Streams that are closed, full or abandoned cost what is printed there, and nothing else."""

from __future__ import annotations

import fcntl
import json
import os
import pty
import stat
import struct
import subprocess
import sys
import termios
import threading
from pathlib import Path

import pytest

import wnpopt
from wnpopt.core.jsonio import write_atomic

FULL = Path("/dev/full")
needs_full = pytest.mark.skipif(not FULL.exists(), reason="this system has no /dev/full")


def shell(line: str, *arguments: object, **environment: str) -> subprocess.CompletedProcess[str]:
    """``line`` run by sh, where ``"$@"`` is the command line."""
    command = ["sh", "-c", line, "sh", sys.executable, "-m", "wnpopt", *map(str, arguments)]
    done = subprocess.run(
        command, capture_output=True, text=True, env={**os.environ, **environment}, timeout=120, check=False
    )
    # What the first run on a machine may say besides.
    done.stderr = done.stderr.replace("wnpopt: compiling, once (kept on disk)\n", "")
    return done


def one_line(text: str) -> bool:
    return text.startswith("wnpopt: ") and text.count("\n") == 1 and text.endswith("\n")


def solve(instance: Path, out: Path | None = None) -> list[object]:
    return ["solve", instance, "--method", "rtfs", *([] if out is None else ["--out", out])]


@pytest.fixture(scope="module")
def plan(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, bytes]:
    """An instance, and the solution file that an undisturbed solve writes."""
    from wnpopt.core.registry import family

    case = family("wnp").doctor
    assert case is not None
    folder = tmp_path_factory.mktemp("plan")
    (folder / "instance.json").write_text(json.dumps(dict(case.instance)))
    solution = wnpopt.solve(wnpopt.load(folder / "instance.json"), "rtfs").solution
    assert solution is not None
    wnpopt.save(solution, folder / "plan.json")
    return folder / "instance.json", (folder / "plan.json").read_bytes()


@pytest.mark.parametrize("closed", [">&-", "<&- >&- 2>&-"])
def test_a_daemon_writes_its_solution_and_nothing_else_into_it(
    closed: str, plan: tuple[Path, bytes], tmp_path: Path
) -> None:
    done = shell(f'exec "$@" {closed}', *solve(plan[0], tmp_path / "out.json"))
    assert done.returncode == 0
    assert (tmp_path / "out.json").read_bytes() == plan[1]
    assert done.stderr == ""
    assert done.stdout == ""


def test_a_closed_stderr_puts_no_message_on_stdout(tmp_path: Path) -> None:
    done = shell('exec "$@" 2>&-', "solve", tmp_path / "nowhere.json")
    assert (done.returncode, done.stdout) == (2, "")


@needs_full
def test_a_full_stdout_is_one_line_and_the_file_is_there(plan: tuple[Path, bytes], tmp_path: Path) -> None:
    for arguments, unbuffered in ((solve(plan[0], tmp_path / "out.json"), ""), (["schema"], "1")):
        done = shell('exec "$@" >/dev/full', *arguments, PYTHONUNBUFFERED=unbuffered)
        assert done.returncode == 3
        assert one_line(done.stderr)
        assert "No space left on device" in done.stderr
    assert (tmp_path / "out.json").read_bytes() == plan[1]


@needs_full
def test_a_full_stderr_changes_nothing(plan: tuple[Path, bytes]) -> None:
    done = shell('exec "$@" 2>/dev/full', *solve(plan[0]), "--json")
    assert done.returncode == 0
    assert json.loads(done.stdout)["verified"]


def test_a_reader_that_has_gone_is_no_failure(plan: tuple[Path, bytes], tmp_path: Path) -> None:
    for place, arguments in enumerate((solve(plan[0], tmp_path / "out.json"), ["schema"])):
        read, write = os.pipe()
        os.close(read)
        command = [sys.executable, "-m", "wnpopt", *map(str, arguments)]
        done = subprocess.run(command, stdout=write, stderr=subprocess.PIPE, timeout=120, check=False)
        os.close(write)
        assert done.returncode == 141, place
        assert done.stderr.replace(b"wnpopt: compiling, once (kept on disk)\n", b"") == b"", place
    assert (tmp_path / "out.json").read_bytes() == plan[1]


def test_a_pipe_that_does_not_block_gets_everything() -> None:
    read, write = os.pipe()
    os.set_blocking(write, False)
    got: list[bytes] = []

    def drain() -> None:
        while chunk := os.read(read, 512):
            got.append(chunk)

    command = [sys.executable, "-m", "wnpopt", "schema"]
    with subprocess.Popen(command, stdout=write) as process:
        os.close(write)
        reader = threading.Thread(target=drain)
        reader.start()
        assert process.wait(timeout=120) == 0
        reader.join()
    os.close(read)
    assert {"wnp", "wnp-solution"} <= set(json.loads(b"".join(got)))


@needs_full
@pytest.mark.parametrize("json_", [[], ["--json"]])
def test_a_file_that_cannot_be_written_leaves_the_answer(json_: list[str], cli, instance: Path, tmp_path: Path) -> None:
    (tmp_path / "plan.json").symlink_to(FULL)
    (tmp_path / "plan.png").symlink_to(FULL)
    code, out, err = cli(
        "solve", instance, "--method", "rtfs", "--out", tmp_path / "plan.json", "--plot", tmp_path / "plan.png", *json_
    )
    assert code == 3
    assert "108" in out
    assert len(err.splitlines()) == 2
    for line, what in zip(err.splitlines(), ("solution", "picture"), strict=True):
        assert line.startswith(f"wnpopt: the {what} is not written: {tmp_path}")
        assert line.endswith("No space left on device")
    assert stat.S_ISCHR(FULL.stat().st_mode)
    assert (tmp_path / "plan.json").is_symlink()


def test_a_picture_that_fails_takes_nothing_along(
    cli, instance: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise RuntimeError("no ink\nleft")

    monkeypatch.setattr("wnpopt.plotting.draw.draw", fail)
    arguments = ["--out", tmp_path / "plan.json", "--plot", tmp_path / "plan.png"]
    code, out, err = cli("solve", instance, "--method", "rtfs", *arguments)
    assert code == 3
    assert "108" in out
    assert f"solution: {tmp_path / 'plan.json'}" in out
    assert err == f"wnpopt: the picture is not written: {tmp_path / 'plan.png'}: RuntimeError: no ink\\nleft\n"
    assert cli("verify", instance, tmp_path / "plan.json")[0] == 0


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_that_is_read_only_is_told_before_the_work(cli, instance: Path, tmp_path: Path) -> None:
    tmp_path.chmod(0o555)
    code, out, err = cli("solve", instance, "--out", tmp_path / "plan.json")
    assert (code, out) == (2, "")
    assert "Permission denied" in err


def test_devices_and_pipes_are_written_to_and_stay(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    got: list[bytes] = []
    reader = threading.Thread(target=lambda: got.append(pipe.read_bytes()))
    reader.start()
    write_atomic(pipe, b"plan")
    reader.join()
    assert got == [b"plan"]
    assert stat.S_ISFIFO(pipe.stat().st_mode)
    assert list(tmp_path.iterdir()) == [pipe]


def test_the_longest_file_names_will_do(tmp_path: Path) -> None:
    path = tmp_path / ("é" * 127)
    write_atomic(path, b"plan")
    assert path.read_bytes() == b"plan"
    assert list(tmp_path.iterdir()) == [path]


def test_a_stream_that_is_a_file_keeps_what_was_printed(plan: tuple[Path, bytes], tmp_path: Path) -> None:
    """With /dev/stdout for the solution, stdout being a file: first the answer, then the solution, and no new file."""
    if not Path("/dev/stdout").is_symlink():
        pytest.skip("this system has no /dev/stdout")
    shell(f'exec "$@" >{tmp_path}/all.txt', *solve(plan[0], Path("/dev/stdout")), "--json")
    text = (tmp_path / "all.txt").read_bytes()
    assert text.endswith(plan[1])
    assert json.loads(text.removesuffix(plan[1]))["verified"]
    assert Path("/dev/stdout").is_symlink()


def test_nothing_asked_for_is_help_and_2(cli) -> None:
    for arguments in ([], ["import"]):
        code, out, err = cli(*arguments)
        assert (code, out) == (2, "")
        assert err.startswith("Usage: wnpopt")
        assert "Commands:" in err
        assert "\\n" not in err


@pytest.mark.parametrize("encoding", ["latin-1", "utf-8"])
def test_any_encoding_of_the_streams_will_do(encoding: str, plan: tuple[Path, bytes], tmp_path: Path) -> None:
    name = "模型 é 😀 [/red]"
    data = json.loads(plan[0].read_text()) | {"name": name}
    path = tmp_path / os.fsdecode(b"caf\xe9 \xe2\x80\xae\x1b[31m.json")
    path.write_text(json.dumps(data))
    done = shell('exec "$@"', *solve(path), "--json", PYTHONIOENCODING=f"{encoding}:strict")
    assert (done.returncode, done.stderr) == (0, "")
    assert json.loads(done.stdout)["instance"] == name
    command = [sys.executable, "-m", "wnpopt", "verify", path, path]
    told = subprocess.run(
        command, capture_output=True, env={**os.environ, "PYTHONIOENCODING": encoding}, timeout=120, check=False
    )
    assert told.returncode == 2
    assert one_line(told.stderr.decode(encoding))
    assert rb"caf\udce9 \u202e\x1b[31m.json" in told.stderr


def test_a_narrow_terminal_shows_every_number(plan: tuple[Path, bytes]) -> None:
    """A real terminal, for stdout and stderr alike: the live lines on the way are there, too."""
    answer = wnpopt.solve(wnpopt.load(plan[0]), "rtfs")
    parent, child = pty.openpty()
    fcntl.ioctl(child, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 20, 0, 0))
    environment = {key: value for key, value in os.environ.items() if key not in ("COLUMNS", "LINES")}
    environment["TERM"] = "xterm"
    command = [sys.executable, "-m", "wnpopt", *map(str, solve(plan[0]))]
    process = subprocess.Popen(command, stdin=child, stdout=child, stderr=child, env=environment)
    os.close(child)
    shown = b""
    while True:
        try:
            chunk = os.read(parent, 65536)
        except OSError:  # the other end is closed
            break
        if not chunk:
            break
        shown += chunk
    assert process.wait(timeout=120) == 0
    os.close(parent)
    text = shown.decode()
    assert "…" not in text
    for value in (answer.objective, answer.bound):
        assert f"{value:.0f}" in text.replace("\r\n", "\n").split("method", 1)[1]
    assert answer.gap is not None
    assert f"{100 * answer.gap:.2f} %" in text
