"""Canonical JSON and the content hash made of it.

Keys sorted, no white space, UTF-8, integral floats written as integers (so 1 and 1.0 are alike), other floats in
Python's shortest form that reads back the same. Independent of key order and of PYTHONHASHSEED.
"""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Callable, Sequence
from itertools import chain, islice
from json.encoder import encode_basestring
from operator import itemgetter
from typing import Any

from pydantic import TypeAdapter

_WRITER = json.JSONEncoder(ensure_ascii=False, allow_nan=False)
_MANY = 32
"""Entries of a list from which on they are written all at once, column by column."""
_FEW = 0.1
"""Share of different numbers up to which each is written once and looked up after that."""
_SAMPLE = 10_000
"""So many of the first numbers tell whether there may be few different ones."""
_LEAST_PLAIN, _MOST_PLAIN = 1e-4, 1e15
"""Between them Python writes numbers without an exponent, and so does pydantic, to the same digits."""
_PLAIN = TypeAdapter(list[float])


def canonical_json(data: object) -> bytes:
    """The one spelling of ``data``; raises ``ValueError`` for a number that is not finite."""
    return _text(data).encode()


def content_hash(data: object) -> str:
    """SHA-256 of the canonical JSON, in hexadecimal."""
    return hashlib.sha256(canonical_json(data)).hexdigest()


def _text(value: object) -> str:
    if isinstance(value, dict):
        return "{" + ",".join([f"{_WRITER.encode(key)}:{_text(value[key])}" for key in sorted(value)]) + "}"
    if isinstance(value, list | tuple):
        return "[" + ",".join(_texts(value)) + "]"
    return _WRITER.encode(int(value) if isinstance(value, float) and value.is_integer() else value)


def _texts(values: Sequence[Any]) -> list[str]:
    """:func:`_text` of each; of many entries in a fraction of the time, as all of a kind are written at once."""
    if len(values) < _MANY:
        return list(map(_text, values))
    return _by_kind(values, list(map(type, values)), _alike)


def _by_kind(values: Sequence[Any], kinds: Sequence[Any], write: Callable[[Any, list[Any]], list[str]]) -> list[str]:
    """``write(kind, all values of it)`` for each kind, in the order of ``values``."""
    if kinds.count(kinds[0]) == len(kinds):
        return write(kinds[0], list(values))
    of_kind: dict[Any, list[Any]] = {}
    for kind, value in zip(kinds, values, strict=True):
        of_kind.setdefault(kind, []).append(value)
    written = {kind: iter(write(kind, members)) for kind, members in of_kind.items()}
    return [next(written[kind]) for kind in kinds]


def _alike(kind: type, values: list[Any]) -> list[str]:
    if kind is float:
        return _reals(values)
    if kind is int:
        return list(map(repr, values))
    if kind is dict:
        return _by_kind(values, list(map(tuple, values)), _objects)
    if kind is list or kind is tuple:
        texts = iter(_texts(list(chain.from_iterable(values))))
        return ["[" + ",".join(islice(texts, len(value))) + "]" for value in values]
    if kind is type(None):
        return ["null"] * len(values)
    return list(map(encode_basestring, values)) if kind is str else list(map(_text, values))


def _reals(values: list[float]) -> list[str]:
    if len(set(values[:_SAMPLE])) <= _FEW * len(values[:_SAMPLE]):
        different = set(values)
        if len(different) <= _FEW * len(values):
            written = {value: _text(value) for value in different}
            return [written[value] for value in values]
    if not all(map(math.isfinite, values)):
        raise ValueError("a number that is not finite has no JSON")
    if min(values) >= _LEAST_PLAIN and max(values) < _MOST_PLAIN:
        texts = _PLAIN.dump_json(values)[1:-1].decode().split(",")
        return [text[:-2] if text.endswith(".0") else text for text in texts]
    return [repr(int(value)) if value.is_integer() else repr(value) for value in values]


def _objects(names: tuple[str, ...], values: list[dict[str, Any]]) -> list[str]:
    """Objects with the same ``names``, by columns."""
    if not names:
        return ["{}"] * len(values)
    ordered = sorted(names)
    pattern = "{" + ",".join([_WRITER.encode(name).replace("%", "%%") + ":%s" for name in ordered]) + "}"
    columns = [_texts(list(map(itemgetter(name), values))) for name in ordered]
    return list(map(pattern.__mod__, zip(*columns, strict=True)))
