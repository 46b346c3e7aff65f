"""``.npz`` files of plain arrays: everything is known of an array from its header before its data is inflated.

NumPy's own reader trusts what a file says of itself: three megabytes may become three gigabytes. Here the members,
their sizes, types and shapes are checked first, and no more is read than the headers say.
"""

from __future__ import annotations

import io
import math
import os
import stat
import zipfile
import zlib
from collections.abc import Collection
from dataclasses import dataclass
from typing import BinaryIO

import numpy as np
from numpy.typing import NDArray

from wnpopt.core.errors import InputError, reason
from wnpopt.domain.files.reading import in_file, opening

MOST_BYTES = 1 << 28
"""An archive may hold so much, or as much as the file itself has (what is stored uncompressed inflates to no more).

Copies of it are made while it is read and checked: a megabyte that inflates to this much takes less than a gigabyte.
"""

_HEADER_BYTES = 1 << 16
_LAST_CHARACTER = 0x10FFFF
_KINDS = {"b": "flags", "i": "integers", "u": "integers", "f": "numbers", "U": "text"}
_TROUBLE = (OSError, ValueError, EOFError, RuntimeError, NotImplementedError, zipfile.BadZipFile, zlib.error)


@dataclass(frozen=True)
class _Header:
    shape: tuple[int, ...]
    fortran: bool
    dtype: np.dtype[np.generic]
    begin: int

    @property
    def count(self) -> int:
        return math.prod(self.shape)

    @property
    def end(self) -> int:
        return self.begin + self.count * self.dtype.itemsize


def read_npz(
    path: str | os.PathLike[str], known: Collection[str], *, most_bytes: int = MOST_BYTES
) -> dict[str, NDArray[np.generic]]:
    """The arrays in the file ``path`` by name, all of them among ``known``, in the machine's byte order.

    Flags, integers, real numbers and text only. Raises :class:`InputError` naming the file and the member: for what is
    no regular file or no zip, for encrypted, repeated, unknown or damaged members, for objects and other types, for
    sizes that do not match, and for more than ``most_bytes`` (or the file's own size).
    """
    with in_file(path):
        return _read(os.fspath(path), known, most_bytes)


def _read(file: str, known: Collection[str], most_bytes: int) -> dict[str, NDArray[np.generic]]:
    with opening("an .npz"):
        mode = os.stat(file)
        if stat.S_ISDIR(mode.st_mode):
            raise InputError("is a directory; the path of an .npz file is needed")
        if not stat.S_ISREG(mode.st_mode):  # a pipe would be waited for, a device may have no end
            raise InputError("is no regular file; the path of an .npz file is needed")
        with open(file, "rb") as stream:
            return _arrays(stream, known, max(most_bytes, mode.st_size))


def _arrays(stream: BinaryIO, known: Collection[str], most_bytes: int) -> dict[str, NDArray[np.generic]]:
    try:
        archive = zipfile.ZipFile(stream)
    except _TROUBLE as error:
        raise InputError(f"is not an .npz file: {reason(error)}") from None
    with archive:
        members = archive.infolist()
        names = [_name(member, known) for member in members]
        for index, name in enumerate(names):
            if name in names[:index]:
                raise InputError("repeated member; each may stand once", where=name)
        total = sum(member.file_size for member in members)
        if total > most_bytes:
            told = f"holds {total} bytes; at most {most_bytes} are allowed in a file of that size"
            raise InputError(f"{told} (what is stored without compression may be larger)")
        # All headers before any data: what does not fit costs nothing.
        headers = [_header(archive, member, name) for member, name in zip(members, names, strict=True)]
        return {
            name: _data(archive, member, name, header)
            for member, name, header in zip(members, names, headers, strict=True)
        }


def _name(member: zipfile.ZipInfo, known: Collection[str]) -> str:
    name = member.filename.removesuffix(".npy")
    if name not in known or name == member.filename:
        raise InputError(f"unknown member; the members are {', '.join(known)}, each stored as NAME.npy", where=name)
    if member.flag_bits & 0x1:
        raise InputError("is encrypted; a plain member is needed", where=name)
    if member.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise InputError(f"is compressed by method {member.compress_type}; stored or deflated is needed", where=name)
    return name


def _header(archive: zipfile.ZipFile, member: zipfile.ZipInfo, name: str) -> _Header:
    try:
        with archive.open(member) as stream:
            start = io.BytesIO(stream.read(_HEADER_BYTES))
    except _TROUBLE as error:
        raise InputError(f"is damaged: {reason(error)}", where=name) from None
    try:
        version = np.lib.format.read_magic(start)
        reader = {(1, 0): np.lib.format.read_array_header_1_0, (2, 0): np.lib.format.read_array_header_2_0}[version]
        shape, fortran, dtype = reader(start)
    except Exception:  # the header is a Python literal: whatever can be wrong with one
        raise InputError("is no plain array: its header cannot be read", where=name) from None
    if dtype.hasobject or dtype.kind not in _KINDS or dtype.subdtype is not None:
        raise InputError(f"found elements of type {dtype}; flags, numbers or text are needed", where=name)
    if not all(type(size) is int and size >= 0 for size in shape):
        raise InputError(f"found the shape {shape}; whole numbers are needed", where=name)
    header = _Header(shape, fortran, dtype, start.tell())
    # An element of no bytes (an empty text) costs something all the same.
    if header.end != member.file_size or (dtype.itemsize == 0 and header.count > member.file_size):
        what = f"holds {member.file_size - header.begin} bytes of data; {dtype} of shape {list(shape)} has "
        raise InputError(f"{what}{header.end - header.begin}", where=name)
    return header


def _data(archive: zipfile.ZipFile, member: zipfile.ZipInfo, name: str, header: _Header) -> NDArray[np.generic]:
    try:
        with archive.open(member) as stream:
            raw = stream.read(header.end)
            stream.read(1)  # reaches the end, where the checksum is compared
    except (*_TROUBLE, MemoryError) as error:
        raise InputError(f"is damaged: {reason(error)}", where=name) from None
    if len(raw) != header.end:
        raise InputError(f"ends after {len(raw)} of {header.end} bytes", where=name)
    if header.dtype.itemsize == 0:
        return np.zeros(header.shape, dtype=header.dtype)
    flat = np.frombuffer(raw, dtype=header.dtype, offset=header.begin)
    array = flat.reshape(header.shape, order="F" if header.fortran else "C")
    native = np.ascontiguousarray(array.astype(header.dtype.newbyteorder("="), copy=False)).reshape(header.shape)
    if header.dtype.kind == "U":
        points = native.reshape(-1).view(np.uint32) if native.size else np.zeros(0, dtype=np.uint32)
        if points.size and int(points.max()) > _LAST_CHARACTER:
            raise InputError("found a character beyond Unicode's last", where=name)
    if header.dtype.kind == "b" and native.size and int(native.view(np.uint8).max()) > 1:
        raise InputError("found a flag that is neither 0 nor 1", where=name)
    return native
