"""Random tiny instances with one, two or all of the optional fields."""

from __future__ import annotations

import random
from itertools import combinations
from typing import Any

from tests.wnp.tiny import tiny_data
from wnpopt.problems.wnp.instance import WnpInstance

FIELDS = ("bus", "radio-release", "release", "latency", "energy", "deadline", "makespan-limit", "energy-limit")
PAIRS = [pair for pair in combinations(FIELDS, 2) if pair != ("latency", "energy")]


def add(data: dict[str, Any], field: str, rng: random.Random) -> None:
    """One optional field with values that matter."""
    subgraphs, span = data["subgraphs"], data["radio"]["slot_ticks"] * data["radio"]["slots"] + 40
    if field == "bus":
        data["chip"]["exclusive_bus"] = True
    elif field == "radio-release":
        for modality in data["modalities"]:
            modality["release_slot"] = rng.choice([0, 1, 1, 2])
    elif field == "release":
        for subgraph in subgraphs:
            subgraph["release_ticks"] = rng.choice([0, rng.randint(0, span)])
        if data.get("jobs"):
            data["jobs"][0]["release_ticks"] = rng.randint(0, span // 2)
    elif field in ("latency", "deadline"):
        if not data.get("jobs"):
            data["jobs"] = [{"name": f"j{j}", "weight": rng.randint(1, 5)} for j in range(min(2, len(subgraphs)))]
            data["jobs"][-1]["release_ticks"] = rng.randint(0, span // 2)
            for i, subgraph in enumerate(subgraphs):
                subgraph["job"] = f"j{i % len(data['jobs'])}"
        if field == "latency":
            data["objective"] = "weighted_latency"
        else:
            for job in data["jobs"]:
                job["deadline_ticks"] = rng.choice([None, rng.randint(span // 2, 2 * span)])
    elif field in ("energy", "energy-limit"):
        if "active_w" not in data["chip"]["cores"][0]:
            for core in data["chip"]["cores"]:
                core.update(active_w=rng.choice([0.0, 7.3, rng.uniform(1, 9)]), idle_w=rng.choice([0.0, 1.7]))
            data["chip"]["joule_per_byte_hop"] = rng.choice([0.0, 3e-7])
            for modality in data["modalities"]:
                modality["transmit_j_per_rb_slot"] = rng.choice([0.0, 1e-5, 4e-5])
        if field == "energy":
            data["objective"] = "energy"
        else:
            data["energy_limit_j"] = rng.uniform(0.3, 3) * 1e-6 * span * len(data["chip"]["cores"]) * 4
    else:
        data["makespan_limit_ticks"] = rng.randint(span // 3, 2 * span)


def tiny_fields(seed: int, fields: tuple[str, ...]) -> WnpInstance:
    """The tiny instance number ``seed`` with ``fields``."""
    rng = random.Random(f"wnp-tiny-fields-{seed}-{'+'.join(fields)}")
    data: dict[str, Any] = tiny_data(seed)
    data["name"] = f"tiny-{seed}-{'+'.join(fields)}"
    data["subgraphs"] = data["subgraphs"][:4]
    names = {s["name"] for s in data["subgraphs"]}
    data["edges"] = [e for e in data["edges"] if {e["from"], e["to"]} <= names][:4]
    for field in fields:
        add(data, field, rng)
    return WnpInstance.from_data(data)
