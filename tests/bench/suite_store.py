"""Small real stores of suites, solved in this process, for the tests of sweeps."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from types import MappingProxyType

import wnpopt
from tests.bench.report_store import run_record
from wnpopt.bench.store.record import Record
from wnpopt.bench.store.store import Store, write_records
from wnpopt.bench.suites.materialise import materialise, suite
from wnpopt.core.suite import Suite, SuitePreset


def small(
    name: str,
    x: tuple[float, ...],
    seeds: tuple[int, ...] = (0,),
    *,
    variants: tuple[str | None, ...] | None = None,
    methods: tuple[str, ...] | None = None,
    limit: float = 5.0,
) -> Suite:
    """The suite ``name`` with one preset ``quick`` of these points, and these methods."""
    known = suite(name)
    return replace(
        known,
        presets=MappingProxyType({"quick": SuitePreset(x, seeds, limit)}),
        variants=known.variants if variants is None else variants,
        heuristics=known.heuristics if methods is None else methods,
        searches=known.searches if methods is None else (),
    )


def solved_store(path: Path, chosen: Suite) -> tuple[Store, list[Record]]:
    """The suite materialised in ``path`` and solved; its records are written, and returned too."""
    store = Store.create(path)
    limit = chosen.preset("quick").time_limit
    records = [
        run(store, file, method, limit if method in chosen.searches else None)
        for file in materialise(chosen, "quick", path)
        for method in chosen.methods
    ]
    write_records(store, records)
    return store, records


def run(store: Store, file: Path, method: str, time_limit: float | None) -> Record:
    """Solve the instance in ``file`` and keep it and its solution; the record is not written."""
    return run_record(store, wnpopt.load(file), str(file), method, time_limit=time_limit)
