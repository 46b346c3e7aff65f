"""A dash names no stream, and a file that is packed or of another encoding is called what it is."""

from __future__ import annotations

import gzip
from collections.abc import Callable
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
