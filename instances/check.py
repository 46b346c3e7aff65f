#!/usr/bin/env python3
"""Checks an instance of this library and a solution of it, and works the objective out.

    python check.py INSTANCE.json                   is the instance valid?
    python check.py INSTANCE.json SOLUTION.json     what is the solution worth, and which rules does it break?
    python check.py --all [LIBRARY]                 every best known solution of the library against its index
        --json                                      the same as one JSON object

Exit code 0: all is right. 1: a solution breaks a rule, or the index is wrong. 2: a file is not what it should be.

This is one file for Python 3.9 or newer and needs nothing else. It was written from the definitions of the three
problems (docs/wnp.md, docs/slide.md, docs/intradp.md of wnpopt), and shares no code with wnpopt: two referees who agree
are worth more than one.
"""

from __future__ import annotations

import json
import math
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, NoReturn

Data = dict[str, Any]
Broken = list[str]
"""The rules that a solution breaks, each with its place and amount."""

MAX_INT = 2**53
TOLERANCE = 1e-9
"""Relative: by how much a real quantity may be beyond its limit."""


class BadInputError(Exception):
    """A file is no valid instance or solution: where, what is wrong and what would be right."""


def bad(where: str, what: str) -> NoReturn:
    raise BadInputError(f"{where}: {what}" if where else what)


# --- Reading ---------------------------------------------------------------------------------------------------------


def read(path: Path) -> Any:
    """Strict JSON: UTF-8, no key twice, only finite numbers, no integer beyond 2^53."""

    def pairs(entries: list[tuple[str, Any]]) -> Data:
        data = dict(entries)
        if len(data) < len(entries):
            keys = [key for key, _ in entries]
            bad("", f"the key {next(key for key in keys if keys.count(key) > 1)!r} is given twice")
        return data

    def whole(digits: str) -> int:
        if len(digits) > 17 or abs(int(digits)) > MAX_INT:
            bad("", f"the integer {digits} is beyond 2^53")
        return int(digits)

    def real(digits: str) -> float:
        if not math.isfinite(float(digits)):
            bad("", f"the number {digits} is not finite")
        return float(digits)

    try:
        text = path.read_bytes().decode("utf-8-sig")
        return json.loads(text, object_pairs_hook=pairs, parse_int=whole, parse_float=real, parse_constant=real)
    except OSError as error:
        bad(str(path), f"cannot be read: {error.strerror}")
    except UnicodeDecodeError:
        bad(str(path), "is not UTF-8")
    except (ValueError, RecursionError) as error:
        bad(str(path), f"is not JSON: {error}")
    except BadInputError as error:
        bad(str(path), str(error))


# --- The types of fields ---------------------------------------------------------------------------------------------

Check = Callable[[Any, str], Any]
"""Takes a value and its path; returns the value as the referee uses it, or says what is wrong."""


def integer(least: int | None) -> Check:
    def check(value: Any, where: str) -> int:
        if type(value) is not int or abs(value) > MAX_INT or (least is not None and value < least):
            needed = "an integer" if least is None else f"an integer of at least {least}"
            bad(where, f"found {value!r}; {needed} up to 2^53 is needed")
        return value

    return check


def number(positive: bool = False, most: float = math.inf) -> Check:
    def check(value: Any, where: str) -> float:
        if type(value) not in (int, float) or not math.isfinite(value) or value < 0 or (positive and value == 0):
            bad(where, f"found {value!r}; a finite number {'above' if positive else 'of at least'} 0 is needed")
        if value > most:
            bad(where, f"found {value!r}; at most {most:g} is possible")
        return float(value)

    return check


def name(value: Any, where: str) -> str:
    if type(value) is not str or not 1 <= len(value) <= 200 or not value.isprintable() or "->" in value:
        bad(where, f'found {value!r}; a name of 1 to 200 printable characters without "->" is needed')
    return value


def text(value: Any, where: str) -> str:
    if type(value) is not str:
        bad(where, f"found {value!r}; a text is needed")
    return value


def flag(value: Any, where: str) -> bool:
    if type(value) is not bool:
        bad(where, f"found {value!r}; true or false is needed")
    return value


def one_of(*values: Any) -> Check:
    def check(value: Any, where: str) -> Any:
        if not any(type(value) is type(each) and value == each for each in values):
            bad(where, f"found {value!r}; one of {', '.join(map(str, values))} is needed")
        return value

    return check


def or_null(check: Check) -> Check:
    return lambda value, where: None if value is None else check(value, where)


def many(check: Check, least: int = 0) -> Check:
    def check_all(value: Any, where: str) -> list[Any]:
        if type(value) is not list or len(value) < least:
            bad(where, f"a list of at least {least} entries is needed" if least else "a list is needed")
        return [check(entry, f"{where}[{i}]") for i, entry in enumerate(value)]

    return check_all


def mapping(key: Check, check: Check) -> Check:
    def check_all(value: Any, where: str) -> Data:
        if type(value) is not dict:
            bad(where, "an object is needed")
        return {key(k, f"a key of {where}"): check(v, f"{where}[{k}]") for k, v in value.items()}

    return check_all


NEEDED = object()
"""Stands for the default of a field that has none."""


def record(**fields: Any) -> Check:
    """An object with these fields and no other: a check each, or (check, default). A trailing _ is not of the name."""

    def check(value: Any, where: str) -> Data:
        if type(value) is not dict:
            bad(where, "an object is needed")
        known = {field.rstrip("_"): wanted for field, wanted in fields.items()}
        for field in value:
            if field not in known:
                bad(f"{where}.{field}".lstrip("."), f"is not known; the fields here are {', '.join(known)}")
        result = {}
        for field, wanted in known.items():
            of, default = wanted if type(wanted) is tuple else (wanted, NEEDED)
            if field in value:
                result[field] = of(value[field], f"{where}.{field}".lstrip("."))
            elif default is NEEDED:
                bad(f"{where}.{field}".lstrip("."), "is missing")
            else:
                result[field] = default
        return result

    return check


