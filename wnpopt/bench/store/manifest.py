"""``OUT/suite.json``: which instance of a store belongs to which suite, at which value of what the suite sweeps.

{"kind": "suite", "schema_version": 1, "suites": [
  {"name": …, "title": …, "family": …, "parameter": …, "unit": …, "instances": [
    {"file": "suite/<name>/….json", "instance": its hash, "x": 0.5, "seed": 0, "variant": null | "vgg-19"}, …]}, …]}
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Literal

import msgspec

from wnpopt.bench.store.journal import writing
from wnpopt.core.errors import InputError
from wnpopt.core.jsonio import format_json, read_json, write_atomic
from wnpopt.core.text import short

FILE = "suite.json"


class SuiteInstance(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An instance of a suite: ``file`` is relative to the store, ``instance`` its content hash.

    ``variant`` tells the curves of one sweep apart, a network's name for instance.
    """

    file: str
    instance: str
    x: float
    seed: int
    variant: str | None = None

    @property
    def place(self) -> tuple[str, float, int]:
        """What the entry stands for; the entries of a suite are sorted by it."""
        return self.variant or "", self.x, self.seed


class SuiteEntry(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A suite with its instances so far; the fields are those of :class:`wnpopt.core.suite.Suite`."""

    name: str
    title: str
    family: str
    parameter: str
    unit: str
    instances: tuple[SuiteInstance, ...]

    def extended(self, known: SuiteEntry | None) -> SuiteEntry:
        """This entry with those instances of ``known`` that stand for something else than one of these."""
        found = {} if known is None else {entry.place: entry for entry in known.instances}
        found |= {entry.place: entry for entry in self.instances}
        return msgspec.structs.replace(self, instances=tuple(found[place] for place in sorted(found)))


class Manifest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """All suites of a store, by name."""

    suites: tuple[SuiteEntry, ...] = ()
    kind: Literal["suite"] = "suite"
    schema_version: Literal[1] = 1

    def with_suite(self, suite: SuiteEntry) -> Manifest:
        """The manifest with ``suite`` in it, extended by what was known of it."""
        found = {entry.name: entry for entry in self.suites}
        found[suite.name] = suite.extended(found.get(suite.name))
        return Manifest(tuple(found[name] for name in sorted(found)))


def read_manifest(store: str | os.PathLike[str]) -> Manifest | None:
    """The manifest of the store; None if it has none. Raises :class:`InputError` naming the file."""
    path = Path(store) / FILE
    if not path.exists():
        return None
    try:
        data = read_json(path)
        for field in ("kind", "schema_version", "suites"):
            if field not in data:
                raise InputError("missing field", where=field)
        return msgspec.convert(data, Manifest)
    except msgspec.ValidationError as error:
        what, _, where = str(error).partition(" - at `$")
        raise InputError(short(f"{what[:1].lower()}{what[1:]}", 300), where=where.strip("`."), file=str(path)) from None
    except InputError as error:
        raise error.in_file(str(path)) from None


def write_manifest(store: str | os.PathLike[str], manifest: Manifest) -> Path:
    """Write the manifest into the store, atomically; a file that is the same already is left alone."""
    data = {"kind": manifest.kind, "schema_version": manifest.schema_version}
    data |= {"suites": msgspec.to_builtins(manifest.suites)}
    path = Path(store) / FILE
    write_if_other(path, (format_json(data) + "\n").encode())
    return path


def write_if_other(path: Path, content: bytes) -> None:
    """Write ``content`` atomically unless it is what the file holds; raises :class:`InputError` naming the file."""
    with writing(path):
        if path.is_file() and path.read_bytes() == content:
            return
        path.parent.mkdir(parents=True, exist_ok=True)
    write_atomic(path, content)
