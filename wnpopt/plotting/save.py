"""Pictures by matplotlib: names stand for themselves, and a file is written whole or not at all."""

from __future__ import annotations

import io
import os
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from wnpopt.core.errors import InputError
from wnpopt.core.jsonio import write_atomic

if TYPE_CHECKING:
    from matplotlib.figure import Figure

_METADATA: dict[str, dict[str, None]] = {".png": {}, ".svg": {"Date": None}, ".pdf": {"CreationDate": None}}


@contextmanager
def drawing() -> Iterator[None]:
    """Within the block texts are no TeX, whatever the user's settings say, and a glyph that no font has is a box."""
    from matplotlib import rc_context

    with rc_context({"text.usetex": False, "svg.hashsalt": "wnpopt"}), warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="Glyph .* missing from", category=UserWarning)
        yield


def image(figure: Figure, ending: str, *, dpi: int = 150) -> bytes:
    """The figure in the form of ``ending``; the same figure gives the same bytes (no date, a fixed salt).

    Raises :class:`InputError` for an ending that is none of .png, .svg and .pdf.
    """
    if ending not in _METADATA:
        raise InputError(f"found the ending {ending!r}; {', '.join(_METADATA)} is needed")
    content = io.BytesIO()
    with drawing():
        figure.savefig(content, format=ending[1:], dpi=dpi, metadata=_METADATA[ending])
    return content.getvalue()


def save_image(figure: Figure, path: str | os.PathLike[str]) -> None:
    """Write the figure in the form of the path's ending; raises :class:`InputError` naming the file."""
    try:
        content = image(figure, Path(path).suffix.lower())
    except InputError as error:
        raise error.in_file(os.fspath(path)) from None
    write_atomic(path, content)
