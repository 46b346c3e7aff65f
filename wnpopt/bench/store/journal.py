"""Files of lines that are only appended to, each line on disk before the next thing is done.

A process that is killed while it writes leaves a last line without an end. Readers pass it over (:func:`read_lines`
tells it from the whole ones), and whoever goes on with the file ends it first, so that it stays a line of its own.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
from collections.abc import Iterator
from pathlib import Path

import msgspec

from wnpopt.core.errors import InputError


class Journal:
    """The writing end of a file of JSON lines, made if it is not there; for one writer (see :func:`exclusive`).

    Raises :class:`InputError` when the disk does not take a line; what it took of it is removed again.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        with writing(path):
            self._handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o666)
        try:
            with writing(path):
                _sync_folder(path.parent)
            size = os.fstat(self._handle).st_size
            if size and os.pread(self._handle, 1, size - 1) != b"\n":
                self._write(b"\n")
        except BaseException:
            self.close()
            raise

    def append(self, entry: object) -> None:
        """Put ``entry`` on disk as a line of JSON; returns when it is there."""
        self._write(msgspec.json.encode(entry) + b"\n")

    def close(self) -> None:
        """Close the file."""
        os.close(self._handle)

    def __enter__(self) -> Journal:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _write(self, content: bytes) -> None:
        before = os.fstat(self._handle).st_size
        with writing(self.path):
            try:
                left = memoryview(content)
                while left:
                    left = left[os.write(self._handle, left) :]
                os.fsync(self._handle)
            except OSError:
                with contextlib.suppress(OSError):
                    os.ftruncate(self._handle, before)
                raise


def read_lines(path: Path) -> tuple[list[bytes], bytes]:
    """The whole lines of a journal, and what there is of a cut one; raises :class:`InputError` naming the file."""
    try:
        *lines, rest = path.read_bytes().split(b"\n")
    except OSError as error:
        raise InputError(f"cannot be read: {error.strerror}", file=os.fspath(path)) from None
    return lines, rest


@contextlib.contextmanager
def writing(path: Path) -> Iterator[None]:
    """Within the block an ``OSError`` becomes an :class:`InputError` naming ``path``."""
    try:
        yield
    except OSError as error:
        raise InputError(f"cannot be written: {error.strerror}", file=os.fspath(path)) from None


@contextlib.contextmanager
def exclusive(path: Path, busy: str) -> Iterator[None]:
    """Hold the lock on the file ``path``, which stands for its folder; it ends with the process, however that ends.

    Raises :class:`InputError` naming the folder, with the words ``busy`` if another process holds the lock.
    """
    folder = os.fspath(path.parent)
    with writing(path.parent):
        handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o666)
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise InputError(busy, file=folder) from None
        except OSError as error:
            told = f"its file system knows no locks ({error.strerror}); a folder on another one is needed"
            raise InputError(told, file=folder) from None
        yield
    finally:
        os.close(handle)


def _sync_folder(folder: Path) -> None:
    """Make a new name in ``folder`` survive a power failure, not only a kill."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
