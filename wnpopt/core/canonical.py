"""Canonical JSON and the content hash made of it.

Keys sorted, no white space, UTF-8, integral floats written as integers (so 1 and 1.0 are alike), other floats in
Python's shortest form that reads back the same. Independent of key order and of PYTHONHASHSEED.
"""

from __future__ import annotations

import hashlib
import json


def canonical_json(data: object) -> bytes:
    """The one spelling of ``data``; raises ``ValueError`` for a number that is not finite."""
    text = json.dumps(_plain(data), sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)
    return text.encode()


def content_hash(data: object) -> str:
    """SHA-256 of the canonical JSON, in hexadecimal."""
    return hashlib.sha256(canonical_json(data)).hexdigest()


_AS_IT_IS = frozenset({int, str, bool, type(None)})


def _plain(value: object) -> object:
    if isinstance(value, float):
        return int(value) if value.is_integer() else value
    if isinstance(value, dict):
        # The leaves are the bulk of a document: no call each.
        return {
            key: entry
            if type(entry) in _AS_IT_IS or (type(entry) is float and not entry.is_integer())
            else _plain(entry)
            for key, entry in value.items()
        }
    if isinstance(value, list | tuple):
        # Long arrays of integers are passed over at C speed.
        return value if set(map(type, value)) <= {int} else [_plain(entry) for entry in value]
    return value
