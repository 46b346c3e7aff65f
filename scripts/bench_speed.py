"""Measures what docs/batch.md says: a batch's overhead per run, reading 10^5 records, a report of 10^4 results.

python scripts/bench_speed.py [--only overhead|store|report]
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import msgspec

import wnpopt
from wnpopt.bench.store.record import Record
from wnpopt.bench.store.store import Store
from wnpopt.core import registry
from wnpopt.core.document import Instance

SHAPE = {"subgraphs": 5, "cores": 2, "modalities": 2, "resource_blocks": 2, "slots": 6, "block_slots": 2}


def instances(count: int, folder: Path) -> list[Path]:
    """Tiny wnp instances, w0.json and on."""
    folder.mkdir()
    paths = [folder / f"w{seed}.json" for seed in range(count)]
    for seed, path in enumerate(paths):
        wnpopt.save(registry.family("wnp").generate({**SHAPE, "name": f"w{seed}"}, seed), path)
    return paths


def overhead(place: Path) -> None:
    """Milliseconds a run of a batch with one warm worker takes above a plain loop over the same files."""
    paths = instances(300, place / "instances")

    def plain(path: Path) -> Instance:
        instance = wnpopt.load(path)
        assert wnpopt.solve(instance, "rtfs", threads=1).verified
        return instance

    plain(paths[0])
    began = time.perf_counter()
    for path in paths[1:]:
        plain(path)
    loop = (time.perf_counter() - began) / (len(paths) - 1)
    for workers in (1, 2):
        moments: list[float] = []

        def note(record: Record, moments: list[float] = moments) -> None:
            assert record.failure is None
            moments.append(time.perf_counter())

        summary = wnpopt.batch(paths, ["rtfs"], place / f"out{workers}", workers=workers, on_record=note)
        assert summary.complete
        run = (moments[-1] - moments[20]) / (len(moments) - 21)
        print(f"a run: {1e3 * loop:.2f} ms in a loop, {1e3 * run:.2f} ms in a batch of {workers} worker(s): "
              f"{1e3 * (run - loop):.2f} ms of overhead, ratio {run / loop:.1f}")  # fmt: skip


def filled(place: Path, count: int, of: int) -> Store:
    """A store of ``count`` records, made from the runs of four methods on ``of`` tiny instances."""
    paths = instances(of, place / "instances")
    wnpopt.batch(paths, ["rtfs", "pacs", "cpsat", "auto"], place / "out", time_limit=10)
    store = Store.open(place / "out")
    made = list(store.latest().values())
    lines = []
    for seed in range(count // len(made)):
        for record in made:
            key = msgspec.structs.replace(record.key, seed=seed)
            lines.append(msgspec.json.encode(msgspec.structs.replace(record, key=key)))
    for file in store.runs.iterdir():
        file.unlink()
    (store.runs / "all.jsonl").write_bytes(b"\n".join(lines) + b"\n")
    return store


def seconds(work: Callable[[], object]) -> float:
    """How long ``work`` takes."""
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def store_read(place: Path) -> None:
    """Seconds to read 10^5 records."""
    store = filled(place, 100_000, 25)
    size = sum(file.stat().st_size for file in store.runs.iterdir())
    assert len(store.latest()) == 100_000
    times = [seconds(store.latest) for _ in range(3)]
    print(f"100,000 records ({size / 1e6:.0f} MB) read in {min(times):.2f} to {max(times):.2f} s; "
          f"as a data frame in {seconds(store.frame):.2f} s")  # fmt: skip


def report(place: Path) -> None:
    """Seconds to report 10^4 results."""
    from wnpopt.bench.report.page import write_report

    store = filled(place, 10_000, 250)
    page = place / "report.html"
    times = [seconds(lambda: write_report(store, page)) for _ in range(3)]
    print(f"10,000 results (250 instances x 4 methods x 10 seeds) reported in {min(times):.2f} to {max(times):.2f} s, "
          f"a page of {page.stat().st_size / 1e6:.1f} MB")  # fmt: skip


PARTS = {"overhead": overhead, "store": store_read, "report": report}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--only", choices=sorted(PARTS))
    arguments = parser.parse_args()
    for name, part in PARTS.items():
        if arguments.only in (None, name):
            with tempfile.TemporaryDirectory() as place:
                part(Path(place))


if __name__ == "__main__":
    main()
