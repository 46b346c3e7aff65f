"""Which files a batch is about."""

from __future__ import annotations

import glob
import hashlib
import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from wnpopt.bench.record import Reference
from wnpopt.core.errors import InputError
from wnpopt.core.jsonio import parse_json


@dataclass(frozen=True, slots=True)
class Sources:
    """Files in the order in which they will be run, and how many were passed over by their name."""

    files: tuple[str, ...]
    passed_over: int


def find(sources: Iterable[str | os.PathLike[str]], store: Path) -> Sources:
    """The files of folders (``*.json`` at any depth), single files and globs, each once, sorted within a source.

    Passed over: ``index.json``, hidden files, and whatever lies in ``store``. Raises :class:`InputError` for a source
    that is not there, or holds no JSON file.
    """
    found: dict[str, str] = {}
    passed_over = 0
    own = store.resolve()
    for given in sources:
        source = os.fspath(given)
        entries = _entries(source)
        if not entries:
            raise InputError("holds no file *.json", file=source)
        for entry in entries:
            real = Path(entry).resolve()
            hidden = any(part.startswith(".") for part in Path(entry).parts if part not in (".", ".."))
            # What a suite wrote into the store's folder is an instance like any other; the store's own folders are not.
            stored = real.parent in (own / "instances", own / "solutions", own / "runs") or real == own / "suite.json"
            if real.name == "index.json" or (hidden and entry != source) or stored:
                passed_over += 1
            else:
                found.setdefault(str(real), entry)
    return Sources(tuple(found.values()), passed_over)


def _entries(source: str) -> list[str]:
    path = Path(source)
    if path.is_dir():
        return sorted(str(entry) for entry in path.rglob("*.json") if not entry.is_dir())
    if path.exists() or path.is_symlink():
        return [source]
    matches = sorted(match for match in glob.glob(source, recursive=True) if not Path(match).is_dir())
    if not matches and not glob.has_magic(source):
        raise InputError("no such file or directory", file=source)
    return matches


def fingerprint(file: str) -> str:
    """SHA-256 of the file's bytes; raises ``OSError``."""
    with open(file, "rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


class Indices:
    """The rows of the ``index.json`` files beside instances, each file read once; what is no index knows nothing."""

    def __init__(self) -> None:
        self._folders: dict[Path, dict[str, Reference]] = {}

    def reference(self, file: str) -> Reference | None:
        """What the index beside ``file`` knows of it."""
        folder = Path(file).parent
        if folder not in self._folders:
            self._folders[folder] = dict(_rows(folder / "index.json"))
        return self._folders[folder].get(Path(file).name)


def _rows(index: Path) -> Iterator[tuple[str, Reference]]:
    try:
        # An index is a list; the strict reader wants an object.
        rows = parse_json(b'{"rows":' + index.read_bytes() + b"}")["rows"]
    except (OSError, InputError):
        return
    for row in rows if isinstance(rows, list) else []:
        if not isinstance(row, dict) or not isinstance(row.get("file"), str):
            continue
        best, bound = (_number(row.get(name)) for name in ("best", "bound"))
        if best is not None or bound is not None:
            yield row["file"], Reference(best, bound)


def _number(value: object) -> float | None:
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None
