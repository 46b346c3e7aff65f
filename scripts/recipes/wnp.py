"""The suites of wnp.

The optima of tiny and tiny-fields come from exhaustion (tests/wnp/brute.py, brute_fields.py), the others' from `auto`.
Where that proves nothing in its time, the index has the best value and the best bound that it found.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import partial
from itertools import combinations, count
from math import isclose
from pathlib import Path
from typing import cast

from recipes.exports.suite import placed
from wnp_real import real

import wnpopt
from tests.wnp.brute import optimum
from tests.wnp.brute_fields import optimum as exhausted
from wnpopt.domain.chip.devices import chip
from wnpopt.domain.files.graph import load_graph
from wnpopt.problems.wnp.generate import generate
from wnpopt.problems.wnp.imports.balanced import balanced
from wnpopt.problems.wnp.instance import WnpInstance

ROOT = Path(__file__).resolve().parents[2]
SMALL = {"subgraphs": 12, "cores": 3, "modalities": 3, "resource_blocks": 12, "slots": 20, "block_slots": 5}
MEDIUM = {"subgraphs": 40, "cores": 4, "modalities": 4, "resource_blocks": 25, "slots": 60, "block_slots": 10}

LARGE = {"subgraphs": 100, "cores": 8, "modalities": 6, "resource_blocks": 50, "slots": 100, "block_slots": 10}
XLARGE = {"subgraphs": 200, "cores": 16, "modalities": 8, "resource_blocks": 100, "slots": 200, "block_slots": 20}
TIME_LIMIT = 120.0
TIME_LIMITS = {"large": 30.0, "xlarge": 30.0, "real-exports": 30.0}
"""Seconds for an instance where proofs are out of reach."""


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
        yield balanced(name, graph, chip(on), None, subgraphs=subgraphs, source=f"{network} on chip {on}, no radio")


FIELDS: Mapping[str, Mapping[str, int | float | str]] = {
    "bus": {"bus": "exclusive"},
    "radio-release": {"radio_release": 0.7},
    "release": {"release": 1.0},
    "latency": {"jobs": 2, "objective": "weighted_latency"},
    "energy": {"core_w": 3.0, "slot_uj": 40.0, "byte_hop_nj": 5.0, "objective": "energy"},
    "deadline": {"jobs": 2, "deadline_slack": 1.1},
    "makespan-limit": {"limit_slack": 1.2},
    "energy-limit": {"core_w": 3.0, "slot_uj": 40.0, "byte_hop_nj": 5.0, "energy_slack": 0.9},
}
"""The generator's options for each optional field."""


def tiny_fields() -> Iterator[WnpInstance]:
    """One for each optional field, where it changes the optimum or the plan that is one, and one for each pair."""
    pairs = [pair for pair in combinations(FIELDS, 2) if pair != ("latency", "energy")]
    for fields in [(field,) for field in FIELDS] + pairs:
        yield next(made for made in map(partial(with_fields, fields), count(500)) if matters(fields, made))


def with_fields(fields: tuple[str, ...], seed: int) -> WnpInstance:
    """The tiny instance of ``seed`` with ``fields``."""
    shape = {
        "subgraphs": 4, "cores": 3, "forbidden": 0.5, "modalities": 2, "resource_blocks": 1, "slots": 4,
        "block_slots": 3, "slot_ticks": 60, "ctr": 1.0, "name": f"tiny-{'+'.join(fields)}",
    }  # fmt: skip
    return generate({**shape, **{name: value for field in fields for name, value in FIELDS[field].items()}}, seed)


def matters(fields: tuple[str, ...], instance: WnpInstance) -> bool:
    """True if there is a plan, and a release or the bus, where it is the only field, changes the optimum."""
    best = exhausted(instance)
    if fields not in (("bus",), ("release",), ("radio-release",)) or best is None:
        return best is not None
    data = instance.to_data()
    for part in ("modalities", "subgraphs"):
        for entry in cast("list[dict[str, object]]", data[part]):
            for name in ("release_slot", "release_ticks"):
                entry.pop(name, None)
    cast("dict[str, object]", data["chip"]).pop("exclusive_bus", None)
    without = exhausted(WnpInstance.from_data(data))
    return without is not None and without < best


SUITES: Mapping[str, Callable[[], Iterator[WnpInstance]]] = {
    "tiny": tiny,
    "tiny-fields": tiny_fields,
    "small": lambda: sized("small", SMALL, 4, 1.0),
    "medium": lambda: sized("medium", MEDIUM, 4, 0.5),
    "large": lambda: sized("large", LARGE, 1, 0.5),
    "xlarge": lambda: sized("xlarge", XLARGE, 1, 0.5, spreads=(0.5, 1.5)),
    "real": real,
    "real-exports": placed,
    "chip-only": chip_only,
}


def entry(suite: str, instance: WnpInstance, time_limit: float, threads: int | None) -> dict[str, object]:
    """The index's row of an instance, solved anew."""
    time_limit = TIME_LIMITS.get(suite, time_limit)
    method = "cpsat" if suite == "tiny-fields" else "auto"
    result = wnpopt.solve(instance, method, time_limit=time_limit, threads=threads)
    row: dict[str, object] = {
        "file": f"{instance.name}.json",
        "best": result.objective,
        "bound": result.bound,
        "proved": result.status == "optimal",
        "how": f"auto, bound by {result.bound_by}"
        + ("" if result.status == "optimal" else f", not proved in {time_limit:g} s"),
    }
    if suite == "tiny":
        least = optimum(instance)
        if least != result.objective:
            raise SystemExit(f"{instance.name}: exhaustion finds {least}, auto {result.objective}")
        row["how"] = "exhaustion and auto"
    if suite == "tiny-fields":
        best = exhausted(instance)
        if best is None or not isclose(best, result.objective or -1.0, rel_tol=1e-6):
            raise SystemExit(f"{instance.name}: exhaustion finds {best}, cpsat {result.objective}")
        row["how"] = "exhaustion and cpsat"
    return row
