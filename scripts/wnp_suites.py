"""Makes the suites in instances/wnp from seeds, bit for bit; with --solve it also proves their index anew.

    python scripts/wnp_suites.py            writes the instances
    python scripts/wnp_suites.py --check    writes nothing, fails if a file differs from what would be written
    python scripts/wnp_suites.py --solve    writes the instances, solves them and writes each index.json
        --suites large,real                 only these suites
        --missing                           only instances that changed or are not in the index yet
        --open                              those too that are not proved yet; the better of old and new is kept

The optimum of the suite tiny comes from exhaustion (tests/wnp/brute.py), the others' from `auto`. Where that proves
nothing in its time, the index has the best value and the best bound that it found.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from wnp_real import real  # noqa: E402

import wnpopt  # noqa: E402
from tests.wnp.brute import optimum  # noqa: E402
from wnpopt.core.jsonio import format_json  # noqa: E402
from wnpopt.domain.chip.devices import chip  # noqa: E402
from wnpopt.domain.files.graph import load_graph  # noqa: E402
from wnpopt.problems.wnp.generate import generate  # noqa: E402
from wnpopt.problems.wnp.imports.network import from_graph  # noqa: E402
from wnpopt.problems.wnp.instance import WnpInstance  # noqa: E402

FOLDER = ROOT / "instances" / "wnp"
SMALL = {"subgraphs": 12, "cores": 3, "modalities": 3, "resource_blocks": 12, "slots": 20, "block_slots": 5}
MEDIUM = {"subgraphs": 40, "cores": 4, "modalities": 4, "resource_blocks": 25, "slots": 60, "block_slots": 10}

LARGE = {"subgraphs": 100, "cores": 8, "modalities": 6, "resource_blocks": 50, "slots": 100, "block_slots": 10}
XLARGE = {"subgraphs": 200, "cores": 16, "modalities": 8, "resource_blocks": 100, "slots": 200, "block_slots": 20}
TIME_LIMITS = {"large": 30.0, "xlarge": 30.0}
"""Seconds for an instance where proofs are out of reach; elsewhere the command line's limit holds."""


def tiny() -> Iterator[WnpInstance]:
    """24 instances for exhaustion: short last blocks, forbidden cores, zero payloads, no modality."""
    for number in range(24):
        options = {
            "subgraphs": 4 + number % 2,
            "cores": 1 + number % 3,
            "modalities": (2, 1, 3, 2, 0, 2)[number % 6],
            "resource_blocks": 1 + number % 2,
            "slots": 3 + number % 3,
            "block_slots": 1 + number % 3,
            "slot_ticks": 7 + number,
            "heterogeneity": 0.3 * (number % 4),
            "forbidden": 0.25,
            "ctr": (0.5, 1.0)[number % 2],
            "name": f"tiny-{number:02d}",
        }
        data = generate(options, 100 + number).to_data()
        if number % 8 == 3:
            data["modalities"][0]["payload_bits"] = 0  # type: ignore[index]
        yield WnpInstance.from_data(data)


def sized(
    suite: str, shape: dict[str, int], seeds: int, ctr: float, spreads: tuple[float, ...] = (0.0, 0.5, 1.5)
) -> Iterator[WnpInstance]:
    """One instance a seed and heterogeneity."""
    for heterogeneity in spreads:
        for seed in range(seeds):
            name = f"{suite}-h{heterogeneity:g}-s{seed}"
            yield generate({**shape, "heterogeneity": heterogeneity, "ctr": ctr, "name": name}, seed)


def chip_only() -> Iterator[WnpInstance]:
    """No radio: two random task graphs, then two real networks alone on a chip."""
    for number, (subgraphs, cores) in enumerate(((40, 4), (80, 8))):
        shape = {"subgraphs": subgraphs, "cores": cores, "modalities": 0, "slots": 1, "block_slots": 1}
        yield generate({**shape, "forbidden": 0.1 * number, "name": f"random-{subgraphs}x{cores}"}, 300 + number)
    for network, on, subgraphs in (("inception-v2", "edge-2x2", 30), ("densenet-121", "edge-2x3", 60)):
        graph = load_graph(ROOT / "instances" / "graphs" / f"{network}.json")
        name = f"{network}-{on}"
        yield from_graph(name, graph, chip(on), None, subgraphs=subgraphs, source=f"{network} on chip {on}, no radio")


