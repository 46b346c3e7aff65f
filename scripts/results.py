"""docs/results.md from stored runs: for each release the gap, time and proofs of every suite, and the machine.

    python scripts/results.py run                     runs the suites into docs/results/VERSION, and notes the machine
        --suites wnp/tiny,slide/tiny --seeds 0,1,2 --time-limit 10
    python scripts/results.py page                    writes docs/results.md from docs/results/*, alone
        --check                                       writes nothing, fails if it would be another

A run that is stored is not repeated, so `run` may be interrupted. `page` reads the stores and machine.json in them.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import shutil
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT)]

import wnpopt  # noqa: E402
from wnpopt.bench.analysis.analysis import Analysis, analyse  # noqa: E402
from wnpopt.bench.analysis.baseline import compare_stores  # noqa: E402
from wnpopt.bench.analysis.table import Table, to_markdown  # noqa: E402
from wnpopt.bench.store.record import versions_of  # noqa: E402
from wnpopt.bench.store.store import Store  # noqa: E402
from wnpopt.bench.suites.packaged import methods_of  # noqa: E402

STORES = ROOT / "docs" / "results"
PAGE = ROOT / "docs" / "results.md"
SUITES = ("wnp/tiny", "wnp/tiny-fields", "wnp/small", "slide/tiny", "slide/llm", "intradp/tiny", "intradp/tiny-fields")
HEAD = """# Results

Made from stored runs by `python scripts/results.py page`; the stores lie in [`results/`](results), one a release, and
`wnpopt bench docs/results/VERSION` shows all that is in them. `python scripts/results.py run` makes one for the version
that is installed, on the machine that it runs on.

The sweeps of the three papers, with a comparison to what they report, have pages of their own: [wnp](owin.md),
[slide](slide-paper.md), [intradp](intradp-paper.md). What is measured on larger instances stands on the pages of
[wnp](wnp.md), [slide](slide.md) and [intradp](intradp.md); what is open, on that of the [library](library.md). How gaps
and times are averaged is told [here](bench.md#gap-table).
"""


def cpu() -> str:
    """What the processor calls itself."""
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return platform.processor() or platform.machine()
    return next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), platform.machine())


def commit() -> str | None:
    """The commit of the checkout; None where there is none."""
    git = shutil.which("git")
    if git is None:
        return None
    made = subprocess.run([git, "-C", str(ROOT), "rev-parse", "HEAD"], capture_output=True, text=True, check=False)
    return made.stdout.strip() or None


def run(arguments: argparse.Namespace) -> int:
    store = STORES / wnpopt.__version__
    suites = arguments.suites.split(",")
    folders = [Path("instances") / suite for suite in suites]
    os.chdir(ROOT)  # what is stored shall name files as they lie in the repository
    methods = methods_of(folders)
    before = os.getloadavg()[0]
    seeds = [int(seed) for seed in arguments.seeds.split(",")]
    summary = wnpopt.batch(
        folders, methods, store, seeds=seeds, time_limit=arguments.time_limit, threads=1, workers=arguments.workers
    )
    machine = {
        "cpu": cpu(),
        "cores": os.cpu_count(),
        "system": f"{platform.system()} {platform.machine()}",
        "python": platform.python_version(),
        "load_before": round(before, 1),
        "workers": arguments.workers,
        "commit": commit(),
        "date": f"{datetime.now(UTC):%Y-%m-%d}",
    }
    (store / "machine.json").write_text(json.dumps(machine, indent=1) + "\n", encoding="utf-8")
    print(summary)
    return 0 if summary.complete else 1


def release(store: Path) -> str:
    """The part of the page on one release."""
    machine = json.loads((store / "machine.json").read_text(encoding="utf-8"))
    analysis = analyse(store)
    runs = [run.record for run in analysis.runs.all]
    versions = {name: sorted({versions_of(r.result).get(name, "") for r in runs} - {""}) for name in PACKAGES}
    seeds = sorted({record.key.seed for record in runs})
    limits = sorted({r.key.time_limit_s for r in runs if r.key.time_limit_s is not None})
    rows = [
        ("commit", machine["commit"]),
        ("date", machine["date"]),
        ("machine", f"{machine['cpu']}, {machine['cores']} cores, {machine['system']}"),
        ("load before it began", f"{machine['load_before']} (then {machine['workers']} at once, 1 thread a run)"),
        ("versions", ", ".join(f"{n} {' and '.join(v)}" for n, v in versions.items() if v)),
        ("Python", machine["python"]),
        ("seeds", ", ".join(map(str, seeds))),
        ("time limit", ", ".join(f"{limit:g} s" for limit in limits)),
        ("runs", f"{len(runs)}, {sum(record.failure is not None for record in runs)} failed"),
    ]
    lines = [f"## {store.name}", "", "| | |", "| --- | --- |", *(f"| {name} | {value} |" for name, value in rows), ""]
    return "\n".join([*lines, to_markdown(summary(analysis))])


PACKAGES = ("wnpopt", "highspy", "ortools", "pyomo", "numpy")


def summary(analysis: Analysis) -> Table:
    """Of the gap table what a release is measured by."""
    keys = ("suite", "label", "runs", "time_mean_s", "time_max_s", "gap_mean", "gap_worst", "proved", "best")
    return analysis.tables["gaps"].select(keys, "release", "Gap, time and proofs of each suite")


def number(store: Path) -> tuple[int, ...]:
    """A version as numbers, for sorting."""
    return tuple(int(part) for part in store.name.split("."))


def page() -> str:
    """All of docs/results.md, the newest release first."""
    stores = sorted((path.parent for path in STORES.glob("*/machine.json")), key=number, reverse=True)
    parts = [HEAD]
    for place, store in enumerate(stores):
        parts.append(release(store))
        if place + 1 < len(stores):
            changed = compare_stores(Store.open(store), Store.open(stores[place + 1]))
            parts += [f"### Against {stores[place + 1].name}\n", *map(to_markdown, changed.views())]
    return "\n".join(parts)


def write_page(arguments: argparse.Namespace) -> int:
    made = page()
    if arguments.check:
        same = PAGE.exists() and PAGE.read_text(encoding="utf-8") == made
        print("docs/results.md is what the stores say" if same else "docs/results.md is another than the stores say")
        return 0 if same else 1
    PAGE.write_text(made, encoding="utf-8")
    return 0


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    commands = parser.add_subparsers(required=True)
    running = commands.add_parser("run", help="run the suites into docs/results/VERSION")
    running.add_argument("--suites", default=",".join(SUITES))
    running.add_argument("--seeds", default="0,1,2")
    running.add_argument("--time-limit", type=float, default=10.0)
    running.add_argument("--workers", type=int, default=1)
    running.set_defaults(call=run)
    paging = commands.add_parser("page", help="write docs/results.md")
    paging.add_argument("--check", action="store_true")
    paging.set_defaults(call=write_page)
    arguments = parser.parse_args()
    return int(arguments.call(arguments))


if __name__ == "__main__":
    sys.exit(main())
