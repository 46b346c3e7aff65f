"""Small real stores of suites, solved in this process, for the tests of sweeps."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from types import MappingProxyType

import msgspec

import wnpopt
from wnpopt.bench.store.record import Record
from wnpopt.bench.store.store import Store, now, write_records
from wnpopt.bench.suites.materialise import materialise, suite
from wnpopt.core.canonical import content_hash
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
    """Solve the instance in ``file`` and keep instance and solution as a batch does; the record is not written."""
    instance = wnpopt.load(file)
    result = wnpopt.solve(instance, method, time_limit=time_limit, threads=1)
    solution = None
    if result.solution is not None:
        data = result.solution.to_data()
        solution = content_hash(data)
        store.keep(store.solution_path(solution), msgspec.json.encode(data))
    store.keep(store.instance_path(instance.instance_hash), msgspec.json.encode(instance.to_data()))
    record = {
        "key": {
            "instance_hash": instance.instance_hash, "method": method, "seed": 0, "time_limit_s": time_limit,
            "threads": 1, "parameters": {"warm_start": "auto", "deterministic": False},
        },
        "file": str(file), "file_sha256": "0" * 64, "result": result.to_data(), "failure": None, "solution": solution,
        "reference": None, "finished": now(),
    }  # fmt: skip
    return msgspec.json.decode(msgspec.json.encode(record), type=Record)
