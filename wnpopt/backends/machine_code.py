"""Compiled functions kept on disk: a cache that is never older than its sources, and that may be lost at any time.

numba's own cache ends a run with a traceback where a file of it is cut or the disk is full, and takes files that two
processes wrote at once for each other's. So here every function and signature has a file of its own, under a digest
of all that its machine code depends on, with a checksum in front. Whatever fails is told in one line, once a process,
and costs a compilation.

numba would also renew a function only when its own file changes, not when one that it calls and that is compiled into
it does: the digest covers every source of the function's folder.
"""

from __future__ import annotations

import hashlib
import inspect
import json
import os
import sys
import tempfile
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import llvmlite  # type: ignore[import-untyped]
import numba
from numba.core import config
from numba.core.caching import _Cache
from numba.core.runtime import rtsys

from wnpopt.backends.loaded import packed, unpacked
from wnpopt.core.drafts import replacement
from wnpopt.core.errors import one_line

_FORMAT = "2"
_DIGEST = hashlib.sha256().digest_size


_used: dict[Path, int] = {}
"""Files that machine code of this process lies in, and their sizes."""


class DamagedError(Exception):
    """A file is not what was written."""


class MachineCode(_Cache):  # type: ignore[misc]  # numba has no types
    """The machine code of one function, for the dispatcher that asks for it before it compiles."""

    def __init__(self, function: Callable[..., object]) -> None:
        self._function = function
        source = Path(inspect.getfile(function))
        tag = f"py{sys.version_info[0]}{sys.version_info[1]}{getattr(sys, 'abiflags', '')}"
        self._source = source
        self._base = f"{source.stem}.{function.__qualname__.replace('<', '').replace('>', '')}-{tag}"
        self._enabled = True

    @property
    def cache_path(self) -> str | None:
        """The first folder that is looked into; None if there is none."""
        return next((os.fspath(folder) for folder in folders(self._source.parent)), None)

    def enable(self) -> None:
        """Load and keep machine code (so from the beginning)."""
        self._enabled = True

    def disable(self) -> None:
        """Compile always, keep nothing."""
        self._enabled = False

    def flush(self) -> None:
        """Forget what is kept of this function."""
        for folder in folders(self._source.parent):
            for file in _matching(folder, self._base):
                _remove(file)

    def load_overload(self, sig: Any, target_context: Any) -> Any:
        """The compile result for ``sig``; None where it has to be compiled."""
        if not self._enabled:
            return None
        # numba's own cache refreshes the context here: it imports and registers all that compiling may need, for a
        # third of a second a process. Loaded code needs the runtime's symbols alone; the compiler refreshes by itself.
        rtsys.initialize(target_context)
        try:
            name = self._name(sig, target_context.codegen())
        except Exception as error:  # without its sources nobody knows how old it is
            complain(f"compiled code cannot be looked up ({_said(error)}), so it is compiled anew")
            return None
        for folder in folders(self._source.parent):
            file = folder / name
            try:
                content = file.read_bytes()
            except OSError:
                continue  # not there, or not for us: what is compiled instead is kept, or else that is told
            try:
                if hashlib.sha256(content[_DIGEST:]).digest() != content[:_DIGEST]:
                    raise DamagedError("damaged")
                loaded = unpacked(content[_DIGEST:], target_context)
                _used[file] = len(content)
                return loaded
            except Exception as error:  # whatever a file of unknown content leads to
                complain(f"{file} cannot be used ({_said(error)}), so it is compiled anew")
        return None

    def save_overload(self, sig: Any, data: Any) -> None:
        """Keep a compile result, in the first folder that takes it."""
        if not self._enabled or any(not lifted.can_cache for lifted in data.lifted) or data.library.has_dynamic_globals:
            return
        failed: Exception | None = None
        try:
            name = self._name(sig, data.codegen)
            body = packed(data)
        except Exception as error:
            failed = error
        else:
            for folder in folders(self._source.parent):
                try:
                    _write(folder, name, hashlib.sha256(body).digest() + body)
                    _used[folder / name] = _DIGEST + len(body)
                except Exception as error:
                    failed = failed or error
                    continue
                if failed is not None and config.CACHE_DIR:
                    complain(f"compiled code cannot be kept ({_said(failed)}), so it is kept in {folder}")
                for old in _matching(folder, self._base):
                    if _stamp_of(old.name, self._base) != _stamp_of(name, self._base):
                        _remove(old)
                return
        why = "there is no folder for it" if failed is None else _said(failed)
        complain(f"compiled code cannot be kept ({why}), so every process compiles it anew")

    def _name(self, sig: Any, codegen: Any) -> str:
        key = _digest(sig, codegen.magic_tuple(), self._function.__code__.co_code)
        return f"{self._base}.{_stamp(self._source.parent)[:16]}.{key}.nbc"


