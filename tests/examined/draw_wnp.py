"""Tiny wnp instances: all optional fields, limits met exactly or missed by the least step, ties, zeros, wide ranges."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any, cast

from tests.examined.drawn import Drawn, Truth
from tests.wnp.brute import optimum as plain_optimum
from tests.wnp.brute_fields import optimum
from tests.wnp.tiny import tiny_data
from tests.wnp.tiny_fields import FIELDS, add, tiny_fields
from wnpopt.problems.wnp.instance import WnpInstance, is_plain
from wnpopt.problems.wnp.state import WnpState

Data = dict[str, Any]
LEAST_STEP = 1e-6
"""An energy limit is missed by so much, relatively; the contract's tolerance is 1e-9."""


def truth(drawn: Drawn) -> Truth:
    """The optimum, by exhaustion."""
    instance = cast(WnpInstance, drawn.instance())
    state = cast("WnpState | None", drawn.fixed())
    best = plain_optimum(instance) if state is None and is_plain(instance) else optimum(instance, state)
    return Truth(best, best)


def draw(seed: int) -> Drawn:
    """The instance of ``seed``."""
    rng = random.Random(f"wnp-examined-{seed}")
    kind = rng.choice(list(KINDS))
    data = KINDS[kind](seed, rng)
    data["name"] = f"{kind}-{seed}"
    state = None
    if kind == "state":
        state = _state(data, rng)
    return Drawn("wnp", kind, seed, data, state)


def some_fields(seed: int, rng: random.Random) -> Data:
    """Any mix of optional fields."""
    fields = [field for field in FIELDS if rng.random() < 0.35] or [rng.choice(FIELDS)]
    if "latency" in fields and "energy" in fields:
        fields.remove(rng.choice(["latency", "energy"]))
    return _data(tiny_fields(seed, tuple(fields)))


