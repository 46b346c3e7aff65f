"""The library's referee (instances/check.py) against the families' verifiers, on mutated instances and solutions.

    python scripts/referees.py --count 10000 --seed 1      a row for each mismatch; exit code 1 if there is one

A case is an instance of the library with its best known solution, both changed at random: optional fields are put in
and limits set at, just within or just beyond what the plan needs; the plan is moved, cut, swapped. The two must agree
on whether the files are valid, whether the plan is accepted, and what it is worth.
"""

from __future__ import annotations

import argparse
import copy
import importlib
import json
import math
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT)]

from wnpopt.core.errors import InputError  # noqa: E402
from wnpopt.core.registry import family  # noqa: E402

INSTANCES = ROOT / "instances"
MOST_BYTES = 60_000
"""Larger instances are left out: a case is checked in milliseconds."""
AGREED = 1e-9
"""Relative: objectives that differ by less agree."""
Data = dict[str, Any]
EDGES = (1.0, 1 - 3e-10, 1 + 3e-10, 1 - 2e-9, 1 + 2e-9, 0.9, 1.1, 0.5, 2.0)
"""Factors for values at a limit: at it, within the tolerance on both sides, beyond it, and far.

No product or power of some of them is beyond a limit by just the tolerance, where the last bit would decide.
"""


CHECK = importlib.import_module("instances.check")


def pairs() -> list[tuple[str, Data, Data]]:
    """The library's small instances with their solutions."""
    made = []
    for file in sorted((INSTANCES / "solutions").glob("*/*/*.json")):
        kind, suite = file.parts[-3:-1]
        instance = INSTANCES / kind / suite / file.name
        if instance.stat().st_size <= MOST_BYTES:
            made.append((f"{kind}/{suite}/{file.name}", json.loads(instance.read_text()), json.loads(file.read_text())))
    return made


def nudged(value: float, rng: Random) -> float:
    return value * rng.choice(EDGES)


# --- Instances with optional fields ----------------------------------------------------------------------------------


def dressed_wnp(instance: Data, solution: Data, rng: Random) -> None:
    """Optional fields of wnp, about at what the plan needs."""
    ends = [start + 10 for start in solution["start"].values()]
    last = max(ends)
    if rng.random() < 0.3:
        for modality in instance["modalities"]:
            modality["release_slot"] = rng.choice([0, 0, 1, 2])
            modality["transmit_j_per_rb_slot"] = rng.choice([0, 1e-5, 0.25])
    if rng.random() < 0.3:
        for core in instance["chip"]["cores"]:
            core["active_w"], core["idle_w"] = rng.choice([0, 1.5, 3]), rng.choice([0, 0.25])
        instance["chip"]["joule_per_byte_hop"] = rng.choice([0, 1e-9, 3e-7])
    if rng.random() < 0.3:
        for subgraph in instance["subgraphs"]:
            subgraph["release_ticks"] = rng.choice([0, solution["start"].get(subgraph["name"], 0)])
    if rng.random() < 0.3 and not instance.get("jobs"):
        instance["jobs"] = [
            {"name": f"j{i}", "release_ticks": rng.choice([0, 0, 5]), "weight": rng.randint(1, 3),
             "deadline_ticks": rng.choice([None, last, last - 1, 2 * last])}
            for i in range(rng.randint(1, 2))
        ]  # fmt: skip
        for subgraph, job in zip(instance["subgraphs"], [*instance["jobs"], *[None] * 99], strict=False):
            subgraph["job"] = None if job is None else job["name"]
    if rng.random() < 0.3:
        instance["objective"] = rng.choice(["makespan", "energy", *["weighted_latency"] * bool(instance.get("jobs"))])
    if rng.random() < 0.2:
        instance["chip"]["exclusive_bus"] = not instance["chip"].get("exclusive_bus", False)
    if rng.random() < 0.2:
        subgraph = rng.choice(instance["subgraphs"])
        subgraph["ticks"] = [None if t is None else 0 for t in subgraph["ticks"]]
    if rng.random() < 0.1 and instance["edges"]:
        instance["chip"]["hop_ticks"] = 0
        rng.choice(instance["edges"])["bytes"] = 0
    value = certified("wnp", instance, solution)
    if value is not None and rng.random() < 0.3:
        if instance.get("objective") == "energy":
            instance["energy_limit_j"] = nudged(value, rng)
        elif instance.get("objective", "makespan") == "makespan":
            instance["makespan_limit_ticks"] = max(0, round(value) + rng.choice([-1, 0, 1, 100]))


