"""Every reader with valid inputs and its kept corpus: only documented errors, nothing else done."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from tests.fuzz.drive import CORPUS, kept_inputs
from tests.fuzz.guard import watched
from tests.fuzz.harness import FaultError, Target, check
from tests.fuzz.targets import TARGETS

pytest.importorskip("onnx", reason="the extra onnx is not installed")
pytest.importorskip("onnxruntime", reason="the extra run is not installed")

SLOW = ("command-line", "decoded", "measured", "wnp-stream")
"""They compile functions, or build models."""


def marked(names: list[str]) -> list[object]:
    return [pytest.param(name, marks=pytest.mark.slow if name in SLOW else ()) for name in names]


@pytest.mark.parametrize("name", marked(list(TARGETS)))
def test_kept_inputs(name: str, tmp_path: Path) -> None:
    target = TARGETS[name]
    for data in (next(iter(target.seeds())), *kept_inputs(CORPUS / name)):
        check(target, data, tmp_path)


def test_every_folder_is_of_a_target() -> None:
    assert {folder.name for folder in CORPUS.glob("*")} <= TARGETS.keys()
    sizes = [file.stat().st_size for file in CORPUS.rglob("*") if file.is_file()]
    assert sum(sizes) <= 300_000


def _reading(read) -> Target:  # type: ignore[no-untyped-def]
    return Target("none", "a reader that does what it may not do", "bytes", read, lambda: iter(()))


def test_a_traceback_is_seen(tmp_path: Path) -> None:
    with pytest.raises(FaultError, match="KeyError"):
        check(_reading(lambda _folder, data: {}[data]), b"", tmp_path)


def test_a_write_elsewhere_is_seen(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tests.fuzz.guard._PASSING", ())
    elsewhere = tmp_path_factory.mktemp("elsewhere") / "x"
    with pytest.raises(FaultError, match="writes"):
        check(_reading(lambda _folder, data: elsewhere.write_bytes(data)), b"", tmp_path_factory.mktemp("own"))


def test_a_file_elsewhere_may_be_read_where_the_input_names_it(
    tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tests.fuzz.guard._PASSING", ())
    own, elsewhere = tmp_path_factory.mktemp("own"), tmp_path_factory.mktemp("elsewhere") / "x"
    elsewhere.write_bytes(b"")
    reads = _reading(lambda _folder, _data: elsewhere.read_bytes())
    with pytest.raises(FaultError, match=r"reads .*elsewhere"):
        check(reads, b"", own)
    assert check(replace(reads, names_files=True), b"", own) == ""
    writes = _reading(lambda _folder, data: elsewhere.write_bytes(data))
    with pytest.raises(FaultError, match=r"writes .*elsewhere"):
        check(replace(writes, names_files=True), b"", own)


def test_a_folder_that_is_deleted_is_seen_where_it_lies(
    tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is in it is named relative to the open folder: within the own one a library may do so."""
    monkeypatch.setattr("tests.fuzz.guard._PASSING", ())
    own, elsewhere = tmp_path_factory.mktemp("own"), tmp_path_factory.mktemp("elsewhere") / "made"

    def read(at: Path) -> None:
        at.mkdir()
        (at / "model.lp").write_bytes(b"")
        shutil.rmtree(at)

    check(_reading(lambda folder, _data: read(folder / "made")), b"", own)
    elsewhere.mkdir()
    (elsewhere / "model.lp").write_bytes(b"")
    with watched(own) as seen:
        shutil.rmtree(elsewhere)
    assert any(told.startswith("os.remove ") and str(elsewhere / "model.lp") in told for told in seen)


def test_a_link_elsewhere_is_seen(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tests.fuzz.guard._PASSING", ())
    elsewhere = tmp_path_factory.mktemp("elsewhere") / "x"
    with pytest.raises(FaultError, match=r"os.symlink .*elsewhere"):
        check(_reading(lambda folder, _data: elsewhere.symlink_to(folder)), b"", tmp_path_factory.mktemp("own"))


def test_code_that_runs_is_seen(tmp_path: Path) -> None:
    import pickle

    for read in (lambda _folder, data: eval(data), lambda _folder, _data: pickle.loads(pickle.dumps(FaultError))):
        with pytest.raises(FaultError, match=r"compile|pickle"):
            check(_reading(read), b"1", tmp_path)


def test_a_file_elsewhere_that_is_read_is_seen(tmp_path: Path) -> None:
    with pytest.raises(FaultError, match="reads"):
        check(_reading(lambda _folder, _data: Path("/etc/passwd").read_bytes()), b"", tmp_path)


def test_a_message_of_two_lines_is_seen(tmp_path: Path) -> None:
    class RefusalError(Exception):
        pass

    def read(_folder: Path, _data: bytes) -> None:
        raise RefusalError("one\ntwo")

    target = Target("none", "", "bytes", read, lambda: iter(()), (RefusalError,))
    with pytest.raises(FaultError, match="more than a line"):
        check(target, b"", tmp_path)
