"""Arrays from strangers: checked by their headers before anything is inflated, refused with file and member."""

from __future__ import annotations

import io
import os
import struct
import zipfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wnpopt.core.errors import InputError
from wnpopt.domain.files.npz import read_npz
from wnpopt.domain.radio.own import load_bits
from wnpopt.domain.radio.rate import TruncatedShannon

KNOWN = ("a", "b", "text")


def npy(array: np.ndarray) -> bytes:
    stream = io.BytesIO()
    np.save(stream, array)
    return stream.getvalue()


def header(description: str, data: bytes = b"") -> bytes:
    """A member with this header, whatever it says."""
    text = description.encode("latin-1")
    text += b" " * (-(10 + len(text) + 1) % 64) + b"\n"
    return b"\x93NUMPY\x01\x00" + struct.pack("<H", len(text)) + text + data


def plain(descr: str, shape: str, data: bytes = b"") -> bytes:
    return header(f"{{'descr': '{descr}', 'fortran_order': False, 'shape': {shape}}}", data)


def archive(path: Path, members: list[tuple[str, bytes]], method: int = zipfile.ZIP_DEFLATED) -> Path:
    with zipfile.ZipFile(path, "w", method) as stream:
        for name, content in members:
            stream.writestr(name, content)
    return path


def test_what_numpy_writes_is_read(tmp_path: Path) -> None:
    arrays = {
        "a": np.asfortranarray(np.arange(6.0).reshape(2, 3)),
        "b": np.array([1, 2, 3], dtype=">i4"),
        "text": np.array(["one", "zwei"]),
    }
    for save in (np.savez, np.savez_compressed):
        save(tmp_path / "f.npz", **arrays)
        found = read_npz(tmp_path / "f.npz", KNOWN)
        for name, array in arrays.items():
            assert (found[name] == array).all()
            assert found[name].dtype.isnative
            assert found[name].flags.c_contiguous


def test_a_member_with_the_long_sizes_of_large_ones_is_read(tmp_path: Path) -> None:
    path = tmp_path / "f.npz"
    with (
        zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as stream,
        stream.open("a.npy", "w", force_zip64=True) as member,
    ):
        member.write(plain("<f8", "(4,)", bytes(32)))
    assert read_npz(path, KNOWN)["a"].tolist() == [0.0] * 4


Make = Callable[[Path], Path]
HUGE = "{'descr': '<f8', 'fortran_order': False, 'shape': (400000000,)}"
BAD: dict[str, tuple[Make, list[str]]] = {
    "missing": (lambda p: p, ["no such file"]),
    "a directory": (lambda p: (p.mkdir(), p)[1], ["is a directory"]),
    "a pipe": (lambda p: (os.mkfifo(p), p)[1], ["no regular file"]),
    "empty": (lambda p: (p.write_bytes(b""), p)[1], ["not an .npz file"]),
    "no zip": (lambda p: (p.write_bytes(b"PK\x03\x04 nothing"), p)[1], ["not an .npz file"]),
    "a lone array": (lambda p: (p.write_bytes(npy(np.zeros(3))), p)[1], ["not an .npz file"]),
    "unknown member": (lambda p: archive(p, [("c.npy", npy(np.zeros(3)))]), ["c:", "unknown member", "a, b, text"]),
    "no array's name": (lambda p: archive(p, [("a", npy(np.zeros(3)))]), ["a:", "unknown member"]),
    "a path": (lambda p: archive(p, [("../a.npy", npy(np.zeros(3)))]), ["../a:", "unknown member"]),
    "no npy": (lambda p: archive(p, [("a.npy", b"nothing")]), ["a:", "no plain array"]),
    "a long header": (lambda p: archive(p, [("a.npy", header(HUGE + " " * 60000))]), ["a:", "no plain array"]),
    "a hostile header": (lambda p: archive(p, [("a.npy", header("(" * 3000))]), ["a:", "no plain array"]),
    "too much said": (lambda p: archive(p, [("a.npy", header(HUGE, bytes(80)))]), ["a:", "80 bytes", "3200000000"]),
    "too little said": (lambda p: archive(p, [("a.npy", npy(np.zeros(3)) + bytes(9))]), ["a:", "33 bytes", "has 24"]),
    "negative shape": (
        lambda p: archive(p, [("a.npy", plain("<f8", "(-3,)"))]),
        ["a:", "(-3,)"],
    ),
    "true for a shape": (
        lambda p: archive(p, [("a.npy", plain("<f8", "(True,)", bytes(8)))]),
        ["a:", "True"],
    ),
    "many empty texts": (
        lambda p: archive(p, [("text.npy", plain("<U0", "(10000000000,)"))]),
        ["text:"],
    ),
    "beyond Unicode": (
        lambda p: archive(p, [("text.npy", plain("<U1", "()", b"\xff" * 4))]),
        ["text:", "Unicode"],
    ),
    "no flag": (
        lambda p: archive(p, [("a.npy", plain("|b1", "()", b"\x02"))]),
        ["a:", "neither 0 nor 1"],
    ),
    "objects": (
        lambda p: archive(p, [("a.npy", plain("|O", "(1,)", b"x"))]),
        ["a:", "object"],
    ),
    "records": (
        lambda p: archive(p, [("a.npy", npy(np.zeros(2, dtype=[("x", "f8")])))]),
        ["a:", "flags, numbers or text"],
    ),
    "complex": (lambda p: archive(p, [("a.npy", npy(np.zeros(2, dtype=complex)))]), ["a:", "complex128"]),
    "dates": (lambda p: archive(p, [("a.npy", npy(np.zeros(2, dtype="M8[s]")))]), ["a:", "datetime64"]),
    "bzip2": (lambda p: archive(p, [("a.npy", npy(np.zeros(3)))], zipfile.ZIP_BZIP2), ["a:", "method 12"]),
}


