"""What a reader may not do whatever it reads: run code, start processes, connect, or touch files elsewhere.

An audit hook of Python sees it, also where the reader's own code swallows what went wrong.
"""

from __future__ import annotations

import inspect
import os
import sys
import tempfile
import typing
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path

_NEVER = frozenset(
    {
        "os.system", "os.exec", "os.posix_spawn", "os.fork", "os.forkpty", "os.spawn", "os.startfile",
        "subprocess.Popen", "socket.connect", "socket.bind", "socket.sendto",
        "pickle.find_class", "marshal.loads", "ctypes.dlopen",
        "urllib.Request", "code.__new__",
    }
)  # fmt: skip
_CHANGES: dict[str, tuple[tuple[int, int], ...]] = {
    "os.remove": ((0, 1),), "os.rmdir": ((0, 1),), "os.mkdir": ((0, 2),), "os.rename": ((0, 2), (1, 3)),
    "os.link": ((1, 3),), "os.symlink": ((1, 2),), "os.truncate": ((0, 2),), "os.chmod": ((0, 2),),
    "os.chown": ((0, 3),), "shutil.rmtree": ((0, 1),), "shutil.move": ((0, 2), (1, 2)), "shutil.copyfile": ((1, 2),),
}  # fmt: skip
"""Which arguments name what is changed, and which may be the open folder that the name is relative to."""
_WRITES = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
_OWN = tuple(
    {os.path.realpath(path) for path in (Path(__file__).parents[2], sys.prefix, sys.base_prefix, *sys.path) if path}
)
_PASSING = (os.path.realpath(tempfile.gettempdir()), os.path.expanduser("~/.config/matplotlib"),
            os.path.expanduser("~/.cache/matplotlib"))  # fmt: skip
"""Where libraries put what passes; no input of ours names a path there."""
_SYSTEM = ("/proc/", "/sys/", "/dev/null", "/dev/urandom", "/etc/mime.types", "/usr/share/zoneinfo")

_ANNOTATIONS = (typing.__file__, inspect.__file__)
_COMPILER = os.path.join(os.path.dirname(find_spec("numba").origin or ""), "core", "")  # type: ignore[union-attr]
_COMPILED = (os.path.join("wnpopt", "backends", "machine_code.py"), os.path.join("numba", "core", "serialize.py"))

_folder: str | None = None
_reads_anywhere = False
_seen: list[str] = []


@contextmanager
def watched(folder: Path, *, reads_anywhere: bool = False) -> Iterator[list[str]]:
    """What was done within that may not be done; only files in ``folder`` may be changed, or read beside Python's.

    ``reads_anywhere`` is for readers of documents that name other files, wherever they lie: those may be read.
    """
    global _folder, _reads_anywhere  # noqa: PLW0603 -- a hook of the process has the state of the process
    _install()
    _seen.clear()
    _folder, _reads_anywhere = os.path.realpath(folder), reads_anywhere
    try:
        yield _seen
    finally:
        _folder = None


def _hook(event: str, arguments: tuple[object, ...]) -> None:
    if _folder is None:
        return
    if event == "open":
        _opened(arguments)
    elif event in _CHANGES:
        outside = [path for path in _changed(event, arguments) if not _inside(path, (_folder, *_PASSING))]
        if outside and not _by_import():
            _seen.append(f"{event} {outside!r}")
    elif event in _NEVER and arguments != (None,) and not _by_import():  # None: to load what is loaded
        _seen.append(f"{event} {arguments!r:.200}")
    elif event == "compile" and arguments[1] in ("<string>", b"<string>") and not _by_import():
        _seen.append(f"compile {arguments[0]!r:.200}")


def _changed(event: str, arguments: tuple[object, ...]) -> Iterator[str]:
    """The paths that are changed; libraries that delete whole folders name what is in them relative to an open one."""
    for at, relative_to in _CHANGES[event]:
        named = arguments[at]
        path = os.fsdecode(named) if isinstance(named, str | bytes | os.PathLike) else str(named)
        folder = arguments[relative_to] if relative_to < len(arguments) else None
        opened = isinstance(folder, int) and folder >= 0
        yield os.path.join(os.readlink(f"/proc/self/fd/{folder}"), path) if opened else path


def _opened(arguments: tuple[object, ...]) -> None:
    assert _folder is not None
    path, _, flags = arguments
    if isinstance(path, int) or path is None:
        return
    text = os.fsdecode(path) if isinstance(path, str | bytes | os.PathLike) else str(path)
    changes = isinstance(flags, int) and bool(flags & _WRITES)
    if _reads_anywhere and not changes:
        return
    allowed = (_folder, *_PASSING) if changes else (_folder, *_OWN, *_PASSING)
    if not _inside(text, allowed) and not (text.startswith(_SYSTEM) and not changes) and not _by_import():
        _seen.append(f"{'writes' if changes else 'reads'} {text!r:.200}")


def _inside(text: str, folders: tuple[str, ...]) -> bool:
    path = os.path.realpath(text.replace("\0", ""))
    return any(path == folder or path.startswith(folder + os.sep) for folder in folders)


def _by_import() -> bool:
    """Whether it is done to import a module, to read an annotation, or by a compiler: inputs have no say in that."""
    frame = sys._getframe(2)
    while frame is not None:
        file = frame.f_code.co_filename
        if file.startswith(("<frozen importlib", _COMPILER)) or file in _ANNOTATIONS or file.endswith(_COMPILED):
            return True
        frame = frame.f_back  # type: ignore[assignment]
    return False


_installed = False


def _install() -> None:
    global _installed  # noqa: PLW0603
    if not _installed:
        sys.addaudithook(_hook)
        _installed = True
