"""Which files a batch is about."""

from __future__ import annotations

import errno
import glob
import hashlib
import os
import stat
import warnings
from collections.abc import Iterable
from dataclasses import dataclass
from io import BufferedReader
from pathlib import Path

from wnpopt.core.errors import InputError, reason


@dataclass(frozen=True, slots=True)
class Sources:
    """Files in the order in which they will be run, and how many were passed over by their name."""

    files: tuple[str, ...]
    passed_over: int


def find(sources: Iterable[str | os.PathLike[str]], store: Path) -> Sources:
    """The files of folders (``*.json`` at any depth), single files and globs, each once, sorted within a source.

    Passed over: ``index.json``, hidden files, and whatever lies in ``store``. Raises :class:`InputError` for a source
    that is not there, or holds no JSON file.
    """
    found: dict[str, str] = {}
    passed_over = 0
    own = Path(os.path.realpath(store))
    for given in sources:
        source = os.fspath(given)
        try:
            entries = _entries(source)
        except OSError as error:
            raise InputError(f"cannot be read: {error.strerror}", file=source) from None
        except ValueError as error:  # a null byte
            raise InputError(f"is no path: {reason(error)}") from None
        if not entries:
            raise InputError("holds no file *.json", file=source)
        for entry in entries:
            real = Path(os.path.realpath(entry))  # Path.resolve raises on a loop of symbolic links
            # What a suite wrote into the store's folder is an instance like any other; the store's own folders are not.
            stored = real.parent in (own / "instances", own / "solutions", own / "runs") or real == own / "suite.json"
            if real.name == "index.json" or stored or _hidden(entry, source):
                passed_over += 1
            else:
                found.setdefault(str(real), entry)
    return Sources(tuple(found.values()), passed_over)


def _entries(source: str) -> list[str]:
    path = Path(source)
    if path.is_dir():
        walk = os.walk(path, onerror=_unreadable)
        return sorted(str(Path(folder) / name) for folder, _, names in walk for name in names if name.endswith(".json"))
    if path.exists() or path.is_symlink():
        return [source]
    matches = sorted(match for match in glob.glob(source, recursive=True) if not Path(match).is_dir())
    if not matches and not glob.has_magic(source):
        raise InputError("no such file or directory", file=source)
    return matches


def _unreadable(error: OSError) -> None:
    warnings.warn(f"{error.filename}: cannot be read: {error.strerror}; passed over", UserWarning, stacklevel=2)


def _hidden(entry: str, source: str) -> bool:
    """True if a folder's search came upon something hidden; where the source itself lies is its user's business."""
    if not os.path.isdir(source):
        return False
    return any(part.startswith(".") for part in Path(entry).relative_to(source).parts)


def fingerprint(file: str) -> str:
    """SHA-256 of the file's bytes; raises ``OSError``."""
    with _open(file) as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def content_of(file: str) -> bytes:
    """The file's bytes; raises ``OSError``."""
    with _open(file) as stream:
        return stream.read()


def shown(file: str) -> str:
    """A path for records and messages: a name that is no UTF-8 cannot be written as JSON."""
    return os.fsencode(file).decode(errors="backslashreplace")


def _open(file: str) -> BufferedReader:
    """Like :func:`open`, but never waits for the other end of a pipe or reads a device without an end."""
    handle = os.open(file, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    if not stat.S_ISREG(os.fstat(handle).st_mode):
        os.close(handle)
        raise OSError(errno.EINVAL, "is no regular file", file)
    return os.fdopen(handle, "rb")
