"""Mid-size random instances, too large for exhaustion: what exact methods and heuristics say of one must agree."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import wnpopt
from wnpopt.core import registry
from wnpopt.core.document import Instance
from wnpopt.core.errors import WnpoptError
from wnpopt.core.result import Result

METHODS = {
    "wnp": ("rtfs", "pacs", "pacs-ls", "cpsat", "lbbd", "auto", "milp"),
    "slide": ("greedy", "dp", "cover", "convex", "milp", "dai", "auto"),
    "intradp": ("layer-cut", "min-cut", "search", "milp", "auto", "de"),
}

TOLERANCE = 1e-6
"""Of real objectives, relatively; integers must agree exactly."""


@dataclass(frozen=True)
class Compared:
    """What was counted, and what the methods do not agree on."""

    counts: Counter[str] = field(default_factory=Counter)
    mismatches: list[str] = field(default_factory=list)


def compare(family: str, seed: int, time_limit: float) -> Compared:
    """Solve the instance of ``seed`` by all methods, each with options drawn at random."""
    rng = random.Random(f"{family}-larger-{seed}")
    compared = Compared()
    try:
        instance = registry.family(family).generate(OPTIONS[family](rng), seed)
    except WnpoptError:
        compared.counts["not generated"] += 1
        return compared
    compared.counts["instances"] += 1
    results: dict[str, Result[Any]] = {}
    for method in METHODS[family]:
        options: dict[str, Any] = {
            "threads": rng.choice([1, 2]),
            "seed": rng.randint(0, 9),
            "warm_start": rng.choice(["auto", "auto", "none"]),
            "isolate": rng.choice([True, False]),
        }
        try:
            results[method] = wnpopt.solve(instance, method, time_limit=time_limit, **options)
        except WnpoptError:
            compared.counts["refused"] += 1
            continue
        except Exception as error:
            # What no method may raise, whatever it is, is what is looked for.
            compared.mismatches.append(f"{method}: {error!r}")
            continue
        compared.counts["runs"] += 1
        compared.counts["proofs"] += results[method].status in ("optimal", "infeasible")
    compared.mismatches.extend(disagreements(family, instance, results))
    return compared


def disagreements(family: str, instance: Instance, results: dict[str, Result[Any]]) -> list[str]:
    """Which bounds cross the best solution, which optima are worse than it, and proofs that there is no solution."""
    described = registry.family(family)
    sign = 1 if described.sense == "min" else -1
    share = 0.0 if described.has_integers(instance) else TOLERANCE
    told = [f"{m}: {r.message}" for m, r in results.items() if r.termination == "error" or "defect" in r.message]
    values = {m: sign * r.objective for m, r in results.items() if r.objective is not None}
    if not values:
        return told
    best = min(values.values())
    slack = share * abs(best)
    for method, result in results.items():
        if result.status == "infeasible":
            told.append(f"{method}: infeasible, where {sign * best!r} is reached")
        if result.bound is not None and sign * result.bound > best + slack:
            told.append(f"{method}: its bound {result.bound!r} crosses {sign * best!r}")
        if result.status == "optimal" and method in values and values[method] > best + 2 * slack:
            told.append(f"{method}: optimal {result.objective!r}, where {sign * best!r} is reached")
    return told


def wnp(rng: random.Random) -> dict[str, Any]:
    """Five to fourteen subgraphs."""
    c = rng.choice
    options: dict[str, Any] = {
        "subgraphs": rng.randint(5, 14), "cores": rng.randint(1, 4), "modalities": rng.randint(0, 4),
        "resource_blocks": rng.randint(1, 6), "slots": rng.randint(4, 16), "block_slots": rng.randint(1, 6),
        "slot_ticks": c([1, 7, 50, 500]), "heterogeneity": c([0, 0.5, 1.5]), "forbidden": c([0, 0.3]),
        "skip_edges": c([0, 0.2, 0.6]), "ctr": c([0.1, 0.5, 2]), "load": c([0.3, 0.6, 0.95]),
        "core_spread": c([0, 0.3, 1]),
    }  # fmt: skip
    if options["modalities"] == 0:
        options["radio_release"] = 0
    elif rng.random() < 0.25:
        options["radio_release"] = 0.3
    if rng.random() < 0.3:
        options["bus"] = "exclusive"
    if rng.random() < 0.25:
        options["release"] = 0.5
    if rng.random() < 0.3:
        options["jobs"] = rng.randint(1, 3)
        if rng.random() < 0.6:
            options["objective"] = "weighted_latency"
        if rng.random() < 0.5:
            options["deadline_slack"] = c([0.8, 1, 1.5, 2])
    if rng.random() < 0.3:
        options |= {"core_w": 3, "slot_uj": c([0, 20]), "byte_hop_nj": c([0, 5])}
        if rng.random() < 0.6:
            options["objective"] = "energy"
        if rng.random() < 0.5:
            options["energy_slack"] = c([0.7, 0.9, 1.1])
    if rng.random() < 0.2:
        options["limit_slack"] = c([0.6, 0.9, 1.2])
    return options


def slide(rng: random.Random) -> dict[str, Any]:
    """Three to thirty users."""
    c = rng.choice
    options: dict[str, Any] = {
        "users": rng.randint(3, 30), "mix": "synthetic", "models": rng.randint(1, 5), "layers": rng.randint(1, 5),
        "bandwidth_hz": c([1e6, 5e6, 2e7, 1e8]), "delivery": c(["unicast", "multicast"]),
        "link": c(["efficiency", "power"]), "weighted": c([0, 1]), "requested": c([0, 0, 1]),
        "deadline_spread": c([0, 0.4]), "energy_scale": c([0, 1, 0.3]), "receive_scale": c([0, 1]),
        "accuracy_share": c([0, 0.5]), "compute_scale": c([1, 0.1]), "jitter": c([0, 0.2]),
        "radius_m": c([50, 250, 600]),
    }  # fmt: skip
    if rng.random() < 0.4:
        options["resource_block_hz"] = c([180e3, 360e3])
    if rng.random() < 0.4:
        options["cache_share"] = c([0.3, 0.6])
    if rng.random() < 0.4 and not options["requested"]:
        options["longest_list"] = 2
    return options


def intradp(rng: random.Random) -> dict[str, Any]:
    """Four to fourteen operators."""
    c = rng.choice
    options: dict[str, Any] = {
        "shape": c(["chain", "residual", "dense", "encoder-decoder", "transformer"]),
        "operators": rng.randint(4, 14), "units": rng.randint(2, 12), "speedup": c([0.5, 2, 10]),
        "launch": c([0, 0.1, 0.5]), "bandwidth": c([0.2, 1, 5]), "latency_s": c([0, 0, 1e-4]),
        "objective": c(["latency", "latency", "energy"]), "transfers": c(["any", "small"]),
    }  # fmt: skip
    sometimes = {"slack": c([0.5, 0.8, 1.0]), "efficiency": 0.7, "partial": 0.1, "segment": 0.1, "launch_w": 8}
    options |= {name: value for name, value in sometimes.items() if rng.random() < 0.3}
    if rng.random() < 0.5:
        options["power_spread"] = 0.5
    return options


OPTIONS: dict[str, Callable[[random.Random], dict[str, Any]]] = {"wnp": wnp, "slide": slide, "intradp": intradp}