def remember(sources: Path, *of: object) -> None:
    """Note beside the machine code of the sources in a folder that it is all there for what ``of`` names."""
    for folder in folders(sources):
        here = {file.name: size for file, size in _used.items() if file.parent == folder}
        if here:
            try:
                _write(folder, _note(sources, of), json.dumps(here).encode())
            except Exception as error:
                complain(f"compiled code cannot be kept ({_said(error)}), so every process compiles it anew")


def remembered(sources: Path, *of: object) -> bool:
    """True if :func:`remember` was called for the same, and every file of then is there in its full size."""
    for folder in folders(sources):
        try:
            sizes = json.loads((folder / _note(sources, of)).read_bytes())
            if all((folder / name).stat().st_size == size for name, size in sizes.items()):
                return True
        except (OSError, ValueError, AttributeError, TypeError):
            continue
    return False


def _note(sources: Path, of: tuple[object, ...]) -> str:
    return f"complete.{_digest(_stamp(sources), sys.version_info[:2], *of)}.json"


def _digest(*of: object) -> str:
    versions = (_FORMAT, numba.__version__, llvmlite.__version__)
    return hashlib.sha256(repr((versions, of)).encode()).hexdigest()[:32]


@cache
def _stamp(folder: Path) -> str:
    """A digest of all sources of a folder, and of what every kernel is compiled with."""
    digest = hashlib.sha256()
    sources = sorted(folder.glob("*.py"))
    if not sources:
        raise FileNotFoundError(f"no sources in {folder}")
    for path in (*sources, *(Path(__file__).with_name(name) for name in ("compiled.py", "stop_flag.py"))):
        content = path.read_bytes()
        digest.update(f"{path.name}\0{len(content)}\0".encode())
        digest.update(content)
    return digest.hexdigest()


def _stamp_of(name: str, base: str) -> str:
    return name[len(base) + 1 :].split(".", maxsplit=1)[0]


@cache
def folders(sources: Path) -> tuple[Path, ...]:
    """Where machine code of the sources in a folder may lie, the best place first.

    That is the folder of NUMBA_CACHE_DIR where it is set and can be written into; else the sources' ``__pycache__``,
    then the user's own cache. One that can only be read is looked into all the same: so are images of containers made.
    """
    called = f"{sources.name}_{hashlib.sha256(os.fsencode(sources)).hexdigest()[:16]}"
    places = []
    if config.CACHE_DIR:
        own = Path(config.CACHE_DIR) / called
        if _can_write(own):
            return (own,)
        places.append(own)
    places.append(sources / "__pycache__")
    home = Path(os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache"))
    if home.is_absolute():
        places.append(home / "wnpopt" / "compiled" / called)
    return tuple(places)


def _can_write(folder: Path) -> bool:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            return True
    except OSError:
        return False  # told when something has to be kept


def _write(folder: Path, name: str, content: bytes) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    with replacement(folder / name) as file:
        file.write(content)


def _matching(folder: Path, base: str) -> Iterator[Path]:
    try:
        yield from [file for file in folder.iterdir() if file.name.startswith(f"{base}.")]
    except OSError:
        return


def _remove(file: Path) -> None:
    try:
        file.unlink()
    except OSError:
        return  # another process was faster, or the folder is read-only


_complained = False


def complain(what: str) -> None:
    """Say ``what`` on the standard error stream, once a process: a cache that is lost costs time, no answer."""
    global _complained  # noqa: PLW0603 -- once a process
    if _complained:
        return
    _complained = True
    if sys.stderr is None:  # print() would take standard output instead
        return
    try:
        print(f"wnpopt: {one_line(what)}", file=sys.stderr, flush=True)
    except (OSError, ValueError):
        return  # nobody listens


def _said(error: Exception) -> str:
    if isinstance(error, OSError) and error.strerror:
        return f"{error.strerror}: {error.filename}" if error.filename else error.strerror
    return f"{type(error).__name__}: {error}" if str(error) else type(error).__name__
