"""Errors that a user can cause or meet, each with the exit code of the command line.

An error about input names the file, the path inside it, what was found and what would be right, in one line.
"""

from __future__ import annotations

import traceback
from pathlib import Path

from wnpopt.core.text import one_line, short

__all__ = [
    "InputError",
    "MissingDependencyError",
    "SolverError",
    "UnsupportedError",
    "WnpoptError",
    "describe",
    "one_line",
    "reason",
]

_MOST = 5000
"""Characters of a message, beside its file and path: a value is shown with up to 4000."""


class WnpoptError(Exception):
    """Base of all errors of wnpopt; ``exit_code`` is what the command line returns."""

    exit_code = 3


class InputError(WnpoptError):
    """An instance, a solution or an argument is not valid.

    ``where`` is the path inside the document (``users[3].deadline_s``), ``what`` says what was found and what
    would be right, ``file`` is the document's path, if it came from a file. ``others`` are further errors of the same
    document, at other paths.

    It is deliberately no ``ValueError``: pydantic would swallow it inside a validator and lose the path.
    """

    exit_code = 2

    def __init__(
        self, what: str, *, where: str = "", file: str | None = None, others: tuple[InputError, ...] = ()
    ) -> None:
        what = what if len(what) <= _MOST else what[: _MOST - 1] + "…"
        super().__init__(what)
        self.others = others
        self.what = what
        self.where = where
        self.file = file

    def in_file(self, file: str) -> InputError:
        """The same error, said of ``file``."""
        others = tuple(other.in_file(file) for other in self.others)
        return type(self)(self.what, where=self.where, file=self.file or file, others=others)

    def __str__(self) -> str:
        parts = [part for part in (self.file, self.where, self.what) if part]
        return one_line(": ".join(parts))


class UnsupportedError(InputError):
    """A method does not support a field of the instance; ``where`` names the field."""


class MissingDependencyError(WnpoptError):
    """An optional dependency is not installed; the message says what to install."""

    exit_code = 2


class SolverError(WnpoptError):
    """A solver library failed or rejected a model: a defect, never "no solution"."""


def reason(error: BaseException) -> str:
    """What a library says of its input, which it may quote as a whole, in a line that can be read."""
    return short(str(error).strip() or type(error).__name__, 300)


_TOLD = 2000  # of a message that was made of a method's data this much is kept


def describe(error: BaseException, most: int = _TOLD, *, place: bool = True) -> str:
    """An exception in one line: its type, ``most`` characters of its message, and the ``place`` where it was raised."""
    frames = traceback.extract_tb(error.__traceback__) if place else []
    where = f" ({Path(frames[-1].filename).name}:{frames[-1].lineno})" if frames else ""
    try:
        told = str(error)
    except Exception:  # a third party's exception may fail at that, too
        told = "(its message cannot be read)"
    if len(told) > most:
        told = told[:most] + "…"
    return one_line(f"{type(error).__name__}: {told}{where}" if told else f"{type(error).__name__}{where}")