def ties(seed: int, rng: random.Random) -> Data:
    """Everything that can be equal is: ticks, rates, payloads, bytes, distances."""
    data = _small(seed)
    tick, size, rate = rng.choice([0, 1, 7]), rng.choice([0, 16]), rng.choice([0, 1, 5])
    for subgraph in data["subgraphs"]:
        subgraph["ticks"] = [None if t is None else tick for t in subgraph["ticks"]]
    for edge in data["edges"]:
        edge["bytes"] = size
    table = data["radio"]["bits_per_slot"]
    data["radio"]["bits_per_slot"] = [[[rate for _ in row] for row in plane] for plane in table]
    capacity = data["radio"]["slots"] * (len(table[0]) if table else 0) * rate
    share = rng.choice([1, 2, 3, 3])
    for modality in data["modalities"]:
        modality["payload_bits"] = rng.choice([capacity // share, capacity // share, rate, 0])
    if rng.random() < 0.5:
        for core in data["chip"]["cores"]:
            core["x"] = core["y"] = 0
    if rng.random() < 0.4:
        add(data, rng.choice(FIELDS), rng)
    return data


def zeros(seed: int, rng: random.Random) -> Data:
    """Half of all that may be zero is."""
    data = _small(seed)

    def perhaps(value: Any) -> Any:
        return 0 if value is not None and rng.random() < 0.5 else value

    for subgraph in data["subgraphs"]:
        subgraph["ticks"] = [perhaps(t) for t in subgraph["ticks"]]
    for edge in data["edges"]:
        edge["bytes"] = perhaps(edge["bytes"])
    for modality in data["modalities"]:
        modality["payload_bits"] = perhaps(modality["payload_bits"])
    table = data["radio"]["bits_per_slot"]
    data["radio"]["bits_per_slot"] = [[[perhaps(rate) for rate in row] for row in plane] for plane in table]
    data["chip"]["hop_ticks"] = perhaps(data["chip"]["hop_ticks"])
    if rng.random() < 0.4:
        add(data, rng.choice(FIELDS), rng)
    return data


def limits(seed: int, rng: random.Random) -> Data:
    """Deadlines, the makespan's limit or the energy's, exactly at what can be reached or one step short of it."""
    field = rng.choice(["makespan", "deadline", "energy", "energy", "release"])
    data = _small(seed)
    if rng.random() < 0.3:
        add(data, rng.choice(["bus", "radio-release", "release"]), rng)
    if field == "energy":
        add(data, "energy", rng)
    if field == "deadline":
        add(data, "latency", rng)
    best = optimum(WnpInstance.from_data(data))
    if best is None:
        return data
    short = rng.random() < 0.4
    if field == "energy":
        data["objective"] = rng.choice(["makespan", "energy"])
        data["energy_limit_j"] = best * (1 - LEAST_STEP) if short else best
    elif field == "deadline":
        # The least weighted latency of one job is an end that can be met: for several, a sum that some deadline binds.
        ends = [best // job.get("weight", 1) + job.get("release_ticks", 0) for job in data["jobs"]]
        for job, end in zip(data["jobs"], ends, strict=True):
            job["deadline_ticks"] = int(end) - (1 if short else 0) if end >= 1 else 0
        data["objective"] = rng.choice(["makespan", "weighted_latency"])
    elif best >= 1:
        data["makespan_limit_ticks"] = int(best) - (1 if short else 0)
    return data


def long(seed: int, rng: random.Random) -> Data:
    """Times up to some 10^9 ticks that differ by a few, payloads and rates up to 10^9 bits."""
    data = _small(seed)
    factor, few = 10 ** rng.randint(5, 7), rng.choice([0, 1, 3])

    def times(value: Any) -> Any:
        return None if value is None else max(0, value * factor + (rng.randint(-few, few) if value else 0))

    for subgraph in data["subgraphs"]:
        subgraph["ticks"] = [times(t) for t in subgraph["ticks"]]
    data["radio"]["slot_ticks"] = max(1, times(data["radio"]["slot_ticks"]))
    data["chip"]["hop_ticks"] = times(data["chip"]["hop_ticks"])
    if rng.random() < 0.5:
        bits = 10 ** rng.randint(5, 7)
        table = data["radio"]["bits_per_slot"]
        data["radio"]["bits_per_slot"] = [
            [[rate * bits + (rng.randint(0, few) if rate else 0) for rate in row] for row in plane] for plane in table
        ]
        for modality in data["modalities"]:
            modality["payload_bits"] *= bits
    if rng.random() < 0.4:
        add(data, rng.choice(FIELDS), rng)
    return data


def going_on(seed: int, rng: random.Random) -> Data:
    """An instance of which a plan runs."""
    data = _data(tiny_fields(seed, rng.choice([(), ("bus",), ("release",), ("latency",), ("deadline",), ("energy",)])))
    return data


KINDS: dict[str, Callable[[int, random.Random], Data]] = {
    "plain": lambda seed, _rng: tiny_data(seed),
    "fields": some_fields,
    "ties": ties,
    "zeros": zeros,
    "limits": limits,
    "long": long,
    "state": going_on,
}


def _data(instance: WnpInstance) -> Data:
    return cast(Data, instance.to_data())


def _small(seed: int) -> Data:
    """The instance without optional fields, of at most four subgraphs: exhaustion with fields takes no more."""
    data: Data = tiny_data(seed)
    data["subgraphs"] = data["subgraphs"][:4]
    names = {subgraph["name"] for subgraph in data["subgraphs"]}
    data["edges"] = [edge for edge in data["edges"] if {edge["from"], edge["to"]} <= names][:4]
    return data


def _state(data: Data, rng: random.Random) -> Data | None:
    """The state at a random tick of the plan that ``pacs`` makes, if it makes one."""
    import wnpopt
    from tests.wnp.test_state import state_at
    from wnpopt.problems.wnp.solution import WnpSolution

    instance = WnpInstance.from_data(data)
    result = wnpopt.solve(instance, "cpsat", threads=1, isolate=False, time_limit=30)
    if not isinstance(result.solution, WnpSolution):
        return None
    last = max(result.solution.start.values())
    return cast(Data, state_at(instance, result.solution, rng.randint(0, last + 1)).to_data())
