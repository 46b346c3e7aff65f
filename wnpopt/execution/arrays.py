"""Arrays as JSON, for processes that talk in lines of it."""

from __future__ import annotations

import base64
from math import prod
from typing import Any

import numpy as np

from wnpopt.execution.network import Array


def encoded(value: Array) -> list[Any]:
    """An array as JSON."""
    return [str(value.dtype), list(value.shape), base64.b64encode(np.ascontiguousarray(value).tobytes()).decode()]


def decoded(told: list[Any]) -> Array:
    kind, shape, raw = told
    return np.frombuffer(base64.b64decode(raw), np.dtype(kind)).reshape(shape).copy()


def empty(told: list[Any]) -> Array:
    """An array of a type and a shape, of zeros."""
    kind, shape = told
    return np.zeros(prod(shape), np.dtype(kind)).reshape(shape)


def raw(value: Array) -> memoryview:
    """The bytes of an array, where they are."""
    return value.reshape(-1).view(np.uint8).data
