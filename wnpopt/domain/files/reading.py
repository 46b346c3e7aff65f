"""What every reader says of a file that cannot be read, and of a fault in one."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager

from wnpopt.core.errors import InputError


@contextmanager
def in_file(path: str | os.PathLike[str]) -> Iterator[None]:
    """Every :class:`InputError` from within names the file ``path``."""
    try:
        yield
    except InputError as error:
        raise error.in_file(os.fspath(path)) from None


@contextmanager
def opening(kind: str) -> Iterator[None]:
    """What the system says of a file from within becomes an :class:`InputError`; ``kind``: "a CSV", say, is needed."""
    try:
        yield
    except FileNotFoundError:
        raise InputError("no such file") from None
    except IsADirectoryError:
        raise InputError(f"is a directory; the path of {kind} file is needed") from None
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        raise InputError(f"cannot be read: {reason}") from None
