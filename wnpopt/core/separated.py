"""Tables whose columns are separated by commas, and what others are told."""

from __future__ import annotations

from collections.abc import Sequence

from wnpopt.core.errors import InputError

_OTHERS = {";": "semicolons", "\t": "tabs", "|": "bars"}


def require_commas(header: Sequence[str]) -> None:
    """Raise :class:`InputError` for a header that is one column because other marks than commas separate its names."""
    marks = [told for mark, told in _OTHERS.items() if len(header) == 1 and mark in header[0]]
    if marks:
        raise InputError(
            f"the columns are separated by {marks[0]}; commas are needed, and points for decimals", where="row 1"
        )
