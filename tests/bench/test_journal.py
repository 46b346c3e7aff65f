"""The journal under stores and adversarial searches: whole lines are on disk, a cut one is told and stays alone."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from wnpopt.bench.store.journal import Journal, exclusive, read_lines
from wnpopt.core.errors import InputError


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(entries=st.lists(st.text(max_size=12), min_size=1, max_size=6), data=st.data())
def test_whatever_a_kill_leaves_the_whole_lines_stay(tmp_path: Path, entries: list[str], data: st.DataObject) -> None:
    path = tmp_path / "journal.jsonl"
    path.unlink(missing_ok=True)
    with Journal(path) as journal:
        for entry in entries:
            journal.append(entry)
    whole = path.read_bytes()
    lines, rest = read_lines(path)
    assert (len(lines), rest) == (len(entries), b"")
    cut = data.draw(st.integers(0, len(whole)))
    path.write_bytes(whole[:cut])
    kept, rest = read_lines(path)
    assert kept == lines[: len(kept)]
    assert b"".join(line + b"\n" for line in kept) + rest == whole[:cut]
    with Journal(path) as journal:
        journal.append("next")
    assert read_lines(path) == ([*kept, *([rest] if rest else []), b'"next"'], b"")


def test_what_a_full_disk_took_of_a_line_is_removed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "journal.jsonl"
    real = os.write

    def fill(handle: int, content: bytes) -> int:
        if len(content) < 5:
            raise OSError(28, "No space left on device")
        return real(handle, bytes(content)[:3])

    with Journal(path) as journal:
        journal.append("first")
        monkeypatch.setattr(os, "write", fill)
        with pytest.raises(InputError, match=r"journal\.jsonl: cannot be written: No space left"):
            journal.append("second")
        assert path.read_bytes() == b'"first"\n'
        monkeypatch.setattr(os, "write", real)
        journal.append("third")
    assert path.read_bytes() == b'"first"\n"third"\n'


def test_a_journal_that_cannot_be_opened_or_read(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="cannot be written: No such file or directory"):
        Journal(tmp_path / "no" / "journal.jsonl")
    with pytest.raises(InputError, match="cannot be read: No such file or directory"):
        read_lines(tmp_path / "journal.jsonl")


def test_the_lock_is_for_one_and_ends_with_its_process(tmp_path: Path) -> None:
    lock = tmp_path / "lock"
    with exclusive(lock, "busy"):
        with pytest.raises(InputError, match="busy") as caught, exclusive(lock, "busy"):
            pass
        assert caught.value.file == str(tmp_path)
    program = (
        "import os, sys; from pathlib import Path; from wnpopt.bench.store.journal import exclusive\n"
        "with exclusive(Path(sys.argv[1]), 'busy'): print('held', flush=True); sys.stdin.read()"
    )
    holder = subprocess.Popen(
        [sys.executable, "-c", program, str(lock)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert holder.stdout is not None
    assert holder.stdout.readline() == "held\n"
    with pytest.raises(InputError, match="busy"), exclusive(lock, "busy"):
        pass
    holder.kill()
    holder.communicate()
    with exclusive(lock, "busy"):
        pass


def test_an_error_inside_the_lock_stays_what_it_is(tmp_path: Path) -> None:
    with pytest.raises(BlockingIOError, match="of the block"), exclusive(tmp_path / "lock", "busy"):
        raise BlockingIOError("of the block")
