"""A dash names no stream, pipes are read as they come, and a file of another encoding is called what it is."""

from __future__ import annotations

import contextlib
import gzip
import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.cli.conftest import Run

PACKED: dict[str, tuple[Callable[[bytes], bytes], str]] = {
    "gzip": (gzip.compress, "is compressed (gzip)"),
    "zip": (lambda data: b"PK\x03\x04" + data, "is a zip archive"),
    "utf-16": (lambda data: data.decode().encode("utf-16"), "is not UTF-8 but UTF-16"),
}


@pytest.mark.parametrize("kind", PACKED)
def test_what_the_file_is(kind: str, cli: Run, instance: Path, tmp_path: Path) -> None:
    pack, told = PACKED[kind]
    packed = tmp_path / "packed.json"
    packed.write_bytes(pack(instance.read_bytes()))
    code, out, err = cli("solve", packed)
    assert (code, out) == (2, "")
    assert err == f"wnpopt: {packed}: {told}; a JSON object in UTF-8 is needed\n"


@pytest.mark.parametrize("option", ["--out", "--plot"])
def test_no_file_is_called_dash(
    option: str, cli: Run, instance: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    code, out, err = cli("solve", instance, "--method", "rtfs", option, "-")
    assert (code, out) == (2, "")
    assert err.startswith("wnpopt: ")
    assert not Path("-").exists()


def test_a_dash_is_not_read(cli: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert cli("solve", "-") == (2, "", "wnpopt: -: no such file; /dev/stdin is the standard input\n")


@contextlib.contextmanager
def piped(content: bytes) -> Iterator[str]:
    """A path that a shell's ``<(...)`` makes: what is read of it is gone."""
    reading, writing = os.pipe()
    os.write(writing, content)
    os.close(writing)
    try:
        yield f"/dev/fd/{reading}"
    finally:
        os.close(reading)


@pytest.mark.parametrize(
    "words", [("solve", "{}", "--method", "rtfs", "--json"), ("solve", "{}", "--json"), ("show", "{}")], ids=" ".join
)
def test_an_instance_comes_through_a_pipe(words: tuple[str, ...], cli: Run, instance: Path) -> None:
    """Who looks at the kind in the head of the file before it is read must not do so there."""
    code, out, err = cli(*(str(instance) if word == "{}" else word for word in words))
    with piped(instance.read_bytes()) as pipe:
        again, told, said = cli(*(pipe if word == "{}" else word for word in words))
    assert (code, again, err, said) == (0, 0, "", "")
    if "--json" in words:
        kept = ("status", "objective", "bound", "instance_hash")
        assert [json.loads(told)[name] for name in kept] == [json.loads(out)[name] for name in kept]
    else:
        assert told == out


def test_a_named_pipe_is_opened_once(instance: Path, tmp_path: Path) -> None:
    """A second opening would wait for another writer, for ever: here in a process that can be killed."""
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    command = [sys.executable, "-m", "wnpopt", "solve", str(pipe), "--method", "rtfs", "--json"]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as process:
        pipe.write_bytes(instance.read_bytes())
        out, _ = process.communicate(timeout=300)
    assert process.returncode == 0
    assert json.loads(out)["verified"]
