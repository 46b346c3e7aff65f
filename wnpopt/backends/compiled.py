"""numba as a typed decorator, with a cache that never serves code older than its sources."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import ParamSpec, TypeVar, cast

from numba import njit

P = ParamSpec("P")
R = TypeVar("R")


def compiled(function: Callable[P, R]) -> Callable[P, R]:
    """``function`` compiled without the interpreter, the machine code cached on disk.

    numba renews a cached function when its own file changes, but not when a function that it calls changes in another
    file: the old code of the callee, compiled into it, would go on answering. So what is older than any source in the
    function's folder is removed first.
    """
    dispatcher = njit(cache=True, nogil=True)(function)
    folder = Path(inspect.getfile(function)).parent
    _forget_stale(Path(dispatcher.stats.cache_path), folder)
    return cast(Callable[P, R], dispatcher)


@cache
def _forget_stale(cached: Path, sources: Path) -> None:
    """Remove cached machine code in ``cached`` that is older than a source in ``sources``; once a process."""
    newest = max((path.stat().st_mtime for path in sources.glob("*.py")), default=0.0)
    stems = {path.stem for path in sources.glob("*.py")}
    for index in cached.glob("*.nb[ic]"):
        try:
            if (
                index.name.split(".", maxsplit=1)[0].split("-", maxsplit=1)[0] in stems
                and index.stat().st_mtime < newest
            ):
                index.unlink()
        except OSError:
            continue  # another process was faster, or the folder is read-only: then its sources do not change either