@pytest.mark.parametrize("name", BAD)
def test_bad_archives_are_refused_naming_file_and_member(name: str, tmp_path: Path) -> None:
    make, words = BAD[name]
    path = make(tmp_path / "bad.npz")
    with pytest.raises(InputError) as caught:
        read_npz(path, KNOWN)
    assert str(caught.value).startswith(f"{path}: ")
    assert all(word in str(caught.value) for word in words), caught.value


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_a_repeated_member_is_refused(tmp_path: Path) -> None:
    path = archive(tmp_path / "f.npz", [("a.npy", npy(np.zeros(3))), ("a.npy", npy(np.ones(3)))])
    with pytest.raises(InputError, match="a: repeated member"):
        read_npz(path, KNOWN)


def test_an_encrypted_member_is_refused(tmp_path: Path) -> None:
    path = archive(tmp_path / "f.npz", [("a.npy", npy(np.zeros(3)))], zipfile.ZIP_STORED)
    raw = bytearray(path.read_bytes())
    raw[6] |= 1  # the flag in the member's own header, and in the directory
    raw[raw.index(b"PK\x01\x02") + 8] |= 1
    path.write_bytes(bytes(raw))
    with pytest.raises(InputError, match="a: is encrypted"):
        read_npz(path, KNOWN)


def test_a_bomb_is_refused_by_what_it_would_hold(tmp_path: Path) -> None:
    """4 MiB of nothing in 4 kB, with 1 MiB allowed: the sizes decide, and nothing is inflated."""
    np.savez_compressed(tmp_path / "f.npz", a=np.zeros(1 << 19))
    with pytest.raises(InputError, match="at most 1048576 are allowed"):
        read_npz(tmp_path / "f.npz", KNOWN, most_bytes=1 << 20)
    np.savez(tmp_path / "f.npz", a=np.zeros(1 << 19))  # its own size is what it costs
    assert read_npz(tmp_path / "f.npz", KNOWN, most_bytes=1 << 20)["a"].size == 1 << 19


@settings(max_examples=200, deadline=None)
@given(st.data())
def test_damaged_archives_are_refused_or_read(tmp_path_factory: pytest.TempPathFactory, data: st.DataObject) -> None:
    path = tmp_path_factory.getbasetemp() / "damaged.npz"
    save = data.draw(st.sampled_from([np.savez, np.savez_compressed]))
    save(path, a=np.arange(9.0), text=np.array(["x", "yz"]))
    raw = bytearray(path.read_bytes())
    if data.draw(st.booleans()):
        raw = raw[: data.draw(st.integers(0, len(raw) - 1))]
    else:
        for _ in range(data.draw(st.integers(1, 4))):
            raw[data.draw(st.integers(0, len(raw) - 1))] = data.draw(st.integers(0, 255))
    path.write_bytes(bytes(raw))
    try:
        found = read_npz(path, KNOWN)
    except InputError:
        return
    assert set(found) <= set(KNOWN)


def test_a_channel_of_one_s_own_is_read_the_same_way(tmp_path: Path) -> None:
    np.savez(tmp_path / "f.npz", bits_per_slot=np.ones((2, 3, 1), dtype=np.int64), snr=np.ones((2, 3, 1)))
    with pytest.raises(InputError, match="holds 2 arrays; exactly one"):
        load_bits(tmp_path / "f.npz", TruncatedShannon())
    np.savez(tmp_path / "f.npz", other=np.ones(3))
    with pytest.raises(InputError, match=r"other: unknown member; the members are bits_per_slot"):
        load_bits(tmp_path / "f.npz", TruncatedShannon())
