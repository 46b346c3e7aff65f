"""Mutation testing of what decides: verifiers, objectives, bounds, verdicts, `check.py`.

    python scripts/mutate.py                       # all targets of tests/mutation/*.toml
    python scripts/mutate.py wnp.verify --again    # the survivors of the last run alone
    python scripts/mutate.py --list core.judge     # its mutants, without running anything

The mutants are those of cosmic-ray's operators that say something, and five of our own: tests/mutation/operators.py.
cosmic-ray's own runner rewrites the file and starts a Python for each mutant; here no file is touched. First pytest
collects once and forks for each mutant of a function, whose new code is put in place. What that does not kill, and what
is not in a function, runs in a child of a process that has imported the libraries, but nothing of ours: it imports the
package with the mutated source in place of the module's, so constants and classes are mutated too. Modules with
compiled kernels are no targets: numba's cache goes by the file.

A survivor is a mutant that its target's tests pass. Each has to be in tests/mutation/*.toml as `equivalent`, with the
reason why it changes nothing that can be seen; exit code 1 if one is not, or if an entry there explains no survivor.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections import Counter
from functools import partial
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT)]

from tests.mutation.mutants import Mutant, mutants  # noqa: E402
from tests.mutation.runs import import_libraries, in_place, run, tested  # noqa: E402
from tests.mutation.target import Target, explained, targets  # noqa: E402


def explains(entry: dict[str, str], mutant: Mutant) -> bool:
    """True if the entry is of this mutant; without ``now``, of all mutants of a line."""
    same_place = entry["was"] == mutant.was and entry.get("function", mutant.function) == mutant.function
    return same_place and entry.get("now", mutant.now) == mutant.now


def examine(target: Target, journal: Path, again: bool, quick: bool) -> bool:
    """Run a target's mutants, those that are new to the journal or all survivors again; True if all is explained.

    ``quick`` leaves the second look at survivors out, and so what is outside of functions.
    """
    known = {}
    if journal.exists():
        known = {line["key"]: line for line in map(json.loads, journal.read_text().splitlines())}
    made = mutants(target)
    wanted = {"survived", "late"} if again else {"late"}
    todo = [m for m in made if m.key not in known or known[m.key]["outcome"] in wanted]

    def tell(mutant: Mutant, outcome: str, seconds: float) -> None:
        line = {"key": mutant.key, "outcome": outcome, "cpu_s": seconds, **mutant.to_data()}
        with journal.open("a") as lines:
            lines.write(json.dumps(line) + "\n")

    in_place(target, todo, tell)
    known |= (
        {line["key"]: line for line in map(json.loads, journal.read_text().splitlines())} if journal.exists() else {}
    )
    todo = [m for m in todo if m.key not in known or known[m.key]["outcome"] in wanted]
    if quick:
        known |= {m.key: {"outcome": "survived"} for m in todo}
        return report(target, [m for m in made if m.in_function], known)
    if todo:
        base = import_libraries(target, journal.parent)
        print(f"{target.name}: {len(todo)} of {len(made)} mutants imported, {base:.2f} CPU-s each", flush=True)
        for mutant in todo:
            outcome, seconds = run(partial(tested, target, mutant.source), 5 + 5 * base)
            tell(mutant, outcome, seconds)
    known = {line["key"]: line for line in map(json.loads, journal.read_text().splitlines())}
    return report(target, made, known)


def report(target: Target, made: list[Mutant], known: dict[str, dict[str, Any]]) -> bool:
    """Print the counts, and each survivor that nothing explains."""
    known_ones = explained(target)
    survivors = [m for m in made if known[m.key]["outcome"] in ("survived", "late")]
    open_ones = [m for m in survivors if not any(explains(e, m) for e in known_ones)]
    stale = [e for e in known_ones if not any(explains(e, m) for m in survivors)]
    counts = Counter(known[m.key]["outcome"] for m in made)
    print(
        f"{target.name}: {len(made)} mutants, {counts['killed']} killed, {counts['time']} out of time, "
        f"{len(survivors) - len(open_ones)} equivalent, {len(open_ones)} unexplained survivors"
    )
    for m in open_ones:
        print(f"  {target.file.relative_to(ROOT)}:{m.line} {m.function} [{m.operator}]\n    - {m.was}\n    + {m.now}")
    for entry in stale:
        print(f"  no such survivor: {entry['was']} => {entry.get('now', 'any')}")
    return not open_ones and not stale


def main() -> int:
    """The exit code."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*", help="targets, or beginnings of their names")
    parser.add_argument("--list", action="store_true", help="list the mutants, run none")
    parser.add_argument("--again", action="store_true", help="run survivors of earlier runs again")
    parser.add_argument("--quick", action="store_true", help="functions alone, no second look at survivors")
    parser.add_argument("--fresh", action="store_true", help="forget earlier runs")
    parser.add_argument("--out", type=Path, default=ROOT / "out" / "mutation")
    arguments = parser.parse_args()
    chosen = [t for t in targets() if not arguments.names or t.name.startswith(tuple(arguments.names))]
    if not chosen:
        parser.error(f"the targets are {', '.join(t.name for t in targets())}")
    arguments.out.mkdir(parents=True, exist_ok=True)
    well = True
    for target in chosen:
        if arguments.list:
            for m in mutants(target):
                print(f"{target.name}:{m.line} {m.function} [{m.operator}]\n    - {m.was}\n    + {m.now}")
            continue
        journal = arguments.out / f"{target.name}.jsonl"
        if arguments.fresh:
            journal.unlink(missing_ok=True)
        # In a process of its own: what one target's tests import is no other's.
        child = os.fork()
        if child == 0:
            os._exit(0 if examine(target, journal, arguments.again, arguments.quick) else 1)
        well &= os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    return 0 if well else 1


if __name__ == "__main__":
    sys.exit(main())