def suites() -> dict[str, Iterator[WnpInstance]]:
    """Every suite's instances, in order; none is made before it is asked for."""
    return {
        "tiny": tiny(),
        "small": sized("small", SMALL, 4, 1.0),
        "medium": sized("medium", MEDIUM, 4, 0.5),
        "large": sized("large", LARGE, 1, 0.5),
        "xlarge": sized("xlarge", XLARGE, 1, 0.5, spreads=(0.5, 1.5)),
        "real": real(),
        "chip-only": chip_only(),
    }


def indexed(folder: Path, changed: list[str]) -> dict[str, dict[str, object]]:
    """Rows of the index by file, without those of ``changed`` files."""
    path = folder / "index.json"
    rows: list[dict[str, object]] = json.loads(path.read_text()) if path.exists() else []
    return {str(row["file"]): row for row in rows if row["file"] not in changed}


def better(old: dict[str, object] | None, new: dict[str, object]) -> dict[str, object]:
    """Of two rows of one instance, the better value and the better bound."""
    if old is None:
        return new
    best = min(old["best"], new["best"])  # type: ignore[type-var]
    bound = max(old["bound"], new["bound"])  # type: ignore[type-var]
    how = new["how"] if (best, bound) != (old["best"], old["bound"]) else old["how"]
    return new | {"best": best, "bound": bound, "proved": best == bound, "how": how}


def entry(suite: str, instance: WnpInstance, time_limit: float, threads: int | None) -> dict[str, object]:
    """The index's row of an instance, solved anew."""
    result = wnpopt.solve(instance, "auto", time_limit=time_limit, threads=threads)
    row: dict[str, object] = {
        "file": f"{instance.name}.json",
        "best": result.objective,
        "bound": result.bound,
        "proved": result.status == "optimal",
        "how": f"auto, bound by {result.bound_by}"
        + ("" if result.status == "optimal" else f", not proved in {time_limit:g} s"),
    }
    if suite == "tiny":
        exhausted = optimum(instance)
        if exhausted != result.objective:
            raise SystemExit(f"{instance.name}: exhaustion finds {exhausted}, auto {result.objective}")
        row["how"] = "exhaustion and auto"
    return row


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--check", action="store_true", help="write nothing, compare")
    parser.add_argument("--solve", action="store_true", help="prove the index anew")
    parser.add_argument("--suites", help="only these, separated by commas")
    parser.add_argument("--missing", action="store_true", help="solve only what changed or is not in the index")
    parser.add_argument("--open", action="store_true", help="as --missing, and what is not proved yet, again")
    parser.add_argument("--time-limit", type=float, default=120.0)
    parser.add_argument("--threads", type=int)
    arguments = parser.parse_args()
    different = []
    chosen = suites()
    if arguments.suites is not None:
        unknown = sorted(set(arguments.suites.split(",")) - set(chosen))
        if unknown:
            parser.error(f"no suite is called {unknown[0]}; they are {', '.join(chosen)}")
        chosen = {suite: chosen[suite] for suite in arguments.suites.split(",")}
    for suite, made in chosen.items():
        instances = list(made)
        folder = FOLDER / suite
        folder.mkdir(parents=True, exist_ok=True)
        changed = []
        for instance in instances:
            path = folder / f"{instance.name}.json"
            text = format_json(instance.to_data()) + "\n"
            if not path.exists() or path.read_text() != text:
                changed.append(path.name)
                if not arguments.check:
                    path.write_text(text)
        different += changed
        if arguments.solve:
            known = indexed(folder, changed) if arguments.missing or arguments.open else {}
            limit = TIME_LIMITS.get(suite, arguments.time_limit)
            rows = []
            for instance in instances:
                row = known.get(f"{instance.name}.json")
                if row is None or (arguments.open and not row["proved"]):
                    row = better(row, entry(suite, instance, limit, arguments.threads))
                rows.append(row)
            (folder / "index.json").write_text(format_json(rows) + "\n")
            print(suite, json.dumps([row["proved"] for row in rows]), flush=True)
    print(f"{len(different)} files differ" if arguments.check else f"{len(different)} files written")
    return 1 if arguments.check and different else 0


if __name__ == "__main__":
    sys.exit(main())
