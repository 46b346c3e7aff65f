"""The best known solutions in instances/solutions/, and what the indices say of them.

    python scripts/library.py solve                        finds solutions that are as good as the indices' values say
        --suites wnp/tiny,slide/llm                        only these suites
        --missing                                          only where no stored solution has the index's value
        --open                                             only what is not proved, for the whole of --time-limit
        --time-limit 30 --threads 1
        --processor-time                                   counts that of this process, beside other work
    python scripts/library.py table                        what is open, as docs/library.md has it
        --write                                            puts it there
    python scripts/library.py submit INSTANCE SOLUTION --method "who or what it is of"
                                                           takes in what both referees accept and is better

Each solution is verified before it is written, and nothing becomes worse.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "scripts")]

from processor_time import OPTION, count_processor_time  # noqa: E402

if OPTION in sys.argv:
    count_processor_time()

import wnpopt  # noqa: E402
from wnpopt.bench.index.row import IndexRow, read_index, write_index  # noqa: E402
from wnpopt.bench.index.solutions import solution_path  # noqa: E402
from wnpopt.core.registry import AnyFamily, family_of  # noqa: E402
from wnpopt.core.result import relative_gap  # noqa: E402
from wnpopt.core.verdict import Verdict, compare  # noqa: E402

INSTANCES = ROOT / "instances"
PAGE = ROOT / "docs" / "library.md"
BEGIN, END = "<!-- made by: python scripts/library.py table -->\n", "<!-- end -->"
"""What stands around the table on the page."""
NOISE = 1e-9
"""Relative: real objectives that differ by less are the same."""


@dataclass(frozen=True)
class Entry:
    """An instance of the library and its row."""

    file: Path
    instance: wnpopt.Instance
    family: AnyFamily
    row: IndexRow

    @property
    def integral(self) -> bool:
        """True if objectives are integers."""
        return self.family.has_integers(self.instance)

    def gain(self, value: float) -> float:
        """By how much ``value`` is better than the row's; differences of the last digits are none."""
        if self.row.best is None:
            return float("inf")
        gain = self.row.best - value if self.family.sense == "min" else value - self.row.best
        return 0.0 if not self.integral and abs(gain) <= NOISE * abs(self.row.best) else gain

    def stored(self) -> float | None:
        """The value of the stored solution, if there is one and the verifier accepts it."""
        path = solution_path(self.file)
        if path is None or not path.exists():
            return None
        certificate = wnpopt.verify(self.instance, wnpopt.load_solution(path))
        return certificate.objective if certificate.accepted else None


def version() -> str:
    """The version of wnpopt, with the commit where there is one."""
    made = subprocess.run(
        ["git", "-C", str(ROOT), "rev-parse", "--short=9", "HEAD"], capture_output=True, text=True, check=False
    )
    commit = made.stdout.strip()
    return f"{wnpopt.__version__}+g{commit}" if commit else wnpopt.__version__


def entry_of(file: Path, row: IndexRow) -> Entry:
    """An instance of the library, read; a value whose solution is not kept counts for nothing: nobody can check it."""
    instance = wnpopt.load(file)
    family = family_of(instance.kind)
    assert family is not None
    path = solution_path(file)
    kept = path is not None and path.exists()
    return Entry(file, instance, family, row if kept else msgspec.structs.replace(row, best=None))


def entries(suite: str) -> Iterator[Entry]:
    """The instances of a suite, in the order of its index."""
    for row in read_index(INSTANCES / suite / "index.json"):
        yield entry_of(INSTANCES / suite / row.file, row)


def replace_row(index: Path, new: IndexRow) -> None:
    """Write ``new`` in the place of the row of its file."""
    write_index(index, [new if row.file == new.file else row for row in read_index(index)])