def dressed_slide(instance: Data, solution: Data, rng: Random) -> None:
    """Optional fields of slide, about at what the plan needs."""
    if rng.random() < 0.2:
        instance["delivery"] = rng.choice(["unicast", "multicast"])
    if rng.random() < 0.3:
        instance["objective"] = rng.choice(["count", "weighted"])
        for user in instance["users"]:
            user["weight"] = rng.choice([0, 1, 2, 0.3])
    if rng.random() < 0.2:
        instance["resource_block_hz"] = rng.choice([None, 180e3, 1e6])
        block = instance["resource_block_hz"]
        for served in solution["served"] if block and rng.random() < 0.7 else ():
            served["bandwidth_hz"] = math.ceil(served["bandwidth_hz"] / block) * block * rng.choice([1, 1, 1 + 3e-10])
    if rng.random() < 0.3:
        sizes = {m["name"]: math.fsum(layer["bits"] for layer in m["layers"]) for m in instance["models"]}
        used = math.fsum(sizes[m] for m in sorted({s["model"] for s in solution["served"]}))
        instance["cache_bits"] = rng.choice([None, nudged(used, rng)])
    for user in instance["users"]:
        if rng.random() < 0.1:
            user["receive_w"] = rng.choice([0, 0.5, 2.0])
            user["energy_j"] = rng.choice([None, 0.5, 5.0])
        if rng.random() < 0.1:
            user["min_accuracy"] = nudged(rng.choice(instance["models"])["accuracy"], rng)
        if rng.random() < 0.1:
            names = [model["name"] for model in instance["models"]]
            user["models"] = rng.choice([None, rng.sample(names, rng.randint(1, len(names)))])
        if rng.random() < 0.1:
            user["deadline_s"] = nudged(user["deadline_s"], rng)
        if rng.random() < 0.05:
            user["link"] = rng.choice(
                [{"spectral_efficiency": rng.uniform(0.5, 8)}, {"power_w": 0.1, "gain": 1e-9, "noise_w_per_hz": 4e-21}]
            )
    if solution["served"] and rng.random() < 0.3:
        instance["bandwidth_hz"] = nudged(math.fsum(served["bandwidth_hz"] for served in solution["served"]), rng)


def dressed_intradp(instance: Data, solution: Data, rng: Random) -> None:
    """Optional fields of intradp, and a deadline about at the plan's latency."""
    inner = instance["operators"][1:-1]
    if rng.random() < 0.3:
        instance["link"]["efficiency"] = rng.uniform(0.5, 1)
        instance["link"]["latency_s"] = rng.choice([0, 0.01, 1.0])
    scale = max((operator["device"]["full_s"] for operator in inner), default=1.0) or 1.0
    if rng.random() < 0.3:
        instance["segment_s"] = {side: rng.choice([0, 0.1, 1]) * scale for side in ("device", "server")}
    if rng.random() < 0.3:
        instance["power_w"]["launch"] = rng.choice([None, 0, 6.1])
    for operator in inner:
        if rng.random() < 0.2:
            operator["device"]["partial_s"] = rng.choice([0, 0.2, 1]) * scale
            operator["server"]["partial_s"] = rng.choice([0, 0.2]) * scale
        if rng.random() < 0.2:
            operator["device"]["compute_w"] = rng.choice([None, 0, 20])
        for edge in operator["inputs"]:
            if rng.random() < 0.1:
                edge["window"] = rng.choice(
                    ["all", {"kernel": rng.randint(-2, 5), "stride": rng.randint(1, 3), "padding": rng.randint(-2, 3),
                             "upsample": rng.randint(1, 3)}]
                )  # fmt: skip
    if rng.random() < 0.3:
        instance["objective"] = rng.choice(["latency", "energy"])
    if rng.random() < 0.2:
        instance["transfers"] = rng.choice(["any", "small"])
    plain = dict(instance, objective="latency", deadline_s=None)
    value = certified("intradp", plain, solution)
    if value is not None and rng.random() < 0.3:
        instance["deadline_s"] = nudged(value, rng)