def distinct(names: list[Any], where: str) -> None:
    seen = set()
    for i, each in enumerate(names):
        if each in seen:
            bad(f"{where}[{i}]", f"{each!r} stands there twice")
        seen.add(each)


def finite(total: float, where: str) -> None:
    if not math.isfinite(total):
        bad(where, "the sum overflows; a finite number is needed")


def exact(total: int, where: str) -> None:
    if total > MAX_INT:
        bad(where, f"the sum is {total}; at most 2^53 is possible")


def total(amounts: list[float]) -> float:
    """The sum, rounded once; infinity where it overflows."""
    try:
        return math.fsum(amounts)
    except OverflowError:
        return math.inf


def beyond(amount: float, limit: float) -> bool:
    """True unless the amount is finite and no more than the limit, within the tolerance."""
    return not (amount < math.inf and amount <= limit * (1 + TOLERANCE))


INT, COUNT, POSITIVE = integer(None), integer(0), integer(1)
REAL, POSITIVE_REAL = number(), number(positive=True)


def head(kind: str) -> Data:
    """The fields that every instance has."""
    return {"kind": one_of(kind), "schema_version": one_of(1), "name": name, "source": (or_null(text), None)}


# --- wnp: resource blocks to modalities, subgraphs to cores and times -------------------------------------------------

WNP = record(
    **head("wnp"),
    tick_s=(POSITIVE_REAL, 1e-6),
    radio=record(slot_ticks=POSITIVE, slots=POSITIVE, block_slots=POSITIVE, bits_per_slot=many(many(many(COUNT), 1))),
    modalities=many(record(name=name, payload_bits=COUNT, release_slot=(COUNT, 0), transmit_j_per_rb_slot=(REAL, 0.0))),
    chip=record(
        cores=many(record(name=name, x=INT, y=INT, active_w=(REAL, 0.0), idle_w=(REAL, 0.0)), 1),
        hop_ticks=COUNT,
        bytes_per_tick=POSITIVE,
        exclusive_bus=(flag, False),
        joule_per_byte_hop=(REAL, 0.0),
    ),
    subgraphs=many(
        record(
            name=name,
            modality=(or_null(name), None),
            ticks=many(or_null(COUNT)),
            release_ticks=(COUNT, 0),
            job=(or_null(name), None),
        ),
        1,
    ),
    edges=many(record(from_=name, to=name, bytes=COUNT)),
    jobs=(
        many(record(name=name, release_ticks=(COUNT, 0), weight=(POSITIVE, 1), deadline_ticks=(or_null(COUNT), None))),
        [],
    ),
    objective=(one_of("makespan", "weighted_latency", "energy"), "makespan"),
    makespan_limit_ticks=(or_null(COUNT), None),
    energy_limit_j=(or_null(REAL), None),
)

WNP_SOLUTION = record(
    kind=one_of("wnp-solution"),
    instance=name,
    rb=many(many(or_null(COUNT))),
    core=mapping(name, name),
    start=mapping(name, COUNT),
    transfer_start=(or_null(mapping(text, COUNT)), None),
)