def taken(entry: Entry, solution: wnpopt.Solution, method: str, bound: float | None, bound_by: str | None) -> IndexRow:
    """The row with what is better in the solution and the bound; the solution is written if it has the best value."""
    certificate = wnpopt.verify(entry.instance, solution)
    if not certificate.accepted or certificate.objective is None:
        raise SystemExit(f"{entry.file}: rejected: {', '.join(map(str, certificate.violations))}")
    value, row, family = certificate.objective, entry.row, entry.family
    if entry.integral:
        value = int(value)
    gain = entry.gain(value)
    if gain < 0:
        print(f"{entry.file.name}: {value} is worse than {row.best}", flush=True)
    best = value if gain > 0 else row.best
    known = compare(best, row.bound, family.sense, entry.integral)
    if known.verdict is Verdict.CONTRADICTED:
        raise SystemExit(f"{entry.file}: {best} beats the index's bound {row.bound}: one of the two is wrong")
    new = compare(best, bound, family.sense, entry.integral)
    if new.verdict is Verdict.CONTRADICTED:
        raise SystemExit(f"{entry.file}: {best} beats the bound {bound} of {bound_by}: one of the two is wrong")
    how = row.how
    least, tighter = known.bound, new.bound
    sign = 1.0 if family.sense == "min" else -1.0
    noise = 0.0 if entry.integral else NOISE * abs(best or 0.0)
    if not row.proved and tighter is not None and (least is None or sign * (tighter - least) > noise):
        least = tighter
        how = f"auto, bound by {bound_by}" + ("" if new.verdict is Verdict.PROVED else ", not proved")
    judged = compare(best, least, family.sense, entry.integral)
    proved = row.proved or judged.verdict is Verdict.PROVED
    if gain >= 0:
        path = solution_path(entry.file)
        assert path is not None
        path.parent.mkdir(parents=True, exist_ok=True)
        wnpopt.save(solution, path)
        row = msgspec.structs.replace(row, method=method, version=version(), date=f"{datetime.now(UTC):%Y-%m-%d}")
    bound_now = int(least) if entry.integral and least is not None else least
    return msgspec.structs.replace(row, best=best, bound=row.bound if row.proved else bound_now, proved=proved, how=how)


def suite_names() -> list[str]:
    """The suites of the library that hold instances, as FAMILY/SUITE."""
    names = [str(index.parent.relative_to(INSTANCES)) for index in sorted(INSTANCES.glob("*/*/index.json"))]
    return [name for name in names if not name.startswith(("graphs", "solutions"))]


def size(data: dict[str, Any]) -> tuple[int, ...]:
    """Subgraphs and cores, users and models, or operators."""
    if data["kind"] == "wnp":
        return len(data["subgraphs"]), len(data["chip"]["cores"])
    return (len(data["users"]), len(data["models"])) if data["kind"] == "slide" else (len(data["operators"]),)


UNITS = {"wnp": ("subgraphs", "cores"), "slide": ("users", "models"), "intradp": ("operators",)}
"""What :func:`size` counts."""


def table() -> str:
    """A row for each suite, in Markdown: sizes, how many are proved, and the worst gap of what is open."""
    lines = ["| suite | instances | sizes | proved | open | worst gap |", "| --- | --- | --- | --- | --- | --- |"]
    for suite in suite_names():
        rows = read_index(INSTANCES / suite / "index.json")
        sizes = [size(json.loads((INSTANCES / suite / row.file).read_text())) for row in rows]
        spans = []
        for unit, values in zip(UNITS[suite.partition("/")[0]], zip(*sizes, strict=True), strict=True):
            least, most = min(values), max(values)
            spans.append(f"{least} {unit}" if least == most else f"{least} to {most} {unit}")
        still = [row for row in rows if not row.proved]
        gaps = [relative_gap(row.best, row.bound) for row in still]
        worst = (
            "-" if not still else "unknown" if None in gaps else f"{100 * max(g for g in gaps if g is not None):.1f} %"
        )
        cells = (suite, len(rows), ", ".join(spans), len(rows) - len(still), len(still), worst)
        lines.append(f"| {' | '.join(map(str, cells))} |")
    return "\n".join(lines) + "\n"


def write_table(arguments: argparse.Namespace) -> int:
    made = table()
    if not arguments.write:
        print(made, end="")
        return 0
    before, begin, rest = PAGE.read_text(encoding="utf-8").partition(BEGIN)
    PAGE.write_text(before + begin + made + END + rest.partition(END)[2], encoding="utf-8")
    return 0