def certified(kind: str, instance: Data, solution: Data) -> float | None:
    """What the family's verifier says a plan is worth."""
    try:
        described = family(kind)
        posed = described.instance_type.from_data(instance)
        return described.verify(posed, described.solution_type.from_data(solution)).objective
    except InputError:
        return None


# --- Solutions that are changed --------------------------------------------------------------------------------------


def moved_wnp(instance: Data, solution: Data, rng: Random) -> None:
    """One change of a plan."""
    names = list(solution["start"])
    some = rng.choice(names) if names else None
    kind = rng.randrange(14)
    rb = solution["rb"]
    if kind == 0 and some:
        solution["start"][some] = max(0, solution["start"][some] + rng.choice([-5, -1, 1, 3, 50]))
    elif kind == 1:
        for each in names:
            solution["start"][each] += 7
    elif kind == 2 and some:
        solution["core"][some] = rng.choice(instance["chip"]["cores"])["name"]
    elif kind == 3 and len(names) > 1:
        other = rng.choice(names)
        solution["core"][some], solution["core"][other] = solution["core"].get(other), solution["core"].get(some)
    elif kind == 4 and rb and rb[0]:
        row = rng.choice(rb)
        row[rng.randrange(len(row))] = rng.choice([None, *range(len(instance["modalities"]) + (rng.random() < 0.1))])
    elif kind == 5 and len(rb) > 1:
        t, s = rng.randrange(len(rb)), rng.randrange(len(rb))
        rb[t], rb[s] = rb[s], rb[t]
    elif kind == 6:
        rb.append([None] * (len(rb[0]) if rb else 0))
    elif kind == 7 and rb:
        rb.pop()
    elif kind == 8 and some and rng.random() < 0.3:
        solution[rng.choice(["core", "start"])].pop(some, None)
    elif kind == 9 and rng.random() < 0.3:
        solution["start"]["nobody"] = 0
    elif kind == 10 and solution.get("transfer_start"):
        name = rng.choice(list(solution["transfer_start"]))
        solution["transfer_start"][name] = max(0, solution["transfer_start"][name] + rng.choice([-3, -1, 1, 4]))
    elif kind == 11:
        at = {subgraph["name"]: i for i, subgraph in enumerate(instance["subgraphs"])}
        number = {core["name"]: i for i, core in enumerate(instance["chip"]["cores"])}
        transfers = {}
        for edge in instance["edges"]:
            one, two = edge["from"], edge["to"]
            core = solution["core"].get(one)
            if core in number and core != solution["core"].get(two) and one in solution["start"]:
                ticks = instance["subgraphs"][at[one]]["ticks"][number[core]] or 0
                transfers[f"{one}->{two}"] = solution["start"][one] + ticks + rng.choice([0, 0, 0, 1])
        solution["transfer_start"] = transfers
    elif kind == 12 and solution.get("transfer_start"):
        solution["transfer_start"].pop(next(iter(solution["transfer_start"])))
    elif kind == 13:
        odd(solution, rng)


