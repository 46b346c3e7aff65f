"""Makes the suites in instances/FAMILY from seeds, bit for bit but for the C library's last digits.

With --solve it also proves their index anew.

    python scripts/suites.py wnp            writes the instances
    python scripts/suites.py wnp --check    writes nothing, fails if a file differs from what would be written
    python scripts/suites.py wnp --solve    writes the instances, solves them and writes each index.json
        --suites large,real                 only these suites
        --missing                           only instances that changed or are not in the index yet
        --open                              those too that are not proved yet; the better of old and new is kept
                                            (then `python scripts/library.py solve --missing`: the solutions)

What the suites of a family hold and how their values are proved is in scripts/recipes/FAMILY.py.
"""

from __future__ import annotations

import argparse
import json
import math
import sys
from collections.abc import Callable, Iterable, Mapping
from importlib import import_module
from pathlib import Path
from typing import Protocol

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "scripts")]

import wnpopt  # noqa: E402
from wnpopt.core.jsonio import format_json  # noqa: E402
from wnpopt.core.registry import family  # noqa: E402

Row = dict[str, object]
LAST_DIGITS = 1e-14
"""Relative; a logarithm or a power is off by a few times 1e-16, by the C library."""


class Recipe(Protocol):
    """What a module of scripts/recipes has."""

    SUITES: Mapping[str, Callable[[], Iterable[wnpopt.Instance]]]
    """By name what makes the suite's instances, in order."""
    TIME_LIMIT: float
    """Seconds for an instance, unless --time-limit says otherwise."""

    def entry(self, suite: str, instance: wnpopt.Instance, time_limit: float, threads: int | None) -> Row:
        """The index's row of an instance, solved anew: file, best, bound, proved and how."""


def same(stored: str, made: str) -> bool:
    """True if two files say the same: numbers may differ in their last digits, which depend on the C library."""
    return stored == made or alike(json.loads(stored), json.loads(made))


def alike(stored: object, made: object) -> bool:
    """True if the values differ in no more than the last digits of fractions."""
    if isinstance(stored, dict) and isinstance(made, dict):
        return list(stored) == list(made) and all(alike(stored[key], made[key]) for key in stored)
    if isinstance(stored, list) and isinstance(made, list):
        return len(stored) == len(made) and all(map(alike, stored, made))
    if isinstance(stored, float) and isinstance(made, float):
        return math.isclose(stored, made, rel_tol=LAST_DIGITS)
    return type(stored) is type(made) and stored == made


def written(folder: Path, instances: list[wnpopt.Instance], *, check: bool) -> list[str]:
    """Names of the files that differ from what the instances give, or are of none; they are mended unless ``check``."""
    wanted = {f"{instance.name}.json": format_json(instance.to_data()) + "\n" for instance in instances}
    paths = {path.name: path for path in folder.glob("*.json") if path.name != "index.json"}
    changed = [name for name, text in wanted.items() if name not in paths or not same(paths[name].read_text(), text)]
    strays = sorted(paths.keys() - wanted.keys())
    if not check:
        for name in changed:
            (folder / name).write_text(wanted[name])
        for name in strays:
            paths[name].unlink()
    return changed + strays


def indexed(folder: Path, changed: list[str]) -> dict[str, Row]:
    """Rows of the index by file, without those of ``changed`` files."""
    path = folder / "index.json"
    rows: list[Row] = json.loads(path.read_text()) if path.exists() else []
    return {str(row["file"]): row for row in rows if row["file"] not in changed}


def better(old: Row | None, new: Row, sense: str = "min") -> Row:
    """Of two rows of one instance, the better value and the better bound."""
    if old is None:
        return new
    lower, upper = (min, max) if sense == "min" else (max, min)
    best = lower(old["best"], new["best"])  # type: ignore[call-overload]
    bound = upper(old["bound"], new["bound"])  # type: ignore[call-overload]
    how = new["how"] if (best, bound) != (old["best"], old["bound"]) else old["how"]
    if best == old["best"]:  # whose the stored solution is
        new = new | {name: old[name] for name in ("method", "version", "date") if name in old}
    return new | {"best": best, "bound": bound, "proved": new["proved"] or old["proved"] or best == bound, "how": how}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("family", choices=sorted(path.stem for path in (ROOT / "scripts" / "recipes").glob("*.py")))
    parser.add_argument("--check", action="store_true", help="write nothing, compare")
    parser.add_argument("--solve", action="store_true", help="prove the index anew")
    parser.add_argument("--suites", help="only these, separated by commas")
    parser.add_argument("--missing", action="store_true", help="solve only what changed or is not in the index")
    parser.add_argument("--open", action="store_true", help="as --missing, and what is not proved yet, again")
    parser.add_argument("--time-limit", type=float)
    parser.add_argument("--threads", type=int)
    arguments = parser.parse_args()
    recipe: Recipe = import_module(f"recipes.{arguments.family}")  # type: ignore[assignment]
    chosen = list(recipe.SUITES) if arguments.suites is None else arguments.suites.split(",")
    unknown = sorted(set(chosen) - set(recipe.SUITES))
    if unknown:
        parser.error(f"no suite is called {unknown[0]}; they are {', '.join(recipe.SUITES)}")
    limit = recipe.TIME_LIMIT if arguments.time_limit is None else arguments.time_limit
    different = []
    for suite in chosen:
        instances = list(recipe.SUITES[suite]())
        folder = ROOT / "instances" / arguments.family / suite
        folder.mkdir(parents=True, exist_ok=True)
        changed = written(folder, instances, check=arguments.check)
        different += changed
        if arguments.solve:
            known = indexed(folder, changed) if arguments.missing or arguments.open else {}
            rows = []
            for instance in instances:
                row = known.get(f"{instance.name}.json")
                if row is None or (arguments.open and not row["proved"]):
                    new = recipe.entry(suite, instance, limit, arguments.threads)
                    row = better(row, new, family(arguments.family).sense)
                file = wnpopt.load(folder / f"{instance.name}.json")  # its floats may differ in a last digit
                rows.append(row | {"instance_hash": file.instance_hash})
                print(rows[-1], flush=True)
            (folder / "index.json").write_text(format_json(rows) + "\n")
    print(f"{len(different)} files differ" if arguments.check else f"{len(different)} files written")
    return 1 if arguments.check and different else 0


if __name__ == "__main__":
    sys.exit(main())
