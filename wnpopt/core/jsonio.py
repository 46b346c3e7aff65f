"""Reading and writing JSON files: strictly in, atomically out."""

from __future__ import annotations

import contextlib
import json
import os
import re
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from wnpopt.core.document import MAX_INT
from wnpopt.core.errors import InputError
from wnpopt.core.explain import format_path

_STREAMS = (Path("/dev"), Path("/dev/fd"), Path("/proc/self/fd"))
_LONG_NUMBER = re.compile(rb"[0-9]{16,}")


class _Repeated(dict[str, object]):
    """An object that had a key twice; ``key`` names it."""

    key: str = ""


_PACKED = {
    b"\x1f\x8b": "is compressed (gzip)",
    b"PK\x03\x04": "is a zip archive",
    b"\xff\xfe": "is UTF-16",
    b"\xfe\xff": "is UTF-16",
}
"""What a file is that begins so, and that no JSON begins so."""


def read_json(path: str | os.PathLike[str]) -> dict[str, object]:
    """The JSON object in the file ``path``.

    Stricter than :mod:`json`: UTF-8 only, no repeated key, no NaN or Infinity, no integer beyond 2^53, no
    nesting too deep for the interpreter. Raises :class:`InputError` naming the file.
    """
    file = os.fspath(path)
    try:
        raw = Path(path).read_bytes()
    except FileNotFoundError:
        hint = "; /dev/stdin is the standard input" if file == "-" else ""
        raise InputError(f"no such file{hint}", file=file) from None
    except IsADirectoryError:
        raise InputError("is a directory; the path of a JSON file is needed", file=file) from None
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        raise InputError(f"cannot be read: {reason}", file=file) from None
    try:
        return parse_json(raw)
    except InputError as error:
        raise error.in_file(file) from None


def parse_json(raw: bytes) -> dict[str, object]:
    """The JSON object in ``raw``, as strictly as :func:`read_json`."""
    if not raw.strip():
        raise InputError("is empty; a JSON object is needed")
    for head, what in _PACKED.items():
        if raw.startswith(head):
            raise InputError(f"{what}; a JSON object in UTF-8 is needed")
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InputError(f"is not UTF-8: byte 0x{raw[error.start]:02x} at offset {error.start}") from None
    suspicious: list[bool] = []

    def build(pairs: list[tuple[str, object]]) -> dict[str, object]:
        built = dict(pairs)
        if len(built) < len(pairs):
            repeated = _Repeated(built)
            keys = [key for key, _ in pairs]
            repeated.key = next(key for key in keys if keys.count(key) > 1)
            suspicious.append(True)
            return repeated
        return built

    def refuse_constant(word: str) -> float:
        suspicious.append(True)
        return float(word)

    def bounded(digits: str) -> int | _TooLong:
        if len(digits) > 17 or abs(int(digits)) > MAX_INT:
            suspicious.append(True)
            return _TooLong(digits)
        return int(digits)

    try:
        # Calling back for every integer would double the time of a large file: only where one may be too long.
        data = (
            json.loads(text, object_pairs_hook=build, parse_constant=refuse_constant, parse_int=bounded)
            if _LONG_NUMBER.search(raw)
            else json.loads(text, object_pairs_hook=build, parse_constant=refuse_constant)
        )
        if suspicious:
            _refuse_bad_entries(data)
    except json.JSONDecodeError as error:
        raise InputError(f"is not JSON: {error.msg} at line {error.lineno} column {error.colno}") from None
    except RecursionError:
        raise InputError("is nested too deeply") from None
    if not isinstance(data, dict):
        raise InputError(f"holds {_kind(data)}; a JSON object is needed")
    return data


class _TooLong:
    """Stands for an integer beyond 2^53 until its path is known."""

    def __init__(self, digits: str) -> None:
        self.digits = digits


def _refuse_bad_entries(data: object) -> None:
    for path, value in _walk(data, ()):
        where = format_path(path)
        if isinstance(value, _Repeated):
            raise InputError("repeated key; each key may stand once", where=format_path((*path, value.key)))
        if isinstance(value, _TooLong):
            raise InputError(f"found {value.digits}; an integer of at most 2^53 is needed", where=where)
        if isinstance(value, float) and value - value != 0:
            raise InputError(f"found {value}; a finite number is needed", where=where)


def _walk(value: object, path: tuple[int | str, ...]) -> Iterator[tuple[tuple[int | str, ...], object]]:
    yield path, value
    if isinstance(value, dict):
        for key, entry in value.items():
            yield from _walk(entry, (*path, key))
    elif isinstance(value, list):
        for index, entry in enumerate(value):
            yield from _walk(entry, (*path, index))


def _kind(value: object) -> str:
    if isinstance(value, list):
        return "a list"
    return "null" if value is None else f"a {type(value).__name__}"


def write_atomic(path: str | os.PathLike[str], content: bytes) -> None:
    """Write ``content`` so that ``path`` holds either what it held before or all of it, also after a crash.

    A device, a pipe or an open stream (/dev/stdout) is written to and stays what it is. Raises :class:`InputError`
    naming the file.
    """
    with replacing(path) as stream:
        stream.write(content)


@contextlib.contextmanager
def replacing(path: str | os.PathLike[str]) -> Iterator[BinaryIO]:
    """A stream whose content becomes that of ``path`` when the block ends, as :func:`write_atomic` writes it.

    Where the block raises, the file is what it was. An ``OSError`` of the stream becomes an :class:`InputError`.
    """
    target = Path(path)
    try:
        if target.exists() and (not target.is_file() or target.parent in _STREAMS):
            with target.open("ab") as stream:
                yield stream
        else:
            with _temporary(target) as stream:
                yield stream
    except OSError as error:
        raise InputError(f"cannot be written: {error.strerror or error}", file=os.fspath(path)) from None


@contextlib.contextmanager
def _temporary(target: Path) -> Iterator[BinaryIO]:
    handle, temporary = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name[:40]}.", suffix=".tmp")
    try:
        with os.fdopen(handle, "wb") as stream:
            yield stream
            stream.flush()
            os.fsync(stream.fileno())
        # mkstemp makes private files; an output is as readable as the user's umask says.
        umask = os.umask(0)
        os.umask(umask)
        Path(temporary).chmod(0o666 & ~umask)
        Path(temporary).replace(target)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise


def write_json(path: str | os.PathLike[str], data: object) -> None:
    """Write ``data`` in the project's readable form (see :func:`format_json`), atomically."""
    write_atomic(path, (format_json(data) + "\n").encode())


def format_json(data: object, indent: int = 0) -> str:
    """JSON with one line for each list or object that holds only scalars: readable, and a fifth of the lines."""
    pad, inner = " " * indent, " " * (indent + 1)
    if isinstance(data, dict) and not _is_flat(data.values()):
        rows = [f"{inner}{_dump(str(key))}: {format_json(value, indent + 1)}" for key, value in data.items()]
        return "{\n" + ",\n".join(rows) + "\n" + pad + "}"
    if isinstance(data, list | tuple) and not _is_flat(data):
        rows = [f"{inner}{format_json(value, indent + 1)}" for value in data]
        return "[\n" + ",\n".join(rows) + "\n" + pad + "]"
    return _dump(data)


def _is_flat(values: object) -> bool:
    assert hasattr(values, "__iter__")
    return not any(isinstance(value, dict | list | tuple) for value in values)


def _dump(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, allow_nan=False)