def solve(arguments: argparse.Namespace) -> int:
    lacking = 0
    for suite in suite_names() if arguments.suites is None else arguments.suites.split(","):
        for entry in entries(suite):
            row = entry.row
            stored = entry.stored()
            complete = stored is not None and entry.gain(stored) == 0 and row.method is not None
            if (arguments.missing and complete) or (arguments.open and row.proved):
                continue
            target = None
            if row.best is not None and not arguments.open:
                step = 0.0 if entry.integral else NOISE * abs(row.best) / 2
                target = row.best + (step if entry.family.sense == "min" else -step)
            result = wnpopt.solve(
                entry.instance,
                time_limit=arguments.time_limit,
                threads=arguments.threads,
                target=target,
                isolate=not arguments.processor,
            )
            if result.solution is None:
                print(f"{suite}/{row.file}: no solution: {result.message}", flush=True)
                lacking += 1
                continue
            by = result.found_by
            method = result.method if by in (None, result.method) else f"{result.method} ({by})"
            new = taken(entry, result.solution, method, result.bound, result.bound_by)
            replace_row(INSTANCES / suite / "index.json", new)
            now = Entry(entry.file, entry.instance, entry.family, new)
            value = now.stored()
            missing = value is None or now.gain(value) != 0
            lacking += missing
            print(f"{suite}/{row.file}: {new.best} {new.bound} {new.proved} {method}", "MISSING" * missing, flush=True)
    print(f"{lacking} instances lack a solution that has the index's value")
    return 1 if lacking else 0


def submit(arguments: argparse.Namespace) -> int:
    file = arguments.instance.resolve()
    index = file.parent / "index.json"
    row = next((row for row in read_index(index) if row.file == file.name), None)
    if row is None:
        raise SystemExit(f"{index} has no row of {file.name}")
    command = [sys.executable, str(INSTANCES / "check.py"), str(file), str(arguments.solution)]
    referee = subprocess.run(command, check=False)
    if referee.returncode:
        raise SystemExit(f"{arguments.solution}: rejected by instances/check.py")
    entry, solution = entry_of(file, row), wnpopt.load_solution(arguments.solution)
    value, stored = wnpopt.verify(entry.instance, solution).objective, entry.stored()
    gain = float("-inf") if value is None else entry.gain(value)
    if gain < 0 or (gain == 0 and stored is not None and entry.gain(stored) == 0):
        print(f"{value} is {'worse than' if gain < 0 else 'as good as'} the library's {row.best}: nothing is changed")
        return 1
    new = taken(entry, solution, arguments.method, None, None)
    replace_row(index, new)
    print(f"{file.name}: {row.best} -> {new.best}")
    return 0


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    commands = parser.add_subparsers(required=True)
    solving = commands.add_parser("solve", help="find solutions that have the indices' values")
    solving.add_argument("--suites", help="only these, separated by commas")
    solving.add_argument("--missing", action="store_true", help="only where the stored solution is missing or worse")
    solving.add_argument("--open", action="store_true", help="only what is not proved, for the whole time limit")
    solving.add_argument("--time-limit", type=float, default=30.0)
    solving.add_argument("--threads", type=int, default=1)
    solving.add_argument(OPTION, dest="processor", action="store_true", help="a time limit of processor time")
    solving.set_defaults(run=solve)
    tabling = commands.add_parser("table", help="what is open")
    tabling.add_argument("--write", action="store_true", help="put it into docs/library.md")
    tabling.set_defaults(run=write_table)
    submitting = commands.add_parser("submit", help="take a better solution in")
    submitting.add_argument("instance", type=Path)
    submitting.add_argument("solution", type=Path)
    submitting.add_argument("--method", required=True, help="who or what it is of")
    submitting.set_defaults(run=submit)
    arguments = parser.parse_args()
    return int(arguments.run(arguments))


if __name__ == "__main__":
    sys.exit(main())
