"""The families' named suites, and their instances as files in a store."""

from __future__ import annotations

import os
from pathlib import Path

from wnpopt.bench.store.manifest import (
    Manifest,
    SuiteEntry,
    SuiteInstance,
    read_manifest,
    write_if_other,
    write_manifest,
)
from wnpopt.bench.store.store import Store
from wnpopt.core import registry
from wnpopt.core.errors import InputError
from wnpopt.core.jsonio import format_json
from wnpopt.core.near import near
from wnpopt.core.suite import Suite, Suites

FOLDER = "suite"


def suites() -> Suites:
    """All suites by name, family by family; none is imported before it is asked for."""
    families = map(registry.family, registry.family_names())
    return Suites({name: reference for family in families for name, reference in family.suites.items()})


def suite(name: str) -> Suite:
    """The suite called ``name``; raises :class:`InputError` naming those that exist."""
    known = suites()
    if name not in known:
        raise InputError(f"found {name!r}; the suites are {', '.join(known)}{near(name, known)}", where="suite")
    return known[name]


def materialise(suite: Suite, preset: str, out: str | os.PathLike[str]) -> tuple[Path, ...]:
    """Write the preset's instances into ``out``/suite/<name>, and add them to ``out``/suite.json.

    Returns the files in the order of :meth:`Suite.points`. What is there already is left alone, so this may be repeated
    after it was interrupted, and another preset adds its points to those of the first. Raises :class:`InputError` for
    an unknown preset, an unreadable manifest, a folder that cannot be written to, and one that a batch is writing to.
    """
    points = list(suite.points(preset))
    read_manifest(out)  # what is damaged is told before anything is written
    store = Store.create(out)
    # One writer: of two suites that are added to a manifest at once one would be lost.
    with store.lock():
        manifest = read_manifest(out) or Manifest()
        files, entries = [], []
        for point in points:
            instance = suite.instance(point)
            path = store.path / FOLDER / suite.name / f"{instance.name}.json"
            write_if_other(path, (format_json(instance.to_data()) + "\n").encode())
            files.append(path)
            relative = path.relative_to(store.path).as_posix()
            entries.append(SuiteInstance(relative, instance.instance_hash, float(point.x), point.seed, point.variant))
        described = SuiteEntry(suite.name, suite.title, suite.family, suite.parameter, suite.unit, tuple(entries))
        # Last: what the manifest names is there.
        write_manifest(out, manifest.with_suite(described))
    return tuple(files)