def moved_slide(instance: Data, solution: Data, rng: Random) -> None:
    """One change of who is served with what."""
    served = solution["served"]
    entry = rng.choice(served) if served else None
    users = {user["name"]: user for user in instance["users"]}
    kind = rng.randrange(11)
    if entry is None or kind == 0:
        user = rng.choice(instance["users"]) if instance["users"] else {"name": "nobody", "frequency_hz": [1e9, 1e9]}
        served.append({
            "user": user["name"], "model": rng.choice(instance["models"])["name"],
            "bandwidth_hz": instance["bandwidth_hz"] * rng.choice([0, 0.01, 0.3]),
            "frequency_hz": user["frequency_hz"][1],
        })  # fmt: skip
    elif kind == 1:
        served.remove(entry)
    elif kind in (2, 3):
        entry["bandwidth_hz"] = nudged(entry["bandwidth_hz"], rng)
    elif kind in (4, 5):
        entry["frequency_hz"] = nudged(entry["frequency_hz"], rng)
    elif kind == 6 and entry["user"] in users:
        entry["frequency_hz"] = nudged(rng.choice(users[entry["user"]]["frequency_hz"]), rng)
    elif kind == 7:
        entry["model"] = rng.choice(instance["models"])["name"]
    elif kind == 8:
        served.append(dict(entry))
    elif kind == 9:
        factor = rng.choice(EDGES)
        for each in served:
            each["bandwidth_hz"] *= factor
    else:
        odd(solution, rng)


def moved_intradp(instance: Data, solution: Data, rng: Random) -> None:
    """One change of who computes which rows."""
    ends, begins, operators = solution["device_end"], solution["server_begin"], instance["operators"]
    kind = rng.randrange(8)
    i = rng.randrange(len(operators)) if rng.random() < 0.1 else rng.randrange(1, max(2, len(operators) - 1))
    units = operators[i]["units"]
    if kind < 4 and i < len(ends) and i < len(begins):
        a, b = sorted((rng.randint(0, units), rng.randint(0, units)))
        ends[i], begins[i] = rng.choice([(b, a), (b, b), (units, units), (0, 0), (units, 0), (b, a)])
    elif kind == 4 and i < len(ends):
        ends[i] += rng.choice([-1, 1])
    elif kind == 5 and i < len(begins):
        begins[i] = max(0, begins[i] + rng.choice([-1, 1]))
    elif kind == 6:
        low, high = sorted((rng.randint(1, len(operators)), rng.randint(1, len(operators))))
        share = rng.random()
        for j in range(low, min(high, len(operators) - 1, len(ends), len(begins))):
            ends[j] = begins[j] = int(share * operators[j]["units"])
    else:
        odd(solution, rng)


def odd(solution: Data, rng: Random) -> None:
    """Something that is no form of a solution, or of another instance's."""
    kind = rng.randrange(6)
    if kind == 0:
        solution["instance"] += "x"
    elif kind == 1:
        solution["value"] = 3
    elif kind == 2:
        field = rng.choice([name for name in solution if name not in ("kind", "instance")])
        solution[field] = rng.choice([None, [], {}, 1.0, True, [True], [[1.0]], {"a": -1}])
    elif kind == 3:
        solution["kind"] = "solution"
    elif kind == 4:
        del solution[rng.choice(list(solution))]
    else:
        for field in list(solution):
            if isinstance(solution[field], list) and solution[field]:
                solution[field].pop()


def odd_instance(instance: Data, rng: Random) -> None:
    """Another value, of another kind mostly, in one place of an instance; or a field more or less."""
    place: Any = instance
    key: Any = rng.choice([key for key in instance if key != "kind"])
    while isinstance(place[key], dict | list) and place[key] and rng.random() < 0.9:
        place = place[key]
        key = rng.choice(list(place)) if isinstance(place, dict) else rng.randrange(len(place))
    kind = rng.randrange(8)
    if kind == 0 and isinstance(place, dict):
        del place[key]
    elif kind == 1 and isinstance(place, dict):
        place["more"] = 1
    elif kind == 2 and isinstance(place, list):
        place.append(copy.deepcopy(rng.choice(place)))
    else:
        values = [None, True, 0, -1, 1, 2, 1.5, 1e300, "x", "a->b", "", "all", [], {}, [1], math.nan, math.inf, 2**53]
        place[key] = rng.choice(values)


DRESSED = {"wnp": dressed_wnp, "slide": dressed_slide, "intradp": dressed_intradp}
MOVED = {"wnp": moved_wnp, "slide": moved_slide, "intradp": moved_intradp}


