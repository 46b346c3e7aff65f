"""How much of a large sample the ordinary tests take: the first of it; the slow ones take the rest."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pytest


def ordinarily(count: int, values: Iterable[Any]) -> list[Any]:
    """For ``parametrize``: ``values`` (tuples of them for several arguments), all but the first ``count`` slow."""
    rows = [value if isinstance(value, tuple) else (value,) for value in values]
    return [pytest.param(*row, marks=pytest.mark.slow if number >= count else ()) for number, row in enumerate(rows)]
