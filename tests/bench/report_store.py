"""Stores of real runs on tiny instances, made in this process, for the tests of the report."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

import msgspec

import wnpopt
from wnpopt.bench.store.record import Failure, Record
from wnpopt.bench.store.store import Store, now, write_records
from wnpopt.core.canonical import content_hash
from wnpopt.core.document import Instance

INSTANCES = Path(__file__).resolve().parents[2] / "instances"
METHODS = {"wnp": ("rtfs", "pacs", "cpsat"), "slide": ("greedy", "milp", "auto"), "intradp": ("layer-cut", "search")}


def run_record(
    store: Store, instance: Instance, file: str, method: str, seed: int = 0, time_limit: float | None = 10.0
) -> Record:
    """Solve and keep instance and solution as a batch does; the record of the run."""
    result = wnpopt.solve(instance, method, seed=seed, threads=1, time_limit=time_limit)
    solution = None
    if result.solution is not None:
        data = result.solution.to_data()
        solution = content_hash(data)
        store.keep(store.solution_path(solution), msgspec.json.encode(data))
    store.keep(store.instance_path(instance.instance_hash), msgspec.json.encode(instance.to_data()))
    record = {
        "key": {
            "instance_hash": instance.instance_hash, "method": method, "seed": seed, "time_limit_s": time_limit,
            "threads": 1, "parameters": {"warm_start": "auto", "deterministic": False},
        },
        "file": file, "file_sha256": "0" * 64, "result": result.to_data(), "failure": None, "solution": solution,
        "reference": None, "finished": now(),
    }  # fmt: skip
    return msgspec.json.decode(msgspec.json.encode(record), type=Record)


def failed(record: Record, kind: Failure, message: str) -> Record:
    """The same run, gone wrong."""
    result = msgspec.structs.replace(
        record.result, status="unknown", termination="error", objective=None, bound=None, gap=None, message=message
    )
    return msgspec.structs.replace(record, result=result, failure=kind, solution=None)


def tiny(family: str, count: int) -> list[Path]:
    """Files of the first tiny instances of a family."""
    return [p for p in sorted((INSTANCES / family / "tiny").glob("*.json")) if p.name != "index.json"][:count]


def tiny_store(path: Path, *, families: Iterable[str] = METHODS, count: int = 3, seeds: Sequence[int] = (0,)) -> Store:
    """Every method of METHODS on ``count`` tiny instances of each family, in one journal."""
    store = Store.create(path)
    records = []
    for family in families:
        for file in tiny(family, count):
            instance = wnpopt.load(file)
            shown = f"instances/{family}/tiny/{file.name}"
            records += [
                run_record(store, instance, shown, method, seed) for method in METHODS[family] for seed in seeds
            ]
    write_records(store, records)
    return store