def cases(count: int, seed: int) -> Iterator[tuple[str, Data, Data]]:
    """Mutated instances and solutions, families in turn."""
    rng = Random(seed)
    by_kind: dict[str, list[tuple[str, Data, Data]]] = {}
    for label, instance, solution in pairs():
        by_kind.setdefault(instance["kind"], []).append((label, instance, solution))
    for number in range(count):
        kind = sorted(by_kind)[number % len(by_kind)]
        label, instance, solution = copy.deepcopy(rng.choice(by_kind[kind]))
        if rng.random() < 0.6:
            DRESSED[kind](instance, solution, rng)
        for _ in range(rng.choice([0, 1, 1, 1, 2, 3])):
            MOVED[kind](instance, solution, rng)
            if not isinstance(next(iter(solution.values()), None), str) or set(solution) & {"value"}:
                break
            try:
                CHECK.referee(instance, solution)
            except CHECK.BadInputError:
                break
        if rng.random() < 0.15:
            odd_instance(instance, rng)
        yield label, instance, solution


Verdict = tuple[str, float | None]


def by_verifier(instance: Data, solution: Data) -> Verdict:
    """accepted, rejected or bad, and the objective, by the family's verifier."""
    described = family(instance["kind"])
    try:
        posed = described.instance_type.from_data(instance)
    except InputError:
        return "bad instance", None
    try:
        plan = described.solution_type.from_data(solution)
    except InputError:
        return "bad solution", None
    if "kind" not in solution:  # in a file it is needed: it says what the file is
        return "bad solution", None
    certificate = described.verify(posed, plan)
    return ("accepted" if certificate.accepted else "rejected"), certificate.objective


def by_check(instance: Data, solution: Data) -> Verdict:
    """The same by instances/check.py."""
    check_instance, check, _ = CHECK.FAMILIES[instance["kind"]]
    try:
        posed = check_instance(instance)
    except CHECK.BadInputError:
        return "bad instance", None
    try:
        objective, broken = check(posed, solution)
    except CHECK.BadInputError:
        return "bad solution", None
    return ("accepted" if not broken and objective is not None else "rejected"), objective


def agree(one: Verdict, two: Verdict) -> bool:
    """True if both say the same of the files, and give the same value where both give one and accept the plan."""
    if one[0] != two[0]:
        return False
    if one[1] is None or two[1] is None:
        return one[0] != "accepted"
    return math.isclose(one[1], two[1], rel_tol=AGREED, abs_tol=0.0) or one[1] == two[1]


def compared(count: int, seed: int) -> tuple[Counter[tuple[str, str]], list[tuple[str, Data, Data, Verdict, Verdict]]]:
    """How many cases of each family got which verdict, and the cases on which the two differ."""
    verdicts: Counter[tuple[str, str]] = Counter()
    mismatches = []
    for label, instance, solution in cases(count, seed):
        one, two = by_verifier(instance, solution), by_check(instance, solution)
        verdicts[instance["kind"], one[0]] += 1
        if not agree(one, two):
            mismatches.append((label, instance, solution, one, two))
    return verdicts, mismatches


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--count", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--out", type=Path, help="a folder for the cases on which they differ")
    arguments = parser.parse_args()
    verdicts, mismatches = compared(arguments.count, arguments.seed)
    for (kind, verdict), number in sorted(verdicts.items()):
        print(f"{kind}: {number} {verdict}")
    for number, (label, instance, solution, one, two) in enumerate(mismatches):
        print(f"{label}: verifier {one}, check.py {two}")
        if arguments.out is not None:
            arguments.out.mkdir(parents=True, exist_ok=True)
            (arguments.out / f"{number}.instance.json").write_text(json.dumps(instance))
            (arguments.out / f"{number}.solution.json").write_text(json.dumps(solution))
    print(f"seed {arguments.seed}: {len(mismatches)} of {arguments.count} differ")
    return 1 if mismatches else 0


if __name__ == "__main__":
    sys.exit(main())