def wnp_instance(data: Any) -> Data:
    instance: Data = WNP(data, "")
    radio, chip, modalities = instance["radio"], instance["chip"], instance["modalities"]
    subgraphs, edges, jobs = instance["subgraphs"], instance["edges"], instance["jobs"]
    for field, entries in (("modalities", modalities), ("chip.cores", chip["cores"]), ("subgraphs", subgraphs)):
        distinct([entry["name"] for entry in entries], field)
    distinct([job["name"] for job in jobs], "jobs")
    table, blocks = radio["bits_per_slot"], -(-radio["slots"] // radio["block_slots"])
    if len(table) != len(modalities):
        bad("radio.bits_per_slot", f"has {len(table)} entries; one for each of {len(modalities)} modalities is needed")
    for k, plane in enumerate(table):
        if len(plane) != len(table[0]):
            bad(f"radio.bits_per_slot[{k}]", f"has {len(plane)} entries; {len(table[0])}, as the first, are needed")
        for n, row in enumerate(plane):
            if len(row) != blocks:
                bad(f"radio.bits_per_slot[{k}][{n}]", f"has {len(row)} entries; {blocks} coherence blocks are needed")
    known = {"modality": {m["name"] for m in modalities}, "job": {job["name"] for job in jobs}}
    for i, subgraph in enumerate(subgraphs):
        if len(subgraph["ticks"]) != len(chip["cores"]):
            bad(f"subgraphs[{i}].ticks", "needs one entry for each core")
        if all(ticks is None for ticks in subgraph["ticks"]):
            bad(f"subgraphs[{i}].ticks", "is null for every core; one at least must be able to run it")
        for field, names in known.items():
            if subgraph[field] is not None and subgraph[field] not in names:
                bad(f"subgraphs[{i}].{field}", f"there is no {field} {subgraph[field]!r}")
    names = {subgraph["name"] for subgraph in subgraphs}
    for i, edge in enumerate(edges):
        for field in ("from", "to"):
            if edge[field] not in names:
                bad(f"edges[{i}].{field}", f"there is no subgraph {edge[field]!r}")
    distinct([(edge["from"], edge["to"]) for edge in edges], "edges")
    remaining = set(names)
    while remaining:
        fed = {edge["to"] for edge in edges if edge["from"] in remaining}
        if fed == remaining:
            bad("edges", "form a cycle")
        remaining = fed
    for j, job in enumerate(jobs):
        if all(subgraph["job"] != job["name"] for subgraph in subgraphs):
            bad(f"jobs[{j}]", "no subgraph belongs to it")
    if instance["objective"] == "weighted_latency" and not jobs:
        bad("objective", "the weighted latency needs jobs")
    airtime = radio["slots"] * radio["slot_ticks"]
    exact(airtime, "radio.slots")
    exact(sum(m["payload_bits"] for m in modalities), "modalities")
    for k, plane in enumerate(table):
        exact(radio["slots"] * sum(map(max, plane)), f"radio.bits_per_slot[{k}]")
    span = sum(max(c[axis] for c in chip["cores"]) - min(c[axis] for c in chip["cores"]) for axis in ("x", "y"))
    moves = sum(span * chip["hop_ticks"] + -(-edge["bytes"] // chip["bytes_per_tick"]) for edge in edges)
    work = sum(max(ticks for ticks in subgraph["ticks"] if ticks is not None) for subgraph in subgraphs)
    horizon = max([airtime, *(entry["release_ticks"] for entry in subgraphs + jobs)]) + work + moves
    exact(horizon, "subgraphs")
    exact(horizon * sum(job["weight"] for job in jobs), "jobs")
    finite(horizon * instance["tick_s"], "tick_s")
    power = sum(core["active_w"] + core["idle_w"] for core in chip["cores"]) * horizon * instance["tick_s"]
    width = len(table[0]) if table else 0
    sent = sum(m["transmit_j_per_rb_slot"] for m in modalities) * radio["slots"] * width
    moved = chip["joule_per_byte_hop"] * sum(edge["bytes"] for edge in edges) * max(1, span)
    finite(power + sent + moved, "chip")
    return instance


def wnp_check(instance: Data, data: Any) -> tuple[float | None, Broken]:
    plan: Data = WNP_SOLUTION(data, "")
    broken: Broken = []
    radio, chip, modalities, edges = instance["radio"], instance["chip"], instance["modalities"], instance["edges"]
    if plan["instance"] != instance["name"]:
        broken.append(f"the solution is of the instance {plan['instance']}")

    # The radio: what is sent, and when each modality has arrived.
    width = len(radio["bits_per_slot"][0]) if modalities else 0
    if not modalities and plan["rb"]:
        broken.append("rb: without modalities it is []")
    if len(plan["rb"]) > radio["slots"]:
        broken.append(f"rb: {len(plan['rb'])} slots are used, there are {radio['slots']}")
    arrival: list[int | None] = [0 if m["payload_bits"] == 0 else None for m in modalities]
    delivered = [0] * len(modalities)
    for t, row in enumerate(plan["rb"]):
        if len(row) != width:
            broken.append(f"rb[{t}]: has {len(row)} entries, there are {width} resource blocks")
        for n, k in enumerate(row):
            if k is None:
                continue
            if k >= len(modalities):
                broken.append(f"rb[{t}][{n}]: there is no modality {k}")
            elif t < modalities[k]["release_slot"]:
                broken.append(
                    f"rb[{t}][{n}]: {modalities[k]['name']} is released in slot {modalities[k]['release_slot']}"
                )
            elif n < width and t < radio["slots"]:
                delivered[k] += radio["bits_per_slot"][k][n][t // radio["block_slots"]]
        for k, modality in enumerate(modalities):
            if arrival[k] is None and delivered[k] >= modality["payload_bits"]:
                arrival[k] = (t + 1) * radio["slot_ticks"]
    arrived = {modality["name"]: arrival[k] for k, modality in enumerate(modalities)}

    # Who runs where, and when.
    cores = {core["name"]: i for i, core in enumerate(chip["cores"])}
    names = {subgraph["name"] for subgraph in instance["subgraphs"]}
    unplaced = False
    for field in ("core", "start"):
        for each in plan[field]:
            if each not in names:
                broken.append(f"{field}[{each}]: there is no such subgraph")
                unplaced = True
    start, end = {}, {}
    for subgraph in instance["subgraphs"]:
        this = subgraph["name"]
        core, begin = plan["core"].get(this), plan["start"].get(this)
        if core is None or begin is None:
            broken.append(f"subgraph {this}: has no core or no start")
            unplaced = True
        elif core not in cores:
            broken.append(f"core[{this}]: there is no core {core}")
            unplaced = True
        elif subgraph["ticks"][cores[core]] is None:
            broken.append(f"core[{this}]: cannot run on {core}")
            unplaced = True
        else:
            start[this], end[this] = begin, begin + subgraph["ticks"][cores[core]]
    if unplaced:
        return None, broken

    released = {job["name"]: job["release_ticks"] for job in instance["jobs"]}
    for subgraph in instance["subgraphs"]:
        this = subgraph["name"]
        if subgraph["modality"] is not None:
            time = arrived[subgraph["modality"]]
            if time is None:
                broken.append(f"start[{this}]: {subgraph['modality']} never arrives in full")
            elif start[this] < time:
                broken.append(f"start[{this}]: {subgraph['modality']} arrives {time - start[this]} ticks later")
        release = max(subgraph["release_ticks"], released.get(subgraph["job"], 0))
        if start[this] < release:
            broken.append(f"start[{this}]: is released {release - start[this]} ticks later")
    for core in cores:
        broken += overlaps(f"core {core}", [(start[s], end[s], s) for s in start if plan["core"][s] == core])

    # Transfers: of a time of their own, or one at a time on the bus.
    position = {core["name"]: (core["x"], core["y"]) for core in chip["cores"]}
    transfers, on_bus = plan["transfer_start"], []
    if (transfers is not None) != chip["exclusive_bus"]:
        broken.append("transfer_start: is given exactly when the bus is exclusive")
        transfers = None
    expected = set()
    moved_j = 0.0
    for edge in edges:
        source, target = edge["from"], edge["to"]
        this, duration = f"{source}->{target}", 0
        if plan["core"][source] != plan["core"][target]:
            (x, y), (u, v) = position[plan["core"][source]], position[plan["core"][target]]
            hops = abs(x - u) + abs(y - v)
            duration = chip["hop_ticks"] * hops + -(-edge["bytes"] // chip["bytes_per_tick"])
            moved_j += chip["joule_per_byte_hop"] * edge["bytes"] * max(1, hops)
            expected.add(this)
            if transfers is not None and this in transfers:
                begin = transfers[this]
                on_bus.append((begin, begin + duration, this))
                if begin < end[source]:
                    broken.append(f"transfer {this}: begins {end[source] - begin} ticks before {source} ends")
                if begin + duration > start[target]:
                    broken.append(
                        f"transfer {this}: ends {begin + duration - start[target]} ticks after {target} starts"
                    )
        if end[source] + duration > start[target]:
            broken.append(f"edge {this}: {target} starts {end[source] + duration - start[target]} ticks too early")
    if transfers is not None:
        broken += [f"transfer {this}: has no start" for this in sorted(expected - set(transfers))]
        broken += [f"transfer {this}: there is none" for this in sorted(set(transfers) - expected)]
        broken += overlaps("the bus", on_bus)

    # Limits and the objective.
    makespan = max(end.values())
    latency = 0
    for job in instance["jobs"]:
        last = max(end[s["name"]] for s in instance["subgraphs"] if s["job"] == job["name"])
        latency += job["weight"] * (last - job["release_ticks"])
        if job["deadline_ticks"] is not None and last > job["deadline_ticks"]:
            broken.append(f"job {job['name']}: ends {last - job['deadline_ticks']} ticks after its deadline")
    parts = [moved_j]
    for core in chip["cores"]:
        busy = sum(end[s] - start[s] for s in start if plan["core"][s] == core["name"])
        parts += [instance["tick_s"] * core["active_w"] * busy, instance["tick_s"] * core["idle_w"] * (makespan - busy)]
    for k, modality in enumerate(modalities):
        parts.append(modality["transmit_j_per_rb_slot"] * sum(entry == k for row in plan["rb"] for entry in row))
    energy = total(parts)
    limit = instance["makespan_limit_ticks"]
    if limit is not None and makespan > limit:
        broken.append(f"makespan: {makespan - limit} ticks above its limit")
    limit = instance["energy_limit_j"]
    if limit is not None and beyond(energy, limit):
        broken.append(f"energy: {energy - limit:g} J above its limit")
    if instance["objective"] == "energy" and math.isinf(energy):
        broken.append("energy: is beyond any number")
        return None, broken
    return {"makespan": makespan, "weighted_latency": latency, "energy": energy}[instance["objective"]], broken


def overlaps(where: str, intervals: list[tuple[int, int, str]]) -> Broken:
    """Intervals (begin, end, name) that begin while an earlier one lasts.

    Of two that begin together one of no length comes first: so it breaks the rule only strictly inside another one.
    """
    broken = []
    until, whose = 0, ""
    for begin, end, this in sorted(intervals):
        if begin < until:
            broken.append(f"{where}: {this} begins {until - begin} ticks before {whose} ends")
        if end > until:
            until, whose = end, this
    return broken


# --- slide: who is served, with which model, bandwidth and frequency --------------------------------------------------


def slide_link(value: Any, where: str) -> Data:
    if type(value) is dict and "spectral_efficiency" in value:
        efficiency: Data = record(spectral_efficiency=POSITIVE_REAL)(value, where)
        return efficiency
    powered: Data = record(power_w=POSITIVE_REAL, gain=POSITIVE_REAL, noise_w_per_hz=POSITIVE_REAL)(value, where)
    return powered


SLIDE = record(
    **head("slide"),
    bandwidth_hz=POSITIVE_REAL,
    resource_block_hz=(or_null(POSITIVE_REAL), None),
    delivery=(one_of("unicast", "multicast"), "unicast"),
    cache_bits=(or_null(REAL), None),
    objective=(one_of("count", "weighted"), "count"),
    models=many(record(name=name, accuracy=REAL, layers=many(record(bits=REAL, flop=REAL), 1)), 1),
    users=many(
        record(
            name=name,
            deadline_s=REAL,
            energy_j=(or_null(REAL), None),
            link=slide_link,
            frequency_hz=many(POSITIVE_REAL),
            flop_per_cycle=POSITIVE_REAL,
            energy_per_flop_hz2=REAL,
            receive_w=(REAL, 0.0),
            min_accuracy=(REAL, 0.0),
            weight=(REAL, 1.0),
            models=(or_null(many(name, 1)), None),
        )
    ),
)

SLIDE_SOLUTION = record(
    kind=one_of("slide-solution"),
    instance=name,
    served=many(record(user=name, model=name, bandwidth_hz=REAL, frequency_hz=REAL)),
)


def slide_instance(data: Any) -> Data:
    instance: Data = SLIDE(data, "")
    models, users = instance["models"], instance["users"]
    distinct([model["name"] for model in models], "models")
    distinct([user["name"] for user in users], "users")
    band, block = instance["bandwidth_hz"], instance["resource_block_hz"]
    if block is not None and band / block > MAX_INT:
        bad("resource_block_hz", "more than 2^53 blocks are in the band")
    for j, model in enumerate(models):
        finite(sum(layer["bits"] for layer in model["layers"]), f"models[{j}].layers")
        finite(sum(layer["flop"] for layer in model["layers"]), f"models[{j}].layers")
        if not any(layer["bits"] for layer in model["layers"]):
            bad(f"models[{j}].layers", "has 0 bits in all")
    for what in ("bits", "flop"):
        finite(sum(layer[what] for model in models for layer in model["layers"]), "models")
    known = {model["name"] for model in models}
    for i, user in enumerate(users):
        if len(user["frequency_hz"]) != 2 or user["frequency_hz"][0] > user["frequency_hz"][1]:
            bad(f"users[{i}].frequency_hz", "the least and the greatest frequency are needed, in this order")
        for model in user["models"] or ():
            if model not in known:
                bad(f"users[{i}].models", f"there is no model {model!r}")
        distinct(user["models"] or [], f"users[{i}].models")
        finite(full_rate(user["link"], band), f"users[{i}].link")
        if full_rate(user["link"], band) == 0:
            bad(f"users[{i}].link", "the rate is 0")
        finite(user["flop_per_cycle"] * user["frequency_hz"][1], f"users[{i}].flop_per_cycle")
        if user["flop_per_cycle"] * user["frequency_hz"][0] == 0:
            bad(f"users[{i}].flop_per_cycle", "times the frequency is 0")
    finite(sum(user["weight"] for user in users), "users")
    return instance


def full_rate(link: Data, band: float) -> float:
    """Bit/s over the bandwidth ``band``, or what they grow with: not finite or 0 where those are."""
    if "spectral_efficiency" in link:
        return float(band * link["spectral_efficiency"])
    return float(link["power_w"] * link["gain"] / link["noise_w_per_hz"])


def rate(link: Data, band: float) -> float:
    """Bit/s over ``band`` Hz."""
    if "spectral_efficiency" in link:
        return float(band * link["spectral_efficiency"])
    if band == 0:
        return 0.0
    ratio = link["power_w"] * link["gain"] / link["noise_w_per_hz"] / band
    # With a ratio beyond any number the logarithm of the quotient is taken apart.
    if math.isinf(ratio):
        signal = math.log2(link["power_w"]) + math.log2(link["gain"]) - math.log2(link["noise_w_per_hz"])
        return band * (signal - math.log2(band))
    return band * math.log1p(ratio) / math.log(2)


def slide_check(instance: Data, data: Any) -> tuple[float | None, Broken]:
    plan: Data = SLIDE_SOLUTION(data, "")
    broken: Broken = []
    if plan["instance"] != instance["name"]:
        broken.append(f"the solution is of the instance {plan['instance']}")
    users = {user["name"]: user for user in instance["users"]}
    models = {model["name"]: model for model in instance["models"]}
    served: list[tuple[Data, Data, Data]] = []
    seen = set()
    for i, entry in enumerate(plan["served"]):
        if entry["user"] not in users or entry["model"] not in models:
            broken.append(f"served[{i}]: there is no such user or model")
            return None, broken
        if entry["user"] in seen:
            broken.append(f"served[{i}]: {entry['user']} is served twice")
        seen.add(entry["user"])
        served.append((entry, users[entry["user"]], models[entry["model"]]))

    multicast = instance["delivery"] == "multicast"
    bands: dict[str, float] = {}  # of each transmission: a user's, or a model's widest
    for entry, user, model in served:
        shared = model["name"] if multicast else user["name"]
        bands[shared] = max(entry["bandwidth_hz"], bands.get(shared, entry["bandwidth_hz"]))
    block = instance["resource_block_hz"]
    for entry, user, model in served:
        band = entry["bandwidth_hz"]
        if multicast and band < bands[model["name"]] * (1 - TOLERANCE):
            broken.append(f"{user['name']}: has less bandwidth than others with {model['name']}")
        if block is not None and not whole_blocks(band / block):
            broken.append(f"{user['name']}: {band} Hz is no whole number of resource blocks")
    used = total(list(bands.values()))
    if beyond(used, instance["bandwidth_hz"]):
        broken.append(f"bandwidth: {used - instance['bandwidth_hz']:g} Hz above the limit")
    cached = math.fsum(layer["bits"] for m in {id(m): m for _, _, m in served}.values() for layer in m["layers"])
    if instance["cache_bits"] is not None and beyond(cached, instance["cache_bits"]):
        broken.append(f"cache: {cached - instance['cache_bits']:g} bits above the limit")

    weakest: dict[str, float] = {}
    for entry, user, model in served:
        shared = model["name"] if multicast else user["name"]
        weakest[shared] = min(weakest.get(shared, math.inf), rate(user["link"], entry["bandwidth_hz"]))
    for entry, user, model in served:
        where = user["name"]
        if user["models"] is not None and model["name"] not in user["models"]:
            broken.append(f"{where}: does not accept {model['name']}")
        if model["accuracy"] < user["min_accuracy"] * (1 - TOLERANCE):
            broken.append(f"{where}: {model['name']} is not accurate enough")
        least, most = user["frequency_hz"]
        frequency = entry["frequency_hz"]
        if not least * (1 - TOLERANCE) <= frequency <= most * (1 + TOLERANCE):
            broken.append(f"{where}: a frequency of {frequency:g} Hz is out of range")
        bits_per_s = weakest[model["name"] if multicast else where]
        if bits_per_s <= 0 or frequency <= 0:
            broken.append(f"{where}: without bandwidth or frequency nothing is done in time")
            continue
        done = bits = 0.0
        flop_per_s = user["flop_per_cycle"] * frequency
        for layer in model["layers"]:
            bits += layer["bits"]
            done = max(bits / bits_per_s, done)
            if layer["flop"]:
                done += layer["flop"] / flop_per_s if flop_per_s else math.inf
        if beyond(done, user["deadline_s"]):
            broken.append(f"{where}: {done - user['deadline_s']:g} s after the deadline")
        if user["energy_j"] is not None:
            flop = math.fsum(layer["flop"] for layer in model["layers"])
            # From the left: a square alone may overflow, and 0 times infinity is nothing.
            spent = user["energy_per_flop_hz2"] * frequency * frequency * flop + user["receive_w"] * bits / bits_per_s
            if beyond(spent, user["energy_j"]):
                broken.append(f"{where}: {spent - user['energy_j']:g} J above the limit")
    weights = [users[each]["weight"] for each in sorted(seen)]
    return (len(seen) if instance["objective"] == "count" else math.fsum(weights)), broken


def whole_blocks(blocks: float) -> bool:
    """True if so many resource blocks are a whole number of at least 1, within the tolerance."""
    return blocks < math.inf and abs(blocks - max(1, round(blocks))) <= TOLERANCE * blocks


# --- intradp: rows of operators to device and server ------------------------------------------------------------------


def intradp_window(value: Any, where: str) -> Any:
    if value == "all":
        return value
    return record(kernel=INT, stride=POSITIVE, padding=INT, upsample=(POSITIVE, 1))(value, where)


COST = {"fixed_s": REAL, "full_s": REAL, "partial_s": (REAL, 0.0)}
INTRADP = record(
    **head("intradp"),
    operators=many(
        record(
            name=name,
            units=POSITIVE,
            output_bytes=REAL,
            inputs=many(record(from_=name, window=intradp_window)),
            device=record(**COST, compute_w=(or_null(REAL), None)),
            server=record(**COST),
        ),
        2,
    ),
    link=record(
        uplink_bytes_per_s=POSITIVE_REAL,
        downlink_bytes_per_s=POSITIVE_REAL,
        latency_s=(REAL, 0.0),
        efficiency=(number(positive=True, most=1.0), 1.0),
    ),
    power_w=record(compute=REAL, communicate=REAL, standby=REAL, launch=(or_null(REAL), None)),
    transfers=(one_of("any", "small"), "any"),
    objective=(one_of("latency", "energy"), "latency"),
    deadline_s=(or_null(REAL), None),
    segment_s=(record(device=(REAL, 0.0), server=(REAL, 0.0)), {"device": 0.0, "server": 0.0}),
)

INTRADP_SOLUTION = record(
    kind=one_of("intradp-solution"), instance=name, device_end=many(COUNT), server_begin=many(COUNT)
)


def intradp_instance(data: Any) -> Data:
    instance: Data = INTRADP(data, "")
    operators = instance["operators"]
    distinct([operator["name"] for operator in operators], "operators")
    earlier = set()
    for i, operator in enumerate(operators):
        where = f"operators[{i}]"
        for j, edge in enumerate(operator["inputs"]):
            if edge["from"] not in earlier:
                bad(f"{where}.inputs[{j}].from", f"no operator {edge['from']!r} is listed before")
            if edge["window"] != "all":
                kernel, padding = abs(edge["window"]["kernel"]), abs(edge["window"]["padding"])
                exact(operator["units"] * edge["window"]["stride"] + padding + kernel, f"{where}.inputs[{j}].window")
        earlier.add(operator["name"])
        for side in ("device", "server"):
            cost = operator[side]
            if cost["fixed_s"] > cost["full_s"]:
                bad(f"{where}.{side}.fixed_s", "is above full_s")
            if i in (0, len(operators) - 1) and (cost["full_s"] or cost["partial_s"]):
                bad(f"{where}.{side}", "the input and the output cost nothing")
    link, power = instance["link"], instance["power_w"]
    slowest = min(link["uplink_bytes_per_s"], link["downlink_bytes_per_s"]) * link["efficiency"]
    if slowest == 0:
        bad("link.efficiency", "no rate is left")
    horizon = 2 * len(operators) * (link["latency_s"] + sum(instance["segment_s"].values()))
    for operator in operators:
        horizon += 2 * operator["output_bytes"] / slowest
        horizon += sum(operator[side]["full_s"] + operator[side]["partial_s"] for side in ("device", "server"))
    finite(horizon, "operators")
    finite(max(operator["units"] * operator["output_bytes"] for operator in operators), "operators")
    for side in ("device", "server"):
        finite(max(operator["units"] * operator[side]["full_s"] for operator in operators), "operators")
    watts = [power[field] or 0.0 for field in power] + [
        operator["device"]["compute_w"] or 0.0 for operator in operators
    ]
    finite(3 * max(watts) * horizon, "power_w")
    return instance


def intradp_check(instance: Data, data: Any) -> tuple[float | None, Broken]:
    plan: Data = INTRADP_SOLUTION(data, "")
    operators, link = instance["operators"], instance["link"]
    broken: Broken = []
    if plan["instance"] != instance["name"]:
        broken.append(f"the solution is of the instance {plan['instance']}")
    ends, begins, count = plan["device_end"], plan["server_begin"], len(operators)
    if len(ends) != count or len(begins) != count:
        broken.append(f"device_end, server_begin: one entry for each of {count} operators is needed")
        return None, broken
    senseless = False
    for i, operator in enumerate(operators):
        if not begins[i] <= ends[i] <= operator["units"]:
            broken.append(f"{operator['name']}: 0 <= server_begin <= device_end <= {operator['units']} is needed")
            senseless = True
        elif i in (0, count - 1) and not begins[i] == ends[i] == operator["units"]:
            broken.append(f"{operator['name']}: all its rows are on the device and none on the server")
            senseless = True
    if senseless:
        return None, broken

    # Which rows of which tensor each operator misses on each side. Sides: 0 the device, 1 the server.
    position = {operator["name"]: i for i, operator in enumerate(operators)}
    rows = [[(0, ends[i]), (begins[i], operators[i]["units"])] for i in range(count)]
    missed: list[list[list[int]]] = [[[], []] for _ in operators]
    message: list[list[tuple[int, int] | None]] = [[None, None] for _ in operators]  # [tensor][receiver]
    for v, operator in enumerate(operators):
        for side in (0, 1):
            low, high = rows[v][side]
            if low >= high:
                continue
            for edge in operator["inputs"]:
                u = position[edge["from"]]
                units = operators[u]["units"]
                x, y = 0, units
                if edge["window"] != "all":
                    kernel, stride = edge["window"]["kernel"], edge["window"]["stride"]
                    padding, upsample = edge["window"]["padding"], edge["window"]["upsample"]
                    x = max(0, (low * stride - padding) // upsample)
                    y = min(units, -(-((high - 1) * stride - padding + kernel) // upsample))
                if side == 0:
                    first, last = max(x, ends[u]), y
                else:
                    first, last = x, min(begins[u], y)
                if first >= last:
                    continue
                if u not in missed[v][side]:
                    missed[v][side].append(u)
                known = message[u][side]
                message[u][side] = (first, last) if known is None else (min(first, known[0]), max(last, known[1]))
    if instance["transfers"] == "small":
        for u, operator in enumerate(operators):
            if operator["output_bytes"] > operators[0]["output_bytes"] and (message[u][0] or message[u][1]):
                broken.append(f"{operator['name']}: only tensors no larger than the input may be sent")

    # Both sides run their operators in order; each direction of the link is a queue in the order of the operators.
    segment = (instance["segment_s"]["device"], instance["segment_s"]["server"])
    speed = (link["downlink_bytes_per_s"] * link["efficiency"], link["uplink_bytes_per_s"] * link["efficiency"])
    free, queue = [0.0, 0.0], [0.0, 0.0]
    arrival: dict[tuple[int, int], float] = {}
    joined: list[set[int]] = [set(), set()]
    busy: list[tuple[float, float]] = []
    on_air: list[tuple[float, float]] = []
    busy_s: list[float] = []
    joules: list[float] = []
    power = instance["power_w"]
    launch_w = power["compute"] if power["launch"] is None else power["launch"]
    finish = 0.0
    for v, operator in enumerate(operators):
        for side in (0, 1):
            low, high = rows[v][side]
            if low >= high:
                continue
            cost = operator["server" if side else "device"]
            share = (high - low) / operator["units"]
            fixed = cost["fixed_s"] + (cost["partial_s"] if high - low < operator["units"] else 0.0)
            work = (cost["full_s"] - cost["fixed_s"]) * share
            new = [u for u in missed[v][side] if u not in joined[side]]
            joined[side].update(new)
            ready = max([free[side]] + [arrival[u, side] for u in missed[v][side]])
            joining = len(new) * segment[side]
            free[side] = ready + joining + fixed + work
            if side == 0:
                finish = free[side]
                busy.append((ready, free[side]))
                busy_s += [joining, fixed, work]
                watt = power["compute"] if cost["compute_w"] is None else cost["compute_w"]
                joules += [launch_w * (joining + fixed), watt * work]
        for receiver in (0, 1):
            span = message[v][receiver]
            if span is None:
                continue
            sender = 1 - receiver
            if sender == 0:
                busy.append((free[0], free[0] + segment[0]))
                busy_s.append(segment[0])
                joules.append(launch_w * segment[0])
            free[sender] += segment[sender]
            begin = max(queue[receiver], free[sender])
            size = operator["output_bytes"] * (span[1] - span[0]) / operator["units"]
            queue[receiver] = begin + size / speed[receiver]
            arrival[v, receiver] = queue[receiver] + link["latency_s"]
            on_air.append((begin, queue[receiver]))

    limit = instance["deadline_s"]
    if limit is not None and beyond(finish, limit):
        broken.append(f"latency: {finish - limit:g} s above the deadline")
    if instance["objective"] == "latency":
        return finish, broken
    communicating = length_outside(on_air, busy, finish)
    standby = max(0.0, finish - math.fsum(busy_s) - communicating)
    return math.fsum(joules) + power["communicate"] * communicating + power["standby"] * standby, broken


def length_outside(spans: list[tuple[float, float]], others: list[tuple[float, float]], end: float) -> float:
    """The length of the union of ``spans`` in [0, end] that no span of ``others`` covers."""
    events = []
    for kind, intervals in ((0, spans), (1, others)):
        for low, high in intervals:
            if low < min(high, end):
                events += [(low, kind, 1), (min(high, end), kind, -1)]
    events.sort()
    open_spans, pieces, since = [0, 0], [], 0.0
    for time, kind, change in events:
        if open_spans[0] and not open_spans[1]:
            pieces.append(time - since)
        open_spans[kind] += change
        since = time
    return math.fsum(pieces)


# --- All of it -------------------------------------------------------------------------------------------------------

FAMILIES: dict[str, tuple[Callable[[Any], Data], Callable[[Data, Any], tuple[float | None, Broken]], int]] = {
    "wnp": (wnp_instance, wnp_check, 1),
    "slide": (slide_instance, slide_check, -1),
    "intradp": (intradp_instance, intradp_check, 1),
}
"""By kind: the check of an instance, that of a solution, and 1 where less is better, -1 where more is."""


def kind_of(data: Any) -> str:
    if type(data) is not dict or data.get("kind") not in FAMILIES:
        bad("kind", f"one of {', '.join(FAMILIES)} is needed")
    return str(data["kind"])


def referee(instance: Any, solution: Any) -> tuple[float | None, Broken]:
    """The objective of a solution (parsed JSON both), None where there is none, and the rules that it breaks."""
    check_instance, check, _ = FAMILIES[kind_of(instance)]
    return check(check_instance(instance), solution)


def is_exact(instance: Data) -> bool:
    """True if all objectives are integers."""
    if instance["kind"] == "wnp":
        return bool(instance.get("objective") != "energy")
    return instance["kind"] == "slide" and (
        instance.get("objective", "count") == "count"
        or all(float(user.get("weight", 1)).is_integer() for user in instance["users"])
    )


def is_kept(solutions: Path, row: Data) -> bool:
    """False of a value whose solution the library has not: then the row names no method."""
    return row.get("method") is not None or (solutions / str(row.get("file"))).exists()


def check_row(folder: Path, solutions: Path, row: Data) -> list[str]:
    """What is wrong with a row of an index: its instance, its solution, its value or its bound."""
    file = str(row.get("file"))
    try:
        data = read(folder / file)
        check_instance, check, sign = FAMILIES[kind_of(data)]
        instance = check_instance(data)
        if not is_kept(solutions, row):
            return []
        value, broken = check(instance, read(solutions / file))
    except BadInputError as error:
        return [str(error)]
    if broken or value is None:
        return broken or ["the solution has no value"]
    best, bound, wrong = row.get("best"), row.get("bound"), []
    slack = 0.0 if is_exact(data) else TOLERANCE * abs(value)
    if type(best) not in (int, float) or abs(best - value) > slack:
        wrong.append(f"the solution is worth {value!r}, the index says {best!r}")
    if type(bound) in (int, float) and sign * (bound - value) > slack:
        wrong.append(f"the value {value!r} beats the bound {bound!r}")
    meets = type(bound) in (int, float) and abs(bound - value) <= (0.0 if is_exact(data) else 1e-6 * abs(value))
    if row.get("proved") and not meets:
        wrong.append(f"the bound {bound!r} does not prove {value!r}")
    return wrong


def check_library(root: Path) -> tuple[list[Data], list[str]]:
    """A row for each suite (its instances, how many are proved, which have no solution), and all that is wrong."""
    suites, wrong = [], []
    for index in sorted(root.glob("*/*/index.json")):
        folder = index.parent
        if folder.parent.name not in FAMILIES:
            continue
        suite = f"{folder.parent.name}/{folder.name}"
        solutions = root / "solutions" / suite
        rows = read(index)
        if type(rows) is not list or any(type(row) is not dict for row in rows):
            bad(str(index), "a list of objects is needed")
        for row in rows:
            wrong += [f"{suite}/{row.get('file')}: {what}" for what in check_row(folder, solutions, row)]
        files = {str(row.get("file")) for row in rows}
        for place in (folder, solutions):
            strays = sorted({path.name for path in place.glob("*.json")} - files - {"index.json"})
            wrong += [f"{place / stray}: stands in no index" for stray in strays]
        lacking = [str(row.get("file")) for row in rows if not is_kept(solutions, row)]
        proved = sum(bool(row.get("proved")) for row in rows)
        suites.append({"suite": suite, "instances": len(rows), "proved": proved, "without_solution": lacking})
    if not suites:
        bad(str(root), "has no FAMILY/SUITE/index.json")
    return suites, wrong


def main(arguments: list[str]) -> int:
    as_json = "--json" in arguments
    arguments = [argument for argument in arguments if argument != "--json"]
    try:
        if arguments[:1] == ["--all"] and len(arguments) <= 2:
            root = Path(arguments[1]) if len(arguments) == 2 else Path(__file__).resolve().parent
            suites, wrong = check_library(root)
            if as_json:
                print(json.dumps({"suites": suites, "wrong": wrong}))
            else:
                for row in suites:
                    print(f"{row['suite']}: {row['instances']} instances, {row['proved']} proved")
                for lacking in (f"{row['suite']}/{file}" for row in suites for file in row["without_solution"]):
                    print(f"{lacking}: a value without its solution")
                print("\n".join(wrong) if wrong else "every solution has the value that the index says")
            return 1 if wrong else 0
        if len(arguments) not in (1, 2) or arguments[0].startswith("-"):
            print(__doc__)
            return 0 if arguments in (["-h"], ["--help"]) else 2
        path = Path(arguments[0])
        data = read(path)
        check_instance, check, _ = FAMILIES[kind_of(data)]
        try:
            instance = check_instance(data)
        except BadInputError as error:
            bad(str(path), str(error))
        objective, broken = None, []
        if len(arguments) == 2:
            path = Path(arguments[1])
            plan = read(path)
            try:
                objective, broken = check(instance, plan)
            except BadInputError as error:
                bad(str(path), str(error))
    except BadInputError as error:
        print(json.dumps({"error": str(error)}) if as_json else f"error: {error}", file=sys.stderr)
        return 2
    if as_json:
        print(json.dumps({"instance": data["name"], "objective": objective, "violations": broken}))
    elif len(arguments) == 1:
        print(f"{data['name']}: a valid instance of {data['kind']}")
    else:
        print(f"objective: {'none' if objective is None else repr(objective)}")
        print("\n".join(f"broken: {rule}" for rule in broken) if broken else "no rule is broken")
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
