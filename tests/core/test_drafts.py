"""What is left of files that were being written when their process was killed, and who removes it."""

from __future__ import annotations

import fcntl
import os
import subprocess
import sys
import time
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.drafts import left
from wnpopt.core import drafts
from wnpopt.core.drafts import tidy
from wnpopt.core.jsonio import write_atomic

HALF = """
import sys
from wnpopt.core.jsonio import replacing

with replacing(sys.argv[1]) as stream:
    stream.write(b"half")
    stream.flush()
    print("half is written", flush=True)
    stream.write(sys.stdin.buffer.read())
"""


def test_what_a_kill_left_goes_with_the_next_file_and_what_is_being_written_stays(tmp_path: Path) -> None:
    with ExitStack() as started:
        killed, living = (
            started.enter_context(
                subprocess.Popen(
                    [sys.executable, "-c", HALF, str(tmp_path / name)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
                )
            )
            for name in ("killed.json", "living.json")
        )
        for process in (killed, living):
            assert process.stdout is not None
            assert process.stdout.readline() == b"half is written\n"
        assert {path.name.split(".wnpopt-")[0] for path in tmp_path.iterdir()} == {".killed.json", ".living.json"}
        killed.kill()
        killed.wait()
        assert len(list(tmp_path.glob(".killed.json.*"))) == 1
        write_atomic(tmp_path / "plan.json", b"plan")
        names = sorted(path.name.split(".wnpopt-")[0] for path in tmp_path.iterdir())
        assert names == [".living.json", "plan.json"]
        living.communicate(b" and half")
        assert living.returncode == 0
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == {
        "living.json": b"half and half", "plan.json": b"plan"
    }  # fmt: skip


def test_only_what_is_surely_a_draft_of_nobody_is_removed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    gone = left(tmp_path)
    kept = [
        left(tmp_path, system="00000000", token="1" * 16),
        tmp_path / ".plan.json.ab12cd34.tmp",
        tmp_path / "plan.json.wnpopt-00000000-0123456789abcdef.tmp",
        tmp_path / f".plan.json.wnpopt-{drafts._system()}-0123456789abcdef.tmp~",
    ]
    for path in kept[1:]:
        path.write_bytes(b"a user's")
    name = f".wnpopt-{drafts._system()}-0123456789abcdef.tmp"
    folder, link, pipe = tmp_path / f".folder{name}", tmp_path / f".link{name}", tmp_path / f".pipe{name}"
    folder.mkdir()
    link.symlink_to(kept[1])
    os.mkfifo(pipe)
    own = os.geteuid()
    with monkeypatch.context() as patched:
        patched.setattr(os, "geteuid", lambda: own + 1)
        tidy(tmp_path)
    assert gone.exists(), "another user's"
    tidy(tmp_path)
    assert sorted(tmp_path.iterdir()) == sorted([*kept, folder, link, pipe])
    tidy(tmp_path / "none")


def test_what_another_system_writes_has_a_day(tmp_path: Path) -> None:
    elsewhere = left(tmp_path, system="00000000")
    for age, there in ((23, True), (25, False)):
        os.utime(elsewhere, (time.time() - 3600 * age,) * 2)
        tidy(tmp_path)
        assert elsewhere.exists() is there
    locked = left(tmp_path, system="00000000")
    os.utime(locked, (0, 0))
    with locked.open("rb+") as stream:
        fcntl.flock(stream, fcntl.LOCK_EX)
        tidy(tmp_path)
        assert locked.exists()
    tidy(tmp_path)
    assert not locked.exists()


def test_without_locks_files_are_written_and_nothing_is_removed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise OSError("no locks")

    monkeypatch.setattr(fcntl, "flock", refuse)
    kept = left(tmp_path)
    write_atomic(tmp_path / "plan.json", b"plan")
    assert (tmp_path / "plan.json").read_bytes() == b"plan"
    assert sorted(tmp_path.iterdir()) == [kept, tmp_path / "plan.json"]


def test_a_draft_that_is_removed_before_its_lock_is_made_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Somebody who tidies up at that moment finds it without a lock."""
    asked: list[int] = []
    genuine = fcntl.flock

    def late(handle: int, how: int) -> None:
        asked.append(handle)
        if len(asked) == 1:
            (path,) = tmp_path.iterdir()
            path.unlink()
        genuine(handle, how)

    monkeypatch.setattr(fcntl, "flock", late)
    write_atomic(tmp_path / "plan.json", b"plan")
    assert len(asked) == 2
    assert [path.read_bytes() for path in tmp_path.iterdir()] == [b"plan"]


@pytest.mark.parametrize("umask", [0o022, 0o077])
def test_files_are_as_readable_as_the_umask_says(umask: int, tmp_path: Path) -> None:
    before = os.umask(umask)
    try:
        write_atomic(tmp_path / "plan.json", b"plan")
        with drafts.draft(tmp_path / "key") as (_, hidden):
            assert hidden.stat().st_mode & 0o777 == 0o600
    finally:
        os.umask(before)
    assert (tmp_path / "plan.json").stat().st_mode & 0o777 == 0o666 & ~umask
