"""Reading and writing JSON files: strictly in, atomically out."""

from __future__ import annotations

import contextlib
import json
import os
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import BinaryIO

from wnpopt.core.document import MAX_INT
from wnpopt.core.drafts import replacement
from wnpopt.core.errors import InputError
from wnpopt.core.explain import format_path
from wnpopt.core.text import one_line, short

_STREAMS = (Path("/dev"), Path("/dev/fd"), Path("/proc/self/fd"))
_LONG_NUMBER = re.compile(rb"[0-9]{16,}")
_SURROGATE = re.compile(rb"\\u[dD][89a-fA-F]")
_DIGITS_ALIKE = bytes.maketrans(b"123456789E", b"000000000e")
_HUGE = (b"0e000", b"0e+000", b"0" * 200)
"""One of these is in every number beyond the largest float, of which JSON's reader makes infinity without a word."""
_MOST_DIGITS = 40
"""Digits of a number that is too long, as far as a message shows them."""


class _Repeated(dict[str, object]):
    """An object that had a key twice; ``key`` names it."""

    key: str = ""


_PACKED = {
    b"\x1f\x8b": "is compressed (gzip)",
    b"PK\x03\x04": "is a zip archive",
    b"\xff\xfe": "is not UTF-8 but UTF-16",
    b"\xfe\xff": "is not UTF-8 but UTF-16",
}
"""What a file is that begins so, and that no JSON begins so."""


def read_json(path: str | os.PathLike[str]) -> dict[str, object]:
    """The JSON object in the file ``path``.

    Stricter than :mod:`json`: UTF-8 only (no half of a surrogate pair by an escape either), no repeated key, no NaN or
    Infinity (nor a number beyond all floats, which is read as such), no integer beyond 2^53, no nesting too deep for
    the interpreter. Raises :class:`InputError` naming the file.
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
    # Of every object, list and text one has to be looked at only where something is wrong with one.
    suspicious: list[bool] = [True] if _SURROGATE.search(raw) or _may_overflow(raw) else []

    def build(pairs: list[tuple[str, object]]) -> dict[str, object]:
        built = dict(pairs)
        if len(built) < len(pairs):
            repeated = _Repeated(built)
            repeated.key = _first_repeated(key for key, _ in pairs)
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
        raise InputError(
            f"is not JSON: {error.msg.removesuffix(' at')} at line {error.lineno} column {error.colno}"
        ) from None
    except RecursionError:
        raise InputError("is nested too deeply") from None
    if not isinstance(data, dict):
        raise InputError(f"holds {_kind(data)}; a JSON object is needed")
    return data


def _may_overflow(raw: bytes) -> bool:
    """Whether a number may be infinite as a float; quicker than a call for each of them."""
    alike = raw.translate(_DIGITS_ALIKE)
    return any(part in alike for part in _HUGE)


def _first_repeated(keys: Iterable[str]) -> str:
    """The first of ``keys`` that stands more than once."""
    times = Counter(keys)
    return next(key for key, count in times.items() if count > 1)


class _TooLong:
    """Stands for an integer beyond 2^53 until its path is known."""

    def __init__(self, digits: str) -> None:
        self.digits = digits


def _refuse_bad_entries(data: object) -> None:
    for place, value in _walk(data):
        if isinstance(value, _Repeated):
            where = format_path((*_steps(place), value.key))
            raise InputError("repeated key; each key may stand once", where=where)
        if isinstance(value, _TooLong):
            told = f"found {short(value.digits, _MOST_DIGITS)}; an integer of at most 2^53 is needed"
            raise InputError(told, where=format_path(_steps(place)))
        if isinstance(value, float) and value - value != 0:
            raise InputError(f"found {value}; a finite number is needed", where=format_path(_steps(place)))
        if isinstance(value, str) and not _is_text(value):
            told = f'found "{short(value, 80)}"; a text without half of a surrogate pair is needed'
            raise InputError(told, where=format_path(_steps(place)))
        if isinstance(value, dict):
            for key in value:
                if not _is_text(key):
                    told = "is a key with half of a surrogate pair; characters are needed"
                    raise InputError(told, where=format_path((*_steps(place), one_line(key))))


def _is_text(value: str) -> bool:
    """Whether a text can be written: JSON's escapes may stand for halves of characters, which no file can hold."""
    try:
        value.encode()
    except UnicodeEncodeError:
        return False
    return True


_Place = tuple["_Place", int | str] | None
"""A path from its end: the place of what is around, and the step from there."""


def _walk(data: object) -> Iterator[tuple[_Place, object]]:
    """Every value in ``data`` and its place, in the order of the file.

    Neither a level of the nesting nor a step of a path costs more than the value itself, however deep it lies.
    """
    waiting: list[tuple[_Place, object]] = [(None, data)]
    while waiting:
        place, value = waiting.pop()
        yield place, value
        if isinstance(value, dict):
            waiting += [((place, key), value[key]) for key in reversed(value)]
        elif isinstance(value, list):
            waiting += [((place, index), value[index]) for index in reversed(range(len(value)))]


def _steps(place: _Place) -> tuple[int | str, ...]:
    steps: list[int | str] = []
    while place is not None:
        place, step = place
        steps.append(step)
    return tuple(reversed(steps))


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
            with replacement(target) as stream:
                yield stream
    except OSError as error:
        raise InputError(f"cannot be written: {error.strerror or error}", file=os.fspath(path)) from None


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


_dump = json.JSONEncoder(ensure_ascii=False, allow_nan=False).encode
"""Made once: :func:`json.dumps` makes one for each call with other settings than its own."""
