"""One input given to one reader, and what is wrong with what the reader did."""

from __future__ import annotations

import re
import shutil
import tempfile
import traceback
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.fuzz.guard import watched
from wnpopt.core.errors import InputError, MissingDependencyError

MOST = 1 << 20
"""Bytes of the longest input."""

LONGEST_MESSAGE = 8_000
"""Characters of the longest message that is one to read; a value is told with at most some hundreds of them."""

Read = Callable[[Path, bytes], None]


class FaultError(Exception):
    """A reader did what it may not do."""


@dataclass(frozen=True)
class Target:
    """A reader: ``read(folder, data)`` lets it read ``data`` from a file in ``folder``, which is empty.

    ``refusals`` are what it may raise, besides an :class:`InputError`; ``form`` is the mutator that keeps inputs
    readable; ``seeds`` makes valid inputs. ``what`` is the row of the list of readers. ``names_files``: the inputs name
    other files that are to be read, wherever they lie.
    """

    name: str
    what: str
    form: str
    read: Read
    seeds: Callable[[], Iterator[bytes]]
    refusals: tuple[type[BaseException], ...] = ()
    names_files: bool = False


@contextmanager
def quiet() -> Iterator[None]:
    """Warnings that are meant for people (of stores and archives) are no faults, those of libraries are."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        warnings.simplefilter("error", RuntimeWarning)
        yield


@contextmanager
def empty_folder() -> Iterator[Path]:
    """A folder for inputs, in memory where there is such a place."""
    memory = Path("/dev/shm")
    with tempfile.TemporaryDirectory(prefix="wnpopt-", dir=memory if memory.is_dir() else None) as folder:
        yield Path(folder)


def check(target: Target, data: bytes, folder: Path) -> str:
    """Let the target read ``data``; "" if it took it, else what it said. Raises :class:`FaultError`."""
    inner = folder / "given"
    inner.mkdir()
    beside = set(folder.iterdir())
    try:
        with watched(inner, reads_anywhere=target.names_files) as seen, quiet():
            said = _said(target, inner, data)
        if seen:
            raise FaultError(f"{target.name}: {seen[0]}")
        if set(folder.iterdir()) != beside:
            raise FaultError(f"{target.name}: leaves files beside its folder")
    finally:
        shutil.rmtree(inner)
    if said and not said.isprintable():
        raise FaultError(f"{target.name}: a message of more than a line: {said!r:.300}")
    if len(said) > LONGEST_MESSAGE:
        raise FaultError(f"{target.name}: a message of {len(said)} characters: {said:.200}")
    return said


def _said(target: Target, folder: Path, data: bytes) -> str:
    try:
        target.read(folder, data)
    except (InputError, MissingDependencyError) as error:
        return str(error) or "nothing"
    except target.refusals as error:
        return str(error) or "nothing"
    except Exception as error:
        frames = traceback.extract_tb(error.__traceback__)
        at = next((frame for frame in reversed(frames) if "/wnpopt/" in frame.filename), frames[-1])
        place = f"{re.sub('.*/wnpopt/', 'wnpopt/', at.filename)}:{at.lineno}"
        raise FaultError(f"{target.name}: {type(error).__name__}: {error!s:.300} ({place})") from error
    return ""
